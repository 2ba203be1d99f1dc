#include "workloads/autograd/exact_product.h"

#include <algorithm>
#include <array>
#include <functional>

#include "workloads/autograd/gemm.h"

namespace mho::workloads {

namespace {

using torch::Tensor;

std::array<std::int64_t, 4> plane_shape(const Shape& in, std::int64_t batch) {
  const bool plane = in.size() == 4;
  return {batch * in[0], in[1], plane ? in[2] : 1, in.back()};
}

struct Geometry {
  std::vector<std::int64_t> stride, dilation, padding{0, 0};
  std::vector<std::int64_t> explicit_padding{};  ///< padding, if begin and end differ
};

Geometry geometry_of(const Window& w) {
  Geometry g{{w.stride[0], w.stride[1]}, {w.dilation[0], w.dilation[1]}};
  if (w.pad_begin == w.pad_end) {
    g.padding = {w.pad_begin[0], w.pad_begin[1]};
  } else {
    g.explicit_padding = {w.pad_begin[1], w.pad_end[1], w.pad_begin[0], w.pad_end[0]};
  }
  return g;
}

/// Reshapes [outputs][inputs of all groups] to kernels [outputs][channels of a group][height][width]; differentiable.
Tensor kernels(const Matrix& matrix, const Node& node, const Tensor& weight) {
  const std::int64_t groups = matrix.groups, height = node.window()->kernel[0], width = node.window()->kernel[1];
  Tensor own = weight;
  if (groups > 1) {
    own = weight.view({groups, matrix.outputs / groups, groups, matrix.inputs / groups}).diagonal(0, 0, 2).permute({2, 0, 1});
  }
  return own.reshape({matrix.outputs, matrix.inputs / groups / (height * width), height, width});
}

/// The gradient with zeros where converters were at their bound; `places` are indices of elements.
Tensor without(const Tensor& gradient, const std::vector<std::int64_t>& places) {
  const Tensor whole = gradient.contiguous();
  if (places.empty()) return whole;
  Tensor masked = whole.clone();
  float* values = masked.data_ptr<float>();
  for (const std::int64_t place : places) values[place] = 0.0F;
  return masked;
}

bool any_places(const SaturatedPlaces& places) {
  return std::ranges::any_of(places, [](const auto& part) { return !part.empty(); });
}

/// Gradients of a linear layer. `rows` reshapes the gradient of the output to [rows][outputs]; `seen` is [rows][inputs].
Gradients linear_gradients(const TrainedMatrix& matrix, const Tensor& seen, const BlockedGradient& gradient,
                           const std::function<Tensor(const Tensor&)>& rows, bool wants_x) {
  const Tensor& weight = matrix.effective;
  if (gradient.places.size() < 2 || !any_places(gradient.places)) {
    const Tensor g = rows(without(gradient.values, gradient.places.empty() ? std::vector<std::int64_t>() : gradient.places[0]));
    return {wants_x ? gemm(g, Transposed::no, weight, Transposed::no) : Tensor(), gemm(g, Transposed::yes, seen, Transposed::no)};
  }
  Gradients result{wants_x ? torch::empty({seen.size(0), weight.size(1)}) : Tensor(), at::empty_like(weight)};
  for (std::size_t p = 0; p < gradient.places.size(); ++p) {
    const auto [begin, end] = matrix.part_inputs[p];
    const Tensor g = rows(without(gradient.values, gradient.places[p]));
    if (wants_x) result.x.narrow(1, begin, end - begin).copy_(gemm(g, Transposed::no, weight.narrow(1, begin, end - begin), Transposed::no));
    result.weight.narrow(1, begin, end - begin).copy_(gemm(g, Transposed::yes, seen.narrow(1, begin, end - begin), Transposed::no));
  }
  return result;
}

/// Gradients of a convolution for given weights, if the gradient is blocked at the same places for all row parts.
Gradients convolution_gradients(const Network& network, const Node& node, const Tensor& weight, const Tensor& x, const Tensor& seen,
                                const Tensor& gradient, bool wants_x) {
  const Matrix& matrix = network.matrix(node);
  const std::int64_t batch = x.size(0);
  const Shape& in = network.values[static_cast<std::size_t>(node.inputs[0])].shape;
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  const Geometry geometry = geometry_of(*node.window());
  const Tensor kernel = kernels(matrix, node, weight).contiguous();
  Tensor input = seen.view(plane_shape(in, batch));
  if (!geometry.explicit_padding.empty()) input = at::constant_pad_nd(input, geometry.explicit_padding, 0);
  auto [dx, dw, db] = at::convolution_backward(gradient.view(plane_shape(out, batch)), input, kernel, c10::nullopt, geometry.stride, geometry.padding,
                                               geometry.dilation, false, {0, 0}, matrix.groups, {wants_x, true, false});
  if (wants_x) {
    if (const auto& p = geometry.explicit_padding; !p.empty()) {
      dx = dx.narrow(2, p[2], input.size(2) - p[2] - p[3]).narrow(3, p[0], input.size(3) - p[0] - p[1]);
    }
    dx = dx.reshape(x.sizes()).contiguous();
  }
  Tensor whole = dw.reshape({matrix.outputs, -1});
  if (matrix.groups > 1) {
    const std::int64_t groups = matrix.groups;
    whole = at::zeros({groups, matrix.outputs / groups, groups, matrix.inputs / groups});
    whole.diagonal(0, 0, 2).copy_(dw.reshape({groups, matrix.outputs / groups, -1}).permute({1, 2, 0}));
    whole = whole.view({matrix.outputs, matrix.inputs});
  }
  return {dx, whole};
}

/// The columns of some row parts of a weight matrix; the other columns are zero.
Tensor of_parts(const TrainedMatrix& matrix, const Tensor& weight, const std::vector<std::size_t>& parts) {
  Tensor some = at::zeros_like(weight);
  for (const std::size_t p : parts) {
    const auto [begin, end] = matrix.part_inputs[p];
    some.narrow(1, begin, end - begin).copy_(weight.narrow(1, begin, end - begin));
  }
  return some;
}

}  // namespace

Gradients backward_product(const Network& network, const Node& node, const TrainedMatrix& matrix, const Tensor& x, const Tensor& seen,
                           const BlockedGradient& gradient, bool wants_x) {
  if (node.window() == nullptr) {
    const std::int64_t axis = node.product_axis() + 1, outputs = matrix.effective.size(0), inputs = matrix.effective.size(1);
    const auto rows = [&](const Tensor& g) { return g.movedim(axis, -1).reshape({-1, outputs}); };
    Gradients result = linear_gradients(matrix, seen.movedim(axis, -1).reshape({-1, inputs}), gradient, rows, wants_x);
    if (wants_x) {
      const std::vector<std::int64_t> shape = x.movedim(axis, -1).sizes().vec();
      result.x = result.x.view(shape).movedim(-1, axis).contiguous();
    }
    return result;
  }
  const SaturatedPlaces& places = gradient.places;
  if (places.size() < 2 || !any_places(places)) {
    const Tensor g = without(gradient.values, places.empty() ? std::vector<std::int64_t>() : places[0]);
    return convolution_gradients(network, node, matrix.effective, x, seen, g, wants_x);
  }
  // Parts without blocked gradients are computed together, each other part separately.
  std::vector<std::vector<std::size_t>> together(1);
  for (std::size_t p = 0; p < places.size(); ++p) {
    if (places[p].empty()) {
      together[0].push_back(p);
    } else {
      together.push_back({p});
    }
  }
  Gradients sum{wants_x ? at::zeros_like(x) : Tensor(), at::zeros_like(matrix.effective)};
  for (const std::vector<std::size_t>& parts : together) {
    if (parts.empty()) continue;
    const Tensor g = without(gradient.values, places[parts[0]]);
    const Gradients some = convolution_gradients(network, node, of_parts(matrix, matrix.effective, parts), x, seen, g, wants_x);
    if (wants_x) sum.x += some.x;
    sum.weight += of_parts(matrix, some.weight, parts);
  }
  return sum;
}

Gradients backward_step(const TrainedMatrix& matrix, const Tensor& seen, const BlockedGradient& gradient, bool wants_x) {
  return linear_gradients(
      matrix, seen, gradient, [](const Tensor& g) { return g; }, wants_x);
}

torch::Tensor float_product(const Network& network, std::size_t index, const torch::Tensor& weight, const torch::Tensor& x) {
  const Node& node = network.nodes[index];
  const Matrix& matrix = network.matrix(node);
  if (node.window() == nullptr) {
    const std::int64_t axis = node.product_axis() + 1;
    const Tensor rows = x.movedim(axis, -1);
    std::vector<std::int64_t> shape = rows.sizes().vec();
    shape.back() = matrix.outputs;
    return linear_product(rows.reshape({-1, matrix.inputs}), weight).view(shape).movedim(-1, axis);
  }
  const Shape& in = network.values[static_cast<std::size_t>(node.inputs[0])].shape;
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  const Geometry geometry = geometry_of(*node.window());
  Tensor input = x.reshape(plane_shape(in, x.size(0)));
  if (!geometry.explicit_padding.empty()) input = at::constant_pad_nd(input, geometry.explicit_padding, 0);
  const Tensor y =
      at::conv2d(input, kernels(matrix, node, weight), c10::nullopt, geometry.stride, geometry.padding, geometry.dilation, matrix.groups);
  std::vector<std::int64_t> shape{x.size(0)};
  shape.insert(shape.end(), out.begin(), out.end());
  return y.reshape(shape);
}

}  // namespace mho::workloads
