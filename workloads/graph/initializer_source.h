#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "workloads/graph/network.h"
#include "workloads/graph/operator.h"

namespace mho::workloads {

/// The origin of `count` numbers. `fill(to, from)` copies some of them from the numbers of `from`; the others are zeros that come from no file.
template <class Fill>
InitializerSource moved(const InitializerSource& from, std::size_t count, const Fill& fill) {
  InitializerSource to;
  if (!from.known()) return to;
  to.initialiser = from.initialiser;
  to.factor = from.factor;
  const auto move = [&](auto& target, const auto& source, auto otherwise) {
    if (source.empty()) return;
    target.assign(count, otherwise);
    fill(target, source);
  };
  move(to.element, from.element, std::int64_t{-1});
  move(to.factors, from.factors, 1.0F);
  move(to.offset, from.offset, 0.0F);
  return to;
}

/// Updates the origin of numbers that were multiplied by `factor`. A factor of 0 makes the origin unknown.
void scale(InitializerSource& origin, float factor);
/// The same with one factor for each row of `row` numbers. Numbers multiplied by 0 no longer come from an element of the file.
void scale_rows(InitializerSource& origin, std::span<const double> factors, std::size_t row);
/// Updates the origin of numbers to which constants were added: one term for each number, or a single term for all.
void shift(InitializerSource& origin, std::span<const float> terms);
/// The origin of a sum of two tensors with `count` numbers. Either tensor may have a single number, and the first may be empty. Returns the origin of
/// the second tensor if it is known and has `count` numbers, else that of the first; the data of the other become offsets. Unknown if neither
/// applies.
InitializerSource sum(const InitializerSource& a, std::span<const float> a_data, const InitializerSource& b, std::span<const float> b_data,
                      std::size_t count);
/// Clears origins that name one element of the file at two places, such as a number that was repeated: training may change the two places
/// differently, and the file has room for one number only.
void forget_repeated(Network& network);

/// Calls visit(name, numbers, origin, scale) for every tensor of a network that came from its file, in a fixed order: matrices by name, biases as
/// "conv1 bias", constants by name. If InitializerSource::offset_times_scale is set, `scale` points to the numbers that multiply the offset; else it
/// is null.
template <class AnyNetwork, class Visit>
void for_each_tensor(AnyNetwork& network, const Visit& visit) {
  const std::vector<float>* none = nullptr;
  for (auto& matrix : network.matrices) visit(matrix.name, matrix.weights, matrix.origin, none);
  for (auto& node : network.nodes) {
    if (!node.bias.empty()) visit(node.name + " bias", node.bias, node.bias_origin, none);
    if (node.recurrence() == nullptr) continue;
    auto& own = *node.recurrence();
    if (!own.candidate_bias.empty()) visit(node.name + " candidate bias", own.candidate_bias, own.candidate_origin, none);
    if (!own.peepholes.empty()) visit(node.name + " peepholes", own.peepholes, own.peephole_origin, none);
  }
  std::vector<const std::vector<float>*> scales(network.values.size(), nullptr);
  for (const Node& node : network.nodes) {
    if (!node.op->constants_by_channel) continue;
    scales[static_cast<std::size_t>(node.inputs.at(2))] = &network.values[static_cast<std::size_t>(node.inputs.at(1))].data;
  }
  for (std::size_t v = 0; v < network.values.size(); ++v) {
    auto& value = network.values[v];
    if (value.constant) visit(value.name, value.data, value.origin, value.origin.offset_times_scale ? scales[v] : none);
  }
}

/// Relation of one number of a tensor to its element in the file: number = factor * element + offset.
struct Made {
  double factor = 1, offset = 0;
};
/// The relation of number `k`. `scale` multiplies the offset; null: 1.
Made made_from(const InitializerSource& origin, std::size_t k, const std::vector<float>* scale);

}  // namespace mho::workloads
