#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Selects the layers that get a low-rank adapter, and its width.
struct AdapterChoice {
  std::int64_t rank = 1;     ///< inner width
  std::string layers = "*";  ///< patterns with * and ?, separated by commas
  std::uint64_t seed = 1;
};

/// Returns the ONNX file `bytes`, from which `network` was imported, with an adapter beside each chosen layer: nodes `down` (`rank` outputs, the
/// layer's own window), `up`, and an Add. `down` starts with normal numbers of standard deviation 1 / sqrt(number of its inputs), `up` with zeros (Hu
/// et al., LoRA, arXiv:2106.09685, 2021), so the network's outputs stay equal. Adapters are possible for products of an activation with a constant
/// matrix (Gemm, MatMul) and for convolutions of one group, if their weights are tensors of the file; not for recurrent layers, whose weights are
/// inside one operator. Throws UserError for a pattern that matches no such layer, and for a network that already has adapters.
std::string with_adapters(const std::string& bytes, const Network& network, const AdapterChoice& choice);

}  // namespace mho::workloads
