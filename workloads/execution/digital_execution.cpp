#include "workloads/execution/digital_execution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>

#include "periphery/digital/elementwise.h"
#include "periphery/digital/pooling.h"
#include "periphery/digital/reduction.h"
#include "workloads/execution/digital_indexing.h"

namespace mho::workloads {
namespace {

namespace digital = periphery::digital;

std::size_t product(const Shape& shape, std::size_t begin, std::size_t end) {
  std::size_t count = 1;
  for (std::size_t i = begin; i < end; ++i) count *= static_cast<std::size_t>(shape[i]);
  return count;
}

Shape row_major_steps(const Shape& shape) {
  Shape steps(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) steps[i - 1] = steps[i] * shape[i];
  return steps;
}

void pool(const Node& node, const Shape& in, const Shape& out, std::span<const float> x, std::span<float> y) {
  const bool plane = in.size() == 4;
  const std::array<int, 2> size{plane ? static_cast<int>(in[2]) : 1, static_cast<int>(in.back())};
  const std::array<int, 2> out_size{plane ? static_cast<int>(out[2]) : 1, static_cast<int>(out.back())};
  const Window& w = node.window;
  const digital::PoolWindow window{w.kernel, w.stride, w.dilation, w.pad_begin, w.pad_end, w.count_include_pad};
  const std::size_t from = static_cast<std::size_t>(size[0]) * size[1], to = static_cast<std::size_t>(out_size[0]) * out_size[1];
  for (std::size_t c = 0; c < static_cast<std::size_t>(in[0] * in[1]); ++c) {
    const auto plane_x = x.subspan(c * from, from);
    const auto plane_y = y.subspan(c * to, to);
    if (node.op == Operator::max_pool) {
      digital::max_pool(plane_x, size, window, out_size, plane_y);
    } else {
      digital::average_pool(plane_x, size, window, out_size, plane_y);
    }
  }
}

void softmax(const Node& node, const Shape& shape, std::span<const float> x, std::span<float> y) {
  const auto first = static_cast<std::size_t>(node.axes.front()), end = static_cast<std::size_t>(node.axes.back()) + 1;
  const std::size_t outer = product(shape, 0, first), row = product(shape, first, end), inner = product(shape, end, shape.size());
  for (std::size_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inner; ++i) {
      const auto from = x.subspan(o * row * inner + i);
      const auto to = y.subspan(o * row * inner + i);
      node.op == Operator::softmax ? digital::softmax(from, row, inner, to) : digital::log_softmax(from, row, inner, to);
    }
  }
}

/// Copies x to y, element `from` steps over x, row by row of y.
void gather(const Shape& out, const Shape& from_steps, std::span<const float> x, std::span<float> y) {
  Shape index(out.size(), 0);
  std::int64_t at = 0;
  for (float& value : y) {
    value = x[static_cast<std::size_t>(at)];
    for (std::size_t axis = out.size(); axis-- > 0;) {
      at += from_steps[axis];
      if (++index[axis] < out[axis]) break;
      at -= from_steps[axis] * out[axis];
      index[axis] = 0;
    }
  }
}

void transpose(const Node& node, const Shape& in, const Shape& out, std::span<const float> x, std::span<float> y) {
  const Shape steps = row_major_steps(in);
  Shape from(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) from[i] = steps[static_cast<std::size_t>(node.axes[i])];
  gather(out, from, x, y);
}

void pad(const Node& node, const Shape& in, const Shape& out, std::span<const float> x, std::span<float> y) {
  std::fill(y.begin(), y.end(), node.pad_value);
  if (x.empty()) return;
  const Shape steps = row_major_steps(out);
  Shape index(in.size(), 0);
  std::int64_t at = 0;
  for (std::size_t i = 0; i < in.size(); ++i) at += node.pads[i] * steps[i];
  for (const float value : x) {
    y[static_cast<std::size_t>(at)] = value;
    for (std::size_t axis = in.size(); axis-- > 0;) {
      at += steps[axis];
      if (++index[axis] < in[axis]) break;
      at -= steps[axis] * in[axis];
      index[axis] = 0;
    }
  }
}

void reduce(const Node& node, const Shape& in, std::span<const float> x, std::span<float> y) {
  if (node.axes.empty()) {
    std::copy(x.begin(), x.end(), y.begin());
    return;
  }
  const auto first = static_cast<std::size_t>(node.axes.front()), end = static_cast<std::size_t>(node.axes.back()) + 1;
  if (end - first == node.axes.size()) {
    digital::reduce(node.reduction, x, product(in, 0, first), product(in, first, end), product(in, end, in.size()), y);
    return;
  }
  // Reduced axes apart from each other: bring them to the end first.
  Node order;
  Shape moved;
  for (const bool reduced : {false, true}) {
    for (std::size_t i = 0; i < in.size(); ++i) {
      if (std::ranges::count(node.axes, static_cast<std::int64_t>(i)) == (reduced ? 1 : 0)) {
        order.axes.push_back(static_cast<std::int64_t>(i));
        moved.push_back(in[i]);
      }
    }
  }
  std::vector<float> ordered(x.size());
  transpose(order, in, moved, x, ordered);
  digital::reduce(node.reduction, ordered, y.size(), y.empty() ? 0 : x.size() / y.size(), 1, y);
}

/// y[c][i s + k d - pad] += x[c, k][i] over height and width.
void overlap_add(const Window& window, const Shape& in, const Shape& out, std::span<const float> x, std::span<float> y) {
  const bool plane = in.size() == 4;
  const std::int64_t height = plane ? in[2] : 1, width = in.back(), out_height = plane ? out[2] : 1, out_width = out.back();
  std::fill(y.begin(), y.end(), 0.0F);
  const float* from = x.data();
  for (std::int64_t c = 0; c < out[1]; ++c) {
    float* to = y.data() + c * out_height * out_width;
    for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
      for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
        for (std::int64_t i = 0; i < height * width; ++i, ++from) {
          const std::int64_t oy = i / width * window.stride[0] + ky * window.dilation[0] - window.pad_begin[0];
          const std::int64_t ox = i % width * window.stride[1] + kx * window.dilation[1] - window.pad_begin[1];
          if (oy >= 0 && oy < out_height && ox >= 0 && ox < out_width) to[oy * out_width + ox] += *from;
        }
      }
    }
  }
}

/// Product of two activations: [..., M, K] x [..., K, N], broadcasting the leading axes; ascending order over K.
void matmul(Shape a_shape, Shape b_shape, std::span<const float> a, std::span<const float> b, std::span<float> y) {
  if (a_shape.size() == 1) a_shape.insert(a_shape.begin(), 1);
  if (b_shape.size() == 1) b_shape.push_back(1);
  const std::size_t m = static_cast<std::size_t>(a_shape[a_shape.size() - 2]), k = static_cast<std::size_t>(a_shape.back()),
                    n = static_cast<std::size_t>(b_shape.back());
  const std::size_t rank = std::max(a_shape.size(), b_shape.size());
  a_shape.insert(a_shape.begin(), rank - a_shape.size(), 1);
  b_shape.insert(b_shape.begin(), rank - b_shape.size(), 1);
  std::fill(y.begin(), y.end(), 0.0F);
  for (std::size_t item = 0; m * n != 0 && item < y.size() / (m * n); ++item) {
    std::size_t rest = item, a_item = 0, b_item = 0, a_step = 1, b_step = 1;
    for (std::size_t axis = rank - 2; axis-- > 0;) {
      const auto length = static_cast<std::size_t>(std::max(a_shape[axis], b_shape[axis]));
      const std::size_t index = rest % length;
      rest /= length;
      if (a_shape[axis] != 1) a_item += index * a_step;
      if (b_shape[axis] != 1) b_item += index * b_step;
      a_step *= static_cast<std::size_t>(a_shape[axis]);
      b_step *= static_cast<std::size_t>(b_shape[axis]);
    }
    for (std::size_t i = 0; i < m; ++i) {
      float* out = y.data() + (item * m + i) * n;
      for (std::size_t j = 0; j < k; ++j) {
        const float left = a[(a_item * m + i) * k + j];
        const float* right = b.data() + (b_item * k + j) * n;
        for (std::size_t c = 0; c < n; ++c) out[c] += left * right[c];
      }
    }
  }
}

std::optional<digital::Binary> binary_of(Operator op) {
  static const std::map<Operator, digital::Binary> table{{Operator::add, digital::Binary::add},
                                                         {Operator::sub, digital::Binary::sub},
                                                         {Operator::mul, digital::Binary::mul},
                                                         {Operator::div, digital::Binary::div},
                                                         {Operator::power, digital::Binary::power},
                                                         {Operator::minimum, digital::Binary::minimum},
                                                         {Operator::maximum, digital::Binary::maximum},
                                                         {Operator::parametric_relu, digital::Binary::parametric_relu},
                                                         {Operator::equal, digital::Binary::equal},
                                                         {Operator::greater, digital::Binary::greater},
                                                         {Operator::less, digital::Binary::less},
                                                         {Operator::both, digital::Binary::both},
                                                         {Operator::either, digital::Binary::either},
                                                         {Operator::greater_or_equal, digital::Binary::greater_or_equal},
                                                         {Operator::less_or_equal, digital::Binary::less_or_equal},
                                                         {Operator::exclusive_or, digital::Binary::exclusive_or},
                                                         {Operator::modulo, digital::Binary::modulo},
                                                         {Operator::remainder, digital::Binary::remainder}};
  const auto found = table.find(op);
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

bool is_binary(Operator op) { return binary_of(op).has_value(); }

bool is_view(const Node& node) {
  return node.op == Operator::reshape || node.op == Operator::flatten || node.op == Operator::squeeze || node.op == Operator::unsqueeze ||
         node.op == Operator::identity;
}

void run_digital(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y) {
  const auto shape = [&](std::size_t i) -> const Shape& { return network.values[static_cast<std::size_t>(node.inputs[i])].shape; };
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  const std::span<const float> x = inputs[0];
  if (const auto operation = binary_of(node.op)) return digital::binary(*operation, x, shape(0), inputs[1], shape(1), y, out);
  switch (node.op) {
    case Operator::function:
      return digital::apply(node.function, node.alpha, node.beta, x, y);
    case Operator::layer_normalization: {
      const std::size_t row = product(shape(0), static_cast<std::size_t>(node.axis), shape(0).size());
      for (std::size_t at = 0; at < x.size(); at += row)
        digital::normalise(x.subspan(at, row), node.epsilon, inputs[1], inputs[2], y.subspan(at, row));
      return;
    }
    case Operator::instance_normalization: {
      const std::size_t row = product(shape(0), 2, shape(0).size());
      for (std::size_t at = 0; at < x.size(); at += row) {
        const std::size_t channel = at / row % inputs[1].size();
        digital::normalise(x.subspan(at, row), node.epsilon, inputs[1].subspan(channel, 1), inputs[2].subspan(channel, 1), y.subspan(at, row));
      }
      return;
    }
    case Operator::relu:
      return digital::relu(x, y);
    case Operator::sigmoid:
      return digital::sigmoid(x, y);
    case Operator::tanh:
      return digital::tanh(x, y);
    case Operator::clip:
      return digital::clip(x, node.minimum, node.maximum, y);
    case Operator::softmax:
    case Operator::log_softmax:
      return softmax(node, shape(0), x, y);
    case Operator::max_pool:
    case Operator::average_pool:
      return pool(node, shape(0), out, x, y);
    case Operator::global_pool:
      return digital::reduce(node.reduction, x, y.size(), x.size() / y.size(), 1, y);
    case Operator::batch_normalization:
      return digital::scale_shift(x, inputs[1], inputs[2], x.size() / inputs[1].size(), y);
    case Operator::flatten:
    case Operator::reshape:
    case Operator::identity:
    case Operator::squeeze:
    case Operator::unsqueeze:
      std::copy(x.begin(), x.end(), y.begin());
      return;
    case Operator::transpose:
      return transpose(node, shape(0), out, x, y);
    case Operator::pad:
      return pad(node, shape(0), out, x, y);
    case Operator::reduce:
      return reduce(node, shape(0), x, y);
    case Operator::matmul:
      return matmul(shape(0), shape(1), x, inputs[1], y);
    case Operator::embed: {
      const std::size_t rows = static_cast<std::size_t>(shape(1)[0]), row = product(shape(1), 1, shape(1).size());
      for (std::size_t i = 0; i < x.size(); ++i) {
        // Not a number, or one that is no row: the check of the network's outputs reports it.
        const bool known = x[i] >= 0.0F && x[i] < static_cast<float>(rows);
        for (std::size_t k = 0; k < row; ++k) {
          y[i * row + k] = known ? inputs[1][static_cast<std::size_t>(x[i]) * row + k] : std::numeric_limits<float>::quiet_NaN();
        }
      }
      return;
    }
    case Operator::row_at: {
      // A length of 0 leaves what the sequence began with, which is zero in the rows themselves.
      const auto rows = static_cast<std::size_t>(shape(0)[0]), row = y.size();
      const float length = inputs[1][0];
      const std::size_t at = length >= 1.0F ? std::min(static_cast<std::size_t>(length), rows) - 1 : 0;
      std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(at * row), row, y.begin());
      return;
    }
    case Operator::overlap_add:
      return overlap_add(node.window, shape(0), out, x, y);
    case Operator::where:
      return digital::where(x, shape(0), inputs[1], shape(1), inputs[2], shape(2), y, out);
    case Operator::take: {
      const auto axis = static_cast<std::size_t>(node.axis);
      const std::size_t inner = product(shape(0), axis + 1, shape(0).size()), length = static_cast<std::size_t>(shape(0)[axis]);
      std::size_t to = 0;
      for (std::size_t o = 0; o < product(shape(0), 0, axis); ++o) {
        for (const std::int64_t index : node.axes) {
          std::copy_n(x.begin() + static_cast<std::ptrdiff_t>((o * length + static_cast<std::size_t>(index)) * inner), inner,
                      y.begin() + static_cast<std::ptrdiff_t>(to));
          to += inner;
        }
      }
      return;
    }
    case Operator::concat: {
      const auto axis = static_cast<std::size_t>(node.axis);
      const std::size_t row = product(out, axis, out.size());
      std::size_t offset = 0;
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const std::size_t part = product(shape(i), axis, shape(i).size());
        for (std::size_t o = 0; part != 0 && o < inputs[i].size() / part; ++o) {
          std::copy_n(inputs[i].begin() + static_cast<std::ptrdiff_t>(o * part), part, y.begin() + static_cast<std::ptrdiff_t>(o * row + offset));
        }
        offset += part;
      }
      return;
    }
    default:
      break;
  }
  if (run_digital_indexing(network, node, inputs, y)) return;
  throw std::logic_error("node " + node.name + " (" + node.operation + ") runs on tiles, not digitally");
}

}  // namespace mho::workloads
