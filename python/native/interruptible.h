#pragma once

#include <signal.h>

namespace mho::python {

/// While it lives, Ctrl-C ends a computation of this thread, if that is the main one: the next check for it throws base::Interrupted. Python's own
/// handler, which waits until the computation returns, is back afterwards.
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
