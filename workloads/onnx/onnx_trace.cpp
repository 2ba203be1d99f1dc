// Where the numbers of constants come from, through what the importer folds.
#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <numeric>
#include <span>

#include "workloads/execution/digital_execution.h"
#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

namespace {

/// Operators whose numbers are those of their inputs at other places.
bool only_moves(const Node& node) {
  return is_view(node) || node.op == Operator::transpose || node.op == Operator::take || node.op == Operator::concat;
}

/// The operator run over whole numbers from -1 on in place of its inputs' values. Floats hold each half of them exactly.
std::vector<std::int64_t> run_over_places(const Network& network, const Node& node, const std::vector<std::vector<std::int64_t>>& places,
                                          std::size_t count) {
  constexpr std::int64_t base = 1 << 20;
  std::vector<std::int64_t> result(count, -1);
  for (const std::int64_t unit : {std::int64_t{1}, base}) {
    std::vector<std::vector<float>> digits;
    std::vector<std::span<const float>> inputs;
    for (const auto& list : places) {
      auto& own = digits.emplace_back(list.size());
      std::ranges::transform(list, own.begin(), [&](std::int64_t place) { return static_cast<float>((place + 1) / unit % base); });
      inputs.emplace_back(own);
    }
    std::vector<float> moved_digits(count);
    run_digital(network, node, inputs, moved_digits);
    for (std::size_t k = 0; k < count; ++k) result[k] += static_cast<std::int64_t>(moved_digits[k]) * unit;
  }
  return result;
}

InitializerSource of_moved(const Network& network, const Node& node, std::size_t count) {
  InitializerSource result;
  std::vector<std::vector<std::int64_t>> places;
  std::vector<std::vector<float>> factors, offsets;
  for (const int input : node.inputs) {
    const ValueInfo& value = network.values[static_cast<std::size_t>(input)];
    const InitializerSource& origin = value.origin;
    if (origin.known() && result.known() && origin.initialiser != result.initialiser) return {};
    if (origin.known()) result.initialiser = origin.initialiser;
    // What has no origin stays as it is.
    places.push_back(origin.known() ? origin.element : std::vector<std::int64_t>(value.data.size(), -1));
    factors.emplace_back(value.data.size(), origin.factor);
    offsets.push_back(!origin.known() ? value.data : origin.offset.empty() ? std::vector<float>(value.data.size()) : origin.offset);
    for (std::size_t k = 0; k < origin.factors.size(); ++k) factors.back()[k] *= origin.factors[k];
  }
  if (!result.known()) return {};
  result.element = run_over_places(network, node, places, count);
  const auto run = [&](const std::vector<std::vector<float>>& lists) {
    std::vector<float> made(count);
    run_digital(network, node, std::vector<std::span<const float>>(lists.begin(), lists.end()), made);
    return made;
  };
  result.factors = run(factors);
  result.offset = run(offsets);
  if (std::ranges::all_of(result.factors, [&](float f) { return f == result.factors.front(); })) {
    result.factor = result.factors.empty() ? 1.0F : result.factors.front();
    result.factors.clear();
  }
  if (std::ranges::all_of(result.offset, [](float f) { return f == 0.0F; })) result.offset.clear();
  return result;
}

/// Of a tensor and a single number.
InitializerSource of_binary(const Network& network, const Node& node, std::size_t count) {
  const ValueInfo& a = network.values[static_cast<std::size_t>(node.inputs[0])];
  const ValueInfo& b = network.values[static_cast<std::size_t>(node.inputs[1])];
  const bool first = b.data.size() == 1 && a.data.size() == count && a.origin.known();
  const bool second = !first && a.data.size() == 1 && b.data.size() == count && b.origin.known();
  if (!first && !second) return {};
  InitializerSource result = first ? a.origin : b.origin;
  const float number = first ? b.data[0] : a.data[0];
  const std::vector<float> term{number}, opposite{-number};
  switch (node.op) {
    case Operator::mul:
      scale(result, number);
      return result;
    case Operator::div:
      if (second) return {};
      scale(result, 1.0F / number);
      return result;
    case Operator::add:
      shift(result, term);
      return result;
    case Operator::sub:
      if (second) scale(result, -1.0F);
      shift(result, second ? term : opposite);
      return result;
    default:
      return {};
  }
}

}  // namespace

void OnnxGraph::trace_source(int index, const std::string& initialiser, int type) {
  using Type = onnx::TensorProto;
  // Whole numbers are indices, lengths and ids, or weights with a scale that another node holds.
  if (!options_.trace || (type != Type::FLOAT && type != Type::DOUBLE && type != Type::FLOAT16 && type != Type::BFLOAT16)) return;
  ValueInfo& value = network_.values[static_cast<std::size_t>(index)];
  value.origin.initialiser = initialiser;
  value.origin.element.resize(value.data.size());
  std::iota(value.origin.element.begin(), value.origin.element.end(), std::int64_t{0});
}

void OnnxGraph::trace_folded(const Node& node) {
  if (!options_.trace) return;
  ValueInfo& made = network_.values[static_cast<std::size_t>(node.output)];
  if (made.data.empty()) return;
  if (only_moves(node)) made.origin = of_moved(network_, node, made.data.size());
  if (is_binary(node.op)) made.origin = of_binary(network_, node, made.data.size());
}

void OnnxGraph::trace_normalised(const OnnxNode& node, Node& producer, const std::vector<double>& scale, const std::vector<double>& shift) {
  Matrix& matrix = network_.matrices[static_cast<std::size_t>(producer.matrices.at(0))];
  scale_rows(matrix.origin, scale, static_cast<std::size_t>(matrix.inputs));
  // The sum of bias and shift is learned by the bias, or where there is none by the normalisation's own.
  const ValueInfo& own = value(input(node, 2));
  std::vector<float> terms(shift.begin(), shift.end());
  if (producer.bias_origin.known()) {
    scale_rows(producer.bias_origin, scale, 1);
  } else {
    for (std::size_t c = 0; c < terms.size(); ++c) terms[c] = static_cast<float>(producer.bias[c] * scale[c] + shift[c] - own.data[c]);
    producer.bias_origin = own.origin;
  }
  workloads::shift(producer.bias_origin, terms);
}

void OnnxGraph::trace_normalisation(const OnnxNode& node, int scale, int shift) {
  const ValueInfo &gain = value(input(node, 1)), &own = value(input(node, 2)), &mean = value(input(node, 3)), &variance = value(input(node, 4));
  const double epsilon = node.real("epsilon", 1e-5F);
  std::vector<double> factors(variance.data.size());
  std::ranges::transform(variance.data, factors.begin(), [&](float v) { return 1 / std::sqrt(static_cast<double>(v) + epsilon); });
  InitializerSource scale_origin = gain.origin, shift_origin = own.origin.offset.empty() ? own.origin : InitializerSource{};
  scale_rows(scale_origin, factors, 1);
  if (shift_origin.known()) {
    shift_origin.offset_times_scale = true;
    std::ranges::transform(mean.data, std::back_inserter(shift_origin.offset), std::negate<>());
  }
  network_.values[static_cast<std::size_t>(scale)].origin = std::move(scale_origin);
  network_.values[static_cast<std::size_t>(shift)].origin = std::move(shift_origin);
}

}  // namespace mho::workloads
