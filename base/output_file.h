#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::base {

/// A file that appears whole or not at all: written beside its path as NAME.part-PROCESS-NUMBER, put in place by `commit` when the disk has it.
/// Behind a symbolic link the file that it names is replaced; the mode of a file that is replaced stays. What is no plain file (a pipe, a device) is
/// written directly. Open it before a long job, so that a path that cannot be written is refused early. What processes that were killed have left of
/// the same output is removed. All throw UserError naming the path.
class OutputFile {
 public:
  /// `inputs`: files the job reads, as far as they were given, which it may not replace; nor does it replace a database, or a file that is
  /// marked read-only, even for a user who could.
  explicit OutputFile(std::string path, const std::vector<std::optional<std::string>>& inputs = {});
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  void write(std::string_view bytes);
  /// Call once, after the last write. Without it nothing is left at the path.
  void commit();

 private:
  void open_beside();
  void open_directly(bool waits);
  void keep_mode() const;
  void discard();

  std::string path_;
  std::string target_;   ///< behind symbolic links
  std::string written_;  ///< where the bytes go until the commit; the path itself when it is no plain file
  std::FILE* file_ = nullptr;
};

/// Keeps an output for one process while it lives: NAME.lock beside it, locked, removed at the end. One that a killed process left is taken over.
/// Throws UserError naming the path where another process holds it for longer than `patience`, or no file can be made there.
class OutputLock {
 public:
  explicit OutputLock(const std::string& path, std::chrono::milliseconds patience = std::chrono::milliseconds(0));
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  std::string name_;
  int file_ = -1;
};

/// The file that symbolic links lead to, there or not. Links that lead in a circle stay: opening them says so.
std::string behind_links(std::string path);

/// The refusals of OutputFile's constructor alone, for a file that another process will write.
void check_output(const std::string& path, const std::vector<std::optional<std::string>>& inputs);

}  // namespace mho::base
