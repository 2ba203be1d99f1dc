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

/// One of several parts of a sweep that are computed apart: every count-th point, from number `number` on, which begins at 1.
struct Shard {
  std::int64_t number = 1, count = 1;
};

struct SweepSettings {
  std::string database{};
  std::string command{};  ///< as the user typed it
  Label label{};          ///< of the runs; its name is that of the sweep
  int jobs = 1;
  Shard shard{};
  bool cache = true;
  std::string program{};                ///< that serves points: this one
  std::string_view built_in_network{};  ///< bytes
  std::optional<std::string> front_x{}, front_y{};
  std::function<Trainer()> trainer{};             ///< of the axes of a recipe, see RetrainingSettings
  std::function<void(const std::string&)> say{};  ///< what is to be said before it begins
};

struct SweepOutcome {
  std::string exploration{};
  std::int64_t spanned = 0, points = 0, of_shard = 0;
  std::vector<std::pair<std::string, std::int64_t>> excluded{};
  std::int64_t found = 0;                         ///< that were there already
  std::int64_t evaluated = 0;                     ///< now
  std::int64_t refused = 0;                       ///< points without figures
  std::map<std::string, std::int64_t> reasons{};  ///< of these, the first sentence of each, and how many
  std::int64_t trained = 0;                       ///< networks, now
  int deaths = 0;                                 ///< of workers
  double wall_s = 0;
  FigureFront front{"", ""};
  struct Member {
    std::int64_t number = 0;
    base::Json settings{};
    Evaluation evaluation{};
  };
  std::vector<Member> members{};  ///< of the front, in its order
};

/// Evaluates the points of a request that have no row yet, and stores them as they come. Called again it goes on where it was. Throws UserError (see
/// points_of, Store), and (interrupted) one that says how much is stored.
SweepOutcome run_sweep(const SweepRequest& request, const SweepSettings& settings);

}  // namespace mho::analysis
