#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/onnx/onnx_node.h"

namespace mho::workloads {

/// What LSTM, GRU and RNN differ in.
struct RecurrentKind {
  Recurrence::Kind kind;
  std::int64_t gates;
  std::vector<std::string> activations;  ///< defaults
};

/// The kind of an ONNX node LSTM, GRU or RNN; std::out_of_range for another.
const RecurrentKind& recurrent_kind(const OnnxNode& node);

/// Attributes of direction `index` of `count`. Fails for activations that are not known and a clip below 0.
Recurrence recurrence_of(const OnnxNode& node, const RecurrentKind& kind, int index, int count);

}  // namespace mho::workloads
