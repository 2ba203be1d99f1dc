#pragma once

#include <string>

namespace mho::base {

/// What parameters of several layers name as their source.
inline const std::string choice = "architect's choice";

/// Every digital figure goes to 14 nm by the same law: energy a V^2 + b V + c at 1.0 V (65, 45 nm), 0.9 V (32 nm) and 0.8 V (14 nm), area by node.
inline const std::string scaled = ", scaled to 14 nm by Stillmaker and Baas, Integration 58 (2017)";

/// Of what the toolkit of Rasch et al. has as its default.
inline const std::string standard = "standard crossbar model of Rasch et al., Nat. Commun. 14:5282 (2023), supplementary table 1";

}  // namespace mho::base
