#include "analysis/search/space.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
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

/// All legal values if there are few; else none.
std::vector<std::string> all_values(const base::Declaration& declaration) {
  constexpr double few = 17;  // the converters' 0 to 16 bits
  if (declaration.type == base::ValueType::boolean) return {"false", "true"};
  if (declaration.type == base::ValueType::choice) return declaration.words;
  std::vector<std::string> values;
  if (!declaration.only.empty()) {
    for (const std::int64_t value : declaration.only) values.push_back(fmt::format("{}", value));
  } else if (declaration.type == base::ValueType::integer && declaration.maximum - declaration.minimum < few) {
    for (auto value = static_cast<std::int64_t>(declaration.minimum); value <= static_cast<std::int64_t>(declaration.maximum); ++value) {
      values.push_back(fmt::format("{}", value));
    }
  }
  return values;
}

bool is_ordered(const base::Declaration& declaration) {
  return declaration.type != base::ValueType::choice && declaration.type != base::ValueType::boolean && declaration.type != base::ValueType::text;
}

/// The number of the design; if its value is a word, the declared default.
std::optional<double> number_beside(const base::Config& base, const base::Declaration& declaration) {
  for (const base::Value& value : {base.value(declaration.key), declaration.default_value}) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
  }
  return std::nullopt;
}

bool is_number_text(const std::string& text) {
  double value = 0;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc();
}

}  // namespace

std::optional<FreeSetting> values_beside(const base::Config& base, const std::string& key) {
  const base::Declaration& declaration = base.declaration(key);
  FreeSetting setting{.key = key, .choices = all_values(declaration), .ordered = is_ordered(declaration), .proposed = true};
  if (setting.choices.size() > 1) return setting;
  setting.choices.clear();
  if (!setting.ordered) return std::nullopt;
  const std::optional<double> own = number_beside(base, declaration);
  if (!own) return std::nullopt;
  constexpr int factors_of_two = 2;  // in each direction
  const auto inside = [&](double value) { return std::clamp(value, declaration.minimum, declaration.maximum); };
  if (declaration.type == base::ValueType::integer) {
    for (int power = -factors_of_two; power <= factors_of_two; ++power) {
      std::string value = fmt::format("{}", std::llround(inside(std::round(std::ldexp(std::max(*own, 1.0), power)))));
      if (setting.choices.empty() || setting.choices.back() != value) setting.choices.push_back(std::move(value));
    }
    return setting.choices.size() > 1 ? std::optional(setting) : std::nullopt;
  }
  setting.logarithmic = *own > 0;
  const bool share = declaration.minimum >= 0 && declaration.maximum <= 1;
  if (!setting.logarithmic && !share) return std::nullopt;
  setting.low = setting.logarithmic ? inside(std::ldexp(*own, -factors_of_two)) : declaration.minimum;
  setting.high = setting.logarithmic ? inside(std::ldexp(*own, factors_of_two)) : declaration.maximum;
  setting.unit = declaration.unit;
  return setting.low < setting.high ? std::optional(setting) : std::nullopt;
}

FreeSetting parse_free(const std::string& option, const std::string& text, const base::Config& base) {
  const base::Declarations& declarations = base.declarations();
  const std::size_t equals = text.find('=');
  const std::string key = text.substr(0, equals);
  const bool alone = equals == std::string::npos;
  if (key == digital) {
    if (!alone && text.substr(equals + 1) != "false,true") refuse(option, text, "write 'digital' alone: each layer becomes analog or digital");
    return {.key = digital, .choices = {"false", "true"}, .ordered = false};
  }
  const base::Declaration* declaration = find(declarations, key);
  if (declaration == nullptr) refuse_key(option, text, key, declarations);
  if (alone) {
    if (const auto proposed = values_beside(base, key)) return *proposed;
    refuse(option, text,
           fmt::format("say between which values, such as {0}=LOW..HIGH or {0}=A,B,C; legal are {1}", key, base::legal_text(*declaration)));
  }
  FreeSetting setting{.key = key, .ordered = is_ordered(*declaration)};
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
  // Values with a word among them have no order.
  setting.ordered = setting.ordered && std::ranges::all_of(setting.choices, is_number_text);
  for (std::size_t i = 0; i < setting.choices.size(); ++i) {
    if (std::ranges::count(setting.choices, setting.choices[i]) > 1)
      refuse(option, text, fmt::format("the value {} stands there twice", setting.choices[i]));
  }
  return setting;
}

std::vector<FreeSetting> parse_frees(const std::string& option, const std::string& text, const base::Config& base) {
  if (text.find('=') != std::string::npos) return {parse_free(option, text, base)};
  std::vector<FreeSetting> settings;
  for (const std::string& key : parts_of(text, ',')) settings.push_back(parse_free(option, key, base));
  return settings;
}

std::string values_text(const FreeSetting& setting) {
  const auto with_unit = [&](double value) {
    return setting.unit.empty() ? fmt::format("{:.6g}", value) : fmt::format("{:.6g} {}", value, setting.unit);
  };
  if (setting.choices.empty()) {
    return fmt::format("{}: {} to {}{}", setting.name(), with_unit(setting.low), with_unit(setting.high), setting.logarithmic ? ", by ratios" : "");
  }
  return fmt::format("{}: {}", setting.name(), fmt::join(setting.choices, ", "));
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

namespace {

/// At most `most` of the points, evenly spread over their order; first and last included.
std::vector<Coordinates> evenly(const std::vector<Coordinates>& points, std::size_t most) {
  if (points.size() <= most) return points;
  std::vector<Coordinates> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(points[most == 1 ? 0 : i * (points.size() - 1) / (most - 1)]);
  return some;
}

std::set<std::string> digital_layers_of(const std::vector<FreeSetting>& settings, const Coordinates& at) {
  std::set<std::string> layers;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (settings[i].layer && settings[i].key == digital && choice_text(settings[i], at[i]) == "true") layers.insert(*settings[i].layer);
  }
  return layers;
}

}  // namespace

Coordinates canonical(const std::vector<FreeSetting>& settings, Coordinates at) {
  const std::set<std::string> digital_layers = digital_layers_of(settings, at);
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (settings[i].layer && settings[i].key != digital && digital_layers.contains(*settings[i].layer)) at[i] = 0;
  }
  return at;
}

std::vector<Coordinates> uniform_points(const std::vector<FreeSetting>& settings, std::size_t most) {
  constexpr double middle = 0.5;
  const auto last_of = [](const FreeSetting& setting) { return setting.choices.empty() ? 1.0 : static_cast<double>(setting.choices.size() - 1); };
  const auto middle_of = [&](const FreeSetting& setting) { return setting.choices.empty() ? middle : std::floor(last_of(setting) / 2); };
  Coordinates start;
  std::vector<std::pair<std::string, std::vector<double>>> keys;  // keys per layer with their coordinates
  for (const FreeSetting& setting : settings) {
    start.push_back(middle_of(setting));
    if (!setting.layer || std::ranges::find(keys, setting.key, [](const auto& key) { return key.first; }) != keys.end()) continue;
    std::vector<double> values;
    if (setting.choices.empty()) {
      values = {0, middle, 1};
    } else {
      values.resize(setting.choices.size());
      std::iota(values.begin(), values.end(), 0.0);
    }
    keys.emplace_back(setting.key, std::move(values));
  }
  if (keys.empty()) return {};
  std::vector<Coordinates> points{start};
  constexpr std::size_t too_many = 10'000;
  for (const auto& [key, values] : keys) {
    std::vector<Coordinates> more;
    for (const Coordinates& point : points) {
      for (const double value : values) {
        Coordinates at = point;
        for (std::size_t i = 0; i < settings.size(); ++i) {
          if (settings[i].layer && settings[i].key == key) at[i] = value;
        }
        more.push_back(std::move(at));
      }
    }
    points = std::move(more);
    if (points.size() > too_many) break;  // the other keys stay in the middle
  }
  for (Coordinates& point : points) point = canonical(settings, std::move(point));
  std::ranges::sort(points);
  points.erase(std::unique(points.begin(), points.end()), points.end());
  // A network without a layer on tiles is refused.
  std::erase_if(points, [&](const Coordinates& at) { return !digital_layers_of(settings, at).empty(); });
  return evenly(points, most);
}

std::vector<Coordinates> points_with_digital_layers(const std::vector<FreeSetting>& settings, const std::vector<std::string>& order,
                                                    std::size_t most) {
  std::vector<Coordinates> points;
  for (Coordinates at : uniform_points(settings, std::numeric_limits<std::size_t>::max())) {
    for (std::size_t count = 1; count < order.size(); count *= 2) {
      for (std::size_t i = 0; i < settings.size(); ++i) {
        const bool chosen = settings[i].layer && settings[i].key == digital &&
                            std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), *settings[i].layer) !=
                                order.begin() + static_cast<std::ptrdiff_t>(count);
        if (chosen) at[i] = 1;  // the choices are false, true
      }
      if (digital_layers_of(settings, at).empty()) break;  // 'digital' is not free
      points.push_back(canonical(settings, at));
    }
  }
  return evenly(points, most);
}

DesignPoint design_point(const std::vector<FreeSetting>& settings, const Coordinates& at) {
  DesignPoint point;
  const std::set<std::string> digital_layers = digital_layers_of(settings, at);
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const FreeSetting& setting = settings[i];
    if (!setting.layer || setting.key != digital) continue;
    point.layer.push_back(fmt::format("{}={}", *setting.layer, digital_layers.contains(*setting.layer) ? "digital" : "analog"));
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
