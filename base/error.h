#pragma once

#include <stdexcept>
#include <string>

namespace mho::base {

/// Exit codes of the command line; documented in README.md.
enum class ExitCode : int {
  ok = 0,
  usage = 2,
  bad_input = 3,
  does_not_fit = 4,
  failed_check = 5,
  not_stored = 6,
  interrupted = 130,
};

/// A mistake that the user can correct. The message is one paragraph: what is wrong, where (file:line:column, key, node, tensor),
/// what is legal, what to do. Thrown anywhere, printed once, by the command line.
class UserError : public std::runtime_error {
 public:
  explicit UserError(const std::string& message, ExitCode code = ExitCode::bad_input) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Thrown by a check of progress after Ctrl-C. Unwinding removes output that is not finished.
class Interrupted : public UserError {
 public:
  Interrupted() : UserError("interrupted; nothing of this run was stored", ExitCode::interrupted) {}
};

}  // namespace mho::base
