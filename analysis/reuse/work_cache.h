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

/// Cache of computed parts of experiments, by the text of their dependences. A cached part equals the computed one bit for bit.
class WorkCache {
 public:
  virtual ~WorkCache() = default;
  /// The content that was kept for this kind and key; empty: none, or it was deleted.
  virtual std::optional<std::string> find(std::string_view kind, const std::string& key) = 0;
  /// Keeps a content; `seconds`: time to compute it. Content that cannot be kept is dropped without an error.
  virtual void keep(std::string_view kind, const std::string& key, const std::string& content, double seconds) = 0;

  /// A value that this process has recently computed or found; a few values are held in memory. Null: none.
  [[nodiscard]] std::shared_ptr<const void> remembered(std::string_view kind, const std::string& key);
  void remember(std::string_view kind, const std::string& key, std::shared_ptr<const void> value);

 private:
  struct Remembered {
    std::string kind, key;
    std::shared_ptr<const void> value;
  };
  std::list<Remembered> last_;  ///< most recently used first
};

/// The cache key of a dependence text.
inline std::string dependence_key(const std::string& depends_on) { return base::content_hash(depends_on) + base::content_hash(depends_on + "\n"); }

/// Returns the result of `compute`, or its earlier result for the same text in this process. For values that are quicker to compute than to read from
/// the cache.
template <class Kind, class Compute>
std::shared_ptr<const Kind> remembered_once(WorkCache* cache, std::string_view kind, const std::string& depends_on, const Compute& compute) {
  if (cache == nullptr) return std::make_shared<const Kind>(compute());
  const std::string key = dependence_key(depends_on);
  if (auto held = cache->remembered(kind, key)) return std::static_pointer_cast<const Kind>(held);
  auto made = std::make_shared<const Kind>(compute());
  cache->remember(kind, key, made);
  return made;
}

/// Returns the result of `compute`, or its earlier result for the same `depends_on`, the text of everything that the result depends on. `cache` null:
/// always computed. `keeps`: whether a result may be kept.
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
  // Results that take less time than this are not written to the file.
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
