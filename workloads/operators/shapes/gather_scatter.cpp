#include "workloads/operators/shapes/gather_scatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "periphery/digital/lines.h"

namespace mho::workloads {

namespace {

/// The index that `raw` denotes on an axis of `length`; negative ones count from the end. -1 if it is out of range.
std::int64_t place(float raw, std::int64_t length) {
  const float least = -static_cast<float>(length), beyond = static_cast<float>(length);
  if (!(raw >= least && raw < beyond)) return -1;
  const auto index = static_cast<std::int64_t>(raw);
  return index < 0 ? index + length : index;
}

/// Calls body(element, offset) for each element of a tensor of the shape of `indices`. The offset in `data` is that of the element's coordinates,
/// with the one along `axis` replaced by its index; -1 if the index is out of range.
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

/// Calls body(tuple, offset) for each tuple of indices, with the offset of its slice of `data`, or -1. Both tensors share the `batch` leading axes.
template <typename Body>
void each_tuple(const Shape& data, const Shape& indices, std::size_t batch, std::span<const float> index, Body body) {
  const auto k = static_cast<std::size_t>(indices.back());
  const std::size_t tuples = elements_between(indices, 0, indices.size() - 1), of_one = tuples / elements_between(indices, 0, batch);
  for (std::size_t t = 0; t < tuples; ++t) {
    auto offset = static_cast<std::int64_t>(t / of_one);
    for (std::size_t i = 0; i < k && offset >= 0; ++i) {
      const std::int64_t picked = place(index[t * k + i], data[batch + i]);
      offset = picked < 0 ? -1 : offset * data[batch + i] + picked;
    }
    body(t, offset < 0 ? -1 : offset * static_cast<std::int64_t>(elements_between(data, batch + k, data.size())));
  }
}

/// Axes along which elements are selected: `axis`. Constant indices have their own lengths along the other axes and may leave out elements there, so
/// then all axes.
std::vector<std::int64_t> axes_of_indices(const Network& network, const Node& node, std::size_t input, int axis) {
  std::vector<std::int64_t> axes;
  if (input != 0) return axes;
  const Shape& data = network.values[static_cast<std::size_t>(node.inputs[0])].shape;
  const ValueInfo& indices = network.values[static_cast<std::size_t>(node.inputs[1])];
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (static_cast<int>(i) == axis || indices.constant) axes.push_back(static_cast<std::int64_t>(i));
  }
  return axes;
}
std::vector<std::int64_t> gathered_axes(const Network& network, const Node& node, std::size_t input) {
  const int axis = node.as<GatherElements>().axis;
  std::vector<std::int64_t> axes = axes_of_indices(network, node, input, axis);
  // Along an axis where the indices are shorter than the data, only the first elements of the data are used.
  const auto shape = [&](std::size_t i) -> const Shape& { return network.values[static_cast<std::size_t>(node.inputs[i])].shape; };
  for (std::size_t i = 0; input == 1 && i < shape(0).size(); ++i) {
    if (static_cast<int>(i) != axis && shape(1)[i] < shape(0)[i]) axes.push_back(static_cast<std::int64_t>(i));
  }
  return axes;
}
std::vector<std::int64_t> scattered_axes(const Network& network, const Node& node, std::size_t input) {
  return axes_of_indices(network, node, input, node.as<ScatterElements>().axis);
}

/// Axes that tuples index. They follow the `common` leading axes.
std::vector<std::int64_t> axes_of_tuples(const Network& network, const Node& node, std::size_t input, int common) {
  std::vector<std::int64_t> axes;
  if (input != 0) return axes;
  const std::int64_t count = network.values[static_cast<std::size_t>(node.inputs[1])].shape.back();
  for (std::int64_t i = 0; i < count; ++i) axes.push_back(common + i);
  return axes;
}
std::vector<std::int64_t> gathered_tuples(const Network& network, const Node& node, std::size_t input) {
  return axes_of_tuples(network, node, input, node.as<GatherTuples>().common);
}
std::vector<std::int64_t> scattered_tuples(const Network& network, const Node& node, std::size_t input) {
  return axes_of_tuples(network, node, input, 0);
}

/// The batch stays the first axis if there is one tuple for each sample.
std::optional<int> front_of_tuples(const Node& /*node*/, const Shape& /*in*/, int axis, const Shape& out) {
  return axis == 0 && !out.empty() && out[0] == 1 ? std::optional<int>(0) : std::nullopt;
}

/// Result of an index that is out of range. The check of the network's outputs reports it.
constexpr float unknown = std::numeric_limits<float>::quiet_NaN();

void gather_elements(const Operands& in, std::span<float> y) {
  const auto axis = static_cast<std::size_t>(in.node.as<GatherElements>().axis);
  each_element(in.shape(0), in.shape(1), axis, in.inputs[1],
               [&](std::size_t e, std::int64_t offset) { y[e] = offset < 0 ? unknown : in.inputs[0][static_cast<std::size_t>(offset)]; });
}

void gather_tuples(const Operands& in, std::span<float> y) {
  const auto common = static_cast<std::size_t>(in.node.as<GatherTuples>().common);
  const std::size_t run = elements_between(in.shape(0), common + static_cast<std::size_t>(in.shape(1).back()), in.shape(0).size());
  each_tuple(in.shape(0), in.shape(1), common, in.inputs[1], [&](std::size_t t, std::int64_t offset) {
    for (std::size_t i = 0; i < run; ++i) y[t * run + i] = offset < 0 ? unknown : in.inputs[0][static_cast<std::size_t>(offset) + i];
  });
}

void scatter_elements(const Operands& in, std::span<float> y) {
  const auto& [axis, scatter] = in.node.as<ScatterElements>();
  const periphery::digital::Scatter how = scatter;
  std::copy(in.inputs[0].begin(), in.inputs[0].end(), y.begin());
  each_element(in.shape(0), in.shape(1), static_cast<std::size_t>(axis), in.inputs[1], [&](std::size_t e, std::int64_t offset) {
    periphery::digital::scatter_into(how, y[static_cast<std::size_t>(offset)], in.inputs[2][e]);
  });
}

void scatter_tuples(const Operands& in, std::span<float> y) {
  const periphery::digital::Scatter how = in.node.as<ScatterTuples>().scatter;
  std::copy(in.inputs[0].begin(), in.inputs[0].end(), y.begin());
  const std::size_t run = elements_between(in.shape(0), static_cast<std::size_t>(in.shape(1).back()), in.shape(0).size());
  each_tuple(in.shape(0), in.shape(1), 0, in.inputs[1], [&](std::size_t t, std::int64_t offset) {
    for (std::size_t i = 0; i < run; ++i) {
      periphery::digital::scatter_into(how, y[static_cast<std::size_t>(offset) + i], in.inputs[2][t * run + i]);
    }
  });
}

/// Fails if a constant index is out of range; index i belongs to an axis of length `length(i)`.
template <typename Length>
void check_indices(const OnnxNode& node, const ValueInfo& indices, Length length) {
  for (std::size_t i = 0; i < indices.data.size(); ++i) {
    const float index = indices.data[i];
    const auto limit = static_cast<float>(length(i));
    if (!(index >= -limit && index < limit)) node.fail(fmt::format("index {} is outside an axis of length {}", index, length(i)));
  }
}

/// Fails if the indices are longer than the data along an axis other than `axis`.
void check_elements(const OnnxNode& node, const Shape& data, const ValueInfo& indices, std::size_t axis) {
  bool fits = indices.shape.size() == data.size();
  for (std::size_t i = 0; fits && i < data.size(); ++i) fits = i == axis || indices.shape[i] <= data[i];
  if (!fits) {
    node.fail(fmt::format("indices of shape {} do not fit its input of shape {}: as many axes are needed, none longer but axis {}",
                          shape_text(indices.shape), shape_text(data), axis));
  }
  if (indices.constant) check_indices(node, indices, [&](std::size_t) { return data[axis]; });
}

/// Length of the index tuples. Fails if they do not fit data with the same first `batch` axes.
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

void import_gather_elements(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0), indices = graph.input(node, 1);
  const int axis = normal_axis(node, node.integer("axis", 0), graph.value(x).shape.size());
  check_elements(node, graph.value(x).shape, graph.value(indices), static_cast<std::size_t>(axis));
  graph.add(node, node_of(node, gather_elements_operator, GatherElements{axis}, {x, indices}), Shape(graph.value(indices).shape));
}

void import_gather_nd(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0), indices = graph.input(node, 1);
  const Shape in = graph.value(x).shape, at = graph.value(indices).shape;
  const std::int64_t batch = node.integer("batch_dims", 0), k = check_tuples(node, in, graph.value(indices), batch);
  Shape out(at.begin(), at.end() - 1);
  out.insert(out.end(), in.begin() + batch + k, in.end());
  graph.add(node, node_of(node, gather_tuples_operator, GatherTuples{static_cast<int>(batch)}, {x, indices}), std::move(out));
}

void import_scatter_elements(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0), updates = graph.input(node, 2);
  const ValueInfo& indices = graph.constant(node, 1, "its indices");
  const int axis = normal_axis(node, node.integer("axis", 0), graph.value(x).shape.size());
  const periphery::digital::Scatter scatter = scatter_of(node);
  check_elements(node, graph.value(x).shape, indices, static_cast<std::size_t>(axis));
  if (graph.value(updates).shape != indices.shape) {
    node.fail(fmt::format("updates of shape {} for indices of shape {}; one for each is needed", shape_text(graph.value(updates).shape),
                          shape_text(indices.shape)));
  }
  graph.add(node, node_of(node, scatter_elements_operator, ScatterElements{axis, scatter}, {x, graph.input(node, 1), updates}),
            Shape(graph.value(x).shape));
}

void import_scatter_nd(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0), updates = graph.input(node, 2);
  const ValueInfo& indices = graph.constant(node, 1, "its indices");
  const Shape in = graph.value(x).shape;
  const periphery::digital::Scatter scatter = scatter_of(node);
  const std::int64_t k = check_tuples(node, in, indices, 0);
  Shape needed(indices.shape.begin(), indices.shape.end() - 1);
  needed.insert(needed.end(), in.begin() + k, in.end());
  if (graph.value(updates).shape != needed) {
    node.fail(fmt::format("updates of shape {} where its indices need {}", shape_text(graph.value(updates).shape), shape_text(needed)));
  }
  graph.add(node, node_of(node, scatter_tuples_operator, ScatterTuples{scatter}, {x, graph.input(node, 1), updates}), in);
}

}  // namespace

constinit const Operator gather_elements_operator{
    .name = "gather_elements", .run = gather_elements, .leading = LeadingAxis::any, .along = gathered_axes, .places_in_second = true};
constinit const Operator gather_tuples_operator{.name = "gather_tuples",
                                                .run = gather_tuples,
                                                .leading = LeadingAxis::any,
                                                .along = gathered_tuples,
                                                .places_in_second = true,
                                                .batch_axis = front_of_tuples};
constinit const Operator scatter_elements_operator{
    .name = "scatter_elements", .run = scatter_elements, .leading = LeadingAxis::any, .along = scattered_axes, .places_in_second = true};
constinit const Operator scatter_tuples_operator{
    .name = "scatter_tuples", .run = scatter_tuples, .leading = LeadingAxis::any, .along = scattered_tuples, .places_in_second = true};

const OperatorFamily& gather_scatter_family() {
  static const OperatorFamily family{"gather_scatter",
                                     {&gather_elements_operator, &gather_tuples_operator, &scatter_elements_operator, &scatter_tuples_operator},
                                     {{.op_type = "GatherElements", .import = import_gather_elements},
                                      {.op_type = "GatherND", .import = import_gather_nd},
                                      {.op_type = "ScatterElements", .import = import_scatter_elements},
                                      {.op_type = "ScatterND", .import = import_scatter_nd}}};
  return family;
}

}  // namespace mho::workloads
