// The time steps of recurrent layers, as the cores compute them in a functional simulation.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/index.h"
#include "mapper/functional/functional_chip.h"

namespace mho::mapper {

using base::index;
using workloads::Node;
using workloads::RoundedTensor;

std::int64_t FunctionalChip::length(const Node& own, std::int64_t inference) {
  const std::size_t input = own.as<workloads::Recurrence>().length_input();
  const std::int64_t steps = shape(own.output)[0];
  if (own.inputs.size() <= input) return steps;
  const float given = fixed(own.inputs[input], inference)[0];
  return given >= 0.0F ? static_cast<std::int64_t>(std::min(given, static_cast<float>(steps))) : 0;
}

int FunctionalChip::sequences(const Node& own) const { return static_cast<int>(shape(own.output).at(1)); }

std::int64_t FunctionalChip::padding(const Node& own, std::int64_t inference) {
  return own.recurrence()->reverse ? (shape(own.output)[0] - length(own, inference)) * sequences(own) : 0;
}

void FunctionalChip::begin_state(const Beginning& of, std::size_t which, std::size_t input, int begin, std::span<float> state) {
  const int value = of.own.inputs[1 + which];
  const std::int64_t first = std::int64_t{of.position % sequences(of.own)} * of.own.recurrence()->hidden + begin;
  if (streamed_[index(value)] != 0) {
    const OperandReader& operand = *of.stage.operands.at(input);
    for (std::size_t i = 0; i < state.size(); ++i) state[i] = operand.read(of.received, first + static_cast<std::int64_t>(i));
    return;
  }
  std::copy_n(fixed(value, of.inference).begin() + first, state.size(), state.begin());
}

hw::Values FunctionalChip::reset_gates(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received) {
  const Node& own = node(task);
  const auto hidden = index(own.recurrence()->hidden);
  stage.state.resize(hidden);
  if (position < padding(own, inference) + sequences(own)) {
    begin_state({own, stage, inference, position, received}, 0, Task::first_state, 0, stage.state);
  } else {
    stage.operands[2]->read_position(received, position - sequences(own), stage.state);
  }
  std::vector<float> x(2 * hidden), product(2 * hidden);
  const std::int64_t row = row_of(own, position) * shape(own.inputs[0]).back();
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = stage.operands[0]->read(received, row + static_cast<std::int64_t>(i));
  stage.operands[1]->read_position(received, position, product);
  // First r h, the input of the second product, then z.
  hw::Values values(2 * hidden), z_and_r(2 * hidden);
  stage.step->gates(x, product, z_and_r);
  for (std::size_t i = 0; i < hidden; ++i) {
    values[i] = z_and_r[hidden + i] * stage.state[i];
    values[hidden + i] = z_and_r[i];
  }
  round(task.node, RoundedTensor::gate, values);
  return values;
}

std::int64_t FunctionalChip::row_of(const Node& own, int position) const {
  if (!own.recurrence()->reverse) return position;
  const std::int64_t each = sequences(own);
  return (shape(own.output)[0] - 1 - position / each) * each + position % each;
}

hw::Values FunctionalChip::gates(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received) {
  const Node& own = node(task);
  const int each = sequences(own), step = position / each;
  const auto hidden = index(own.recurrence()->hidden), at = index(position % each) * hidden;
  stage.state.resize(hidden * index(each));
  stage.cell.resize(stage.step->keeps_cell() ? stage.state.size() : 0);
  const std::span<float> state = std::span(stage.state).subspan(at, hidden);
  const std::span<float> cell = stage.cell.empty() ? std::span<float>() : std::span(stage.cell).subspan(at, hidden);
  if (step == 0) {
    const Beginning before{own, stage, inference, position, received};
    if (own.recurrence()->kind == workloads::Recurrence::Kind::gru) begin_state(before, 0, Task::first_state, 0, state);
    if (!cell.empty()) begin_state(before, 1, Task::first_cell, 0, cell);
  }
  hw::Values values(index(task.own_values), 0.0F);
  const bool reverse = own.recurrence()->reverse;
  if (position < padding(own, inference) || (!reverse && step >= length(own, inference))) return values;
  const std::int64_t wide = shape(own.inputs[0]).back(), row = row_of(own, position) * wide;
  const std::size_t first = stage.step->resets_first() ? 2 * hidden : 0;
  std::vector<float> x(static_cast<std::size_t>(wide) - first), product(stage.step->resets_first() ? hidden : index(network_.matrix(own).outputs));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = stage.operands[0]->read(received, row + static_cast<std::int64_t>(first + i));
  stage.operands[1]->read_position(received, position, product);
  if (stage.step->resets_first()) {
    std::vector<float> z(hidden);
    stage.operands[2]->read_position(received, position, z);
    stage.step->finish_reset(z, x, product, state);
  } else {
    stage.step->finish(x, product, state, cell);
  }
  round(task.node, RoundedTensor::result, state);
  round(task.node, RoundedTensor::cell, cell);
  std::ranges::copy(state, values.begin());
  if (own.recurrence()->keeps_cell) std::ranges::copy(cell, values.begin() + static_cast<std::ptrdiff_t>(hidden));
  return values;
}

void FunctionalChip::ride(const Task& task, Stage& stage, std::int64_t inference, int position, hw::Values& values) {
  for (std::size_t r = 0; r < task.fused.size(); ++r) {
    const FusedOperation& fused_operation = task.fused[r];
    const std::size_t begin = values.size();
    values.resize(begin + index(fused_operation.count));
    const auto elements =
        std::span(*fused_operation.stream.elements)
            .subspan(index(position) * index(fused_operation.stream.channels) + index(fused_operation.channel_begin), index(fused_operation.count));
    const std::span<float> own = std::span(values).subspan(begin);
    std::size_t next = 0;
    stage.fused[r]->compute(
        elements, [&](std::size_t, std::int64_t) { return values[index(fused_operation.from) + next++]; },
        [&](int value) { return fixed(value, inference); }, own);
    round(fused_operation.node, RoundedTensor::result, own);
  }
}

}  // namespace mho::mapper
