#include "mapper/placement/throughput_buffers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "hw/estimate/estimate.h"
#include "hw/estimate/held_positions.h"
#include "hw/program/chip_links.h"
#include "mapper/placement/buffers.h"

namespace mho::mapper {

namespace {

using Capacities = std::vector<int>;

class Growth {
 public:
  Growth(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile) : program_(program), chip_(chip), tile_(tile) {
    for (std::size_t s = 0; s < program.stages.size(); ++s) used_[program.stages[s].core] += buffered_bits(program, chip, static_cast<int>(s));
    for (const hw::Stage& stage : program.stages) of_inference_ += stage.positions;
    for (const hw::Edge& edge : program.edges) {
      of_inference_ += std::int64_t{2} * edge.positions(program.stages[static_cast<std::size_t>(edge.producer)].positions);
      std::vector<Space>& spaces = spaces_.emplace_back();
      spaces.push_back({core_of(edge), edge.bits_per_position});
      for (const hw::LinkShare& share : hw::link_shares(program, edge, chip)) {
        spaces.push_back({chip.nodes() + share.link, share.bits});
        used_[spaces.back().place] += edge.capacity * share.bits;
      }
    }
  }

  /// Grows the buffers. Returns the estimate with the final buffers, if it has converged.
  std::optional<hw::SimulationResult> run() {
    constexpr int few = 3, rounds = 2;
    constexpr double worth = 0.99, reached = 1.01;
    const double bound = hw::least_interval_s(program_, chip_, tile_);
    const Capacities least = capacities();
    Capacities best = least;
    hw::SimulationResult found;
    // For a large network, the first estimate is skipped: its buffers grow to the positions that inferences without waiting hold, and no further.
    double shortest = std::numeric_limits<double>::infinity();
    if (!is_large()) {
      found = estimate(few);
      shortest = found.interval_s;
    }
    bool grown = shortest > reached * bound && provide(bound);
    for (int round = 0; grown; ++round) {
      found = estimate();
      if (found.interval_s > worth * shortest) break;
      shortest = found.interval_s;
      best = capacities();
      grown = round < rounds && !is_large() && shortest > reached * bound && within_budget() && grow(found, bound);
    }
    shrink(least, best, shortest);
    return of_now();
  }

 private:
  [[nodiscard]] bool is_large() const { return of_inference_ >= large; }
  /// Limits the estimates, so that mapping a large network takes seconds.
  [[nodiscard]] bool within_budget() const { return work_ < most_work; }
  [[nodiscard]] hw::SimulationResult estimate() {
    constexpr std::int64_t least = 5, most = 12;
    return estimate(static_cast<int>(std::clamp(most_work / 2 / of_inference_, least, most)));
  }
  [[nodiscard]] hw::SimulationResult estimate(int inferences) {
    if (auto known = of_now()) return *std::move(known);
    hw::SimulationResult found = hw::estimate(program_, chip_, tile_, {.patience = inferences});
    // The single inference, those that have left, and those under way after them.
    const double under_way = std::min(found.latency.seconds() / found.interval_s, static_cast<double>(inferences));
    work_ += static_cast<std::int64_t>((1 + found.steady_inferences + under_way) * static_cast<double>(of_inference_));
    if (found.converged) settled_.emplace_back(capacities(), found);
    return found;
  }
  [[nodiscard]] std::optional<hw::SimulationResult> of_now() const {
    const auto known = std::ranges::find(settled_, capacities(), &std::pair<Capacities, hw::SimulationResult>::first);
    return known == settled_.end() ? std::nullopt : std::optional(known->second);
  }
  [[nodiscard]] Capacities capacities() const {
    Capacities all;
    for (const hw::Edge& edge : program_.edges) all.push_back(edge.capacity);
    return all;
  }
  void set(const Capacities& all) {
    for (std::size_t e = 0; e < all.size(); ++e) change(e, all[e]);
  }
  void change(std::size_t e, int capacity) {
    hw::Edge& edge = program_.edges[e];
    for (const Space& space : spaces_[e]) used_[space.place] += (capacity - edge.capacity) * space.bits;
    edge.capacity = capacity;
  }
  [[nodiscard]] int core_of(const hw::Edge& edge) const { return program_.stages[static_cast<std::size_t>(edge.consumer)].core; }
  [[nodiscard]] std::int64_t room_bits(int core) const {
    constexpr std::int64_t bits_per_byte = 8;
    if (core >= chip_.nodes()) return chip_.link.buffer_bytes * bits_per_byte - used_.at(core);
    switch (chip_.kind(core)) {
      case hw::CoreKind::port:
        return std::numeric_limits<std::int64_t>::max();  // positions at the sink leave the chip
      case hw::CoreKind::analog:
        return chip_.input_buffer_bytes * bits_per_byte - used_.at(core);
      case hw::CoreKind::digital:
        return chip_.digital_buffer_bytes * bits_per_byte - used_.at(core);
    }
    return 0;
  }

  /// Four times the capacity for every edge that had no credit for a noticeable time. For all edges if packets of credits load the busiest link above
  /// the bound: larger buffers return credits less often. False if no core has room.
  bool grow(const hw::SimulationResult& found, double bound_s) {
    constexpr double noticeable = 1.005;
    const bool credits_matter = hw::busiest_cycles(found.single, chip_) > noticeable * bound_s * chip_.clock.si();
    // No edge has to hold more than the inferences that are under way at the same time.
    const auto under_way = static_cast<std::int64_t>(std::ceil(found.latency.seconds() / found.interval_s)) + 2;
    std::vector<std::pair<std::size_t, std::int64_t>> wanted;  // edge, positions
    for (std::size_t e = 0; e < program_.edges.size(); ++e) {
      if (!credits_matter && !waits(found, e)) continue;
      const hw::Edge& edge = program_.edges[e];
      const int positions = edge.positions(program_.stages[static_cast<std::size_t>(edge.producer)].positions);
      const std::int64_t more = std::min(std::int64_t{3} * edge.capacity, under_way * positions - edge.capacity);
      if (more < 1) continue;
      wanted.emplace_back(e, more);
    }
    return give(wanted);
  }

  /// Grows edges to the positions that they would hold with one inference every `interval_s` and no waiting. False if none has to grow or there is no
  /// room.
  bool provide(double interval_s) {
    const std::vector<int> held = hw::held_positions(program_, chip_, tile_, interval_s);
    std::vector<std::pair<std::size_t, std::int64_t>> wanted;
    for (std::size_t e = 0; e < held.size(); ++e) {
      const int more = with_credits_on_their_way(held[e]) - program_.edges[e].capacity;
      if (more > 0) wanted.emplace_back(e, more);
    }
    return give(wanted);
  }

  /// Adds positions to edges. If a core has too little room, all its edges get the same share of their request. False if no edge grows.
  bool give(const std::vector<std::pair<std::size_t, std::int64_t>>& wanted) {
    std::map<int, std::int64_t> of_place;  // bits
    for (const auto& [e, more] : wanted) {
      for (const Space& space : spaces_[e]) of_place[space.place] += more * space.bits;
    }
    std::map<int, double> share;
    for (const auto& [place, bits] : of_place) {
      share[place] = std::clamp(static_cast<double>(room_bits(place)) / static_cast<double>(bits), 0.0, 1.0);
    }
    bool grown = false;
    for (const auto& [e, more] : wanted) {
      const hw::Edge& edge = program_.edges[e];
      double least = 1;
      for (const Space& space : spaces_[e]) least = std::min(least, share[space.place]);
      const auto given = static_cast<int>(static_cast<double>(more) * least);
      if (given == 0) continue;
      change(e, edge.capacity + given);
      grown = true;
    }
    return grown;
  }

  [[nodiscard]] bool waits(const hw::SimulationResult& found, std::size_t e) const {
    constexpr double noticeable = 0.01;
    const hw::CoreKind kind = chip_.kind(program_.stages[static_cast<std::size_t>(program_.edges[e].producer)].core);
    const double hertz = kind == hw::CoreKind::port ? chip_.clock.si() : chip_.clock_of(kind).si();
    return static_cast<double>(found.window.edges[e].without_credit_cycles) / hertz >= noticeable * found.window.elapsed.seconds();
  }

  /// Reduces the growth to the least share that keeps the interval.
  void shrink(const Capacities& least, const Capacities& best, double shortest) {
    constexpr int halvings = 3;
    constexpr double as_good = 1.005;
    const auto part = [&](double share) {
      Capacities all = least;
      for (std::size_t e = 0; e < all.size(); ++e) all[e] += static_cast<int>(std::lround(static_cast<double>(best[e] - least[e]) * share));
      return all;
    };
    double enough = 1, too_little = 0;
    for (int i = 0; i < halvings && best != least && within_budget(); ++i) {
      const double share = (enough + too_little) / 2;
      set(part(share));
      const double interval_s = estimate().interval_s;
      (interval_s <= as_good * shortest ? enough : too_little) = share;
      // Smaller buffers may be faster: large ones let packets that are not urgent fill the links.
      shortest = std::min(shortest, interval_s);
    }
    set(part(enough));
  }

  hw::Program& program_;
  const hw::ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  /// Memory for one position of an edge's capacity.
  struct Space {
    int place = 0;  ///< core of the consumer, or number of nodes + direction of a link between chips, for the memories of the link
    std::int64_t bits = 0;
  };
  std::vector<std::vector<Space>> spaces_;  ///< by edge
  std::map<int, std::int64_t> used_;        ///< bits by place
  static constexpr std::int64_t most_work = 8'000'000, large = 400'000;
  std::int64_t of_inference_ = 0, work_ = 0;  ///< work of one inference, and of all estimates so far: positions of stages + 2 x positions of edges
  std::vector<std::pair<Capacities, hw::SimulationResult>> settled_;
};

}  // namespace

std::optional<hw::SimulationResult> grow_buffers(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile) {
  return Growth(program, chip, tile).run();
}

}  // namespace mho::mapper
