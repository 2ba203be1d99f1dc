#include "workloads/operators/shapes/views.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

namespace {

void copy(const Operands& in, std::span<float> y) { std::copy(in.inputs[0].begin(), in.inputs[0].end(), y.begin()); }

std::optional<int> behind_squeezed(const Node& node, const Shape& /*in*/, int axis, const Shape& /*out*/) {
  return axis - static_cast<int>(std::ranges::count_if(node.as<View>().axes, [&](std::int64_t dropped) { return dropped < axis; }));
}

std::optional<int> behind_unsqueezed(const Node& node, const Shape& /*in*/, int axis, const Shape& /*out*/) {
  int moved = axis;
  for (const std::int64_t made : node.as<View>().axes) moved += made <= moved ? 1 : 0;  // in ascending order
  return moved;
}

/// The axis, if the same number of elements precedes it in the input. import_reshape handles other cases for a Reshape of the file.
std::optional<int> unchanged(const Node& /*node*/, const Shape& in, int axis, const Shape& out) {
  const auto at = static_cast<std::size_t>(axis);
  if (at >= out.size() || elements_between(in, 0, at) != elements_between(out, 0, at)) return std::nullopt;
  return axis;
}

/// Place of the batch after a Reshape. `open` is the axis whose length the target leaves to the data (-1: none). The batch lies on its own axis, or
/// is merged into the open axis, or, if lengths of the target come from lengths of tensors, into an axis that can hold it.
std::optional<BatchPlace> batch_after(const OnnxBuilder& graph, int x, const Shape& out, int open, bool from_lengths) {
  const auto batch = graph.batch_of(x);
  if (!batch) return std::nullopt;
  const auto slower = static_cast<std::int64_t>(elements_between(graph.value(x).shape, 0, static_cast<std::size_t>(batch->axis))) * batch->slower;
  const auto before = [&](int axis) { return static_cast<std::int64_t>(elements_between(out, 0, static_cast<std::size_t>(axis))); };
  const auto holds = [&](int axis) {
    const std::int64_t first = before(axis), length = out[static_cast<std::size_t>(axis)];
    return slower % first == 0 && length % (slower / first) == 0;
  };
  std::vector<int> own;
  for (int axis = 0; axis < static_cast<int>(out.size()); ++axis) {
    if (out[static_cast<std::size_t>(axis)] == 1 && before(axis) == slower) own.push_back(axis);
  }
  if (open >= 0 && (std::ranges::count(own, open) > 0 || (own.empty() && holds(open)))) return BatchPlace{open, slower / before(open)};
  if (own.size() == 1 || (!own.empty() && own.front() == 0)) return BatchPlace{own.front(), 1};
  for (int axis = 0; own.empty() && from_lengths && axis < static_cast<int>(out.size()); ++axis) {
    if (out[static_cast<std::size_t>(axis)] > 1 && holds(axis)) return BatchPlace{axis, slower / before(axis)};
  }
  return std::nullopt;
}

void import_identity(OnnxBuilder& graph, const OnnxNode& node) {
  if (node.op_type() == "Dropout" && graph.opset() >= 12 && graph.has_input(node, 2)) {
    const ValueInfo& training = graph.constant(node, 2, "training_mode");
    if (training.data.size() != 1 || training.data[0] != 0.0F)
      node.fail("training_mode is on, which is not supported; export the network for inference");
  }
  graph.name_output(node, graph.input(node, 0));
}

/// Place of the batch in a view of x with shape `in_batch`, which is for thought_batch() samples: an axis that holds the whole batch. If the length
/// of the batch is open, this axis must also grow with the batch. `of_one`, the shape for one sample, excludes a fixed length that happens to equal
/// the assumed batch. Empty if the batch lies across axes.
std::optional<BatchPlace> batch_within(const OnnxBuilder& graph, int x, const Shape& in_batch, const Shape& of_one) {
  const BatchPlace before = graph.batch_of(x).value();
  const Shape& in = graph.value(x).shape;
  const std::int64_t samples = graph.thought_batch();
  const std::int64_t slower = static_cast<std::int64_t>(elements_between(in, 0, static_cast<std::size_t>(before.axis))) * before.slower;
  std::int64_t first = 1;
  const bool open = graph.file_batch() < 1;
  for (std::size_t axis = 0; axis < in_batch.size(); ++axis) {
    const bool grows = !open || (axis < of_one.size() && in_batch[axis] == samples * of_one[axis]);
    if (grows && slower % first == 0 && in_batch[axis] % (slower / first * samples) == 0) return BatchPlace{static_cast<int>(axis), slower / first};
    first *= in_batch[axis];
  }
  return std::nullopt;
}

/// Adds x as a view with shape `in_batch` for thought_batch() samples, and `of_one` for one. Fails if samples would be mixed.
void show_in_batch(OnnxBuilder& graph, const OnnxNode& node, int x, Shape in_batch, const Shape& of_one, const std::string& target) {
  const auto place = batch_within(graph, x, in_batch, of_one);
  if (!place) {
    const BatchPlace before = graph.batch_of(x).value();
    Shape in = graph.shape_in_batch(x).value();
    node.fail(fmt::format(
        "it mixes samples: the batch lies in axis {} of '{}', and {} of a batch of {} ({}) would become {}, of which no axis holds the batch by "
        "itself. "
        "Samples are run one by one, so the batch must stay together: give its axis the -1 or a 0 of the target, behind a Transpose where it has to "
        "move; or export the network with a batch of 1",
        before.axis, graph.value(x).name, target, graph.thought_batch(), shape_text(in), shape_text(in_batch)));
  }
  in_batch[static_cast<std::size_t>(place->axis)] /= graph.thought_batch();
  graph.add(node, node_of(node, reshape_operator, View{}, {x}), std::move(in_batch));
  graph.note_batch(graph.find(node.output(0)), place);
}

void import_flatten(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const auto in_batch = graph.value(x).constant || graph.thought_batch() == 1 ? std::nullopt : graph.shape_in_batch(x);
  const Shape shape = in_batch.value_or(graph.value(x).shape);
  const std::int64_t wanted = node.integer("axis", 1);
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (wanted < -rank || wanted > rank) node.fail(fmt::format("axis {} is outside its tensor of {} axes", wanted, rank));
  const std::int64_t axis = wanted < 0 ? wanted + rank : wanted;
  const auto flat = [&](const Shape& from) {
    const std::int64_t rows = element_count(Shape(from.begin(), from.begin() + axis));
    return Shape{rows, element_count(from) / std::max<std::int64_t>(rows, 1)};
  };
  Shape out = flat(shape);
  if (in_batch) return show_in_batch(graph, node, x, std::move(out), flat(graph.value(x).shape), fmt::format("Flatten before axis {}", axis));
  const auto before = graph.batch_of(x);
  const auto batch = before ? batch_after(graph, x, out, before->axis < axis ? 0 : 1, false) : std::nullopt;
  graph.add(node, node_of(node, reshape_operator, View{}, {x}), std::move(out));
  graph.note_batch(graph.find(node.output(0)), batch);
}

/// The target shape of a Reshape.
class Target {
 public:
  Target(const OnnxBuilder& graph, const OnnxNode& node)
      : graph_(graph),
        node_(node),
        x_(graph.input(node, 0)),
        in_(graph.value(x_).shape),
        literal_zero_(node.integer("allowzero", 0) != 0),
        wanted_(graph.constant_integers(node, 1, "its target shape")),
        text_(shape_text(wanted_)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<std::int64_t>& wanted() const { return wanted_; }
  [[nodiscard]] bool fits(const Shape& shape) const { return element_count(shape) == element_count(in_) && (!shape.empty() || wanted_.empty()); }

  /// The shape that a target gives for a tensor of shape `in`; empty if the number of elements does not match.
  [[nodiscard]] Shape resolve(Shape shape, const Shape& in) const {
    std::int64_t known = 1;
    int open = -1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 0 && !literal_zero_) {
        if (i >= in.size()) node_.fail(fmt::format("target shape {} keeps axis {}, which its input of shape {} lacks", text_, i, shape_text(in_)));
        shape[i] = in[i];
      }
      if (shape[i] == -1 && open < 0) {
        open = static_cast<int>(i);
        continue;
      }
      if (shape[i] <= 0 || known > largest_tensor / shape[i])
        node_.fail(fmt::format("target shape {} is not usable for an input of shape {}", text_, shape_text(in_)));
      known *= shape[i];
    }
    const std::int64_t all = element_count(in);
    if (open >= 0 && all % known == 0) shape[static_cast<std::size_t>(open)] = all / known;
    return open >= 0 && all % known != 0 ? Shape() : shape;
  }

  /// The shape for a batch of the file, or for an assumed batch if its length is open. Empty if the target applies to one sample. Fails if the target
  /// is computed from lengths in a way that is not traced, because samples could be mixed.
  [[nodiscard]] std::optional<Shape> in_batch() const {
    const auto in = graph_.value(x_).constant || graph_.thought_batch() == 1 || wanted_.empty() ? std::nullopt : graph_.shape_in_batch(x_);
    const auto numbers = in ? graph_.numbers_in_batch(graph_.input(node_, 1)) : std::nullopt;
    if (in && !numbers) {
      node_.fail(
          fmt::format("its target shape {} is made of the lengths of tensors, and how it follows the length of the batch is not known; "
                      "export it with a target of numbers, or with a batch of 1",
                      text_));
    }
    if (!numbers || numbers->size() != wanted_.size() || element_count(*in) > largest_tensor) return std::nullopt;
    const Shape shape = resolve(Shape(numbers->begin(), numbers->end()), *in);
    return element_count(shape) == element_count(*in) && !shape.empty() ? std::optional(shape) : std::nullopt;
  }

  /// The shape for one sample, on which execution works.
  [[nodiscard]] Shape of_one() const {
    Shape out = resolve(wanted_, in_);
    const std::int64_t batch = graph_.file_batch();
    if (graph_.value(x_).constant || batch <= 1) return out;
    // Divides the first axis of the target by the batch of the file, otherwise the only axis for which the shape fits.
    std::vector<Shape> singles;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      Shape one = wanted_;
      one[i] /= batch;
      if (wanted_[i] <= 0 || wanted_[i] % batch != 0) continue;
      if (const Shape single = resolve(one, in_); fits(single)) singles.push_back(single);
      if (i == 0 && wanted_[0] == batch && !singles.empty()) out = singles.front();
    }
    return !fits(out) && singles.size() == 1 ? singles.front() : out;
  }

 private:
  const OnnxBuilder& graph_;
  const OnnxNode& node_;
  int x_;
  Shape in_;
  bool literal_zero_;
  std::vector<std::int64_t> wanted_;
  std::string text_;
};

void import_reshape(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Target target(graph, node);
  if (auto in_batch = target.in_batch()) return show_in_batch(graph, node, x, std::move(*in_batch), target.of_one(), "target shape " + target.text());
  Shape out = target.of_one();
  if (!target.fits(out)) {
    node.fail(fmt::format("its input '{}' of shape {} does not have as many elements as the target shape {}", graph.value(x).name,
                          shape_text(graph.value(x).shape), target.text()));
  }
  // A 0 in the target copies an axis; an axis that holds the batch stays open.
  const auto before = graph.batch_of(x);
  const std::vector<std::int64_t>& wanted = target.wanted();
  auto open = static_cast<int>(std::ranges::find(wanted, -1) - wanted.begin());
  if (open == static_cast<int>(wanted.size())) open = -1;
  if (before && before->axis < static_cast<int>(wanted.size()) && wanted[static_cast<std::size_t>(before->axis)] == 0) open = before->axis;
  const auto batch = batch_after(graph, x, out, open, graph.from_lengths(graph.input(node, 1)));
  graph.add(node, node_of(node, reshape_operator, View{}, {x}), std::move(out));
  graph.note_batch(graph.find(node.output(0)), batch);
}

void import_squeeze(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  std::vector<std::int64_t> axes = graph.axes(node, 13);
  if (axes.empty() && !graph.value(x).constant) node.fail("names no axes, so it would drop the batch axis as well; name the axes to drop");
  for (std::int64_t& axis : axes) {
    axis = normal_axis(node, axis, in.size());
    if (in[static_cast<std::size_t>(axis)] != 1) node.fail(fmt::format("axis {} of its input of shape {} is longer than 1", axis, shape_text(in)));
  }
  Shape out;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool dropped = axes.empty() ? in[i] == 1 : std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    if (!dropped) out.push_back(in[i]);
  }
  graph.add(node, node_of(node, squeeze_operator, View{std::move(axes)}, {x}), std::move(out));
}

void import_unsqueeze(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  std::vector<std::int64_t> axes = graph.axes(node, 13);
  if (axes.empty()) node.fail("names no axes");
  const std::size_t rank = in.size() + axes.size();
  for (std::int64_t& axis : axes) axis = normal_axis(node, axis, rank);
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) node.fail("names an axis twice");
  Shape out;
  std::size_t from = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    const bool made = std::ranges::count(axes, static_cast<std::int64_t>(i)) > 0;
    out.push_back(made ? 1 : in[from]);
    if (!made) ++from;
  }
  graph.add(node, node_of(node, unsqueeze_operator, View{std::move(axes)}, {x}), std::move(out));
}

}  // namespace

constinit const Operator identity_operator{.name = "identity", .run = copy, .view = true, .leading = LeadingAxis::any, .moves_only = true};
constinit const Operator reshape_operator{
    .name = "reshape", .run = copy, .view = true, .leading = LeadingAxis::any, .batch_axis = unchanged, .moves_only = true};
constinit const Operator squeeze_operator{
    .name = "squeeze", .run = copy, .view = true, .leading = LeadingAxis::any, .batch_axis = behind_squeezed, .moves_only = true};
constinit const Operator unsqueeze_operator{
    .name = "unsqueeze", .run = copy, .view = true, .leading = LeadingAxis::any, .batch_axis = behind_unsqueezed, .moves_only = true};

const OperatorFamily& view_family() {
  static const OperatorFamily family{"views",
                                     {&identity_operator, &reshape_operator, &squeeze_operator, &unsqueeze_operator},
                                     {{.op_type = "Identity", .import = import_identity, .passes_through = true, .keeps_layout = true},
                                      {.op_type = "Dropout", .import = import_identity, .passes_through = true},
                                      {.op_type = "Flatten", .import = import_flatten},
                                      {.op_type = "Reshape", .import = import_reshape},
                                      {.op_type = "Squeeze", .import = import_squeeze},
                                      {.op_type = "Unsqueeze", .import = import_unsqueeze}}};
  return family;
}

int reshape_step(OnnxBuilder& graph, const OnnxNode& node, int x, Shape shape, int& step) {
  if (graph.value(x).shape == shape) return x;
  return graph.add_step(node, node_of(node, reshape_operator, View{}, {x}), std::move(shape), step);
}

void conclude(OnnxBuilder& graph, const OnnxNode& node, int x) {
  if (graph.take_last_step(node, x)) return;
  if (graph.value(x).constant) {
    graph.name_output(node, x);
  } else {
    graph.add(node, node_of(node, identity_operator, View{}, {x}), graph.value(x).shape);
  }
}

}  // namespace mho::workloads
