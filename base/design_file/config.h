#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/design_file/document.h"
#include "base/units.h"

namespace mho::base {

/// What a parameter holds. `choice` is one word out of a list; numbers may also take listed words ("ideal", "off", "unlimited").
enum class ValueType { boolean, integer, real, choice, text };

/// The direction in which a number increases speed, precision or capacity. In that direction a cost of the chip must rise, or the value is refused.
enum class Buys { nothing, more, less };

/// A pair of words: the second increases speed, precision or capacity over the first.
struct Step {
  std::string from, to;
};

using Value = std::variant<bool, std::int64_t, double, std::string>;

/// One parameter, declared once, as data. Everything a user reads about it (describe, errors, sweep axes, database) derives from this.
struct Declaration {
  std::string key;  ///< dotted, e.g. "tile.adc.bits"
  ValueType type = ValueType::real;
  std::string unit;     ///< unit the number is stored in: "ns", "uS", "pJ", "GHz", "um2", ... or "" (dimensionless)
  Value default_value;  ///< a std::string holds a word for choice types or number types with words
  double minimum = -std::numeric_limits<double>::infinity();  ///< inclusive, in `unit`
  double maximum = std::numeric_limits<double>::infinity();   ///< inclusive, in `unit`
  std::vector<std::string> words;    ///< legal words (choices, or words instead of a number); for texts: what is legal, in the words of their reader
  std::string sentence;              ///< meaning, one sentence
  std::string source;                ///< paper, table, or "architect's choice"
  std::vector<std::int64_t> only{};  ///< the legal integers, ascending, if not all of the range are legal
  Buys buys = Buys::nothing;         ///< `nothing` also for costs and for parameters without a direction
  std::vector<Step> steps{};         ///< pairs of words of which the second increases something; for booleans "false" and "true"
};

using Declarations = std::vector<Declaration>;

/// Where a value came from, for messages and for the database.
struct ValueSource {
  enum class Kind { declared_default, file, command_line } kind = Kind::declared_default;
  std::string file;                        ///< Kind::command_line: the option
  int line = 0;                            ///< from 1
  int column = 0;                          ///< from 1
  [[nodiscard]] std::string text() const;  ///< "default", "file:line:column" or "--set"
};

/// Names in messages: the option that calls `Config::set`, and the command that lists the keys.
struct ConfigNames {
  std::string option = "--set", manual = "mho describe";
};

/// A resolved tree of declared parameters. Every declared key always has a value. Reading an undeclared key or the wrong
/// type is a programmer error (std::logic_error), never a user's.
class Config {
 public:
  /// Starts with the declared defaults. A key declared twice, a key that is also a section, or a default outside its own
  /// limits is a programmer error (std::logic_error).
  explicit Config(Declarations declarations, ConfigNames names = {});

  /// Reads YAML; nested maps and dotted keys are the same. Numbers may carry a unit convertible to the declared one
  /// ("40 ns", "25 uS", "1.2 GHz", "2 %" for dimensionless). Throws UserError with file:line:column, the key, what is
  /// legal and the nearest spelling for: unreadable file, YAML error, unknown key, duplicate key, wrong type, wrong
  /// unit, out of range, NaN. Then nothing has changed. A value set by an earlier load or set() is overridden.
  void load_file(const std::string& path);
  /// The same from a document that was already read.
  void load(const YamlNode& root);
  /// The same from text; `name` stands for the file in messages.
  void load_text(const std::string& text, const std::string& name);
  /// Sets one "key=value" from the command line, with the same rules. Text without '=' is a UserError with ExitCode::usage.
  void set(std::string_view assignment);
  /// The same for a setting from another place, such as a list in a design file.
  void set(std::string_view assignment, const ValueSource& origin);

  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  /// Number in the declared unit.
  [[nodiscard]] double real(std::string_view key) const;
  [[nodiscard]] const std::string& word(std::string_view key) const;
  /// Empty when the number parameter holds `off_word` (e.g. optional_integer("tile.adc.bits", "ideal")).
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view key, std::string_view off_word) const;
  [[nodiscard]] std::optional<double> optional_real(std::string_view key, std::string_view off_word) const;
  /// Number (integer or real) converted from the declared unit to coherent SI units; information counts in bits, so a parameter
  /// in "B" comes out in bits. A unit that convert_unit does not know is a programmer error.
  [[nodiscard]] double si(std::string_view key) const;
  /// The same in `si_unit`; a declared unit of another dimension is a programmer error.
  [[nodiscard]] double si(std::string_view key, std::string_view si_unit) const;
  [[nodiscard]] Duration duration(std::string_view key) const { return Duration(si(key, "s")); }
  [[nodiscard]] Frequency frequency(std::string_view key) const { return Frequency(si(key, "Hz")); }
  [[nodiscard]] Energy energy(std::string_view key) const { return Energy(si(key, "J")); }
  [[nodiscard]] Power power(std::string_view key) const { return Power(si(key, "W")); }
  [[nodiscard]] Area area(std::string_view key) const { return Area(si(key, "m2")); }
  [[nodiscard]] Length length(std::string_view key) const { return Length(si(key, "m")); }
  [[nodiscard]] Voltage voltage(std::string_view key) const { return Voltage(si(key, "V")); }
  [[nodiscard]] Conductance conductance(std::string_view key) const { return Conductance(si(key, "S")); }
  [[nodiscard]] Resistance resistance(std::string_view key) const { return Resistance(si(key, "ohm")); }
  [[nodiscard]] Capacitance capacitance(std::string_view key) const { return Capacitance(si(key, "F")); }

  [[nodiscard]] const Value& value(std::string_view key) const;
  [[nodiscard]] const ValueSource& origin(std::string_view key) const;
  [[nodiscard]] const Declaration& declaration(std::string_view key) const;
  [[nodiscard]] const Declarations& declarations() const { return declarations_; }
  /// Throws a UserError that names the origin of `key`. For rules across several keys.
  [[noreturn]] void refuse(std::string_view key, const std::string& why) const;
  /// The resolved design as nested JSON text (numbers in declared units, words as strings), keys sorted.
  [[nodiscard]] std::string json(int indent = -1) const;

 private:
  struct Entry {
    Value value;
    ValueSource origin;
  };
  class Loader;
  [[nodiscard]] std::size_t index_of(std::string_view key) const;
  [[nodiscard]] double number(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> keys_below(const std::string& section) const;
  [[noreturn]] void refuse_unknown(const std::string& key, const std::string& where, bool as_section) const;
  Declarations declarations_;
  ConfigNames names_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::vector<Entry> entries_;
};

/// The legal values as text for messages and the manual: "2 to 16, or 'ideal'", "at least 0 ns", "true or false", "'a', 'b' or 'c'".
std::string legal_text(const Declaration& declaration);

/// Units: s ms us ns ps fs min h d y (365 days); Hz kHz MHz GHz; J..aJ; W; m mm um nm; m2 mm2 um2 nm2; S; ohm; V; A; F; K;
/// bit B with k M G Ki Mi Gi; %, ppm and "" (plain number); and quotients of them ("pJ/bit", "1/s"). Case counts.
/// Converts `number` `from` one unit `to` another of the same dimension; empty if either is unknown or dimensions differ.
std::optional<double> convert_unit(double number, std::string_view from, std::string_view to);

/// "3.2 uJ", "85 ns": value in SI with an SI prefix and at most `digits` significant digits (trailing zeros go). Areas ("m2") take
/// squared prefixes, seconds none above 1.
std::string format_si(double si, std::string_view unit, int digits = 3);

/// A duration written by a user: "1s", "250 ns", "1h", "1d", "1y" (365 days). Needs a unit; negative, NaN and
/// infinite durations are refused. Throws UserError.
double parse_duration_seconds(std::string_view text);

/// The legal word nearest to `word` in spelling; empty if none is near.
std::string nearest_spelling(std::string_view word, const std::vector<std::string>& legal);

}  // namespace mho::base
