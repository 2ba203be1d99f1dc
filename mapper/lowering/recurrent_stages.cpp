#include "mapper/lowering/recurrent_stages.h"

#include <algorithm>

#include "base/index.h"
#include "mapper/lowering/operations.h"

namespace mho::mapper {

using base::index;
using workloads::Node;

TensorStream RecurrentStages::add(const Node& node, const StreamOf& stream_of) {
  const workloads::Recurrence& recurrence = *node.recurrence();
  const Steps steps{.node = node,
                    .layer = builder_.add_layer(node),
                    .sequences = static_cast<int>(network_.values[index(node.output)].shape.at(1)),
                    .positions = static_cast<int>(network_.positions(node)),
                    .hidden = recurrence.hidden};
  const TensorStream input = *stream_of(node.inputs.at(0));
  // A product of the state may begin when the input of its time step has arrived. In a reversed node, or if steps arrive out of order, it waits for
  // all steps.
  const bool in_order = !recurrence.reverse && input.arrangement == Arrangement::direct && input.positions() == steps.positions;
  const AccessSchedule arriving = in_order ? one_to_one(steps.positions) : all_at_once(input.positions(), steps.positions);
  const Product product = products_.multiply(node, 0, node.name + " products", steps.layer, steps.positions);
  begin_with_time(product, input, arriving);
  const int values = steps.hidden * (recurrence.keeps_cell ? 2 : 1);
  const int last = node.matrices.size() == 1 ? gates(steps, product, input, arriving, values)
                                             : gates_after_reset(steps, stream_of, product, input, arriving, values);
  // Besides the product, the gates read the state (GRU) or the cell (LSTM).
  const bool mixes_state = recurrence.kind == workloads::Recurrence::Kind::gru;
  if (mixes_state) begin(steps, stream_of, 0, last, StageOperation::first_state, 0, steps.hidden, result_bits());
  if (recurrence.has_cell()) begin(steps, stream_of, 1, last, StageOperation::first_cell, 0, steps.hidden, result_bits());
  const TensorStream state = in_steps(steps, {{last, 0, steps.hidden}}, steps.hidden);
  const AccessSchedule back = steps_behind(steps.positions, steps.sequences);
  for (const auto& [stage, block] : product.analog) {
    builder_.connect(state, stage, 0, back, block.input_begin, block.input_end, activation_bits());
    begin(steps, stream_of, 0, stage, StageOperation::first_of_product, block.input_begin, block.input_end, activation_bits());
  }
  TensorStream output = in_steps(steps, {{last, 0, values}}, values);
  if (recurrence.reverse) {
    output.arrangement = Arrangement::opaque;
    if (traced_) output.elements = backwards(steps.positions / steps.sequences, steps.sequences * values);
  }
  return output;
}

TensorStream RecurrentStages::in_steps(const Steps& steps, std::vector<StreamPart> parts, int channels) const {
  return {std::move(parts), {1, steps.positions}, channels, Arrangement::direct, traced_ ? position_major(steps.positions, channels) : nullptr};
}

int RecurrentStages::gates_stage(const Steps& steps, const std::string& name, int values, std::int64_t operations, StageOperation::Kind kind) {
  hw::Stage stage;
  stage.kind = hw::Stage::Kind::digital;
  stage.name = name;
  stage.layer = steps.layer;
  stage.positions = steps.positions;
  stage.bits_per_position = static_cast<std::int64_t>(values) * result_bits();
  stage.elements = {{steps.node.operation, operations}};
  return builder_.add_stage(std::move(stage), {.kind = kind, .node = static_cast<int>(&steps.node - network_.nodes.data()), .own_values = values});
}

void RecurrentStages::begin_with_time(const Product& product, const TensorStream& gates, const AccessSchedule& arriving) {
  const int begin = gates.parts.front().channel_begin;
  for (const auto& [stage, block] : product.analog) {
    for (const StreamPart& part : gates.parts) {
      if (part.channel_begin != begin) continue;  // only the first channels of each share
      const std::size_t before = builder_.dataflow.edges.size();
      builder_.connect({{part}, gates.plane, gates.channels, gates.arrangement}, stage, 1, arriving, begin, begin + 1, 1);
      // The edge carries no values; it only signals the arrival.
      if (builder_.dataflow.edges.size() > before) builder_.dataflow.edges.back().channel_end = builder_.dataflow.edges.back().channel_begin;
    }
  }
}

void RecurrentStages::receive(const Steps& steps, const Product& product, int stage, int outputs) {
  builder_.connect(in_steps(steps, product.parts, outputs), stage, 1, one_to_one(steps.positions), 0, outputs, result_bits());
}

void RecurrentStages::begin(const Steps& steps, const StreamOf& stream_of, std::size_t which, int stage, std::size_t input, int first, int last,
                            int bits) {
  const TensorStream* before = stream_of(steps.node.inputs.at(1 + which));
  if (before == nullptr) return;
  // If the channels of the stream are not those of the state, each block reads all of them.
  const bool rows = before->arrangement == Arrangement::direct && before->channels == steps.hidden;
  // A reversed node begins after its padding.
  const workloads::Recurrence& recurrence = *steps.node.recurrence();
  const bool padded = recurrence.reverse && steps.node.inputs.size() > recurrence.length_input();
  const AccessSchedule schedule = before_first(before->positions(), steps.positions, padded ? steps.positions : steps.sequences);
  builder_.connect(*before, stage, static_cast<int>(input), schedule, rows ? first : 0, rows ? last : before->channels, bits);
}

int RecurrentStages::gates(const Steps& steps, const Product& product, const TensorStream& input, const AccessSchedule& arriving, int values) {
  const std::int64_t operations = operations_per_element(network_, steps.node) * steps.hidden;
  const int last = gates_stage(steps, steps.node.name, values, operations, StageOperation::Kind::gates);
  builder_.connect(input, last, 0, arriving, 0, input.channels, result_bits());
  receive(steps, product, last, network_.matrix(steps.node).outputs);
  return last;
}

/// Gates z and r first; r h goes through the second product, then z and the candidate make the new state.
int RecurrentStages::gates_after_reset(const Steps& steps, const StreamOf& stream_of, const Product& product, const TensorStream& input,
                                       const AccessSchedule& arriving, int values) {
  const Node& node = steps.node;
  const int hidden = steps.hidden;
  const std::int64_t operations = operations_per_element(network_, node) * hidden;
  const AccessSchedule in_turn = one_to_one(steps.positions);
  const int first = gates_stage(steps, node.name + " gates", 2 * hidden, operations / 2, StageOperation::Kind::reset_gates);
  builder_.connect(input, first, 0, arriving, 0, std::min(2 * hidden, input.channels), result_bits());
  receive(steps, product, first, 2 * hidden);
  const Product candidate = products_.multiply(node, 1, node.name + " candidate", steps.layer, steps.positions);
  const TensorStream scaled = in_steps(steps, {{first, 0, 2 * hidden}}, 2 * hidden);
  for (const auto& [stage, block] : candidate.analog) {
    builder_.connect(scaled, stage, 0, in_turn, block.input_begin, block.input_end, activation_bits());
  }
  const int last = gates_stage(steps, node.name, values, operations / 2, StageOperation::Kind::gates);
  builder_.connect(input, last, 0, arriving, std::min(2 * hidden, input.channels - 1), input.channels, result_bits());
  builder_.connect(scaled, last, 2, in_turn, hidden, 2 * hidden, result_bits());
  receive(steps, candidate, last, hidden);
  const TensorStream state = in_steps(steps, {{last, 0, hidden}}, hidden);
  builder_.connect(state, first, 2, steps_behind(steps.positions, steps.sequences), 0, hidden, result_bits());
  begin(steps, stream_of, 0, first, StageOperation::first_state, 0, hidden, result_bits());
  return last;
}

}  // namespace mho::mapper
