#include "workloads/operators/elements/choice.h"

#include <fmt/format.h>

#include "periphery/digital/elementwise.h"

namespace mho::workloads {

namespace {

void run_choice(const Operands& in, std::span<float> y) {
  periphery::digital::where(in.inputs[0], in.shape(0), in.inputs[1], in.shape(1), in.inputs[2], in.shape(2), y, in.output_shape());
}

void import_trilu(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  if (in.size() < 2) node.fail(fmt::format("its input has shape {}; two axes or more are needed", shape_text(in)));
  if (in.size() == 2) graph.keep_batch(node, x, 0);
  const std::int64_t shift = graph.has_input(node, 1) ? graph.constant_integer(node, 1, "its diagonal k") : 0;
  const bool upper = node.integer("upper", 1) != 0;
  const std::int64_t rows = in[in.size() - 2], columns = in.back();
  std::vector<float> mask;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) mask.push_back((upper ? c - r >= shift : c - r <= shift) ? 1.0F : 0.0F);
  }
  // Chosen, not multiplied: masks of minus infinity are cut this way, and 0 times infinity is no number.
  const int kept = graph.add_constant(node.name() + ".mask", {rows, columns}, std::move(mask));
  const int zero = graph.add_constant(node.name() + ".zero", {1}, {0.0F});
  graph.add(node, node_of(node, choice_operator, Choice{}, {kept, x, zero}), in);
}

void import_where(OnnxBuilder& graph, const OnnxNode& node) {
  const int condition = graph.input(node, 0), a = graph.input(node, 1), b = graph.input(node, 2);
  Shape out = broadcast(node, broadcast(node, graph.value(condition).shape, graph.value(a).shape), graph.value(b).shape);
  graph.add(node, node_of(node, choice_operator, Choice{}, {condition, a, b}), std::move(out));
}

}  // namespace

constinit const Operator choice_operator{.name = "choice", .run = run_choice, .leading = LeadingAxis::any, .elementwise = Elementwise::choice};

const OperatorFamily& choice_family() {
  static const OperatorFamily family{
      "choice",
      {&choice_operator},
      {{.op_type = "Trilu", .import = import_trilu}, {.op_type = "Where", .import = import_where, .element_type = type_of_second}}};
  return family;
}

}  // namespace mho::workloads
