#include "mapper/lowering/program_builder.h"

#include <algorithm>
#include <tuple>

#include "mapper/lowering/lowered.h"

namespace mho::mapper {

int ProgramBuilder::add_stage(hw::Stage stage, StageOperation task) {
  program.stages.push_back(std::move(stage));
  dataflow.stages.push_back(std::move(task));
  return static_cast<int>(program.stages.size()) - 1;
}

int ProgramBuilder::add_layer(const workloads::Node& node) {
  program.layers.push_back({node.name, node.operation});
  return static_cast<int>(program.layers.size()) - 1;
}

const SharedSchedule& ProgramBuilder::shared_schedule(const AccessSchedule& whole, const Share& consumer, const Share& producer, int positions) {
  const auto key =
      std::tuple(whole.needs, whole.first, consumer.stages, consumer.index, consumer.turn, producer.stages, producer.index, producer.turn, positions);
  const auto [known, fresh] = shared_.try_emplace(key);
  if (fresh) known->second = shared(whole, consumer, producer, positions);
  return known->second;
}

void ProgramBuilder::connect(const TensorStream& stream, int consumer, int input, const AccessSchedule& schedule, int begin, int end,
                             int bits_per_element, hw::MessageClass message_class) {
  auto& inputs = task(consumer).inputs;
  inputs.resize(std::max(inputs.size(), static_cast<std::size_t>(input) + 1));
  inputs[static_cast<std::size_t>(input)] = {stream.elements, stream.channels, stream.rounded};
  for (const StreamPart& part : stream.parts) {
    const int channels = std::min(end, part.channel_end) - std::max(begin, part.channel_begin);
    if (channels <= 0) continue;
    const SharedSchedule& own = shared_schedule(schedule, task(consumer).share, part.share, stream.positions());
    if (own.count == 0) continue;
    hw::Edge edge;
    edge.producer = part.stage;
    edge.consumer = consumer;
    edge.bits_per_position = static_cast<std::int64_t>(channels) * bits_per_element;
    edge.message_class = message_class;
    set_schedule(edge, own.schedule);
    edge.carried = part.only_at < 0 ? own.carried : std::make_shared<const std::vector<std::int32_t>>(1, part.only_at);
    const int first = std::max(begin, part.channel_begin);
    edge.content = part.from + first - part.channel_begin;
    program.edges.push_back(std::move(edge));
    dataflow.edges.push_back({input, part.from + first - part.channel_begin, first, first + channels});
  }
}

}  // namespace mho::mapper
