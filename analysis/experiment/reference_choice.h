#pragma once

#include <optional>
#include <string>

#include "analysis/cost/digital_machine.h"

namespace mho::analysis {

/// Reads "138 TOPS, 614 GB/s, 175 W, TPUv4i": three figures with their units in any order, and a name or source. Throws UserError (usage).
Roofline parse_roofline(const std::string& text);

/// Which machine stands beside a result.
struct ReferenceChoice {
  bool shown = true;
  std::optional<Roofline> roofline;  ///< empty: the systolic array
};
/// "none", "systolic" or a roofline. Throws UserError (usage).
ReferenceChoice parse_reference(const std::string& text);

}  // namespace mho::analysis
