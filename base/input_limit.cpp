#include "base/input_limit.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/error.h"

namespace mho::base {

InputLimit::InputLimit(std::uint64_t bytes) : bytes_(bytes), used_(std::make_shared<Used>()) { used_->left = bytes; }

void InputLimit::take(std::uint64_t bytes, const std::string& path) const {
  note(path);
  std::uint64_t left = used_->left.load();
  do {
    if (bytes > left) {
      constexpr double mega = 1e6;
      throw UserError(
          fmt::format("{}: the files of this run hold more than the {:.4g} MB that they may; name less of them, or raise the limit with "
                      "--input-limit",
                      path, static_cast<double>(bytes_) / mega));
    }
  } while (!used_->left.compare_exchange_weak(left, left - bytes));
}

void InputLimit::note(const std::string& path) const {
  const std::scoped_lock lock(used_->mutex);
  if (std::ranges::find(used_->files, path) == used_->files.end()) used_->files.push_back(path);
}

std::vector<std::string> InputLimit::files() const {
  const std::scoped_lock lock(used_->mutex);
  return used_->files;
}

void require_plain_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return;
  throw UserError(fmt::format("{}: this is {}, but a plain file is needed: it is read more than once. Write its bytes to a file first", path,
                              S_ISFIFO(status.st_mode) ? "a pipe" : "a device"));
}

void out_of_memory(const std::string& path) {
  throw UserError(fmt::format("{}: out of memory while this file is read; take a smaller file, or a machine with more memory", path),
                  ExitCode::failed_check);
}

}  // namespace mho::base
