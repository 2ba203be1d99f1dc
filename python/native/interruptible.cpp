#include "python/native/interruptible.h"

#include <pybind11/pybind11.h>
#include <unistd.h>

#include "base/progress.h"

namespace mho::python {

namespace {

extern "C" void ask_for_interrupt(int /*signal*/) { base::request_interrupt(); }

}  // namespace

Interruptible::Interruptible() : main_(getpid() == gettid()) {
  if (!main_) return;
  struct sigaction action {};
  action.sa_handler = ask_for_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_);
}

Interruptible::~Interruptible() {
  if (!main_) return;
  sigaction(SIGINT, &before_, nullptr);
  if (!base::is_interrupted()) return;
  base::acknowledge_interrupt();
  // If the computation ended before it noticed Ctrl-C, Python is interrupted now. Otherwise an exception is already active.
  if (std::uncaught_exceptions() == 0) PyErr_SetInterrupt();
}

}  // namespace mho::python
