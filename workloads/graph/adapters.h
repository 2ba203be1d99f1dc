#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Low-rank adapters. An adapter of layer W x adds up(down x) to its output; the inner width is small. `down` and `up` are two layers, recognised by
/// their names. They are digital unless a rule of the design states otherwise.
enum class AdapterPart { down, up };
std::string adapter_name(const std::string& layer, AdapterPart part);  ///< "conv1.adapter.down"
bool is_adapter(std::string_view name);

/// Indices of all nodes with weights except the last one, whose outputs are the scores, in ascending order. If a layer has an adapter, the index is
/// that of the node that adds the adapter's output. Adapters themselves are not listed.
std::vector<std::size_t> hidden_layers(const Network& network);

}  // namespace mho::workloads
