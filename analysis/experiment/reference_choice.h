#pragma once

#include <optional>
#include <string>

#include "analysis/cost/digital_machine.h"

namespace mho::analysis {

/// Parses "138 TOPS, 614 GB/s, 175 W, TPUv4i": three figures with units in any order, and a name or source. Throws UserError with code usage.
Roofline parse_roofline(const std::string& text);

/// The digital reference shown with a result.
struct ReferenceChoice {
  bool shown = true;
  std::optional<Roofline> roofline;  ///< empty: the systolic array
};
/// Parses "none", "systolic" or a roofline. Throws UserError with code usage.
ReferenceChoice parse_reference(const std::string& text);

}  // namespace mho::analysis
