#pragma once

#include <string_view>

namespace mho::cli {

/// The bytes of examples/default_network/strokes.onnx, the network of `mho run` without arguments.
std::string_view default_network_bytes();

}  // namespace mho::cli
