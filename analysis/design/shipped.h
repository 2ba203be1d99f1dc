#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::analysis {

/// A design that comes with the program.
struct ShippedDesign {
  std::string_view file;  ///< its path in designs/
  std::string_view text;  ///< YAML
};

/// Those of designs/, by path.
std::vector<ShippedDesign> shipped_designs();
/// What --design finds it by: its `name:`, else its path without the ending.
std::string name_of(const ShippedDesign& design);
/// The shipped design of that name.
std::optional<ShippedDesign> find_shipped(std::string_view name);

}  // namespace mho::analysis
