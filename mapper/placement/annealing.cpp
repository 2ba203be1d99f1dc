#include "mapper/placement/annealing.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/elementary.h"
#include "base/index.h"
#include "base/random.h"
#include "mapper/placement/placement_state.h"

namespace mho::mapper {

namespace {

using base::index;

/// Random numbers of one move, a function of seed and number of the move.
class MoveNumbers {
 public:
  MoveNumbers(std::uint64_t seed, std::uint64_t move)
      : words_(base::philox({static_cast<std::uint32_t>(move), static_cast<std::uint32_t>(move >> 32U), 0, 0},
                            {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)})) {}
  /// The next whole number below `count`. Each random word gives two.
  int below(int count) {
    const std::uint32_t half = words_[next_ / 2] >> (next_ % 2 * 16U) & 0xffffU;
    ++next_;
    return static_cast<int>((std::uint64_t{half} * static_cast<std::uint64_t>(count)) >> 16U);
  }
  /// In (0, 1), from a word that below() does not use.
  [[nodiscard]] double uniform() const { return (static_cast<double>(words_[3]) + 0.5) * 0x1p-32; }

 private:
  std::array<std::uint32_t, 4> words_;
  std::size_t next_ = 0;
};

class Annealing {
 public:
  Annealing(const PlacementProblem& problem, const hw::ChipParameters& chip, const AnnealingOptions& options)
      : chip_(chip), options_(options), problem_(problem), distances_(chip), state_(problem, chip, distances_) {
    for (std::size_t u = 0; u < problem.units.size(); ++u) {
      if (problem.units[u].kind != hw::CoreKind::port) movable_.push_back(static_cast<int>(u));
    }
    digital_ = chip.nodes_of(hw::CoreKind::digital);
  }

  AnnealedPlacement run() {
    AnnealedPlacement best{state_.nodes(), digital_};
    std::int64_t least = state_.traffic();
    if (movable_.empty()) return best;
    const std::uint64_t moves = std::clamp<std::uint64_t>(moves_of_a_unit * movable_.size(), least_moves, most_moves);
    const double begin = first_temperature();
    for (int step = 0; step < steps; ++step) {
      const double done = static_cast<double>(step) / steps;
      // Cools to a thousandth. The last step accepts improvements only.
      const double temperature = step + 1 == steps ? 0 : begin * base::exponential(-cooling * done);
      reach_ = std::max(2, static_cast<int>(std::max(chip_.mesh_width, chip_.mesh_height) * (1 - done)));
      for (std::uint64_t m = 0; m < moves / steps; ++m) move(temperature);
      if (state_.traffic() < least) {
        least = state_.traffic();
        best = {state_.nodes(), digital_};
      }
    }
    std::ranges::sort(best.digital_nodes);
    return best;
  }

 private:
  static constexpr std::uint64_t moves_of_a_unit = 4000, least_moves = 100'000, most_moves = 2'000'000;
  static constexpr int steps = 100;
  static constexpr double cooling = 6.9;  // the natural logarithm of 1000

  /// Mean growth of traffic, over the moves that increase it.
  double first_temperature() {
    constexpr int tried = 500;
    double sum = 0;
    int grown = 0;
    reach_ = std::max(chip_.mesh_width, chip_.mesh_height);
    for (int i = 0; i < tried; ++i) {
      move(0);
      if (last_growth_ <= 0) continue;
      sum += static_cast<double>(last_growth_);
      ++grown;
    }
    return grown > 0 ? sum / grown : 0;
  }

  [[nodiscard]] static bool accepted(std::int64_t growth, double temperature, const MoveNumbers& numbers) {
    if (growth <= 0) return true;
    return temperature > 0 && static_cast<double>(growth) < -temperature * base::logarithm(numbers.uniform());
  }

  /// One move; undone if it is not accepted.
  void move(double temperature) {
    MoveNumbers numbers(options_.seed, move_++);
    last_growth_ = 0;
    const int unit = movable_[index(numbers.below(static_cast<int>(movable_.size())))];
    const int from = state_.nodes()[index(unit)];
    const bool digital = problem_.units[index(unit)].kind == hw::CoreKind::digital;
    const int choice = numbers.below(4);
    const bool shifts = digital && choice != 0;
    const int to = shifts || (digital && !options_.free_kinds) ? digital_near(unit, numbers) : node_near(unit, numbers);
    if (to < 0 || to == from || state_.kind(to) == hw::CoreKind::port) return;
    if (shifts) {
      if (state_.kind(to) != hw::CoreKind::digital || !state_.has_room(unit, to)) return;
      last_growth_ = state_.shift(unit, to);
      if (!accepted(last_growth_, temperature, numbers)) state_.shift(unit, from);
      return;
    }
    if (!options_.free_kinds && state_.kind(to) != state_.kind(from)) return;
    const bool kinds_change = state_.kind(to) != state_.kind(from);
    last_growth_ = state_.exchange(from, to);
    if (!accepted(last_growth_, temperature, numbers)) {
      state_.exchange(from, to);
    } else if (kinds_change) {
      const bool came = state_.kind(to) == hw::CoreKind::digital;
      std::ranges::replace(digital_, came ? from : to, came ? to : from);
    }
  }

  /// A node near the unit, or near a unit that exchanges flits with it; -1: outside of the mesh.
  int node_near(int unit, MoveNumbers& numbers) {
    int centre = state_.nodes()[index(unit)], reach = reach_;
    const auto neighbours = state_.neighbours(unit);
    if (numbers.below(2) == 0 && !neighbours.empty()) {
      centre = state_.nodes()[index(neighbours[index(numbers.below(static_cast<int>(neighbours.size())))].unit)];
      reach = 2;
    }
    const int x = centre % chip_.mesh_width + numbers.below(2 * reach + 1) - reach;
    const int y = centre / chip_.mesh_width + numbers.below(2 * reach + 1) - reach;
    if (x < 0 || x >= chip_.mesh_width || y < 0 || y >= chip_.mesh_height) return -1;
    return y * chip_.mesh_width + x;
  }

  /// A digital core: that of a unit that exchanges flits with this one, the nearer of two random cores, or any.
  int digital_near(int unit, MoveNumbers& numbers) {
    const auto neighbours = state_.neighbours(unit);
    if (numbers.below(4) == 0 || neighbours.empty()) return any_digital(numbers);
    const int centre = state_.nodes()[index(neighbours[index(numbers.below(static_cast<int>(neighbours.size())))].unit)];
    if (state_.kind(centre) == hw::CoreKind::digital) return centre;
    int best = any_digital(numbers);
    const int other = any_digital(numbers);
    if (distances_(other, centre) < distances_(best, centre)) best = other;
    return best;
  }
  int any_digital(MoveNumbers& numbers) { return digital_[index(numbers.below(static_cast<int>(digital_.size())))]; }

  const hw::ChipParameters& chip_;
  const AnnealingOptions& options_;
  const PlacementProblem& problem_;
  Distances distances_;
  PlacementState state_;
  std::vector<int> movable_;  ///< units
  std::vector<int> digital_;  ///< nodes with a digital core
  std::uint64_t move_ = 0;
  int reach_ = 2;
  std::int64_t last_growth_ = 0;
};

}  // namespace

AnnealedPlacement anneal(const PlacementProblem& problem, const hw::ChipParameters& chip, const AnnealingOptions& options) {
  return Annealing(problem, chip, options).run();
}

}  // namespace mho::mapper
