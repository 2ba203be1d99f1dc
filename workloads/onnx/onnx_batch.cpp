// The place of the batch in each tensor, and the values of computed lengths for a batch.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "workloads/onnx/onnx_builder.h"
#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {

std::optional<BatchPlace> OnnxBuilder::batch_of(int value_index) const {
  const auto known = batch_.find(value_index);
  return known == batch_.end() ? std::nullopt : std::optional<BatchPlace>(known->second);
}

void OnnxBuilder::note_batch(int value_index, std::optional<BatchPlace> batch) {
  batch_.erase(value_index);
  if (batch) batch_[value_index] = *batch;
}

std::int64_t OnnxBuilder::thought_batch() const {
  constexpr std::int64_t unlikely = 13;
  return file_batch_ > 0 ? file_batch_ : unlikely;
}

std::optional<Shape> OnnxBuilder::shape_in_batch(int x) const {
  if (shape_in_batch_.contains(x)) return shape_in_batch_.at(x);
  const auto batch = batch_of(x);
  if (!batch) return std::nullopt;
  Shape shape = value(x).shape;
  shape[static_cast<std::size_t>(batch->axis)] *= thought_batch();
  return shape;
}

std::optional<std::vector<float>> OnnxBuilder::numbers_in_batch(int constant) const {
  if (const auto known = in_batch_.find(constant); known != in_batch_.end()) return known->second;
  if (from_lengths(constant)) return std::nullopt;
  load(constant);
  return value(constant).data;
}

void OnnxBuilder::keep_in_batch_if_folded(int made, const std::vector<int>& inputs) {
  std::set<int> reached;
  std::vector<int> open{made};
  while (!open.empty()) {
    const auto from = folded_from_.find(open.back());
    open.pop_back();
    for (const int input : from == folded_from_.end() ? std::vector<int>() : from->second) {
      if (reached.insert(input).second) open.push_back(input);
    }
  }
  if (std::ranges::any_of(inputs, [&](int input) { return from_lengths(input) && input != made && !reached.contains(input); })) in_batch_.erase(made);
}

void OnnxBuilder::keep_batch(const OnnxNode& node, int x, std::int64_t axis) const {
  const auto batch = batch_of(x);
  if (!batch || batch->axis != axis) return;
  const Shape& shape = value(x).shape;
  const std::int64_t length = shape[static_cast<std::size_t>(axis)];
  if (length == 1) {
    node.fail(
        fmt::format("it works along axis {} of '{}' ({}), which is the batch: samples are run one by one, so nothing may mix, pick or place them. "
                    "Export the network with another axis for this, or, where it picks the only sample, with a batch of 1",
                    axis, value(x).name, shape_text(shape)));
  }
  // If the file has a batch of 1, merging it with other axes mixes no samples.
  if (file_batch_ == 1) return;
  node.fail(
      fmt::format("it works along axis {} of '{}' ({}), into which the batch was merged with {} others: samples are run one by one, so nothing may "
                  "mix, pick or place them. Split the batch off first, or export the network with a batch of 1",
                  axis, value(x).name, shape_text(shape), length));
}

/// Computes the numbers for a batch. Inputs whose number of elements depends on the batch are not followed.
void OnnxBuilder::fold_in_batch(const Node& node) {
  std::vector<std::vector<float>> numbers;
  for (const int input : node.inputs) {
    auto known = numbers_in_batch(input);
    if (!known || known->size() != value(input).data.size()) return;
    numbers.push_back(std::move(*known));
  }
  std::vector<float> result(value(node.output).data.size());
  if (!result.empty()) run_digital(network_, node, std::vector<std::span<const float>>(numbers.begin(), numbers.end()), result);
  in_batch_[node.output] = std::move(result);
}

void OnnxBuilder::check_batch(const OnnxNode& from, const Node& node, const Shape& shape) const {
  const bool sees_all = node.op->places_in_second && means_every_sample(node.inputs.at(1));
  for (std::size_t i = 0; i < node.inputs.size() && !sees_all; ++i) {
    if (!batch_.contains(node.inputs[i])) continue;
    for (const std::int64_t axis : axes_along(network_, node, i)) keep_batch(from, node.inputs[i], axis);
    // Fails if the input is broadcast along the batch.
    const Shape& in = value(node.inputs[i]).shape;
    const auto axis = static_cast<std::size_t>(batch_.at(node.inputs[i]).axis), moved = axis + shape.size() - in.size();
    if (node.op->elementwise != Elementwise::no && file_batch_ != 1 && in[axis] != shape[moved]) {
      keep_batch(from, node.inputs[i], static_cast<std::int64_t>(axis));
    }
  }
}

int OnnxBuilder::one_of_batch(const OnnxNode& node, int value, int axis) {
  const ValueInfo& info = this->value(value);
  const auto at = static_cast<std::size_t>(axis);
  if (file_batch_ >= 2 && info.constant && at < info.shape.size() && info.shape[at] == file_batch_) load(value);
  if (file_batch_ < 2 || !info.constant || at >= info.shape.size() || info.shape[at] != file_batch_) return value;
  const std::size_t inner = elements_between(info.shape, at + 1, info.shape.size()), each = inner * static_cast<std::size_t>(file_batch_);
  std::vector<float> one;
  for (std::size_t begin = 0; begin < info.data.size(); begin += each) {
    const auto first = info.data.begin() + static_cast<std::ptrdiff_t>(begin);
    one.insert(one.end(), first, first + static_cast<std::ptrdiff_t>(inner));
    for (std::size_t i = inner; i < each; ++i) {
      if (info.data[begin + i] == info.data[begin + i % inner]) continue;
      node.fail(
          fmt::format("the file was exported for a batch of {}, and the constant '{}' of shape {} differs from sample to sample along axis {}; "
                      "export the network with a batch of 1",
                      file_batch_, info.name, shape_text(info.shape), axis));
    }
  }
  Shape shape = info.shape;
  shape[at] = 1;
  return add_constant(info.name, std::move(shape), std::move(one));
}

std::optional<BatchPlace> OnnxBuilder::batch_after(const Node& node, const Shape& shape) const {
  const auto from = std::ranges::find_if(node.inputs, [&](int i) { return batch_.contains(i); });
  if (from == node.inputs.end()) return std::nullopt;
  const Shape& in = value(*from).shape;
  const BatchPlace batch = batch_.at(*from);
  const int axis = batch.axis, rank = static_cast<int>(shape.size());
  const auto moved = node.op->batch_axis != nullptr ? node.op->batch_axis(node, in, axis, shape) : axis + rank - static_cast<int>(in.size());
  const bool same = moved && *moved >= 0 && *moved < rank && shape[static_cast<std::size_t>(*moved)] == in[static_cast<std::size_t>(axis)];
  return same ? std::optional(BatchPlace{*moved, batch.slower}) : std::nullopt;
}

}  // namespace mho::workloads
