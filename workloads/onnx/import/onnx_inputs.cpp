// Inputs of the file: the sample, and lengths, weights and states of recurrent networks.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/error.h"
#include "workloads/onnx/import/onnx_graph.h"
#include "workloads/onnx/import/state_names.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

/// Element types that are accepted. Integers, such as ids of words, are exact in float32 for the values that occur.
bool usable_type(int type) {
  using Type = onnx::TensorProto;
  constexpr std::array types{Type::FLOAT, Type::DOUBLE, Type::FLOAT16, Type::BFLOAT16, Type::INT64,  Type::INT32,
                             Type::INT16, Type::INT8,   Type::UINT8,   Type::UINT16,   Type::UINT32, Type::BOOL};
  return std::ranges::count(types, type) > 0;
}

/// Number of elements, limited to one more than any tensor may have.
std::int64_t bounded(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t length : shape) count = count > largest_tensor / length ? largest_tensor + 1 : count * length;
  return count;
}

constexpr int no_axis = -1;  ///< no axis
constexpr int followed_nodes = 4;
constexpr int length_position = 4;   ///< sequence_lens of LSTM, GRU and RNN
constexpr int initial_position = 5;  ///< initial_h; initial_c follows

}  // namespace

OnnxGraph::SequenceReader OnnxGraph::sequence_reader(const std::string& name, int steps) const {
  for (const auto& node : model_.graph().node()) {
    const auto found = std::ranges::find(node.input(), name);
    const auto importer = importers_.find(node.op_type());
    if (found == node.input().end() || importer == importers_.end()) continue;
    const auto index = static_cast<int>(found - node.input().begin());
    if (importer->second->takes_sequences) {
      bool batch_first = false;
      for (const auto& attribute : node.attribute()) batch_first = batch_first || (attribute.name() == "layout" && attribute.i() != 0);
      return {index, batch_first};
    }
    if (!importer->second->keeps_layout || index != 0 || steps == 0) continue;
    for (const auto& out : node.output()) {
      if (const auto reader = sequence_reader(out, steps - 1); reader.input >= 0) return reader;
    }
  }
  return {};
}

bool OnnxGraph::is_length(const onnx::ValueInfoProto& in) const {
  return in.type().tensor_type().shape().dim_size() == 1 && sequence_reader(in.name(), followed_nodes).input == length_position;
}

bool OnnxGraph::is_handed_on(const std::string& name) const {
  std::vector<std::string> outputs;
  for (const auto& out : model_.graph().output()) outputs.push_back(out.name());
  return outputs_by_stem({name}, outputs).has_value();
}

int OnnxGraph::batch_axis_of_input(const onnx::ValueInfoProto& in) const {
  const auto& shape = in.type().tensor_type().shape();
  const bool sample = builder_.network().input < 0;
  for (int i = 0; !batch_name_.empty() && i < shape.dim_size(); ++i) {
    if (shape.dim(i).dim_param() == batch_name_) return i;
  }
  const SequenceReader reader = sequence_reader(in.name(), followed_nodes);
  const bool time_or_direction_first = reader.input == 0 || reader.input >= initial_position;
  const int usual = time_or_direction_first && !reader.batch_first && shape.dim_size() == 3 ? 1 : 0;
  return sample ? usual : batch_axis_of_state(in, usual);
}

/// The axis of a state that is its batch axis, or no_axis. The axis may be behind those of layers or directions; its length equals that of the
/// sample's.
int OnnxGraph::batch_axis_of_state(const onnx::ValueInfoProto& in, int usual) const {
  const auto& shape = in.type().tensor_type().shape();
  if (shape.dim_size() == 1 && shape.dim(0).has_dim_value() && shape.dim(0).dim_value() == 1)
    return no_axis;  // a counter: one number for any length of the batch
  std::vector<int> open, as_long;
  for (int i = 0; i < shape.dim_size(); ++i) {
    const auto& dim = shape.dim(i);
    if (!dim.has_dim_value() && !axis_lengths_.contains(dim.dim_param())) open.push_back(i);
    if (dim.has_dim_value() && dim.dim_value() == std::max<std::int64_t>(builder_.file_batch(), 1)) as_long.push_back(i);
  }
  const std::vector<int>& candidates = open.empty() ? as_long : open;
  if (candidates.size() == 1) return candidates.front();
  if (std::ranges::count(candidates, usual) > 0) return usual;
  // Among several axes of length 1 the choice does not matter. A state without a batch axis belongs to a single sample.
  return open.empty() && builder_.file_batch() <= 1 ? no_axis : candidates.empty() ? no_axis : candidates.front();
}

std::int64_t OnnxGraph::input_axis(const onnx::ValueInfoProto& in, int axis, const Shape& given, bool same_rank, std::size_t from_data) {
  const auto& shape = in.type().tensor_type().shape();
  const auto& dim = shape.dim(axis);
  if (dim.has_dim_value()) return dim.dim_value();
  if (const auto known = axis_lengths_.find(dim.dim_param()); known != axis_lengths_.end()) return known->second;
  if (same_rank) {
    if (!dim.dim_param().empty()) axis_lengths_[dim.dim_param()] = given[from_data];
    return given[from_data];
  }
  if (builder_.network().input >= 0) {
    throw base::UserError(fmt::format(
        "{}: input '{}': axis {} ('{}') of this state is dynamic. A state keeps its shape from sample to sample: a cache that grows by every "
        "sample is not supported. Export the network with a window of fixed length (drop the oldest values with a Slice before the output), or "
        "without states, over the whole sequence: `mho simulate --mode decode` gives such a network caches of its own",
        file_, in.name(), axis, dim.dim_param()));
  }
  const int axes = shape.dim_size() - 1;
  throw base::UserError(fmt::format(
      "{}: input '{}': axis {} ('{}') is dynamic; its length comes from the data, whose samples {}. Give data (--data) whose samples have {} "
      "{}, or the lengths of {} with --shape, or export the network with a fixed length",
      file_, in.name(), axis, dim.dim_param(), given.empty() ? "are not known here" : "have shape " + shape_text(given), axes,
      axes == 1 ? "axis" : "axes", axes == 1 ? "it" : "them"));
}

void OnnxGraph::read_input(const onnx::ValueInfoProto& in, int batch_axis) {
  Network& network = builder_.network();
  const std::string where = fmt::format("{}: input '{}'", file_, in.name());
  const auto& shape = in.type().tensor_type().shape();
  const int type = in.type().tensor_type().elem_type();
  if (!usable_type(type)) {
    throw base::UserError(fmt::format("{}: element type {} is not supported; numbers and truth values are", where, type_name(type)));
  }
  if (shape.dim_size() == 0 && network.input >= 0 && is_handed_on(in.name())) {  // a counter
    network.values.push_back({.name = in.name(), .shape = {}, .data = {}});
    builder_.name_value(in.name(), static_cast<int>(network.values.size()) - 1);
    return builder_.note_type(in.name(), type);
  }
  if (shape.dim_size() == 0) {
    throw base::UserError(
        fmt::format("{}: is a scalar. Where it has the same value for every sample, give that with --scalar {}=VALUE; a state needs an "
                    "output called alike ('step' and 'step_out'), and others a batch axis",
                    where, in.name()));
  }
  Shape given = options_.sample_shape;
  const bool sample = network.input < 0;
  const auto rank = static_cast<std::size_t>(shape.dim_size()) - 1;
  if (given.size() == rank + 1 && given.front() == 1) given.erase(given.begin());  // the data have a channel axis that the network lacks
  const bool same_rank = sample && given.size() == rank;
  ValueInfo info{.name = in.name(), .shape = {}, .data = {}};
  std::int64_t count = 1;
  std::size_t from_data = 0;
  for (int i = 0; i < shape.dim_size(); ++i) {
    const auto& dim = shape.dim(i);
    if (i == batch_axis) {
      if (sample && dim.has_dim_value() && dim.dim_value() >= 1) builder_.note_file_batch(dim.dim_value());
      if (sample) batch_name_ = dim.dim_param();
      if (sample) {
        network.batch = dim.has_dim_value()       ? fmt::format("axis {}, {} in the file", i, dim.dim_value())
                        : dim.dim_param().empty() ? fmt::format("axis {}, any length", i)
                                                  : fmt::format("axis {}, {} in the file", i, dim.dim_param());
      }
      info.shape.push_back(1);
      continue;
    }
    const std::int64_t length = input_axis(in, i, given, same_rank, from_data);
    ++from_data;
    if (length <= 0 || length > largest_tensor / count) {
      throw base::UserError(
          fmt::format("{}: axis {} has no usable length ({}); all axes together may have at most {} elements", where, i, length, largest_tensor));
    }
    info.shape.push_back(length);
    count *= length;
  }
  network.values.push_back(std::move(info));
  const int made = static_cast<int>(network.values.size()) - 1;
  builder_.name_value(in.name(), made);
  if (batch_axis != no_axis) builder_.note_batch(made, BatchPlace{batch_axis, 1});
  builder_.note_type(in.name(), type);
}

void OnnxGraph::check_scalars() const {
  for (const auto& [name, value] : options_.scalars) {
    if (std::ranges::find(model_.graph().input(), name, &onnx::ValueInfoProto::name) != model_.graph().input().end()) continue;
    throw base::UserError(fmt::format("{}: the network has no input '{}' (--scalar {}={})", file_, name, name, value));
  }
}

bool OnnxGraph::take_scalar(const onnx::ValueInfoProto& in) {
  const auto given = options_.scalars.find(in.name());
  if (given == options_.scalars.end()) return false;
  Shape shape;
  for (const auto& dim : in.type().tensor_type().shape().dim()) shape.push_back(dim.has_dim_value() ? dim.dim_value() : 1);
  if (element_count(shape) != 1) {
    throw base::UserError(fmt::format("{}: input '{}' has shape {}; --scalar is for inputs of one number", file_, in.name(), shape_text(shape)));
  }
  builder_.name_value(in.name(), builder_.add_constant(in.name(), std::move(shape), {given->second}));
  builder_.note_type(in.name(), in.type().tensor_type().elem_type());
  return true;
}

void OnnxGraph::read_inputs() {
  Network& network = builder_.network();
  const auto& graph = model_.graph();
  std::vector<const onnx::ValueInfoProto*> inputs;
  check_scalars();
  for (const auto& in : graph.input()) {
    // Old files list initialisers among the inputs.
    if (is_known(in.name()) || take_scalar(in)) continue;
    if (!in.type().has_tensor_type() || !in.type().tensor_type().has_shape()) {
      throw base::UserError(
          fmt::format("{}: input '{}': has no shape; export the network with the shape of its input (axes may be dynamic)", file_, in.name()));
    }
    inputs.push_back(&in);
  }
  if (inputs.empty()) throw base::UserError(file_ + ": the network has no input that is not an initialiser");
  check_outputs();
  take_weights(inputs);
  // Order: the sample, the states, the lengths. A length is connected directly to a sequence_lens. A state needs an output that returns it.
  std::stable_partition(inputs.begin(), inputs.end(), [&](const onnx::ValueInfoProto* in) { return !is_length(*in); });
  if (is_length(*inputs.front())) throw base::UserError(fmt::format("{}: the network has lengths but no input for the samples", file_));
  put_sample_first(inputs);
  for (const onnx::ValueInfoProto* in : inputs) {
    if (is_known(in->name())) throw base::UserError(fmt::format("{}: two inputs are named '{}'", file_, in->name()));
    read_input(*in, batch_axis_of_input(*in));
    const int made = builder_.find(in->name());
    if (in == inputs.front()) {
      network.input = made;
    } else if (is_length(*in)) {
      if (network.length_input >= 0) throw base::UserError(fmt::format("{}: the network takes the lengths of sequences twice", file_));
      network.length_input = made;
    } else {
      network.states.push_back({made, -1});
    }
  }
  const auto states = static_cast<int>(network.states.size());
  if (graph.output_size() - 1 < states) {
    std::string names;
    for (const onnx::ValueInfoProto* in : inputs) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", in->name());
    throw base::UserError(
        fmt::format("{}: the network has the inputs {} and {} output{}. One input takes the samples; every other must be the length of a sequence "
                    "(sequence_lens of a recurrent layer) or a state with an output of the same shape, and one output is left for the scores. If "
                    "inputs are trained weights, say which "
                    "is not: --data-input NAME",
                    file_, names, graph.output_size(), graph.output_size() == 1 ? "" : "s"));
  }
}

bool OnnxGraph::is_weight(const std::string& name, std::size_t axes, int steps) const {
  bool read = false;
  for (const auto& node : model_.graph().node()) {
    const OnnxImporter* importer = importer_of(node);
    for (int k = 0; k < node.input_size(); ++k) {
      if (node.input(k) != name) continue;
      read = true;
      constexpr int most_inputs = 31;
      if (importer == nullptr || k > most_inputs) return false;
      const unsigned trained =
          importer->trained_inputs | (axes == 1 ? importer->trained_vectors : 0U) | (axes == 2 ? importer->trained_matrices : 0U);
      if ((trained >> static_cast<unsigned>(k) & 1U) != 0) continue;
      const bool shown = k == 0 && node.output_size() == 1 && (importer->passes_through || importer->keeps_layout || node.op_type() == "Transpose");
      if (!shown || steps == 0 || !is_weight(node.output(0), axes, steps - 1)) return false;
    }
  }
  const auto& outputs = model_.graph().output();
  return read && std::ranges::find(outputs, name, &onnx::ValueInfoProto::name) == outputs.end();
}

/// Files exported without their weights list them among the inputs.
void OnnxGraph::take_weights(std::vector<const onnx::ValueInfoProto*>& inputs) {
  std::vector<std::string> outputs;
  for (const auto& out : model_.graph().output()) outputs.push_back(out.name());
  const auto fixed = [](const onnx::ValueInfoProto& in) {
    return std::ranges::all_of(in.type().tensor_type().shape().dim(), [](const auto& dim) { return dim.has_dim_value() && dim.dim_value() > 0; });
  };
  const std::string& given = options_.data_input;
  if (!given.empty() && std::ranges::find(inputs, given, [](const auto* in) { return in->name(); }) == inputs.end()) {
    throw base::UserError(fmt::format("{}: the network has no input '{}' (--data-input)", file_, given));
  }
  std::vector<const onnx::ValueInfoProto*> weights, others;
  for (const onnx::ValueInfoProto* in : inputs) {
    const auto axes = static_cast<std::size_t>(in->type().tensor_type().shape().dim_size());
    const bool other = in->name() == given || is_length(*in) || !fixed(*in) || outputs_by_stem({in->name()}, outputs);
    (!other && (!given.empty() || is_weight(in->name(), axes, followed_nodes)) ? weights : others).push_back(in);
  }
  if (!given.empty()) {
    std::stable_partition(others.begin(), others.end(), [&](const auto* in) { return in->name() == given; });
  }
  // If every input could be a weight, none is treated as a weight.
  const auto samples = std::ranges::count_if(others, [&](const auto* in) { return !is_length(*in) && !outputs_by_stem({in->name()}, outputs); });
  if (samples == 0) return;
  for (const onnx::ValueInfoProto* in : weights) {
    const std::string where = fmt::format("{}: input '{}' is a trained weight, and the file has no values for it", file_, in->name());
    if (!options_.leave_weights) {
      throw base::UserError(
          fmt::format("{}; samples cannot be computed without the {} weights among the inputs. Export the network with its weights; "
                      "`mho simulate` without data and `mho network` take it as it is",
                      where, weights.size()));
    }
    Shape shape;
    for (const auto& dim : in->type().tensor_type().shape().dim()) shape.push_back(dim.dim_value());
    const int type = in->type().tensor_type().elem_type();
    if (std::ranges::any_of(shape, [](std::int64_t length) { return length > largest_tensor; }) || bounded(shape) > largest_tensor) {
      throw base::UserError(fmt::format("{}; shape {} has more than {} elements", where, shape_text(shape), largest_tensor));
    }
    add_trained(in->name(), absent(in->name(), shape, type, where), shape, type);
  }
  inputs = std::move(others);
}

/// Files may list states before the sample. It is the only input without an output of a matching name.
void OnnxGraph::put_sample_first(std::vector<const onnx::ValueInfoProto*>& inputs) const {
  if (!options_.data_input.empty()) return;
  std::vector<std::string> outputs;
  for (const auto& out : model_.graph().output()) outputs.push_back(out.name());
  std::vector<const onnx::ValueInfoProto*> alone, others;
  for (const onnx::ValueInfoProto* in : inputs) {
    if (is_length(*in)) continue;
    (outputs_by_stem({in->name()}, outputs) ? others : alone).push_back(in);
  }
  if (alone.size() != 1 || alone.front() == inputs.front()) return;
  std::stable_partition(inputs.begin(), inputs.end(), [&](const onnx::ValueInfoProto* in) { return in == alone.front(); });
}

}  // namespace mho::workloads
