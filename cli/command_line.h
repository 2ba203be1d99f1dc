#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mho::cli {

struct RunArguments {
  std::optional<std::string> network;  ///< empty: the embedded default
  std::optional<std::string> data;
  std::optional<std::string> design;  ///< empty: the embedded default
  std::vector<std::string> set;       ///< "key=value"
  std::vector<double> times_s;
  int repeats = 10;
  std::optional<std::size_t> samples;  ///< empty: all
  std::uint64_t seed = 1;
  int threads = 1;
  std::string db = "results.db";
  bool json = false;
};

struct DescribeArguments {
  std::optional<std::string> key;  ///< a key or the beginning of keys; empty: all
  bool json = false;
};

struct ValidateArguments {
  std::string design;
  std::vector<std::string> set;
};

/// Help, version: text for standard output and nothing to do.
struct Information {
  std::string text;
};

using Command = std::variant<RunArguments, DescribeArguments, ValidateArguments, Information>;

/// Reads the command line. Throws base::UserError with code usage: unknown verb or option (with the nearest spelling), a value that is
/// no number, a network without data.
Command parse(int argc, const char* const* argv);

}  // namespace mho::cli
