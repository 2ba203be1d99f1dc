#include "analysis/search/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "analysis/explore/sweep/axis.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

constexpr const char* digital = "digital";

[[noreturn]] void refuse(const std::string& option, const std::string& text, const std::string& why) {
  throw base::UserError(fmt::format("{} {}: {}", option, text, why), base::ExitCode::usage);
}

const base::Declaration* find(const base::Declarations& declarations, const std::string& key) {
  const auto found = std::ranges::find(declarations, key, &base::Declaration::key);
  return found == declarations.end() ? nullptr : &*found;
}

[[noreturn]] void refuse_key(const std::string& option, const std::string& text, const std::string& key, const base::Declarations& declarations) {
  std::vector<std::string> legal{digital};
  for (const base::Declaration& declaration : declarations) legal.push_back(declaration.key);
  const std::string near = base::nearest_spelling(key, legal);
  refuse(option, text, fmt::format("there is no key '{}'{}; mho describe lists them all", key, near.empty() ? "" : ", did you mean " + near + "?"));
}

/// Every legal value, where there are few.
std::vector<std::string> all_values(const base::Declaration& declaration) {
  constexpr double most = 64;
  if (declaration.type == base::ValueType::boolean) return {"false", "true"};
  if (declaration.type == base::ValueType::choice) return declaration.words;
  std::vector<std::string> values;
  if (!declaration.only.empty()) {
    for (const std::int64_t value : declaration.only) values.push_back(fmt::format("{}", value));
  } else if (declaration.type == base::ValueType::integer && declaration.maximum - declaration.minimum < most) {
    for (auto value = static_cast<std::int64_t>(declaration.minimum); value <= static_cast<std::int64_t>(declaration.maximum); ++value) {
      values.push_back(fmt::format("{}", value));
    }
  }
  return values;
}

bool is_number_text(const std::string& text) {
  double value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

}  // namespace

FreeSetting parse_free(const std::string& option, const std::string& text, const base::Declarations& declarations) {
  const std::size_t equals = text.find('=');
  const std::string key = text.substr(0, equals);
  const bool alone = equals == std::string::npos;
  if (key == digital) {
    if (!alone && text.substr(equals + 1) != "false,true") refuse(option, text, "write 'digital' alone: each layer becomes analog or digital");
    return {.key = digital, .choices = {"false", "true"}, .ordered = false};
  }
  const base::Declaration* declaration = find(declarations, key);
  if (declaration == nullptr) refuse_key(option, text, key, declarations);
  FreeSetting setting{.key = key};
  setting.ordered =
      declaration->type != base::ValueType::choice && declaration->type != base::ValueType::boolean && declaration->type != base::ValueType::text;
  if (alone) {
    setting.choices = all_values(*declaration);
    if (setting.choices.size() < 2) {
      refuse(option, text,
             fmt::format("say between which values, such as {0}=LOW..HIGH or {0}=A,B,C; legal are {1}", key, base::legal_text(*declaration)));
    }
    return setting;
  }
  const SweepAxis axis = read_axis(key, parts_of(text.substr(equals + 1), ','), declarations, option + " " + text, base::ExitCode::usage);
  if (axis.interval && axis.interval->whole) {
    refuse(option, text, "write whole numbers from one end to the other, such as 4..8, or in steps, such as 4..64/4");
  }
  if (axis.interval) {
    setting.low = axis.interval->low;
    setting.high = axis.interval->high;
    setting.logarithmic = axis.interval->logarithmic;
    setting.unit = axis.interval->unit;
    return setting;
  }
  setting.choices = axis.values;
  // A word among numbers has no neighbours.
  setting.ordered = setting.ordered && std::ranges::all_of(setting.choices, is_number_text);
  for (std::size_t i = 0; i < setting.choices.size(); ++i) {
    if (std::ranges::count(setting.choices, setting.choices[i]) > 1)
      refuse(option, text, fmt::format("the value {} stands there twice", setting.choices[i]));
  }
  return setting;
}

std::vector<FreeSetting> for_each_layer(const FreeSetting& setting, const workloads::Network& network) {
  std::vector<FreeSetting> settings;
  for (const workloads::Node& node : network.nodes) {
    if (!node.on_tiles()) continue;
    settings.push_back(setting);
    settings.back().layer = node.name;
  }
  return settings;
}

std::string choice_text(const FreeSetting& setting, double coordinate) {
  if (!setting.choices.empty()) return setting.choices.at(static_cast<std::size_t>(std::llround(coordinate)));
  const double value =
      setting.logarithmic ? setting.low * std::pow(setting.high / setting.low, coordinate) : setting.low + coordinate * (setting.high - setting.low);
  const double inside = std::clamp(value, setting.low, setting.high);
  return setting.unit.empty() ? fmt::format("{:.6g}", inside) : fmt::format("{:.6g} {}", inside, setting.unit);
}

std::vector<Coordinate> coordinates(const std::vector<FreeSetting>& settings) {
  std::vector<Coordinate> space;
  for (const FreeSetting& setting : settings) {
    if (setting.choices.empty()) {
      space.push_back({.whole = false, .ordered = true, .low = 0, .high = 1});
    } else {
      space.push_back({.whole = true, .ordered = setting.ordered, .low = 0, .high = static_cast<double>(setting.choices.size() - 1)});
    }
  }
  return space;
}

DesignPoint design_point(const std::vector<FreeSetting>& settings, const Coordinates& at) {
  DesignPoint point;
  std::set<std::string> digital_layers;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const FreeSetting& setting = settings[i];
    if (!setting.layer || setting.key != digital) continue;
    const bool made_digital = choice_text(setting, at[i]) == "true";
    if (made_digital) digital_layers.insert(*setting.layer);
    point.layer.push_back(fmt::format("{}={}", *setting.layer, made_digital ? "digital" : "analog"));
  }
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const FreeSetting& setting = settings[i];
    if (!setting.layer) {
      point.set.push_back(fmt::format("{}={}", setting.key, choice_text(setting, at[i])));
    } else if (setting.key != digital && !digital_layers.contains(*setting.layer)) {
      point.layer.push_back(fmt::format("{}:{}={}", *setting.layer, setting.key, choice_text(setting, at[i])));
    }
  }
  return point;
}

}  // namespace mho::analysis
