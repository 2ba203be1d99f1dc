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
  bool whole = true;         ///< integers from `low` to `high`; else real numbers
  bool ordered = true;       ///< neighbouring values are similar; else the numbers stand for words
  double low = 0, high = 0;  ///< inclusive
};
using Coordinates = std::vector<double>;

/// Number of points of the space; empty if a coordinate is real.
std::optional<double> point_count(const std::vector<Coordinate>& space);

/// Objectives and constraint violation of a point. All are minimised.
struct Judgement {
  std::vector<double> objectives{};  ///< finite; empty: the point could not be evaluated
  double violation = 0;              ///< sum of the violations of constraints; 0: all hold
  [[nodiscard]] bool feasible() const { return !objectives.empty() && violation <= 0; }
};

/// Judges points that were not judged before, in their order.
using Judge = std::function<std::vector<Judgement>(const std::vector<Coordinates>&)>;

/// Search algorithm. `ants`: the ant colony of pagmo, maco for several objectives, gaco for one.
enum class EngineKind { nsga2, ants, random };
/// "nsga2", "ants" or "random". Throws std::logic_error for other words.
EngineKind engine_kind(const std::string& name);
std::string engine_name(EngineKind kind);

struct EngineOptions {
  EngineKind kind = EngineKind::nsga2;
  std::uint64_t seed = 1;
  std::size_t evaluations = 500;     ///< distinct points, those of `start` included
  std::size_t population = 0;        ///< points of a generation; 0: chosen from `evaluations`
  std::vector<Coordinates> start{};  ///< initial points
};

struct JudgedPoint {
  Coordinates at;
  Judgement judgement;
};

/// All judged points in order, each once.
struct Archive {
  std::vector<JudgedPoint> points{};
  std::vector<std::size_t> generations{};  ///< number of known points at the end of each generation
  bool exhausted = false;                  ///< all points of the space were judged
};

/// Judges up to `options.evaluations` points of the space, one generation at a time. Equal judgements and equal seed give an equal archive.
/// Infeasible points rank after all feasible ones, in order of their violation (Deb et al., IEEE Transactions on Evolutionary Computation 6(2),
/// 2002). Throws what `judge` throws.
Archive explore(const std::vector<Coordinate>& space, std::size_t objectives, const Judge& judge, const EngineOptions& options);

/// Indices of the feasible points that no other feasible point dominates, with all of several equal ones. Sorted by the first objective.
std::vector<std::size_t> front_of(const std::vector<JudgedPoint>& points);

/// Volume dominated by the feasible points among the first `count`: objectives scaled to 0..1 between `ideal` and `nadir`, reference corner 1.1. For
/// a single objective: 1.1 - value.
double hypervolume(const std::vector<JudgedPoint>& points, std::size_t count, const std::vector<double>& ideal, const std::vector<double>& nadir);

/// Smallest and largest value of each objective over feasible points; empty if there are none.
struct ObjectiveRange {
  std::vector<double> ideal{}, nadir{};
};
ObjectiveRange objective_range(const std::vector<JudgedPoint>& points);

}  // namespace mho::analysis
