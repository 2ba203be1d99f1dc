#include "cli/verbs/map_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/experiment/conductance_file.h"
#include "base/design_file/config.h"
#include "base/index.h"
#include "cli/table.h"

namespace mho::cli {

using analysis::TileBounds;
using analysis::TileBudget;
using base::format_si;

std::string tile_bounds_text(const TileBounds& all, std::optional<double> throughput_per_s) {
  using enum Table::Align;
  const TileBudget& chip = all.budgets.at(1);
  Table table({left, right, right, right, right, right, right, right});
  table.add({"matrix", "size", "tiles", "cells used", "products", "each", "one copy", "most copies"});
  for (std::size_t m = 0; m < all.matrices.size(); ++m) {
    const auto& matrix = all.matrices[m];
    const auto& demand = matrix.demand;
    table.add({matrix.name, fmt::format("{}x{}", matrix.outputs, matrix.inputs), fmt::format("{}", demand.tiles),
               fmt::format("{:.1f} %", base::percent * matrix.utilisation), fmt::format("{}", demand.positions), format_si(demand.tile_time_s, "s"),
               format_si(static_cast<double>(demand.positions) * demand.tile_time_s, "s"),
               demand.one_copy ? "1, its steps wait for each other"
               : chip.plan     ? fmt::format("{}", chip.plan->copies[m])
                               : "-"});
  }
  Table bounds({left, right, right, right, right});
  bounds.add({"tiles", "there are", "used", "an inference every", "speed-up"});
  const double alone = all.budgets.front().plan->interval_s;
  for (const TileBudget& budget : all.budgets) {
    bounds.add({budget.name, fmt::format("{}", budget.tiles), budget.plan ? fmt::format("{}", budget.plan->tiles) : "does not fit",
                budget.plan ? format_si(budget.plan->interval_s, "s") : "-",
                budget.plan ? fmt::format("{:.3g}", alone / budget.plan->interval_s) : "-"});
  }
  std::string text = fmt::format(
      "tiles and the shortest intervals that they allow, exact, where copies take turns after {} (mapper.turn); digital units, network, "
      "ports and buffers may set longer ones\n{}\n{}",
      all.row_turns ? "rows of an output" : "single positions", table.text(), bounds.text());
  if (throughput_per_s) {
    text += all.wanted ? fmt::format("{} inferences a second take {} tiles at least, an inference every {}\n", format_si(*throughput_per_s, ""),
                                     all.wanted->tiles, format_si(all.wanted->interval_s, "s"))
                       : fmt::format("no number of tiles reaches {} inferences a second: a {} takes longer, or steps wait for each other{}\n",
                                     format_si(*throughput_per_s, ""), all.row_turns ? "row" : "product",
                                     all.row_turns ? "; shorter turns: mapper.turn=position" : "");
  }
  return text;
}

std::string blocks_text(const tiles::Layout& layout) {
  using enum Table::Align;
  const bool packed = layout.packed();
  Table table(packed ? std::vector<Table::Align>{right, left, right, right, right, right, right}
                     : std::vector<Table::Align>{right, left, right, right, right});
  std::vector<std::string> heading{"tile", "layer", "copy", "inputs", "outputs"};
  if (packed) heading.insert(heading.end(), {"from row", "from column"});
  table.add(std::move(heading));
  for (const tiles::MatrixLayout& matrix : layout.matrices) {
    for (std::size_t b = 0; b < matrix.all_blocks(); ++b) {
      const tiles::Block block = matrix.block(b);
      std::vector<std::string> row{fmt::format("{:04}", block.tile), matrix.node, fmt::format("{}", block.copy + 1),
                                   fmt::format("{}-{}", block.input_begin, block.input_end - 1),
                                   fmt::format("{}-{}", block.output_begin, block.output_end - 1)};
      if (packed) row.insert(row.end(), {fmt::format("{}", block.tile_row), fmt::format("{}", block.tile_column)});
      table.add(std::move(row));
    }
  }
  return table.text();
}

base::Json blocks_json(const tiles::Layout& layout) {
  base::Json::Array list;
  for (const tiles::MatrixLayout& matrix : layout.matrices) {
    for (std::size_t b = 0; b < matrix.all_blocks(); ++b) {
      const tiles::Block block = matrix.block(b);
      base::Json one;
      one["array"] = analysis::conductance_array(layout, block);
      one["layer"] = matrix.node;
      one["copy"] = block.copy + 1;
      one["inputs"] = base::Json::Array{block.input_begin, block.input_end - 1};
      one["outputs"] = base::Json::Array{block.output_begin, block.output_end - 1};
      one["row"] = block.tile_row;
      one["column"] = block.tile_column;
      list.push_back(one);
    }
  }
  return list;
}

namespace {

/// The parts of the network on each of several chips, and the transfers between them; empty for one chip.
std::string chips_text(const std::vector<analysis::MappedChip>& chips) {
  using enum Table::Align;
  if (chips.empty()) return "";
  Table table({right, left, left, right, right, right, right, right});
  table.add({"chip", "from layer", "to layer", "tiles", "digital cores", "to the next", "back", "link busy"});
  for (std::size_t c = 0; c < chips.size(); ++c) {
    const analysis::MappedChip& chip = chips[c];
    const bool last = c + 1 == chips.size();
    table.add({fmt::format("{}", c), chip.first, chip.last, fmt::format("{}", chip.tiles), fmt::format("{}", chip.digital_cores),
               last ? "" : format_si(chip.bits_on, "bit"), last ? "" : format_si(chip.bits_back, "bit"),
               last ? "" : fmt::format("{:.1f} %", base::percent * chip.link_share)});
  }
  return table.text() + "\n";
}

base::Json chips_json(const std::vector<analysis::MappedChip>& chips) {
  base::Json::Array list;
  for (const analysis::MappedChip& chip : chips) {
    base::Json one;
    one["first_layer"] = chip.first;
    one["last_layer"] = chip.last;
    one["tiles"] = chip.tiles;
    one["digital_cores"] = chip.digital_cores;
    one["bits_to_next"] = chip.bits_on;
    one["bits_back"] = chip.bits_back;
    one["link_share"] = chip.link_share;
    list.push_back(one);
  }
  return list;
}

}  // namespace

std::string mapped_text(const Mapped& mapped) {
  using enum Table::Align;
  if (!mapped.bounds) return fmt::format("\non this chip: {}\n", mapped.why);
  constexpr double bits_per_kibibyte = 8192;
  const analysis::MappingBounds& all = *mapped.bounds;
  Table table({left, right, right, right, right});
  table.add({"on this chip", "copies", "tiles", "cores", "input buffer"});
  for (const analysis::MappedMatrix& matrix : all.matrices) {
    table.add({matrix.name, fmt::format("{}", matrix.copies), fmt::format("{}", matrix.tiles), fmt::format("{}", matrix.cores),
               fmt::format("{:.1f} KiB", matrix.buffer_bits / bits_per_kibibyte)});
  }
  Table bounds({left, right, right, left});
  bounds.add({"no interval is shorter than", "", "of the interval", "the busiest"});
  for (const analysis::IntervalBound& bound : all.bounds) {
    bounds.add({bound.what, format_si(bound.seconds, "s"), fmt::format("{:.1f} %", base::percent * bound.seconds / all.interval_s), bound.where});
  }
  const double gap = all.bounds.empty() ? 0 : all.interval_s / all.bounds.front().seconds - 1;
  const auto counted = [](int number, const char* what) { return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s"); };
  const std::string packing = fmt::format("{} on {}; sharing tiles (mapper.packing), they take {} at least along diagonals, {} as rectangles",
                                          counted(all.packing.blocks, "block"), counted(all.packing.tiles, "tile"),
                                          counted(all.packing.least_diagonal, "tile"), counted(all.packing.least_rectangle, "tile"));
  return fmt::format(
      "\n{}\n{}{}\n{}\nestimated, not simulated: an inference every {}, {:.1f} % above the longest bound; latency {}; {} on {}, {}, {} flit-hops an "
      "inference, {} without those of credits; no placement on these cores has less than {}\n",
      table.text(), chips_text(all.chips), packing, bounds.text(), format_si(all.interval_s, "s"), base::percent * std::max(0.0, gap),
      format_si(all.latency_s, "s"), counted(all.tiles, "tile"), counted(all.analog_cores, "analog core"), counted(all.digital_cores, "digital core"),
      format_si(all.flit_hops, ""), format_si(static_cast<double>(all.payload_flit_hops), ""),
      format_si(static_cast<double>(all.least_flit_hops), ""));
}

base::Json mapped_json(const Mapped& mapped) {
  base::Json json;
  json["fits"] = mapped.bounds.has_value();
  if (!mapped.bounds) {
    json["why"] = mapped.why;
    return json;
  }
  const analysis::MappingBounds& all = *mapped.bounds;
  base::Json::Array matrices, bounds;
  for (const analysis::MappedMatrix& matrix : all.matrices) {
    base::Json one;
    one["name"] = matrix.name;
    one["copies"] = matrix.copies;
    one["tiles"] = matrix.tiles;
    one["cores"] = matrix.cores;
    one["input_buffer_bits"] = matrix.buffer_bits;
    matrices.push_back(one);
  }
  for (const analysis::IntervalBound& bound : all.bounds) {
    base::Json one;
    one["what"] = bound.what;
    one["where"] = bound.where;
    one["seconds"] = bound.seconds;
    bounds.push_back(one);
  }
  json["fidelity"] = "estimate";
  json["interval_s"] = all.interval_s;
  json["latency_s"] = all.latency_s;
  json["tiles"] = all.tiles;
  json["blocks"] = all.packing.blocks;
  json["least_tiles_diagonal"] = all.packing.least_diagonal;
  json["least_tiles_rectangle"] = all.packing.least_rectangle;
  json["analog_cores"] = all.analog_cores;
  json["digital_cores"] = all.digital_cores;
  json["flit_hops"] = all.flit_hops;
  json["payload_flit_hops"] = all.payload_flit_hops;
  json["least_flit_hops"] = all.least_flit_hops;
  json["matrices"] = matrices;
  if (!all.chips.empty()) json["chips"] = chips_json(all.chips);
  json["bounds"] = bounds;
  return json;
}

namespace {

template <class Plan>
base::Json plan_json(const std::optional<Plan>& plan) {
  if (!plan) return {};
  base::Json json;
  json["tiles"] = plan->tiles;
  json["interval_s"] = plan->interval_s;
  json["copies"] = base::Json::Array(plan->copies.begin(), plan->copies.end());
  return json;
}

}  // namespace

base::Json tile_bounds_json(const TileBounds& all) {
  base::Json json;
  base::Json::Array list, bounds;
  for (const auto& matrix : all.matrices) {
    base::Json one;
    one["name"] = matrix.name;
    one["outputs"] = matrix.outputs;
    one["inputs"] = matrix.inputs;
    one["tiles"] = matrix.demand.tiles;
    one["utilisation"] = matrix.utilisation;
    one["products"] = matrix.demand.positions;
    one["product_s"] = matrix.demand.tile_time_s;
    one["one_copy_only"] = matrix.demand.one_copy;
    list.push_back(one);
  }
  for (const TileBudget& budget : all.budgets) {
    base::Json one;
    one["name"] = budget.name;
    one["tiles"] = budget.tiles;
    one["plan"] = plan_json(budget.plan);
    bounds.push_back(one);
  }
  json["matrices"] = list;
  json["bounds"] = bounds;
  json["throughput"] = plan_json(all.wanted);
  return json;
}

namespace {

constexpr double square_millimetre = 1e-6;

std::string change_text(const analysis::ImprovementStep& step) { return fmt::format("{}", fmt::join(step.change, " ")); }

}  // namespace

std::string choices_text(const analysis::ImprovementStep& now, std::span<const analysis::ImprovementStep> choices) {
  using enum Table::Align;
  Table table({left, left, right, right, right, right});
  table.add({"one more of", "that is", "interval", "latency", "area", "energy"});
  const auto by = [&](double then, double before) {
    constexpr double last_digit = 0.05;
    const double change = base::percent * (then / before - 1);
    return fmt::format("{:+.1f} %", std::abs(change) < last_digit ? 0.0 : change);
  };
  for (const analysis::ImprovementStep& step : choices) {
    if (!step.fits) {
      table.add({step.resource, change_text(step), "refused", "-", "-", "-"});
    } else {
      table.add({step.resource, change_text(step), by(step.interval_s, now.interval_s) + (step.full_links ? " *" : ""),
                 by(step.latency_s, now.latency_s), by(step.square_metre, now.square_metre), by(step.energy_j, now.energy_j)});
    }
  }
  const bool full = std::ranges::any_of(choices, &analysis::ImprovementStep::full_links);
  return table.text() + (full ? "* links are full then, and packets wait longer than an estimate knows\n" : "");
}

std::string ladder_text(const analysis::Ladder& ladder, const analysis::ChipResult* simulated) {
  using enum Table::Align;
  Table rungs({left, right, right, right, left});
  rungs.add({"step", "an inference every", "area", "energy", "bound by"});
  for (const analysis::ImprovementStep& step : ladder.rungs) {
    rungs.add({step.change.empty() ? step.resource : change_text(step), format_si(step.interval_s, "s"),
               fmt::format("{:.4g} mm2", step.square_metre / square_millimetre), format_si(step.energy_j, "J"), step.bound});
  }
  std::string text = fmt::format("\n{}\n{}\n{}. ", choices_text(ladder.rungs.front(), ladder.choices), rungs.text(), ladder.end);
  text += simulated == nullptr ? std::string("The last one was not simulated\n")
                               : fmt::format("Simulated, the last one takes an inference every {}, and {} after the first input\n",
                                             format_si(simulated->costs.interval_s, "s"), format_si(simulated->costs.latency_s, "s"));
  return text;
}

base::Json step_json(const analysis::ImprovementStep& step) {
  base::Json json;
  json["resource"] = step.resource;
  json["change"] = base::Json::Array(step.change.begin(), step.change.end());
  json["fits"] = step.fits;
  json["interval_s"] = step.interval_s;
  json["latency_s"] = step.latency_s;
  json["area_m2"] = step.square_metre;
  json["energy_j"] = step.energy_j;
  json["bound"] = step.bound;
  return json;
}

base::Json ladder_json(const analysis::Ladder& ladder, const analysis::ChipResult* simulated) {
  base::Json json;
  base::Json::Array choices, rungs;
  for (const analysis::ImprovementStep& step : ladder.choices) choices.push_back(step_json(step));
  for (const analysis::ImprovementStep& step : ladder.rungs) rungs.push_back(step_json(step));
  json["choices"] = choices;
  json["rungs"] = rungs;
  json["end"] = ladder.end;
  if (simulated != nullptr) {
    json["simulated_interval_s"] = simulated->costs.interval_s;
    json["simulated_latency_s"] = simulated->costs.latency_s;
  }
  return json;
}

std::string sizing_text(const analysis::Sizing& sizing, const analysis::ChipResult* simulated) {
  using enum Table::Align;
  std::string text;
  Table chips({left, right, right, right, right, left});
  chips.add({"chip", "an inference every", "latency", "area", "energy", "bound by"});
  const auto add = [&](const char* name, const analysis::ImprovementStep& step) {
    chips.add({name, format_si(step.interval_s, "s"), format_si(step.latency_s, "s"),
               fmt::format("{:.4g} mm2", step.square_metre / square_millimetre), format_si(step.energy_j, "J"), step.bound});
  };
  sizing.as_it_is ? add("as it is", *sizing.as_it_is) : chips.add({"as it is", "does not fit", "-", "-", "-", ""});
  if (sizing.best) add(sizing.why.empty() ? "found" : "the closest found", *sizing.best);
  text += "\n" + chips.text();
  if (!sizing.changes.empty()) {
    Table keys({left, right, right});
    keys.add({"what it takes", "there is", "needed"});
    for (const analysis::SizedKey& key : sizing.changes) keys.add({key.key, key.before, key.after});
    text += "\n" + keys.text();
  }
  if (simulated != nullptr) {
    text += fmt::format("\nSimulated, it takes an inference every {}, and {} after the first input\n", format_si(simulated->costs.interval_s, "s"),
                        format_si(simulated->costs.latency_s, "s"));
  }
  return text;
}

base::Json sizing_json(const analysis::Sizing& sizing, const analysis::ChipResult* simulated) {
  base::Json json;
  json["reached"] = sizing.why.empty();
  json["why"] = sizing.why.empty() ? base::Json() : base::Json(sizing.why);
  json["as_it_is"] = sizing.as_it_is ? step_json(*sizing.as_it_is) : base::Json();
  json["best"] = sizing.best ? step_json(*sizing.best) : base::Json();
  base::Json::Array changes;
  for (const analysis::SizedKey& key : sizing.changes) {
    base::Json one;
    one["key"] = key.key;
    one["there_is"] = key.before;
    one["needed"] = key.after;
    changes.push_back(one);
  }
  json["changes"] = changes;
  if (simulated != nullptr) {
    json["simulated_interval_s"] = simulated->costs.interval_s;
    json["simulated_latency_s"] = simulated->costs.latency_s;
  }
  return json;
}

}  // namespace mho::cli
