// Operators that pick or place single elements by a tensor of indices.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/onnx/onnx_graph.h"

namespace mho::workloads {

namespace {

/// Fails where a constant index lies beyond its axis; index i belongs to the axis `length(i)` long.
template <typename Length>
void check_indices(const OnnxNode& node, const ValueInfo& indices, Length length) {
  for (std::size_t i = 0; i < indices.data.size(); ++i) {
    const float index = indices.data[i];
    const auto limit = static_cast<float>(length(i));
    if (!(index >= -limit && index < limit)) node.fail(fmt::format("index {} is outside an axis of length {}", index, length(i)));
  }
}

/// Fails where the indices do not lie inside the data on every axis but `axis`.
void check_elements(const OnnxNode& node, const Shape& data, const ValueInfo& indices, std::size_t axis) {
  bool fits = indices.shape.size() == data.size();
  for (std::size_t i = 0; fits && i < data.size(); ++i) fits = i == axis || indices.shape[i] <= data[i];
  if (!fits) {
    node.fail(fmt::format("indices of shape {} do not fit its input of shape {}: as many axes are needed, none longer but axis {}",
                          shape_text(indices.shape), shape_text(data), axis));
  }
  if (indices.constant) check_indices(node, indices, [&](std::size_t) { return data[axis]; });
}

/// Length of the index tuples. Fails where they do not fit data whose first `batch` axes they share.
std::int64_t check_tuples(const OnnxNode& node, const Shape& data, const ValueInfo& indices, std::int64_t batch) {
  const Shape& shape = indices.shape;
  const auto rank = static_cast<std::int64_t>(data.size());
  const bool common =
      batch >= 0 && batch < rank && batch < static_cast<std::int64_t>(shape.size()) && std::equal(shape.begin(), shape.begin() + batch, data.begin());
  if (!common || shape.back() < 1 || shape.back() > rank - batch) {
    node.fail(
        fmt::format("indices of shape {} do not fit its input of shape {} with {} common axes: the last axis holds one index for each of at "
                    "most the other axes",
                    shape_text(shape), shape_text(data), batch));
  }
  const auto k = static_cast<std::size_t>(shape.back());
  if (indices.constant) check_indices(node, indices, [&](std::size_t i) { return data[static_cast<std::size_t>(batch) + i % k]; });
  return shape.back();
}

periphery::digital::Scatter scatter_of(const OnnxNode& node) {
  using periphery::digital::Scatter;
  static const std::map<std::string, Scatter> table{
      {"none", Scatter::replace}, {"add", Scatter::add}, {"mul", Scatter::mul}, {"max", Scatter::maximum}, {"min", Scatter::minimum}};
  const auto found = table.find(node.text("reduction", "none"));
  if (found == table.end()) node.fail(fmt::format("reduction '{}'; legal are none, add, mul, max and min", node.text("reduction", "none")));
  return found->second;
}

}  // namespace

void OnnxGraph::gather_elements(const OnnxNode& node) {
  const int x = input(node, 0), indices = input(node, 1);
  Node result = node_of(node, {x, indices});
  result.axis = normal_axis(node, node.integer("axis", 0), value(x).shape.size());
  keep_batch(node, x, result.axis, "picks elements");
  check_elements(node, value(x).shape, value(indices), static_cast<std::size_t>(result.axis));
  add(node, std::move(result), Shape(value(indices).shape));
}

void OnnxGraph::gather_nd(const OnnxNode& node) {
  const int x = input(node, 0), indices = input(node, 1);
  const Shape in = value(x).shape, at = value(indices).shape;
  Node result = node_of(node, {x, indices});
  const std::int64_t batch = node.integer("batch_dims", 0), k = check_tuples(node, in, value(indices), batch);
  result.axis = static_cast<int>(batch);
  Shape out(at.begin(), at.end() - 1);
  out.insert(out.end(), in.begin() + batch + k, in.end());
  // One sample picked once, as exporters write it, keeps the batch where it is.
  if (batch == 0 && (at.size() < 2 || at[0] != 1)) keep_batch(node, x, 0, "picks elements");
  add(node, std::move(result), std::move(out));
}

void OnnxGraph::scatter_elements(const OnnxNode& node) {
  const int x = input(node, 0), updates = input(node, 2);
  const ValueInfo& indices = constant(node, 1, "its indices");
  Node result = node_of(node, {x, input(node, 1), updates});
  result.axis = normal_axis(node, node.integer("axis", 0), value(x).shape.size());
  result.scatter = scatter_of(node);
  keep_batch(node, x, result.axis, "places elements");
  check_elements(node, value(x).shape, indices, static_cast<std::size_t>(result.axis));
  if (value(updates).shape != indices.shape) {
    node.fail(fmt::format("updates of shape {} for indices of shape {}; one for each is needed", shape_text(value(updates).shape),
                          shape_text(indices.shape)));
  }
  add(node, std::move(result), Shape(value(x).shape));
}

void OnnxGraph::scatter_nd(const OnnxNode& node) {
  const int x = input(node, 0), updates = input(node, 2);
  const ValueInfo& indices = constant(node, 1, "its indices");
  const Shape in = value(x).shape;
  Node result = node_of(node, {x, input(node, 1), updates});
  result.scatter = scatter_of(node);
  const std::int64_t k = check_tuples(node, in, indices, 0);
  Shape needed(indices.shape.begin(), indices.shape.end() - 1);
  needed.insert(needed.end(), in.begin() + k, in.end());
  if (value(updates).shape != needed) {
    node.fail(fmt::format("updates of shape {} where its indices need {}", shape_text(value(updates).shape), shape_text(needed)));
  }
  add(node, std::move(result), in);
}

}  // namespace mho::workloads
