#include "workloads/onnx/import/state_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace mho::workloads {

namespace {

/// Words for direction (in, out) or time (before, after).
constexpr std::array direction_words{"in",   "out", "input", "output",  "inp",  "new", "next",    "prev",    "previous", "old",    "past",
                                     "init", "n",   "0",     "initial", "last", "cur", "current", "present", "final",    "updated"};

bool is_direction(const std::string& word) { return std::ranges::count(direction_words, word) > 0; }

/// Words of a name. A word ends at a character that is no letter or digit, and where a capital letter follows a small one.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  bool small = false;
  for (const char raw : name) {
    const auto c = static_cast<unsigned char>(raw);
    if (std::isalnum(c) == 0 || (small && std::isupper(c) != 0)) words.emplace_back();
    if (std::isalnum(c) != 0) words.back().push_back(static_cast<char>(std::tolower(c)));
    small = std::islower(c) != 0;
  }
  return words;
}

/// Removes an ending: "hn" and "h0" become "h", "hout" becomes "h".
std::string without_ending(const std::string& word) {
  for (const std::string_view ending : {"out", "in", "n", "0"}) {
    if (word.size() > ending.size() && word.size() <= ending.size() + 2 && word.ends_with(ending)) return word.substr(0, word.size() - ending.size());
  }
  return word;
}

}  // namespace

std::string state_stem(std::string_view name) {
  std::string stem;
  // Keys and values of attention have names such as past_key_values.0.key, past.0.key and present.0.key.
  constexpr std::string_view cache = "past_key_values";
  if (name.starts_with(cache)) name.remove_prefix(cache.size());
  for (const std::string& word : words_of(name)) {
    if (!word.empty() && !is_direction(word)) stem += (stem.empty() ? "" : " ") + without_ending(word);
  }
  return stem;
}

std::optional<std::vector<int>> outputs_by_stem(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  std::vector<std::string> stems;
  stems.reserve(outputs.size());
  for (const std::string& name : outputs) stems.push_back(state_stem(name));
  std::vector<int> found;
  for (const std::string& name : inputs) {
    const std::string stem = state_stem(name);
    if (stem.empty() || std::ranges::count(stems, stem) != 1) return std::nullopt;
    found.push_back(static_cast<int>(std::ranges::find(stems, stem) - stems.begin()));
  }
  if (std::set<int>(found.begin(), found.end()).size() != found.size()) return std::nullopt;
  return found;
}

}  // namespace mho::workloads
