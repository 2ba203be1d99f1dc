#include "analysis/reuse/work_cache.h"

#include <algorithm>

namespace mho::analysis {

std::shared_ptr<const void> WorkCache::remembered(std::string_view kind, const std::string& key) {
  const auto found = std::ranges::find_if(last_, [&](const Remembered& one) { return one.kind == kind && one.key == key; });
  if (found == last_.end()) return nullptr;
  last_.splice(last_.begin(), last_, found);
  return found->value;
}

void WorkCache::remember(std::string_view kind, const std::string& key, std::shared_ptr<const void> value) {
  constexpr std::size_t most = 48;
  last_.push_front({std::string(kind), key, std::move(value)});
  if (last_.size() > most) last_.pop_back();
}

}  // namespace mho::analysis
