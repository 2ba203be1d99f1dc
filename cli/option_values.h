#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mho::cli {

/// Parsers for values of options. All throw base::UserError with code usage that names the option.

/// Throws base::UserError with code usage. The caller adds the help to consult.
[[noreturn]] void usage(const std::string& message);

/// "; did you mean --seed?", or empty if no legal word is similar.
std::string spelling_hint(std::string_view word, const std::vector<std::string>& legal);

/// The name of a file; refuses an empty one.
std::string parse_file(const std::string& option, const std::string& text);

/// Endings of file names, without the dot, and the kind of their contents: "SVG", "a NumPy array", "JSON", ...
const std::map<std::string, std::string>& output_endings();

/// Throws base::UserError with code usage if the ending of `path` stands for another kind than `kind`, and with code bad_input if no file can be
/// written there. A database may exist: it gets more rows, and its own open checks whether that is possible.
void check_output_file(const std::string& option, const std::string& path, const std::string& kind);

/// One of the words.
std::string parse_word(const std::string& option, const std::string& text, const std::vector<std::string>& words);

/// A finite number without unit from `least` to `largest`, both included.
double parse_number(const std::string& option, const std::string& text, double least, double largest);

/// Ages of a chip, of --times: "1s,1h,1d" in seconds, increasing.
std::vector<double> parse_times(const std::string& text);

/// A duration or time of at least 0, in seconds: "12us".
double parse_span(const std::string& option, const std::string& text, std::string_view examples = "500ns, 12us, 1ms");

/// The value of --times for a verb that evaluates one age, in seconds.
double parse_one_time(const std::string& text);

/// A resistance of at least 0, in ohm: "0.35", "0.35 ohm", "2 kohm".
double parse_resistance(const std::string& option, const std::string& text);

/// An area above 0, in square metres: "2.5", "2.5 mm2", "500000 um2"; without unit in mm2.
double parse_area(const std::string& option, const std::string& text);

/// A size in bytes: "500 MB", "4 GiB".
std::uint64_t parse_bytes(const std::string& option, const std::string& text);

/// A decimal integer from `least` to `largest`.
std::int64_t parse_whole(const std::string& option, const std::string& text, std::int64_t least, std::int64_t largest);

/// Smallest and largest integer of the design key `key`, for an option that sets it. Throws std::logic_error if there is no such key.
std::pair<std::int64_t, std::int64_t> legal_range(const std::string& key);

/// Values by name from texts such as "sr=16000"; each name at most once.
std::map<std::string, float> parse_scalars(const std::vector<std::string>& texts);

/// Key and value of --tag: "project=thesis".
std::pair<std::string, std::string> parse_tag(const std::string& text);

/// A shape: "64" or "3x224x224".
std::vector<std::int64_t> parse_shape(const std::string& text);

}  // namespace mho::cli
