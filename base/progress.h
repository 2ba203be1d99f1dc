#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mho::base {

/// Width of the output in columns: the variable COLUMNS if set, else the width of the terminal, else 80.
std::size_t terminal_columns();

/// Progress of a long job: prints "label  42 %  1m10s left" to stderr, on a terminal over itself (at most 5 times a second),
/// elsewhere one line a minute. An empty label prints nothing (part of a longer job with its own progress). Thread-safe. Every `advance` also checks
/// for Ctrl-C and throws Interrupted.
class Progress {
 public:
  /// `between_lines`: time between two lines if standard error is not a terminal.
  Progress(std::string label, std::uint64_t total, std::chrono::milliseconds between_lines = std::chrono::minutes(1));
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(std::uint64_t count = 1);
  /// Sets a text at the end of the line, such as the last loss of a training.
  void note(const std::string& text);

 private:
  struct State;
  State* state_;
};

/// Sends the lines of later jobs to `listener`, as often as to a terminal and from any thread; an empty line follows the last one of a job. An empty
/// function restores standard error.
void listen_to_progress(std::function<void(const std::string&)> listener);

/// The text of a progress line, "label  42 %  1m10s left"; the label alone at the start.
std::string progress_line(std::string_view label, std::uint64_t done, std::uint64_t total, double elapsed_seconds);

/// Whether a Ctrl-C, SIGTERM or SIGHUP has arrived that was not acknowledged.
bool is_interrupted();
/// The number of that signal, 0 if none has arrived.
int interrupted_by();
/// Installs the handler of SIGINT, SIGTERM and SIGHUP that makes check_interrupt throw. A signal that was ignored at the start (nohup) stays ignored.
/// A write beyond the limit of file sizes fails with an error instead of a signal. Call once, in main.
void install_interrupt_handler();
/// Has the effect of a Ctrl-C. May be called from any thread.
void request_interrupt();
/// Prints on standard error what the program waits for.
void say_waiting(const std::string& text);
/// Throws Interrupted if the user pressed Ctrl-C since the start, or since it was acknowledged.
void check_interrupt();
/// Acknowledges a Ctrl-C: check_interrupt no longer throws, so that results can be stored. A second Ctrl-C ends the process.
void acknowledge_interrupt();

/// Runs `body(index)` for index 0..count-1 on `threads` threads (the caller's included). The exception of the
/// lowest index that threw is rethrown in the caller after all workers have stopped; indices that have not begun are not run.
/// Throws Interrupted after Ctrl-C. With threads <= 1 everything runs inline. Results must not depend on the order of execution.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace mho::base
