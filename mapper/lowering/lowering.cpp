#include "mapper/lowering/lowering.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "base/index.h"
#include "mapper/lowering/access_pattern.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/operations.h"
#include "mapper/lowering/product_stages.h"
#include "mapper/lowering/tensor_stream.h"
#include "workloads/graph/operator.h"

namespace mho::mapper {

namespace {

using base::index;
using workloads::Network;
using workloads::Node;

class Lowering {
 public:
  Lowering(const workloads::TiledNetwork& tiled, bool traced)
      : network_(tiled.network),
        tiles_(tiled.tiles),
        tile_(tiles_.standard()),
        positions_(network_),
        access_pattern_(network_, positions_),
        streams_(network_.values.size()),
        traced_(traced),
        products_(tiled, builder_) {
    order_kept_.assign(network_.values.size(), true);
    made_as_.resize(network_.values.size());
    std::iota(made_as_.begin(), made_as_.end(), 0);
    uses_.resize(network_.values.size());
    for (const Node& node : network_.nodes) {
      if (rearranges(node)) {
        made_as_[index(node.output)] = made_as_[index(node.inputs.at(0))];
        continue;
      }
      for (const int input : node.inputs) ++uses_[index(made_as_[index(input)])];
    }
    ++uses_[index(made_as_[index(network_.output)])];
  }

  Lowered run() {
    source();
    for (const Node& node : network_.nodes) {
      if (rearranges(node)) {
        view(node);
      } else if (node.recurrence() != nullptr) {
        recurrent(node);
      } else if (node.on_tiles()) {
        analog(node);
      } else if (!pick(node) && !fuse(node)) {
        digital(node);
      }
    }
    sink();
    program().settings = tiles_.settings();
    Lowered lowered{.program = std::move(builder_.program),
                    .tiles = std::move(products_.placements),
                    .dataflow = {},
                    .tile_stages = std::move(products_.tile_stages)};
    lowered.dataflow = std::move(builder_.dataflow);
    return lowered;
  }

 private:
  [[nodiscard]] const workloads::Shape& shape(int value) const { return network_.values[index(value)].shape; }
  [[nodiscard]] int activation_bits() const { return tile_.digital.activation_format.bits(); }
  [[nodiscard]] int result_bits() const { return tile_.digital.result_format.bits(); }
  hw::Program& program() { return builder_.program; }

  using Task = StageOperation;
  [[nodiscard]] static int number(const Network& network, const Node& node) { return static_cast<int>(&node - network.nodes.data()); }
  [[nodiscard]] Elements order(int value) const { return traced_ ? positions_.order(shape(value)) : nullptr; }

  void source() {
    TensorStream stream = positions_.of(shape(network_.input));
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::source;
    stage.name = "input";
    stage.positions = stream.positions();
    stage.bits_per_position = static_cast<std::int64_t>(stream.channels) * activation_bits();
    stream.elements = order(network_.input);
    Task task{.kind = Task::Kind::source, .own_values = stream.channels, .output = {stream.elements, stream.channels}};
    stream.parts = {{builder_.add_stage(std::move(stage), std::move(task)), 0, stream.channels}};
    streams_[index(network_.input)] = std::move(stream);
  }

  void sink() {
    const TensorStream& stream = streams_[index(network_.output)];
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::sink;
    stage.name = "output";
    stage.positions = stream.positions();
    stage.bits_per_position = static_cast<std::int64_t>(stream.channels) * result_bits();
    Task task{.kind = Task::Kind::sink, .own_values = stream.channels, .output = {stream.elements, stream.channels}};
    const int at = builder_.add_stage(std::move(stage), std::move(task));
    builder_.connect(stream, at, 0, one_to_one(stream.positions()), 0, stream.channels, result_bits());
  }

  void view(const Node& node) {
    const auto input = index(node.inputs.at(0)), output = index(node.output);
    order_kept_[output] = order_kept_[input] && keeps_order(network_, node);
    // From the value that was made: shapes in between say nothing.
    const bool channel_major = positions_.channels_first(shape(made_as_[input]).size());
    streams_[output] = viewed(streams_[index(made_as_[input])], positions_.of(shape(node.output)), order_kept_[output], channel_major);
    const Elements& before = streams_[input].elements;
    const auto* moved = std::get_if<workloads::Permutation>(&node.attributes);
    streams_[output].elements = moved != nullptr ? transposed(before, shape(node.inputs.at(0)), moved->axes) : before;
  }

  /// A run of channels of a stream is read where it lies: who needs it connects to the stages that make it.
  bool pick(const Node& node) {
    const auto* picking = std::get_if<workloads::Picking>(&node.attributes);
    if (picking == nullptr || picking->indices.empty()) return false;
    const auto& indices = picking->indices;
    const auto input = index(node.inputs.at(0));
    const TensorStream& stream = streams_[input];
    const auto length = shape(node.inputs.at(0))[index(picking->axis)];
    const TensorStream out = positions_.of(shape(node.output));
    if (stream.arrangement != Arrangement::direct || stream.channels != length || out.positions() != stream.positions() ||
        out.channels != static_cast<int>(indices.size()) || stream.parts.front().stage == 0) {
      return false;
    }
    const auto begin = static_cast<int>(indices.front()), end = begin + static_cast<int>(indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (indices[i] != begin + static_cast<int>(i)) return false;
    }
    TensorStream picked = stream;
    picked.channels = end - begin;
    picked.parts.clear();
    for (const StreamPart& part : stream.parts) {
      const int from = std::max(part.channel_begin, begin), to = std::min(part.channel_end, end);
      if (from < to) picked.parts.push_back({part.stage, from - begin, to - begin, part.from + from - part.channel_begin});
    }
    picked.elements = mapper::picked(stream.elements, stream.channels, begin, end, shape(node.inputs.at(0)), picking->axis);
    streams_[index(node.output)] = std::move(picked);
    return true;
  }

  /// Rides on the stages that make its input, if nobody else reads that and they compute.
  bool fuse(const Node& node) {
    if (!is_unary(network_, node)) return false;
    const int input = activations(network_, node).at(0);
    TensorStream stream = streams_[index(input)];
    if (uses_[index(made_as_[index(input)])] != 1 || stream.parts.front().stage == 0) return false;
    int layer = -1;
    for (StreamPart& part : stream.parts) {
      hw::Stage& stage = program().stages[index(part.stage)];
      stage.elements.push_back({node.operation, operations_per_element(network_, node) * (part.channel_end - part.channel_begin)});
      layer = stage.layer;
      Task& carrier = builder_.task(part.stage);
      const int made = carrier.fused.empty() ? carrier.own_values : carrier.fused.back().to();
      const StageInput ridden{stream.elements, stream.channels};
      carrier.fused.push_back({number(network_, node), part.from, part.channel_end - part.channel_begin, made, ridden, part.channel_begin});
      part.from = made;
    }
    program().layers[index(layer)].operation += " + " + node.operation;
    streams_[index(node.output)] = std::move(stream);
    return true;
  }

  void digital(const Node& node) {
    const auto inputs = activations(network_, node);
    if (inputs.empty()) throw std::logic_error("lower: node " + node.name + " has no activation input; constants should have been folded");
    TensorStream output = positions_.of(shape(node.output));
    const TensorStream& first = streams_[index(inputs.front())];
    // An element-wise node keeps the order its inputs come in, also where that is not the tensor's own.
    const bool element_wise = node.op->elementwise == workloads::Elementwise::binary || is_unary(network_, node);
    const bool same_order = std::ranges::all_of(inputs, [&](int value) {
      const TensorStream& stream = streams_[index(value)];
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
    stage.layer = builder_.add_layer(node);
    stage.positions = output.positions();
    stage.bits_per_position = static_cast<std::int64_t>(output.channels) * result_bits();
    stage.elements = {{node.operation, operations_per_element(network_, node) * output.channels}};
    stage.operand_bits = operand_elements(network_, node, output.channels) * result_bits();
    Task task{.kind = Task::Kind::node, .node = number(network_, node), .own_values = output.channels, .output = {output.elements, output.channels}};
    const int at = builder_.add_stage(std::move(stage), std::move(task));
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const int input = node.inputs[i];
      if (network_.values[index(input)].constant) continue;
      const TensorStream& stream = streams_[index(input)];
      const AccessSchedule schedule = in_step ? one_to_one(output.positions()) : access_pattern_.schedule_of(node, stream, output);
      builder_.connect(stream, at, static_cast<int>(i), schedule, 0, stream.channels, result_bits());
    }
    output.parts = {{at, 0, output.channels}};
    streams_[index(node.output)] = std::move(output);
  }

  void analog(const Node& node) {
    const int outputs = network_.matrix(node).outputs;
    const int input_value = activations(network_, node).at(0);
    const TensorStream input = streams_[index(input_value)];
    TensorStream output = positions_.of(shape(node.output));
    const auto positions = static_cast<int>(network_.positions(node));
    const int inner = inner_positions(network_, node);
    const int own_inner = positions_.channels_first(shape(node.output).size()) ? output.plane.height * output.plane.width : 1;
    if (positions != output.positions() || (outputs != 1 && inner != own_inner)) {  // in another order than the tensor's own, row after row
      output.plane = {1, positions};
      output.channels = outputs;
      output.arrangement = Arrangement::opaque;
    }
    const AccessPattern::ProductAccess access = access_pattern_.access_of_product(node, input, output);
    if (traced_) output.elements = product_order(positions, outputs, inner);
    Product product = products_.multiply(node, 0, node.name, builder_.add_layer(node), positions);
    for (const auto& [stage, block] : product.analog) {
      const auto [begin, end] = access.row_by_row ? channels_of_rows(node, input, block.input_begin, block.input_end) : std::pair(0, input.channels);
      builder_.connect(input, stage, 0, access.schedule, begin, end, activation_bits());
    }
    output.parts = std::move(product.parts);
    streams_[index(node.output)] = std::move(output);
  }

  int gates_stage(const Node& node, const std::string& name, int layer, int steps, int values, std::int64_t operations, Task::Kind kind) {
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::digital;
    stage.name = name;
    stage.layer = layer;
    stage.positions = steps;
    stage.bits_per_position = static_cast<std::int64_t>(values) * result_bits();
    stage.elements = {{node.operation, operations}};
    return builder_.add_stage(std::move(stage), {.kind = kind, .node = number(network_, node), .own_values = values});
  }

  void recurrent(const Node& node) {
    const workloads::Recurrence& recurrence = *node.recurrence();
    const int hidden = recurrence.hidden, steps = static_cast<int>(network_.positions(node)), layer = builder_.add_layer(node);
    const TensorStream gates = streams_[index(node.inputs.at(0))];
    // A product of the state may begin once its time step has: in a reversed node, or where steps come out of order, when all have.
    const bool in_order = !recurrence.reverse && gates.arrangement == Arrangement::direct && gates.positions() == steps;
    const AccessSchedule arriving = in_order ? one_to_one(steps) : all_at_once(gates.positions(), steps);
    const AccessSchedule back = one_behind(steps);
    const auto begin_with_time = [&](const Product& product) {
      for (const auto& [stage, block] : product.analog) {
        const TensorStream first{{gates.parts.front()}, gates.plane, gates.channels, gates.arrangement};
        builder_.connect(first, stage, 1, arriving, gates.parts.front().channel_begin, gates.parts.front().channel_begin + 1, 1);
        builder_.dataflow.edges.back().channel_end = builder_.dataflow.edges.back().channel_begin;  // that it has come is all it says
      }
    };
    const auto send_state = [&](const TensorStream& state, const Product& product) {
      for (const auto& [stage, block] : product.analog) {
        builder_.connect(state, stage, 0, back, block.input_begin, block.input_end, activation_bits());
      }
    };
    const auto in_steps = [&](std::vector<StreamPart> parts, int channels) {
      return TensorStream{std::move(parts), {1, steps}, channels, Arrangement::direct, traced_ ? position_major(steps, channels) : nullptr};
    };
    const auto receive = [&](const Product& product, int stage, int outputs) {
      builder_.connect(in_steps(product.parts, outputs), stage, 1, one_to_one(steps), 0, outputs, result_bits());
    };
    const std::int64_t operations = operations_per_element(network_, node) * hidden;
    Product product = products_.multiply(node, 0, node.name + " products", layer, steps);
    begin_with_time(product);
    const int values = hidden * (recurrence.keeps_cell ? 2 : 1);
    int last = -1;
    if (node.matrices.size() == 1) {
      last = gates_stage(node, node.name, layer, steps, values, operations, Task::Kind::gates);
      builder_.connect(gates, last, 0, arriving, 0, gates.channels, result_bits());
      receive(product, last, network_.matrix(node).outputs);
    } else {
      // Gates z and r first; r h goes through the second product, then z and the candidate make the new state.
      const int first = gates_stage(node, node.name + " gates", layer, steps, 2 * hidden, operations / 2, Task::Kind::reset_gates);
      builder_.connect(gates, first, 0, arriving, 0, std::min(2 * hidden, gates.channels), result_bits());
      receive(product, first, 2 * hidden);
      const Product candidate = products_.multiply(node, 1, node.name + " candidate", layer, steps);
      const TensorStream scaled = in_steps({{first, 0, 2 * hidden}}, 2 * hidden);
      for (const auto& [stage, block] : candidate.analog) {
        builder_.connect(scaled, stage, 0, one_to_one(steps), block.input_begin, block.input_end, activation_bits());
      }
      last = gates_stage(node, node.name, layer, steps, values, operations / 2, Task::Kind::gates);
      builder_.connect(gates, last, 0, arriving, std::min(2 * hidden, gates.channels - 1), gates.channels, result_bits());
      builder_.connect(scaled, last, 2, one_to_one(steps), hidden, 2 * hidden, result_bits());
      receive(candidate, last, hidden);
      builder_.connect(in_steps({{last, 0, hidden}}, hidden), first, 2, back, 0, hidden, result_bits());
    }
    TensorStream output = positions_.of(shape(node.output));
    output.plane = {1, steps};
    output.channels = values;
    if (traced_) output.elements = recurrence.reverse ? backwards(steps, values) : position_major(steps, values);
    output.arrangement = recurrence.reverse ? Arrangement::opaque : Arrangement::direct;
    output.parts = {{last, 0, output.channels}};
    send_state(in_steps({{last, 0, hidden}}, hidden), product);
    streams_[index(node.output)] = std::move(output);
  }

  const Network& network_;
  const tiles::LayerTiles& tiles_;
  const tiles::TileParameters& tile_;
  Positions positions_;
  AccessPattern access_pattern_;
  std::vector<TensorStream> streams_;
  std::vector<char> order_kept_;  ///< by value: its elements come as in that value
  std::vector<int> made_as_;      ///< by value: the value that a stage makes and this one is a view of
  std::vector<int> uses_;         ///< by value that a stage makes: nodes that read it or a view of it
  bool traced_;
  ProgramBuilder builder_;
  ProductStages products_;
};

}  // namespace

Lowered lower(const workloads::TiledNetwork& tiled, bool traced) { return Lowering(tiled, traced).run(); }

}  // namespace mho::mapper
