#include "analysis/page/packed_tables.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/json.h"

namespace mho::analysis {

namespace {

std::string array_text(const std::vector<std::string>& cells) {
  std::string text = "[";
  for (const std::string& cell : cells) text += (text.size() > 1 ? "," : "") + cell;
  return text + "]";
}

/// Changed cells of a column by index, such as {"3":1.5}; empty if the lengths differ.
std::string column_changes(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  if (before.size() != now.size()) return {};
  std::string text = "{";
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (before[i] != now[i]) text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", i, now[i]);
  }
  return text + "}";
}

}  // namespace

std::string page_json(std::string_view text) {
  std::string json = base::Json(std::string(text)).dump();
  for (std::size_t at = json.find('<'); at != std::string::npos; at = json.find('<', at)) json.replace(at, 1, "\\u003c");
  return json;
}

std::string page_json(double value) { return std::isfinite(value) ? fmt::format("{:.10g}", value) : "null"; }

std::string PackedTables::add(CellColumns columns) {
  if (any_ && columns == before_) return "0";
  std::string text = "[";
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (c > 0) text += ",";
    if (any_ && columns[c] == before_[c]) {
      text += "0";
      continue;
    }
    const std::string all = array_text(columns[c]);
    const std::string changed = any_ ? column_changes(before_[c], columns[c]) : "";
    if (const auto known = arrays_.find(all); known != arrays_.end()) {
      text += fmt::format("{}", known->second);
    } else if (!changed.empty() && changed.size() < all.size()) {
      text += changed;
    } else {
      arrays_.emplace(all, arrays_.size() + 1);
      text += all;
    }
  }
  before_ = std::move(columns);
  any_ = true;
  return text + "]";
}

std::string packed_column(const std::vector<std::string>& cells) {
  std::unordered_map<std::string, std::size_t> numbers;
  std::vector<std::string> different, which;
  for (const std::string& cell : cells) {
    const auto [found, is_new] = numbers.emplace(cell, different.size());
    if (is_new) different.push_back(cell);
    which.push_back(fmt::format("{}", found->second));
  }
  std::string plain = array_text(cells);
  std::string shared = fmt::format(R"({{"v":{},"i":{}}})", array_text(different), array_text(which));
  return shared.size() < plain.size() ? shared : plain;
}

}  // namespace mho::analysis
