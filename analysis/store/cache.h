#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/reuse/work_cache.h"

namespace mho::analysis {

/// Parts of experiments in the table `cache` of a database. Any number of processes may use one; a row is there whole or not at all. What was used
/// longest ago goes where the cache would grow beyond its limit.
class StoredCache final : public WorkCache {
 public:
  static constexpr std::int64_t usual_limit = std::int64_t{1} << 30U;
  /// Nothing is opened before it is needed, and no file is created: what is to be kept waits for one until the end. A file that is missing, of
  /// another schema, or locked for long holds nothing and takes nothing.
  explicit StoredCache(std::string path);
  ~StoredCache() override;
  std::optional<std::string> find(std::string_view kind, const std::string& key) override;
  void keep(std::string_view kind, const std::string& key, const std::string& content, double seconds) override;
  /// How much was found and what it would have taken.
  [[nodiscard]] std::int64_t hits() const { return hits_; }

 private:
  struct Open;
  struct Waits {
    std::string kind, key, content;
    double seconds = 0;
  };
  Open* open();
  void write(const Waits& one);
  std::string path_;
  std::unique_ptr<Open> open_;
  std::vector<Waits> waiting_;  ///< until there is a file
  std::int64_t hits_ = 0;
};

/// Rows of one kind in a cache.
struct CachedKind {
  std::string kind{};
  std::int64_t entries = 0, bytes = 0;
  double seconds = 0;  ///< that computing them took
  std::string last_used{};
};
/// What the cache of a database holds, and its limit in bytes. Throws UserError as open_for_reading.
struct CacheContents {
  std::vector<CachedKind> kinds{};
  std::int64_t limit = StoredCache::usual_limit;
};
CacheContents cache_contents(const std::string& path);

/// Deletes all that a cache holds and gives the space back; returns the number of rows. Throws UserError as Store::write.
std::int64_t clear_cache(const std::string& path);
/// From now on the cache holds at most so many bytes; what was used longest ago goes. Returns the number of rows that went.
std::int64_t limit_cache(const std::string& path, std::int64_t bytes);

}  // namespace mho::analysis
