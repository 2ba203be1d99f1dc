#pragma once

#include <string_view>

namespace mho::analysis {

/// The bytes of designs/default.yaml, compiled in so that the command needs no files.
std::string_view default_design_text();

}  // namespace mho::analysis
