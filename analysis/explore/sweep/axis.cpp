#include "analysis/explore/sweep/axis.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/explore/task_file.h"
#include "base/design_file/number_text.h"
#include "base/design_file/parse_value.h"
#include "workloads/training/recipe.h"

namespace mho::analysis {

namespace {

constexpr std::size_t most_values = 100'000;

/// A range as written: LOW..HIGH, and then a unit and a step or a count.
struct Range {
  double low = 0, high = 0;
  bool whole = false;  ///< both ends are whole numbers
  std::string unit{};
  char kind = 0;  ///< '/', '*', '^', or 0
  std::optional<double> count{};
};

class AxisReader {
 public:
  AxisReader(std::string name, const base::Declaration* declaration, std::string where, base::ExitCode code)
      : declaration_(declaration), where_(std::move(where)), code_(code) {
    axis_.name = std::move(name);
  }

  void add(const std::string& text) {
    if (text.empty()) fail("a value is empty");
    const std::optional<Range> range = declaration_ != nullptr ? range_of(text) : std::nullopt;
    if (!range) {
      take(text);
    } else if (range->kind == 0 && !range->whole) {
      hold(*range, false, text);
    } else if (range->kind == '^' && !range->count) {
      hold(*range, true, text);
    } else {
      for (const std::string& value : numbers(*range, text)) take(value);
    }
  }

  SweepAxis finish() {
    if (axis_.interval && !axis_.values.empty()) fail("an interval for random numbers cannot be combined with single values");
    if (!axis_.interval && axis_.values.empty()) fail("the axis has no value");
    return std::move(axis_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw base::UserError(fmt::format("{}: {}: {}", where_, axis_.name, why), code_); }

  void take(const std::string& value) {
    if (declaration_ != nullptr) {
      try {
        static_cast<void>(base::parse_value(*declaration_, value, where_));
      } catch (const base::UserError& error) {
        throw base::UserError(error.what(), code_);
      }
    }
    axis_.values.push_back(value);
    if (axis_.values.size() > most_values) fail(fmt::format("more than {} values", most_values));
  }

  void hold(const Range& range, bool logarithmic, const std::string& text) {
    if (axis_.interval) fail("there are two intervals; give one, or values");
    if (logarithmic && range.low <= 0) fail(fmt::format("{}: numbers of equal ratios must be above 0", text));
    const bool whole = declaration_->type == base::ValueType::integer;
    axis_.interval = SweepAxis::Interval{range.low, range.high, logarithmic, whole, range.unit};
    for (const double end : {0.0, std::nextafter(1.0, 0.0)}) {
      try {
        static_cast<void>(base::parse_value(*declaration_, axis_.interval->at(end), where_));
      } catch (const base::UserError& error) {
        throw base::UserError(error.what(), code_);
      }
    }
  }

  [[nodiscard]] std::optional<Range> range_of(const std::string& text) const {
    const std::size_t dots = text.find("..");
    if (dots == std::string::npos) return std::nullopt;
    Range range;
    std::string rest = text.substr(dots + 2);
    const std::size_t mark = rest.find_first_of("*^") != std::string::npos ? rest.find_first_of("*^") : rest.rfind('/');
    const bool step = mark != std::string::npos && rest[mark] == '/' && base::split_number(base::trimmed(std::string_view(rest).substr(mark + 1)));
    if (mark != std::string::npos && (rest[mark] != '/' || step)) {
      range.kind = rest[mark];
      const std::string count(base::trimmed(std::string_view(rest).substr(mark + 1)));
      if (!count.empty()) {
        const auto number = base::split_number(count);
        if (!number || !number->unit.empty())
          fail(fmt::format("{}: '{}' is no number; write LOW..HIGH/STEP, LOW..HIGH*COUNT or LOW..HIGH^COUNT", text, count));
        range.count = number->value;
      } else if (range.kind != '^') {
        fail(fmt::format("{}: how many? write LOW..HIGH/STEP, LOW..HIGH*COUNT or LOW..HIGH^COUNT", text));
      }
      rest.resize(mark);
    }
    const std::string first = text.substr(0, dots);
    const auto low = base::split_number(base::trimmed(first)), high = base::split_number(base::trimmed(rest));
    if (!low || !high) fail(fmt::format("{}: a range is written LOW..HIGH, such as 4..8", text));
    range.low = low->value;
    range.high = high->value;
    range.unit = std::string(high->unit.empty() ? low->unit : high->unit);
    if (!low->unit.empty() && low->unit != high->unit)
      fail(fmt::format("{}: write both ends in the same unit, or the unit behind the second alone", text));
    if (!(range.low < range.high)) fail(fmt::format("{}: the first end must be smaller than the second", text));
    range.whole = low->integer && high->integer;
    return range;
  }

  [[nodiscard]] std::vector<std::string> numbers(const Range& range, const std::string& text) const {
    std::vector<double> all;
    if (range.kind == 0 || range.kind == '/') {
      const double step = range.kind == 0 ? 1 : *range.count;
      if (!(step > 0)) fail(fmt::format("{}: the step must be above 0", text));
      const double count = std::floor((range.high - range.low) / step * (1 + 1e-12));
      if (count >= static_cast<double>(most_values)) fail(fmt::format("{}: more than {} values", text, most_values));
      for (int i = 0; i <= static_cast<int>(count); ++i) all.push_back(range.low + i * step);
    } else {
      const double count = *range.count;
      if (count != std::floor(count) || count < 2 || count > static_cast<double>(most_values)) fail(fmt::format("{}: at least two numbers", text));
      if (range.kind == '^' && range.low <= 0) fail(fmt::format("{}: numbers of equal ratios must be above 0", text));
      for (int i = 0; i < static_cast<int>(count); ++i) {
        const double share = i / (count - 1);
        all.push_back(i + 1 == static_cast<int>(count) ? range.high
                      : range.kind == '*'              ? range.low + share * (range.high - range.low)
                                                       : range.low * std::pow(range.high / range.low, share));
      }
    }
    const bool whole = declaration_->type == base::ValueType::integer;
    std::vector<std::string> texts;
    for (const double number : all) {
      constexpr int digits = 12;  // more digits would show the rounding of the sums of steps
      std::string one = whole ? fmt::format("{}", std::llround(number)) : fmt::format("{:.{}g}", number, digits);
      if (!range.unit.empty()) one += " " + range.unit;
      if (texts.empty() || texts.back() != one) texts.push_back(one);
    }
    return texts;
  }

  SweepAxis axis_;
  const base::Declaration* declaration_;
  std::string where_;
  base::ExitCode code_;
};

}  // namespace

std::string SweepAxis::Interval::at(double share) const {
  std::string text;
  if (whole) {
    const double first = std::ceil(low), count = std::floor(high) - first + 1;
    const double number = logarithmic ? low * std::pow((high + 1) / low, share) : first + share * count;
    text = fmt::format("{}", static_cast<std::int64_t>(std::clamp(std::floor(number), first, std::floor(high))));
  } else {
    text = fmt::format("{}", logarithmic ? low * std::pow(high / low, share) : low + share * (high - low));
  }
  return unit.empty() ? text : text + " " + unit;
}

std::string SweepAxis::at(double share) const {
  if (interval) return interval->at(share);
  const auto count = static_cast<double>(values.size());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * count))];
}

const std::vector<std::string>& axis_words() {
  static const std::vector<std::string> words{"network", "data", "design", "layer", "times", "recipe"};
  return words;
}

base::Declarations axis_declarations() {
  base::Declarations all = all_declarations();
  for (base::Declaration declaration : workloads::recipe_declarations()) {
    declaration.key = "recipe." + declaration.key;
    all.push_back(std::move(declaration));
  }
  return all;
}

bool is_recipe_axis(std::string_view name) { return name == "recipe" || name.starts_with("recipe."); }

std::vector<std::string> axis_values(const base::YamlNode& node, const std::string& name) {
  if (node.kind == base::YamlNode::Kind::scalar) return parts_of(node.scalar, ',');
  return texts_of(node, name);
}

SweepAxis read_axis(const std::string& name, const std::vector<std::string>& values, const base::Declarations& declarations, const std::string& where,
                    base::ExitCode code) {
  const auto declared = std::ranges::find(declarations, name, &base::Declaration::key);
  const bool word = std::ranges::find(axis_words(), name) != axis_words().end();
  if (declared == declarations.end() && !word) {
    std::vector<std::string> legal = axis_words();
    for (const base::Declaration& declaration : declarations) legal.push_back(declaration.key);
    const std::string near = base::nearest_spelling(name, legal);
    throw base::UserError(
        fmt::format("{}: there is no axis '{}'{}; an axis is a key of the design (mho describe lists them), recipe.KEY with a key of a recipe "
                    "(mho describe --recipe-keys), or {}",
                    where, name, near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(axis_words(), ", ")),
        code);
  }
  AxisReader reader(name, word ? nullptr : &*declared, where, code);
  for (const std::string& value : values) reader.add(value);
  return reader.finish();
}

void set_axis(DesignPoint& point, const std::string& name, const std::string& value) {
  if (name == "network") {
    point.network = value;
  } else if (name == "data") {
    point.data = value;
  } else if (name == "design") {
    point.design = value;
  } else if (name == "layer") {
    if (value != "none") point.layer.push_back(value);
  } else if (name == "times") {
    point.times_s = {base::parse_duration_seconds(value)};
  } else if (!is_recipe_axis(name)) {
    point.set.push_back(fmt::format("{}={}", name, value));
  }
}

}  // namespace mho::analysis
