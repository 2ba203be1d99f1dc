#include "workloads/execution/result_rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "periphery/converters/quantiser.h"
#include "workloads/graph/operator.h"

namespace mho::workloads {

namespace {

using periphery::NumberFormat;

float largest_magnitude(float so_far, std::span<const float> values) {
  for (const float value : values) so_far = std::max(so_far, std::abs(value));
  return so_far;
}

}  // namespace

float ResultRounding::step(float largest) const {
  const float codes = periphery::Quantiser::largest_code(format_.integer_bits);
  return (largest >= std::numeric_limits<float>::min() * codes ? largest : 1.0F) / codes;
}

float ResultRounding::scale(std::size_t node, RoundedTensor tensor) const {
  if (format_.kind != NumberFormat::Kind::integer) return 0.0F;
  return step(node < scales_->by_node.size() ? scales_->by_node[node][static_cast<std::size_t>(tensor)] : 1.0F);
}

void ResultRounding::round(std::size_t node, RoundedTensor tensor, std::span<float> values) const {
  if (format_.kind == NumberFormat::Kind::integer) return periphery::round_to_integers(format_.integer_bits, scale(node, tensor), values);
  periphery::round_to(format_, values);
}

void ResultRounding::round_input(std::span<float> values) const {
  if (format_.kind == NumberFormat::Kind::integer) return periphery::round_to_integers(format_.integer_bits, step(scales_->input), values);
  periphery::round_to(format_, values);
}

periphery::OutsideFormat ResultRounding::outside(std::size_t node, RoundedTensor tensor, std::span<const float> values) const {
  if (format_.kind == NumberFormat::Kind::integer) return periphery::outside_integers(format_.integer_bits, scale(node, tensor), values);
  return periphery::outside(format_, values);
}

std::optional<ResultRounding> result_rounding(const TiledNetwork& tiled) {
  const NumberFormat& format = tiled.tiles.standard().digital.result_format;
  if (format.kind == NumberFormat::Kind::float32) return std::nullopt;
  return ResultRounding(format, tiled.calibration.results);
}

ResultScaleRecorder::ResultScaleRecorder(const Network& network) : network_(network) {
  seen_.by_node.assign(network.nodes.size(), {});
  seen_.input = 0;
}

void ResultScaleRecorder::see(std::size_t node, RoundedTensor tensor, std::span<const float> values) {
  float& largest = seen_.by_node[node][static_cast<std::size_t>(tensor)];
  largest = largest_magnitude(largest, values);
}

void ResultScaleRecorder::see_input(std::span<const float> values) { seen_.input = largest_magnitude(seen_.input, values); }

void ResultScaleRecorder::operator+=(const ResultScaleRecorder& other) {
  seen_.input = std::max(seen_.input, other.seen_.input);
  for (std::size_t n = 0; n < seen_.by_node.size(); ++n) {
    for (std::size_t t = 0; t < rounded_tensors; ++t) seen_.by_node[n][t] = std::max(seen_.by_node[n][t], other.seen_.by_node[n][t]);
  }
}

ResultScales ResultScaleRecorder::scales() const {
  // For each value, a value of the same group. The values of a group hold the same numbers at different places.
  std::vector<std::size_t> group(network_.values.size());
  std::iota(group.begin(), group.end(), std::size_t{0});
  const auto root = [&](std::size_t value) {
    while (group[value] != value) value = group[value];
    return value;
  };
  for (const Node& node : network_.nodes) {
    if (!node.op->view && !node.op->moves_only) continue;
    for (const int input : node.inputs) {
      if (input < 0 || network_.values[static_cast<std::size_t>(input)].constant) continue;
      group[root(static_cast<std::size_t>(input))] = root(static_cast<std::size_t>(node.output));
    }
  }
  constexpr auto result = static_cast<std::size_t>(RoundedTensor::result);
  std::vector<float> largest(network_.values.size(), 0.0F);
  const auto widen = [&](int value, float by) {
    float& own = largest[root(static_cast<std::size_t>(value))];
    own = std::max(own, by);
  };
  widen(network_.input, seen_.input);
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) widen(network_.nodes[n].output, seen_.by_node[n][result]);
  // State and cell that are stored in one output tensor share its scale.
  constexpr auto cell = static_cast<std::size_t>(RoundedTensor::cell);
  const auto shares_cell = [](const Node& node) { return node.recurrence() != nullptr && node.recurrence()->keeps_cell; };
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    if (shares_cell(network_.nodes[n])) widen(network_.nodes[n].output, seen_.by_node[n][cell]);
  }
  ResultScales scales = seen_;
  scales.input = largest[root(static_cast<std::size_t>(network_.input))];
  for (std::size_t n = 0; n < network_.nodes.size(); ++n)
    scales.by_node[n][result] = largest[root(static_cast<std::size_t>(network_.nodes[n].output))];
  return scales;
}

}  // namespace mho::workloads
