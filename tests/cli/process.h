#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/design_file/document.h"

extern char** environ;

namespace mho::cli::test {

/// What a finished command left.
struct Outcome {
  int code = 0;                           ///< exit code; a signal gives a test failure
  std::chrono::microseconds processor{};  ///< time it kept a processor busy, user and system
  std::int64_t memory = 0;                ///< its largest resident set, bytes
  std::string out;
  std::string err;
};

/// Numbers of processes whose parent is `parent`, which is still running.
inline std::vector<pid_t> children_of(pid_t parent) {
  std::ifstream list("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

/// A folder of its own for every case, and the built command run inside it.
class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mho-cli-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    // Lines as long as they are, so that cases look for words; those about the terminal's width set their own.
    setenv("COLUMNS", "1000", 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Starts `program` with standard output and error in the files out and err.
  pid_t start(const std::string& program, const std::vector<std::string>& arguments) const {
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder_.c_str());
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "err", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    // Whoever started the tests may have ignored them, as a shell does for what it runs behind itself.
    sigset_t usual;
    sigemptyset(&usual);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&usual, number);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t pid = 0;
    const int error = posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(program + " cannot be started");
    return pid;
  }
  Outcome finish(pid_t pid) const {
    int status = 0;
    rusage usage{};
    EXPECT_EQ(wait4(pid, &status, 0, &usage), pid);
    EXPECT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    const auto time = [](const timeval& value) { return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec); };
    return {WEXITSTATUS(status), time(usage.ru_utime) + time(usage.ru_stime), usage.ru_maxrss * 1024, base::read_file((folder_ / "out").string()),
            base::read_file((folder_ / "err").string())};
  }
  Outcome mho(const std::vector<std::string>& arguments) const { return finish(start(MHO_BINARY, arguments)); }
  /// A shell line; MHO stands for the command.
  Outcome shell(const std::string& line) const { return finish(start("/bin/sh", {"-c", std::string("MHO=") + MHO_BINARY + "; " + line})); }

  void write(const std::string& name, const std::string& bytes) const { std::ofstream(folder_ / name, std::ios::binary) << bytes; }
  [[nodiscard]] bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

  std::filesystem::path folder_;
};

/// What --json prints, but for the line of the command, which names threads and files.
inline std::string without_command(const std::string& json) {
  const std::size_t begin = json.find("\"command\"");
  return begin == std::string::npos ? json : json.substr(0, begin) + json.substr(json.find('\n', begin));
}

/// The options of a run that takes a fraction of a second.
inline std::vector<std::string> quick_run(const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"run", "--times", "1s,1y", "--repeats", "2", "--samples", "40"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The arguments of a verb for a convolutional network, with its data, on a chip of 8 x 8 nodes with tiles of 512 x 512; `arguments` may change the
/// chip.
inline std::vector<std::string> on_large_chip(std::vector<std::string> arguments, bool with_data = true) {
  std::vector<std::string> more{MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx"};
  if (with_data) more.insert(more.end(), {"--data", "strokes"});
  for (const char* set : {"chip.mesh.width=8", "chip.mesh.height=8", "chip.digital_cores=8", "tile.rows=512", "tile.columns=512"}) {
    more.insert(more.end(), {"--set", set});
  }
  arguments.insert(arguments.begin() + 1, more.begin(), more.end());
  return arguments;
}

}  // namespace mho::cli::test
