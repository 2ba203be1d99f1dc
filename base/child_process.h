#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mho::base {

/// Starts a program and calls `line` with every line of its standard output; its standard error is ours. Returns its exit status, 128 + signal where
/// one ended it. A Ctrl-C is handed on to the child: this waits for how it ends. Throws UserError when the program cannot be started.
int run_child(const std::string& program, const std::vector<std::string>& arguments, const std::function<void(const std::string&)>& line);

/// A program beside the running one; empty if there is none.
std::string sibling_program(const std::string& name);

}  // namespace mho::base
