#include "workloads/autograd/digital_autograd.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <variant>

#include "base/error.h"
#include "workloads/autograd/gemm.h"

namespace mho::workloads {

namespace {

using periphery::digital::Reduction;
using torch::Tensor;
using Ints = std::vector<std::int64_t>;

bool is_constant(const Network& network, int value) { return network.values[static_cast<std::size_t>(value)].constant; }
const Shape& shape_of(const Network& network, int value) { return network.values[static_cast<std::size_t>(value)].shape; }

Ints with_batch(const Shape& shape, std::int64_t batch) {
  Ints all{batch};
  all.insert(all.end(), shape.begin(), shape.end());
  return all;
}

/// An input with axes of length 1 inserted behind the batch axis, up to `rank` axes per sample.
Tensor broadcastable(const Network& network, int value, const Tensor& x, std::size_t rank, std::int64_t batch) {
  const Shape& shape = shape_of(network, value);
  if (is_constant(network, value)) return x;  // broadcasts from the right anyway
  Ints wide{batch};
  wide.resize(1 + rank - shape.size(), 1);
  wide.insert(wide.end(), shape.begin(), shape.end());
  return x.reshape(wide);
}

Tensor binary_of(periphery::digital::Binary operation, const Tensor& a, const Tensor& b) {
  using periphery::digital::Binary;
  switch (operation) {
    case Binary::add:
      return a + b;
    case Binary::sub:
      return a - b;
    case Binary::mul:
      return a * b;
    case Binary::div:
      return a / b;
    case Binary::power:
      // For a constant exponent. The general derivative takes the logarithm of x, which is undefined for negative x.
      if (b.numel() == 1 && !b.requires_grad()) return at::pow(a, b.item<float>());
      return at::pow(a, b);
    case Binary::minimum:
      return at::minimum(a, b);
    case Binary::maximum:
      return at::maximum(a, b);
    case Binary::parametric_relu:
      return at::clamp_min(a, 0) + b * at::clamp_max(a, 0);
    case Binary::equal:
      return as_numbers(a == b);
    case Binary::greater:
      return as_numbers(a > b);
    case Binary::less:
      return as_numbers(a < b);
    case Binary::greater_or_equal:
      return as_numbers(a >= b);
    case Binary::less_or_equal:
      return as_numbers(a <= b);
    case Binary::both:
      return as_numbers((a != 0).logical_and(b != 0));
    case Binary::either:
      return as_numbers((a != 0).logical_or(b != 0));
    case Binary::exclusive_or:
      return as_numbers((a != 0).logical_xor(b != 0));
    case Binary::modulo:
      return at::remainder(a, b);
    case Binary::remainder:
      return at::fmod(a, b);
  }
  return {};
}

Tensor reduced(Reduction reduction, const Tensor& x, const Ints& axes, bool keep) {
  switch (reduction) {
    case Reduction::mean:
      return x.mean(axes, keep);
    case Reduction::sum:
      return x.sum(axes, keep);
    case Reduction::maximum:
      return x.amax(axes, keep);
    case Reduction::minimum:
      return x.amin(axes, keep);
    case Reduction::l2:
      return x.square().sum(axes, keep).sqrt();
    case Reduction::l1:
      return x.abs().sum(axes, keep);
    case Reduction::sum_of_squares:
      return x.square().sum(axes, keep);
    case Reduction::log_sum:
      return x.sum(axes, keep).log();
    case Reduction::log_sum_of_exponentials:
      return x.logsumexp(axes, keep);
    case Reduction::product:
      break;
  }
  return {};
}

Tensor pooled(const Network& network, const Node& node, const Pool& pool, const Tensor& x, std::int64_t batch) {
  const Shape& in = shape_of(network, node.inputs[0]);
  const Shape& out = shape_of(network, node.output);
  const bool plane = in.size() == 4;
  const Window& w = pool.window;
  Tensor input = x.reshape({batch * in[0], in[1], plane ? in[2] : 1, in.back()});
  const std::array<std::int64_t, 2> out_size{plane ? out[2] : 1, out.back()};
  // The input is padded up to the end of the last window. The pooling itself then needs no padding and no rounding of its size.
  Ints reach(2), size{input.size(2), input.size(3)};
  for (std::size_t a = 0; a < 2; ++a) {
    reach[a] = (out_size[a] - 1) * w.stride[a] + (w.kernel[a] - 1) * w.dilation[a] + 1 - size[a] - w.pad_begin[a];
  }
  const auto padded = [&](const Tensor& values, double with) {
    const Ints pads{w.pad_begin[1], std::max<std::int64_t>(reach[1], 0), w.pad_begin[0], std::max<std::int64_t>(reach[0], 0)};
    return std::ranges::all_of(pads, [](std::int64_t p) { return p == 0; }) ? values : at::constant_pad_nd(values, pads, with);
  };
  const Ints kernel{w.kernel[0], w.kernel[1]}, stride{w.stride[0], w.stride[1]}, dilation{w.dilation[0], w.dilation[1]};
  Tensor y;
  if (pool.kind == Pool::Kind::maximum) {
    y = at::max_pool2d(padded(input, -std::numeric_limits<float>::infinity()), kernel, stride, {0, 0}, dilation);
  } else if (pool.kind == Pool::Kind::norm || w.dilation != std::array<int, 2>{1, 1}) {
    return {};
  } else {
    Tensor counted = torch::ones({1, 1, size[0], size[1]});
    if (w.count_include_pad) {
      counted = at::constant_pad_nd(counted, Ints{w.pad_begin[1], w.pad_end[1], w.pad_begin[0], w.pad_end[0]}, 1);
      const Ints rest{0, std::max<std::int64_t>(reach[1] - w.pad_end[1], 0), 0, std::max<std::int64_t>(reach[0] - w.pad_end[0], 0)};
      counted = at::constant_pad_nd(counted, rest, 0);
      counted = counted.narrow(2, 0, w.pad_begin[0] + size[0] + std::max<std::int64_t>(reach[0], 0))
                    .narrow(3, 0, w.pad_begin[1] + size[1] + std::max<std::int64_t>(reach[1], 0));
    } else {
      counted = padded(counted, 0);
    }
    y = at::avg_pool2d(padded(input, 0), kernel, stride) / at::avg_pool2d(counted, kernel, stride);
  }
  y = y.narrow(2, 0, out_size[0]).narrow(3, 0, out_size[1]);
  return y.reshape(with_batch(out, batch));
}

/// Differentiable form of one digital node for a batch, chosen by the node's attributes; undefined for operators that training does not support.
class Derivative {
 public:
  Derivative(const Network& network, const Node& node, const std::vector<Tensor>& inputs, std::int64_t batch)
      : network_(network),
        node_(node),
        inputs_(inputs),
        batch_(batch),
        x_(inputs[0]),
        in_(shape_of(network, node.inputs[0])),
        out_(shape_of(network, node.output)) {}

  template <class Other>
  Tensor operator()(const Other& /*attributes*/) const {
    return {};
  }

  Tensor operator()(const Binary& own) const { return binary_of(own.operation, wide(0), wide(1)); }
  Tensor operator()(const Choice& /*own*/) const { return at::where(wide(0) != 0, wide(1), wide(2)); }
  Tensor operator()(const ElementFunction& own) const { return function_autograd(own.of, x_); }
  Tensor operator()(const Clip& own) const { return x_.clamp(own.minimum, own.maximum); }
  Tensor operator()(const Nonlinearity& own) const {
    return own.kind == Nonlinearity::Kind::relu ? x_.relu() : own.kind == Nonlinearity::Kind::sigmoid ? x_.sigmoid() : x_.tanh();
  }

  Tensor operator()(const Softmax& own) const {
    if (own.kind == Softmax::Kind::hard) return {};
    const std::int64_t first = own.axes.front() + 1, last = own.axes.back() + 1;
    const Tensor rows = x_.flatten(first, last);
    return (own.kind == Softmax::Kind::plain ? rows.softmax(first) : rows.log_softmax(first)).reshape(x_.sizes());
  }
  Tensor operator()(const Reduce& own) const {
    if (own.axes.empty()) return shaped(x_);
    Ints axes;
    for (const std::int64_t axis : own.axes) axes.push_back(axis + 1);
    return shaped(reduced(own.reduction, x_, axes, own.keepdims));
  }
  Tensor operator()(const CumulativeSum& own) const {
    const std::int64_t axis = own.axis + 1;
    const Tensor from = own.reverse ? x_.flip(axis) : x_;
    Tensor y = from.cumsum(axis);
    if (own.exclusive) y = y - from;
    return own.reverse ? y.flip(axis) : y;
  }
  Tensor operator()(const Pool& own) const { return pooled(network_, node_, own, x_, batch_); }
  Tensor operator()(const GlobalPool& own) const {
    Ints axes;
    for (std::size_t i = 2; i < in_.size(); ++i) axes.push_back(static_cast<std::int64_t>(i) + 1);
    return shaped(reduced(own.reduction, x_, axes, true));
  }

  Tensor operator()(const ChannelScale& /*own*/) const {
    Ints channels(in_.size(), 1);
    channels[1] = in_[1];
    return x_ * inputs_[1].view(channels) + inputs_[2].view(channels);
  }
  Tensor operator()(const LayerNormalization& own) const {
    const Ints row(in_.begin() + own.axis, in_.end());
    return at::layer_norm(x_, row, inputs_[1].reshape(row), inputs_[2].reshape(row), static_cast<double>(own.epsilon), false);
  }
  Tensor operator()(const InstanceNormalization& own) const {
    Tensor rows = x_.reshape({batch_ * in_[0], in_[1], -1});
    rows = at::layer_norm(rows, {rows.size(2)}, {}, {}, static_cast<double>(own.epsilon), false);
    return (rows * inputs_[1].view({-1, 1}) + inputs_[2].view({-1, 1})).reshape(x_.sizes());
  }

  Tensor operator()(const View& /*own*/) const { return shaped(x_); }
  Tensor operator()(const Permutation& own) const {
    Ints order{0};
    for (const std::int64_t axis : own.axes) order.push_back(axis + 1);
    return x_.permute(order);
  }
  Tensor operator()(const Padding& own) const {
    const std::size_t rank = own.pads.size() / 2;
    Ints pads;
    for (std::size_t i = rank; i-- > 0;) {
      pads.push_back(own.pads[i]);
      pads.push_back(own.pads[rank + i]);
    }
    return at::constant_pad_nd(x_, pads, own.value);
  }
  Tensor operator()(const Concatenation& own) const {
    std::vector<Tensor> parts;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const bool constant = is_constant(network_, node_.inputs[i]);
      parts.push_back(constant ? inputs_[i].expand(with_batch(shape_of(network_, node_.inputs[i]), batch_)) : inputs_[i]);
    }
    return at::cat(parts, own.axis + 1);
  }
  Tensor operator()(const Picking& own) const {
    return shaped(x_.index_select(own.axis + 1, torch::tensor(at::ArrayRef<std::int64_t>(own.indices), torch::kLong)));
  }
  Tensor operator()(const TableRows& /*own*/) const {
    const Tensor& table = inputs_[1];
    return shaped(at::embedding(table.reshape({table.size(0), -1}), x_.to(torch::kLong)));
  }
  Tensor operator()(const RowAt& /*own*/) const {
    const Tensor rows = x_.reshape({batch_, in_[0], -1});
    const Tensor at = (inputs_[1].reshape({batch_}).clamp(1, static_cast<double>(in_[0])) - 1).to(torch::kLong);
    return shaped(rows.gather(1, at.view({batch_, 1, 1}).expand({batch_, 1, rows.size(2)})));
  }

  Tensor operator()(const MatrixProduct& /*own*/) const { return shaped(matrix_product(matrix(0, true), matrix(1, false))); }
  Tensor operator()(const OverlapAdd& own) const {
    const bool plane = out_.size() == 4;
    const Window& w = own.window;
    const std::int64_t height = plane ? out_[2] : 1, width = out_.back();
    if (w.pad_begin != w.pad_end) return {};
    return shaped(at::col2im(x_.reshape({batch_ * out_[0], out_[1] * w.kernel[0] * w.kernel[1], -1}), {height, width}, {w.kernel[0], w.kernel[1]},
                             {w.dilation[0], w.dilation[1]}, {w.pad_begin[0], w.pad_begin[1]}, {w.stride[0], w.stride[1]}));
  }

 private:
  /// y reshaped to the shape of the output.
  [[nodiscard]] Tensor shaped(const Tensor& y) const { return y.defined() ? y.reshape(with_batch(out_, batch_)) : y; }
  [[nodiscard]] Tensor wide(std::size_t i) const { return broadcastable(network_, node_.inputs[i], inputs_[i], out_.size(), batch_); }
  /// Input i as matrices; a vector becomes a matrix with one row or one column.
  [[nodiscard]] Tensor matrix(std::size_t i, bool left) const {
    Shape shape = shape_of(network_, node_.inputs[i]);
    if (shape.size() == 1) shape.insert(left ? shape.begin() : shape.end(), 1);
    const std::size_t rank = std::max({out_.size(), in_.size(), shape_of(network_, node_.inputs[1]).size(), std::size_t{2}});
    shape.insert(shape.begin(), rank - shape.size(), 1);
    return inputs_[i].reshape(is_constant(network_, node_.inputs[i]) ? shape : with_batch(shape, batch_));
  }

  const Network& network_;
  const Node& node_;
  const std::vector<Tensor>& inputs_;
  std::int64_t batch_;
  const Tensor& x_;
  const Shape &in_, &out_;
};

}  // namespace

Tensor digital_autograd(const Network& network, const Node& node, const std::vector<Tensor>& inputs, std::int64_t batch) {
  Tensor y = std::visit(Derivative(network, node, inputs, batch), node.attributes);
  if (y.defined()) return y;
  throw base::UserError(fmt::format(
      "node {} ({}): training does not know the derivative of this operator in this form; evaluation does. Retrain the network without it", node.name,
      node.operation));
}

bool gives_probabilities(const Node& node) {
  const auto* own = std::get_if<Softmax>(&node.attributes);
  return own != nullptr && own->kind != Softmax::Kind::hard;
}

}  // namespace mho::workloads
