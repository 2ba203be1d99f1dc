#include "base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/progress.h"

namespace mho::base {

namespace {

/// A pipe whose ends are closed on exec: a child gets only the ends that spawn() duplicates.
struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw UserError(fmt::format("no pipe to another program: {}", std::strerror(errno)));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t which) {
    if (ends[which] >= 0) close(std::exchange(ends[which], -1));
  }
  std::array<int, 2> ends{-1, -1};  ///< read end, write end
};

pid_t spawn(const std::string& program, const std::vector<std::string>& arguments, const Environment& more, const Pipe& input, const Pipe& output,
            const Pipe* error = nullptr) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  if (error != nullptr) posix_spawn_file_actions_adddup2(&actions, error->ends[1], STDERR_FILENO);
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  std::vector<std::string> settings;
  for (const auto& [name, value] : more) {
    if (std::getenv(name.c_str()) == nullptr) settings.push_back(fmt::format("{}={}", name, value));
  }
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  for (std::string& setting : settings) variables.push_back(setting.data());
  variables.push_back(nullptr);
  // The child gets its own process group: a Ctrl-C on the terminal signals only this process, as `kill` does, and hear() forwards it once.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  // BrokenPipesIgnored ignores SIGPIPE in this process. The child gets the default action.
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, &attributes, words.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw UserError(fmt::format("{} cannot be started: {}", program, std::strerror(failed)));
  return child;
}

/// Calls `line` with every line that the child writes, until its output ends. Forwards an interrupt to the child, once.
void hear(pid_t child, int output, const std::function<void(const std::string&)>& line) {
  std::string text;
  std::array<char, 4096> buffer{};
  bool told = false;
  for (;;) {
    if (!told && is_interrupted()) {
      kill(child, interrupted_by());
      told = true;
    }
    // The wait is limited, because a signal may arrive just before it.
    constexpr int wait_ms = 200;
    pollfd readable{.fd = output, .events = POLLIN, .revents = 0};
    const int ready = poll(&readable, 1, wait_ms);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t got = read(output, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      line(text.substr(0, end));
      text.erase(0, end + 1);
    }
  }
}

int status_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int signalled = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : signalled + WTERMSIG(status);
}

}  // namespace

int run_child(const std::string& program, const std::vector<std::string>& arguments, const std::function<void(const std::string&)>& line,
              const Environment& environment) {
  Pipe input, output;
  const pid_t child = spawn(program, arguments, environment, input, output);
  input.close_end(0);
  output.close_end(1);
  try {
    hear(child, output.ends[0], line);
  } catch (...) {
    // Ends the child without reading its remaining output.
    kill(child, SIGTERM);
    output.close_end(0);
    input.close_end(1);
    status_of(child);
    throw;
  }
  return status_of(child);
}

StartedChild start_child(const std::string& program, const std::vector<std::string>& arguments, const Environment& environment) {
  Pipe input, output, error;
  StartedChild child;
  child.process = spawn(program, arguments, environment, input, output, &error);
  child.input = std::exchange(input.ends[1], -1);
  child.output = std::exchange(output.ends[0], -1);
  child.error = std::exchange(error.ends[0], -1);
  return child;
}

int ended(const StartedChild& child) { return status_of(child.process); }

BrokenPipesIgnored::BrokenPipesIgnored() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
BrokenPipesIgnored::~BrokenPipesIgnored() { std::signal(SIGPIPE, before_); }

void end_with_parent() {
  std::thread([] {
    char byte = 0;
    for (;;) {
      const ssize_t got = read(STDIN_FILENO, &byte, 1);
      if (got == 0 || (got < 0 && errno != EINTR)) break;
    }
    request_interrupt();
    constexpr std::chrono::seconds patience{60};
    std::this_thread::sleep_for(patience);
    _exit(static_cast<int>(ExitCode::interrupted));
  }).detach();
}

std::string main_program() {
  std::error_code error;
  const std::filesystem::path self = "/proc/self/exe", path = std::filesystem::read_symlink(self, error);
  if (error) return self.string();
  if (path.filename() == "mho-search") {
    if (std::string mho = sibling_program("mho"); !mho.empty()) return mho;
  }
  return std::filesystem::equivalent(path, self, error) ? path.string() : self.string();
}

std::string sibling_program(const std::string& name) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "";
  const auto sibling = self.parent_path() / name;
  return std::filesystem::exists(sibling, error) ? sibling.string() : "";
}

}  // namespace mho::base
