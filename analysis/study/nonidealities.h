#pragma once

#include <set>
#include <string>
#include <vector>

#include "analysis/study/threshold_search.h"
#include "base/design_file/config.h"

namespace mho::analysis {

/// One thing that can be wrong with a tile, and the setting that says how much.
struct Nonideality {
  std::string name;
  std::string unit;                  ///< of the value, as a reader says it: "bit", "x"; empty: a plain number
  std::vector<std::string> keys;     ///< all set to the value
  SearchRange range;                 ///< where the value is searched, within what the keys allow
  std::vector<std::string> fixed{};  ///< "key=value" that go with it
  std::set<std::string> keeps{};     ///< keys that stay as the design has them, because the value is relative to them
};

/// Every nonideality whose tolerance is asked for. The one place to add one.
const std::vector<Nonideality>& nonidealities();

/// The design with everything off that makes a product inexact, and ranges that hold every calibration input. Size, splitting and scaling of the
/// matrices stay as designed.
base::Config ideal_tile(const base::Config& design);

/// The ideal tile with one nonideality of this value; whole numbers are rounded to the nearest.
base::Config ideal_but(const base::Config& design, const Nonideality& nonideality, double value);

}  // namespace mho::analysis
