#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explore/sweep/figure_front.h"
#include "analysis/explore/sweep/retraining.h"
#include "analysis/explore/sweep/sweep_request.h"

namespace mho::analysis {

/// One of several parts of a sweep that are computed separately: every count-th point, starting at point `number`, from 1.
struct Shard {
  std::int64_t number = 1, count = 1;
};

struct SweepSettings {
  std::string database{};
  std::string command{};  ///< as typed
  Label label{};          ///< label of the runs; its name is the name of the sweep
  int jobs = 1;
  Shard shard{};
  bool cache = true;
  std::string program{};                ///< program of the workers: this program
  std::string_view built_in_network{};  ///< bytes
  std::optional<std::string> front_x{}, front_y{};
  std::function<Trainer()> trainer{};             ///< for recipe axes, see RetrainingSettings
  std::function<void(const std::string&)> say{};  ///< prints messages before the sweep begins
};

struct SweepOutcome {
  std::string exploration{};
  std::int64_t spanned = 0, points = 0, of_shard = 0;
  std::vector<std::pair<std::string, std::int64_t>> excluded{};
  std::int64_t found = 0;                         ///< points that were stored before
  std::int64_t evaluated = 0;                     ///< points evaluated now
  std::int64_t refused = 0;                       ///< points without figures
  std::map<std::string, std::int64_t> reasons{};  ///< first sentences of their reasons, with the number of points
  std::int64_t trained = 0;                       ///< networks trained now
  int deaths = 0;                                 ///< workers that died
  double wall_s = 0;
  FigureFront front{"", ""};
  struct Member {
    std::int64_t number = 0;
    base::Json settings{};
    Evaluation evaluation{};
  };
  std::vector<Member> members{};  ///< points of the front, in its order
};

/// Evaluates the points of a request that are not stored yet, and stores each when it is done. A repeated call continues the sweep. Throws UserError
/// (see points_of, Store), with code interrupted one that states how many points are stored.
SweepOutcome run_sweep(const SweepRequest& request, const SweepSettings& settings);

}  // namespace mho::analysis
