#include "workloads/onnx/onnx_bias.h"

#include "workloads/graph/initializer_source.h"

namespace mho::workloads {

std::optional<std::size_t> output_axis(const OnnxBuilder& graph, const Node& node) {
  if (node.window() != nullptr) return 1;
  if (graph.value(node.inputs[0]).shape.size() != graph.value(node.output).shape.size()) return std::nullopt;
  return static_cast<std::size_t>(node.product_axis());
}

bool fold_bias(OnnxBuilder& graph, const OnnxNode& node) {
  for (const int side : {0, 1}) {
    const int x = graph.input(node, side);
    const ValueInfo& term = graph.value(graph.input(node, 1 - side));
    const std::size_t index = graph.sole_producer(x);
    if (!term.constant || index == graph.network().nodes.size()) continue;
    Node& producer = graph.network().nodes[index];
    const Shape& out = graph.value(x).shape;
    const auto axis = output_axis(graph, producer);
    if (!axis || term.shape.size() > out.size()) continue;
    graph.load(graph.input(node, 1 - side));
    bool by_output = true;
    for (std::size_t i = 0; i < term.shape.size(); ++i) {
      const std::size_t aligned = out.size() - term.shape.size() + i;
      by_output = by_output && (term.shape[i] == 1 || (aligned == *axis && term.shape[i] == out[aligned]));
    }
    if (!by_output) continue;
    graph.check_trained(node, graph.input(node, 1 - side), "the bias that it adds", true);
    auto& bias = producer.bias;
    const auto outputs = static_cast<std::size_t>(graph.network().matrix(producer).outputs);
    if (graph.traced()) producer.bias_origin = sum(producer.bias_origin, bias, term.origin, term.data, outputs);
    if (bias.empty()) bias.assign(outputs, 0.0F);
    for (std::size_t o = 0; o < bias.size(); ++o) bias[o] += term.data[term.data.size() == 1 ? 0 : o];
    graph.network().values[static_cast<std::size_t>(x)].name = node.output(0);
    graph.name_output(node, x);
    return true;
  }
  return false;
}

}  // namespace mho::workloads
