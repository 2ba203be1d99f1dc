#include "base/output_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace mho::base {
namespace {

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw UserError(fmt::format("{}: cannot write this file: {}; check the path, its permissions and the space left", path, why));
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)), written_(path_) {
  struct stat status {};
  const bool exists = stat(path_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) cannot_write(path_, "it is a folder");
  if (path_.empty()) cannot_write("''", "the name is empty");
  if (exists && access(path_.c_str(), W_OK) != 0) cannot_write(path_, std::strerror(errno));
  if (!exists || S_ISREG(status.st_mode)) written_ = fmt::format("{}.part{}", path_, getpid());
  file_ = std::fopen(written_.c_str(), "wb");
  if (file_ == nullptr) cannot_write(path_, std::strerror(errno));
}

OutputFile::~OutputFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  if (written_ != path_) unlink(written_.c_str());
}

void OutputFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) cannot_write(path_, std::strerror(errno));
}

void OutputFile::commit() {
  if (std::fflush(file_) != 0) cannot_write(path_, std::strerror(errno));
  std::FILE* const done = std::exchange(file_, nullptr);
  const bool closed = std::fclose(done) == 0;
  if (closed && (written_ == path_ || std::rename(written_.c_str(), path_.c_str()) == 0)) return;
  const std::string why = std::strerror(errno);
  if (written_ != path_) unlink(written_.c_str());
  cannot_write(path_, why);
}

}  // namespace mho::base
