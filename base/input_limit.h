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

/// The number of bytes of files that a run may hold in memory: bytes that were read, and bytes that were unpacked. Sizes that a file states are not
/// trusted; bytes are counted as they are read. Copies of this object share one count, also between threads.
class InputLimit {
 public:
  static constexpr std::uint64_t usual = std::uint64_t{4} << 30U;
  explicit InputLimit(std::uint64_t bytes = usual);
  /// Counts bytes of the file at `path`. Throws a UserError that names the file if fewer bytes are left.
  void take(std::uint64_t bytes, const std::string& path) const;
  /// Notes that the file at `path` is read; its bytes do not count.
  void note(const std::string& path) const;
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// The files that were read under this limit, each once, in order of reading.
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

/// Throws UserError for a pipe or a device, whose bytes can be read only once, where a job reads the file more than once. Accepts a file that
/// does not exist.
void require_plain_file(const std::string& path);

[[noreturn]] void out_of_memory(const std::string& path);

/// Returns what `read` returns. If memory runs out, throws a UserError that names the file.
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
