#include "workloads/network.h"

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

std::int64_t Network::weights() const {
  std::int64_t sum = 0;
  for (const Node& node : nodes) {
    if (node.analog) sum += static_cast<std::int64_t>(node.analog->inputs) * node.analog->outputs / node.analog->groups;
  }
  return sum;
}

std::int64_t Network::macs() const {
  std::int64_t sum = 0;
  for (const Node& node : nodes) {
    if (node.analog) sum += static_cast<std::int64_t>(node.analog->inputs) * node.analog->outputs / node.analog->groups * positions(node);
  }
  return sum;
}

std::int64_t Network::positions(const Node& node) const {
  return node.analog ? element_count(values[static_cast<std::size_t>(node.output)].shape) / node.analog->outputs : 0;
}

}  // namespace mho::workloads
