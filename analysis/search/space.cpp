#include "analysis/search/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

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

struct Ends {
  double low = 0, high = 0;
};
std::optional<Ends> range_of(const std::string& values) {
  const std::size_t dots = values.find("..");
  if (dots == std::string::npos) return std::nullopt;
  const auto number = [](const std::string& text) -> std::optional<double> {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value) ? std::optional(value) : std::nullopt;
  };
  const auto low = number(values.substr(0, dots)), high = number(values.substr(dots + 2));
  return low && high ? std::optional(Ends{*low, *high}) : std::nullopt;
}

std::vector<std::string> split(const std::string& values) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= values.size();) {
    const std::size_t end = std::min(values.find(',', begin), values.size());
    parts.push_back(values.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// Refuses what the key cannot hold, as a design file would.
void check_choices(const std::string& option, const FreeSetting& setting, const base::Declarations& declarations) {
  std::set<std::string> seen;
  for (const std::string& choice : setting.choices) {
    if (!seen.insert(choice).second) refuse(option, setting.key, fmt::format("the value {} stands there twice", choice));
    base::Config config(declarations, {.option = option});
    config.set(setting.key + "=" + choice);
  }
}

FreeSetting real_range(const std::string& option, const std::string& text, const base::Declaration& declaration, const Ends& ends) {
  if (!(ends.low < ends.high)) refuse(option, text, "the range ends before it begins");
  if (ends.low < declaration.minimum || ends.high > declaration.maximum) {
    refuse(option, text, fmt::format("legal are values of {}", base::legal_text(declaration)));
  }
  constexpr double decade = 10;
  return {.key = declaration.key,
          .low = ends.low,
          .high = ends.high,
          .unit = declaration.unit,
          .logarithmic = ends.low > 0 && ends.high >= decade * ends.low};
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
  const std::string values = text.substr(equals + 1);
  if (const std::optional<Ends> ends = range_of(values)) {
    if (declaration->type == base::ValueType::real) return real_range(option, text, *declaration, *ends);
    if (declaration->type != base::ValueType::integer)
      refuse(option, text, fmt::format("a range needs numbers; legal are {}", base::legal_text(*declaration)));
    constexpr double most = 10'000;
    if (ends->high < ends->low) refuse(option, text, "the range ends before it begins");
    if (ends->low != std::floor(ends->low) || ends->high != std::floor(ends->high) || ends->high - ends->low > most) {
      refuse(option, text, fmt::format("a range of whole numbers is written 4..8 and holds at most {:.0f}", most));
    }
    for (auto value = static_cast<std::int64_t>(ends->low); value <= static_cast<std::int64_t>(ends->high); ++value) {
      if (!declaration->only.empty() && std::ranges::find(declaration->only, value) == declaration->only.end()) continue;
      setting.choices.push_back(fmt::format("{}", value));
    }
  } else {
    setting.choices = split(values);
    // A word among numbers has no neighbours.
    setting.ordered = setting.ordered && std::ranges::all_of(setting.choices, is_number_text);
  }
  if (setting.choices.empty()) refuse(option, text, fmt::format("no legal value lies in this range; legal are {}", base::legal_text(*declaration)));
  check_choices(option, setting, declarations);
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
  return fmt::format("{}", std::clamp(value, setting.low, setting.high));
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
