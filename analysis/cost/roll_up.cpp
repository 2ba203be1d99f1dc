#include "analysis/cost/roll_up.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/error.h"

namespace mho::analysis {

namespace {

constexpr std::array blocks_in_order{Block::dac,           Block::array,       Block::adc,    Block::scale, Block::input_buffer,
                                     Block::output_buffer, Block::digital,     Block::router, Block::link,  Block::port,
                                     Block::leakage,       Block::programming, Block::gating};

using Joules = std::array<double, blocks_in_order.size()>;

double& at(Joules& joules, Block block) { return joules[static_cast<std::size_t>(block)]; }

[[noreturn]] void fail(const std::string& what) {
  throw base::UserError("the costs of this run failed a check: " + what, base::ExitCode::failed_check);
}

void require_positive(double value, const char* name) {
  if (!(value > 0) || !std::isfinite(value)) fail(fmt::format("{} is {}, not a positive number", name, value));
}

/// The tile a stage works on.
const tiles::TileParameters& tile_of(const Design& design, const hw::Program& program, const std::optional<hw::MvmWork>& work) {
  return work && work->settings != 0 ? program.settings.at(static_cast<std::size_t>(work->settings)) : design.tile;
}

/// Energy of one MVM of a stage.
double array_joules(const tiles::TileParameters& tile, const hw::MvmWork& work) {
  return tiles::array_energy(tile, work.conductance_sum_siemens, work.mean_drive, work.inputs, tile.columns).si();
}

/// Energy of the events of one stage.
Joules stage_energy(const Design& design, const tiles::TileParameters& tile, const hw::Stage& stage, const hw::StageActivity& activity) {
  const auto count = [](std::uint64_t events) { return static_cast<double>(events); };
  if (activity.mvms > 0 && !stage.mvm) fail(fmt::format("stage {} counts {} matrix-vector products but has no tile", stage.name, activity.mvms));
  Joules joules{};
  at(joules, Block::dac) = count(activity.dac_conversions) * tile.dac.energy_per_conversion.si();
  if (stage.mvm) at(joules, Block::array) = count(activity.mvms) * array_joules(tile, *stage.mvm);
  at(joules, Block::adc) = count(activity.adc_conversions) * tile.adc.energy_per_conversion.si();
  at(joules, Block::scale) = count(activity.scale_operations) * tile.scale.energy_per_operation.si();
  at(joules, Block::input_buffer) = count(activity.input_buffer_written_bits) * tile.buffer.write_energy_per_bit.si() +
                                    count(activity.input_buffer_read_bits) * tile.buffer.read_energy_per_bit.si();
  at(joules, Block::output_buffer) = count(activity.output_buffer_written_bits) * tile.buffer.write_energy_per_bit.si() +
                                     count(activity.output_buffer_read_bits) * tile.buffer.read_energy_per_bit.si();
  at(joules, Block::digital) = count(activity.element_operations) * tile.digital.energy_per_operation.si();
  at(joules, Block::programming) = tiles::programming_energy(tile, count(activity.programmed_devices)).si();
  at(joules, Block::port) = count(activity.port_bits) * design.chip.port.energy_per_bit.si();
  return joules;
}

Joules router_energy(const Design& design, const hw::RouterActivity& activity) {
  const auto& noc = design.chip.noc;
  Joules joules{};
  at(joules, Block::router) =
      static_cast<double>(activity.buffer_writes) * noc.buffer_write.si() + static_cast<double>(activity.buffer_reads) * noc.buffer_read.si() +
      static_cast<double>(activity.crossbar_traversals) * noc.crossbar.si() + static_cast<double>(activity.arbitrations) * noc.arbitration.si();
  at(joules, Block::link) = static_cast<double>(activity.link_flits) * noc.flit_bits * noc.link_per_bit.si();
  return joules;
}

void add(Joules& sum, const Joules& term, double factor) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += term[i] * factor;
}

double total(const Joules& joules) {
  double sum = 0;
  for (double joule : joules) sum += joule;
  return sum;
}

std::vector<BlockEnergy> listed(const Joules& joules, bool all) {
  std::vector<BlockEnergy> list;
  for (std::size_t i = 0; i < joules.size(); ++i) {
    // Only a chip whose weights are reloaded programs anything while it runs, and gating is an option.
    const bool rare = blocks_in_order[i] == Block::programming || blocks_in_order[i] == Block::gating;
    if (joules[i] != 0 || (all && !rare)) list.push_back({blocks_in_order[i], joules[i]});
  }
  return list;
}

struct Split {
  std::vector<Joules> layers;
  Joules shared{};
};

/// Dynamic energy of an activity times `factor`, by layer and what no layer owns.
Split dynamic_energy(const Design& design, const hw::Program& program, const hw::Activity& activity, double factor) {
  if (activity.stages.size() != program.stages.size()) {
    fail(fmt::format("the activity lists {} stages, the program {}", activity.stages.size(), program.stages.size()));
  }
  Split split;
  split.layers.resize(program.layers.size());
  for (std::size_t i = 0; i < program.stages.size(); ++i) {
    const hw::Stage& stage = program.stages[i];
    const Joules joules = stage_energy(design, tile_of(design, program, stage.mvm), stage, activity.stages[i]);
    if (stage.layer < 0) {
      add(split.shared, joules, factor);
    } else {
      add(split.layers.at(static_cast<std::size_t>(stage.layer)), joules, factor);
    }
  }
  for (const hw::RouterActivity& router : activity.routers) add(split.shared, router_energy(design, router), factor);
  return split;
}

/// Busy cycles of one core, all of its stages: what its tiles do at the same time does not add up, what goes through one unit does.
class CoreCycles {
 public:
  void add(const hw::Stage& stage, const hw::StageActivity& activity) {
    tiles_[stage.mvm ? stage.mvm->tile : stage.write ? stage.write->tile : 0] += activity.busy_cycles;
    shared_ += activity.shared_cycles;
  }
  [[nodiscard]] std::int64_t busiest() const {
    std::int64_t most = shared_;
    for (const auto& [tile, cycles] : tiles_) most = std::max(most, cycles);
    return most;
  }

 private:
  std::map<int, std::int64_t> tiles_;
  std::int64_t shared_ = 0;
};

/// The core with most work per inference; stages of a digital core share it, so their cycles add up.
CoreLoad busiest_core(const hw::Program& program, const hw::ChipParameters& chip, const hw::Activity& steady, double inferences, double interval_s) {
  std::map<std::pair<hw::Stage::Kind, int>, CoreLoad> loads;
  std::map<std::pair<hw::Stage::Kind, int>, CoreCycles> cycles;
  for (std::size_t i = 0; i < program.stages.size(); ++i) {
    // Source and sink share a node but no unit (the port works in both directions at once), hence the kind in the key.
    const hw::Stage& stage = program.stages[i];
    CoreLoad& load = loads[{stage.kind, stage.core}];
    load.core = stage.core;
    load.stages.push_back(static_cast<int>(i));
    cycles[{stage.kind, stage.core}].add(stage, steady.stages[i]);
    load.waiting_input_cycles += static_cast<double>(steady.stages[i].waiting_input_cycles) / inferences;
    load.waiting_output_cycles += static_cast<double>(steady.stages[i].waiting_output_cycles) / inferences;
  }
  CoreLoad busiest;
  for (auto& [key, load] : loads) {
    load.busy_cycles = static_cast<double>(cycles[key].busiest()) / inferences;
    load.share_of_interval = load.busy_cycles / (interval_s * chip.clock_of(chip.kind(load.core)).si());
    if (load.share_of_interval > busiest.share_of_interval) busiest = load;
  }
  return busiest;
}

/// A unit cannot work longer per inference than inferences are apart: completions that come in bursts look like steady state, and are not.
void check_interval(const hw::Program& program, const CoreLoad& load, double interval_s) {
  constexpr double tolerance = 1.05;  // the last intervals agree within 1 %, and works that follow each other overlap by a pipeline's depth
  if (load.share_of_interval <= tolerance) return;
  fail(fmt::format("inferences leave every {} s, but {} on node {} works {:.0f} cycles for each, {:.1f} times as long; no steady state was reached",
                   interval_s, program.stages[static_cast<std::size_t>(load.stages.front())].name, load.core, load.busy_cycles,
                   load.share_of_interval));
}

/// What power gating saved for each inference in steady state, counted once more: over all units of the same leakage and clock.
double saved_by_kind(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation) {
  struct Sum {
    std::int64_t gated_cycles = 0;
    std::uint64_t wakes = 0;
  };
  const hw::ChipParameters& chip = design.chip;
  std::map<int, int> settings_of_core = settings_of_cores(program);
  constexpr int digital = -1, router = -2;
  std::map<int, Sum> sums;  // by settings of the tiles, or one of the above
  for (const hw::GateActivity& gate : simulation.window.gates) {
    const bool is_router = gate.unit == hw::GateActivity::Unit::router;
    Sum& sum = sums[is_router ? router : chip.kind(gate.number) == hw::CoreKind::digital ? digital : settings_of_core[gate.number]];
    sum.gated_cycles += gate.gated_cycles;
    sum.wakes += gate.wakes;
  }
  double joule = 0;
  for (const auto& [kind, sum] : sums) {
    const hw::GatingParameters& parameters = kind == router ? chip.noc.gating : chip.core_gating;
    const base::Power leakage = kind == router ? chip.noc.router_leakage
                                : kind == digital
                                    ? design.tile.digital.leakage
                                    : gated_leakage(design, kind == 0 ? design.tile : program.settings.at(static_cast<std::size_t>(kind)));
    const base::Frequency clock =
        kind == router ? chip.network_clock.value_or(chip.clock) : chip.clock_of(kind == digital ? hw::CoreKind::digital : hw::CoreKind::analog);
    const double cycles = static_cast<double>(sum.gated_cycles) - static_cast<double>(sum.wakes) * static_cast<double>(parameters.break_even);
    joule += (1 - parameters.residual) * leakage.si() * cycles / clock.si();
  }
  return joule / simulation.window_inferences;
}

void check_sums(const RollUp& result) {
  // Rounding of a few thousand additions stays far below this; anything above is an event counted twice or lost.
  constexpr double tolerance = 1e-9;
  double blocks = 0;
  for (const auto& block : result.blocks) blocks += block.joule;
  double parts = 0;
  for (const auto& layer : result.layers) parts += layer.total_j;
  for (const auto& block : result.shared) parts += block.joule;
  const double whole = result.energy_per_inference_j;
  if (std::abs(blocks - whole) > tolerance * whole || std::abs(parts - whole) > tolerance * whole) {
    fail(fmt::format("energy does not add up: total {} J, blocks {} J, layers and shared {} J", whole, blocks, parts));
  }
}

}  // namespace

std::string_view block_name(Block block) {
  switch (block) {
    case Block::dac:
      return "dac";
    case Block::array:
      return "array";
    case Block::adc:
      return "adc";
    case Block::scale:
      return "scale";
    case Block::input_buffer:
      return "input_buffer";
    case Block::output_buffer:
      return "output_buffer";
    case Block::digital:
      return "digital";
    case Block::router:
      return "router";
    case Block::link:
      return "link";
    case Block::port:
      return "port";
    case Block::leakage:
      return "leakage";
    case Block::programming:
      return "programming";
    case Block::gating:
      return "gating";
  }
  throw std::logic_error("block_name: not a block");
}

std::span<const Block> all_blocks() { return blocks_in_order; }

std::vector<AnalogCores> analog_cores(const Design& design, const hw::Program& program) {
  const std::map<int, int> settings_of_core = settings_of_cores(program);
  std::vector<AnalogCores> groups{{design.tile, static_cast<std::int64_t>(design.chip.nodes_of(hw::CoreKind::analog).size())}};
  for (std::size_t settings = 1; settings < program.settings.size(); ++settings) {
    const auto count = std::ranges::count_if(settings_of_core, [&](const auto& core) { return core.second == static_cast<int>(settings); });
    groups.front().count -= count;
    groups.push_back({program.settings[settings], count});
  }
  return groups;
}

base::Power chip_leakage(const Design& design, std::span<const AnalogCores> cores) {
  const auto& tile = design.tile;
  const auto& chip = design.chip;
  const double digital = static_cast<double>(chip.nodes_of(hw::CoreKind::digital).size());
  const base::Power digital_core = tile.digital.leakage + tile.buffer.leakage_per_bit * digital_buffer_bits(design);
  base::Power sum = digital_core * digital + chip.noc.router_leakage * static_cast<double>(chip.routers());
  for (const auto& [own, count] : cores) {
    const base::Power analog_core =
        gated_leakage(design, own) + tile.buffer.leakage_per_bit * (input_buffer_bits(design) + output_buffer_bits(design));
    sum = sum + analog_core * static_cast<double>(count);
  }
  return sum;
}

std::vector<PartArea> chip_area(const Design& design, std::span<const AnalogCores> cores) {
  const auto& tile = design.tile;
  const auto& chip = design.chip;
  const auto analog = static_cast<std::int64_t>(chip.nodes_of(hw::CoreKind::analog).size());
  const auto digital = static_cast<std::int64_t>(chip.nodes_of(hw::CoreKind::digital).size());
  std::vector<PartArea> areas;
  const auto part = [&areas](const char* name, std::int64_t count, base::Area each) {
    areas.push_back({name, count, each.si() * static_cast<double>(count)});
  };
  /// Over all analog cores, `number` a core.
  const auto cores_part = [&](const char* name, auto number, auto each) {
    PartArea sum{name, 0, 0};
    for (const auto& [own, count] : cores) {
      const std::int64_t pieces = count * number(own);
      sum.count += pieces;
      sum.square_metre += each(own).si() * static_cast<double>(pieces);
    }
    areas.push_back(sum);
  };
  using Tile = tiles::TileParameters;
  const std::int64_t tiles = chip.tiles_per_core, banks = chip.banks_per_core();
  cores_part(
      "array", [=](const Tile&) { return tiles; }, [](const Tile& t) { return tiles::array_area(t); });
  cores_part(
      "dac", [=](const Tile& t) { return tiles * t.rows; }, [](const Tile& t) { return t.dac.area; });
  cores_part(
      "adc", [=](const Tile& t) { return banks * adcs_per_tile(t); }, [](const Tile& t) { return t.adc.area; });
  cores_part(
      "scale", [=](const Tile& t) { return banks * t.scale.lanes; }, [](const Tile& t) { return t.scale.area; });
  part("input_buffer", analog, tile.buffer.area_per_bit * input_buffer_bits(design));
  part("output_buffer", analog, tile.buffer.area_per_bit * output_buffer_bits(design));
  part("digital", digital, tile.digital.area);
  part("digital_buffer", digital, tile.buffer.area_per_bit * digital_buffer_bits(design));
  part("router", chip.routers(), chip.noc.router_area);
  return areas;
}

RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs) {
  RollUp result;
  result.latency_s = simulation.latency.seconds();
  result.interval_s = simulation.interval_s;
  require_positive(result.latency_s, "the latency");
  require_positive(result.interval_s, "the interval between inferences");
  require_positive(simulation.steady_inferences, "the number of inferences in steady state");
  require_positive(static_cast<double>(macs), "the number of multiply-accumulates on tiles");
  result.throughput_per_s = 1.0 / result.interval_s;
  const auto cores = analog_cores(design, program);
  const double all_on_w = chip_leakage(design, cores).si();
  result.gating = gating(design, program, simulation.window, simulation.window.elapsed.seconds(), simulation.window_inferences);
  const std::optional<Gating> alone = gating(design, program, simulation.single, result.latency_s, 1);
  const double leakage_j = all_on_w * result.interval_s - (result.gating ? result.gating->not_leaked_j : 0);
  result.leakage_w = result.gating ? leakage_j / result.interval_s : all_on_w;

  const double inferences = simulation.steady_inferences;
  Split steady = dynamic_energy(design, program, simulation.steady, 1.0 / inferences);
  at(steady.shared, Block::leakage) = leakage_j;
  if (result.gating) at(steady.shared, Block::gating) = result.gating->switched_j;
  Joules blocks = steady.shared;
  for (const Joules& joules : steady.layers) {
    result.layers.push_back({listed(joules, false), total(joules)});
    add(blocks, joules, 1.0);
  }
  result.shared = listed(steady.shared, false);
  result.blocks = listed(blocks, true);

  const Split single = dynamic_energy(design, program, simulation.single, 1.0);
  result.single_shot_energy_j = total(single.shared) + all_on_w * result.latency_s;
  if (alone) result.single_shot_energy_j += alone->switched_j - alone->not_leaked_j;
  for (const Joules& joules : single.layers) result.single_shot_energy_j += total(joules);

  // Counted a second time over the whole chip, event kind by event kind, so that the sum over blocks and layers is a check and not a definition.
  std::map<int, hw::StageActivity> by_settings;  // of tiles; what is not on a tile counts with the chip's own
  double array = 0;
  for (std::size_t i = 0; i < program.stages.size(); ++i) {
    const hw::StageActivity& one = simulation.steady.stages[i];
    const auto& work = program.stages[i].mvm;
    if (work) array += static_cast<double>(one.mvms) * array_joules(tile_of(design, program, work), *work);
    hw::StageActivity& all = by_settings[work ? work->settings : 0];
    all += one;
    all.mvms = 0;  // counted in `array`
  }
  hw::RouterActivity network;
  for (const hw::RouterActivity& one : simulation.steady.routers) network += one;
  double dynamic = array + total(router_energy(design, network));
  for (const auto& [settings, all] : by_settings) {
    const auto& tile = settings == 0 ? design.tile : program.settings.at(static_cast<std::size_t>(settings));
    dynamic += total(stage_energy(design, tile, hw::Stage{}, all));
  }
  result.energy_per_inference_j = dynamic / inferences + all_on_w * result.interval_s;
  if (result.gating) result.energy_per_inference_j -= saved_by_kind(design, program, simulation);

  require_positive(result.energy_per_inference_j, "the energy per inference");
  require_positive(result.single_shot_energy_j, "the energy of a single inference");
  check_sums(result);
  result.average_power_w = result.energy_per_inference_j / result.interval_s;
  constexpr double operations_per_mac = 2;  // one multiplication, one addition
  constexpr double tera = 1e12;
  result.tops_per_watt = operations_per_mac * static_cast<double>(macs) / result.energy_per_inference_j / tera;

  result.areas = chip_area(design, cores);
  for (const PartArea& part : result.areas) result.area_m2 += part.square_metre;
  require_positive(result.area_m2, "the area");
  result.bottleneck = busiest_core(program, design.chip, simulation.steady, inferences, result.interval_s);
  // Where some products are repeated an inference takes as long as its data make it, and there is no steady state.
  const bool repeats = std::ranges::any_of(simulation.steady.stages, [](const hw::StageActivity& stage) { return stage.repeat_cycles > 0; });
  if (!repeats && !simulation.single_only) check_interval(program, result.bottleneck, result.interval_s);
  return result;
}

}  // namespace mho::analysis
