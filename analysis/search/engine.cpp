#include "analysis/search/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <pagmo/algorithm.hpp>
#include <pagmo/algorithms/gaco.hpp>
#include <pagmo/algorithms/maco.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <pagmo/utils/genetic_operators.hpp>
#include <pagmo/utils/hypervolume.hpp>
#include <pagmo/utils/multi_objective.hpp>
#include <random>
#include <stdexcept>
#include <utility>

#include "analysis/search/judged_space.h"

namespace mho::analysis {

namespace {

std::vector<std::vector<double>> fitness_of(const std::vector<JudgedPoint>& points, const std::vector<std::size_t>& which, std::size_t objectives) {
  const ObjectiveRange range = objective_range(points);
  std::vector<std::vector<double>> fitness;
  fitness.reserve(which.size());
  for (const std::size_t i : which) fitness.push_back(fitness_of(points[i].judgement, objectives, range));
  return fitness;
}

/// The best `count` of the points `which`, best first.
std::vector<std::size_t> best_of(const std::vector<JudgedPoint>& points, const std::vector<std::size_t>& which, std::size_t objectives,
                                 std::size_t count) {
  const std::vector<std::vector<double>> fitness = fitness_of(points, which, objectives);
  std::vector<std::size_t> order(which.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (objectives == 1) {
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return fitness[i][0]; });
    order.resize(std::min(count, order.size()));
  } else if (which.size() > 1) {
    order = pagmo::select_best_N_mo(fitness, std::min(count, which.size()));
  }
  std::vector<std::size_t> best;
  best.reserve(order.size());
  for (const std::size_t i : order) best.push_back(which[i]);
  return best;
}

/// NSGA-II (Deb et al. 2002) with pagmo's crossover, mutation, sorting and crowding: the best of parents and children are the next parents. A child
/// that is known already is replaced by a point near the front.
class Generations {
 public:
  explicit Generations(JudgedSpace& exploration) : exploration_(exploration) {
    // pagmo's operators require the real coordinates before the integers.
    const std::vector<Coordinate>& space = exploration.space();
    for (const bool whole : {false, true}) {
      for (std::size_t i = 0; i < space.size(); ++i) {
        if (space[i].whole != whole) continue;
        order_.push_back(i);
        bounds_.first.push_back(space[i].low);
        bounds_.second.push_back(space[i].high);
        whole_ += whole ? 1 : 0;
      }
    }
  }

  void run() {
    exploration_.begin();
    std::vector<std::size_t> parents = everything();
    while (!exploration_.done()) {
      parents = best_of(exploration_.points(), parents, exploration_.objectives(), exploration_.population());
      const std::size_t before = exploration_.points().size();
      exploration_.judge(children(parents));
      exploration_.end_generation();
      for (std::size_t i = before; i < exploration_.points().size(); ++i) parents.push_back(i);
    }
  }

 private:
  [[nodiscard]] std::vector<std::size_t> everything() const {
    std::vector<std::size_t> all(exploration_.points().size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
  }
  [[nodiscard]] Coordinates to_pagmo(const Coordinates& at) const {
    Coordinates turned;
    for (const std::size_t i : order_) turned.push_back(at[i]);
    return turned;
  }
  [[nodiscard]] Coordinates from_pagmo(const Coordinates& turned) const {
    Coordinates at(turned.size());
    for (std::size_t i = 0; i < order_.size(); ++i) at[order_[i]] = i + whole_ >= order_.size() ? std::round(turned[i]) : turned[i];
    return at;
  }

  /// The better of two random parents. `parents` are sorted, best first.
  std::size_t tournament(const std::vector<std::size_t>& parents) {
    const std::size_t a = uniform_index(exploration_.rng(), parents.size()), b = uniform_index(exploration_.rng(), parents.size());
    return parents[std::min(a, b)];
  }

  std::vector<Coordinates> children(const std::vector<std::size_t>& parents) {
    // Distribution indices and crossover of Deb et al. On average, one coordinate of a child mutates.
    constexpr double crossover = 0.9, eta_crossover = 15, eta_mutation = 20;
    const double mutation = 1.0 / static_cast<double>(order_.size());
    std::vector<Coordinates> fresh;
    const std::size_t wanted = std::min(exploration_.population(), exploration_.left());
    while (fresh.size() < wanted) {
      const Coordinates one = to_pagmo(exploration_.points()[tournament(parents)].at),
                        other = to_pagmo(exploration_.points()[tournament(parents)].at);
      auto [first, second] = pagmo::sbx_crossover(one, other, bounds_, whole_, crossover, eta_crossover, exploration_.rng());
      for (Coordinates* child : {&first, &second}) {
        if (fresh.size() == wanted) break;
        pagmo::polynomial_mutation(*child, bounds_, whole_, mutation, eta_mutation, exploration_.rng());
        fresh.push_back(exploration_.unknown(from_pagmo(*child), fresh));
      }
    }
    return fresh;
  }

  JudgedSpace& exploration_;
  std::vector<std::size_t> order_;  ///< index in the space of each of pagmo's coordinates
  std::pair<Coordinates, Coordinates> bounds_;
  std::size_t whole_ = 0;
};

/// State that pagmo's problem and its batch evaluator share, because pagmo copies both.
struct Colony {
  JudgedSpace& exploration;
  ObjectiveRange range{};
  std::vector<std::size_t> order{};
  std::size_t whole = 0;
  std::pair<Coordinates, Coordinates> bounds{};

  [[nodiscard]] Coordinates from_pagmo(const double* turned) const {
    Coordinates at(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) at[order[i]] = i + whole >= order.size() ? std::round(turned[i]) : turned[i];
    return at;
  }
  [[nodiscard]] Coordinates to_pagmo(const Coordinates& at) const {
    Coordinates turned;
    for (const std::size_t i : order) turned.push_back(at[i]);
    return turned;
  }
  /// Fitness of a point; the worst value for points that were not judged because the budget is spent.
  [[nodiscard]] std::vector<double> fitness(const Coordinates& at) const {
    const auto found = exploration.find(at);
    return found ? fitness_of(exploration.points()[*found].judgement, exploration.objectives(), range)
                 : std::vector<double>(exploration.objectives(), behind_all);
  }
};

struct ColonyProblem {
  Colony* colony = nullptr;
  [[nodiscard]] pagmo::vector_double fitness(const pagmo::vector_double& at) const { return colony->fitness(colony->from_pagmo(at.data())); }
  [[nodiscard]] std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const { return colony->bounds; }
  [[nodiscard]] pagmo::vector_double::size_type get_nobj() const { return colony->exploration.objectives(); }
  [[nodiscard]] pagmo::vector_double::size_type get_nix() const { return colony->whole; }
};

struct ColonyBatch {
  Colony* colony = nullptr;
  pagmo::vector_double operator()(const pagmo::problem& /*problem*/, const pagmo::vector_double& all) const {
    const std::size_t each = colony->order.size();
    std::vector<Coordinates> points;
    for (std::size_t i = 0; i < all.size(); i += each) points.push_back(colony->from_pagmo(&all[i]));
    colony->exploration.judge(points);
    pagmo::vector_double fitness;
    for (const Coordinates& at : points) {
      const std::vector<double> one = colony->fitness(at);
      fitness.insert(fitness.end(), one.begin(), one.end());
    }
    return fitness;
  }
};

/// Generations of pagmo's ant colony. If it finds no new point, it restarts: one half at the best points, one half at random points.
class Ants {
 public:
  explicit Ants(JudgedSpace& exploration) : colony_{.exploration = exploration} {
    const std::vector<Coordinate>& space = exploration.space();
    for (const bool whole : {false, true}) {
      for (std::size_t i = 0; i < space.size(); ++i) {
        if (space[i].whole != whole) continue;
        colony_.order.push_back(i);
        colony_.bounds.first.push_back(space[i].low);
        colony_.bounds.second.push_back(space[i].high);
        colony_.whole += whole ? 1 : 0;
      }
    }
  }

  void run() {
    JudgedSpace& exploration = colony_.exploration;
    exploration.begin();
    std::vector<std::size_t> nest(exploration.points().size());
    std::iota(nest.begin(), nest.end(), std::size_t{0});
    while (!exploration.done()) {
      colony_.range = objective_range(exploration.points());
      march(best_of(exploration.points(), nest, exploration.objectives(), exploration.population()));
      if (exploration.done()) break;
      nest.resize(exploration.points().size());
      std::iota(nest.begin(), nest.end(), std::size_t{0});
      nest = best_of(exploration.points(), nest, exploration.objectives(), exploration.population() / 2);
      std::vector<Coordinates> fresh;
      while (fresh.size() < std::min(exploration.population() / 2, exploration.left()))
        fresh.push_back(exploration.unknown(exploration.anywhere(), fresh));
      const std::size_t before = exploration.points().size();
      exploration.judge(fresh);
      exploration.end_generation();
      for (std::size_t i = before; i < exploration.points().size(); ++i) nest.push_back(i);
    }
  }

 private:
  /// Runs the colony from `nest` until it finds no new point.
  void march(const std::vector<std::size_t>& nest) {
    JudgedSpace& exploration = colony_.exploration;
    const pagmo::problem problem{ColonyProblem{&colony_}};
    const auto seed = static_cast<unsigned>(exploration.rng()());
    pagmo::population population{problem, 0, seed};
    for (const std::size_t i : nest) population.push_back(colony_.to_pagmo(exploration.points()[i].at), colony_.fitness(exploration.points()[i].at));
    const auto kernel = static_cast<unsigned>(nest.size());
    pagmo::algorithm algorithm = exploration.objectives() == 1
                                     ? pagmo::algorithm{with_batches(pagmo::gaco(1, kernel, 1.0, 1e9, 0.01, 1, 7, 100000, 100000, 0, true, seed))}
                                     : pagmo::algorithm{with_batches(pagmo::maco(1, kernel, 1.0, 1, 7, 100000, 0, true, seed))};
    constexpr int patience = 3;
    for (int idle = 0; idle < patience && !exploration.done();) {
      const std::size_t before = exploration.points().size();
      population = algorithm.evolve(population);
      idle = exploration.points().size() == before ? idle + 1 : 0;
      if (exploration.points().size() > before) exploration.end_generation();
    }
  }
  template <class Algorithm>
  Algorithm with_batches(Algorithm algorithm) {
    algorithm.set_bfe(pagmo::bfe{ColonyBatch{&colony_}});
    return algorithm;
  }

  Colony colony_;
};

void draw(JudgedSpace& exploration) {
  while (!exploration.done()) {
    std::vector<Coordinates> fresh;
    const std::size_t wanted = std::min(exploration.population(), exploration.left());
    while (fresh.size() < wanted) fresh.push_back(exploration.unknown(exploration.anywhere(), fresh));
    exploration.judge(fresh);
    exploration.end_generation();
  }
}

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

}  // namespace

std::optional<double> point_count(const std::vector<Coordinate>& space) {
  double count = 1;
  for (const Coordinate& axis : space) {
    if (!axis.whole) return std::nullopt;
    count *= axis.high - axis.low + 1;
  }
  return count;
}

EngineKind engine_kind(const std::string& name) {
  if (name == "nsga2") return EngineKind::nsga2;
  if (name == "ants") return EngineKind::ants;
  if (name == "random") return EngineKind::random;
  throw std::logic_error("no engine " + name);
}

std::string engine_name(EngineKind kind) { return kind == EngineKind::nsga2 ? "nsga2" : kind == EngineKind::ants ? "ants" : "random"; }

Archive explore(const std::vector<Coordinate>& space, std::size_t objectives, const Judge& judge, const EngineOptions& options) {
  JudgedSpace exploration(space, objectives, judge, options);
  switch (options.kind) {
    case EngineKind::nsga2:
      Generations(exploration).run();
      break;
    case EngineKind::ants:
      Ants(exploration).run();
      break;
    case EngineKind::random:
      exploration.judge(options.start);
      draw(exploration);
      break;
  }
  return exploration.take();
}

std::vector<std::size_t> front_of(const std::vector<JudgedPoint>& points) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].judgement.feasible()) order.push_back(i);
  }
  // In this order, no point is dominated by a later one.
  std::ranges::stable_sort(order, {}, [&](std::size_t i) -> const std::vector<double>& { return points[i].judgement.objectives; });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    const bool beaten =
        std::ranges::any_of(front, [&](std::size_t f) { return dominates(points[f].judgement.objectives, points[i].judgement.objectives); });
    if (!beaten) front.push_back(i);
  }
  return front;
}

ObjectiveRange objective_range(const std::vector<JudgedPoint>& points) {
  ObjectiveRange range;
  for (const JudgedPoint& point : points) {
    if (!point.judgement.feasible()) continue;
    const std::vector<double>& objectives = point.judgement.objectives;
    if (range.ideal.empty()) range.ideal = range.nadir = objectives;
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      range.ideal[i] = std::min(range.ideal[i], objectives[i]);
      range.nadir[i] = std::max(range.nadir[i], objectives[i]);
    }
  }
  return range;
}

double hypervolume(const std::vector<JudgedPoint>& points, std::size_t count, const std::vector<double>& ideal, const std::vector<double>& nadir) {
  constexpr double corner = 1.1;
  const std::vector<JudgedPoint> first(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(std::min(count, points.size())));
  std::vector<std::vector<double>> scaled;
  for (const std::size_t i : front_of(first)) {
    std::vector<double> one;
    for (std::size_t o = 0; o < ideal.size(); ++o) {
      const double span = nadir[o] - ideal[o];
      one.push_back(span > 0 ? (first[i].judgement.objectives[o] - ideal[o]) / span : 0.0);
    }
    if (std::ranges::all_of(one, [](double share) { return share < corner; })) scaled.push_back(std::move(one));
  }
  if (scaled.empty()) return 0;
  if (ideal.size() == 1) return corner - std::ranges::min(scaled)[0];
  return pagmo::hypervolume(scaled).compute(std::vector<double>(ideal.size(), corner));
}

}  // namespace mho::analysis
