#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::base {

/// A file that appears whole or not at all. It is written beside its path as NAME.part-PROCESS-NUMBER; `commit` renames it once it is on the disk.
/// If the path is a symbolic link, its target is replaced; a replaced file's mode is kept. A path that is not a regular file (a pipe, a device) is
/// written directly. Open it before a long job, so that a path that cannot be written is refused early. Parts that killed processes left of the
/// same output are removed. All functions throw a UserError that names the path.
class OutputFile {
 public:
  /// `inputs`: files that the job reads; empty names are ignored. Replacing one of them is refused, and so is replacing a database or a file that is
  /// marked read-only, even for root.
  explicit OutputFile(std::string path, const std::vector<std::optional<std::string>>& inputs = {});
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  void write(std::string_view bytes);
  /// Call once, after the last write. Without it the path stays as it was.
  void commit();

 private:
  void open_beside();
  void open_directly(bool waits);
  void keep_mode() const;
  void discard();

  std::string path_;
  std::string target_;   ///< with symbolic links resolved
  std::string written_;  ///< file of the bytes until the commit; the path itself if it is not a regular file
  std::FILE* file_ = nullptr;
};

/// Reserves an output for one process: NAME.lock beside it, locked, and removed at the end. A lock file that a killed process left is taken over.
/// Throws a UserError that names the path if another process holds the lock for longer than `patience`, or if no file can be made there.
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

/// The target of symbolic links, whether it exists or not. A circle of links is returned unchanged: opening it fails with that error.
std::string behind_links(std::string path);

/// Makes the checks of OutputFile's constructor only, for a file that another process will write.
void check_output(const std::string& path, const std::vector<std::optional<std::string>>& inputs);

}  // namespace mho::base
