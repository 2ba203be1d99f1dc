#pragma once

#include <chrono>
#include <string>

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// Waiting of a connection for another program's lock: at most `longest`, with a message after one second, and not after a Ctrl-C. Must outlive the
/// connection that it is attached to.
class Waiting {
 public:
  Waiting(std::string path, std::chrono::milliseconds longest) : path_(std::move(path)), longest_(longest) {}
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  void attach(SQLite::Database& database);
  /// Whether to try again after `tried` attempts. Sleeps first.
  bool again(int tried);

 private:
  std::string path_;
  std::chrono::milliseconds longest_;
  std::chrono::steady_clock::time_point begin_;
  bool said_ = false;
};

}  // namespace mho::analysis
