#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include "analysis/search/engine.h"

namespace mho::analysis {

using Rng = std::mt19937;

/// A uniform number in [0, 1), equal with every standard library.
inline double uniform(Rng& rng) { return std::ldexp(static_cast<double>(rng() >> 0U), -32); }
inline std::size_t uniform_index(Rng& rng, std::size_t count) {
  return std::min(static_cast<std::size_t>(uniform(rng) * static_cast<double>(count)), count - 1);
}

/// Fitness of points that are not feasible, beyond that of feasible points (at most 1): infeasible points by their violation, then points that could
/// not be evaluated.
inline constexpr double behind_feasible = 2, behind_all = 4;
inline double penalty(const Judgement& judgement) {
  if (judgement.objectives.empty()) return behind_all;
  return behind_feasible + judgement.violation / (1 + judgement.violation);
}

/// Objectives for algorithms without constraints: feasible points scaled to 0..1 of the range; all other points behind them in every objective.
inline std::vector<double> fitness_of(const Judgement& judgement, std::size_t objectives, const ObjectiveRange& range) {
  if (!judgement.feasible()) return std::vector<double>(objectives, penalty(judgement));
  std::vector<double> fitness(objectives);
  for (std::size_t i = 0; i < objectives; ++i) {
    const double span = range.nadir[i] - range.ideal[i];
    fitness[i] = span > 0 ? std::clamp((judgement.objectives[i] - range.ideal[i]) / span, -1.0, 1.0) : 0.0;
  }
  return fitness;
}

/// The points judged so far, and the generation of new ones.
class JudgedSpace {
 public:
  JudgedSpace(const std::vector<Coordinate>& space, std::size_t objectives, const Judge& judge, const EngineOptions& options)
      : space_(space), objectives_(objectives), judge_(judge), options_(options), rng_(seed_of(options.seed)) {
    if (space.empty() || objectives == 0) throw std::logic_error("explore: no coordinate, or no objective");
    const std::optional<double> points = point_count(space);
    limit_ = options.evaluations;
    if (points && *points < static_cast<double>(limit_)) limit_ = static_cast<std::size_t>(*points);
  }

  [[nodiscard]] const std::vector<JudgedPoint>& points() const { return archive_.points; }
  [[nodiscard]] bool done() const { return archive_.points.size() >= limit_; }
  [[nodiscard]] std::size_t left() const { return limit_ - archive_.points.size(); }
  [[nodiscard]] std::optional<std::size_t> find(const Coordinates& at) const {
    const auto found = index_.find(at);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] Rng& rng() { return rng_; }
  [[nodiscard]] std::size_t objectives() const { return objectives_; }
  [[nodiscard]] const std::vector<Coordinate>& space() const { return space_; }

  /// Number of points of a generation.
  [[nodiscard]] std::size_t population() const {
    constexpr std::size_t least = 8, most = 100;
    if (options_.population > 0) return std::max(options_.population + options_.population % 2, std::size_t{4});
    const auto half_root = static_cast<std::size_t>(std::sqrt(static_cast<double>(options_.evaluations)) / 2);
    return std::clamp(half_root + half_root % 2, least, most);
  }

  /// Judges the new points among `wanted`, at most left().
  void judge(const std::vector<Coordinates>& wanted) {
    std::vector<Coordinates> fresh;
    for (const Coordinates& at : wanted) {
      if (fresh.size() == left()) break;
      if (index_.emplace(at, archive_.points.size() + fresh.size()).second) fresh.push_back(at);
    }
    if (fresh.empty()) return;
    const std::vector<Judgement> judgements = judge_(fresh);
    if (judgements.size() != fresh.size()) throw std::logic_error("explore: as many judgements as points");
    for (std::size_t i = 0; i < fresh.size(); ++i) archive_.points.push_back({fresh[i], judgements[i]});
  }
  void end_generation() { archive_.generations.push_back(archive_.points.size()); }

  Archive take() {
    const std::optional<double> points = point_count(space_);
    archive_.exhausted = points && static_cast<double>(archive_.points.size()) >= *points;
    return std::move(archive_);
  }

  [[nodiscard]] double any(const Coordinate& axis) {
    if (!axis.whole) return axis.low + uniform(rng_) * (axis.high - axis.low);
    return axis.low + static_cast<double>(uniform_index(rng_, static_cast<std::size_t>(axis.high - axis.low) + 1));
  }
  Coordinates anywhere() {
    Coordinates at;
    for (const Coordinate& axis : space_) at.push_back(any(axis));
    return at;
  }
  /// A point with one coordinate changed: to a neighbouring value, or, for unordered values, to any value.
  Coordinates beside(Coordinates at) {
    const std::size_t i = uniform_index(rng_, space_.size());
    const Coordinate& axis = space_[i];
    if (!axis.whole) {
      constexpr double step = 0.2;  // of the range, at most
      at[i] = std::clamp(at[i] + (2 * uniform(rng_) - 1) * step * (axis.high - axis.low), axis.low, axis.high);
    } else if (axis.ordered && axis.high > axis.low) {
      // Usually the next value; in long ranges sometimes up to a fifth of the range away.
      constexpr double reach = 0.2;
      const double share = uniform(rng_);
      const double step = std::max(1.0, std::round(reach * share * share * share * (axis.high - axis.low)));
      const double one = uniform(rng_) < 0.5 ? -step : step;
      at[i] = at[i] + one < axis.low || at[i] + one > axis.high ? std::clamp(at[i] - one, axis.low, axis.high) : at[i] + one;
    } else {
      at[i] = any(axis);
    }
    return at;
  }

  /// A point that is neither judged nor among `others`: `at` itself, else one near the best points, else any.
  Coordinates unknown(const Coordinates& at, const std::vector<Coordinates>& others) {
    const auto is_new = [&](const Coordinates& wanted) { return !index_.contains(wanted) && std::ranges::find(others, wanted) == others.end(); };
    if (is_new(at)) return at;
    const std::vector<std::size_t> best = promising();
    constexpr int tries = 50;
    for (int i = 0; i < tries && !best.empty(); ++i) {
      Coordinates near = beside(archive_.points[best[uniform_index(rng_, best.size())]].at);
      if (is_new(near)) return near;
    }
    for (int i = 0; i < tries; ++i) {
      Coordinates anything = anywhere();
      if (is_new(anything)) return anything;
    }
    return first_unknown(is_new).value_or(at);
  }

  /// `count` points spread evenly: each coordinate takes each of `count` equal parts of its range once (a Latin hypercube).
  std::vector<Coordinates> spread(std::size_t count) {
    std::vector<Coordinates> points(count, Coordinates(space_.size()));
    std::vector<std::size_t> order(count);
    for (std::size_t i = 0; i < space_.size(); ++i) {
      std::iota(order.begin(), order.end(), std::size_t{0});
      for (std::size_t p = count; p > 1; --p) std::swap(order[p - 1], order[uniform_index(rng_, p)]);
      for (std::size_t p = 0; p < count; ++p) {
        const double share = (static_cast<double>(order[p]) + uniform(rng_)) / static_cast<double>(count);
        const Coordinate& axis = space_[i];
        points[p][i] =
            axis.whole ? std::min(axis.low + std::floor(share * (axis.high - axis.low + 1)), axis.high) : axis.low + share * (axis.high - axis.low);
      }
    }
    return points;
  }

  /// The first generation: the given start points, and spread points up to the size of a generation.
  void begin() {
    judge(options_.start);
    const std::size_t wanted = std::max(population(), options_.start.size());
    std::vector<Coordinates> rest;
    if (wanted > archive_.points.size()) {
      for (const Coordinates& at : spread(wanted - archive_.points.size())) rest.push_back(unknown(at, rest));
    }
    judge(rest);
    end_generation();
  }

 private:
  static Rng::result_type seed_of(std::uint64_t seed) { return static_cast<Rng::result_type>(seed ^ (seed >> 32U)); }

  /// The front; if no point is feasible, the points with the least penalty.
  [[nodiscard]] std::vector<std::size_t> promising() const {
    std::vector<std::size_t> best = front_of(archive_.points);
    if (!best.empty()) return best;
    best.resize(archive_.points.size());
    std::iota(best.begin(), best.end(), std::size_t{0});
    constexpr std::size_t few = 5;
    std::ranges::stable_sort(best, {}, [&](std::size_t i) { return penalty(archive_.points[i].judgement); });
    best.resize(std::min(few, best.size()));
    return best;
  }

  /// The first unjudged point when counting through a space of integers; for spaces that are nearly exhausted.
  template <class IsNew>
  [[nodiscard]] std::optional<Coordinates> first_unknown(const IsNew& is_new) const {
    Coordinates at;
    for (const Coordinate& axis : space_) {
      if (!axis.whole) return std::nullopt;
      at.push_back(axis.low);
    }
    while (true) {
      if (is_new(at)) return at;
      std::size_t i = 0;
      while (i < at.size() && at[i] >= space_[i].high) at[i] = space_[i].low, ++i;
      if (i == at.size()) return std::nullopt;
      ++at[i];
    }
  }

  const std::vector<Coordinate>& space_;
  std::size_t objectives_;
  const Judge& judge_;
  const EngineOptions& options_;
  Rng rng_;
  std::size_t limit_ = 0;
  std::map<Coordinates, std::size_t> index_;
  Archive archive_;
};

}  // namespace mho::analysis
