#include <algorithm>
#include <cmath>
#include <numeric>

#include "workloads/execution/execution.h"
#include "workloads/execution/recurrent_step.h"

namespace mho::workloads {

namespace {

/// Time steps of one sample: `length` of them count, processed from the end where the node runs backwards.
struct Steps {
  std::int64_t length = 0;
  bool reverse = false;
  [[nodiscard]] std::int64_t time(std::int64_t step) const { return reverse ? length - 1 - step : step; }
};

}  // namespace

void Execution::recurrent(std::size_t index, std::span<const std::span<const float>> inputs, std::span<const std::uint32_t> ids, Products& products,
                          const periphery::NumberFormat* format, std::span<float> y) const {
  const Node& node = network_.nodes[index];
  const std::size_t batch = ids.size();
  const Recurrence& r = *node.recurrence;
  const auto hidden = static_cast<std::size_t>(r.hidden);
  const std::size_t wide = static_cast<std::size_t>(network_.values[static_cast<std::size_t>(node.inputs[0])].shape.back());
  const auto steps = network_.positions(node);
  const std::size_t row = (r.keeps_cell ? 2 : 1) * hidden;  // of the output
  const bool lstm = node.op == Operator::lstm;
  const RecurrentStep steps_of(node);
  const std::size_t length_input = lstm ? 3 : 2;
  /// Of sample s; constants are the same for all.
  const auto part = [&](std::size_t input, std::size_t s, std::size_t size) {
    const bool constant = network_.values[static_cast<std::size_t>(root_[static_cast<std::size_t>(node.inputs[input])])].constant;
    return inputs[input].subspan(constant ? 0 : s * size, size);
  };
  std::vector<float> state(batch * hidden), cell(lstm ? batch * hidden : 0), sums(batch * 2 * hidden), candidates, scaled;
  std::vector<Steps> lengths(batch, {steps, r.reverse});
  for (std::size_t s = 0; s < batch; ++s) {
    std::ranges::copy(part(1, s, hidden), state.begin() + static_cast<std::ptrdiff_t>(s * hidden));
    if (lstm) std::ranges::copy(part(2, s, hidden), cell.begin() + static_cast<std::ptrdiff_t>(s * hidden));
    if (inputs.size() > length_input) {
      const float length = part(length_input, s, 1)[0];
      lengths[s].length = length >= 0.0F ? std::min(static_cast<std::int64_t>(length), steps) : 0;
    }
  }
  std::fill(y.begin(), y.end(), 0.0F);
  const auto round = [&](std::span<float> values) {
    if (format != nullptr) periphery::round_to(*format, values);
  };
  // Samples whose sequence has ended no longer reach the tiles.
  std::vector<std::size_t> running(batch);
  std::iota(running.begin(), running.end(), std::size_t{0});
  std::vector<float> rows;
  std::vector<base::EventId> events;
  const std::size_t first_outputs = static_cast<std::size_t>(network_.matrix(node).outputs);
  std::vector<float> product;
  for (std::int64_t step = 0; step < steps; ++step) {
    std::erase_if(running, [&](std::size_t s) { return step >= lengths[s].length; });
    if (running.empty()) break;
    events.clear();
    rows.resize(running.size() * hidden);
    for (std::size_t k = 0; k < running.size(); ++k) {
      const std::size_t s = running[k];
      base::EventId event;
      event.sample = ids[s];
      event.position = first_position_[index] + static_cast<std::uint32_t>(step);
      events.push_back(event);
      std::copy_n(state.begin() + static_cast<std::ptrdiff_t>(s * hidden), hidden, rows.begin() + static_cast<std::ptrdiff_t>(k * hidden));
    }
    product.resize(running.size() * first_outputs);
    products.multiply(index, 0, 0, rows, events, product);
    round(product);
    const auto input_of = [&](std::size_t k) {
      const std::size_t s = running[k];
      return inputs[0].subspan((s * static_cast<std::size_t>(steps) + static_cast<std::size_t>(lengths[s].time(step))) * wide, wide);
    };
    const auto state_of = [&](std::size_t k) { return std::span(state).subspan(running[k] * hidden, hidden); };
    const auto product_of = [&](std::size_t k) { return std::span(product).subspan(k * first_outputs, first_outputs); };
    if (!steps_of.resets_first()) {
      for (std::size_t k = 0; k < running.size(); ++k) {
        const std::span<float> own = lstm ? std::span(cell).subspan(running[k] * hidden, hidden) : std::span<float>();
        steps_of.finish(input_of(k), product_of(k), state_of(k), own);
      }
    } else {
      scaled.resize(rows.size());
      for (std::size_t k = 0; k < running.size(); ++k) {
        const std::span<float> gates = std::span(sums).subspan(k * 2 * hidden, 2 * hidden);
        steps_of.gates(input_of(k).first(2 * hidden), product_of(k), gates);
        for (std::size_t i = 0; i < hidden; ++i) scaled[k * hidden + i] = gates[hidden + i] * rows[k * hidden + i];
        round(gates.first(hidden));  // waits for the candidate as a result of its own
      }
      round(scaled);
      candidates.resize(rows.size());
      products.multiply(index, 1, 0, scaled, events, candidates);
      round(candidates);
      for (std::size_t k = 0; k < running.size(); ++k) {
        steps_of.finish_reset(std::span(sums).subspan(k * 2 * hidden, hidden), input_of(k).subspan(2 * hidden, hidden),
                              std::span(candidates).subspan(k * hidden, hidden), state_of(k));
      }
    }
    for (std::size_t k = 0; k < running.size(); ++k) {
      const std::size_t s = running[k];
      round(state_of(k));
      float* to = y.data() + (s * static_cast<std::size_t>(steps) + static_cast<std::size_t>(lengths[s].time(step))) * row;
      std::ranges::copy(state_of(k), to);
      if (!lstm) continue;
      const std::span<float> own = std::span(cell).subspan(s * hidden, hidden);
      round(own);
      if (r.keeps_cell) std::ranges::copy(own, to + hidden);
    }
  }
}

}  // namespace mho::workloads
