// Outputs of the file: the scores, and the states that are passed to the next sample.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "workloads/onnx/import/onnx_graph.h"
#include "workloads/onnx/import/state_names.h"

namespace mho::workloads {

namespace {

/// Advice for an output that is a longer version of its state; empty for other outputs.
std::string growth_text(const Shape& in, const Shape& out) {
  if (in.size() != out.size()) return "";
  std::vector<std::size_t> longer;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (in[axis] != out[axis]) longer.push_back(axis);
  }
  if (longer.size() != 1 || out[longer[0]] < in[longer[0]]) return "";
  return fmt::format(
      ". Along axis {} it grows from {} to {} by every sample, as a cache does, which is not supported: drop the oldest values with a Slice before "
      "the output, so that the state is a window of fixed length, or export the network without states, over the whole sequence "
      "(`mho simulate --mode decode` gives such a network caches of its own)",
      longer[0], in[longer[0]], out[longer[0]]);
}

}  // namespace

void OnnxGraph::check_outputs() {
  if (model_.graph().output_size() == 0) throw base::UserError(fmt::format("{}: the network has no output", file_));
}

void OnnxGraph::resolve_outputs() {
  Network& network = builder_.network();
  const auto& graph = model_.graph();
  std::vector<int> made;
  for (const auto& out : graph.output()) {
    made.push_back(builder_.find(out.name()));
    if (made.back() < 0 && !network.states.empty())
      throw base::UserError(fmt::format("{}: the output '{}' is not made by any node", file_, out.name()));
  }
  const std::vector<int> of_state = outputs_of_states(made);
  for (std::size_t k = 0; k < of_state.size(); ++k) network.states[k].output = made[static_cast<std::size_t>(of_state[k])];
  bool scored = false;
  for (int i = 0; i < graph.output_size(); ++i) {
    if (std::ranges::count(of_state, i) > 0) continue;
    const std::string& name = graph.output(i).name();
    if (scored) {
      network.unused_outputs.push_back(name);
      continue;
    }
    scored = true;
    const int found = made[static_cast<std::size_t>(i)];
    if (found < 0) throw base::UserError(fmt::format("{}: the output '{}' is not made by any node", file_, name));
    if (builder_.value(found).constant || std::ranges::none_of(network.nodes, [&](const Node& node) { return node.output == found; })) {
      throw base::UserError(fmt::format("{}: the output '{}' does not depend on the input through any operator; nothing to run", file_, name));
    }
    network.output = found;
  }
}

/// For each state the number of its output: outputs with matching names, otherwise the outputs after the first in order, otherwise the first ones of
/// the same shape.
std::vector<int> OnnxGraph::outputs_of_states(const std::vector<int>& made) const {
  const Network& network = builder_.network();
  const auto& graph = model_.graph();
  const auto fits = [&](std::size_t state, int output) {
    const auto long_axes = [](Shape shape) {
      std::erase(shape, 1);
      return shape;
    };
    return long_axes(builder_.value(network.states[state].input).shape) == long_axes(builder_.value(made[static_cast<std::size_t>(output)]).shape);
  };
  const auto all_fit = [&](const std::vector<int>& outputs) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (!fits(k, outputs[k])) return false;
    }
    return true;
  };
  std::vector<std::string> inputs, outputs;
  for (const CarriedState& state : network.states) inputs.push_back(builder_.value(state.input).name);
  for (const auto& out : graph.output()) outputs.push_back(out.name());
  if (const auto named = outputs_by_stem(inputs, outputs); named && all_fit(*named)) return *named;
  std::vector<int> in_order(network.states.size()), by_shape;
  std::iota(in_order.begin(), in_order.end(), 1);
  if (all_fit(in_order)) return in_order;
  for (std::size_t k = 0; k < network.states.size(); ++k) {
    for (int i = 0; i < graph.output_size() && by_shape.size() == k; ++i) {
      if (std::ranges::count(by_shape, i) == 0 && fits(k, i)) by_shape.push_back(i);
    }
    if (by_shape.size() > k) continue;
    const Shape &in = builder_.value(network.states[k].input).shape, &out = builder_.value(made[k + 1]).shape;
    throw base::UserError(fmt::format(
        "{}: input '{}' of shape {} and output '{}' of shape {} should be one state that is carried from sample to sample, but differ in shape, and "
        "no other output has that of the input{}",
        file_, inputs[k], shape_text(in), outputs[k + 1], shape_text(out), growth_text(in, out)));
  }
  return by_shape;
}

}  // namespace mho::workloads
