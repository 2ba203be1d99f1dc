#pragma once

#include <chrono>
#include <string>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// How a connection waits for a lock that another program holds: for a while, saying so after a second, and not after a Ctrl-C. Outlives what it is
/// attached to.
class Waiting {
 public:
  Waiting(std::string path, std::chrono::milliseconds longest) : path_(std::move(path)), longest_(longest) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  void attach(SQLite::Database& database);
  /// Whether to try again, `tried` times already. Sleeps before.
  bool again(int tried);

 private:
  std::string path_;
  std::chrono::milliseconds longest_;
  std::chrono::steady_clock::time_point begin_;
  bool said_ = false;
};

}  // namespace mho::analysis
