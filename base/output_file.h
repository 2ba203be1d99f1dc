#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace mho::base {

/// A file that appears whole or not at all: written beside its path, put in place by `commit`. What is no plain file (a pipe, a device) is written
/// directly. Open it before a long job, so that a path that cannot be written is refused early. All throw UserError naming the path.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  void write(std::string_view bytes);
  /// Call once, after the last write. Without it nothing is left at the path.
  void commit();

 private:
  std::string path_;
  std::string written_;  ///< where the bytes go until the commit; the path itself when it is no plain file
  std::FILE* file_ = nullptr;
};

}  // namespace mho::base
