#pragma once

#include <string>

#include "cli/shell/declared.h"

namespace mho::cli {

/// Scripts for shells that complete verbs, options and their values.
std::string bash_completion(const ProgramHelp& help);
std::string zsh_completion(const ProgramHelp& help);
std::string fish_completion(const ProgramHelp& help);

}  // namespace mho::cli
