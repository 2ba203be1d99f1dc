#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::analysis {

/// A design that is embedded in the program.
struct ShippedDesign {
  std::string_view file;  ///< path, relative to designs/
  std::string_view text;  ///< YAML
};

/// The designs of the folder designs/, by path.
std::vector<ShippedDesign> shipped_designs();
/// The name for --design: `name:` of the file, else its path without the ending.
std::string name_of(const ShippedDesign& design);
/// The shipped design of that name; empty if there is none.
std::optional<ShippedDesign> find_shipped(std::string_view name);

}  // namespace mho::analysis
