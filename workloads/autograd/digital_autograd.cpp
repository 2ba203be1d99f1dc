#include "workloads/autograd/digital_autograd.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"

namespace mho::workloads {

namespace {

using periphery::digital::Function;
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

/// An input with its sample axes filled up from the left to `rank`, so that the batch axis stays the first.
Tensor broadcastable(const Network& network, int value, const Tensor& x, std::size_t rank, std::int64_t batch) {
  const Shape& shape = shape_of(network, value);
  if (is_constant(network, value)) return x;  // broadcasts from the right anyway
  Ints wide{batch};
  wide.resize(1 + rank - shape.size(), 1);
  wide.insert(wide.end(), shape.begin(), shape.end());
  return x.reshape(wide);
}

Tensor truth(const Tensor& condition) { return condition.to(torch::kFloat32); }

Tensor binary(const Node& node, const Tensor& a, const Tensor& b) {
  switch (node.op) {
    case Operator::add:
      return a + b;
    case Operator::sub:
      return a - b;
    case Operator::mul:
      return a * b;
    case Operator::div:
      return a / b;
    case Operator::power:
      // A constant exponent: the general derivative would take the logarithm of negative numbers.
      if (b.numel() == 1 && !b.requires_grad()) return at::pow(a, b.item<float>());
      return at::pow(a, b);
    case Operator::minimum:
      return at::minimum(a, b);
    case Operator::maximum:
      return at::maximum(a, b);
    case Operator::parametric_relu:
      return at::clamp_min(a, 0) + b * at::clamp_max(a, 0);
    case Operator::equal:
      return truth(a == b);
    case Operator::greater:
      return truth(a > b);
    case Operator::less:
      return truth(a < b);
    case Operator::greater_or_equal:
      return truth(a >= b);
    case Operator::less_or_equal:
      return truth(a <= b);
    case Operator::both:
      return truth((a != 0).logical_and(b != 0));
    case Operator::either:
      return truth((a != 0).logical_or(b != 0));
    case Operator::exclusive_or:
      return truth((a != 0).logical_xor(b != 0));
    case Operator::modulo:
      return at::remainder(a, b);
    case Operator::remainder:
      return at::fmod(a, b);
    default:
      return {};
  }
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

Tensor pooled(const Network& network, const Node& node, const Tensor& x, std::int64_t batch) {
  const Shape& in = shape_of(network, node.inputs[0]);
  const Shape& out = shape_of(network, node.output);
  const bool plane = in.size() == 4;
  const Window& w = node.window;
  Tensor input = x.reshape({batch * in[0], in[1], plane ? in[2] : 1, in.back()});
  const std::array<std::int64_t, 2> out_size{plane ? out[2] : 1, out.back()};
  // Padded up to what the windows reach, so that the pooling itself needs no padding and no rounding of its size.
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
  if (node.op == Operator::max_pool) {
    y = at::max_pool2d(padded(input, -std::numeric_limits<float>::infinity()), kernel, stride, {0, 0}, dilation);
  } else if (w.dilation != std::array<int, 2>{1, 1}) {
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

Tensor padded(const Node& node, const Tensor& x) {
  const std::size_t rank = node.pads.size() / 2;
  Ints pads;
  for (std::size_t i = rank; i-- > 0;) {
    pads.push_back(node.pads[i]);
    pads.push_back(node.pads[rank + i]);
  }
  return at::constant_pad_nd(x, pads, node.pad_value);
}

Tensor softmax_of(const Node& node, const Tensor& x) {
  const std::int64_t first = node.axes.front() + 1, last = node.axes.back() + 1;
  const Tensor rows = x.flatten(first, last);
  const Tensor y = node.op == Operator::softmax ? rows.softmax(first) : rows.log_softmax(first);
  return y.reshape(x.sizes());
}

}  // namespace

Tensor function_autograd(Function function, float alpha, float beta, const Tensor& x) {
  switch (function) {
    case Function::abs:
      return x.abs();
    case Function::negative:
      return -x;
    case Function::exponential:
      return x.exp();
    case Function::logarithm:
      return x.log();
    case Function::square_root:
      return x.sqrt();
    case Function::reciprocal:
      return x.reciprocal();
    case Function::erf:
      return x.erf();
    case Function::gelu:
      return at::gelu(x);
    case Function::gelu_tanh:
      return at::gelu(x, "tanh");
    case Function::leaky_relu:
      return at::leaky_relu(x, alpha);
    case Function::elu:
      return at::elu(x, alpha);
    case Function::selu:
      return beta * (at::clamp_min(x, 0) + alpha * at::expm1(at::clamp_max(x, 0)));
    case Function::hard_sigmoid:
      return at::clamp(alpha * x + beta, 0, 1);
    case Function::hard_swish:
      return x * at::clamp(x / 6 + 0.5, 0, 1);
    case Function::mish:
      return x * at::softplus(x).tanh();
    case Function::softplus:
      return at::softplus(x);
    case Function::softsign:
      return x / (1 + x.abs());
    case Function::negation:
      return truth(x == 0);
    case Function::relu:
      return x.relu();
    case Function::sigmoid:
      return x.sigmoid();
    case Function::tanh:
      return x.tanh();
    case Function::affine:
      return alpha * x + beta;
    case Function::scaled_tanh:
      return alpha * (beta * x).tanh();
    case Function::thresholded_relu:
      return x * truth(x > alpha);
    case Function::floor:
      return x.floor();
    case Function::ceil:
      return x.ceil();
    case Function::round:
      return x.round();
    case Function::truncate:
      return x.trunc();
    case Function::truth:
      return truth(x != 0);
    case Function::sign:
      return x.sign();
    case Function::sine:
      return x.sin();
    case Function::cosine:
      return x.cos();
    case Function::celu:
      return at::celu(x, alpha);
  }
  return {};
}

Tensor digital_autograd(const Network& network, const Node& node, const std::vector<Tensor>& inputs, std::int64_t batch) {
  const Tensor& x = inputs[0];
  const Shape& in = shape_of(network, node.inputs[0]);
  const Shape& out = shape_of(network, node.output);
  const auto wide = [&](std::size_t i) { return broadcastable(network, node.inputs[i], inputs[i], out.size(), batch); };
  Tensor y;
  switch (node.op) {
    case Operator::function:
      y = function_autograd(node.function, node.alpha, node.beta, x);
      break;
    case Operator::relu:
      y = x.relu();
      break;
    case Operator::sigmoid:
      y = x.sigmoid();
      break;
    case Operator::tanh:
      y = x.tanh();
      break;
    case Operator::clip:
      y = x.clamp(node.minimum, node.maximum);
      break;
    case Operator::softmax:
    case Operator::log_softmax:
      y = softmax_of(node, x);
      break;
    case Operator::max_pool:
    case Operator::average_pool:
      y = pooled(network, node, x, batch);
      break;
    case Operator::global_pool: {
      Ints axes;
      for (std::size_t i = 2; i < in.size(); ++i) axes.push_back(static_cast<std::int64_t>(i) + 1);
      y = reduced(node.reduction, x, axes, true);
      if (y.defined()) y = y.reshape(with_batch(out, batch));
      break;
    }
    case Operator::batch_normalization: {
      Ints channels(in.size(), 1);
      channels[1] = in[1];
      y = x * inputs[1].view(channels) + inputs[2].view(channels);
      break;
    }
    case Operator::layer_normalization: {
      const Ints row(in.begin() + node.axis, in.end());
      y = at::layer_norm(x, row, inputs[1].reshape(row), inputs[2].reshape(row), static_cast<double>(node.epsilon), false);
      break;
    }
    case Operator::instance_normalization: {
      Tensor rows = x.reshape({batch * in[0], in[1], -1});
      rows = at::layer_norm(rows, {rows.size(2)}, {}, {}, static_cast<double>(node.epsilon), false);
      y = (rows * inputs[1].view({-1, 1}) + inputs[2].view({-1, 1})).reshape(x.sizes());
      break;
    }
    case Operator::flatten:
    case Operator::reshape:
    case Operator::identity:
    case Operator::squeeze:
    case Operator::unsqueeze:
      y = x.reshape(with_batch(out, batch));
      break;
    case Operator::transpose: {
      Ints order{0};
      for (const std::int64_t axis : node.axes) order.push_back(axis + 1);
      y = x.permute(order);
      break;
    }
    case Operator::pad:
      y = padded(node, x);
      break;
    case Operator::reduce: {
      if (node.axes.empty()) {
        y = x.reshape(with_batch(out, batch));
        break;
      }
      Ints axes;
      for (const std::int64_t axis : node.axes) axes.push_back(axis + 1);
      y = reduced(node.reduction, x, axes, node.keepdims);
      if (y.defined()) y = y.reshape(with_batch(out, batch));
      break;
    }
    case Operator::matmul: {
      // Vectors become matrices first; the result has the shape that was inferred.
      const auto matrix = [&](std::size_t i, bool left) {
        Shape shape = shape_of(network, node.inputs[i]);
        if (shape.size() == 1) shape.insert(left ? shape.begin() : shape.end(), 1);
        const std::size_t rank =
            std::max({out.size(), shape_of(network, node.inputs[0]).size(), shape_of(network, node.inputs[1]).size(), std::size_t{2}});
        shape.insert(shape.begin(), rank - shape.size(), 1);
        return inputs[i].reshape(is_constant(network, node.inputs[i]) ? shape : with_batch(shape, batch));
      };
      y = at::matmul(matrix(0, true), matrix(1, false)).reshape(with_batch(out, batch));
      break;
    }
    case Operator::embed: {
      const Tensor& table = inputs[1];
      y = at::embedding(table.reshape({table.size(0), -1}), x.to(torch::kLong)).reshape(with_batch(out, batch));
      break;
    }
    case Operator::row_at: {
      const Tensor rows = x.reshape({batch, in[0], -1});
      const Tensor at = (inputs[1].reshape({batch}).clamp(1, static_cast<double>(in[0])) - 1).to(torch::kLong);
      y = rows.gather(1, at.view({batch, 1, 1}).expand({batch, 1, rows.size(2)})).reshape(with_batch(out, batch));
      break;
    }
    case Operator::where:
      y = at::where(wide(0) != 0, wide(1), wide(2));
      break;
    case Operator::take: {
      const Tensor indices = torch::tensor(at::ArrayRef<std::int64_t>(node.axes), torch::kLong);
      y = x.index_select(node.axis + 1, indices).reshape(with_batch(out, batch));
      break;
    }
    case Operator::concat: {
      std::vector<Tensor> parts;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        parts.push_back(is_constant(network, node.inputs[i]) ? inputs[i].expand(with_batch(shape_of(network, node.inputs[i]), batch)) : inputs[i]);
      }
      y = at::cat(parts, node.axis + 1);
      break;
    }
    case Operator::cumulative_sum: {
      const std::int64_t axis = node.axis + 1;
      Tensor from = node.reverse ? x.flip(axis) : x;
      y = from.cumsum(axis);
      if (node.exclusive) y = y - from;
      if (node.reverse) y = y.flip(axis);
      break;
    }
    case Operator::overlap_add: {
      const bool plane = out.size() == 4;
      const Window& w = node.window;
      const std::int64_t height = plane ? out[2] : 1, width = out.back();
      if (w.pad_begin != w.pad_end) break;
      y = at::col2im(x.reshape({batch * out[0], out[1] * w.kernel[0] * w.kernel[1], -1}), {height, width}, {w.kernel[0], w.kernel[1]},
                     {w.dilation[0], w.dilation[1]}, {w.pad_begin[0], w.pad_begin[1]}, {w.stride[0], w.stride[1]})
              .reshape(with_batch(out, batch));
      break;
    }
    default:
      if (inputs.size() == 2) y = binary(node, wide(0), wide(1));
  }
  if (y.defined()) return y;
  throw base::UserError(fmt::format(
      "node {} ({}): training does not know the derivative of this operator in this form; evaluation does. Retrain the network without it", node.name,
      node.operation));
}

}  // namespace mho::workloads
