#pragma once

#include <string>

#include "cli/verb.h"

namespace mho::cli {

/// Reads the command line: what to run. Help and the version are texts that the action prints. Throws base::UserError with code usage: unknown verb
/// or option (with the nearest spelling), a value that is no number, a network without data, outputs asked for twice or not at all.
Action parse(int argc, const char* const* argv);

/// Which help explains this line: "mho noc --help", "mho --help".
std::string help_command(int argc, const char* const* argv);

}  // namespace mho::cli
