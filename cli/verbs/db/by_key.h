#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace mho::cli {

/// Effect of one key.
struct KeyEffect {
  std::string key{};                                ///< the key, or "interaction", or "all of them"
  std::string first{}, second{};                    ///< values of the key in the two runs
  std::optional<std::int64_t> run{};                ///< run in which only this key is changed
  bool found = false;                               ///< the run was stored before
  std::string refused{};                            ///< why the run could not be computed; empty: it could
  std::vector<std::optional<double>> difference{};  ///< differences of by_key_figures to the first run
};

/// Columns of v_run whose differences are reported.
const std::vector<std::string>& by_key_figures();

/// For each key in which the designs of two runs differ: a run in which only this key is changed. Runs in the database with equal version, network,
/// data, seed and options are used; others are computed and stored with the tag by_key=FIRST. The last two entries are the interaction (the
/// remainder) and all keys at once, which is the difference of the two runs. Throws base::UserError for runs that differ in more than the keys of
/// their designs.
std::vector<KeyEffect> by_key(const std::string& db, std::int64_t first, std::int64_t second);

/// `metric`: that of both runs' accuracy, empty if they have none.
std::string effects_text(const std::vector<KeyEffect>& effects, const std::string& metric);
base::Json::Array effects_json(const std::vector<KeyEffect>& effects);

}  // namespace mho::cli
