#include "mapper/functional/functional_chip.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/index.h"
#include "mapper/lowering/access_pattern.h"
#include "workloads/graph/operator.h"

namespace mho::mapper {

namespace {

using base::index;
using workloads::Node;
using workloads::RoundedTensor;
using Kind = StageOperation::Kind;

}  // namespace

FunctionalChip::FunctionalChip(const workloads::TiledNetwork& tiled, const Mapping& mapping, const workloads::ProgrammedMatrices& matrices,
                               const std::vector<ChipSample>& samples)
    : network_(tiled.network),
      layout_(tiled.layout),
      mapping_(mapping),
      matrices_(matrices),
      samples_(samples),
      rounding_(workloads::result_rounding(tiled)),
      execution_(network_),
      positions_(network_),
      stages_(mapping.program.stages.size()),
      streamed_(network_.values.size(), 0) {
  if (!mapping.dataflow || samples.empty()) throw std::logic_error("FunctionalChip: the mapping is not traced, or there is no sample");
  streamed_[index(network_.input)] = 1;
  for (const workloads::CarriedState& state : network_.states) streamed_[index(state.input)] = 1;
  for (const Node& node : network_.nodes) {
    const bool any = std::ranges::any_of(node.inputs, [&](int value) { return streamed_[index(value)] != 0; });
    streamed_[index(node.output)] = any ? 1 : 0;
  }
  for (std::size_t s = 0; s < stages_.size(); ++s) prepare(static_cast<int>(s));
}

/// Makes the reader of one input of the stage that `edge` leads to.
std::unique_ptr<OperandReader> FunctionalChip::reader_of(const StageInput& input, const hw::Edge& edge) {
  const Elements elements = input.elements ? input.elements : position_major(mapping_.program.stages[index(edge.consumer)].positions, input.channels);
  Places& places = places_[elements.get()];
  if (!places) places = places_of(elements);
  const bool packed = mapping_.dataflow->stages[index(edge.producer)].kind == Kind::source;
  auto reader = std::make_unique<OperandReader>(places, elements, input.channels, packed ? mapping_.dataflow->source_group : 1);
  if (input.rounded && rounding_) reader->round_by(&*rounding_);
  return reader;
}

void FunctionalChip::prepare(int at) {
  const Task& task = mapping_.dataflow->stages[index(at)];
  Stage& stage = stages_[index(at)];
  if (const auto& work = mapping_.program.stages[index(at)].mvm) {
    const tiles::TileParameters& tile = mapping_.program.settings.at(index(work->settings));
    stage.conversions = static_cast<std::uint64_t>(work->outputs) * static_cast<std::uint64_t>(tile.conversions_per_output());
  }
  int input_edge = 0;
  stage.operands.resize(task.inputs.size());
  for (std::size_t e = 0; e < mapping_.program.edges.size(); ++e) {
    const hw::Edge& edge = mapping_.program.edges[e];
    if (edge.consumer != at) continue;
    if (task.kind == Kind::stored || task.kind == Kind::weights) continue;  // values are not reordered
    const EdgeLoad& load = mapping_.dataflow->edges[e];
    const StageInput& input = task.inputs[index(load.input)];
    if (load.channel_begin == load.channel_end) {
      // Several stages share the steps; then the program alone keeps their order.
      if (mapping_.dataflow->stages[index(edge.producer)].share.all())
        stage.triggers.emplace_back(input_edge, mapping_.program.stages[index(edge.producer)].positions - 1);
      ++input_edge;
      continue;
    }
    auto& operand = stage.operands[index(load.input)];
    if (!operand) operand = reader_of(input, edge);
    if (load.rows_only) {
      const tiles::Block& block = layout_.of(network_.matrix(node(task), task.which).name).block(task.block);
      operand->add_elements(input_edge++, block.input_begin, block.input_end);
    } else {
      // A sum reads the stages of its own copy, which number their positions in the same way.
      const Share share = task.kind == Kind::sum ? Share{} : mapping_.dataflow->stages[index(edge.producer)].share;
      const bool whole = mapping_.dataflow->stages[index(edge.producer)].accumulates;  // the one position that its edges carry
      operand->add(input_edge++, load.channel_begin, load.channel_end, share, whole ? nullptr : edge.carried);
    }
  }
  for (const FusedOperation& fused_operation : task.fused) {
    const Node& rides = network_.nodes[index(fused_operation.node)];
    stage.fused.push_back(std::make_unique<ElementwiseKernel>(network_, rides, index(fused_operation.count)));
  }
  if (task.kind == Kind::node && !task.accumulates) {
    std::vector<const OperandReader*> operands(node(task).inputs.size(), nullptr);
    std::vector<StageInput> inputs = task.inputs;
    inputs.resize(operands.size());
    for (std::size_t i = 0; i < stage.operands.size(); ++i) operands[i] = stage.operands[i].get();
    stage.rule = element_kernel(network_, positions_, node(task), task.output, std::move(operands), std::move(inputs));
  }
  if (task.kind == Kind::gates || task.kind == Kind::reset_gates) stage.step = std::make_unique<workloads::RecurrentStep>(node(task));
}

const ChipSample& FunctionalChip::sample(std::int64_t inference) const {
  return samples_[std::min(static_cast<std::size_t>(inference), samples_.size() - 1)];
}

std::span<const float> FunctionalChip::fixed(int value, std::int64_t inference) {
  const workloads::ValueInfo& info = network_.values[index(value)];
  if (info.constant) return info.data;
  if (streamed_[index(value)] != 0) return {};
  auto [known, fresh] = side_tensors_.try_emplace({value, inference});
  std::vector<float>& tensor = known->second;
  if (!fresh) return tensor;
  constexpr std::int64_t kept = 16;  // inferences; an older tensor is computed again if needed
  std::erase_if(side_tensors_, [&](const auto& entry) { return entry.first.second + kept < inference; });
  tensor.assign(static_cast<std::size_t>(workloads::element_count(info.shape)), 0.0F);
  if (value == network_.length_input) {
    tensor.assign(tensor.size(), sample(inference).length.value_or(std::numeric_limits<float>::max()));
    return tensor;
  }
  for (const Node& made : network_.nodes) {
    if (made.output != value) continue;
    std::vector<std::span<const float>> inputs;
    for (const int input : made.inputs) inputs.push_back(fixed(input, inference));
    workloads::run_digital(network_, made, inputs, tensor);
    round(static_cast<int>(&made - network_.nodes.data()), RoundedTensor::result, tensor);
  }
  return tensor;
}

void FunctionalChip::round(int node, workloads::RoundedTensor tensor, std::span<float> values) const {
  if (rounding_) rounding_->round(index(node), tensor, values);
}

hw::Values FunctionalChip::source(const Task& task, std::int64_t inference, int position) const {
  const int channels = task.output.channels, group = mapping_.dataflow->source_group;
  const int positions = task.share.positions(static_cast<int>(task.output.elements->size()) / channels);
  hw::Values values;
  for (int p = position * group; p < std::min((position + 1) * group, positions); ++p) {
    for (int c = 0; c < channels; ++c) {
      values.push_back(sample(inference).values[index((*task.output.elements)[index(task.share.whole(p) * channels + c)])]);
    }
  }
  return values;
}

void FunctionalChip::gather(const Task& task, const Stage& stage, int position, const hw::Received& received, int begin, std::span<float> row) const {
  const Node& own = node(task);
  const OperandReader& operand = *stage.operands.at(0);
  if (own.recurrence() != nullptr) return operand.read_position(received, task.which == 0 ? position - sequences(own) : position, row);
  const workloads::Shape& in = shape(own.inputs[0]);
  const workloads::Window* window = own.window();
  if (window == nullptr) {
    const std::int64_t inner = inner_positions(network_, own), width = in[index(own.product_axis())];
    const std::int64_t first = position / inner * width * inner + position % inner;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = operand.read(received, first + (begin + static_cast<std::int64_t>(i)) * inner);
    return;
  }
  const workloads::Window& w = *window;
  const std::int64_t height = in.size() == 4 ? in[2] : 1, width = in.back(), out_width = shape(own.output).back();
  const std::int64_t taps = static_cast<std::int64_t>(w.kernel[0]) * w.kernel[1];
  const std::int64_t of_frame = inner_positions(network_, own), within = position % of_frame, first_channel = position / of_frame * in[1];
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::int64_t at = begin + static_cast<std::int64_t>(i), channel = first_channel + at / taps;
    const std::int64_t y = within / out_width * w.stride[0] - w.pad_begin[0] + at % taps / w.kernel[1] * w.dilation[0];
    const std::int64_t x = within % out_width * w.stride[1] - w.pad_begin[1] + at % w.kernel[1] * w.dilation[1];
    const bool inside = y >= 0 && y < height && x >= 0 && x < width;
    row[i] = inside ? operand.read(received, (channel * height + y) * width + x) : 0.0F;
  }
}

hw::Values FunctionalChip::product(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received) {
  const Node& own = node(task);
  const auto number = static_cast<std::size_t>(own.matrices[task.which]);
  const workloads::Matrix& matrix = network_.matrices[number];
  // A reversed node begins with its padding, whose products are not used. Random draws are numbered from the first product that is used.
  const std::int64_t padding = own.recurrence() != nullptr ? this->padding(own, inference) : 0;
  base::EventId event;
  event.sample = sample(inference).id;
  event.position =
      execution_.first_position(static_cast<std::size_t>(task.node)) + static_cast<std::uint32_t>(std::max<std::int64_t>(position - padding, 0));
  for (const auto& [edge, last] : stage.triggers) (void)received.at(index(edge), own.recurrence()->reverse ? last : std::min(position, last));
  const tiles::AnalogMatrix* on_tiles = matrices_.on_tiles(number);
  int begin = 0, end = matrix.inputs;
  if (on_tiles != nullptr) {
    const tiles::Block block = layout_.of(matrix.name).block(task.block);
    begin = block.input_begin;
    end = block.input_end;
  }
  std::vector<float> row(index(end - begin));
  if (own.recurrence() != nullptr && task.which == 0 && position < padding + sequences(own)) {
    const Beginning before{own, stage, inference, position, received};
    begin_state(before, 0, Task::first_of_product, begin, row);
  } else {
    gather(task, stage, position, received, begin, row);
  }
  hw::Values values(index(task.own_values), 0.0F);
  const std::uint64_t converted = stage.consumed.outputs;
  if (on_tiles == nullptr) {
    matrices_.exact(number).forward(row, 1, values);
  } else if (task.complete) {
    hw::Values part(values.size());
    on_tiles->contribute(task.block, row, event, part, &stage.consumed);
    tiles::add_contribution(part, values);
  } else {
    on_tiles->contribute(task.block, row, event, values, &stage.consumed);
  }
  if (on_tiles != nullptr) stage.products = static_cast<int>((stage.consumed.outputs - converted) / stage.conversions);
  if (task.complete) finish(task, values);
  return values;
}

hw::Values FunctionalChip::sum(const Task& task, Stage& stage, const hw::Received& received, int position) {
  hw::Values values(index(task.own_values), 0.0F), part(values.size());
  for (const auto& operand : stage.operands) {
    operand->read_position(received, position, part);
    tiles::add_contribution(part, values);
  }
  finish(task, values);
  return values;
}

void FunctionalChip::finish(const Task& task, std::span<float> values) const {
  const Node& own = node(task);
  if (own.recurrence() == nullptr && !own.bias.empty()) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += own.bias[index(task.output_begin) + i];
  }
  const RoundedTensor of_recurrence = task.which == 0 ? RoundedTensor::product : RoundedTensor::candidate;
  round(task.node, own.recurrence() == nullptr ? RoundedTensor::result : of_recurrence, values);
}

/// Collects all positions and runs the network's node at the last one. The core adds in the same order.
hw::Values FunctionalChip::accumulate(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received) {
  const Node& own = node(task);
  const StageInput& input = task.inputs.at(0);
  const auto channels = index(input.channels);
  stage.taken_in.resize(input.elements->size());
  for (std::size_t c = 0; c < channels; ++c) {
    const std::int32_t element = (*input.elements)[index(position) * channels + c];
    stage.taken_in[index(element)] = stage.operands.at(0)->read_at(received, position, static_cast<int>(c));
  }
  if (index(position + 1) * channels < input.elements->size()) return {};
  std::vector<std::span<const float>> inputs{stage.taken_in};
  for (std::size_t i = 1; i < own.inputs.size(); ++i) inputs.push_back(fixed(own.inputs[i], inference));
  std::vector<float> tensor(task.output.elements->size());
  workloads::run_digital(network_, own, inputs, tensor);
  round(task.node, RoundedTensor::result, tensor);
  hw::Values values(tensor.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = tensor[index((*task.output.elements)[i])];
  return values;
}

hw::Values FunctionalChip::compute(int at, std::int64_t inference, int position, const hw::Received& received) {
  const Task& task = mapping_.dataflow->stages[index(at)];
  Stage& stage = stages_[index(at)];
  const int whole = task.share.whole(position);  // position in the whole tensor
  hw::Values values;
  switch (task.kind) {
    case Kind::source:
      return source(task, inference, position);
    case Kind::state:
      return hw::Values(index(task.own_values), 0.0F);
    case Kind::sink:
      values.resize(index(task.own_values));
      stage.operands.at(0)->read_position(received, position, values);
      return values;
    case Kind::stored:
      return store(at, inference, position, received);
    case Kind::loaded:
      return kept_.at({task.stored, inference}).at(index(position));
    case Kind::weights:
      return {};
    case Kind::product:
    case Kind::all_product:
      values = product(task, stage, inference, whole, received);
      break;
    case Kind::sum:
      values = sum(task, stage, received, position);
      break;
    case Kind::gates:
      values = gates(task, stage, inference, position, received);
      break;
    case Kind::reset_gates:
      values = reset_gates(task, stage, inference, position, received);
      break;
    case Kind::node:
      if (task.accumulates) return accumulate(task, stage, inference, position, received);
      values.resize(index(task.own_values));
      stage.rule->compute(
          received, [&](int value) { return fixed(value, inference); }, whole, values);
      round(task.node, RoundedTensor::result, values);
      break;
  }
  ride(task, stage, inference, whole, values);
  return values;
}

hw::Values FunctionalChip::store(int at, std::int64_t inference, int position, const hw::Received& received) {
  kept_.erase({at, inference - mapping_.program.batch});
  auto& kept = kept_[{at, inference}];
  const std::span<const float> values = received.at(0, position);
  kept.resize(index(mapping_.program.stages[index(at)].positions));
  kept[index(position)].assign(values.begin(), values.end());
  return {};
}

hw::Values FunctionalChip::payload(int edge, int /*position*/, const hw::Values& values) const {
  const EdgeLoad& load = mapping_.dataflow->edges[index(edge)];
  const hw::Edge& own = mapping_.program.edges[index(edge)];
  const Task& producer = mapping_.dataflow->stages[index(own.producer)];
  const auto slice = [&](int from, int count) { return hw::Values(values.begin() + from, values.begin() + from + count); };
  const int count = load.channel_end - load.channel_begin;
  if (producer.kind == Kind::weights) return {};
  if (producer.kind != Kind::source) return slice(load.from, count);
  const int channels = producer.output.channels;
  hw::Values packed;
  if (load.rows_only) {
    const Task& reader = mapping_.dataflow->stages[index(own.consumer)];
    const tiles::Block block = layout_.of(network_.matrix(node(reader), reader.which).name).block(reader.block);
    const auto& elements = *reader.inputs.at(0).elements;
    packed.resize(index(block.inputs()));
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (elements[i] >= block.input_begin && elements[i] < block.input_end) packed[index(elements[i] - block.input_begin)] = values[i];
    }
    return packed;
  }
  for (std::size_t p = 0; p < values.size() / index(channels); ++p) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(p) * channels + load.from;
    packed.insert(packed.end(), begin, begin + count);
  }
  return packed;
}

void FunctionalChip::measure_power() {
  for (Stage& stage : stages_) stage.consumed.power = true;
}

double FunctionalChip::conductance_sum(int at) const {
  const Task& task = mapping_.dataflow->stages[index(at)];
  const auto matrix = static_cast<std::size_t>(node(task).matrices[task.which]);
  return matrices_.on_tiles(matrix)->conductance_sum(task.block);
}

std::vector<float> FunctionalChip::scores(std::size_t inference, std::span<const hw::Values> left) const {
  const auto sink =
      std::ranges::find_if(mapping_.program.stages, [](const hw::Stage& stage) { return stage.kind == hw::Stage::Kind::sink && !stage.memory; });
  const Task& task = mapping_.dataflow->stages[static_cast<std::size_t>(sink - mapping_.program.stages.begin())];
  const auto positions = index(sink->positions), channels = index(task.output.channels);
  std::vector<float> scores(positions * channels);
  for (std::size_t p = 0; p < positions; ++p) {
    for (std::size_t c = 0; c < channels; ++c) scores[index((*task.output.elements)[p * channels + c])] = left[inference * positions + p].at(c);
  }
  return scores;
}

}  // namespace mho::mapper
