#pragma once

#include <string>

#include "workloads/onnx/onnx_expansion.h"
#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {

/// Quantised operators that work element by element, and quantisers of networks with few bits.
const OperatorFamily& quantized_family();

/// A tensor less its zero point; the tensor itself where that is a constant 0 or left out.
[[nodiscard]] std::string centred(Expansion& made, const std::string& x, const std::string& zero);
/// Numbers in units of the scale as whole numbers of the type: rounded half to even, shifted by the zero point, limited. Fails for other than
/// integers of 8 and 16 bits.
[[nodiscard]] std::string whole_numbers(Expansion& made, const std::string& x, const std::string& zero, int type);

}  // namespace mho::workloads
