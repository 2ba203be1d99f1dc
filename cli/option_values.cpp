#include "cli/option_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>

#include "base/design_file/config.h"
#include "base/design_file/number_text.h"
#include "base/error.h"
#include "base/output_file.h"
#include "hw/spec/parameters.h"

namespace mho::cli {

void usage(const std::string& message) { throw base::UserError(message, base::ExitCode::usage); }

std::string spelling_hint(std::string_view word, const std::vector<std::string>& legal) {
  const std::string nearest = base::nearest_spelling(word, legal);
  if (nearest.empty()) return "";
  // nearest_spelling returns the first of equally near words: a word is as near as the nearest if it wins when listed before it.
  std::vector<std::string> near;
  for (const std::string& each : legal) {
    if (base::nearest_spelling(word, {each, nearest}) == each) near.push_back(each);
  }
  return fmt::format("; did you mean {}?", fmt::join(near, " or "));
}

std::string parse_file(const std::string& option, const std::string& text) {
  if (base::trimmed(text).empty()) usage(fmt::format("{} '{}': the name of a file is needed (an empty shell variable?)", option, text));
  if (text == "-") usage(fmt::format("{} -: standard input and output are no files here; give the name of a file (./- for one called -)", option));
  return text;
}

const std::map<std::string, std::string>& output_endings() {
  static const std::map<std::string, std::string> endings{{"svg", "SVG"},
                                                          {"png", "PNG"},
                                                          {"jpg", "JPEG"},
                                                          {"jpeg", "JPEG"},
                                                          {"gif", "GIF"},
                                                          {"pdf", "PDF"},
                                                          {"eps", "PostScript"},
                                                          {"ps", "PostScript"},
                                                          {"bmp", "BMP"},
                                                          {"webp", "WebP"},
                                                          {"tif", "TIFF"},
                                                          {"tiff", "TIFF"},
                                                          {"html", "HTML"},
                                                          {"xml", "XML"},
                                                          {"json", "JSON"},
                                                          {"csv", "CSV"},
                                                          {"tsv", "TSV"},
                                                          {"xlsx", "a spreadsheet"},
                                                          {"npy", "a NumPy array"},
                                                          {"npz", "NumPy arrays"},
                                                          {"onnx", "ONNX"},
                                                          {"yaml", "YAML"},
                                                          {"yml", "YAML"},
                                                          {"vcd", "a value change dump"},
                                                          {"fst", "FST"},
                                                          {"db", "a database"},
                                                          {"sqlite", "a database"},
                                                          {"sqlite3", "a database"},
                                                          {"md", "Markdown"},
                                                          {"gz", "gzip"},
                                                          {"zip", "ZIP"},
                                                          {"h5", "HDF5"},
                                                          {"pt", "PyTorch weights"},
                                                          {"pth", "PyTorch weights"},
                                                          {"py", "Python"}};
  return endings;
}

void check_output_file(const std::string& option, const std::string& path, const std::string& kind) {
  const std::filesystem::path name(path);
  std::string ending = name.extension().string();
  if (!ending.empty()) ending.erase(0, 1);
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto& endings = output_endings();
  const auto found = endings.find(ending);
  if (found != endings.end() && found->second != kind) {
    std::vector<std::string> legal;
    for (const auto& [each, what] : endings) {
      if (what == kind) legal.push_back("." + each);
    }
    usage(fmt::format("{} {}: the file will hold {}, and .{} stands for {}; end its name in {}", option, path, kind, ending, found->second,
                      fmt::join(legal, " or ")));
  }
  if (kind == "a database") return;
  base::check_output(path, {});
  const std::filesystem::path folder = name.has_parent_path() ? name.parent_path() : ".";
  std::error_code ignored;
  if (!std::filesystem::exists(name, ignored) && access(folder.c_str(), W_OK) != 0) {
    throw base::UserError(
        fmt::format("{}: this file cannot be written: no file can be made in the folder {}; give {} another place", path, folder.string(), option));
  }
}

std::string parse_word(const std::string& option, const std::string& text, const std::vector<std::string>& words) {
  if (std::ranges::find(words, text) != words.end()) return text;
  usage(fmt::format("{} {}: there are {}{}", option, text.empty() ? "''" : text, fmt::join(words, ", "), spelling_hint(text, words)));
}

std::vector<double> parse_times(const std::string& text) {
  std::vector<double> times;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    try {
      times.push_back(base::parse_duration_seconds(text.substr(begin, end - begin)));
    } catch (const base::UserError& error) {
      std::string point = text;
      std::ranges::replace(point, ',', '.');
      const auto number = base::split_number(point);
      const bool one = std::ranges::count(text, ',') == 1 && number && base::convert_unit(number->value, number->unit, "s");
      usage(fmt::format("--times {}: {}{}", text, error.what(), one ? fmt::format(". For a decimal comma write {}", point) : ""));
    }
    begin = end + 1;
  }
  constexpr double longest_s = 1000.0 * 365 * 86400;
  if (times.back() > longest_s) usage(fmt::format("--times {}: no device model reaches beyond 1000 y", text));
  if (std::ranges::adjacent_find(times, std::greater_equal<>()) != times.end()) {
    usage(fmt::format("--times {}: the times must increase; a chip is programmed once and then grows older", text));
  }
  return times;
}

double parse_span(const std::string& option, const std::string& text, std::string_view examples) {
  const auto number = base::split_number(base::trimmed(text));
  const auto seconds = number ? base::convert_unit(number->value, number->unit, "s") : std::nullopt;
  if (!seconds || !(*seconds >= 0))
    usage(fmt::format("{} {}: a time with its unit is needed, from 0 on: {}{}", option, text, examples, base::comma_hint(text)));
  return *seconds;
}

double parse_one_time(const std::string& text) {
  const std::vector<double> times = parse_times(text);
  if (times.size() > 1) usage(fmt::format("--times {}: this verb looks at one age; run it again for another", text));
  return times.front();
}

double parse_resistance(const std::string& option, const std::string& text) {
  const auto number = base::split_number(base::trimmed(text));
  const auto ohm = number && !number->unit.empty() ? base::convert_unit(number->value, number->unit, "ohm")
                   : number                        ? std::optional(number->value)
                                                   : std::nullopt;
  if (!ohm || !(*ohm >= 0))
    usage(fmt::format("{} {}: a resistance of at least 0 is needed, in ohm or with its unit: 0.35, 0.35 ohm, 2 kohm{}", option, text,
                      base::comma_hint(text)));
  return *ohm;
}

double parse_area(const std::string& option, const std::string& text) {
  const auto number = base::split_number(base::trimmed(text));
  const auto area = number ? base::convert_unit(number->value, number->unit.empty() ? "mm2" : number->unit, "m2") : std::nullopt;
  if (!area || !(*area > 0))
    usage(fmt::format("{} {}: an area above 0 is needed, in mm2 or with its unit: 2.5, 2.5 mm2, 500000 um2{}", option, text, base::comma_hint(text)));
  return *area;
}

std::uint64_t parse_bytes(const std::string& option, const std::string& text) {
  const auto number = base::split_number(base::trimmed(text));
  const auto bytes = number && !number->unit.empty() ? base::convert_unit(number->value, number->unit, "B") : std::nullopt;
  constexpr double most = 0x1p62;
  if (!bytes || !(*bytes >= 1 && *bytes <= most)) usage(fmt::format("{} {}: a size with its unit is needed: 500 MB, 4 GiB", option, text));
  return static_cast<std::uint64_t>(*bytes);
}

std::int64_t parse_whole(const std::string& option, const std::string& text, std::int64_t least, std::int64_t largest) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read = !text.empty() && error == std::errc() && end == text.data() + text.size();
  if (read && value < least && largest == std::numeric_limits<std::int64_t>::max()) {
    usage(fmt::format("{} {}: a whole number of at least {} is needed", option, text, least));
  }
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < least || value > largest) {
    usage(fmt::format("{} {}: a whole number from {} to {} is needed{}", option, text.empty() ? "''" : text, least, largest, base::comma_hint(text)));
  }
  return value;
}

double parse_number(const std::string& option, const std::string& text, double least, double largest) {
  const auto number = base::split_number(base::trimmed(text));
  if (!number || !number->unit.empty() || !(number->value >= least && number->value <= largest)) {
    const bool any = least == std::numeric_limits<double>::lowest() && largest == std::numeric_limits<double>::max();
    usage(fmt::format("{} {}: a number{} is needed{}", option, text.empty() ? "''" : text, any ? "" : fmt::format(" from {} to {}", least, largest),
                      base::comma_hint(text)));
  }
  return number->value;
}

std::pair<std::int64_t, std::int64_t> legal_range(const std::string& key) {
  const base::Declarations all = hw::declarations();
  const auto found = std::ranges::find(all, key, &base::Declaration::key);
  if (found == all.end()) throw std::logic_error("no option can stand for " + key + ", which the chip does not declare");
  return {std::llround(found->minimum), std::llround(found->maximum)};
}

std::map<std::string, float> parse_scalars(const std::vector<std::string>& texts) {
  std::map<std::string, float> scalars;
  for (const std::string& text : texts) {
    const auto equals = text.rfind('=');
    if (equals == 0 || equals == std::string::npos) usage(fmt::format("--scalar {}: NAME=VALUE is needed, as sr=16000", text));
    constexpr double largest = 3.4e38;
    const double value = parse_number("--scalar", text.substr(equals + 1), -largest, largest);
    if (!scalars.emplace(text.substr(0, equals), static_cast<float>(value)).second) usage(fmt::format("--scalar {}: the name is given twice", text));
  }
  return scalars;
}

std::pair<std::string, std::string> parse_tag(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) usage(fmt::format("--tag {}: a tag is written KEY=VALUE, such as project=thesis", text));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::int64_t> parse_shape(const std::string& text) {
  // Accepts the notations of Python, mathematics and other programs.
  std::string sides = text;
  const auto replace_all = [&sides](std::string_view sign, const char* by) {
    for (std::size_t at = sides.find(sign); at != std::string::npos; at = sides.find(sign)) sides.replace(at, sign.size(), by);
  };
  for (const char* const bracket : {" ", "[", "]", "(", ")"}) replace_all(bracket, "");
  for (const char* const sign : {",", "*", "X", "\u00d7"}) replace_all(sign, "x");
  if (sides.ends_with('x')) sides.pop_back();
  if (sides != text && sides.find_first_not_of("0123456789x") == std::string::npos && !sides.empty()) {
    usage(fmt::format("--shape {}: the sides of a shape stand between x: write --shape {}", text, sides));
  }
  std::vector<std::int64_t> shape;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('x', begin), text.size());
    shape.push_back(parse_whole("--shape", text.substr(begin, end - begin), 1, std::int64_t{1} << 28U));
    begin = end + 1;
  }
  return shape;
}

}  // namespace mho::cli
