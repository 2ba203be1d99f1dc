#include "mapper/lowering/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "base/index.h"
#include "mapper/lowering/access_pattern.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/operations.h"
#include "mapper/lowering/product_stages.h"
#include "mapper/lowering/recurrent_stages.h"
#include "mapper/lowering/tensor_stream.h"
#include "workloads/graph/operator.h"

namespace mho::mapper {

namespace {

using base::index;
using workloads::Network;
using workloads::Node;

class Lowering {
 public:
  Lowering(const workloads::TiledNetwork& tiled, bool traced, const std::optional<StageLimits>& limits)
      : network_(tiled.network),
        tiles_(tiled.tiles),
        layout_(tiled.layout),
        tile_(tiles_.standard()),
        positions_(network_),
        access_pattern_(network_, positions_),
        streams_(network_.values.size()),
        traced_(traced),
        limits_(limits),
        products_(tiled, builder_),
        recurrences_(tiled, traced, builder_, products_) {
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
    for (const workloads::CarriedState& state : network_.states) ++uses_[index(made_as_[index(state.output)])];
    // A state whose new value is an unchanged input is in memory already and stays there.
    for (const workloads::CarriedState& state : network_.states) uses_[index(state.input)] -= handed_on(state.input);
  }

  Lowered run() {
    source();
    for (const workloads::CarriedState& state : network_.states) load(state);
    for (const Node& node : network_.nodes) {
      if (beside_streams(node)) continue;
      if (rearranges(node)) {
        view(node);
      } else if (node.recurrence() != nullptr) {
        streams_[index(node.output)] = recurrences_.add(node, [this](int value) { return stream_of(value); });
      } else if (node.on_tiles()) {
        analog(node);
      } else if (!pick(node) && !fuse(node)) {
        digital(node);
      }
    }
    for (const workloads::CarriedState& state : network_.states) store(state);
    sink();
    give_readers();
    program().settings = tiles_.settings();
    Lowered lowered{.program = std::move(builder_.program),
                    .tiles = std::move(products_.placements),
                    .dataflow = {},
                    .tile_stages = std::move(products_.tile_stages),
                    .divided = std::move(divided_)};
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

  /// The stage of share `share` of "name": "name", or "name 2" for the second of several.
  static std::string share_name(const std::string& name, const Share& share) {
    return share.all() ? name : fmt::format("{} {}", name, share.index + 1);
  }

  /// Shares of a tensor among `stages` stages: rows of a plane in turn, else positions.
  [[nodiscard]] static std::vector<Share> shares(const TensorStream& stream, int stages) {
    const int turn = stream.plane.height > 1 || stream.plane.frames > 1 ? stream.plane.width : 1;
    std::vector<Share> all;
    all.reserve(index(stages));
    for (int i = 0; i < stages; ++i) all.push_back({stages, i, turn});
    if (stages == 1) all.front().turn = 1;
    return all;
  }
  /// The most stages that a tensor can be divided among.
  [[nodiscard]] static int most_shares(const TensorStream& stream) {
    return stream.plane.height > 1 || stream.plane.frames > 1 ? stream.positions() / stream.plane.width : stream.positions();
  }

  void source() {
    TensorStream stream = positions_.of(shape(network_.input));
    stream.elements = order(network_.input);
    const int wanted = !limits_ ? 1 : limits_->divided ? divided_as_asked(input_of_network) : limits_->ports;
    for (const Share& share : shares(stream, counted(input_of_network, std::min(wanted, most_shares(stream))))) {
      hw::Stage stage;
      stage.kind = hw::Stage::Kind::source;
      stage.name = share_name("input", share);
      stage.positions = share.positions(stream.positions());
      stage.bits_per_position = static_cast<std::int64_t>(stream.channels) * activation_bits();
      Task task{.kind = Task::Kind::source, .share = share, .own_values = stream.channels, .output = {stream.elements, stream.channels}};
      stream.parts.push_back({builder_.add_stage(std::move(stage), std::move(task)), 0, stream.channels, 0, share});
    }
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

  /// Positions that no window reads are computed too. A stage with only such positions sends them to a reader of the other shares, which drops them.
  void give_readers() {
    std::vector<int> first_edge(program().stages.size(), -1);
    for (std::size_t e = 0; e < program().edges.size(); ++e) {
      int& first = first_edge[index(program().edges[e].producer)];
      if (first < 0) first = static_cast<int>(e);
    }
    for (std::size_t s = 0; s < program().stages.size(); ++s) {
      const Task& task = builder_.dataflow.stages[s];
      if (first_edge[s] >= 0 || task.share.all()) continue;
      for (std::size_t other = 0; other < program().stages.size(); ++other) {
        const Task& sibling = builder_.dataflow.stages[other];
        if (first_edge[other] < 0 || sibling.kind != task.kind || sibling.node != task.node || sibling.which != task.which ||
            sibling.output_begin != task.output_begin)
          continue;
        hw::Edge edge = program().edges[index(first_edge[other])];
        const EdgeLoad load = builder_.dataflow.edges[index(first_edge[other])];
        edge.producer = static_cast<int>(s);
        set_schedule(edge, unread(program().stages[s].positions, program().stages[index(edge.consumer)].positions));
        edge.carried = nullptr;
        edge.content = -1;
        program().edges.push_back(std::move(edge));
        builder_.dataflow.edges.push_back(load);
        break;
      }
    }
  }

  /// Adds a source that reads a state from the memory behind a port, unless nothing in this inference reads the state.
  void load(const workloads::CarriedState& state) {
    const int before = state.input;
    if (uses_[index(before)] == 0) return;
    TensorStream stream = positions_.of(shape(before));
    stream.elements = order(before);
    hw::Stage stage = memory_stage(hw::Stage::Kind::source, "state " + network_.values[index(before)].name, stream.positions(),
                                   static_cast<std::int64_t>(stream.channels) * result_bits());
    Task task{.kind = Task::Kind::state, .own_values = stream.channels, .output = {stream.elements, stream.channels}};
    stream.parts = {{builder_.add_stage(std::move(stage), std::move(task)), 0, stream.channels}};
    streams_[index(before)] = std::move(stream);
  }

  /// Number of states whose new value is the unchanged input `value`.
  [[nodiscard]] int handed_on(int value) const {
    return static_cast<int>(std::ranges::count_if(network_.states, [&](const auto& state) { return made_as_[index(state.output)] == value; }));
  }
  /// Adds a sink that writes the new state to memory, if a stage computes it or it is the sample.
  void store(const workloads::CarriedState& state) {
    const TensorStream* stream = stream_of(state.output);
    const bool sample = made_as_[index(state.output)] == network_.input;
    if (stream == nullptr || (from_memory(*stream) && !sample)) return;
    hw::Stage stage = memory_stage(hw::Stage::Kind::sink, "state " + network_.values[index(state.output)].name, stream->positions(),
                                   static_cast<std::int64_t>(stream->channels) * result_bits());
    Task task{.kind = Task::Kind::sink, .own_values = stream->channels, .output = {stream->elements, stream->channels}};
    const int at = builder_.add_stage(std::move(stage), std::move(task));
    builder_.connect(*stream, at, 0, one_to_one(stream->positions()), 0, stream->channels, result_bits());
  }

  /// Null for constants, the length of a sequence and values computed from these alone: they are in the cores before a sample begins.
  [[nodiscard]] const TensorStream* stream_of(int value) const {
    const TensorStream& stream = streams_[index(value)];
    return stream.parts.empty() ? nullptr : &stream;
  }
  [[nodiscard]] bool beside_streams(const Node& node) const {
    return std::ranges::none_of(node.inputs, [this](int value) { return stream_of(value) != nullptr; });
  }
  /// Whether the value comes from a source, which only sends and cannot compute.
  [[nodiscard]] bool from_memory(const TensorStream& stream) const {
    return builder_.program.stages[index(stream.parts.front().stage)].kind == hw::Stage::Kind::source;
  }

  void view(const Node& node) {
    const auto input = index(node.inputs.at(0)), output = index(node.output);
    order_kept_[output] = order_kept_[input] && keeps_order(network_, node);
    // The value that a stage makes determines the order; shapes of views in between do not matter.
    const bool channel_major = positions_.channels_first(shape(made_as_[input]).size());
    streams_[output] = viewed(streams_[index(made_as_[input])], positions_.of(shape(node.output)), order_kept_[output], channel_major);
    const Elements& before = streams_[input].elements;
    const auto* moved = std::get_if<workloads::Permutation>(&node.attributes);
    streams_[output].elements = moved != nullptr ? transposed(before, shape(node.inputs.at(0)), moved->axes) : before;
    streams_[output].rounded = streams_[input].rounded || (moved != nullptr && made_as_[input] == network_.input);
  }

  /// A node that picks adjacent channels gets no stage: its readers connect to the stages that make these channels. False if this is not possible.
  bool pick(const Node& node) {
    const auto* picking = std::get_if<workloads::Picking>(&node.attributes);
    if (picking == nullptr || picking->indices.empty()) return false;
    const auto& indices = picking->indices;
    const auto input = index(node.inputs.at(0));
    const TensorStream& stream = streams_[input];
    const auto length = shape(node.inputs.at(0))[index(picking->axis)];
    const TensorStream out = positions_.of(shape(node.output));
    if (stream.arrangement != Arrangement::direct || stream.channels != length || out.positions() != stream.positions() ||
        out.channels != static_cast<int>(indices.size()) || from_memory(stream)) {
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
      if (from >= to && !read_by_others(node, part)) return false;  // its stage would have no reader
      if (from < to) picked.parts.push_back({part.stage, from - begin, to - begin, part.from + from - part.channel_begin, part.share});
    }
    picked.elements = mapper::picked(stream.elements, stream.channels, begin, end, shape(node.inputs.at(0)), picking->axis);
    streams_[index(node.output)] = std::move(picked);
    return true;
  }

  /// Whether another node than a pick along the same axis reads the channels of `part` of its input.
  [[nodiscard]] bool read_by_others(const Node& node, const StreamPart& part) const {
    const int picked = node.inputs.at(0), made = made_as_[index(picked)];
    const auto reads = [&](const Node& other) {
      if (rearranges(other) || std::ranges::none_of(other.inputs, [&](int value) { return made_as_[index(value)] == made; })) return false;
      const auto* picking = std::get_if<workloads::Picking>(&other.attributes);
      if (picking == nullptr || other.inputs.at(0) != picked || picking->axis != node.as<workloads::Picking>().axis) return true;
      return std::ranges::any_of(picking->indices, [&](std::int64_t at) { return at >= part.channel_begin && at < part.channel_end; });
    };
    const auto is_result = [&](const workloads::CarriedState& state) { return made_as_[index(state.output)] == made; };
    return made_as_[index(network_.output)] == made || std::ranges::any_of(network_.states, is_result) || std::ranges::any_of(network_.nodes, reads);
  }

  /// Adds an element-wise node to the stages that make its input, if they compute and no other node reads their output. False otherwise.
  bool fuse(const Node& node) {
    if (!is_unary(network_, node)) return false;
    const int input = activations(network_, node).at(0);
    TensorStream stream = streams_[index(input)];
    if (uses_[index(made_as_[index(input)])] != 1 || from_memory(stream)) return false;
    // A stage that accumulates works on every position, but its result occurs once.
    if (stream.parts.front().only_at >= 0) return false;
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
    auto inputs = activations(network_, node);
    std::erase_if(inputs, [this](int value) { return stream_of(value) == nullptr; });
    TensorStream output = positions_.of(shape(node.output));
    const TensorStream& first = streams_[index(inputs.front())];
    // An element-wise node keeps the order of its inputs, even if it is not the tensor's own order.
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
      // A tensor that is divided into other positions than its own is not direct.
      const auto arrangement = first.arrangement == Arrangement::direct ? Arrangement::opaque : first.arrangement;
      output.plane = first.plane;
      output.channels = first.channels;
      output.arrangement = arrangement;
      output.elements = first.elements;
    }
    if (accumulates(node, output)) return accumulate(node, output);
    std::vector<std::pair<int, AccessSchedule>> reads;  // by input of the node that is a stream
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (stream_of(node.inputs[i]) == nullptr) continue;
      reads.emplace_back(static_cast<int>(i),
                         in_step ? one_to_one(output.positions()) : access_pattern_.schedule_of(node, streams_[index(node.inputs[i])], output));
    }
    const int layer = builder_.add_layer(node);
    for (const Share& share : shares(output, counted(node.name, stages_of(node, reads, output)))) {
      hw::Stage stage;
      stage.kind = hw::Stage::Kind::digital;
      stage.name = share_name(node.name, share);
      stage.layer = layer;
      stage.positions = share.positions(output.positions());
      stage.bits_per_position = static_cast<std::int64_t>(output.channels) * result_bits();
      stage.elements = {{node.operation, operations_per_element(network_, node) * output.channels}};
      stage.operand_bits = operand_elements(network_, node, output.channels) * result_bits();
      Task task{.kind = Task::Kind::node,
                .node = number(network_, node),
                .share = share,
                .own_values = output.channels,
                .output = {output.elements, output.channels}};
      const int at = builder_.add_stage(std::move(stage), std::move(task));
      for (const auto& [input, schedule] : reads) {
        const TensorStream& stream = streams_[index(node.inputs[index(input)])];
        builder_.connect(stream, at, input, schedule, 0, stream.channels, result_bits());
      }
      output.parts.push_back({at, 0, output.channels, 0, share});
    }
    streams_[index(node.output)] = std::move(output);
  }

  /// Whether the node reduces many positions to one and can add each on arrival.
  [[nodiscard]] bool accumulates(const Node& node, const TensorStream& output) const {
    if (!node.op->accumulates || output.positions() != 1) return false;
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (stream_of(node.inputs[i]) != nullptr) return false;
    }
    const TensorStream* in = stream_of(node.inputs.at(0));
    return in != nullptr && in->positions() > 1 && in->channels == output.channels && !from_memory(*in);
  }

  void accumulate(const Node& node, TensorStream output) {
    const TensorStream& input = streams_[index(node.inputs.at(0))];
    const int positions = input.positions();
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::digital;
    stage.name = node.name;
    stage.layer = builder_.add_layer(node);
    stage.positions = positions;
    stage.bits_per_position = static_cast<std::int64_t>(output.channels) * result_bits();
    const std::int64_t operations = operations_per_element(network_, node) * output.channels;
    stage.elements = {{node.operation, (operations + positions - 1) / positions}};
    Task task{.kind = Task::Kind::node,
              .node = number(network_, node),
              .own_values = output.channels,
              .accumulates = true,
              .output = {output.elements, output.channels}};
    const int at = builder_.add_stage(std::move(stage), std::move(task));
    builder_.connect(input, at, 0, one_to_one(positions), 0, input.channels, result_bits());
    output.parts = {{.stage = at, .channel_end = output.channels, .only_at = positions - 1}};
    streams_[index(node.output)] = std::move(output);
  }

  /// Number of stages of a digital node for which none takes longer than the limit: in the vector unit, and for its incoming and outgoing flits. A
  /// node that needs a whole input before its first position is not divided.
  [[nodiscard]] int stages_of(const Node& node, const std::vector<std::pair<int, AccessSchedule>>& reads, const TensorStream& output) const {
    if (!limits_) return 1;
    double in = 0;
    for (const auto& [input, schedule] : reads) {
      const TensorStream& stream = streams_[index(node.inputs[index(input)])];
      // A node that computes its whole output from its whole input computes once.
      const bool at_once = schedule.needs->front() == stream.positions();
      if (!schedule.first || (at_once && (stream.positions() > 1 || node.op->elementwise == workloads::Elementwise::no))) return 1;
      for (const StreamPart& part : stream.parts) in += part.share.positions(stream.positions()) * flits(part.channel_end - part.channel_begin);
    }
    const int most = std::max(1, most_shares(output));
    if (limits_->divided) return std::min(divided_as_asked(node.name), most);
    const double lanes = tile_.digital.lanes, positions = output.positions();
    const double work =
        positions * (tile_.digital.pipeline_depth + std::ceil(static_cast<double>(operations_per_element(network_, node)) * output.channels / lanes));
    const double out = positions * flits_sent(node.output, output.channels);
    const double seconds = std::max(work / limits_->digital_hertz, std::max(in, out) / limits_->network_hertz);
    constexpr double busy = 0.8;  // at a higher load packets wait for each other
    const auto wanted = static_cast<int>(std::ceil(seconds / (busy * limits_->interval_s)));
    return std::clamp(wanted, 1, std::max(1, std::min(limits_->digital_cores, most)));
  }

  [[nodiscard]] int divided_as_asked(const std::string& name) const {
    const auto found = limits_->divided->find(name);
    return found == limits_->divided->end() ? 1 : found->second;
  }
  /// Returns `stages` and records it in Lowered::divided.
  int counted(const std::string& name, int stages) {
    if (stages > 1) divided_[name] = stages;
    return stages;
  }

  [[nodiscard]] double flits(int channels) const { return 1.0 + std::ceil(static_cast<double>(channels) * result_bits() / limits_->flit_bits); }

  /// Flits for one position of a value: to every reader, and to the copies and parts of a matrix whose windows read it.
  [[nodiscard]] double flits_sent(int value, int channels) const {
    const int made = made_as_[index(value)];
    double sum = made_as_[index(network_.output)] == made ? flits(channels) : 0;
    for (const Node& node : network_.nodes) {
      if (rearranges(node) || std::ranges::none_of(node.inputs, [&](int input) { return made_as_[index(input)] == made; })) continue;
      if (is_unary(network_, node)) {
        sum += flits_sent(node.output, channels);  // fused into the stage
      } else if (node.on_tiles() && node.recurrence() == nullptr && !network_.matrix(node).digital) {
        const tiles::MatrixLayout& layout = layout_.of(network_.matrix(node).name);
        const workloads::Window* window = node.window();
        const int reach = window == nullptr ? 1 : (window->kernel[0] + window->stride[0] - 1) / window->stride[0];
        const int of_part = (channels + layout.row_parts - 1) / layout.row_parts;
        sum += std::min(layout.copies, reach) * layout.column_parts * layout.row_parts * flits(of_part);
      } else {
        sum += flits(channels);
      }
    }
    return sum;
  }

  void analog(const Node& node) {
    const int outputs = network_.matrix(node).outputs;
    const int input_value = activations(network_, node).at(0);
    const TensorStream input = streams_[index(input_value)];
    TensorStream output = positions_.of(shape(node.output));
    const auto positions = static_cast<int>(network_.positions(node));
    const int inner = inner_positions(network_, node);
    const int own_inner = positions_.channels_first(shape(node.output).size()) ? output.plane.height * output.plane.width : 1;
    if (positions != output.positions() || (outputs != 1 && inner != own_inner)) {  // not in the tensor's own order, but row after row
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

  const Network& network_;
  const tiles::LayerTiles& tiles_;
  const tiles::Layout& layout_;
  const tiles::TileParameters& tile_;
  Positions positions_;
  AccessPattern access_pattern_;
  std::vector<TensorStream> streams_;
  std::vector<char> order_kept_;  ///< by value: its elements have the order of the value that a stage makes
  std::vector<int> made_as_;      ///< by value: the value that a stage makes, of which this one is a view
  std::vector<int> uses_;         ///< by value that a stage makes: nodes that read it or a view of it
  bool traced_;
  std::optional<StageLimits> limits_;
  std::map<std::string, int> divided_;  ///< stages by node, for nodes with several
  ProgramBuilder builder_;
  ProductStages products_;
  RecurrentStages recurrences_;
};

}  // namespace

Lowered lower(const workloads::TiledNetwork& tiled, bool traced, const std::optional<StageLimits>& limits) {
  return Lowering(tiled, traced, limits).run();
}

}  // namespace mho::mapper
