#include "workloads/graph/network.h"

#include <fmt/format.h>

namespace mho::workloads {

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t length : shape) count *= length;
  return count;
}

std::string shape_text(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (const std::int64_t length : shape) text += fmt::format("{}{}", text.empty() ? "" : "x", length);
  return text;
}

namespace {

std::int64_t weights_of(const Matrix& matrix) { return static_cast<std::int64_t>(matrix.inputs) * matrix.outputs / matrix.groups; }

}  // namespace

const Window* Node::window() const {
  return std::visit(
      [](const auto& own) -> const Window* {
        if constexpr (requires { own.window; }) return &own.window;
        return nullptr;
      },
      attributes);
}

Window* Node::window() {
  return std::visit(
      [](auto& own) -> Window* {
        if constexpr (requires { own.window; }) return &own.window;
        return nullptr;
      },
      attributes);
}

const Matrix& Network::matrix(const Node& node, std::size_t which) const { return matrices.at(static_cast<std::size_t>(node.matrices.at(which))); }

std::int64_t Network::weights() const {
  std::int64_t sum = 0;
  for (const Matrix& matrix : matrices) sum += matrix.digital ? 0 : weights_of(matrix);
  return sum;
}

std::int64_t Network::macs() const {
  std::int64_t sum = 0;
  for (const Node& node : nodes) {
    for (std::size_t k = 0; k < node.matrices.size(); ++k) sum += matrix(node, k).digital ? 0 : weights_of(matrix(node, k)) * positions(node);
  }
  return sum;
}

std::int64_t Network::positions(const Node& node) const {
  if (!node.on_tiles()) return 0;
  const Shape& out = values[static_cast<std::size_t>(node.output)].shape;
  return node.recurrence() != nullptr ? out.at(0) * out.at(1) : element_count(out) / matrix(node).outputs;
}

}  // namespace mho::workloads
