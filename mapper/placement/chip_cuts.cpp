#include "mapper/placement/chip_cuts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/index.h"
#include "hw/estimate/stage_cycles.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

namespace {

using base::index;

constexpr std::int64_t byte_bits = 8;
constexpr std::int64_t boundless = std::numeric_limits<std::int64_t>::max();

/// Seconds for which a stage occupies its slowest unit in one inference.
double work_of(const hw::Program& program, std::size_t s, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  const hw::Stage& stage = program.stages[s];
  const hw::CoreKind kind = stage.kind == hw::Stage::Kind::analog    ? hw::CoreKind::analog
                            : stage.kind == hw::Stage::Kind::digital ? hw::CoreKind::digital
                                                                     : hw::CoreKind::port;
  return static_cast<double>(hw::stage_cycles(program, s, chip, tile).slowest(tile.adc.pipelined)) * stage.positions / chip.clock_of(kind).si();
}

/// Traffic over the cuts in one direction, as changes from cut to cut.
struct Crossing {
  std::vector<std::int64_t> flits, memory_bits;  ///< by cut: the change there
  explicit Crossing(std::size_t steps) : flits(steps + 1), memory_bits(steps + 1) {}
  /// Adds traffic to the cuts from that behind step `from` to that before step `to`.
  void add(int from, int to, std::int64_t more_flits, std::int64_t more_bits) {
    flits[index(from) + 1] += more_flits;
    flits[index(to) + 1] -= more_flits;
    memory_bits[index(from) + 1] += more_bits;
    memory_bits[index(to) + 1] -= more_bits;
  }
};

/// Seconds of a part's digital cores if all have the same share of its work.
double digital_s(const ChipSupply& supply, double work) { return work == 0 ? 0 : supply.digital_cores == 0 ? no_part : work / supply.digital_cores; }

/// For every part that fits: the time of its link to the next chip or of its digital cores, and the flits of that link.
struct Parts {
  std::vector<std::vector<double>> seconds, flits;  ///< [first step][number of further steps]

  Parts(const ChipDemand& demand, const ChipSupply& supply) {
    const std::size_t steps = demand.steps.size();
    for (std::size_t begin = 0; begin < steps; ++begin) {
      std::vector<double>&times = seconds.emplace_back(), &costs = flits.emplace_back();
      if (begin > 0 && !fits(demand.cuts[begin], supply)) continue;
      std::size_t tiles = 0;
      double work = 0;
      std::int64_t bits = 0;
      for (std::size_t end = begin + 1; end <= steps; ++end) {
        const ChipDemand::Step& step = demand.steps[end - 1];
        tiles += step.tiles;
        work += step.digital_s;
        bits += step.digital_bits;
        if (tiles > supply.tiles || bits > supply.digital_bits) break;
        const ChipDemand::Cut behind = end == steps ? ChipDemand::Cut{} : demand.cuts[end];
        const bool possible = fits(behind, supply);
        times.push_back(possible ? std::max(behind.link_s, digital_s(supply, work)) : no_part);
        costs.push_back(possible && times.back() < no_part ? static_cast<double>(behind.flits) : no_part);
      }
    }
  }

  static bool fits(const ChipDemand::Cut& cut, const ChipSupply& supply) { return cut.possible && cut.memory_bits <= supply.memory_bits; }

  /// Flits, without parts that take longer than `most`.
  [[nodiscard]] std::vector<std::vector<double>> within(double most) const {
    std::vector<std::vector<double>> costs = flits;
    for (std::size_t begin = 0; begin < costs.size(); ++begin) {
      for (std::size_t more = 0; more < costs[begin].size(); ++more) {
        if (seconds[begin][more] > most) costs[begin][more] = no_part;
      }
    }
    return costs;
  }
};

}  // namespace

ChipDemand chip_demand(const Lowered& lowered, const PhaseSteps& steps, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  const hw::Program& program = lowered.program;
  const std::size_t count = steps.tiles.size();
  ChipDemand demand;
  demand.steps.resize(count);
  demand.cuts.resize(count);
  std::map<int, std::pair<int, int>> uses;  // by tile: the first and the last step
  for (std::size_t step = 0; step < count; ++step) {
    for (const int entry : steps.tiles[step]) {
      const auto [use, fresh] = uses.try_emplace(lowered.tiles[index(entry)].tile, static_cast<int>(step), static_cast<int>(step));
      if (fresh) ++demand.steps[step].tiles;
      use->second.second = static_cast<int>(step);
    }
  }
  for (const auto& [of_tile, use] : uses) {
    for (int cut = use.first + 1; cut <= use.second; ++cut) demand.cuts[index(cut)].possible = false;
  }
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const double work = work_of(program, s, chip, tile);
    demand.stage_s = std::max(demand.stage_s, work);
    if (program.stages[s].kind != hw::Stage::Kind::digital) continue;
    ChipDemand::Step& step = demand.steps[index(steps.step_of[s])];
    step.digital_s += work;
    step.digital_bits += byte_bits * whole_bytes(buffered_bits(program, chip, static_cast<int>(s)));
  }
  Crossing forward(count), backward(count);
  for (const hw::Edge& edge : program.edges) {
    const int from = steps.step_of[index(edge.producer)], to = steps.step_of[index(edge.consumer)];
    if (from == to) continue;
    const std::int64_t packet = edge.flits(chip.noc.flit_bits);
    const std::int64_t flits = packet * edge.positions(program.stages[index(edge.producer)].positions);
    const std::int64_t credits = std::int64_t{edge.capacity} * chip.noc.flit_bits;
    (from < to ? forward : backward).add(std::min(from, to), std::max(from, to), flits, packet * credits);
    (from < to ? backward : forward).add(std::min(from, to), std::max(from, to), 0, credits);
  }
  std::int64_t there = 0, back = 0, memory_there = 0, memory_back = 0;
  for (std::size_t cut = 0; cut < count; ++cut) {
    there += forward.flits[cut];
    back += backward.flits[cut];
    memory_there += forward.memory_bits[cut];
    memory_back += backward.memory_bits[cut];
    demand.cuts[cut].flits = there + back;
    demand.cuts[cut].link_s = static_cast<double>(std::max(there, back)) / chip.link_flits_per_second();
    demand.cuts[cut].memory_bits = std::max(memory_there, memory_back);
  }
  return demand;
}

PhaseCuts chip_cuts(const ChipDemand& demand, const ChipSupply& supply, std::size_t chips) {
  const Parts parts(demand, supply);
  PhaseCuts best = fastest_cuts(parts.within(std::numeric_limits<double>::max()), chips);
  if (best.empty()) return best;
  // Times below that of the slowest stage do not count, because no cut reduces that.
  std::set<double> times{demand.stage_s};
  for (const std::vector<double>& some : parts.seconds) {
    for (const double time : some) {
      if (time > demand.stage_s && time < no_part) times.insert(time);
    }
  }
  const std::vector<double> sorted(times.begin(), times.end());
  std::size_t too_short = 0, enough = sorted.size() - 1;
  if (PhaseCuts cuts = fastest_cuts(parts.within(sorted.front()), chips); !cuts.empty()) return cuts;
  while (enough - too_short > 1) {
    const std::size_t middle = too_short + (enough - too_short) / 2;
    PhaseCuts cuts = fastest_cuts(parts.within(sorted[middle]), chips);
    (cuts.empty() ? too_short : enough) = middle;
    if (!cuts.empty()) best = std::move(cuts);
  }
  return best;
}

namespace {

class ChipsPlacement {
 public:
  ChipsPlacement(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice)
      : lowered_(lowered),
        chip_(chip),
        one_(chip.one_chip()),
        tile_(tile),
        choice_(choice),
        steps_(phase_steps(lowered)),
        demand_(chip_demand(lowered, steps_, chip, tile)) {
    const auto digital = static_cast<int>(one_.nodes_of(hw::CoreKind::digital).size());
    supply_ = {.tiles = one_.nodes_of(hw::CoreKind::analog).size() * index(chip.tiles_per_core),
               .digital_cores = digital,
               .digital_bits = byte_bits * chip.digital_buffer_bytes * digital,
               .memory_bits = byte_bits * chip.link.buffer_bytes};
  }

  void run() {
    constexpr std::size_t step = 8;  // an eighth fewer: near the maximum after few attempts
    std::optional<base::UserError> first;
    while (true) {
      const PhaseCuts cuts = chip_cuts(demand_, supply_, index(chip_.chips));
      if (cuts.empty()) {
        if (first) throw base::UserError(*first);
        refuse();
      }
      const std::optional<base::UserError> misfit = place_parts(cuts);
      if (!misfit) return;
      if (!first) first = misfit;
      const std::size_t most = most_tiles(cuts);
      if (most <= 1) throw base::UserError(*first);
      supply_.tiles = most - std::max<std::size_t>(1, most / step);
    }
  }

 private:
  [[nodiscard]] std::size_t most_tiles(const PhaseCuts& cuts) const {
    std::size_t most = 0;
    for (std::size_t part = 0; part < cuts.size(); ++part) {
      const std::size_t end = part + 1 < cuts.size() ? index(cuts[part + 1]) : demand_.steps.size();
      std::size_t tiles = 0;
      for (std::size_t step = index(cuts[part]); step < end; ++step) tiles += demand_.steps[step].tiles;
      most = std::max(most, tiles);
    }
    return most;
  }

  [[noreturn]] void refuse() const {
    std::size_t tiles = 0, most_of_step = 0;
    std::int64_t digital_bits = 0;
    for (const ChipDemand::Step& step : demand_.steps) {
      tiles += step.tiles;
      most_of_step = std::max(most_of_step, step.tiles);
      digital_bits += step.digital_bits;
    }
    const auto chips = index(chip_.chips);
    const std::string raise = "raise chip.count, chip.mesh.width, chip.mesh.height or chip.tiles_per_core";
    std::string why;
    ChipSupply with_memory = supply_, with_buffers = supply_;
    with_memory.memory_bits = boundless;
    with_buffers.digital_bits = boundless;
    if (tiles > chips * supply_.tiles) {
      why = fmt::format("the network needs {} tiles and the {} chips have {} each: {} {} missing; {}", tiles, chips, supply_.tiles,
                        tiles - chips * supply_.tiles, tiles - chips * supply_.tiles == 1 ? "is" : "are", raise);
    } else if (!chip_cuts(demand_, with_memory, chips).empty()) {
      why = fmt::format(
          "no cut of the network into parts for {} chips crosses links whose memories of {} bytes hold what the buffers behind them may "
          "be sent; raise chip.link.buffer to at least {:.1f} KiB",
          chips, chip_.link.buffer_bytes, least_memory_kibibytes());
    } else if (!chip_cuts(demand_, with_buffers, chips).empty()) {
      why = fmt::format(
          "digital stages must buffer {} bytes in all, and no cut of the network into parts for {} chips leaves each with what its {} "
          "digital cores of {} bytes hold; raise chip.count, chip.digital_buffer or chip.digital_cores",
          digital_bits / byte_bits, chips, supply_.digital_cores, chip_.digital_buffer_bytes);
    } else {
      why = fmt::format(
          "no cut of the network into parts for {} chips gives each at most the {} tiles that it has: of {} tiles in all, those of "
          "recurrences ({} at most), of layers that share weights and of blocks that share tiles stay together; {}",
          chips, supply_.tiles, tiles, most_of_step, raise);
    }
    throw base::UserError(why, base::ExitCode::does_not_fit);
  }

  /// The smallest memory of a link's end with which the network can be cut.
  [[nodiscard]] double least_memory_kibibytes() const {
    std::set<std::int64_t> sizes;
    for (const ChipDemand::Cut& cut : demand_.cuts) sizes.insert(cut.memory_bits);
    constexpr double bits_per_kibibyte = 8 * 1024;
    for (const std::int64_t bits : sizes) {
      ChipSupply supply = supply_;
      supply.memory_bits = bits;
      if (!chip_cuts(demand_, supply, index(chip_.chips)).empty()) return static_cast<double>(bits) / bits_per_kibibyte + 0.1;
    }
    return 0;
  }

  /// Places each part on its chip. Returns the error of the first part that does not fit; empty if all fit.
  std::optional<base::UserError> place_parts(const PhaseCuts& cuts) {
    std::vector<int> chip_of;
    for (const int step : steps_.step_of) chip_of.push_back(static_cast<int>(std::ranges::upper_bound(cuts, step) - cuts.begin()) - 1);
    for (int part = 0; part < static_cast<int>(cuts.size()); ++part) {
      try {
        place_part(chip_of, part);
      } catch (const base::UserError& error) {
        if (error.code() != base::ExitCode::does_not_fit) throw;
        return base::UserError(fmt::format("on chip {} of {}: {}", part, chip_.chips, error.what()), error.code());
      }
    }
    return std::nullopt;
  }

  void place_part(const std::vector<int>& chip_of, int part) {
    hw::Program& program = lowered_.program;
    Lowered placed{.program = {}, .tiles = {}, .dataflow = {}, .tile_stages = {}};
    placed.program.layers = program.layers;
    placed.program.settings = program.settings;
    std::vector<int> local(program.stages.size(), -1), own;
    for (std::size_t s = 0; s < program.stages.size(); ++s) {
      if (chip_of[s] != part) continue;
      local[s] = static_cast<int>(own.size());
      own.push_back(static_cast<int>(s));
      placed.program.stages.push_back(program.stages[s]);
    }
    PlacementChoice choice = choice_;
    for (const hw::Edge& edge : program.edges) {
      const int from = chip_of[index(edge.producer)], to = chip_of[index(edge.consumer)];
      if (from != part && to != part) continue;
      hw::Edge& own_edge = placed.program.edges.emplace_back(edge);
      own_edge.producer = from == part ? local[index(edge.producer)] : end_of_link(placed.program, choice, edge.producer, from < part);
      own_edge.consumer = to == part ? local[index(edge.consumer)] : end_of_link(placed.program, choice, edge.consumer, to < part);
    }
    std::vector<std::size_t> tiles;
    for (std::size_t t = 0; t < lowered_.tiles.size(); ++t) {
      if (chip_of[index(lowered_.tile_stages[t].front())] != part) continue;
      tiles.push_back(t);
      placed.tiles.push_back(lowered_.tiles[t]);
      placed.tile_stages.emplace_back();
      for (const int stage : lowered_.tile_stages[t]) placed.tile_stages.back().push_back(local[index(stage)]);
    }
    place(placed, one_, tile_, choice);
    const int first_node = part * chip_.nodes_per_chip();
    for (std::size_t s = 0; s < own.size(); ++s) program.stages[index(own[s])].core = first_node + placed.program.stages[s].core;
    for (std::size_t t = 0; t < tiles.size(); ++t) lowered_.tiles[tiles[t]].node = first_node + placed.tiles[t].node;
  }

  /// Stands for a stage of another chip, at the node of the link that leads there.
  int end_of_link(hw::Program& part, PlacementChoice& choice, int stage, bool before) const {
    const hw::Stage& other = lowered_.program.stages[index(stage)];
    hw::Stage end = memory_stage(hw::Stage::Kind::source, other.name, other.positions, other.bits_per_position);
    end.core = before ? chip_.link.to_previous : chip_.link.to_next;
    const auto number = static_cast<int>(part.stages.size());
    part.stages.push_back(std::move(end));
    choice.fixed.push_back(number);
    return number;
  }

  Lowered& lowered_;
  const hw::ChipParameters& chip_;
  hw::ChipParameters one_;
  const tiles::TileParameters& tile_;
  const PlacementChoice& choice_;
  PhaseSteps steps_;
  ChipDemand demand_;
  ChipSupply supply_;
};

}  // namespace

void place_on_chips(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const PlacementChoice& choice) {
  ChipsPlacement(lowered, chip, tile, choice).run();
}

}  // namespace mho::mapper
