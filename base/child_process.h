#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mho::base {

/// Environment variables by name. A variable that the user has set keeps its value.
using Environment = std::map<std::string, std::string>;

/// Starts a program and calls `line` with every line of its standard output; its standard error is that of this process. Returns the exit status, or
/// 128 + signal if a signal ended the program. A Ctrl-C is passed on to the child, and this waits for its end. Throws UserError if the program cannot
/// be started. If `line` throws, the child is ended first. The child's standard input is a pipe that closes when this process ends, see
/// end_with_parent(). `environment` is added to that of this process.
int run_child(const std::string& program, const std::vector<std::string>& arguments, const std::function<void(const std::string&)>& line,
              const Environment& environment = {});

/// A started program and this process's ends of its pipes: standard input, output and error. The caller closes them and calls
/// ended() once.
struct StartedChild {
  int process = 0;
  int input = -1, output = -1, error = -1;
};

/// Starts a program in its own process group and does not wait for it. Throws UserError if it cannot be started.
StartedChild start_child(const std::string& program, const std::vector<std::string>& arguments, const Environment& environment = {});
/// Waits for the end of the program. Returns its exit status, or 128 + signal if a signal ended it.
int ended(const StartedChild& child);

/// During its lifetime, a write to a program that has ended fails with an error instead of ending this process (SIGPIPE).
class BrokenPipesIgnored {
 public:
  BrokenPipesIgnored();
  ~BrokenPipesIgnored();
  BrokenPipesIgnored(const BrokenPipesIgnored&) = delete;
  BrokenPipesIgnored& operator=(const BrokenPipesIgnored&) = delete;

 private:
  void (*before_)(int);
};

/// Call once, in main of a program that run_child starts. When the parent process has ended for any reason, an interrupt is requested. If this
/// process does not end within a minute, it is killed.
void end_with_parent();

/// Path of a program in the folder of the running one; empty if there is none.
std::string sibling_program(const std::string& name);

/// Path of the program mho: the running program, under whatever name, also if its file has been replaced meanwhile; for mho-search the program mho in
/// the same folder, which starts faster.
std::string main_program();

}  // namespace mho::base
