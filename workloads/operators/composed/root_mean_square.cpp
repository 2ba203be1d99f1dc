#include "workloads/operators/composed/root_mean_square.h"

#include <fmt/format.h>

#include "workloads/onnx/onnx_expansion.h"

namespace mho::workloads {

namespace {

using Ints = std::vector<std::int64_t>;

/// x over the root of the mean square of the axes from `axis` on, times the scale. Also returns the factor of each row.
std::pair<std::string, std::string> normalised(Expansion& made, const std::string& x, const std::string& scale, std::int64_t axis, float epsilon) {
  const std::size_t rank = made.value(x).shape.size();
  Ints axes;
  for (auto at = static_cast<std::int64_t>(normal_axis(made.node(), axis, rank)); at < static_cast<std::int64_t>(rank); ++at) axes.push_back(at);
  const std::string squares = made.add("Mul", {x, x});
  const std::string mean = made.add("ReduceMean", {squares, made.integers("axes", axes)});
  const std::string positive = made.add("Add", {mean, made.number("epsilon", epsilon)});
  const std::string root = made.add("Sqrt", {positive}, {}, 2);
  const std::string rows = made.add("Div", {x, root});
  return {scale.empty() ? rows : made.add_named("Mul", {rows, scale}), root};
}

void import_root_mean_square(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const auto [rows, root] = normalised(made, made.input(0), made.input(1), node.integer("axis", -1), node.real("epsilon", 1e-5F));
  if (node.makes(1)) made.conclude(made.add("Reciprocal", {root}), 1);
  made.conclude(rows);
}

/// The sum of input, residual branch and bias. It may also be an output of the node.
std::string summed(Expansion& made, int bias) {
  const OnnxNode& node = made.node();
  const bool biased = !made.input(bias).empty();
  std::string sum = made.add("Add", {made.input(0), made.input(1)}, {}, biased ? 1 : 4);
  if (biased) sum = made.add("Add", {sum, made.input(bias)}, {}, 4);
  if (!node.makes(3)) return sum;
  made.conclude(sum, 3);
  return node.output(3);
}

void import_skip_layer(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  constexpr float epsilon_otherwise = 1e-12F;
  const float epsilon = node.real("epsilon", epsilon_otherwise);
  const std::string sum = summed(made, 4);
  if (node.makes(1) || node.makes(2)) {
    const std::string axes = made.integers("axes", {-1});
    const std::string mean = made.add("ReduceMean", {sum, axes}, {}, 2), difference = made.add("Sub", {sum, mean}, {}, 2);
    const std::string variance = made.add("ReduceMean", {made.add("Mul", {difference, difference}), axes});
    const std::string deviation = made.add("Sqrt", {made.add("Add", {variance, made.number("epsilon", epsilon)})});
    if (node.makes(1)) made.conclude(mean, 1);
    if (node.makes(2)) made.conclude(made.add("Reciprocal", {deviation}), 2);
  }
  made.conclude(made.add_named("LayerNormalization", {sum, made.input(2), made.input(3)}, {{"axis", std::int64_t{-1}}, {"epsilon", epsilon}}));
}

void import_skip_root_mean_square(OnnxBuilder& graph, const OnnxNode& node) {
  Expansion made(graph, node);
  const std::string sum = summed(made, 3);
  const auto [rows, root] = normalised(made, sum, made.input(2), -1, node.real("epsilon", 1e-12F));
  if (node.makes(1)) node.fail("its output of means is not supported: a root mean square has none");
  if (node.makes(2)) made.conclude(made.add("Reciprocal", {root}), 2);
  made.conclude(rows);
}

}  // namespace

const OperatorFamily& root_mean_square_family() {
  static const OperatorFamily family{
      "root_mean_square",
      {},
      {{.op_type = "RMSNormalization", .import = import_root_mean_square},
       {.op_type = "SimplifiedLayerNormalization", .import = import_root_mean_square},
       {.op_type = "SimplifiedLayerNormalization", .import = import_root_mean_square, .domain = microsoft_domain},
       {.op_type = "SkipLayerNormalization", .import = import_skip_layer, .domain = microsoft_domain},
       {.op_type = "SkipSimplifiedLayerNormalization", .import = import_skip_root_mean_square, .domain = microsoft_domain}}};
  return family;
}

}  // namespace mho::workloads
