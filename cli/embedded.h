#pragma once

#include <string_view>
#include <vector>

namespace mho::cli {

/// The bytes of examples/default_network/strokes.onnx: what `mho run` without arguments evaluates.
std::string_view default_network_bytes();

/// A design that comes with the program.
struct ShippedDesign {
  std::string_view file;  ///< its name in designs/
  std::string_view text;  ///< YAML
};

/// Those of designs/, by name.
std::vector<ShippedDesign> shipped_designs();

}  // namespace mho::cli
