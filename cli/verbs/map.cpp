#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/improvement.h"
#include "analysis/experiment/mapping_bounds.h"
#include "analysis/experiment/prepare.h"
#include "analysis/experiment/tile_bounds.h"
#include "base/design_file/config.h"
#include "base/error.h"
#include "base/json.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/network_file.h"

namespace mho::cli {

namespace {

using analysis::TileBounds;
using analysis::TileBudget;
using base::format_si;

struct MapArguments : NetworkFile {
  bool improve = false;
  std::optional<std::string> out;  ///< of the improved design
  double throughput_per_s = 0;     ///< asked for; 0: none
  bool json = false;
};

std::string map_text(const TileBounds& all, const MapArguments& arguments) {
  using enum Table::Align;
  constexpr double percent = 100;
  const TileBudget& chip = all.budgets.at(1);
  Table table({left, right, right, right, right, right, right, right});
  table.add({"matrix", "size", "tiles", "cells used", "products", "each", "one copy", "most copies"});
  for (std::size_t m = 0; m < all.matrices.size(); ++m) {
    const auto& matrix = all.matrices[m];
    const auto& demand = matrix.demand;
    table.add({matrix.name, fmt::format("{}x{}", matrix.outputs, matrix.inputs), fmt::format("{}", demand.tiles),
               fmt::format("{:.1f} %", percent * matrix.utilisation), fmt::format("{}", demand.positions), format_si(demand.tile_time_s, "s"),
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
  std::string text =
      fmt::format("tiles and the shortest intervals that they allow, exact; digital units, network, ports and buffers may set longer ones\n{}\n{}",
                  table.text(), bounds.text());
  if (arguments.throughput_per_s > 0) {
    text += all.wanted ? fmt::format("{} inferences a second take {} tiles at least, an inference every {}\n",
                                     format_si(arguments.throughput_per_s, ""), all.wanted->tiles, format_si(all.wanted->interval_s, "s"))
                       : fmt::format("no number of tiles reaches {} inferences a second: a product takes longer, or steps wait for each other\n",
                                     format_si(arguments.throughput_per_s, ""));
  }
  return text;
}

/// The mapping of this design: `why` it is refused where there is none.
struct Mapped {
  std::optional<analysis::MappingBounds> bounds;
  std::string why;
};

Mapped map_onto(const analysis::Design& design, const workloads::Network& network) {
  try {
    return {analysis::mapping_bounds(design, analysis::prepare(design, network)), ""};
  } catch (const base::UserError& error) {
    if (error.code() != base::ExitCode::does_not_fit && error.code() != base::ExitCode::usage) throw;
    return {std::nullopt, error.what()};
  }
}

std::string mapped_text(const Mapped& mapped) {
  using enum Table::Align;
  if (!mapped.bounds) return fmt::format("\non this chip: {}\n", mapped.why);
  constexpr double bits_per_kibibyte = 8192, percent = 100;
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
    bounds.add({bound.what, format_si(bound.seconds, "s"), fmt::format("{:.1f} %", percent * bound.seconds / all.interval_s), bound.where});
  }
  const double gap = all.bounds.empty() ? 0 : all.interval_s / all.bounds.front().seconds - 1;
  return fmt::format(
      "\n{}\n{}\nestimated, not simulated: an inference every {}, {:.1f} % above the longest bound; latency {}; {} tiles on {} analog cores, {} "
      "digital "
      "cores, {} flit-hops an inference\n",
      table.text(), bounds.text(), format_si(all.interval_s, "s"), percent * std::max(0.0, gap), format_si(all.latency_s, "s"), all.tiles,
      all.analog_cores, all.digital_cores, format_si(all.flit_hops, ""));
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
  json["analog_cores"] = all.analog_cores;
  json["digital_cores"] = all.digital_cores;
  json["flit_hops"] = all.flit_hops;
  json["matrices"] = matrices;
  json["bounds"] = bounds;
  return json;
}

template <class Plan>
base::Json plan_json(const std::optional<Plan>& plan) {
  if (!plan) return {};
  base::Json json;
  json["tiles"] = plan->tiles;
  json["interval_s"] = plan->interval_s;
  json["copies"] = base::Json::Array(plan->copies.begin(), plan->copies.end());
  return json;
}

base::Json map_json(const TileBounds& all) {
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

constexpr double square_millimetre = 1e-6;

std::string change_text(const analysis::ImprovementStep& step) { return fmt::format("{}", fmt::join(step.change, " ")); }

std::string ladder_text(const analysis::Ladder& ladder, const analysis::ChipResult& simulated) {
  using enum Table::Align;
  constexpr double percent = 100;
  const analysis::ImprovementStep& first = ladder.rungs.front();
  Table choices({left, left, right, right, right});
  choices.add({"one more of", "that is", "interval", "area", "energy"});
  const auto by = [&](double now, double before) { return fmt::format("{:+.1f} %", percent * (now / before - 1)); };
  for (const analysis::ImprovementStep& step : ladder.choices) {
    choices.add({step.resource, change_text(step), step.fits ? by(step.interval_s, first.interval_s) : "refused",
                 step.fits ? by(step.square_metre, first.square_metre) : "-", step.fits ? by(step.energy_j, first.energy_j) : "-"});
  }
  Table rungs({left, right, right, right, left});
  rungs.add({"step", "an inference every", "area", "energy", "bound by"});
  for (const analysis::ImprovementStep& step : ladder.rungs) {
    rungs.add({step.change.empty() ? step.resource : change_text(step), format_si(step.interval_s, "s"),
               fmt::format("{:.4g} mm2", step.square_metre / square_millimetre), format_si(step.energy_j, "J"), step.bound});
  }
  return fmt::format("\n{}\n{}\n{}. Simulated, the last one takes an inference every {}, and {} after the first input\n", choices.text(),
                     rungs.text(), ladder.end, format_si(simulated.costs.interval_s, "s"), format_si(simulated.costs.latency_s, "s"));
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

base::Json ladder_json(const analysis::Ladder& ladder, const analysis::ChipResult& simulated) {
  base::Json json;
  base::Json::Array choices, rungs;
  for (const analysis::ImprovementStep& step : ladder.choices) choices.push_back(step_json(step));
  for (const analysis::ImprovementStep& step : ladder.rungs) rungs.push_back(step_json(step));
  json["choices"] = choices;
  json["rungs"] = rungs;
  json["end"] = ladder.end;
  json["simulated_interval_s"] = simulated.costs.interval_s;
  json["simulated_latency_s"] = simulated.costs.latency_s;
  return json;
}

/// Climbs from the design of the arguments, simulates where that ends, and writes it.
void improve(const MapArguments& arguments, const Invocation& invocation) {
  std::optional<base::OutputFile> file;
  if (arguments.out) file.emplace(*arguments.out, std::vector<std::optional<std::string>>{arguments.network, arguments.data, arguments.design});
  auto [design, network] = read_network_file(arguments, true);
  constexpr int most = 20;
  base::Progress progress("steps", most);
  const analysis::Ladder ladder = analysis::improve(design, network, most, [&](const analysis::ImprovementStep& step) {
    progress.note(fmt::format("{}: {}", step.change.empty() ? step.resource : change_text(step), format_si(step.interval_s, "s")));
    progress.advance();
  });
  const analysis::ChipResult simulated =
      analysis::run_chip(ladder.best, analysis::prepare(ladder.best, network), {.reference = analysis::parse_reference("none")});
  if (file) {
    file->write(ladder.best.json() + "\n");
    file->commit();
  }
  if (arguments.json) {
    print_json(invocation, std::nullopt, ladder_json(ladder, simulated));
  } else {
    print_text(ladder_text(ladder, simulated) + (arguments.out ? fmt::format("design written to {}\n", *arguments.out) : ""));
  }
}

void map(const MapArguments& arguments, const Invocation& invocation) {
  if (arguments.improve) return improve(arguments, invocation);
  auto [design, network] = read_network_file(arguments, true);
  const workloads::TiledNetwork tiled = analysis::prepare(design, network, {.copies = false});
  const TileBounds bounds =
      analysis::tile_bounds(design, tiled, arguments.throughput_per_s > 0 ? std::optional(arguments.throughput_per_s) : std::nullopt);
  const Mapped mapped = map_onto(design, network);
  if (arguments.json) {
    base::Json json = map_json(bounds);
    json["mapping"] = mapped_json(mapped);
    return print_json(invocation, std::nullopt, json);
  }
  print_text(map_text(bounds, arguments) + mapped_text(mapped));
}

Action read_map_line(Options& options) {
  MapArguments arguments;
  std::optional<std::string> throughput;
  add_network_file(options, arguments);
  add_data_input(options, arguments.data_input);
  options.text("--throughput", throughput, "inferences a second: the fewest tiles that reach it", "X");
  options.flag("--improve", arguments.improve, "buy what shortens the interval most for its area, step by step, and simulate where that ends");
  options.output("--out", arguments.out, "with --improve: the design that it ends with, YAML", "YAML");
  add_json(options, arguments.json);
  options.read();
  if (arguments.out && !arguments.improve) usage("--out writes the design that --improve ends with: give --improve too");
  constexpr double least = 1e-9, largest = 1e15;
  if (throughput) arguments.throughput_per_s = parse_number("--throughput", *throughput, least, largest);
  return [arguments](const Invocation& invocation) { map(arguments, invocation); };
}

}  // namespace

Verb map_verb() {
  return {.name = "map",
          .sentence = "how a network lies on a chip: tiles, copies, buffers, and how far it is from what no mapping can beat",
          .examples = {{"mho map net.onnx", "how many tiles, and what more of them would bring"}},
          .read = read_map_line};
}

}  // namespace mho::cli
