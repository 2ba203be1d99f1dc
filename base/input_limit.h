#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace mho::base {

/// How many bytes of files a run may hold in memory: those that were read, and those that came out of compressed ones. A size that a file states is
/// never believed; bytes are counted as they come. Copies count together, also from several threads.
class InputLimit {
 public:
  static constexpr std::uint64_t usual = std::uint64_t{4} << 30U;
  explicit InputLimit(std::uint64_t bytes = usual);
  /// Counts bytes of the file at `path`. Throws UserError that names it where they are more than are left.
  void take(std::uint64_t bytes, const std::string& path) const;
  /// Says that the file at `path` is read, whose bytes do not count.
  void note(const std::string& path) const;
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// The files that were read under this limit, each once, in their order.
  [[nodiscard]] std::vector<std::string> files() const;

 private:
  struct Used {
    std::atomic<std::uint64_t> left;
    std::mutex mutex;
    std::vector<std::string> files;
  };
  std::uint64_t bytes_;
  std::shared_ptr<Used> used_;
};

/// Refuses a file that a job reads more than once and that gives its bytes only once: a pipe, a device. Throws UserError; says nothing of a file that
/// does not exist.
void require_plain_file(const std::string& path);

[[noreturn]] void out_of_memory(const std::string& path);

/// What `read` returns. Where the memory does not suffice, the UserError names the file.
template <class Read>
auto naming_file(const std::string& path, const Read& read) {
  try {
    return read();
  } catch (const std::bad_alloc&) {
    out_of_memory(path);
  } catch (const std::length_error&) {
    out_of_memory(path);
  }
}

}  // namespace mho::base
