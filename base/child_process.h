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

/// Call once, in main of a program that run_child starts: when its parent is gone, however it ended, an interrupt is requested, and who does not end
/// within a minute is ended.
void end_with_parent();

/// A program beside the running one; empty if there is none.
std::string sibling_program(const std::string& name);

}  // namespace mho::base
