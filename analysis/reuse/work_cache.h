#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/reuse/archive.h"
#include "base/design_file/document.h"

namespace mho::analysis {

/// Parts of experiments that were computed once, by what they depend on. A cached part is what was computed, bit for bit.
class WorkCache {
 public:
  virtual ~WorkCache() = default;
  /// What `keep` was given for the same kind and key; empty: nothing, or nothing any more.
  virtual std::optional<std::string> find(std::string_view kind, const std::string& key) = 0;
  /// `seconds`: that computing it took. What cannot be kept is not: no error.
  virtual void keep(std::string_view kind, const std::string& key, const std::string& content, double seconds) = 0;

  /// What this process has computed or found last: a few values, as they are. Null: nothing.
  [[nodiscard]] std::shared_ptr<const void> remembered(std::string_view kind, const std::string& key);
  void remember(std::string_view kind, const std::string& key, std::shared_ptr<const void> value);

 private:
  struct Remembered {
    std::string kind, key;
    std::shared_ptr<const void> value;
  };
  std::list<Remembered> last_;  ///< the one used last first
};

/// The key of a text that says what a result depends on.
inline std::string dependence_key(const std::string& depends_on) { return base::content_hash(depends_on) + base::content_hash(depends_on + "\n"); }

/// What `compute` returns, or what it returned for the same text in this process: values that are quicker made anew than read.
template <class Kind, class Compute>
std::shared_ptr<const Kind> remembered_once(WorkCache* cache, std::string_view kind, const std::string& depends_on, const Compute& compute) {
  if (cache == nullptr) return std::make_shared<const Kind>(compute());
  const std::string key = dependence_key(depends_on);
  if (auto held = cache->remembered(kind, key)) return std::static_pointer_cast<const Kind>(held);
  auto made = std::make_shared<const Kind>(compute());
  cache->remember(kind, key, made);
  return made;
}

/// What `compute` returns, or what it returned before for the same `depends_on`: text that says all that the result depends on. `cache`: null: always
/// computed. `keeps`: whether a result may be kept.
template <class Kind, class Compute, class Keeps>
Kind computed_once(WorkCache* cache, std::string_view kind, const std::string& depends_on, const Compute& compute, const Keeps& keeps) {
  if (cache == nullptr) return compute();
  const std::string key = dependence_key(depends_on);
  if (const auto held = cache->remembered(kind, key)) return *std::static_pointer_cast<const Kind>(held);
  if (const std::optional<std::string> content = cache->find(kind, key)) {
    if (std::optional<Kind> found = unpacked<Kind>(*content)) {
      cache->remember(kind, key, std::make_shared<const Kind>(*found));
      return std::move(*found);
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  Kind result = compute();
  if (!keeps(result)) return result;
  cache->remember(kind, key, std::make_shared<const Kind>(result));
  // A file is not filled with what takes no time.
  constexpr double worth_keeping_s = 0.05;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (seconds >= worth_keeping_s) cache->keep(kind, key, packed(result), seconds);
  return result;
}

template <class Kind, class Compute>
Kind computed_once(WorkCache* cache, std::string_view kind, const std::string& depends_on, const Compute& compute) {
  return computed_once<Kind>(cache, kind, depends_on, compute, [](const Kind&) { return true; });
}

}  // namespace mho::analysis
