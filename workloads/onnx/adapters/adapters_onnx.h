#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Which layers get a low-rank adapter, and how wide it is.
struct AdapterChoice {
  std::int64_t rank = 1;     ///< inner width
  std::string layers = "*";  ///< patterns with * and ?, separated by commas
  std::uint64_t seed = 1;
};

/// The ONNX file `bytes`, of which `network` was imported, with an adapter beside each chosen layer: nodes `down` (rank outputs, the layer's own
/// window), `up`, and an Add. `down` starts with normal numbers of deviation 1 / sqrt(its inputs), `up` with zeros (Hu et al., LoRA,
/// arXiv:2106.09685, 2021), so the network computes what it did. Products of an activation with a constant matrix
/// (Gemm, MatMul) and convolutions of one group can have one, where their weights are tensors of the file; recurrent layers cannot: their weights lie
/// inside one operator. Throws UserError for a pattern that no such layer has, and for a network that has
/// adapters already.
std::string with_adapters(const std::string& bytes, const Network& network, const AdapterChoice& choice);

}  // namespace mho::workloads
