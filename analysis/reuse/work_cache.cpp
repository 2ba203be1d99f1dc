#include "analysis/reuse/work_cache.h"

#include <utility>

namespace mho::analysis {

std::shared_ptr<const void> WorkCache::remembered(std::string_view kind, const std::string& key) {
  const auto of_kind = kinds_.find(kind);
  if (of_kind == kinds_.end()) return nullptr;
  auto& [last, by_key] = of_kind->second;
  const auto found = by_key.find(key);
  if (found == by_key.end()) return nullptr;
  last.splice(last.begin(), last, found->second);
  return found->second->value;
}

void WorkCache::remember(std::string_view kind, const std::string& key, std::shared_ptr<const void> value) {
  // Calibrations of single matrices are small.
  const std::size_t most = kind == "calibration" ? 4096 : 48;
  auto& [last, by_key] = kinds_[std::string(kind)];
  if (const auto known = by_key.find(key); known != by_key.end()) {
    last.erase(known->second);
    by_key.erase(known);
  }
  last.push_front({key, std::move(value)});
  by_key[key] = last.begin();
  if (last.size() <= most) return;
  by_key.erase(last.back().key);
  last.pop_back();
}

}  // namespace mho::analysis
