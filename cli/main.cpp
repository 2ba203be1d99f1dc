#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "base/child_process.h"
#include "base/error.h"
#include "base/printable.h"
#include "base/progress.h"
#include "cli/command_line.h"
#include "cli/verbs.h"

namespace {

using mho::base::ExitCode;

/// Quotes a word so that a shell reads it as one word.
std::string quoted(const std::string& word) {
  const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+%@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) c == '\'' ? text.append("'\\''") : text.append(1, c);
  return text + "'";
}

std::string joined(int argc, char** argv) {
  std::string text = "mho";
  for (int i = 1; i < argc; ++i) text.append(" ").append(quoted(argv[i]));
  return text;
}

int report(const std::string& message, ExitCode code) {
  const std::string text = "mho: " + mho::base::printable(message, true);
  // A terminal gets lines broken between words; a file gets one message per line. Errors of writing are ignored.
  std::fputs(((isatty(STDERR_FILENO) == 1 ? mho::base::fitted_lines(text, mho::base::terminal_columns()) : text) + "\n").c_str(), stderr);
  return static_cast<int>(code);
}

int output_lost() { return report("standard output cannot be written (a full disk?); a run that was stored stays stored", ExitCode::bad_input); }

/// Opens /dev/null in place of closed standard streams, so that no other file gets their numbers. Returns whether standard output was closed.
bool hold_closed_streams() {
  bool output_closed = false;
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    if (descriptor == STDOUT_FILENO) output_closed = true;
    // open() returns the lowest free number, which is this one.
    static_cast<void>(open("/dev/null", O_RDWR));
  }
  return output_closed;
}

/// Replaces this process by the sibling program mho-search. Returns only if it is missing.
int search_elsewhere(char** argv) {
  const std::string program = mho::base::sibling_program("mho-search");
  if (!program.empty()) execv(program.c_str(), argv);
  return report("a search needs the program mho-search beside mho; build it: the target mho-search of CMake", ExitCode::bad_input);
}

}  // namespace

int main(int argc, char** argv) {
  if (hold_closed_streams()) {
    return report("standard output is closed, so no result could be shown; leave >&- out, or redirect it: > /dev/null", ExitCode::bad_input);
  }
  mho::base::install_interrupt_handler();
#ifdef MHO_SEARCHES
  mho::cli::enable_searches();
#endif
  if (argc >= 2 && std::string(argv[1]) == "search" && !mho::cli::searches_here()) return search_elsewhere(argv);
  // A worker reports errors to the process that started it.
  if (argc == 2 && std::string(argv[1]) == "worker" && isatty(STDIN_FILENO) == 0) return mho::cli::serve_worker();
  try {
    mho::cli::parse(argc, argv)({.command_line = joined(argc, argv)});
    // It is an error if the output could not be written, for example because the disk is full.
    if (std::fflush(stdout) != 0) return output_lost();
    return static_cast<int>(ExitCode::ok);
  } catch (const mho::base::UserError& error) {
    const std::string message = error.what();
    const bool usage = error.code() == ExitCode::usage;
    return report(usage ? fmt::format("{} (see {})", message, mho::cli::help_command(argc, argv)) : message, error.code());
  } catch (const std::bad_alloc&) {
    return report("out of memory; nothing of this run was stored. Use fewer --threads or a smaller network", ExitCode::failed_check);
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return output_lost();
    return report(fmt::format("internal error: {}. Nothing of this run was stored; please report the command line", error.what()),
                  ExitCode::failed_check);
  }
}
