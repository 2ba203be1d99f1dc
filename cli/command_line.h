#pragma once

#include <string>

#include "cli/verb.h"

namespace mho::cli {

/// Parses the command line and returns its action. Actions for help and version print their text. Throws base::UserError with code usage: unknown
/// verb or option (with the nearest spelling), a value that is not a number, a network without data, conflicting or missing outputs.
Action parse(int argc, const char* const* argv);

/// The help command for this line: "mho noc --help", "mho --help".
std::string help_command(int argc, const char* const* argv);

}  // namespace mho::cli
