#pragma once

#include <signal.h>

namespace mho::python {

/// During its lifetime, Ctrl-C ends a computation of this thread if it is the main thread: the next check throws base::Interrupted. Python's own
/// handler, which would wait until the computation returns, is restored afterwards.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

 private:
  bool main_ = false;
  struct sigaction before_ {};
};

}  // namespace mho::python
