#include "analysis/store/waiting.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <thread>

#include "base/progress.h"

namespace mho::analysis {

namespace {

extern "C" int busy(void* waiting, int tried) { return static_cast<Waiting*>(waiting)->again(tried) ? 1 : 0; }

}  // namespace

void Waiting::attach(SQLite::Database& database) { sqlite3_busy_handler(database.getHandle(), busy, this); }

bool Waiting::again(int tried) {
  using std::chrono::milliseconds;
  const auto now = std::chrono::steady_clock::now();
  if (tried == 0) begin_ = now;
  if (now - begin_ >= longest_ || base::is_interrupted()) return false;
  constexpr milliseconds silence{1000}, longest_nap{50};
  if (!said_ && now - begin_ > silence) {
    said_ = true;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(longest_);
    base::say_waiting(fmt::format("{} is locked by another program; waiting for it, at most {} s", path_, left.count()));
  }
  std::this_thread::sleep_for(std::min(milliseconds(1 + tried), longest_nap));
  return true;
}

}  // namespace mho::analysis
