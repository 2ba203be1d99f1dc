#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/study/threshold_search.h"
#include "base/design_file/config.h"

namespace mho::analysis {

/// A nonideality of a tile, and the setting of its size.
struct Nonideality {
  std::string name;
  std::string unit;                  ///< unit of the value in text: "bit", "x"; empty: none
  std::vector<std::string> keys;     ///< keys that are all set to the value
  SearchRange range;                 ///< range of the search, within the limits of the keys
  std::vector<std::string> fixed{};  ///< "key=value" set in addition
  std::set<std::string> keeps{};     ///< keys that keep the design's value, because the value is relative to them
};

/// All nonidealities whose tolerance is studied. New ones are added here only.
const std::vector<Nonideality>& nonidealities();

/// The design without error sources, with input ranges that cover every calibration input. Size, splitting and scaling of the matrices stay as
/// designed.
base::Config ideal_tile(const base::Config& design);

/// The ideal tile with one nonideality at `value`; integers are rounded to the nearest.
base::Config ideal_but(const base::Config& design, const Nonideality& nonideality, double value);

}  // namespace mho::analysis
