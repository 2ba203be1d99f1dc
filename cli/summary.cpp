#include "cli/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/design_file/config.h"
#include "base/index.h"
#include "cli/accuracy_text.h"
#include "cli/table.h"
#include "hw/chip/simulation.h"

namespace mho::cli {

namespace {

using base::format_si;

using base::percent;
using enum Table::Align;

void add_throughput(Table& table, const analysis::ChipResult& result) {
  const analysis::RollUp& costs = result.costs;
  const hw::SimulationResult& simulation = result.simulation;
  const int enough = hw::SimulationOptions{}.patience;
  const std::string interval = fmt::format("one every {}", simulation.single_only ? "" : format_si(costs.interval_s, "s"));
  const std::string text =
      simulation.converged ? "steady state, " + interval
      : std::ranges::any_of(simulation.steady.stages, [](const hw::StageActivity& stage) { return stage.repeat_cycles > 0; })
          ? fmt::format("{} on average; {} inferences differ by the products that are repeated", interval, simulation.steady_inferences)
      : simulation.steady_inferences < enough
          ? fmt::format("{} on average over {} inferences, too few to tell whether it is steady", interval, simulation.steady_inferences)
          : fmt::format("{} on average; NOT CONVERGED: after {} inferences intervals have not settled", interval, simulation.steady_inferences);
  if (simulation.single_only) {
    table.add({"throughput", "-", "a single inference says nothing of it: leave --inferences out, or ask for 3 or more"});
    return;
  }
  table.add(
      {"throughput", costs.throughput_per_s < 1 ? fmt::format("{:.3g} /s", costs.throughput_per_s) : format_si(costs.throughput_per_s, "/s"), text});
}

void add_gating(Table& table, const analysis::RollUp& costs) {
  if (!costs.gating) return;
  using Unit = hw::GateActivity::Unit;
  std::string gated;
  for (const Unit unit : {Unit::router, Unit::core}) {
    const auto mean = costs.gating->mean(unit);
    if (!mean) continue;
    gated += fmt::format("{}{}s off {:.1f} % of the time, woken {:.3g} times each", gated.empty() ? "" : "; ", hw::unit_name(unit),
                         percent * mean->gated_share, mean->wakes);
  }
  table.add({"power gating", format_si(costs.gating->not_leaked_j - costs.gating->switched_j, "J"), fmt::format("saved per inference: {}", gated)});
}

/// `alone`: a single inference was simulated.
void add_tokens(Table& table, const analysis::ChipResult& result, bool alone) {
  if (!result.sequence_run) return;
  const analysis::SequenceRunResult& run = *result.sequence_run;
  table.add({"tokens", alone ? "-" : format_si(run.tokens_per_s, "/s"),
             run.mode == mapper::InferenceMode::Kind::decode ? fmt::format("an inference is one token; it sees {}, itself included",
                                                                           run.context == 1 ? "1 token" : fmt::format("{} tokens", run.context))
                                                             : fmt::format("an inference is {} tokens, pipelined", run.tokens)});
  table.add({"energy per token", format_si(run.energy_per_token_j, "J"), alone ? "leakage included" : "steady state, leakage included"});
  if (run.cache_read_bits + run.cache_written_bits > 0) {
    table.add({"keys and values", format_si(run.cache_read_bits, "bit"),
               fmt::format("read from memory per token, {} written", format_si(run.cache_written_bits, "bit"))});
  }
}

/// " (2.1 uJ to 8.4 uJ)": the range of 90 % of chips; empty if all costs are exact.
std::string band_text(const analysis::CostBand& band, double factor, std::string_view unit) {
  if (band.main_component.empty()) return "";
  return fmt::format(" ({} to {})", format_si(band.low * factor, unit), format_si(band.high * factor, unit));
}

std::string efficiencies_text(const analysis::Efficiencies& all) {
  Table table({left, right, right, right, left});
  table.add({"", "TOPS", "TOPS/W", "TOPS/mm2", ""});
  const auto row = [&table](const char* name, const analysis::Efficiency& one, const char* meaning) {
    const auto text = [](double value) { return fmt::format("{:.3g}", value); };
    table.add({name, text(one.tops), text(one.tops_per_watt), text(one.tops_per_mm2), meaning});
  };
  row("peak", all.peak, "every tile busy with full products");
  row("sustained", all.sustained, "this network, the whole chip");
  row("used part", all.used, "this network, the nodes that hold it");
  return table.text();
}

/// Results other than those of the steady state.
std::string beside_text(const analysis::ChipResult& result) {
  std::string text;
  if (const auto& once = result.programming) {
    text += fmt::format("programming, once: {} and {} for {} devices\n", format_si(once->joule, "J"), format_si(once->seconds, "s"),
                        format_si(once->devices, ""));
  }
  const analysis::Upkeep& upkeep = result.upkeep;
  const auto upkeep_line = [&](const char* what, double joule, double seconds) {
    if (seconds > 0) text += fmt::format("{}: {} and {} each time\n", what, format_si(joule, "J"), format_si(seconds, "s"));
  };
  upkeep_line("refresh of all devices", upkeep.refresh_j, upkeep.refresh_s);
  upkeep_line("recalibration", upkeep.recalibration_j, upkeep.recalibration_s);
  if (upkeep.downtime > 0) {
    text += fmt::format("upkeep: {} on top of the average power, {:.3g} % of the time\n", format_si(upkeep.power_w, "W"), percent * upkeep.downtime);
  }
  if (upkeep.tile_yield < 1) {
    text += fmt::format("{:.2f} % of chips have {} working tiles among {}\n", percent * upkeep.tile_yield,
                        std::min(result.tiles_used, result.tiles_available), result.tiles_available);
  }
  if (const auto& digital = result.reference) {
    const analysis::RollUp& costs = result.costs;
    const std::string area =
        digital->square_metre ? fmt::format(", {:.3g} mm2", *digital->square_metre * analysis::square_millimetres_per_square_metre) : "";
    text += fmt::format("digital reference ({}): {} per inference ({:.3g} times the chip's), one every {} ({:.3g} times){}, {:.3g} TOPS/W\n",
                        digital->name, format_si(digital->joule, "J"), digital->joule / costs.energy_per_inference_j,
                        format_si(digital->seconds, "s"), digital->seconds / costs.interval_s, area, digital->tops_per_watt());
  }
  return text;
}

std::string costs_text(const analysis::Design& design, const analysis::ChipResult& result) {
  const analysis::RollUp& costs = result.costs;
  Table table({left, right, left}, false);
  table.add({"latency", format_si(costs.latency_s, "s"), "one inference, chip idle before"});
  const bool alone = result.simulation.single_only;
  add_throughput(table, result);
  if (const auto batch = analysis::batch_of(result)) {
    table.add({"batch", format_si(batch->seconds, "s"),
               fmt::format("{} inferences back to back on an idle chip, from the first input to the last output", batch->inferences)});
  }
  table.add({"energy per inference", format_si(costs.energy_per_inference_j, "J"),
             alone ? std::string("of the single one, leakage included")
                   : fmt::format("steady state, leakage included{}; {} for a single one", band_text(costs.bands.energy, 1, "J"),
                                 format_si(costs.single_shot_energy_j, "J"))});
  table.add({"average power", format_si(costs.average_power_w, "W"),
             fmt::format("of which {} leakage ({:.1f} %)", format_si(costs.leakage_w, "W"), percent * costs.leakage_w / costs.average_power_w)});
  add_gating(table, costs);
  table.add({"area", fmt::format("{:.4g} mm2", costs.area_m2 * analysis::square_millimetres_per_square_metre),
             design.chip.chips == 1 ? fmt::format("whole chip, {}x{} nodes", design.chip.mesh_width, design.chip.mesh_height)
                                    : fmt::format("{} chips, {}x{} nodes each", design.chip.chips, design.chip.mesh_width, design.chip.mesh_height)});
  table.add({"efficiency", fmt::format("{:.3g} TOPS/W", costs.tops_per_watt),
             fmt::format("2 x {} multiply-accumulates on tiles per inference", format_si(static_cast<double>(result.macs), ""))});
  const std::size_t turns = result.program.phases.size() / 2;  // each turn is a phase of programming and a phase of computation
  table.add({"tiles", fmt::format("{} {} {}", result.tiles_used, turns > 0 ? "on" : "of", result.tiles_available),
             (turns > 0 ? fmt::format("in {} phases, {} programmed for every batch of {}; ", turns, result.tiles.size(), result.program.batch) : "") +
                 fmt::format("{:.1f} % of their {}x{} cells hold weights", percent * result.utilisation, design.tile.rows, design.tile.columns)});
  add_tokens(table, result, alone);
  return fmt::format("costs\n{}{}{}", table.text(), alone ? "" : "\n" + efficiencies_text(costs.efficiencies),
                     alone ? "" : "\n" + beside_text(result));
}

std::string layers_text(const analysis::Design& design, const analysis::ChipResult& result) {
  Table table({left, left, left, right, right, right, right, right});
  table.add({"layer", "operator", "output", "matrix", "tiles", "MVMs", "cycles busy", "energy"});
  for (const auto& layer : result.layers) {
    table.add({layer.name, layer.operation, layer.shape, layer.matrix.value_or("-"), layer.tiles > 0 ? fmt::format("{}", layer.tiles) : "-",
               layer.mvms > 0 ? fmt::format("{}", layer.mvms) : "-", fmt::format("{}", layer.busy_cycles), format_si(layer.energy_j, "J")});
  }
  return fmt::format("layers, per inference; energy of tiles{}, digital units and their buffers{}\n{}",
                     result.program.phases.empty() ? "" : " (their programming too)",
                     design.chip.one_clock() ? "" : "; cycles of the unit's own clock", table.text());
}

/// First indications for a bad result: layers whose converters clip or are poorly used, and the noise of each layer.
std::string tiles_text(const analysis::Result& result) {
  Table table({left, right, right, right, right, right});
  table.add({"layer", "inputs clipped", "outputs clipped", "ADC bits used", "SNR, first time", "last time"});
  const auto number = [](const std::optional<double>& value, double factor, std::string_view unit) {
    return value ? fmt::format("{:.3g}{}", factor * *value, unit) : std::string("-");
  };
  for (const auto& layer : result.layers) {
    if (!layer.clipped_inputs) continue;
    table.add({layer.name, number(layer.clipped_inputs, percent, " %"), number(layer.clipped_outputs, percent, " %"),
               number(layer.adc_bits_used, 1, ""), number(layer.snr_db, 1, " dB"), number(layer.snr_last_db, 1, " dB")});
  }
  return fmt::format("outputs of the tiles against exact products\n{}", table.text());
}

/// Components of energy, leakage and area, in descending order of power with leakage.
std::string components_text(const analysis::RollUp& costs) {
  Table table({left, right, right, right, right, right, right}, false);
  table.add({"component", "count", "energy", "", "leakage", "area", ""});
  auto components = costs.components;
  const auto power = [&](const analysis::ComponentCost& one) { return one.joule / costs.interval_s + one.leakage_w; };
  std::ranges::stable_sort(components, [&](const auto& a, const auto& b) { return power(a) > power(b); });
  bool user = false;
  const auto share = [](double part, double whole) { return part > 0 ? fmt::format("{:.3g} %", percent * part / whole) : std::string("-"); };
  const auto figure = [](double value, std::string_view unit) { return value > 0 ? format_si(value, unit) : std::string("-"); };
  for (const analysis::ComponentCost& component : components) {
    if (power(component) <= 0 && component.square_metre <= 0) continue;
    user = user || !component.note.user.empty();
    const double square_millimetres = component.square_metre * analysis::square_millimetres_per_square_metre;
    table.add({component.name + (component.note.user.empty() ? "" : " *"), component.count > 0 ? fmt::format("{}", component.count) : "-",
               figure(component.joule, "J"), share(component.joule, costs.energy_per_inference_j), figure(component.leakage_w, "W"),
               square_millimetres > 0 ? fmt::format("{:.3g} mm2", square_millimetres) : "-", share(component.square_metre, costs.area_m2)});
  }
  for (const auto& [block, joule] : costs.blocks) {
    if (block != analysis::leakage_block && block != analysis::gating_block) continue;
    table.add({block, "", format_si(joule, "J"), share(joule, costs.energy_per_inference_j), "", "", ""});
  }
  const analysis::CostBand& band = costs.bands.tops_per_watt;
  std::string text = fmt::format("costs by component, energy per inference\n{}", table.text());
  if (user) text += "  * some of its figures are the user's\n";
  if (!costs.bands.energy.main_component.empty()) {
    text += fmt::format("  {:.3g} TOPS/W ({:.3g} to {:.3g} in 90 % of such chips); {:.0f} % of the variance of the energy is that of {}\n",
                        band.nominal, band.low, band.high, percent * costs.bands.energy.main_share, costs.bands.energy.main_component);
  }
  return text;
}

std::string busiest_text(const analysis::ChipResult& result) {
  const analysis::CoreLoad& load = result.costs.bottleneck;
  if (load.stages.empty()) return "";  // stored by an older version
  std::string names;
  for (int stage : load.stages) names.append(names.empty() ? "" : ", ").append(result.program.stages.at(static_cast<std::size_t>(stage)).name);
  // The rest of the interval is waiting for inputs, or for readers that do not accept the outputs.
  const double cycles = load.busy_cycles / load.share_of_interval;
  // Drivers also wait while their array computes. Only the time without any work counts here.
  const double idle = std::max(0.0, cycles - load.busy_cycles);
  const double for_readers = std::min(load.waiting_output_cycles, idle);
  const double for_input = std::min(load.waiting_input_cycles, idle - for_readers);
  constexpr double worth_saying = 0.02;
  std::string waits;
  if (for_input > worth_saying * cycles) waits += fmt::format(", waits for input {:.0f} %", percent * for_input / cycles);
  if (for_readers > worth_saying * cycles) waits += fmt::format(", waits for its readers {:.0f} %", percent * for_readers / cycles);
  return fmt::format("busiest: {} on node {}, busy {:.0f} cycles per inference ({:.0f} % of the interval{})\n", names, load.core, load.busy_cycles,
                     percent * load.share_of_interval, waits);
}

/// Contributions of the layers to the latency of the last output.
std::string latency_text(const analysis::ChipResult& result) {
  if (result.times.layers.empty()) return "";  // stored by an older version
  constexpr std::size_t most = 24;
  std::vector<const analysis::LayerTime*> layers;
  for (const analysis::LayerTime& layer : result.times.layers) layers.push_back(&layer);
  const bool all = layers.size() <= most;
  if (!all) {
    std::ranges::stable_sort(layers, std::greater(), [](const auto* layer) { return layer->latency_s; });
    layers.resize(most);
    std::ranges::sort(layers);
  }
  Table table({left, right, right, right, right, right, right});
  table.add({"layer", "begins", "ends", "works", "share", "of that, works", "waits"});
  for (const analysis::LayerTime* layer : layers) {
    const auto share = [&](double part) { return fmt::format("{:.1f} %", percent * part / result.costs.latency_s); };
    table.add({layer->name, format_si(layer->begin_s, "s"), format_si(layer->end_s, "s"), format_si(layer->working_s, "s"), share(layer->latency_s),
               share(layer->latency_working_s), share(layer->latency_s - layer->latency_working_s)});
  }
  return fmt::format("latency of one inference alone; share: the last output waited for this layer{}\n{}\n",
                     all ? "" : fmt::format("; the {} longest of {}, all of them are in v_layer_time", most, result.times.layers.size()),
                     table.text());
}

/// Work and waiting times in steady state: one line for each stage; the busiest ones if there are many.
std::string stalls_text(const analysis::Design& design, const analysis::ChipResult& result) {
  constexpr std::size_t most = 24;
  const hw::SimulationResult& simulation = result.simulation;
  const hw::Activity& window = simulation.window;
  const double seconds = window.elapsed.seconds();
  std::vector<std::size_t> stages(result.program.stages.size());
  std::iota(stages.begin(), stages.end(), std::size_t{0});
  const bool all = stages.size() <= most;
  if (!all) {
    std::ranges::stable_sort(stages, std::greater(), [&](std::size_t s) { return window.stages[s].busy_cycles; });
    stages.resize(most);
    std::ranges::sort(stages);
  }
  Table table({right, left, left, right, right, right, right, right, right});
  table.add({"node", "kind", "stage", "positions", "busy", "array busy", "converters busy", "waits for input", "output blocked"});
  for (const std::size_t s : stages) {
    const hw::Stage& stage = result.program.stages[s];
    const hw::StageActivity& activity = window.stages[s];
    const double cycles = seconds * design.chip.clock_of(design.chip.kind(stage.core)).si();
    const auto share = [&](std::int64_t part) { return fmt::format("{:.1f} %", percent * static_cast<double>(part) / cycles); };
    // In other phases the same unit works on other stages.
    const bool phased = !simulation.phases.empty();
    const std::vector<hw::UnitActivity>& units = phased ? simulation.phases.at(static_cast<std::size_t>(stage.phase)).activity.units : window.units;
    const auto others = std::count_if(result.program.stages.begin(), result.program.stages.begin() + static_cast<std::ptrdiff_t>(s),
                                      [&](const hw::Stage& before) { return before.phase == stage.phase; });
    const auto unit = [&](std::string_view name) {
      const auto found = std::ranges::find_if(units, [&](const hw::UnitActivity& one) {
        return one.name.starts_with(name) && std::ranges::find(one.stages, static_cast<int>(others)) != one.stages.end();
      });
      return found == units.end() ? std::string("-") : share(found->worked_cycles);
    };
    table.add({fmt::format("{}", stage.core), std::string(hw::kind_name(stage.kind)), stage.name, fmt::format("{}", stage.positions),
               share(activity.busy_cycles), unit("array"), unit("converters"), share(activity.waiting_input_cycles),
               share(activity.waiting_output_cycles)});
  }
  return fmt::format("stages in steady state, shares of {:.0f} cycles in which {} inference{} left{}\n{}", seconds * design.chip.clock.si(),
                     simulation.window_inferences, simulation.window_inferences == 1 ? "" : "s",
                     all ? "" : fmt::format("; the {} busiest of {}, all of them are in v_stage", most, result.program.stages.size()), table.text());
}

double block_joules(const analysis::RollUp& costs, std::string_view wanted) {
  for (const auto& block : costs.blocks) {
    if (block.block == wanted) return block.joule;
  }
  return 0;
}

/// Results of a chip simulated with values.
std::string functional_text(const analysis::ChipResult& result) {
  if (!result.functional) return "";
  const analysis::FunctionalResult& functional = *result.functional;
  std::string text = fmt::format("computed {} test samples from {} on, {} after programming; {} outputs equal the accuracy path bit for bit: yes\n",
                                 functional.inferences, functional.first_sample, time_text(functional.time_s), functional.outputs);
  Table table({left, right, right, right});
  table.add({"", "by statistics", "as computed", "difference"});
  const auto row = [&](const std::string& name, double statistical, double measured, const std::string& unit) {
    const std::string difference = statistical == 0 ? "-" : fmt::format("{:+.1f} %", percent * (measured / statistical - 1));
    table.add({name, format_si(statistical, unit), format_si(measured, unit), difference});
  };
  for (const char* block : {"array", "adc", "dac"}) {
    row(block, block_joules(result.costs, block), block_joules(functional.costs, block), "J");
  }
  row("energy per inference", result.costs.energy_per_inference_j, functional.costs.energy_per_inference_j, "J");
  row("conversions", functional.expected_conversions, functional.conversions, "");
  return text + table.text() + fmt::format("input pulses {}\n\n", format_si(functional.pulses, "levels per inference"));
}

/// Shares of the time of a batch.
std::string phases_text(const analysis::ChipResult& result) {
  if (result.program.phases.empty()) return "";
  Table table({left, right, right, right});
  table.add({"phase", "one inference", fmt::format("batch of {}", result.simulation.window_inferences), ""});
  const double all = result.simulation.window.elapsed.seconds();
  for (std::size_t k = 0; k < result.program.phases.size(); ++k) {
    const hw::PhaseTime& time = result.simulation.phases.at(k);
    table.add({result.program.phases[k].name, format_si(time.single.seconds(), "s"), format_si(time.batch.seconds(), "s"),
               fmt::format("{:.1f} %", percent * time.batch.seconds() / all)});
  }
  return fmt::format("phases, one after the other\n{}\n", table.text());
}

/// The interval compared with its lower bounds.
std::string bounds_text(const analysis::ChipResult& result) {
  if (result.bounds.empty() || result.simulation.single_only) return "";
  std::string list;
  for (const analysis::IntervalBound& bound : result.bounds) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", bound.what, format_si(bound.seconds, "s"));
  }
  const double gap = std::max(0.0, result.costs.interval_s / result.bounds.front().seconds - 1);
  return fmt::format("no interval is shorter than its busiest units: {}; this one is {:.1f} % above\n", list, 100 * gap);
}

/// Duration and speed of the simulation itself.
std::string effort_text(const analysis::ChipResult& result) {
  const hw::SimulationResult& simulation = result.simulation;
  if (result.estimated) return fmt::format("estimated, not simulated, in {}\n", format_si(simulation.wall_s, "s"));
  const auto rate = [&](double count, const char* unit) { return format_si(count / simulation.wall_s, unit); };
  return fmt::format("simulated {} cycles of {} inferences in {}: {}, {}\n", simulation.cycles,
                     simulation.single_only ? 1 : 1 + simulation.steady_inferences, format_si(simulation.wall_s, "s"),
                     rate(static_cast<double>(simulation.cycles), "cycles/s"), rate(static_cast<double>(simulation.flit_hops()), "flit-hops/s"));
}

}  // namespace

std::string metric_text(workloads::Metric metric, double value) {
  // A value half way between two printed numbers is rounded up, independent of the rounding of its last bit.
  constexpr double half_goes_up = 1 + 1e-12;
  return workloads::is_share(metric) ? fmt::format("{:.2f} %", percent * value * half_goes_up) : fmt::format("{:.4g}", value);
}

std::string time_text(double seconds) {
  struct Unit {
    double seconds;
    std::string_view name;
  };
  constexpr std::array units{Unit{365.0 * 86400.0, "y"}, Unit{86400.0, "d"}, Unit{3600.0, "h"}, Unit{60.0, "min"}};
  for (const auto& [length, name] : units) {
    if (seconds >= length && std::fmod(seconds, length) == 0) return fmt::format("{} {}", seconds / length, name);
  }
  return fmt::format("{} s", seconds);
}

std::string stored_text(const std::string& what, std::int64_t id, const std::string& database) {
  return id == 0 ? "not stored\n" : fmt::format("stored as {} {} in {}\n", what, id, database);
}

std::string summary(const analysis::Design& design, const analysis::Result& result, std::int64_t run_id, const std::string& database) {
  return fmt::format("{} ({} weights on tiles) on {}, chip {}\n\n{}\n{}\n{}\n{}\n{}\n{}{}", result.network, result.weights, *result.data, design.name,
                     accuracy_text(result), costs_text(design, result), layers_text(design, result), tiles_text(result),
                     components_text(result.costs), phases_text(result) + busiest_text(result), stored_text("run", run_id, database));
}

std::string chip_summary(const analysis::Design& design, const analysis::ChipResult& result, std::int64_t run_id, const std::string& database) {
  const std::string inputs =
      result.data ? "inputs of " + *result.data : "no data: every input at full scale, so arrays take the most energy they can";
  return fmt::format("{} ({} weights on tiles), chip {}; {}\n\n{}\n{}\n{}\n{}{}\n{}{}{}{}", result.network, result.weights, design.name, inputs,
                     costs_text(design, result), layers_text(design, result), components_text(result.costs), phases_text(result),
                     latency_text(result) + stalls_text(design, result), functional_text(result),
                     fmt::format("bottleneck: {}\n{}", result.bottleneck.text, bounds_text(result)), effort_text(result),
                     stored_text("run", run_id, database));
}

}  // namespace mho::cli
