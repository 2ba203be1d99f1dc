#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/reuse/work_cache.h"

namespace mho::analysis {

/// Parts of experiments in the table `cache` of a database. Any number of processes may use it at once; a row is written whole or not at all. When
/// the cache exceeds its limit, the least recently used rows are deleted.
class StoredCache final : public WorkCache {
 public:
  static constexpr std::int64_t usual_limit = std::int64_t{1} << 30U;
  /// Opens the file at its first use and never creates one: until the file exists, rows wait in memory, at most until the end of this object. A file
  /// that is missing, of another schema, or locked for long is treated as an empty cache that stores nothing.
  explicit StoredCache(std::string path);
  ~StoredCache() override;
  std::optional<std::string> find(std::string_view kind, const std::string& key) override;
  void keep(std::string_view kind, const std::string& key, const std::string& content, double seconds) override;
  /// Number of rows that were found.
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
  std::vector<Waits> waiting_;  ///< rows to write once the file exists
  std::int64_t hits_ = 0;
};

/// Rows of one kind in a cache.
struct CachedKind {
  std::string kind{};
  std::int64_t entries = 0, bytes = 0;
  double seconds = 0;  ///< time to compute them, in seconds
  std::string last_used{};
};
/// Contents of the cache of a database, and its limit in bytes. Throws UserError as open_for_reading.
struct CacheContents {
  std::vector<CachedKind> kinds{};
  std::int64_t limit = StoredCache::usual_limit;
};
CacheContents cache_contents(const std::string& path);

/// Deletes all rows of a cache and returns the space to the disk. Returns the number of rows. Throws UserError as Store::write.
std::int64_t clear_cache(const std::string& path);
/// Sets the limit of the cache in bytes and deletes the least recently used rows beyond it. Returns the number of deleted rows.
std::int64_t limit_cache(const std::string& path, std::int64_t bytes);

}  // namespace mho::analysis
