#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/options.h"

namespace mho::cli {

/// The call of the program.
struct Invocation {
  std::string command_line;  ///< as typed, for the database
};

/// Carries out a command line: prints its result on standard output, or throws base::UserError.
using Action = std::function<void(const Invocation&)>;

/// Description of a verb for the command line.
struct Verb {
  std::string name;      ///< for a verb in a group both words: "db list"
  std::string sentence;  ///< purpose, for the lists of verbs
  std::vector<Example> examples;
  /// Declares the options, reads the line, checks combinations of options and returns the action. Throws what Options::read() throws.
  Action (*read)(Options& options);
};

}  // namespace mho::cli
