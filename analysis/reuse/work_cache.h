#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
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

  /// A value that this process has recently computed or found; a limited number of each kind is held in memory. Null: none.
  [[nodiscard]] std::shared_ptr<const void> remembered(std::string_view kind, const std::string& key);
  void remember(std::string_view kind, const std::string& key, std::shared_ptr<const void> value);

 private:
  struct Remembered {
    std::string key;
    std::shared_ptr<const void> value;
  };
  /// Values of one kind, most recently used first.
  struct Kind {
    std::list<Remembered> last{};
    std::map<std::string, std::list<Remembered>::iterator, std::less<>> by_key{};
  };
  std::map<std::string, Kind, std::less<>> kinds_;
};

/// A cache that lives in memory alone.
class MemoryCache final : public WorkCache {
 public:
  std::optional<std::string> find(std::string_view, const std::string&) override { return std::nullopt; }
  void keep(std::string_view, const std::string&, const std::string&, double) override {}
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

/// The value that was kept for a key, from memory or from the cache; null: none.
template <class Value>
std::shared_ptr<const Value> found_in(WorkCache& cache, std::string_view kind, const std::string& key) {
  if (auto held = cache.remembered(kind, key)) return std::static_pointer_cast<const Value>(held);
  const std::optional<std::string> content = cache.find(kind, key);
  if (!content) return nullptr;
  std::optional<Value> found = unpacked<Value>(*content);
  if (!found) return nullptr;
  auto made = std::make_shared<const Value>(std::move(*found));
  cache.remember(kind, key, made);
  return made;
}

/// Keeps a value in memory and, if computing it took long, in the cache.
template <class Value>
void keep_in(WorkCache& cache, std::string_view kind, const std::string& key, Value value, double seconds) {
  const auto made = std::make_shared<const Value>(std::move(value));
  cache.remember(kind, key, made);
  // Results that take less time than this are not written to the file.
  constexpr double worth_keeping_s = 0.05;
  if (seconds >= worth_keeping_s) cache.keep(kind, key, packed(*made), seconds);
}

/// Returns the result of `compute`, or its earlier result for the same `depends_on`, the text of everything that the result depends on. `cache` null:
/// always computed. `keeps`: whether a result may be kept.
template <class Kind, class Compute, class Keeps>
Kind computed_once(WorkCache* cache, std::string_view kind, const std::string& depends_on, const Compute& compute, const Keeps& keeps) {
  if (cache == nullptr) return compute();
  const std::string key = dependence_key(depends_on);
  if (const auto found = found_in<Kind>(*cache, kind, key)) return *found;
  const auto begin = std::chrono::steady_clock::now();
  Kind result = compute();
  if (keeps(result)) keep_in(*cache, kind, key, result, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return result;
}

template <class Kind, class Compute>
Kind computed_once(WorkCache* cache, std::string_view kind, const std::string& depends_on, const Compute& compute) {
  return computed_once<Kind>(cache, kind, depends_on, compute, [](const Kind&) { return true; });
}

}  // namespace mho::analysis
