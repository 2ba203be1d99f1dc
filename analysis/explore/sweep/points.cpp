#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "analysis/explore/sweep/constraint.h"
#include "analysis/explore/sweep/sweep_request.h"
#include "base/design_file/parse_value.h"
#include "base/random.h"

namespace mho::analysis {

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;  ///< by axis, in order

constexpr std::int64_t most_points = 1'000'000;

/// A random number in [0, 1) that is a function of seed, axis, sample and `what` only.
double drawn_share(std::uint64_t seed, std::size_t axis, std::int64_t sample, std::uint32_t what) {
  const auto low = static_cast<std::uint32_t>(seed), high = static_cast<std::uint32_t>(seed >> 32U);
  const auto words = base::philox({static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(axis), what, 0x6D686Fu}, {low, high});
  constexpr double steps = 9007199254740992.0;  // 2^53
  const std::uint64_t bits = (std::uint64_t{words[0]} << 32U | words[1]) >> 11U;
  return static_cast<double>(bits) / steps;
}

/// The numbers 0 to count - 1 in random order.
std::vector<std::int64_t> drawn_order(std::uint64_t seed, std::size_t axis, std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t i = count - 1; i > 0; --i) {
    const auto other = static_cast<std::int64_t>(drawn_share(seed, axis, i, 1) * static_cast<double>(i + 1));
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(other)]);
  }
  return order;
}

void add_group(Settings& settings, const AxisGroup& group, std::size_t index) {
  for (const SweepAxis& axis : group) settings.emplace_back(axis.name, axis.values[index]);
}

std::vector<Settings> grid(const std::vector<AxisGroup>& axes) {
  double count = 1;
  for (const AxisGroup& group : axes) {
    if (group.front().interval) {
      throw base::UserError(fmt::format("{}: a grid takes values: write how many, LOW..HIGH*COUNT or LOW..HIGH/STEP, or draw points with sampling "
                                        "(random:N, latin:N)",
                                        group.front().name),
                            base::ExitCode::usage);
    }
    count *= static_cast<double>(group.front().values.size());
  }
  if (count > static_cast<double>(most_points)) {
    throw base::UserError(
        fmt::format("the axes span {:.3g} points, at most {}; give fewer values, or draw points with sampling (latin:1000)", count, most_points),
        base::ExitCode::usage);
  }
  std::vector<Settings> all{{}};
  for (const AxisGroup& group : axes) {
    std::vector<Settings> more;
    more.reserve(all.size() * group.front().values.size());
    for (const Settings& settings : all) {
      for (std::size_t i = 0; i < group.front().values.size(); ++i) {
        more.push_back(settings);
        add_group(more.back(), group, i);
      }
    }
    all = std::move(more);
  }
  return all;
}

/// A Latin hypercube: every axis is cut into as many equal parts as there are points, and each part holds one point.
std::vector<Settings> drawn(const SweepRequest& request) {
  if (request.samples > most_points)
    throw base::UserError(fmt::format("{} points are drawn, at most {}", request.samples, most_points), base::ExitCode::usage);
  std::vector<Settings> all(static_cast<std::size_t>(request.samples));
  for (std::size_t a = 0; a < request.axes.size(); ++a) {
    const AxisGroup& group = request.axes[a];
    const std::vector<std::int64_t> order =
        request.sampling == Sampling::latin ? drawn_order(request.sampling_seed, a, request.samples) : std::vector<std::int64_t>();
    for (std::int64_t s = 0; s < request.samples; ++s) {
      const auto place = static_cast<std::size_t>(s);
      double share = drawn_share(request.sampling_seed, a, s, 0);
      if (!order.empty()) share = (static_cast<double>(order[place]) + share) / static_cast<double>(request.samples);
      if (group.size() == 1) {
        all[place].emplace_back(group.front().name, group.front().at(share));
      } else {
        const std::size_t count = group.front().values.size();
        add_group(all[place], group, std::min(count - 1, static_cast<std::size_t>(share * static_cast<double>(count))));
      }
    }
  }
  // If axes have few values, a point can be drawn twice. It is kept once.
  std::vector<Settings> once;
  std::map<Settings, bool> seen;
  for (Settings& settings : all) {
    if (seen.emplace(settings, true).second) once.push_back(std::move(settings));
  }
  return once;
}

/// Values of keys at a point: from its axes, else from its design.
class KeyValues {
 public:
  explicit KeyValues(const EvaluationTask& task) : task_(task) {}
  std::vector<base::Value> of(const std::vector<std::string>& keys, const Settings& settings) {
    std::optional<std::string> design = task_.design;
    for (const auto& [name, value] : settings) {
      if (name == "design") design = value;
    }
    auto found = designs_.find(design.value_or(""));
    if (found == designs_.end()) found = designs_.emplace(design.value_or(""), load_design(design, task_.set)).first;
    const Design& held = found->second;
    std::vector<base::Value> values;
    for (const std::string& key : keys) {
      base::Value value = held.config.value(key);
      for (const auto& [name, text] : settings) {
        if (name == key) value = base::parse_value(held.config.declaration(key), text, name);
      }
      values.push_back(std::move(value));
    }
    return values;
  }

 private:
  const EvaluationTask& task_;
  std::map<std::string, Design> designs_;
};

void check_axes(const SweepRequest& request) {
  if (request.axes.empty() && request.written.empty()) {
    throw base::UserError("nothing is varied: give --vary KEY=VALUES, such as --vary tile.adc.bits=4..8, or a file with 'axes'",
                          base::ExitCode::usage);
  }
  std::vector<std::string> names;
  for (const AxisGroup& group : request.axes) {
    for (const SweepAxis& axis : group) names.push_back(axis.name);
  }
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) throw base::UserError(fmt::format("{} is varied twice; give all its values once", *twice), base::ExitCode::usage);
}

}  // namespace

SweepPoints points_of(const SweepRequest& request) {
  check_axes(request);
  std::vector<Settings> all;
  if (!request.axes.empty()) all = request.sampling == Sampling::grid ? grid(request.axes) : drawn(request);
  all.insert(all.end(), request.written.begin(), request.written.end());
  const base::Declarations declarations = all_declarations();
  std::vector<Constraint> constraints;
  for (const std::string& text : request.constraints) constraints.emplace_back(text, declarations, "constraint");
  SweepPoints result;
  result.spanned = static_cast<std::int64_t>(all.size());
  for (const Constraint& constraint : constraints) result.excluded.emplace_back(constraint.text(), 0);
  KeyValues values(request.task);
  for (const Settings& settings : all) {
    bool holds = true;
    for (std::size_t c = 0; c < constraints.size(); ++c) {
      if (constraints[c].holds(values.of(constraints[c].keys(), settings))) continue;
      holds = false;
      ++result.excluded[c].second;
    }
    if (!holds) continue;
    NumberedPoint point{.number = static_cast<std::int64_t>(result.points.size()), .settings = base::Json::Object{}, .point = {}};
    for (const auto& [name, value] : settings) {
      point.settings[name] = value;
      set_axis(point.point, name, value);
    }
    result.points.push_back(std::move(point));
  }
  if (result.points.empty()) {
    std::string list;
    for (const auto& [text, count] : result.excluded) {
      list +=
          fmt::format("{}'{}' excludes {} of {}{}", list.empty() ? "" : "; ", text, count, result.spanned, count == result.spanned ? ", all" : "");
    }
    throw base::UserError(fmt::format("no point is left: {}. Loosen a constraint, or give the axes other values", list));
  }
  return result;
}

}  // namespace mho::analysis
