// Trained numbers of a network during import: numbers that stay in the file, and the check that they are finite.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <variant>

#include "workloads/onnx/onnx_builder.h"

namespace mho::workloads {

namespace {

/// Index of the first number that is infinite or NaN. With `or_mask`, lists of only 0 and minus infinity are legal.
std::optional<std::size_t> first_not_finite(std::span<const float> numbers, bool or_mask) {
  const auto bad = std::ranges::find_if_not(numbers, [](float number) { return std::isfinite(number); });
  if (bad == numbers.end()) return std::nullopt;
  const auto masks = [](float number) { return number == 0.0F || number == -std::numeric_limits<float>::infinity(); };
  if (or_mask && std::ranges::all_of(numbers, masks)) return std::nullopt;
  return static_cast<std::size_t>(bad - numbers.begin());
}

}  // namespace

void OnnxBuilder::load(int value) const {
  ValueInfo& info = network_.values[static_cast<std::size_t>(value)];
  if (!info.reader) return;
  info.data = info.reader();
  info.reader = nullptr;
  stored_.erase(value);
}

const StoredView* OnnxBuilder::stored(int value) const {
  const auto found = stored_.find(value);
  return found == stored_.end() ? nullptr : &found->second;
}

std::optional<StoredView> OnnxBuilder::plain_order(const StoredView& view, const MatrixShape& shape) {
  if (shape.order == MatrixShape::Order::other) return std::nullopt;
  return matrix_view(view, shape.outputs, shape.inputs, shape.order == MatrixShape::Order::inputs_first);
}

int OnnxBuilder::add_stored(const std::string& name, const StoredView& view) {
  const int made = add_constant(name, view.shape, {});
  network_.values.back().reader = [view] { return read(view); };
  stored_.emplace(made, view);
  return made;
}

std::optional<StoredView> OnnxBuilder::seen_through(const Node& node) const {
  const StoredView* view = node.inputs.size() == 1 ? stored(node.inputs[0]) : nullptr;
  if (view == nullptr) return std::nullopt;
  if (node.op->view) return reshaped_view(*view, value(node.output).shape);
  const auto* turned = std::get_if<Permutation>(&node.attributes);
  return turned != nullptr && node.op->moves_only ? std::optional(permuted_view(*view, turned->axes)) : std::nullopt;
}

/// Describes a number that is not finite, and its place. If the constant was computed from tensors of the file, these are searched first.
std::optional<std::string> OnnxBuilder::not_finite(int value, bool or_mask) const {
  if (const StoredView* view = stored(value)) {
    if (finite_.contains(value)) return std::nullopt;
    bool finite = true;
    view->tensor->each_piece([&](std::size_t, std::span<const float> numbers) { finite = finite && !first_not_finite(numbers, false); });
    if (finite) finite_.insert(value);
    if (finite) return std::nullopt;
    load(value);
  }
  const ValueInfo& info = this->value(value);
  const auto place = first_not_finite(info.data, or_mask);
  if (!place) return std::nullopt;
  const auto made = folded_from_.find(value);
  if (made == folded_from_.end()) return fmt::format("tensor '{}' holds {} at element {}", info.name, info.data[*place], *place);
  std::string of;
  for (const int from : made->second) {
    if (auto found = not_finite(from, false)) return found;
    of += fmt::format("{}'{}'", of.empty() ? "" : ", ", this->value(from).name);
  }
  return fmt::format("tensor '{}', which the graph makes of {}, has {} at element {}", info.name, of, info.data[*place], *place);
}

void OnnxBuilder::check_trained(const OnnxNode& node, int value, const std::string& what, bool or_mask) const {
  const auto found = not_finite(value, or_mask);
  if (found) node.fail(fmt::format("{} must be finite, but {}; check the training of the network", what, *found));
}

}  // namespace mho::workloads
