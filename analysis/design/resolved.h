#pragma once

#include <optional>
#include <string>

#include "analysis/design/design.h"

namespace mho::analysis {

/// The number that a key of the design comes to, in its declared unit, where the key holds a word that stands for one: 'model', 'native', 'chip',
/// 'memory'. Empty where it holds a number, or a word that stands for none, such as 'ideal'.
std::optional<double> resolved_number(const Design& design, const std::string& key);

}  // namespace mho::analysis
