#include "base/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/printable.h"

namespace mho::base {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Global, because a signal handler can access nothing else.
volatile std::sig_atomic_t interrupt_signal = 0;

extern "C" void note_interrupt(int signal) { interrupt_signal = signal; }

std::string time_left(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::round(seconds));
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  if (whole < 360000) return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
  return fmt::format("{}d", whole / 86400);
}

/// Columns of a terminal; 0 if `descriptor` is not a terminal or its width is unknown.
std::size_t columns_of(int descriptor) {
  struct winsize size {};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// The listener that listen_to_progress() set; empty without one.
std::function<void(const std::string&)>& progress_listener() {
  static std::function<void(const std::string&)> listener;
  return listener;
}

/// Writes to stderr and ignores failures, such as a closed terminal.
void write_terminal(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::size_t terminal_columns() {
  constexpr std::size_t usual = 80, least = 20, most = 10000;
  if (const char* const text = std::getenv("COLUMNS")) {
    const std::string_view digits(text);
    std::size_t columns = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), columns);
    if (error == std::errc() && end == digits.data() + digits.size() && columns > 0) return std::clamp(columns, least, most);
  }
  const std::size_t columns = columns_of(STDOUT_FILENO);
  return columns > 0 ? std::max(columns, least) : usual;
}

struct Progress::State {
  std::string label;
  std::uint64_t total = 0;
  bool terminal = false;
  std::size_t columns = 0;               ///< width of the terminal; 0: unknown
  std::chrono::milliseconds interval{};  ///< between lines
  SteadyClock::time_point start = SteadyClock::now();
  std::atomic<std::uint64_t> done{0};
  std::mutex mutex;                       ///< guards the three below and the terminal's line
  SteadyClock::time_point shown = start;  ///< the first line comes only after one interval
  bool drawn = false;
  std::string note;
  std::function<void(const std::string&)> listener;

  void show() {
    const std::unique_lock lock(mutex, std::try_to_lock);
    if (!lock) return;
    const auto now = SteadyClock::now();
    if (now - shown < interval) return;
    shown = now;
    const std::string line = progress_line(label, done.load(std::memory_order_relaxed), total, std::chrono::duration<double>(now - start).count()) +
                             (note.empty() ? "" : "  " + note);
    if (listener) {
      drawn = true;
      return listener(line);
    }
    drawn = terminal;
    // The line must fit: a line that the terminal wraps would not be overwritten by the next.
    write_terminal(terminal ? "\r" + (columns > 1 ? shortened(line, columns - 1) : line) + "\033[K" : line + "\n");
  }
};

std::string progress_line(std::string_view label, std::uint64_t done, std::uint64_t total, double elapsed_seconds) {
  if (total == 0 || done == 0) return std::string(label);
  const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  return fmt::format("{}  {:.0f} %  {} left", label, std::floor(100.0 * part), time_left(elapsed_seconds * (1.0 - part) / part));
}

Progress::Progress(std::string label, std::uint64_t total, std::chrono::milliseconds between_lines) : state_(new State) {
  constexpr auto on_terminal = std::chrono::milliseconds(200);
  state_->terminal = isatty(STDERR_FILENO) == 1;
  state_->columns = columns_of(STDERR_FILENO);
  state_->listener = progress_listener();
  state_->interval = state_->terminal || state_->listener ? on_terminal : between_lines;
  state_->label = std::move(label);
  state_->total = total;
}

Progress::~Progress() {
  if (state_->drawn && state_->listener) {
    state_->listener("");
  } else if (state_->drawn) {
    write_terminal("\r\033[K");
  }
  delete state_;
}

void listen_to_progress(std::function<void(const std::string&)> listener) { progress_listener() = std::move(listener); }

void Progress::advance(std::uint64_t count) {
  check_interrupt();
  state_->done.fetch_add(count, std::memory_order_relaxed);
  if (!state_->label.empty()) state_->show();
}

void Progress::note(const std::string& text) {
  const std::lock_guard lock(state_->mutex);
  state_->note = text;
}

void install_interrupt_handler() {
  const auto fail = [] { throw std::system_error(errno, std::generic_category(), "sigaction"); };
  struct sigaction action {};
  action.sa_handler = note_interrupt;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction inherited {};
    if (sigaction(signal, nullptr, &inherited) != 0) fail();
    if (inherited.sa_handler == SIG_IGN) continue;
    // With SA_RESETHAND a second Ctrl-C ends the process at once; without SA_RESTART a blocked read returns. A closing terminal sends SIGHUP twice,
    // from the system and from the shell, so SIGHUP keeps its handler.
    action.sa_flags = signal == SIGHUP ? 0 : static_cast<int>(SA_RESETHAND);
    if (sigaction(signal, &action, nullptr) != 0) fail();
  }
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  if (sigaction(SIGXFSZ, &action, nullptr) != 0) fail();
}

void request_interrupt() { interrupt_signal = SIGTERM; }

void say_waiting(const std::string& text) { write_terminal("mho: " + text + "\n"); }

void check_interrupt() {
  if (interrupt_signal != 0) throw Interrupted();
}

bool is_interrupted() { return interrupt_signal != 0; }

int interrupted_by() { return interrupt_signal; }

void acknowledge_interrupt() { interrupt_signal = 0; }

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  const std::size_t workers = std::min(count, static_cast<std::size_t>(std::max(threads, 1)));
  if (workers <= 1) {
    for (std::size_t i = 0; i < count; ++i) {
      check_interrupt();
      body(i);
    }
    return;
  }

  // Shares are small enough to balance the load, and large enough that threads seldom contend for the counter.
  constexpr std::size_t shares_per_worker = 32;
  const std::size_t share = std::max<std::size_t>(1, count / (workers * shares_per_worker));
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr failure;
  std::size_t failed_index = count;

  const auto work = [&] {
    while (!stop.load(std::memory_order_relaxed)) {
      const std::size_t begin = next.fetch_add(share, std::memory_order_relaxed);
      if (begin >= count) return;
      std::size_t i = begin;
      try {
        for (; i < std::min(begin + share, count) && !stop.load(std::memory_order_relaxed); ++i) {
          check_interrupt();
          body(i);
        }
      } catch (...) {
        stop.store(true, std::memory_order_relaxed);
        const std::lock_guard lock(mutex);
        if (i < failed_index) {
          failed_index = i;
          failure = std::current_exception();
        }
      }
    }
  };

  {
    std::vector<std::jthread> pool;
    pool.reserve(workers - 1);
    try {
      for (std::size_t i = 1; i < workers; ++i) pool.emplace_back(work);
    } catch (const std::system_error&) {
      // If fewer threads can be created, the existing threads do the same work.
    }
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace mho::base
