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

/// What a sweep varies: a key of the design, "recipe." and a key of a recipe of retraining, or one of axis_words().
struct SweepAxis {
  std::string name{};
  std::vector<std::string> values{};  ///< as written, one after the other; empty: an interval
  /// Numbers from one end to the other, drawn at random.
  struct Interval {
    double low = 0, high = 0;
    bool logarithmic = false;  ///< equal ratios are equally likely
    bool whole = false;
    std::string unit{};  ///< as written; empty: that of the key
    /// The number at a share of it from 0 to below 1, as an assignment takes it.
    [[nodiscard]] std::string at(double share) const;
  };
  std::optional<Interval> interval{};
  /// What a share from 0 to below 1 chooses: a value, or a number of the interval.
  [[nodiscard]] std::string at(double share) const;
};

/// Axes that go together, value by value: one axis, or several of equally many values.
using AxisGroup = std::vector<SweepAxis>;

/// The words that are axes beside the keys: network, data, design, layer, times, recipe.
const std::vector<std::string>& axis_words();

/// Keys that axes of a sweep may have: those of a design, and with "recipe." before them those of a recipe.
base::Declarations axis_declarations();

/// Whether an axis says how the network is retrained: recipe, recipe.KEY.
bool is_recipe_axis(std::string_view name);

/// Reads the values of an axis: "4..8" (whole numbers), "4..16/4" (steps), "1..100*5" (five numbers, evenly), "1..100^5" (five, by equal ratios),
/// "0.5..2" and "1..100^" (an interval, of numbers drawn at random), or words and numbers separated by commas, of which each may be such a range.
/// Throws UserError with `code` that begins with `where`: an axis that does not exist, with the nearest spelling, a value that its key does not take,
/// a range without numbers.
SweepAxis read_axis(const std::string& name, const std::vector<std::string>& values, const base::Declarations& declarations, const std::string& where,
                    base::ExitCode code);

/// The values of an axis in a file: of a text its parts between commas, of a list its items. Throws UserError with file:line:column.
std::vector<std::string> axis_values(const base::YamlNode& node, const std::string& name);

/// Sets an axis of a point; one of a recipe stays in the settings alone, see retrained().
void set_axis(DesignPoint& point, const std::string& name, const std::string& value);

}  // namespace mho::analysis
