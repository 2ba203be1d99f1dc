// Traces the numbers of constants to initialisers, through the operators that the importer folds.
#include "workloads/onnx/onnx_trace.h"

#include <algorithm>
#include <span>
#include <vector>

#include "workloads/graph/operator.h"

namespace mho::workloads {

namespace {

/// Runs the operator on the indices of the elements, from -1 on, instead of their values. An index is split into two parts that floats hold exactly.
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
    // Values without an origin are kept as offsets.
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

}  // namespace

InitializerSource origin_of_folded(const Network& network, const Node& node) {
  const std::size_t count = network.values[static_cast<std::size_t>(node.output)].data.size();
  if (node.op->origin != nullptr) return node.op->origin(network, node, count);
  return node.op->moves_only ? of_moved(network, node, count) : InitializerSource{};
}

}  // namespace mho::workloads
