#include "base/design_file/unit_table.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <stdexcept>

#include "base/design_file/config.h"
#include "base/design_file/number_text.h"
#include "base/error.h"

namespace mho::base {
namespace {

/// Exponents of kilogram, metre, second, ampere, kelvin, bit.
using Dimension = std::array<int, 6>;

/// A unit is factor * 10^exponent of the coherent SI unit. The exponent is separate, so that 25 uS is computed as 25 / 10^6 and rounded once.
struct Unit {
  double factor = 1.0;
  int exponent = 0;
  Dimension dimension{};
};

struct Row {
  std::string_view symbol;
  std::string_view prefixes;  ///< accepted SI prefixes; "i" adds Ki, Mi, Gi
  double factor;
  int exponent;
  int power;  ///< power of the prefix: 2 for areas
  Dimension dimension;
};

constexpr Dimension none{};
constexpr Dimension time_dimension{0, 0, 1, 0, 0, 0};
constexpr Dimension information{0, 0, 0, 0, 0, 1};

constexpr std::array rows{
    Row{"", "", 1.0, 0, 1, none},
    Row{"%", "", 1.0, -2, 1, none},
    Row{"ppm", "", 1.0, -6, 1, none},
    Row{"s", "munpf", 1.0, 0, 1, time_dimension},
    Row{"min", "", 60.0, 0, 1, time_dimension},
    Row{"h", "", 3600.0, 0, 1, time_dimension},
    Row{"d", "", 86400.0, 0, 1, time_dimension},
    Row{"y", "", 365.0 * 86400.0, 0, 1, time_dimension},
    Row{"Hz", "kMG", 1.0, 0, 1, {0, 0, -1, 0, 0, 0}},
    Row{"J", "munpfa", 1.0, 0, 1, {1, 2, -2, 0, 0, 0}},
    Row{"W", "kmunpf", 1.0, 0, 1, {1, 2, -3, 0, 0, 0}},
    Row{"m", "munp", 1.0, 0, 1, {0, 1, 0, 0, 0, 0}},
    Row{"m2", "mun", 1.0, 0, 2, {0, 2, 0, 0, 0, 0}},
    Row{"S", "munp", 1.0, 0, 1, {-1, -2, 3, 2, 0, 0}},
    Row{"ohm", "mkMG", 1.0, 0, 1, {1, 2, -3, -2, 0, 0}},
    Row{"V", "mu", 1.0, 0, 1, {1, 2, -3, -1, 0, 0}},
    Row{"A", "munpf", 1.0, 0, 1, {0, 0, 0, 1, 0, 0}},
    Row{"F", "munpfa", 1.0, 0, 1, {-1, -2, 4, 2, 0, 0}},
    Row{"K", "", 1.0, 0, 1, {0, 0, 0, 0, 1, 0}},
    Row{"bit", "kMGi", 1.0, 0, 1, information},
    Row{"B", "kMGi", 8.0, 0, 1, information},
};

int prefix_exponent(char prefix) {
  switch (prefix) {
    case 'a':
      return -18;
    case 'f':
      return -15;
    case 'p':
      return -12;
    case 'n':
      return -9;
    case 'u':
      return -6;
    case 'm':
      return -3;
    case 'k':
      return 3;
    case 'M':
      return 6;
    case 'G':
      return 9;
    default:
      throw std::logic_error("unknown SI prefix in the table of units");
  }
}

/// All spellings of one row with their units, the plain one first.
std::vector<std::pair<std::string, Unit>> spellings(const Row& row) {
  std::vector<std::pair<std::string, Unit>> all{{std::string(row.symbol), Unit{row.factor, row.exponent, row.dimension}}};
  for (const char prefix : row.prefixes) {
    if (prefix == 'i') {
      double factor = row.factor;
      for (const char binary : std::string_view("KMG")) {
        factor *= 1024.0;
        all.emplace_back(fmt::format("{}i{}", binary, row.symbol), Unit{factor, row.exponent, row.dimension});
      }
    } else {
      all.emplace_back(prefix + std::string(row.symbol), Unit{row.factor, row.exponent + row.power * prefix_exponent(prefix), row.dimension});
    }
  }
  return all;
}

/// Replaces micro and ohm signs, a superscript 2 and "^2" by their plain spelling.
std::string plain_spelling(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> others{{
      {"\u00b5", "u"},    // micro sign
      {"\u03bc", "u"},    // Greek mu
      {"\u03a9", "ohm"},  // Greek omega
      {"\u2126", "ohm"},  // ohm sign
      {"\u00b2", "2"},    // superscript two
      {"^2", "2"},
  }};
  std::string plain(unit);
  for (const auto& [other, usual] : others) {
    for (std::size_t found = plain.find(other); found != std::string::npos; found = plain.find(other)) plain.replace(found, other.size(), usual);
  }
  return plain;
}

std::optional<Unit> find_single(std::string_view symbol) {
  for (const Row& row : rows) {
    if (!symbol.ends_with(row.symbol)) continue;
    for (const auto& [spelling, unit] : spellings(row)) {
      if (spelling == symbol) return unit;
    }
  }
  return std::nullopt;
}

/// A single unit or a chain of quotients ("pJ/bit", "fJ/bit/mm", "1/s").
std::optional<Unit> find_unit(std::string_view text) {
  const std::string plain = plain_spelling(text);
  const std::string_view rest(plain);
  std::size_t slash = rest.find('/');
  const std::string_view head = rest.substr(0, slash);
  if (slash != std::string_view::npos && head.empty()) return std::nullopt;
  std::optional<Unit> unit = find_single(slash != std::string_view::npos && head == "1" ? "" : head);
  while (unit && slash != std::string_view::npos) {
    const std::size_t next = rest.find('/', slash + 1);
    const std::string_view part = rest.substr(slash + 1, next == std::string_view::npos ? next : next - slash - 1);
    const std::optional<Unit> below = part.empty() ? std::nullopt : find_single(part);
    if (!below) return std::nullopt;
    unit->factor /= below->factor;
    unit->exponent -= below->exponent;
    for (std::size_t i = 0; i < unit->dimension.size(); ++i) unit->dimension[i] -= below->dimension[i];
    slash = next;
  }
  return unit;
}

double scale(double number, const Unit& from, double to_factor, int to_exponent) {
  const int exponent = from.exponent - to_exponent;
  const double value = from.factor == to_factor ? number : number * from.factor / to_factor;
  if (exponent == 0) return value;
  return exponent > 0 ? value * std::pow(10.0, exponent) : value / std::pow(10.0, -exponent);
}

}  // namespace

std::optional<double> convert_unit(double number, std::string_view from, std::string_view to) {
  const std::optional<Unit> source = find_unit(from);
  const std::optional<Unit> target = find_unit(to);
  if (!source || !target || source->dimension != target->dimension) return std::nullopt;
  return scale(number, *source, target->factor, target->exponent);
}

bool unit_known(std::string_view unit) { return find_unit(unit).has_value(); }

double to_si(double number, std::string_view unit) {
  const std::optional<Unit> known = find_unit(unit);
  if (!known) throw std::logic_error(fmt::format("unit '{}' is not in the table of units", unit));
  return scale(number, *known, 1.0, 0);
}

std::vector<std::string> compatible_units(std::string_view unit) {
  std::vector<std::string> names;
  const std::optional<Unit> known = find_unit(unit);
  if (!known) return names;
  for (const Row& row : rows) {
    if (row.dimension != known->dimension) continue;
    for (const auto& spelling : spellings(row)) names.push_back(spelling.first);
  }
  return names;
}

std::string format_si(double si, std::string_view unit, int digits) {
  struct Prefix {
    std::string_view symbol;
    int exponent;
  };
  static constexpr std::array<Prefix, 12> prefixes{
      {{"a", -18}, {"f", -15}, {"p", -12}, {"n", -9}, {"u", -6}, {"m", -3}, {"", 0}, {"k", 3}, {"M", 6}, {"G", 9}, {"T", 12}, {"P", 15}}};
  const std::string space = unit.empty() ? "" : " ";
  if (!std::isfinite(si) || si == 0.0 || unit == "%") return fmt::format("{:.{}g}{}{}", si, digits, space, unit);

  // The rounded value determines the prefix: with few digits, 999.9 ns is printed as 1 us.
  const auto text = [digits](double value) {
    const std::string shortest = fmt::format("{:.{}g}", value, digits);
    // Values of 1 or more are printed without an exponent.
    return std::abs(value) >= 1.0 && shortest.find('e') != std::string::npos ? fmt::format("{:.0f}", value) : shortest;
  };
  const double rounded = std::stod(fmt::format("{:.{}e}", si, digits - 1));
  const bool area = unit == "m2";
  const bool time = unit == "s";
  const Prefix* best = nullptr;
  for (const Prefix& prefix : prefixes) {
    const int exponent = prefix.exponent * (area ? 2 : 1);
    if ((area || time) && exponent > 0) break;  // no kiloseconds or square kilometres
    if (area && exponent < -18) continue;       // nm2 is the smallest area in use
    if (best == nullptr || std::abs(rounded) >= std::pow(10.0, exponent) * (1.0 - 1e-12)) best = &prefix;
  }
  const int exponent = best->exponent * (area ? 2 : 1);
  const double value = exponent < 0 ? si * std::pow(10.0, -exponent) : si / std::pow(10.0, exponent);
  const std::string gap = unit.empty() && best->symbol.empty() ? "" : " ";
  return fmt::format("{}{}{}{}", text(value), gap, best->symbol, unit);
}

double parse_duration_seconds(std::string_view text) {
  const std::string legal = "write a number of at least 0 with a unit of time, such as 250 ns, 1s, 90s, 1min, 1h, 1d or 1y (365 days)";
  const std::optional<NumberText> number = split_number(text);
  if (!number) throw UserError(fmt::format("'{}' is not a duration: {}", text, legal));
  if (number->unit.empty()) throw UserError(fmt::format("duration '{}' has no unit: {}", text, legal));
  const std::optional<double> seconds = convert_unit(number->value, number->unit, "s");
  if (!seconds) throw UserError(fmt::format("duration '{}' has the unit '{}', which is no unit of time: {}", text, number->unit, legal));
  if (number->value < 0.0) throw UserError(fmt::format("duration '{}' is negative: {}", text, legal));
  if (!std::isfinite(*seconds)) throw UserError(fmt::format("duration '{}' is too long: {}", text, legal));
  return *seconds;
}

}  // namespace mho::base
