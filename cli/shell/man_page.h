#pragma once

#include <string>

#include "cli/shell/declared.h"

namespace mho::cli {

/// The manual page mho(1) in the macros of man(7).
std::string man_page(const ProgramHelp& help);

}  // namespace mho::cli
