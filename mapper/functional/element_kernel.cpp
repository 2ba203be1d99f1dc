#include "mapper/functional/element_kernel.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/index.h"
#include "mapper/lowering/operations.h"
#include "workloads/graph/operator.h"

namespace mho::mapper {

namespace {

using base::index;
using workloads::Network;
using workloads::Node;
using workloads::Shape;

/// A node with tensors of other shapes; inputs 0, 1, ..., then the output.
std::pair<Network, Node> reshaped(const Node& node, const std::vector<Shape>& inputs, const Shape& output) {
  Network network;
  Node own = node;
  own.inputs.clear();
  for (const Shape& shape : inputs) {
    own.inputs.push_back(static_cast<int>(network.values.size()));
    network.values.push_back({"", shape, false, {}});
  }
  own.output = static_cast<int>(network.values.size());
  network.values.push_back({"", output, false, {}});
  return {std::move(network), std::move(own)};
}

class ElementWise : public ElementKernel {
 public:
  ElementWise(const Network& network, const Node& node, const StageInput& output, std::vector<const OperandReader*> operands)
      : output_(output), operands_(std::move(operands)), rule_(network, node, index(output.channels)) {}
  void compute(const hw::Received& received, const Fixed& fixed, int position, std::span<float> values) override {
    const auto elements = std::span(*output_.elements).subspan(index(position) * index(output_.channels), index(output_.channels));
    rule_.compute(
        elements,
        [&](std::size_t input, std::int64_t element) { return operands_[input] == nullptr ? 0.0F : operands_[input]->read(received, element); },
        fixed, values);
  }

 private:
  StageInput output_;
  std::vector<const OperandReader*> operands_;
  ElementwiseKernel rule_;
};

/// Every element of the output is one of an input, or a constant: padding, concatenation.
class Moves : public ElementKernel {
 public:
  Moves(const Network& network, const Node& node, StageInput output, std::vector<const OperandReader*> operands)
      : network_(network), node_(node), output_(std::move(output)), operands_(std::move(operands)) {}
  void compute(const hw::Received& received, const Fixed& fixed, int position, std::span<float> values) override {
    for (std::size_t c = 0; c < values.size(); ++c) {
      const std::int64_t element = (*output_.elements)[index(position) * values.size() + c];
      const workloads::MovedElement from = node_.op->source(network_, node_, element);
      if (from.element < 0) {
        values[c] = from.otherwise;
      } else if (operands_[from.input] == nullptr) {
        values[c] = fixed(node_.inputs[from.input])[static_cast<std::size_t>(from.element)];
      } else {
        values[c] = operands_[from.input]->read(received, from.element);
      }
    }
  }

 private:
  const Network& network_;
  const Node& node_;
  StageInput output_;
  std::vector<const OperandReader*> operands_;
};

/// One window of each channel at a time.
class Pooling : public ElementKernel {
 public:
  Pooling(const Network& network, const Node& node, const StageInput& output, const OperandReader& operand)
      : window_(*node.window()), output_(output), operand_(operand) {
    std::tie(small_, small_node_) = reshaped(node, {{1, 1, 1, 1}}, {1, 1, 1, 1});
    const Shape& in = network.values[index(node.inputs[0])].shape;
    const Shape& out = network.values[index(node.output)].shape;
    height_ = in.size() == 4 ? static_cast<int>(in[2]) : 1;
    width_ = static_cast<int>(in.back());
    out_height_ = out.size() == 4 ? static_cast<int>(out[2]) : 1;
    out_width_ = static_cast<int>(out.back());
  }
  void compute(const hw::Received& received, const Fixed& /*fixed*/, int position, std::span<float> values) override {
    for (std::size_t c = 0; c < values.size(); ++c) {
      values[c] = window(received, (*output_.elements)[index(position) * values.size() + c]);
    }
  }

 private:
  /// First and one past the last input along one axis that a window from `start` on reads.
  static std::pair<int, int> touched(int start, int kernel, int dilation, int size) {
    int first = size, end = 0;
    for (int t = 0; t < kernel; ++t) {
      const int at = start + t * dilation;
      if (at < 0 || at >= size) continue;
      first = std::min(first, at);
      end = at + 1;
    }
    return {std::min(first, end), end};
  }
  float window(const hw::Received& received, std::int64_t element) {
    const workloads::Window& w = window_;
    const auto ox = static_cast<int>(element % out_width_), oy = static_cast<int>(element / out_width_ % out_height_);
    const std::int64_t plane = element / out_width_ / out_height_ * height_ * width_;
    const int top = oy * w.stride[0] - w.pad_begin[0], left = ox * w.stride[1] - w.pad_begin[1];
    const auto [y0, y1] = touched(top, w.kernel[0], w.dilation[0], height_);
    const auto [x0, x1] = touched(left, w.kernel[1], w.dilation[1], width_);
    // The part of the plane that the window reads becomes a separate plane, with the padding adapted.
    part_.assign(static_cast<std::size_t>(y1 - y0) * static_cast<std::size_t>(x1 - x0), 0.0F);
    for (int ty = 0; ty < w.kernel[0]; ++ty) {
      const int y = top + ty * w.dilation[0];
      for (int tx = 0; tx < w.kernel[1] && y >= 0 && y < height_; ++tx) {
        const int x = left + tx * w.dilation[1];
        if (x < 0 || x >= width_) continue;
        part_[static_cast<std::size_t>((y - y0) * (x1 - x0) + x - x0)] = operand_.read(received, plane + static_cast<std::int64_t>(y) * width_ + x);
      }
    }
    small_.values[0].shape = {1, 1, y1 - y0, x1 - x0};
    workloads::Window& own = *small_node_.window();
    own.stride = {1, 1};
    own.pad_begin = {y0 - top, x0 - left};
    own.pad_end = {height_ + w.pad_end[0] - y1, width_ + w.pad_end[1] - x1};
    float value = 0.0F;
    const std::array<std::span<const float>, 1> inputs{part_};
    workloads::run_digital(small_, small_node_, inputs, {&value, 1});
    return value;
  }
  const workloads::Window window_;
  StageInput output_;
  const OperandReader& operand_;
  Network small_;  ///< the node with the part of one plane that a window reads
  Node small_node_;
  int height_ = 1, width_ = 1, out_height_ = 1, out_width_ = 1;
  std::vector<float> part_;
};

/// Applies the node to single positions, if each contains whole rows along the axes of the node.
class Rows : public ElementKernel {
 public:
  Rows(const Node& node, const OperandReader& operand, std::vector<Shape> shapes, const Shape& output)
      : node_(node), operand_(operand), values_(static_cast<std::size_t>(workloads::element_count(shapes[0]))) {
    std::tie(small_, small_node_) = reshaped(node, shapes, output);
  }
  void compute(const hw::Received& received, const Fixed& fixed, int position, std::span<float> values) override {
    operand_.read_position(received, position, values_);
    std::vector<std::span<const float>> inputs{values_};
    for (std::size_t i = 1; i < node_.inputs.size(); ++i) inputs.push_back(fixed(node_.inputs[i]));
    workloads::run_digital(small_, small_node_, inputs, values);
  }

 private:
  const Node& node_;
  const OperandReader& operand_;
  std::vector<float> values_;
  Network small_;
  Node small_node_;
};

/// Computes the whole output at its first position, from all inputs.
class Whole : public ElementKernel {
 public:
  Whole(const Network& network, const Node& node, StageInput output, std::vector<const OperandReader*> operands)
      : network_(network), node_(node), output_(std::move(output)), operands_(std::move(operands)) {
    for (const int input : node.inputs) inputs_.emplace_back(static_cast<std::size_t>(workloads::element_count(network.values[index(input)].shape)));
    made_.resize(static_cast<std::size_t>(workloads::element_count(network.values[index(node.output)].shape)));
  }
  void compute(const hw::Received& received, const Fixed& fixed, int position, std::span<float> values) override {
    if (position == 0) {
      std::vector<std::span<const float>> inputs;
      for (std::size_t i = 0; i < operands_.size(); ++i) {
        if (operands_[i] == nullptr) {
          inputs.push_back(fixed(node_.inputs[i]));
        } else {
          operands_[i]->read_all(received, inputs_[i]);
          inputs.emplace_back(inputs_[i]);
        }
      }
      workloads::run_digital(network_, node_, inputs, made_);
    } else {
      for (const OperandReader* operand : operands_) {
        if (operand != nullptr) operand->require_all(received);
      }
    }
    for (std::size_t c = 0; c < values.size(); ++c) {
      values[c] = made_[static_cast<std::size_t>((*output_.elements)[index(position) * values.size() + c])];
    }
  }

 private:
  const Network& network_;
  const Node& node_;
  StageInput output_;
  std::vector<const OperandReader*> operands_;
  std::vector<std::vector<float>> inputs_;
  std::vector<float> made_;
};

/// A tensor's shape cut to one position. Empty if a position is not a contiguous part along the last axes, or the channels at one place.
Shape of_one_position(const Network& network, const Positions& positions, int value, const StageInput& stream) {
  Shape shape = network.values[index(value)].shape;
  const TensorStream cut = positions.of(shape);
  const Elements own = positions.order(shape);
  if (cut.channels != stream.channels || *own != *stream.elements) return {};
  if (cut.positions() > 1 && (*own)[0] + 1 != (*own)[1 % own->size()] && stream.channels > 1) {  // channels first
    for (std::size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = axis == 1 ? shape[axis] : 1;
    return shape;
  }
  for (std::size_t axis = 0; axis < shape.size() && workloads::element_count(shape) > stream.channels; ++axis) shape[axis] = 1;
  return workloads::element_count(shape) == stream.channels ? shape : Shape();
}

/// Whether the cut shape keeps the length of the axes along which the node works.
bool keeps_rows(const Network& network, const Node& node, const Shape& before, const Shape& after) {
  const std::vector<std::int64_t> axes = node.op->rows(network, node).axes;
  return !axes.empty() && std::ranges::all_of(axes, [&](std::int64_t axis) {
    return axis >= 0 && after[static_cast<std::size_t>(axis)] == before[static_cast<std::size_t>(axis)];
  });
}

std::unique_ptr<ElementKernel> rows_rule(const Network& network, const Positions& positions, const Node& node, const StageInput& output,
                                         const OperandReader* operand, const StageInput& input) {
  if (operand == nullptr || output.elements->size() / index(output.channels) != input.elements->size() / index(input.channels)) return nullptr;
  const Shape in = of_one_position(network, positions, node.inputs[0], input), out = of_one_position(network, positions, node.output, output);
  if (in.empty() || out.empty() || !keeps_rows(network, node, network.values[index(node.inputs[0])].shape, in)) return nullptr;
  std::vector<Shape> shapes{in};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (!network.values[index(node.inputs[i])].constant) return nullptr;
    shapes.push_back(network.values[index(node.inputs[i])].shape);
  }
  return std::make_unique<Rows>(node, *operand, std::move(shapes), out);
}

}  // namespace

std::unique_ptr<ElementKernel> element_kernel(const Network& network, const Positions& positions, const Node& node, const StageInput& output,
                                              std::vector<const OperandReader*> operands, std::vector<StageInput> inputs) {
  if (node.op->elementwise != workloads::Elementwise::no) return std::make_unique<ElementWise>(network, node, output, std::move(operands));
  if (node.op->source != nullptr) return std::make_unique<Moves>(network, node, output, std::move(operands));
  if (node.op->access == workloads::Access::window) return std::make_unique<Pooling>(network, node, output, *operands.at(0));
  if (node.op->rows != nullptr) {
    if (auto rule = rows_rule(network, positions, node, output, operands.at(0), inputs.at(0))) return rule;
  }
  return std::make_unique<Whole>(network, node, output, std::move(operands));
}

ElementwiseKernel::ElementwiseKernel(const Network& network, const Node& node, std::size_t count) : network_(network), node_(node) {
  const Shape flat{static_cast<std::int64_t>(count)};
  std::tie(small_, small_node_) = reshaped(node, std::vector<Shape>(node.inputs.size(), flat), flat);
  const Shape& out = network.values[index(node.output)].shape;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Shape& in = network.values[index(node.inputs[i])].shape;
    std::vector<std::int64_t> steps(out.size(), 0);
    std::int64_t size = 1;
    const bool by_channel = node.op->constants_by_channel && i > 0;
    if (by_channel) steps.at(1) = 1;
    for (std::size_t a = 0; a < in.size() && !by_channel; ++a) {
      const std::size_t from = in.size() - 1 - a;
      if (a < out.size() && in[from] != 1) steps[out.size() - 1 - a] = size;
      size *= in[from];
    }
    steps_.push_back(std::move(steps));
    gathered_.emplace_back(count);
  }
}

std::int64_t ElementwiseKernel::source(std::size_t input, std::int64_t element) const {
  const Shape& out = network_.values[index(node_.output)].shape;
  std::int64_t from = 0;
  for (std::size_t axis = out.size(); axis-- > 0;) {
    from += element % out[axis] * steps_[input][axis];
    element /= out[axis];
  }
  return from;
}

void ElementwiseKernel::compute(std::span<const std::int32_t> elements, const std::function<float(std::size_t, std::int64_t)>& read,
                                const ElementKernel::Fixed& fixed, std::span<float> values) {
  std::vector<std::span<const float>> inputs;
  for (std::size_t i = 0; i < node_.inputs.size(); ++i) {
    const std::span<const float> tensor = fixed(node_.inputs[i]);
    for (std::size_t e = 0; e < elements.size(); ++e) {
      const std::int64_t from = source(i, elements[e]);
      gathered_[i][e] = tensor.data() == nullptr ? read(i, from) : tensor[static_cast<std::size_t>(from)];
    }
    inputs.emplace_back(gathered_[i]);
  }
  workloads::run_digital(small_, small_node_, inputs, values);
}

}  // namespace mho::mapper
