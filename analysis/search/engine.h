#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mho::analysis {

/// One coordinate of a search space.
struct Coordinate {
  bool whole = true;         ///< whole numbers from `low` to `high`; else real
  bool ordered = true;       ///< neighbours are alike; else the numbers stand for words
  double low = 0, high = 0;  ///< inclusive
};
using Coordinates = std::vector<double>;

/// Points in all; empty where a coordinate is real.
std::optional<double> point_count(const std::vector<Coordinate>& space);

/// What is known of a point. All of it is to be small.
struct Judgement {
  std::vector<double> objectives{};  ///< finite; empty: the point could not be evaluated
  double violation = 0;              ///< how far constraints are from holding, summed up; 0: all hold
  [[nodiscard]] bool feasible() const { return !objectives.empty() && violation <= 0; }
};

/// Judges points that were never judged before, in their order.
using Judge = std::function<std::vector<Judgement>(const std::vector<Coordinates>&)>;

/// How points are chosen. `ants` is the ant colony of pagmo: maco for several objectives, gaco for one.
enum class EngineKind { nsga2, ants, random };
/// "nsga2", "ants" or "random". Throws std::logic_error for other words.
EngineKind engine_kind(const std::string& name);
std::string engine_name(EngineKind kind);

struct EngineOptions {
  EngineKind kind = EngineKind::nsga2;
  std::uint64_t seed = 1;
  std::size_t evaluations = 500;     ///< distinct points, those of `start` included
  std::size_t population = 0;        ///< points of a generation; 0: as suits `evaluations`
  std::vector<Coordinates> start{};  ///< points to begin with
};

struct JudgedPoint {
  Coordinates at;
  Judgement judgement;
};

/// Every point that was judged, in order, none twice.
struct Archive {
  std::vector<JudgedPoint> points{};
  std::vector<std::size_t> generations{};  ///< points known at the end of each
  bool exhausted = false;                  ///< the space has no other point
};

/// Evaluates up to `options.evaluations` points of the space, as many at a time as a generation has. Whoever judges the same and gives the same seed
/// gets the same archive. Infeasible points stand behind all feasible ones, those that violate less before those that violate more (Deb et al., IEEE
/// Transactions on Evolutionary Computation 6(2), 2002). Passes on what `judge` throws.
Archive explore(const std::vector<Coordinate>& space, std::size_t objectives, const Judge& judge, const EngineOptions& options);

/// Feasible points that no other feasible one dominates, by their index; of equal ones all. Sorted by the first objective.
std::vector<std::size_t> front_of(const std::vector<JudgedPoint>& points);

/// Volume that the feasible ones of the first `count` points dominate, objectives scaled to 0..1 between `ideal` and `nadir`, up to the corner 1.1.
/// Of one objective its gain: 1.1 - value.
double hypervolume(const std::vector<JudgedPoint>& points, std::size_t count, const std::vector<double>& ideal, const std::vector<double>& nadir);

/// Least and largest value of each objective over feasible points; empty where there is none.
struct ObjectiveRange {
  std::vector<double> ideal{}, nadir{};
};
ObjectiveRange objective_range(const std::vector<JudgedPoint>& points);

}  // namespace mho::analysis
