#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/input_limit.h"
#include "workloads/data/array_files.h"

namespace mho::workloads {

/// The directory of a .npz file: a ZIP archive of .npy files, stored or deflated. Arrays are unpacked on demand. Unpacked bytes count against the
/// limit as they are produced; the size in the directory is not trusted. All functions throw UserError that names the file.
class NpzFile {
 public:
  /// `bytes` is the content of `path` and must outlive this object. Refuses a damaged directory, arrays that overlap each other or the directory,
  /// duplicate names, and entries that are not plain files (links, pipes, devices).
  NpzFile(const std::string& bytes, std::string path, base::InputLimit limit = base::InputLimit());

  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool holds(const std::string& name) const { return entries_.contains(name); }
  /// The array of that name. Throws UserError that lists the names if there is none.
  [[nodiscard]] FileArray array(const std::string& name) const;
  /// The same in double precision.
  [[nodiscard]] NumberArray numbers(const std::string& name) const;

 private:
  struct Entry {
    std::size_t begin = 0, end = 0;  ///< range of header and packed bytes
    std::size_t packed = 0;          ///< begin of the packed bytes
    std::size_t size = 0;            ///< unpacked size in the directory
    std::uint16_t method = 0;
    std::uint32_t check = 0;
  };
  [[noreturn]] void damaged(const std::string& why = "its ZIP directory is damaged") const;
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t length) const;
  [[nodiscard]] std::string_view range(std::size_t at, std::size_t length) const;
  [[nodiscard]] std::size_t find_end() const;
  [[nodiscard]] Entry read_entry(std::size_t at, const std::string& name) const;
  void check_places(std::size_t directory) const;
  [[nodiscard]] std::string contents(const std::string& name) const;
  [[nodiscard]] std::string inflated(const Entry& entry, std::string_view packed) const;
  [[nodiscard]] std::string where(const std::string& name) const;

  const std::string& bytes_;
  std::string path_;
  base::InputLimit limit_;
  std::map<std::string, Entry> entries_;
};

/// Bytes of a .npz file with the given .npy files (name, content), stored without compression. Equal arrays give equal bytes. Throws UserError above
/// 4 GiB, the limit of the format.
std::string npz_bytes(std::span<const std::pair<std::string, std::string>> arrays);

}  // namespace mho::workloads
