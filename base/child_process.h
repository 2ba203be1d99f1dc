#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mho::base {

/// Variables by name. One that the user has set stays as it is.
using Environment = std::map<std::string, std::string>;

/// Starts a program and calls `line` with every line of its standard output; its standard error is ours. Returns its exit status, 128 + signal where
/// one ended it. A Ctrl-C is handed on to the child: this waits for how it ends. Throws UserError when the program cannot be started, and what `line`
/// throws, once the child has ended: it is told to. Its standard input is a pipe that ends when we do, see end_with_parent(); `environment` is added
/// to ours.
int run_child(const std::string& program, const std::vector<std::string>& arguments, const std::function<void(const std::string&)>& line,
              const Environment& environment = {});

/// A program that was started, with our ends of its pipes: what it reads, writes, and says on standard error. Who starts it closes them and asks
/// ended() once.
struct StartedChild {
  int process = 0;
  int input = -1, output = -1, error = -1;
};

/// Starts a program in a process group of its own, without waiting for it. Throws UserError when it cannot be started.
StartedChild start_child(const std::string& program, const std::vector<std::string>& arguments, const Environment& environment = {});
/// Waits for its end; its exit status, 128 + signal where one ended it.
int ended(const StartedChild& child);

/// While it lives, a write to a program that has gone is an error of that write, not our end.
class BrokenPipesIgnored {
 public:
  BrokenPipesIgnored();
  ~BrokenPipesIgnored();
  BrokenPipesIgnored(const BrokenPipesIgnored&) = delete;
  BrokenPipesIgnored& operator=(const BrokenPipesIgnored&) = delete;

 private:
  void (*before_)(int);
};

/// Call once, in main of a program that run_child starts: when its parent is gone, however it ended, an interrupt is requested, and who does not end
/// within a minute is ended.
void end_with_parent();

/// A program beside the running one; empty if there is none.
std::string sibling_program(const std::string& name);

}  // namespace mho::base
