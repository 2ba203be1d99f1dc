#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// Differences between LSTM, GRU and RNN.
struct RecurrentKind {
  Recurrence::Kind kind;
  std::int64_t gates;
  std::vector<std::string> activations;  ///< default activations
};

/// The kind of an ONNX node LSTM, GRU or RNN. Throws std::out_of_range for another operator.
const RecurrentKind& recurrent_kind(const OnnxNode& node);

/// Attributes of direction `index` of `count`. Throws UserError for unknown activations and a negative clip.
Recurrence recurrence_of(const OnnxNode& node, const RecurrentKind& kind, int index, int count);

}  // namespace mho::workloads
