#include "analysis/store/cache.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <filesystem>

#include "analysis/store/database.h"
#include "analysis/store/rows.h"
#include "analysis/store/store.h"
#include "analysis/store/waiting.h"
#include "base/error.h"

namespace mho::analysis {

namespace {

constexpr std::int64_t seconds_of_day = 86'400;

std::int64_t today() { return static_cast<std::int64_t>(std::time(nullptr)) / seconds_of_day; }

std::int64_t limit_of(SQLite::Database& database) {
  SQLite::Statement limit(database, "SELECT bytes FROM cache_limit");
  return limit.executeStep() ? limit.getColumn(0).getInt64() : StoredCache::usual_limit;
}

/// Deletes the least recently used rows until at most `bytes` are left. Returns the number of deleted rows.
std::int64_t shrink(SQLite::Database& database, std::int64_t bytes) {
  std::int64_t held = database.execAndGet("SELECT coalesce(sum(length(content)), 0) FROM cache").getInt64();
  std::int64_t gone = 0;
  if (held <= bytes) return 0;
  std::vector<std::int64_t> rows;
  SQLite::Statement oldest(database, "SELECT rowid, length(content) FROM cache ORDER BY used, created, rowid");
  while (held > bytes && oldest.executeStep()) {
    rows.push_back(oldest.getColumn(0).getInt64());
    held -= oldest.getColumn(1).getInt64();
  }
  SQLite::Statement remove(database, "DELETE FROM cache WHERE rowid = ?");
  for (const std::int64_t row : rows) {
    remove.reset();
    remove.bind(1, row);
    gone += remove.exec();
  }
  return gone;
}

}  // namespace

struct StoredCache::Open {
  explicit Open(const std::string& path) : waiting(path, std::chrono::seconds(10)), database(path, SQLite::OPEN_READWRITE) {
    waiting.attach(database);
  }
  Waiting waiting;
  SQLite::Database database;
};

StoredCache::StoredCache(std::string path) : path_(std::move(path)) {}
StoredCache::~StoredCache() {
  try {
    if (waiting_.empty() || open() == nullptr) return;
    for (const Waits& one : waiting_) write(one);
  } catch (const std::exception&) {
    // A result that is not stored is only computed again.
  }
}

StoredCache::Open* StoredCache::open() {
  if (open_) return open_.get();
  std::error_code error;
  if (!std::filesystem::exists(path_, error) || std::filesystem::file_size(path_, error) == 0 || error) return nullptr;
  try {
    if (contents_of_file(path_) != Contents::current) return nullptr;
    open_ = std::make_unique<Open>(path_);
  } catch (const SQLite::Exception&) {
    return nullptr;
  } catch (const base::UserError&) {
    return nullptr;
  }
  return open_.get();
}

std::optional<std::string> StoredCache::find(std::string_view kind, const std::string& key) {
  Open* const held = open();
  if (held == nullptr) return std::nullopt;
  try {
    SQLite::Statement found(held->database, "SELECT content, used FROM cache WHERE kind = ? AND key = ?");
    found.bind(1, std::string(kind));
    found.bind(2, key);
    if (!found.executeStep()) return std::nullopt;
    std::string content = found.getColumn(0).getString();
    const bool older = found.getColumn(1).getInt64() != today();
    found.reset();
    if (older) {
      SQLite::Statement used(held->database, "UPDATE cache SET used = ? WHERE kind = ? AND key = ?");
      used.bind(1, today());
      used.bind(2, std::string(kind));
      used.bind(3, key);
      used.exec();
    }
    ++hits_;
    return content;
  } catch (const SQLite::Exception&) {
    return std::nullopt;
  }
}

void StoredCache::keep(std::string_view kind, const std::string& key, const std::string& content, double seconds) {
  Waits one{std::string(kind), key, content, seconds};
  if (open() == nullptr) {
    waiting_.push_back(std::move(one));
  } else {
    write(one);
  }
}

void StoredCache::write(const Waits& one) {
  try {
    Open* const held = open();
    SQLite::Transaction transaction(held->database, SQLite::TransactionBehavior::IMMEDIATE);
    const std::int64_t limit = limit_of(held->database);
    if (static_cast<std::int64_t>(one.content.size()) > limit) return;
    SQLite::Statement insert(held->database, "INSERT OR REPLACE INTO cache (kind, key, content, seconds, created, used) VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, one.kind);
    insert.bind(2, one.key);
    insert.bind(3, one.content.data(), static_cast<int>(one.content.size()));
    insert.bind(4, one.seconds);
    insert.bind(5, fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))));
    insert.bind(6, today());
    insert.exec();
    shrink(held->database, limit);
    transaction.commit();
  } catch (const SQLite::Exception&) {
    // A result that is not stored is only computed again.
  }
}

CacheContents cache_contents(const std::string& path) {
  SQLite::Database database = open_for_reading(path);
  try {
    CacheContents contents;
    contents.limit = limit_of(database);
    SQLite::Statement rows(database,
                           "SELECT kind, count(*), sum(length(content)), sum(seconds), date(max(used) * 86400, 'unixepoch') FROM cache "
                           "GROUP BY kind ORDER BY kind");
    while (rows.executeStep()) {
      contents.kinds.push_back({.kind = rows.getColumn(0).getString(),
                                .entries = rows.getColumn(1).getInt64(),
                                .bytes = rows.getColumn(2).getInt64(),
                                .seconds = rows.getColumn(3).getDouble(),
                                .last_used = rows.getColumn(4).getString()});
    }
    return contents;
  } catch (const SQLite::Exception& error) {
    throw reading_refusal(path, error);
  }
}

std::int64_t clear_cache(const std::string& path) {
  std::int64_t gone = 0;
  Store store(path);
  store.write([&](RowWriter& writer) { gone = writer.database().exec("DELETE FROM cache"); });
  try {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    Waiting waiting(path, Store::usual_wait);
    waiting.attach(database);
    database.exec("VACUUM");
  } catch (const SQLite::Exception& error) {
    throw refusal(path, error, Store::usual_wait);
  }
  return gone;
}

std::int64_t limit_cache(const std::string& path, std::int64_t bytes) {
  std::int64_t gone = 0;
  Store(path).write([&](RowWriter& writer) {
    writer.database().exec(fmt::format("INSERT OR REPLACE INTO cache_limit (only, bytes) VALUES (1, {})", bytes));
    gone = shrink(writer.database(), bytes);
  });
  return gone;
}

}  // namespace mho::analysis
