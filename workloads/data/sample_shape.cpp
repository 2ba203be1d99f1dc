#include "workloads/data/sample_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mho::workloads {

bool shapes_agree(const Shape& a, const Shape& b) {
  if (element_count(a) != element_count(b)) return false;
  Shape left, right;
  std::ranges::copy_if(a, std::back_inserter(left), [](std::int64_t length) { return length != 1; });
  std::ranges::copy_if(b, std::back_inserter(right), [](std::int64_t length) { return length != 1; });
  std::size_t i = 0, j = 0;
  while (i < left.size() && j < right.size()) {
    // Merges the fewest axes of both sides that hold the same number of values.
    std::int64_t in_left = left[i], in_right = right[j];
    std::size_t merged_left = 1, merged_right = 1;
    while (in_left != in_right) {
      if (in_left < in_right) {
        if (i + merged_left == left.size()) return false;
        in_left *= left[i + merged_left++];
      } else {
        if (j + merged_right == right.size()) return false;
        in_right *= right[j + merged_right++];
      }
    }
    if (merged_left > 1 && merged_right > 1) return false;
    i += merged_left;
    j += merged_right;
  }
  return true;
}

AxisOrder parse_layout(const std::string& text, std::size_t axes) {
  const std::size_t arrow = text.find("->");
  if (arrow == std::string::npos) throw std::invalid_argument("it has no '->' between the stored axes and those of a sample");
  const auto letters = [](const std::string& part) {
    std::string found;
    std::ranges::copy_if(part, std::back_inserter(found), [](char c) { return c != ' '; });
    return found;
  };
  const std::string from = letters(text.substr(0, arrow)), to = letters(text.substr(arrow + 2));
  if (from.size() != axes) throw std::invalid_argument(fmt::format("it names {} axes, but a stored sample has {}", from.size(), axes));
  std::string sorted_from = from, sorted_to = to;
  std::ranges::sort(sorted_from);
  std::ranges::sort(sorted_to);
  if (sorted_from != sorted_to) throw std::invalid_argument("both sides must have the same letters");
  if (std::ranges::adjacent_find(sorted_from) != sorted_from.end()) throw std::invalid_argument("each axis needs a letter of its own");
  AxisOrder order;
  for (const char letter : to) order.stored.push_back(from.find(letter));
  const std::size_t channel = to.find('c');
  order.channel = channel == std::string::npos ? 0 : channel;
  return order;
}

}  // namespace mho::workloads
