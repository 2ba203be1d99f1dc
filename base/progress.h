#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace mho::base {

/// Progress of a long job: prints "label  42 %  1m10s left" to stderr when that is a terminal (at most 5 times a second),
/// else nothing. Thread-safe. Every `advance` also checks for Ctrl-C and throws Interrupted.
class Progress {
 public:
  Progress(std::string label, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void advance(std::uint64_t count = 1);

 private:
  struct State;
  State* state_;
};

/// Installs the SIGINT/SIGTERM handler that makes check_interrupt throw. Call once, in main.
void install_interrupt_handler();
/// Throws Interrupted if the user pressed Ctrl-C since the start.
void check_interrupt();

/// Runs `body(index)` for index 0..count-1 on `threads` threads (the caller's included). The first exception is rethrown in the
/// caller after all workers stopped. Results must not depend on the order.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace mho::base
