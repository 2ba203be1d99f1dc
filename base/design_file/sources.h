#pragma once

#include <string>

namespace mho::base {

/// What parameters of several layers name as their source.
inline const std::string choice = "architect's choice";

/// Of what the toolkit of Rasch et al. has as its default.
inline const std::string standard = "standard crossbar model of Rasch et al., Nat. Commun. 14:5282 (2023), supplementary table 1";

}  // namespace mho::base
