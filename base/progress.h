#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mho::base {

/// Columns of what standard output goes to: those that the variable COLUMNS names, else the terminal's, 80 where there is none.
std::size_t terminal_columns();

/// Progress of a long job: prints "label  42 %  1m10s left" to stderr, on a terminal over itself (at most 5 times a second),
/// elsewhere a line each minute; an empty label is part of a longer job that shows its own. Thread-safe. Every `advance` also checks for Ctrl-C and
/// throws Interrupted.
class Progress {
 public:
  /// `between_lines`: where standard error is no terminal.
  Progress(std::string label, std::uint64_t total, std::chrono::milliseconds between_lines = std::chrono::minutes(1));
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(std::uint64_t count = 1);
  /// What stands behind the line from now on, such as the last loss of a training.
  void note(const std::string& text);

 private:
  struct State;
  State* state_;
};

/// Lines of jobs that begin from now on go to `listener`, on a terminal's terms and from any thread; an empty one when a job that showed any has
/// ended. An empty function: to standard error, as at the beginning.
void listen_to_progress(std::function<void(const std::string&)> listener);

/// The text of a progress line, "label  42 %  1m10s left"; the label alone before anything is done.
std::string progress_line(std::string_view label, std::uint64_t done, std::uint64_t total, double elapsed_seconds);

/// Whether a Ctrl-C, SIGTERM or SIGHUP came that was not acknowledged.
bool is_interrupted();
/// Its number, 0 where none came.
int interrupted_by();
/// Installs the handler of SIGINT, SIGTERM and SIGHUP that makes check_interrupt throw; a signal that whoever started us has ignored (nohup) stays
/// ignored. A write beyond the limit of a file's size becomes an error of that write. Call once, in main.
void install_interrupt_handler();
/// As if a Ctrl-C had come. From any thread.
void request_interrupt();
/// Tells on standard error what keeps us waiting.
void say_waiting(const std::string& text);
/// Throws Interrupted if the user pressed Ctrl-C since the start, or since it was acknowledged.
void check_interrupt();
/// What is done after a Ctrl-C is to be kept: check_interrupt no longer throws. A second Ctrl-C kills all the same.
void acknowledge_interrupt();

/// Runs `body(index)` for index 0..count-1 on `threads` threads (the caller's included). The exception of the
/// lowest index that threw is rethrown in the caller after all workers stopped; indices not yet begun are then left out.
/// Throws Interrupted after Ctrl-C. With threads <= 1 everything runs inline. Results must not depend on the order.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace mho::base
