#include "cli/verbs/explore/reasons_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <vector>

namespace mho::cli {

namespace {

/// Designs that failed for reasons that differ only in their numbers.
struct Alike {
  std::string example;
  std::size_t designs = 0, of_example = 0, reasons = 0;
};

std::string without_numbers(const std::string& reason) {
  static const std::regex number(R"(\d+(\.\d+)?(e[+-]?\d+)?)");
  return std::regex_replace(reason, number, "#");
}

}  // namespace

std::string reasons_text(const std::map<std::string, std::size_t>& reasons, const std::function<std::string(std::size_t)>& beginning) {
  std::map<std::string, Alike> groups;
  for (const auto& [reason, count] : reasons) {
    Alike& group = groups[without_numbers(reason)];
    group.designs += count;
    ++group.reasons;
    if (count <= group.of_example) continue;
    group.of_example = count;
    group.example = reason;
  }
  std::vector<Alike> order;
  order.reserve(groups.size());
  for (auto& [pattern, group] : groups) order.push_back(std::move(group));
  std::ranges::stable_sort(order, std::ranges::greater(), &Alike::designs);
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i) {
    text += fmt::format("{}{}: {}\n", beginning(order[i].designs), order[i].reasons > 1 ? ", such as" : "", order[i].example);
  }
  if (order.size() <= most) return text;
  std::size_t others = 0;
  for (std::size_t i = most; i < order.size(); ++i) others += order[i].designs;
  return text + fmt::format("{} for other reasons\n", beginning(others));
}

}  // namespace mho::cli
