#include "workloads/operators/shapes/picking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "workloads/operators/shapes/views.h"

namespace mho::workloads {

namespace {

void pick(const Operands& in, std::span<float> y) {
  const auto& picking = in.node.as<Picking>();
  const Shape& shape = in.shape(0);
  const auto axis = static_cast<std::size_t>(picking.axis);
  const std::size_t inner = elements_between(shape, axis + 1, shape.size()), length = static_cast<std::size_t>(shape[axis]);
  std::size_t to = 0;
  for (std::size_t o = 0; o < elements_between(shape, 0, axis); ++o) {
    for (const std::int64_t index : picking.indices) {
      std::copy_n(in.inputs[0].begin() + static_cast<std::ptrdiff_t>((o * length + static_cast<std::size_t>(index)) * inner), inner,
                  y.begin() + static_cast<std::ptrdiff_t>(to));
      to += inner;
    }
  }
}

std::vector<std::int64_t> picked_axis(const Network& /*network*/, const Node& node, std::size_t /*input*/) { return {node.as<Picking>().axis}; }
std::vector<std::int64_t> first_axis(const Network& /*network*/, const Node& /*node*/, std::size_t input) {
  return input == 0 ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>();
}

bool picks_all(const Network& network, const Node& node) {
  const auto& [axis, indices] = node.as<Picking>();
  const std::set<std::int64_t> taken(indices.begin(), indices.end());
  return static_cast<std::int64_t>(taken.size()) ==
         network.values[static_cast<std::size_t>(node.inputs.at(0))].shape.at(static_cast<std::size_t>(axis));
}

void table_rows(const Operands& in, std::span<float> y) {
  const std::span<const float> x = in.inputs[0], table = in.inputs[1];
  const Shape& shape = in.shape(1);
  const std::size_t rows = static_cast<std::size_t>(shape[0]), row = elements_between(shape, 1, shape.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    // NaN or an index that is no row gives NaN; the check of the network's outputs reports it.
    const bool known = x[i] >= 0.0F && x[i] < static_cast<float>(rows);
    for (std::size_t k = 0; k < row; ++k) {
      y[i * row + k] = known ? table[static_cast<std::size_t>(x[i]) * row + k] : std::numeric_limits<float>::quiet_NaN();
    }
  }
}

void row_at(const Operands& in, std::span<float> y) {
  // For a length of 0 the result is the first row, which is zero.
  const auto rows = static_cast<std::size_t>(in.shape(0)[0]), row = y.size();
  const float length = in.inputs[1][0];
  const std::size_t at = length >= 1.0F ? std::min(static_cast<std::size_t>(length), rows) - 1 : 0;
  std::copy_n(in.inputs[0].begin() + static_cast<std::ptrdiff_t>(at * row), row, y.begin());
}

std::optional<int> where_it_was(const Node& /*node*/, const Shape& /*in*/, int axis, const Shape& /*out*/) { return axis; }
std::optional<int> second_of_pick(const Node& /*node*/, const Shape& /*in*/, int /*axis*/, const Shape& /*out*/) { return 1; }

void import_gather(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const int axis = normal_axis(node, node.integer("axis", 0), in.size());
  const int ids = graph.input(node, 1);
  if (!graph.value(ids).constant) {
    if (axis != 0 || !graph.value(x).constant) node.fail("picks by computed indices from a tensor that is no constant table, which is not supported");
    Shape out = graph.value(ids).shape;
    out.insert(out.end(), in.begin() + 1, in.end());
    return graph.add(node, node_of(node, table_rows_operator, TableRows{}, {ids, x}), std::move(out));
  }
  const ValueInfo& list = graph.constant(node, 1, "its indices");
  if (!graph.means_every_sample(ids)) graph.keep_batch(node, x, axis);
  const std::int64_t length = in[static_cast<std::size_t>(axis)];
  std::vector<std::int64_t> indices;
  for (const float raw : list.data) {
    const double number = raw;
    if (!(number >= -static_cast<double>(length) && number < static_cast<double>(length)) || number != std::trunc(number)) {
      node.fail(fmt::format("index {} is outside axis {} of its input of shape {}", raw, axis, shape_text(in)));
    }
    const auto index = static_cast<std::int64_t>(number);
    indices.push_back(index < 0 ? index + length : index);
  }
  const Shape index_shape = list.shape;
  Shape out(in.begin(), in.begin() + axis);
  out.insert(out.end(), index_shape.begin(), index_shape.end());
  out.insert(out.end(), in.begin() + axis + 1, in.end());
  if (index_shape.size() == 1) {
    return graph.name_output(node, take(graph, node, x, axis, std::move(indices), node.output(0)));
  }
  const int picked = take(graph, node, x, axis, std::move(indices), node.name() + ".step1");
  graph.add(node, node_of(node, reshape_operator, View{}, {picked}), std::move(out));
}

void import_slice(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const auto numbers = [&](int index, const char* attribute) {
    std::vector<double> list;
    if (graph.opset() < 10) {
      for (const std::int64_t v : node.integers(attribute)) list.push_back(static_cast<double>(v));
    } else if (graph.has_input(node, index)) {
      for (const float v : graph.constant(node, index, attribute).data) {
        if (!std::isfinite(v) || v != std::trunc(v)) node.fail(fmt::format("{} holds {}, which is no whole number", attribute, v));
        list.push_back(static_cast<double>(v));
      }
    }
    return list;
  };
  const auto begins = numbers(1, "starts");
  const auto ends = numbers(2, "ends");
  auto axes = numbers(3, "axes");
  auto steps = numbers(4, "steps");
  if (axes.empty()) {
    axes.resize(begins.size());
    std::iota(axes.begin(), axes.end(), 0.0);
  }
  if (steps.empty()) steps.assign(begins.size(), 1.0);
  if (begins.empty() || ends.size() != begins.size() || axes.size() != begins.size() || steps.size() != begins.size()) {
    node.fail("its starts, ends, axes and steps are not equally many");
  }
  for (std::size_t k = 0; k < begins.size(); ++k) {
    const int axis = normal_axis(node, static_cast<std::int64_t>(std::clamp(axes[k], -0x1p31, 0x1p31)), in.size());
    if (steps[k] == 0) node.fail("a step of 0 leads nowhere");
    auto indices = sliced(begins[k], ends[k], steps[k], in[static_cast<std::size_t>(axis)]);
    // The whole axis, for every length.
    const bool whole = begins[k] == 0 && ends[k] >= 0x1p31 - 1 && steps[k] == 1;
    const auto from_lengths = [&](int input) { return graph.has_input(node, input) && graph.means_every_sample(graph.input(node, input)); };
    if (!whole && !from_lengths(1) && !from_lengths(2)) graph.keep_batch(node, x, axis);
    const bool last = k + 1 == begins.size();
    x = take(graph, node, x, axis, std::move(indices), last ? node.output(0) : fmt::format("{}.step{}", node.name(), k + 1));
  }
  graph.name_output(node, x);
}

void import_split(OnnxBuilder& graph, const OnnxNode& node) {
  const int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const int axis = normal_axis(node, node.integer("axis", 0), in.size());
  const std::int64_t length = in[static_cast<std::size_t>(axis)];
  const int parts = node.output_count();
  if (parts > 1) graph.keep_batch(node, x, axis);
  std::vector<std::int64_t> sizes = graph.opset() < 13 ? node.integers("split") : std::vector<std::int64_t>();
  if (graph.opset() >= 13 && graph.has_input(node, 1)) sizes = graph.constant_integers(node, 1, "split");
  if (sizes.empty()) {
    const std::int64_t each = (length + parts - 1) / parts;
    for (int k = 0; k < parts; ++k) sizes.push_back(std::min(each, length - k * each));
  }
  if (static_cast<int>(sizes.size()) != parts || std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) != length) {
    node.fail(fmt::format("its {} parts do not make up axis {} of length {}", sizes.size(), axis, length));
  }
  std::int64_t begin = 0;
  for (int k = 0; k < parts; ++k) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(std::max<std::int64_t>(sizes[static_cast<std::size_t>(k)], 0)));
    std::iota(indices.begin(), indices.end(), begin);
    begin += sizes[static_cast<std::size_t>(k)];
    const std::string& name = node.output(k);
    if (name.empty()) continue;
    graph.name_output(node, take(graph, node, x, axis, std::move(indices), name), k);
  }
}

void import_tile(OnnxBuilder& graph, const OnnxNode& node) {
  int x = graph.input(node, 0);
  const Shape in = graph.value(x).shape;
  const auto repeats = graph.constant_integers(node, 1, "its repeats");
  if (repeats.size() != in.size()) node.fail(fmt::format("it has {} repeats for the {} axes of its input", repeats.size(), in.size()));
  Shape out = in;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (repeats[axis] < 1) node.fail(fmt::format("its repeats hold {} for axis {}; 1 or more is legal", repeats[axis], axis));
    out[axis] *= repeats[axis];
  }
  counted(node, out);
  int step = 1;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    if (repeats[axis] == 1) continue;
    std::vector<std::int64_t> indices(static_cast<std::size_t>(out[axis]));
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = static_cast<std::int64_t>(i) % in[axis];
    x = take_step(graph, node, x, static_cast<int>(axis), std::move(indices), step);
  }
  conclude(graph, node, x);
}

}  // namespace

constinit const Operator pick_operator{
    .name = "pick", .run = pick, .leading = LeadingAxis::any, .repeats = picks_all, .along = picked_axis, .moves_only = true};
constinit const Operator table_rows_operator{.name = "table_rows",
                                             .run = table_rows,
                                             .why_digital = "picks rows of a table",
                                             .leading = LeadingAxis::any,
                                             .batch_axis = where_it_was,
                                             .trained = TrainedConstants::after_first};
constinit const Operator row_at_operator{
    .name = "row_at", .run = row_at, .leading = LeadingAxis::any, .along = first_axis, .batch_axis = second_of_pick};

const OperatorFamily& picking_family() {
  static const OperatorFamily family{"picking",
                                     {&pick_operator, &table_rows_operator, &row_at_operator},
                                     {{.op_type = "Gather", .import = import_gather, .trained_matrices = 0b1},
                                      {.op_type = "Slice", .import = import_slice, .keeps_layout = true},
                                      {.op_type = "Split", .import = import_split, .keeps_layout = true},
                                      {.op_type = "Tile", .import = import_tile}}};
  return family;
}

int take(OnnxBuilder& graph, const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, const std::string& name) {
  const Shape& in = graph.value(x).shape;
  Shape out = in;
  out[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(indices.size());
  // Indices of the whole axis make an identity. Exporters select the only direction of a recurrent layer this way.
  std::vector<std::int64_t> all(static_cast<std::size_t>(in[static_cast<std::size_t>(axis)]));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  Node result = indices == all ? node_of(node, identity_operator, View{}, {x}) : node_of(node, pick_operator, Picking{axis, std::move(indices)}, {x});
  if (name != node.output(0)) result.name = name;
  return graph.append(node, std::move(result), std::move(out), name);
}

std::vector<std::int64_t> sliced(double begin, double end, double step, std::int64_t length) {
  const auto size = static_cast<double>(length);
  // An end may be as large as an int64; it is limited to the axis before the conversion.
  const auto place = [&](double at, double least, double most) {
    return static_cast<std::int64_t>(std::clamp(at < 0 ? at + size : at, least, most));
  };
  const auto stride = static_cast<std::int64_t>(std::clamp(step, -size - 1, size + 1));
  std::vector<std::int64_t> indices;
  if (stride > 0) {
    const std::int64_t last = place(end, 0, size);
    for (std::int64_t at = place(begin, 0, size); at < last; at += stride) indices.push_back(at);
  } else {
    const std::int64_t last = place(end, -1, size - 1);
    for (std::int64_t at = place(begin, -1, size - 1); at > last; at += stride) indices.push_back(at);
  }
  return indices;
}

int take_step(OnnxBuilder& graph, const OnnxNode& node, int x, int axis, std::vector<std::int64_t> indices, int& step) {
  const int made = take(graph, node, x, axis, std::move(indices), fmt::format("{}.step{}", node.name(), step));
  ++step;
  return made;
}

}  // namespace mho::workloads
