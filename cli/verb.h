#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/options.h"

namespace mho::cli {

/// How the program was called.
struct Invocation {
  std::string command_line;  ///< as typed, for the database
};

/// What a line asks for. Prints its result on standard output; throws base::UserError otherwise.
using Action = std::function<void(const Invocation&)>;

/// Everything that the command line knows of a verb.
struct Verb {
  std::string name;      ///< of a verb in a group both words: "db list"
  std::string sentence;  ///< what it does, for the lists of verbs
  std::vector<Example> examples;
  /// Declares the options, reads the line, checks what goes together; returns what to run. Throws what Options::read() throws.
  Action (*read)(Options& options);
};

}  // namespace mho::cli
