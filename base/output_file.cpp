#include "base/output_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/progress.h"

namespace mho::base {
namespace {

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw UserError(fmt::format("{}: cannot write this file: {}; check the path, its permissions and the space left", path, why));
}

/// Whether a file begins like an SQLite database.
bool holds_database(const std::string& path) {
  constexpr std::string_view mark = "SQLite format 3";
  std::array<char, mark.size()> first{};
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  const std::size_t read = std::fread(first.data(), 1, first.size(), file);
  std::fclose(file);
  return std::string_view(first.data(), read) == mark;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// The prefix of temporary files beside `target`. It is cut, so that a number fits behind it within the limit of file names.
std::string part_prefix(const std::string& target) {
  constexpr std::size_t longest = 200;
  return std::filesystem::path(target).filename().string().substr(0, longest) + ".part-";
}

/// Removes the temporary files of ended processes. A process locks the file that it writes, so a file without a lock is a leftover.
void remove_leftovers(const std::string& target) {
  const std::string folder = folder_of(target), prefix = part_prefix(target);
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) return;
  while (const dirent* const entry = readdir(entries)) {  // NOLINT(concurrency-mt-unsafe): of a stream of our own
    const std::string_view name = entry->d_name;
    if (!name.starts_with(prefix) || name.find_first_not_of("0123456789-", prefix.size()) != std::string_view::npos) continue;
    const std::string path = folder + "/" + std::string(name);
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) continue;
    struct stat status {};
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && flock(file, LOCK_EX | LOCK_NB) == 0) unlink(path.c_str());
    close(file);
  }
  closedir(entries);
}

/// Writes the file to disk. True also if the file system does not support this.
bool is_synced(int file) { return fsync(file) == 0 || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP; }

/// Writes the new name to disk. A failure is ignored, because the content is already on disk.
void sync_folder(const std::string& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  static_cast<void>(fsync(file));
  close(file);
}

}  // namespace

std::string behind_links(std::string path) {
  constexpr int most_links = 40;
  for (int i = 0; i < most_links; ++i) {
    std::array<char, PATH_MAX> text{};
    const ssize_t length = readlink(path.c_str(), text.data(), text.size());
    if (length < 0) break;
    const std::string next(text.data(), static_cast<std::size_t>(length));
    path = next.starts_with('/') ? next : fmt::format("{}/{}", folder_of(path), next);
  }
  return path;
}

void check_output(const std::string& path, const std::vector<std::optional<std::string>>& inputs) {
  if (path.empty()) cannot_write("''", "the name is empty");
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    const int why = errno;
    const std::string folder = folder_of(behind_links(path));
    if (std::error_code ignored; !std::filesystem::is_directory(folder, ignored)) cannot_write(path, "there is no folder " + folder);
    if (why != ENOENT) cannot_write(path, std::strerror(why));
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

OutputFile::OutputFile(std::string path, const std::vector<std::optional<std::string>>& inputs)
    : path_(std::move(path)), target_(path_), written_(path_) {
  check_output(path_, inputs);
  struct stat status {};
  if (stat(path_.c_str(), &status) != 0 || S_ISREG(status.st_mode)) {
    target_ = behind_links(path_);
    remove_leftovers(target_);
    open_beside();
    keep_mode();
    return;
  }
  open_directly(S_ISFIFO(status.st_mode));
}

void OutputFile::open_directly(bool waits) {
  // O_NONBLOCK: otherwise open() would block until a pipe has a reader, and an interrupt just before the call would go unnoticed.
  int file = -1, waited = 0;
  while ((file = open(written_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK)) < 0 && (errno == EINTR || (waits && errno == ENXIO))) {
    check_interrupt();
    constexpr int patience = 50;
    if (++waited == patience) say_waiting(fmt::format("waiting for another program that reads {}", path_));
    constexpr std::chrono::milliseconds nap{20};
    std::this_thread::sleep_for(nap);
  }
  if (file >= 0) static_cast<void>(fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_NONBLOCK));
  if (file >= 0) file_ = fdopen(file, "wb");
  if (file_ == nullptr) cannot_write(path_, std::strerror(errno));
}

void OutputFile::open_beside() {
  const std::string begin = folder_of(target_) + "/" + part_prefix(target_) + std::to_string(getpid()) + "-";
  for (int number = 0; file_ == nullptr; ++number) {
    written_ = begin + std::to_string(number);
    constexpr mode_t usual = 0666;
    const int file = open(written_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, usual);
    if (file < 0 && errno == EEXIST) continue;
    if (file < 0) cannot_write(path_, std::strerror(errno));
    // Between creation and lock, another process may treat the file as a leftover.
    struct stat status {};
    if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      close(file);
      continue;
    }
    if (fstat(file, &status) == 0 && status.st_nlink > 0) file_ = fdopen(file, "wb");
    if (file_ == nullptr) close(file);
  }
}

void OutputFile::keep_mode() const {
  struct stat status {};
  if (stat(target_.c_str(), &status) != 0) return;
  // The owner first, because fchown() clears bits of the mode. Only root may change the owner; for other users the file becomes their own.
  static_cast<void>(fchown(fileno(file_), status.st_uid, status.st_gid) == 0);
  constexpr mode_t all = 07777;
  static_cast<void>(fchmod(fileno(file_), status.st_mode & all));
}

void OutputFile::discard() {
  std::fclose(std::exchange(file_, nullptr));
  if (written_ != path_) unlink(written_.c_str());
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) discard();
}

void OutputFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) cannot_write(path_, std::strerror(errno));
}

void OutputFile::commit() {
  if (std::fflush(file_) != 0) cannot_write(path_, std::strerror(errno));
  if (written_ == path_) {
    if (std::fclose(std::exchange(file_, nullptr)) != 0) cannot_write(path_, std::strerror(errno));
    return;
  }
  if (!is_synced(fileno(file_)) || std::rename(written_.c_str(), target_.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    discard();
    cannot_write(path_, why);
  }
  std::fclose(std::exchange(file_, nullptr));  // the lock is held until the file has its final name
  sync_folder(folder_of(target_));
}

OutputLock::OutputLock(const std::string& path, std::chrono::milliseconds patience) : name_(behind_links(path) + ".lock") {
  const auto end = std::chrono::steady_clock::now() + patience;
  bool told = false;
  while (file_ < 0) {
    constexpr mode_t usual = 0666;
    const int file = open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, usual);
    if (file < 0) cannot_write(path, std::strerror(errno));
    if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      close(file);
      if (std::chrono::steady_clock::now() < end) {
        check_interrupt();
        if (!told) say_waiting(fmt::format("waiting for another process of mho that still writes {}", path));
        told = true;
        constexpr std::chrono::milliseconds nap{50};
        std::this_thread::sleep_for(nap);
        continue;
      }
      throw UserError(fmt::format("{}: another process of mho is writing it; wait until it has ended, or give the output another name", path));
    }
    // The previous owner may have removed the file between open() and flock().
    struct stat ours {
    }, there{};
    const bool same = fstat(file, &ours) == 0 && stat(name_.c_str(), &there) == 0 && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
    if (same) {
      file_ = file;
    } else {
      close(file);
    }
  }
}

OutputLock::~OutputLock() {
  unlink(name_.c_str());
  close(file_);
}

}  // namespace mho::base
