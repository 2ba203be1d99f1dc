#pragma once

#include <optional>
#include <string>

#include "analysis/design/design.h"

namespace mho::analysis {

/// The number, in its declared unit, of a key whose value is a word for a number: 'model', 'native', 'chip', 'memory'. Empty if the value is a number
/// or another word, such as 'ideal'.
std::optional<double> resolved_number(const Design& design, const std::string& key);

}  // namespace mho::analysis
