#include "analysis/cost/full_load.h"

#include <algorithm>
#include <cmath>

#include "hw/program/events.h"
#include "hw/spec/components.h"
#include "periphery/components.h"

namespace mho::analysis {

namespace {

using periphery::Component;
using periphery::Per;

// Choice: Gaussian weights with a maximum of three standard deviations have a mean magnitude of sqrt(2 / pi) / 3 = 0.27 of the maximum. Inputs are a
// little smaller, because rectified inputs are 0 half of the time.
constexpr double mean_weight = 0.27, mean_drive = 0.2;

/// Sum over all devices of a tile in siemens, if every cell stores a weight of mean magnitude.
double full_conductance(const tiles::TileParameters& tile) {
  const auto& device = tile.device;
  const double devices = static_cast<double>(tile.rows) * tile.columns * (tile.coding.kind == tiles::WeightCoding::Kind::differential ? 2 : 1);
  // One device of a pair stores the weight; the other one has the least conductance.
  const double span = (device.most_us - device.least_us) * mean_weight * (tile.coding.kind == tiles::WeightCoding::Kind::differential ? 0.5 : 1.0);
  return devices * (device.least_us + span) * base::unit::microsiemens.si();
}

/// Activity of one full matrix-vector product of a tile.
hw::StageActivity product(const tiles::TileParameters& tile) {
  const auto rows = static_cast<std::uint64_t>(tile.rows);
  const auto outputs = static_cast<std::uint64_t>(tile.output_capacity());
  const auto input_bits = rows * static_cast<std::uint64_t>(tile.digital.activation_format.bits());
  const auto output_bits = outputs * static_cast<std::uint64_t>(tile.digital.result_format.bits());
  hw::StageActivity activity;
  activity.positions = activity.mvms = 1;
  activity.dac_conversions = rows * static_cast<std::uint64_t>(tile.dac.readouts());
  activity.adc_conversions = outputs * static_cast<std::uint64_t>(tile.conversions_per_output());
  activity.scale_operations = outputs;
  activity.input_buffer_written_bits = activity.input_buffer_read_bits = input_bits;
  activity.output_buffer_written_bits = activity.output_buffer_read_bits = output_bits;
  return activity;
}

/// Activity of one operation on every lane of a digital core.
hw::StageActivity vector_operation(const tiles::TileParameters& tile) {
  const auto lanes = static_cast<std::uint64_t>(tile.digital.lanes);
  const auto bits = lanes * static_cast<std::uint64_t>(tile.digital.result_format.bits());
  hw::StageActivity activity;
  activity.element_operations = lanes;
  activity.input_buffer_written_bits = activity.input_buffer_read_bits = bits;
  activity.output_buffer_written_bits = activity.output_buffer_read_bits = bits;
  return activity;
}

class Load {
 public:
  explicit Load(const Design& design) : design_(design), inventory_(design, program_, with_load(design)) {}

  CostTable of(bool levels) {
    for (const Component& component : inventory_.by_settings().front()) add(component);
    result_.components = inventory_.costs();
    for (ComponentCost& component : result_.components) {
      for (const CostLine& line : result_.lines) {
        if (line.component == component.name) component.joule += line.joule;
      }
    }
    const double tiles = static_cast<double>(count(Per::tile));
    result_.multiply_accumulates = tiles * design_.tile.rows * design_.tile.output_capacity();
    time();
    add_sums(design_.chip, result_, levels);
    return std::move(result_);
  }

 private:
  static ComponentList with_load(const Design& design) {
    const tiles::TileLoad load{.conductance_sum_siemens = full_conductance(design.tile), .mean_drive = mean_drive, .driven_rows = design.tile.rows};
    // The inputs and weights of a chip, or of a paper, are unknown: the current is commonly half or double.
    constexpr double load_spread = 0.4;
    return [list = components_of(design), load](const tiles::TileParameters& tile, const tiles::TileLoad&) {
      std::vector<Component> all = list(tile, load);
      for (Component& component : all) {
        // Components of the same name share a row and its spread.
        const bool by_load = std::ranges::any_of(all, [&](const Component& other) { return other.by_load && other.name == component.name; });
        double& spread = component.note.spread.energy;
        if (by_load && spread > 0) spread = std::hypot(spread, load_spread);
      }
      return all;
    };
  }

  std::int64_t count(Per per) const { return hw::count_on_chip(design_.chip, per); }

  /// Number of events of this kind on the chip under full load.
  double events(const Component& component, std::string_view event) const {
    double sum = 0;
    const auto on = [&](Per core, Per units, const hw::StageActivity& activity) {
      // Buffers count only on cores of their own kind.
      if (component.own_core_only && component.per != core) return;
      sum += static_cast<double>(hw::count_of(event, activity)) * static_cast<double>(count(units));
    };
    on(Per::analog_core, Per::tile, product(design_.tile));
    on(Per::digital_core, Per::digital_core, vector_operation(design_.tile));
    const hw::RouterActivity flit{.buffer_writes = 1, .buffer_reads = 1, .crossbar_traversals = 1, .arbitrations = 1, .link_flits = 1};
    sum += static_cast<double>(hw::count_of(event, flit)) * static_cast<double>(count(Per::router));
    hw::StageActivity port;
    port.port_bits = static_cast<std::uint64_t>(std::llround(design_.chip.port.bits_per_cycle)) * design_.chip.nodes_of(hw::CoreKind::port).size();
    const hw::LinkActivity link{.kind = hw::LinkActivity::Kind::chips, .flits = 1};
    // Each direction of each link between chips sends at its full rate.
    const double links = 2 * (design_.chip.chips - 1) * design_.chip.link_flits_per_second() / design_.chip.clock.si();
    return sum + static_cast<double>(hw::count_of(event, port)) + links * static_cast<double>(hw::count_of(event, link));
  }

  void add(const Component& component) {
    const std::int64_t pieces = component.count * count(component.per);
    CostLine line{.component = component.name,
                  .per = component.per,
                  .count = pieces,
                  .event = {},
                  .square_metre = component.area ? component.area->si() * static_cast<double>(pieces) : 0,
                  .leakage_w = component.leakage.si() * static_cast<double>(pieces),
                  .note = component.note,
                  .source = component.source};
    if (component.events.empty()) result_.lines.push_back(line);
    for (const periphery::EventCost& cost : component.events) {
      line.event = std::string(cost.event);
      line.events = events(component, cost.event);
      line.joule_per_event = cost.units * cost.energy.si();
      line.joule = line.events * line.joule_per_event;
      result_.lines.push_back(line);
      line.square_metre = line.leakage_w = 0;
    }
  }

  void time() {
    const tiles::TileParameters& tile = design_.tile;
    const hw::ChipParameters& chip = design_.chip;
    const double cycle = 1 / chip.clock_of(hw::CoreKind::analog).si();
    const auto in_cycles = [](double seconds, double one) { return std::ceil(seconds / one * (1 - 1e-12)) * one; };
    const double sharing = static_cast<double>(chip.tiles_per_core) / chip.banks_per_core();
    result_.delays = {{"drivers", in_cycles(tile.dac.driver_time().si(), cycle)},
                      {"array", in_cycles(tile.dac.array_time().si(), cycle)},
                      {"converters", in_cycles(tile.conversion_time(tile.output_capacity()).si(), cycle) * sharing},
                      {"scale", std::ceil(static_cast<double>(tile.output_capacity()) / tile.scale.lanes) * cycle * sharing},
                      {"vector unit", tile.digital.pipeline_depth / chip.clock_of(hw::CoreKind::digital).si()},
                      {"router", chip.noc.router_stages / chip.network_clock.value_or(chip.clock).si()}};
    constexpr std::size_t of_tile = 4;
    for (std::size_t i = 0; i < of_tile; ++i) result_.interval_s = std::max(result_.interval_s, result_.delays[i].seconds);
    // Without a sample-and-hold, the next product of the array starts after its conversion.
    if (!tile.adc.pipelined) {
      result_.interval_s =
          std::max(result_.interval_s, result_.delays[1].seconds + in_cycles(tile.conversion_time(tile.output_capacity()).si(), cycle));
    }
  }

  const Design& design_;
  hw::Program program_;
  Inventory inventory_;
  CostTable result_;
};

}  // namespace

CostTable full_load(const Design& design, bool levels) { return Load(design).of(levels); }

}  // namespace mho::analysis
