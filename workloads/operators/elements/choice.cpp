#include "workloads/operators/elements/choice.h"

#include <fmt/format.h>

#include "periphery/digital/elementwise.h"
#include "workloads/onnx/onnx_values.h"
#include "workloads/operators/elements/binary.h"
#include "workloads/operators/elements/functions.h"
#include "workloads/operators/shapes/views.h"

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
  // Selects instead of multiplying: the input may hold minus infinity, and 0 times infinity is NaN.
  const int kept = graph.add_constant(node.name() + ".mask", {rows, columns}, std::move(mask));
  const int zero = graph.add_constant(node.name() + ".zero", {1}, {0.0F});
  graph.add(node, node_of(node, choice_operator, Choice{}, {kept, x, zero}), in);
}

void import_one_hot(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  const std::int64_t depth = graph.constant_integer(node, 1, "its depth");
  const ValueInfo& values = graph.constant(node, 2, "its values");
  if (values.data.size() != 2)
    node.fail(fmt::format("its values have shape {}; the two numbers for off and on are needed", shape_text(values.shape)));
  if (depth < 1 || depth > largest_tensor) node.fail(fmt::format("its depth is {}; 1 or more is legal", depth));
  const float off = values.data[0], on = values.data[1];
  Shape shape = graph.value(x).shape, out = shape;
  const auto axis = static_cast<std::size_t>(normal_axis(node, node.integer("axis", -1), shape.size() + 1));
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(axis), depth);
  counted(node, out);
  Shape along(shape.size() - axis, 1);
  along[0] = depth;
  std::vector<float> places(static_cast<std::size_t>(depth)), from_end(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = static_cast<float>(i);
    from_end[i] = static_cast<float>(i) - static_cast<float>(depth);
  }
  using periphery::digital::Binary;
  using periphery::digital::Function;
  int step = 1;
  if (!is_whole(graph.element_type(node, 0))) x = function_step(graph, node, Function::truncate, x, step);
  // The batch keeps its axis: it is not moved to the new axis.
  x = graph.add_step(node, node_of(node, unsqueeze_operator, View{{static_cast<std::int64_t>(axis)}}, {x}), shape, step);
  const int forwards = graph.add_constant(node.name() + ".places", along, std::move(places));
  const int backwards = graph.add_constant(node.name() + ".from_end", along, std::move(from_end));
  const int first = binary_step(graph, node, Binary::equal, x, forwards, step);
  const int second = binary_step(graph, node, Binary::equal, x, backwards, step);
  const int chosen = binary_step(graph, node, Binary::either, first, second, step);
  const int one = graph.add_constant(node.name() + ".on", {1}, {on}), zero = graph.add_constant(node.name() + ".off", {1}, {off});
  graph.add(node, node_of(node, choice_operator, Choice{}, {chosen, one, zero}), std::move(out));
}

int type_of_third(const OnnxBuilder& graph, const OnnxNode& node, int /*output*/) { return graph.element_type(node, 2); }

void import_where(OnnxBuilder& graph, const OnnxNode& node) {
  const int condition = graph.input(node, 0), a = graph.input(node, 1), b = graph.input(node, 2);
  Shape out = broadcast(node, broadcast(node, graph.value(condition).shape, graph.value(a).shape), graph.value(b).shape);
  graph.add(node, node_of(node, choice_operator, Choice{}, {condition, a, b}), std::move(out));
}

}  // namespace

constinit const Operator choice_operator{.name = "choice", .run = run_choice, .leading = LeadingAxis::any, .elementwise = Elementwise::choice};

const OperatorFamily& choice_family() {
  static const OperatorFamily family{"choice",
                                     {&choice_operator},
                                     {{.op_type = "OneHot", .import = import_one_hot, .element_type = type_of_third},
                                      {.op_type = "Trilu", .import = import_trilu},
                                      {.op_type = "Where", .import = import_where, .element_type = type_of_second}}};
  return family;
}

}  // namespace mho::workloads
