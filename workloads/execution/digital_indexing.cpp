#include "workloads/execution/digital_indexing.h"

#include <algorithm>
#include <limits>

namespace mho::workloads {

namespace {

namespace digital = periphery::digital;

std::size_t product(const Shape& shape, std::size_t begin, std::size_t end) {
  std::size_t count = 1;
  for (std::size_t i = begin; i < end; ++i) count *= static_cast<std::size_t>(shape[i]);
  return count;
}

digital::Lines along(const Shape& shape, std::size_t first, std::size_t last) {
  return {product(shape, 0, first), product(shape, first, last + 1), product(shape, last + 1, shape.size())};
}

/// Whole number that `raw` names on an axis of `length`, from the end where negative; -1 where it is none.
std::int64_t place(float raw, std::int64_t length) {
  const float least = -static_cast<float>(length), beyond = static_cast<float>(length);
  if (!(raw >= least && raw < beyond)) return -1;
  const auto index = static_cast<std::int64_t>(raw);
  return index < 0 ? index + length : index;
}

/// Offset in `data` of each element of a tensor of `indices` shape whose coordinate along `axis` the index replaces: body(element, offset or -1).
template <typename Body>
void each_element(const Shape& data, const Shape& indices, std::size_t axis, std::span<const float> index, Body body) {
  Shape steps(data.size(), 1);
  for (std::size_t i = data.size(); i-- > 1;) steps[i - 1] = steps[i] * data[i];
  Shape at(indices.size(), 0);
  for (std::size_t e = 0; e < index.size(); ++e) {
    const std::int64_t picked = place(index[e], data[axis]);
    std::int64_t offset = picked < 0 ? -1 : 0;
    for (std::size_t i = 0; picked >= 0 && i < at.size(); ++i) offset += (i == axis ? picked : at[i]) * steps[i];
    body(e, offset);
    for (std::size_t i = at.size(); i-- > 0;) {
      if (++at[i] < indices[i]) break;
      at[i] = 0;
    }
  }
}

/// Offset of the slice of `data` that each tuple of indices names: body(tuple, offset or -1). `batch` leading axes are common to both.
template <typename Body>
void each_tuple(const Shape& data, const Shape& indices, std::size_t batch, std::span<const float> index, Body body) {
  const auto k = static_cast<std::size_t>(indices.back());
  const std::size_t tuples = product(indices, 0, indices.size() - 1), of_one = tuples / product(indices, 0, batch);
  for (std::size_t t = 0; t < tuples; ++t) {
    auto offset = static_cast<std::int64_t>(t / of_one);
    for (std::size_t i = 0; i < k && offset >= 0; ++i) {
      const std::int64_t picked = place(index[t * k + i], data[batch + i]);
      offset = picked < 0 ? -1 : offset * data[batch + i] + picked;
    }
    body(t, offset < 0 ? -1 : offset * static_cast<std::int64_t>(product(data, batch + k, data.size())));
  }
}

/// What an index beyond its axis gives: the check of the network's output reports it.
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

}  // namespace

bool run_digital_indexing(const Network& network, const Node& node, std::span<const std::span<const float>> inputs, std::span<float> y) {
  const auto shape = [&](std::size_t i) -> const Shape& { return network.values[static_cast<std::size_t>(node.inputs[i])].shape; };
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  const std::span<const float> x = inputs[0];
  const auto axis = static_cast<std::size_t>(node.axis);
  const bool largest = node.reduction == digital::Reduction::maximum;
  switch (node.op) {
    case Operator::cumulative_sum:
      digital::cumulative_sum(along(shape(0), axis, axis), node.exclusive, node.reverse, x, y);
      return true;
    case Operator::extreme_index:
      digital::extreme_index(along(shape(0), axis, axis), largest, node.reverse, x, y);
      return true;
    case Operator::top_k:
    case Operator::top_k_indices:
      digital::top_k(along(shape(0), axis, axis), static_cast<std::size_t>(out[axis]), largest, node.op == Operator::top_k_indices, x, y);
      return true;
    case Operator::hardmax:
      digital::hardmax(along(shape(0), static_cast<std::size_t>(node.axes.front()), static_cast<std::size_t>(node.axes.back())), x, y);
      return true;
    case Operator::interpolate:
      digital::interpolate(along(shape(0), axis, axis), node.axes, inputs[1], node.axes.size() / static_cast<std::size_t>(out[axis]), x, y);
      return true;
    case Operator::local_response:
      digital::local_response(along(shape(0), axis, axis), static_cast<std::size_t>(node.axes[0]), node.alpha, node.beta, node.epsilon, x, y);
      return true;
    case Operator::gather_elements:
      each_element(shape(0), shape(1), axis, inputs[1],
                   [&](std::size_t e, std::int64_t offset) { y[e] = offset < 0 ? unknown : x[static_cast<std::size_t>(offset)]; });
      return true;
    case Operator::gather_nd: {
      const std::size_t run = product(shape(0), axis + static_cast<std::size_t>(shape(1).back()), shape(0).size());
      each_tuple(shape(0), shape(1), axis, inputs[1], [&](std::size_t t, std::int64_t offset) {
        for (std::size_t i = 0; i < run; ++i) y[t * run + i] = offset < 0 ? unknown : x[static_cast<std::size_t>(offset) + i];
      });
      return true;
    }
    case Operator::scatter_elements:
      std::copy(x.begin(), x.end(), y.begin());
      each_element(shape(0), shape(1), axis, inputs[1], [&](std::size_t e, std::int64_t offset) {
        digital::scatter_into(node.scatter, y[static_cast<std::size_t>(offset)], inputs[2][e]);
      });
      return true;
    case Operator::scatter_nd: {
      std::copy(x.begin(), x.end(), y.begin());
      const std::size_t run = product(shape(0), static_cast<std::size_t>(shape(1).back()), shape(0).size());
      each_tuple(shape(0), shape(1), 0, inputs[1], [&](std::size_t t, std::int64_t offset) {
        for (std::size_t i = 0; i < run; ++i) digital::scatter_into(node.scatter, y[static_cast<std::size_t>(offset) + i], inputs[2][t * run + i]);
      });
      return true;
    }
    default:
      return false;
  }
}

}  // namespace mho::workloads
