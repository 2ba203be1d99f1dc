#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace mho::cli {

/// What one key does alone.
struct KeyEffect {
  std::string key{};                                ///< empty: all keys at once; the interaction is what is left of them
  std::string first{}, second{};                    ///< its values
  std::optional<std::int64_t> run{};                ///< that has only this key changed
  bool found = false;                               ///< it had been stored before
  std::string refused{};                            ///< why there is no such run
  std::vector<std::optional<double>> difference{};  ///< of by_key_figures, to the first run
};

/// Columns of v_run whose differences are told.
const std::vector<std::string>& by_key_figures();

/// Changes each key in which the designs of two runs differ alone, in runs of their own: those that the database has of the same version, network,
/// data, seed and options are taken, others are computed and stored with the tag by_key=FIRST. Ends with the interaction, and with all keys at once,
/// which is the difference of the runs themselves. Throws base::UserError: runs that differ in more than their designs' keys.
std::vector<KeyEffect> by_key(const std::string& db, std::int64_t first, std::int64_t second);

/// `metric`: that of both runs' accuracy, empty if they have none.
std::string effects_text(const std::vector<KeyEffect>& effects, const std::string& metric);
base::Json::Array effects_json(const std::vector<KeyEffect>& effects);

}  // namespace mho::cli
