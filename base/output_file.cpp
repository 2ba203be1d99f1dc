#include "base/output_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/error.h"

namespace mho::base {
namespace {

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw UserError(fmt::format("{}: cannot write this file: {}; check the path, its permissions and the space left", path, why));
}

/// By the first bytes of an SQLite file.
bool holds_database(const std::string& path) {
  constexpr std::string_view mark = "SQLite format 3";
  std::array<char, mark.size()> first{};
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  const std::size_t read = std::fread(first.data(), 1, first.size(), file);
  std::fclose(file);
  return std::string_view(first.data(), read) == mark;
}

}  // namespace

void check_output(const std::string& path, const std::vector<std::optional<std::string>>& inputs) {
  if (path.empty()) cannot_write("''", "the name is empty");
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) cannot_write(path, "there is no folder " + folder.string());
    return;
  }
  if (S_ISDIR(status.st_mode)) cannot_write(path, "it is a folder");
  if (access(path.c_str(), W_OK) != 0) cannot_write(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return;
  if ((status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0) cannot_write(path, "it is marked read-only");
  if (holds_database(path)) cannot_write(path, "it is a database, whose rows would be lost");
  for (const std::optional<std::string>& input : inputs) {
    struct stat other {};
    if (input && stat(input->c_str(), &other) == 0 && other.st_dev == status.st_dev && other.st_ino == status.st_ino) {
      throw UserError(fmt::format("{}: this is an input ({}), which the output would replace; give the output another name", path, *input));
    }
  }
}

OutputFile::OutputFile(std::string path, const std::vector<std::optional<std::string>>& inputs) : path_(std::move(path)), written_(path_) {
  check_output(path_, inputs);
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode)) written_ = fmt::format("{}.part{}", path_, getpid());
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
