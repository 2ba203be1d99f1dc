#include "hw/estimate/expected_activity.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <string>

#include "hw/estimate/stage_cycles.h"

namespace mho::hw {

namespace {

using Count = std::uint64_t;

class Expectation {
 public:
  Expectation(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const TimedNetwork& network, Count inferences)
      : program_(program), chip_(chip), tile_(tile), network_(network), inferences_(inferences) {}

  Activity of(std::span<const std::uint64_t> credits) {
    activity_.edges.resize(program_.edges.size());
    activity_.routers.resize(static_cast<std::size_t>(network_.topology().routers()));
    in_bits_.assign(program_.stages.size(), 0);
    out_bits_ = in_bits_;
    flits_of_.assign(activity_.routers.size() * static_cast<std::size_t>(network_.topology().ports()), 0);
    injected_.assign(static_cast<std::size_t>(chip_.nodes()), 0);
    over_chip_links_.assign(static_cast<std::size_t>(network_.topology().chip_links()), 0);
    for (std::size_t e = 0; e < program_.edges.size(); ++e) edge(e, credits[e]);
    for (std::size_t s = 0; s < program_.stages.size(); ++s) activity_.stages.push_back(stage(s));
    units();
    links();
    return std::move(activity_);
  }

 private:
  void edge(std::size_t e, Count credits) {
    const Edge& edge = program_.edges[e];
    const auto producer = static_cast<std::size_t>(edge.producer), consumer = static_cast<std::size_t>(edge.consumer);
    const Count positions = static_cast<Count>(edge.positions(program_.stages[producer].positions)) * inferences_;
    const Count bits = positions * static_cast<Count>(edge.bits_per_position);
    in_bits_[consumer] += bits;
    out_bits_[producer] += bits;
    const int from = program_.stages[producer].core, to = program_.stages[consumer].core;
    activity_.packets += positions + credits;
    if (from == to) return;
    way(from, to, positions * static_cast<Count>(network_.flits(edge)));
    way(to, from, credits);
  }

  /// Adds flits to the route from one node to another: on each chip, and on the links between chips.
  void way(int from, int to, Count flits) {
    const Topology& topology = network_.topology();
    int before = topology.address(from).chip;
    for (const Topology::Leg& leg : topology.legs(from, to)) {
      const int chip = topology.address(leg.from).chip;
      if (chip != before) over_chip_links_[static_cast<std::size_t>(Topology::link_between(before, chip))] += flits;
      before = chip;
      if (leg.from != leg.to) packets(leg.from, leg.to, flits);
    }
  }

  [[nodiscard]] std::size_t place_of(int router, int port) const {
    return static_cast<std::size_t>(router) * static_cast<std::size_t>(network_.topology().ports()) + static_cast<std::size_t>(port);
  }

  void packets(int from, int to, Count flits) {
    const std::vector<int> way = network_.routers(from, to);
    const Topology& topology = network_.topology();
    injected_[static_cast<std::size_t>(from)] += flits;
    activity_.flit_hops += flits * way.size();
    for (std::size_t i = 0; i < way.size(); ++i) {
      RouterActivity& router = activity_.routers[static_cast<std::size_t>(way[i])];
      router.buffer_writes += flits;
      router.buffer_reads += flits;
      router.crossbar_traversals += flits;
      router.arbitrations += flits;
      int port = topology.port_of(to);
      if (i + 1 < way.size()) {
        router.link_flits += flits;
        for (int p = topology.locals(); p < topology.ports(); ++p) {
          if (topology.neighbour(way[i], p) == way[i + 1]) port = p;
        }
      }
      flits_of_[place_of(way[i], port)] += flits;
    }
  }

  StageActivity stage(std::size_t s) const {
    const Stage& stage = program_.stages[s];
    const StageCycles cycles = stage_cycles(program_, s, chip_, tile_);
    StageActivity a;
    a.positions = static_cast<Count>(stage.positions) * inferences_;
    const Count operations =
        a.positions * static_cast<Count>(std::accumulate(stage.elements.begin(), stage.elements.end(), std::int64_t{0},
                                                         [](std::int64_t sum, const ElementWork& work) { return sum + work.operations; }));
    bool pipelined = true;
    const bool written = stage.kind == Stage::Kind::analog || stage.kind == Stage::Kind::digital;
    if (stage.kind == Stage::Kind::analog) {
      const MvmWork& work = *stage.mvm;
      const tiles::TileParameters& tile = work.settings == 0 ? tile_ : program_.settings.at(static_cast<std::size_t>(work.settings));
      a.mvms = a.positions;
      a.dac_conversions = a.positions * static_cast<Count>(work.inputs) * static_cast<Count>(tile.dac.readouts());
      a.adc_conversions = a.positions * static_cast<Count>(tile.converted_outputs(work.outputs)) * static_cast<Count>(tile.conversions_per_output());
      a.scale_operations = a.positions * static_cast<Count>(work.outputs);
      a.input_buffer_read_bits = a.positions * static_cast<Count>(work.inputs) * static_cast<Count>(work.activation_bits);
      pipelined = tile.adc.pipelined;
      if (shares_converters(stage)) a.shared_cycles = static_cast<std::int64_t>(a.positions) * std::max(cycles.converters, cycles.scale);
    } else if (stage.kind == Stage::Kind::digital) {
      a.input_buffer_read_bits = stage.operand_bits > 0 ? a.positions * static_cast<Count>(stage.operand_bits) : in_bits_[s];
    } else {
      a.port_bits = a.positions * static_cast<Count>(stage.bits_per_position);
    }
    if (written) {
      a.element_operations = operations;
      a.input_buffer_written_bits = in_bits_[s];
      a.output_buffer_written_bits = a.positions * static_cast<Count>(stage.bits_per_position);
      a.output_buffer_read_bits = out_bits_[s];
    }
    a.busy_cycles = static_cast<std::int64_t>(a.positions) * cycles.slowest(pipelined);
    return a;
  }

  [[nodiscard]] bool shares_converters(const Stage& stage) const {
    if (!chip_.shared_converters) return false;
    return std::ranges::any_of(program_.stages,
                               [&](const Stage& other) { return other.mvm && other.core == stage.core && !other.mvm->same_lane(*stage.mvm); });
  }

  using Lane = std::pair<int, int>;  ///< tile and lane
  /// The suffix of each tile and lane: " 0", " 1", ...; empty if there is only one.
  [[nodiscard]] std::map<Lane, std::string> tile_names(const std::vector<std::size_t>& stages) const {
    std::map<Lane, std::string> tiles;
    for (const std::size_t s : stages) {
      if (program_.stages[s].mvm) tiles.try_emplace({program_.stages[s].mvm->tile, program_.stages[s].mvm->lane}, "");
    }
    int number = 0;
    for (auto& [tile, name] : tiles) name = tiles.size() == 1 ? "" : " " + std::to_string(number++);
    return tiles;
  }

  /// Busy times; names and order are those of the modules.
  void units() {
    std::map<int, std::vector<std::size_t>> of_node;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) of_node[program_.stages[s].core].push_back(s);
    for (const auto& of : of_node) {
      const int node = of.first;
      const std::vector<std::size_t>& stages = of.second;
      std::map<std::string, UnitActivity> units;
      const auto add = [&](const std::string& name, std::size_t s, std::int64_t cycles) {
        UnitActivity& unit = units[name];
        unit.name = name;
        unit.node = node;
        unit.stages.push_back(static_cast<int>(s));
        unit.worked_cycles += cycles * static_cast<std::int64_t>(activity_.stages[s].positions);
      };
      std::map<Lane, std::string> tiles = tile_names(stages);
      for (const std::size_t s : stages) {
        const Stage& stage = program_.stages[s];
        const StageCycles cycles = stage_cycles(program_, s, chip_, tile_);
        if (stage.mvm) {
          const std::string& tile = tiles[{stage.mvm->tile, stage.mvm->lane}];
          const std::string bank = chip_.shared_converters ? "" : tile;
          const int settings = stage.mvm->settings;
          const bool pipelined = (settings == 0 ? tile_ : program_.settings.at(static_cast<std::size_t>(settings))).adc.pipelined;
          add("drivers" + tile, s, cycles.drivers);
          add("array" + tile, s, cycles.array + (pipelined ? 0 : cycles.converters));
          add("converters" + bank, s, cycles.converters);
          add("scale" + bank, s, cycles.scale);
        } else {
          add(stage.kind == Stage::Kind::digital ? "vector unit" : stage.kind == Stage::Kind::source ? "port in" : "port out", s, cycles.unit);
        }
      }
      for (auto& [name, unit] : units) activity_.units.push_back(std::move(unit));
    }
  }

  void links() {
    const Topology& topology = network_.topology();
    for (int router = 0; router < topology.routers(); ++router) {
      for (int port = 0; port < topology.ports(); ++port) {
        const bool local = port < topology.locals();
        const int to = local ? topology.node_at(router, port) : topology.neighbour(router, port);
        if (to < 0) continue;
        activity_.links.push_back({local ? LinkActivity::Kind::eject : LinkActivity::Kind::between, router, to, flits_of_[place_of(router, port)]});
      }
    }
    for (int node = 0; node < topology.nodes(); ++node)
      activity_.links.push_back({LinkActivity::Kind::inject, node, topology.router_of(node), injected_[static_cast<std::size_t>(node)]});
    for (int link = 0; link < topology.chip_links(); ++link) {
      activity_.links.push_back({LinkActivity::Kind::chips, topology.chip_link_begin(link), topology.chip_link_end(link),
                                 over_chip_links_[static_cast<std::size_t>(link)]});
    }
  }

  const Program& program_;
  const ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  const TimedNetwork& network_;
  Count inferences_;
  Activity activity_;
  std::vector<Count> in_bits_, out_bits_;  ///< by stage
  std::vector<Count> flits_of_;            ///< by router and port
  std::vector<Count> injected_;            ///< by node
  std::vector<Count> over_chip_links_;     ///< by direction
};

}  // namespace

Activity expected_activity(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const TimedNetwork& network,
                           std::int64_t inferences, std::span<const std::uint64_t> credits) {
  return Expectation(program, chip, tile, network, static_cast<Count>(inferences)).of(credits);
}

}  // namespace mho::hw
