#pragma once

#include <string>

#include "workloads/onnx/onnx_expansion.h"
#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Quantised operators that work element by element, and quantisers of networks with few bits.
const OperatorFamily& quantized_family();

/// x minus its zero point; x itself if the zero point is a constant 0 or absent. Returns a tensor name.
[[nodiscard]] std::string centred(Expansion& made, const std::string& x, const std::string& zero);
/// Quantises numbers that are already divided by the scale: rounds half to even, adds the zero point, clips to the range of `type`. Throws UserError
/// for types other than integers of 8 and 16 bits. Returns a tensor name.
[[nodiscard]] std::string whole_numbers(Expansion& made, const std::string& x, const std::string& zero, int type);

}  // namespace mho::workloads
