#pragma once

#include <string>

namespace mho::base {

/// Sources that parameters of several layers name.
inline const std::string choice = "architect's choice";

/// For values that are defaults of the toolkit of Rasch et al.
inline const std::string standard = "standard crossbar model of Rasch et al., Nat. Commun. 14:5282 (2023), supplementary table 1";

}  // namespace mho::base
