#include <algorithm>
#include <cctype>

#include "base/design_file/config.h"

namespace mho::base {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1 each.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_spelling(std::string_view word, const std::vector<std::string>& legal) {
  // One error in a short word, up to three in a long one. With more, suggestions would be arbitrary.
  const std::size_t slips = std::min<std::size_t>(3, 1 + word.size() / 5);
  const std::string wanted = lower(word);
  std::string best;
  std::size_t best_distance = slips + 1;
  for (const std::string& candidate : legal) {
    const std::size_t shorter = std::min(candidate.size(), word.size());
    const std::size_t apart = distance(wanted, lower(candidate));
    if (apart < best_distance && (apart < shorter || apart == 0)) {
      best = candidate;
      best_distance = apart;
    }
  }
  return best;
}

}  // namespace mho::base
