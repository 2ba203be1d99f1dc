#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/task_file.h"
#include "base/design_file/config.h"
#include "base/design_file/document.h"
#include "base/error.h"

namespace mho::analysis {

/// An axis of a sweep: a key of the design, "recipe." and a key of a retraining recipe, or one of axis_words().
struct SweepAxis {
  std::string name{};
  std::vector<std::string> values{};  ///< values as written; empty: an interval
  /// Numbers between two ends, drawn at random.
  struct Interval {
    double low = 0, high = 0;
    bool logarithmic = false;  ///< uniform on a logarithmic scale
    bool whole = false;
    std::string unit{};  ///< unit as written; empty: that of the key
    /// The number at `share` (0 <= share < 1) of the interval, in the form of an assignment.
    [[nodiscard]] std::string at(double share) const;
  };
  std::optional<Interval> interval{};
  /// The value at `share` (0 <= share < 1): one of the values, or a number of the interval.
  [[nodiscard]] std::string at(double share) const;
};

/// Axes that vary together, value by value: one axis, or several with equal numbers of values.
using AxisGroup = std::vector<SweepAxis>;

/// The words that are axes besides keys: network, data, design, layer, times, recipe.
const std::vector<std::string>& axis_words();

/// The keys that axes may vary: those of a design, and those of a recipe with the prefix "recipe.".
base::Declarations axis_declarations();

/// Whether an axis sets the retraining of the network: recipe, recipe.KEY.
bool is_recipe_axis(std::string_view name);

/// Reads the values of an axis: "4..8" (integers), "4..16/4" (with steps), "1..100*5" (five numbers, evenly spaced), "1..100^5" (five, with equal
/// ratios), "0.5..2" and "1..100^" (an interval of numbers drawn at random), or words and numbers separated by commas, each of which may be such a
/// range. Throws UserError with `code`, beginning with `where`, for an unknown axis (with the nearest spelling), an illegal value, and a range
/// without numbers.
SweepAxis read_axis(const std::string& name, const std::vector<std::string>& values, const base::Declarations& declarations, const std::string& where,
                    base::ExitCode code);

/// The values of an axis in a file: the parts of a text between commas, or the items of a list. Throws UserError with file:line:column.
std::vector<std::string> axis_values(const base::YamlNode& node, const std::string& name);

/// Sets an axis of a point. Axes of a recipe are kept in the settings only, see retrained().
void set_axis(DesignPoint& point, const std::string& name, const std::string& value);

}  // namespace mho::analysis
