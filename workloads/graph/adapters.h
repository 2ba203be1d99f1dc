#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Low-rank adapters: beside a layer W x runs up(down x) of a small inner width, and both are added. The two layers are told by their names; they are
/// digital unless a rule of the design says otherwise.
enum class AdapterPart { down, up };
std::string adapter_name(const std::string& layer, AdapterPart part);  ///< "conv1.adapter.down"
bool is_adapter(std::string_view name);

/// Nodes with weights but the last one, whose outputs are the scores; in their place, where a layer has an adapter, the node that adds it. Ascending;
/// adapters themselves are not among them.
std::vector<std::size_t> hidden_layers(const Network& network);

}  // namespace mho::workloads
