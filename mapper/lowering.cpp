#include "mapper/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <stdexcept>

#include "base/error.h"
#include "mapper/geometry.h"
#include "mapper/operations.h"
#include "mapper/reading.h"
#include "mapper/streams.h"
#include "tiles/analog_matrix.h"
#include "workloads/digital_execution.h"

namespace mho::mapper {

namespace {

using workloads::Network;
using workloads::Node;
using workloads::Operator;

/// What the inputs of a block draw on average over what they would at full scale: each counts with what its devices conduct.
double mean_drive(const workloads::InputCalibration::Part& part, const tiles::TileParameters& tile, const tiles::MatrixLayout& matrix,
                  const tiles::Block& block, std::span<const float> weights) {
  if (part.row_share.empty()) return part.mean_drive;
  const std::vector<double> rows = tiles::target_row_conductances(tile, matrix, block, weights);
  double all = 0, driven = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) {
    all += rows[j];
    driven += rows[j] * static_cast<double>(part.row_share.at(j));
  }
  return all > 0 ? part.mean_drive * driven / all : part.mean_drive;
}

class Lowering {
 public:
  Lowering(const Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles, const workloads::InputCalibration& calibration,
           bool traced)
      : network_(network),
        layout_(layout),
        tiles_(tiles),
        tile_(tiles.standard()),
        calibration_(calibration),
        positions_(network),
        reading_(network, positions_),
        streams_(network.values.size()),
        traced_(traced) {
    order_kept_.assign(network.values.size(), true);
    made_as_.resize(network.values.size());
    std::iota(made_as_.begin(), made_as_.end(), 0);
    uses_.resize(network.values.size());
    for (const Node& node : network.nodes) {
      if (rearranges(node)) {
        made_as_[index(node.output)] = made_as_[index(node.inputs.at(0))];
        continue;
      }
      for (const int input : node.inputs) ++uses_[index(made_as_[index(input)])];
    }
    ++uses_[index(made_as_[index(network.output)])];
  }

  Lowered run() {
    source();
    for (const Node& node : network_.nodes) {
      if (rearranges(node)) {
        view(node);
      } else if (node.recurrence) {
        recurrent(node);
      } else if (node.on_tiles()) {
        analog(node);
      } else if (!pick(node) && !fuse(node)) {
        digital(node);
      }
    }
    sink();
    program().settings = tiles_.settings();
    if (traced_) lowered_.dataflow = std::move(flow_);
    return std::move(lowered_);
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] const workloads::Shape& shape(int value) const { return network_.values[index(value)].shape; }
  [[nodiscard]] int activation_bits() const { return tile_.digital.activation_format.bits(); }
  [[nodiscard]] int result_bits() const { return tile_.digital.result_format.bits(); }
  hw::Program& program() { return lowered_.program; }

  using Task = StageTask;
  [[nodiscard]] static int number(const Network& network, const Node& node) { return static_cast<int>(&node - network.nodes.data()); }
  [[nodiscard]] Elements order(int value) const { return traced_ ? positions_.order(shape(value)) : nullptr; }
  Task& task(int stage) { return flow_.stages[index(stage)]; }

  int add_stage(hw::Stage stage, Task task) {
    program().stages.push_back(std::move(stage));
    flow_.stages.push_back(std::move(task));
    return static_cast<int>(program().stages.size()) - 1;
  }

  int add_layer(const Node& node) {
    program().layers.push_back({node.name, node.operation});
    return static_cast<int>(program().layers.size()) - 1;
  }

  /// Edges from every part of `stream` that has any of the channels [begin, end), input number `input` of the consumer.
  void connect(const Stream& stream, int consumer, int input, const Flow& flow, int begin, int end, int bits_per_element,
               hw::MessageClass message_class = hw::MessageClass::activation) {
    auto& inputs = task(consumer).inputs;
    inputs.resize(std::max(inputs.size(), index(input) + 1));
    inputs[index(input)] = {stream.elements, stream.channels};
    for (const StreamPart& part : stream.parts) {
      const int channels = std::min(end, part.channel_end) - std::max(begin, part.channel_begin);
      if (channels <= 0) continue;
      hw::Edge edge;
      edge.producer = part.stage;
      edge.consumer = consumer;
      edge.bits_per_position = static_cast<std::int64_t>(channels) * bits_per_element;
      edge.message_class = message_class;
      edge.capacity = widest_window(flow);
      edge.needs = flow.needs;
      edge.releases = flow.releases;
      const int first = std::max(begin, part.channel_begin);
      edge.content = part.from + first - part.channel_begin;
      program().edges.push_back(std::move(edge));
      flow_.edges.push_back({input, part.from + first - part.channel_begin, first, first + channels});
    }
  }

  void source() {
    Stream stream = positions_.of(shape(network_.input));
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::source;
    stage.name = "input";
    stage.positions = stream.positions();
    stage.bits_per_position = static_cast<std::int64_t>(stream.channels) * activation_bits();
    stream.elements = order(network_.input);
    Task task{.kind = Task::Kind::source, .own_values = stream.channels, .output = {stream.elements, stream.channels}};
    stream.parts = {{add_stage(std::move(stage), std::move(task)), 0, stream.channels}};
    streams_[index(network_.input)] = std::move(stream);
  }

  void sink() {
    const Stream& stream = streams_[index(network_.output)];
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::sink;
    stage.name = "output";
    stage.positions = stream.positions();
    stage.bits_per_position = static_cast<std::int64_t>(stream.channels) * result_bits();
    Task task{.kind = Task::Kind::sink, .own_values = stream.channels, .output = {stream.elements, stream.channels}};
    const int at = add_stage(std::move(stage), std::move(task));
    connect(stream, at, 0, one_to_one(stream.positions()), 0, stream.channels, result_bits());
  }

  void view(const Node& node) {
    const auto input = index(node.inputs.at(0)), output = index(node.output);
    order_kept_[output] = order_kept_[input] && keeps_order(network_, node);
    // From the value that was made: shapes in between say nothing.
    const bool channel_major = positions_.channels_first(shape(made_as_[input]).size());
    streams_[output] = viewed(streams_[index(made_as_[input])], positions_.of(shape(node.output)), order_kept_[output], channel_major);
    const Elements& before = streams_[input].elements;
    streams_[output].elements = node.op == Operator::transpose ? transposed(before, shape(node.inputs.at(0)), node.axes) : before;
  }

  /// A run of channels of a stream is read where it lies: who needs it connects to the stages that make it.
  bool pick(const Node& node) {
    if (node.op != Operator::take || node.axes.empty()) return false;
    const auto input = index(node.inputs.at(0));
    const Stream& stream = streams_[input];
    const auto length = shape(node.inputs.at(0))[index(node.axis)];
    const Stream out = positions_.of(shape(node.output));
    if (stream.arrangement != Arrangement::direct || stream.channels != length || out.positions() != stream.positions() ||
        out.channels != static_cast<int>(node.axes.size()) || stream.parts.front().stage == 0) {
      return false;
    }
    const auto begin = static_cast<int>(node.axes.front()), end = begin + static_cast<int>(node.axes.size());
    for (std::size_t i = 0; i < node.axes.size(); ++i) {
      if (node.axes[i] != begin + static_cast<int>(i)) return false;
    }
    Stream picked = stream;
    picked.channels = end - begin;
    picked.parts.clear();
    for (const StreamPart& part : stream.parts) {
      const int from = std::max(part.channel_begin, begin), to = std::min(part.channel_end, end);
      if (from < to) picked.parts.push_back({part.stage, from - begin, to - begin, part.from + from - part.channel_begin});
    }
    picked.elements = mapper::picked(stream.elements, stream.channels, begin, end, shape(node.inputs.at(0)), node.axis);
    streams_[index(node.output)] = std::move(picked);
    return true;
  }

  /// Rides on the stages that make its input, if nobody else reads that and they compute.
  bool fuse(const Node& node) {
    if (!is_unary(network_, node)) return false;
    const int input = activations(network_, node).at(0);
    Stream stream = streams_[index(input)];
    if (uses_[index(made_as_[index(input)])] != 1 || stream.parts.front().stage == 0) return false;
    int layer = -1;
    for (StreamPart& part : stream.parts) {
      hw::Stage& stage = program().stages[index(part.stage)];
      stage.elements.push_back({node.operation, operations_per_element(network_, node) * (part.channel_end - part.channel_begin)});
      layer = stage.layer;
      Task& carrier = task(part.stage);
      const int made = carrier.riders.empty() ? carrier.own_values : carrier.riders.back().to();
      const StageInput ridden{stream.elements, stream.channels};
      carrier.riders.push_back({number(network_, node), part.from, part.channel_end - part.channel_begin, made, ridden, part.channel_begin});
      part.from = made;
    }
    program().layers[index(layer)].operation += " + " + node.operation;
    streams_[index(node.output)] = std::move(stream);
    return true;
  }

  void digital(const Node& node) {
    const auto inputs = activations(network_, node);
    if (inputs.empty()) throw std::logic_error("lower: node " + node.name + " has no activation input; constants should have been folded");
    Stream output = positions_.of(shape(node.output));
    const Stream& first = streams_[index(inputs.front())];
    // An element-wise node keeps the order its inputs come in, also where that is not the tensor's own.
    const bool element_wise = workloads::is_binary(node.op) || is_unary(network_, node);
    const bool same_order = std::ranges::all_of(inputs, [&](int value) {
      const Stream& stream = streams_[index(value)];
      return stream.arrangement == first.arrangement && stream.positions() == first.positions() && stream.channels == first.channels;
    });
    const bool same_size = static_cast<std::int64_t>(first.positions()) * first.channels == workloads::element_count(shape(node.output));
    const bool other_cut = first.positions() != output.positions() || first.arrangement != Arrangement::direct;
    const bool in_step = element_wise && same_order && same_size;
    output.elements = order(node.output);
    if (in_step && other_cut) {
      // A tensor in another cut than its own is no longer direct.
      const auto arrangement = first.arrangement == Arrangement::direct ? Arrangement::opaque : first.arrangement;
      output.plane = first.plane;
      output.channels = first.channels;
      output.arrangement = arrangement;
      output.elements = first.elements;
    }
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::digital;
    stage.name = node.name;
    stage.layer = add_layer(node);
    stage.positions = output.positions();
    stage.bits_per_position = static_cast<std::int64_t>(output.channels) * result_bits();
    stage.elements = {{node.operation, operations_per_element(network_, node) * output.channels}};
    stage.operand_bits = operand_elements(network_, node, output.channels) * result_bits();
    Task task{.kind = Task::Kind::node, .node = number(network_, node), .own_values = output.channels, .output = {output.elements, output.channels}};
    const int at = add_stage(std::move(stage), std::move(task));
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const int input = node.inputs[i];
      if (network_.values[index(input)].constant) continue;
      const Stream& stream = streams_[index(input)];
      const Flow flow = in_step ? one_to_one(output.positions()) : reading_.flow_of(node, stream, output);
      connect(stream, at, static_cast<int>(i), flow, 0, stream.channels, result_bits());
    }
    output.parts = {{at, 0, output.channels}};
    streams_[index(node.output)] = std::move(output);
  }

  void analog(const Node& node) {
    const int outputs = network_.matrix(node).outputs;
    const int input_value = activations(network_, node).at(0);
    const Stream input = streams_[index(input_value)];
    Stream output = positions_.of(shape(node.output));
    const auto positions = static_cast<int>(network_.positions(node));
    if (positions != output.positions()) {  // a product over more leading axes than a plane has: row after row
      output.plane = {1, positions};
      output.channels = outputs;
      output.arrangement = Arrangement::opaque;
    }
    Flow flow;
    if (node.op == Operator::conv && input.arrangement == Arrangement::direct) {
      flow = windowed(node.window, input.plane, output.plane);
    } else if (input.arrangement == Arrangement::direct && input.positions() == positions) {
      flow = one_to_one(positions);
    } else {
      flow = all_at_once(input.positions(), positions);
    }
    if (traced_) {
      const int inner = node.op == Operator::conv ? positions : inner_positions(network_, node);
      output.elements = product_order(positions, outputs, inner);
    }
    Product product = multiply(node, 0, node.name, add_layer(node), positions);
    for (const auto& [stage, block] : product.analog) {
      const auto [begin, end] = channels_of_rows(node, input, block.input_begin, block.input_end);
      connect(input, stage, 0, flow, begin, end, activation_bits());
    }
    output.parts = std::move(product.parts);
    streams_[index(node.output)] = std::move(output);
  }

  /// Stages of a product without their inputs.
  struct Product {
    std::vector<std::pair<int, tiles::Block>> analog;
    std::vector<StreamPart> parts;  ///< of the output
  };

  Product multiply(const Node& node, std::size_t which, const std::string& name, int layer, int positions) {
    const workloads::Matrix& weights = network_.matrix(node, which);
    Task task{.kind = Task::Kind::product, .node = number(network_, node), .which = which};
    if (weights.digital) return multiply_digitally(weights, name, layer, positions, std::move(task));
    const auto& matrix = layout_.of(weights.name);
    const auto& ranges = calibration_.parts.at(weights.name);
    Product product;
    std::map<int, std::vector<int>> stages_of_column;
    std::map<int, std::pair<int, int>> outputs_of_column;
    for (const tiles::Block& block : matrix.blocks) {
      hw::MvmWork work;
      work.tile = block.tile;
      work.settings = tiles_.index(weights.name);
      work.inputs = block.inputs();
      work.outputs = block.outputs();
      work.conductance_sum_siemens = conductance_sum(matrix, block, weights);
      work.mean_drive = mean_drive(ranges.at(index(block.row_part)), tiles_.of(weights.name), matrix, block, weights.weights);
      work.activation_bits = activation_bits();
      const auto in_column = std::ranges::count(matrix.blocks, block.column_part, &tiles::Block::column_part);
      hw::Stage stage;
      stage.kind = hw::Stage::Kind::analog;
      stage.name = matrix.blocks.size() == 1 ? name : fmt::format("{}[{},{}]", name, block.row_part, block.column_part);
      stage.layer = layer;
      stage.positions = positions;
      stage.bits_per_position =
          static_cast<std::int64_t>(block.outputs()) * (in_column > 1 ? tile_.digital.partial_sum_format.bits() : result_bits());
      stage.mvm = work;
      task.block = static_cast<std::size_t>(&block - matrix.blocks.data());
      task.output_begin = block.output_begin;
      task.output_end = block.output_end;
      task.own_values = block.outputs();
      task.complete = in_column == 1;
      const int at = add_stage(std::move(stage), task);
      product.analog.emplace_back(at, block);
      stages_of_column[block.column_part].push_back(at);
      outputs_of_column[block.column_part] = {block.output_begin, block.output_end};
      stand_on_tile(at, node.name, block);
    }
    for (const auto& [column, stages] : stages_of_column) {
      const auto [begin, end] = outputs_of_column[column];
      task.kind = Task::Kind::sum;
      task.output_begin = begin;
      task.output_end = end;
      const int at = stages.size() == 1 ? stages.front() : accumulate(name, layer, column, stages, positions, task);
      product.parts.push_back({at, begin, end});
    }
    return product;
  }

  /// One digital stage: a multiply-add for each weight.
  Product multiply_digitally(const workloads::Matrix& weights, const std::string& name, int layer, int positions, Task task) {
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::digital;
    stage.name = name;
    stage.layer = layer;
    stage.positions = positions;
    stage.bits_per_position = static_cast<std::int64_t>(weights.outputs) * result_bits();
    stage.elements = {{"product", static_cast<std::int64_t>(weights.inputs) * weights.outputs / weights.groups}};
    task.kind = Task::Kind::all_product;
    task.output_end = task.own_values = weights.outputs;
    const int at = add_stage(std::move(stage), std::move(task));
    tiles::Block all;
    all.input_end = weights.inputs;
    all.output_end = weights.outputs;
    return {{{at, all}}, {{at, 0, weights.outputs}}};
  }

  /// The first stage on a tile brings it along, others of the same matrix share it.
  void stand_on_tile(int stage, const std::string& layer, const tiles::Block& block) {
    const auto [known, fresh] = placement_of_.try_emplace({block.tile, block.tile_row, block.tile_column}, lowered_.tiles.size());
    if (fresh) {
      lowered_.tiles.push_back({block.tile, 0, layer, block});
      lowered_.tile_stages.emplace_back();
    }
    lowered_.tile_stages[known->second].push_back(stage);
  }

  double conductance_sum(const tiles::MatrixLayout& matrix, const tiles::Block& block, const workloads::Matrix& weights) {
    const auto [known, fresh] = conductance_sums_.try_emplace({block.tile, block.tile_row, block.tile_column}, 0.0);
    if (fresh) known->second = tiles::target_conductance_sum(tiles_.of(weights.name), matrix, block, weights.weights);
    return known->second;
  }

  int gates_stage(const Node& node, const std::string& name, int layer, int steps, int values, std::int64_t operations, Task::Kind kind) {
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::digital;
    stage.name = name;
    stage.layer = layer;
    stage.positions = steps;
    stage.bits_per_position = static_cast<std::int64_t>(values) * result_bits();
    stage.elements = {{node.operation, operations}};
    return add_stage(std::move(stage), {.kind = kind, .node = number(network_, node), .own_values = values});
  }

  void recurrent(const Node& node) {
    const workloads::Recurrence& recurrence = *node.recurrence;
    const int hidden = recurrence.hidden, steps = static_cast<int>(network_.positions(node)), layer = add_layer(node);
    const Stream gates = streams_[index(node.inputs.at(0))];
    // A product of the state may begin once its time step has: in a reversed node, or where steps come out of order, when all have.
    const bool in_order = !recurrence.reverse && gates.arrangement == Arrangement::direct && gates.positions() == steps;
    const Flow arriving = in_order ? one_to_one(steps) : all_at_once(gates.positions(), steps);
    const Flow back = one_behind(steps);
    const auto begin_with_time = [&](const Product& product) {
      for (const auto& [stage, block] : product.analog) {
        const Stream first{{gates.parts.front()}, gates.plane, gates.channels, gates.arrangement};
        connect(first, stage, 1, arriving, gates.parts.front().channel_begin, gates.parts.front().channel_begin + 1, 1);
        flow_.edges.back().channel_end = flow_.edges.back().channel_begin;  // that it has come is all it says
      }
    };
    const auto send_state = [&](const Stream& state, const Product& product) {
      for (const auto& [stage, block] : product.analog) {
        connect(state, stage, 0, back, block.input_begin, block.input_end, activation_bits());
      }
    };
    const auto in_steps = [&](std::vector<StreamPart> parts, int channels) {
      return Stream{std::move(parts), {1, steps}, channels, Arrangement::direct, traced_ ? position_major(steps, channels) : nullptr};
    };
    const auto receive = [&](const Product& product, int stage, int outputs) {
      connect(in_steps(product.parts, outputs), stage, 1, one_to_one(steps), 0, outputs, result_bits());
    };
    const std::int64_t operations = operations_per_element(network_, node) * hidden;
    Product product = multiply(node, 0, node.name + " products", layer, steps);
    begin_with_time(product);
    const int values = hidden * (recurrence.keeps_cell ? 2 : 1);
    int last = -1;
    if (node.matrices.size() == 1) {
      last = gates_stage(node, node.name, layer, steps, values, operations, Task::Kind::gates);
      connect(gates, last, 0, arriving, 0, gates.channels, result_bits());
      receive(product, last, network_.matrix(node).outputs);
    } else {
      // Gates z and r first; r h goes through the second product, then z and the candidate make the new state.
      const int first = gates_stage(node, node.name + " gates", layer, steps, 2 * hidden, operations / 2, Task::Kind::reset_gates);
      connect(gates, first, 0, arriving, 0, std::min(2 * hidden, gates.channels), result_bits());
      receive(product, first, 2 * hidden);
      const Product candidate = multiply(node, 1, node.name + " candidate", layer, steps);
      const Stream scaled = in_steps({{first, 0, 2 * hidden}}, 2 * hidden);
      for (const auto& [stage, block] : candidate.analog) {
        connect(scaled, stage, 0, one_to_one(steps), block.input_begin, block.input_end, activation_bits());
      }
      last = gates_stage(node, node.name, layer, steps, values, operations / 2, Task::Kind::gates);
      connect(gates, last, 0, arriving, std::min(2 * hidden, gates.channels - 1), gates.channels, result_bits());
      connect(scaled, last, 2, one_to_one(steps), hidden, 2 * hidden, result_bits());
      receive(candidate, last, hidden);
      connect(in_steps({{last, 0, hidden}}, hidden), first, 2, back, 0, hidden, result_bits());
    }
    Stream output = positions_.of(shape(node.output));
    output.plane = {1, steps};
    output.channels = values;
    if (traced_) output.elements = recurrence.reverse ? backwards(steps, values) : position_major(steps, values);
    output.arrangement = recurrence.reverse ? Arrangement::opaque : Arrangement::direct;
    output.parts = {{last, 0, output.channels}};
    send_state(in_steps({{last, 0, hidden}}, hidden), product);
    streams_[index(node.output)] = std::move(output);
  }

  /// Adds the partial sums of one column part; the bias is the last addition.
  int accumulate(const std::string& name, int layer, int column, const std::vector<int>& stages, int positions, Task task) {
    const int outputs = task.output_end - task.output_begin;
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::digital;
    stage.name = fmt::format("{} sum[{}]", name, column);
    stage.layer = layer;
    stage.positions = positions;
    stage.bits_per_position = static_cast<std::int64_t>(outputs) * result_bits();
    stage.elements = {{"accumulate", static_cast<std::int64_t>(stages.size()) * outputs}};
    task.own_values = outputs;
    task.complete = true;
    const int at = add_stage(std::move(stage), std::move(task));
    const Flow flow = one_to_one(positions);
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const Stream part{{{stages[i], 0, outputs}}, {1, positions}, outputs, Arrangement::direct};
      connect(part, at, static_cast<int>(i), flow, 0, outputs, tile_.digital.partial_sum_format.bits(), hw::MessageClass::partial_sum);
    }
    return at;
  }

  const Network& network_;
  const tiles::Layout& layout_;
  const tiles::LayerTiles& tiles_;
  const tiles::TileParameters& tile_;
  const workloads::InputCalibration& calibration_;
  Positions positions_;
  Reading reading_;
  std::vector<Stream> streams_;
  std::vector<char> order_kept_;                            ///< by value: its elements come as in that value
  std::vector<int> made_as_;                                ///< by value: the value that a stage makes and this one is a view of
  std::vector<int> uses_;                                   ///< by value that a stage makes: nodes that read it or a view of it
  std::map<std::array<int, 3>, std::size_t> placement_of_;  ///< of a block: tile and place on it
  std::map<std::array<int, 3>, double> conductance_sums_;
  bool traced_;
  Dataflow flow_;
  Lowered lowered_;
};

}  // namespace

Lowered lower(const Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles, const workloads::InputCalibration& calibration,
              bool traced) {
  return Lowering(network, layout, tiles, calibration, traced).run();
}

}  // namespace mho::mapper
