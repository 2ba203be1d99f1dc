#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mho::cli {

/// Values of options as users write them. All throw base::UserError with code usage, naming the option.

/// Throws the refusal itself. The command adds whose help to see.
[[noreturn]] void usage(const std::string& message);

/// "; did you mean --seed?", or nothing where no legal word is near.
std::string spelling_hint(std::string_view word, const std::vector<std::string>& legal);

/// The name of a file; refuses an empty one.
std::string parse_file(const std::string& option, const std::string& text);

/// Endings of file names, without their dot, and what files with them hold: "SVG", "NumPy array", "JSON", ...
const std::map<std::string, std::string>& output_endings();

/// Throws base::UserError: with code usage where the ending of `path` stands for something else than `kind`, with code bad_input where no file can be
/// written there. A database may exist and gets more rows; whether it can is for who opens it.
void check_output_file(const std::string& option, const std::string& path, const std::string& kind);

/// One of the words.
std::string parse_word(const std::string& option, const std::string& text, const std::vector<std::string>& words);

/// A finite number without unit; the limits are legal.
double parse_number(const std::string& option, const std::string& text, double least, double largest);

/// Ages of a chip, of --times: "1s,1h,1d" in seconds, increasing.
std::vector<double> parse_times(const std::string& text);

/// A duration or an instant in seconds from 0 on: "12us".
double parse_span(const std::string& option, const std::string& text, std::string_view examples = "500ns, 12us, 1ms");

/// The one age that a verb looks at, of --times too.
double parse_one_time(const std::string& text);

/// "0.35", "0.35 ohm", "2 kohm".
double parse_resistance(const std::string& option, const std::string& text);

/// "2.5", "2.5 mm2", "500000 um2" in square metres, above 0; without unit in mm2.
double parse_area(const std::string& option, const std::string& text);

/// "500 MB", "4 GiB".
std::uint64_t parse_bytes(const std::string& option, const std::string& text);

/// A whole number in decimal, exactly as written.
std::int64_t parse_whole(const std::string& option, const std::string& text, std::int64_t least, std::int64_t largest);

/// Least and largest whole number of the chip's key `key`, for the option that stands for it. Throws std::logic_error where there is no such key.
std::pair<std::int64_t, std::int64_t> legal_range(const std::string& key);

/// "sr=16000", once for each name.
std::map<std::string, float> parse_scalars(const std::vector<std::string>& texts);

/// "project=thesis", of --tag.
std::pair<std::string, std::string> parse_tag(const std::string& text);

/// "64" or "3x224x224".
std::vector<std::int64_t> parse_shape(const std::string& text);

}  // namespace mho::cli
