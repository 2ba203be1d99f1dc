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

/// The directory of a .npz file, a ZIP archive of .npy files, stored or deflated. An array is unpacked when it is asked for; what comes out counts
/// against the limit as it comes, whatever the directory says of its size. All throw UserError that names the file.
class NpzFile {
 public:
  /// `bytes` are those of `path` and outlive this. Refuses a damaged directory, arrays that overlap each other or the directory, two of one name, and
  /// entries that are no plain files (links, pipes, devices).
  NpzFile(const std::string& bytes, std::string path, base::InputLimit limit = base::InputLimit());

  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool holds(const std::string& name) const { return entries_.contains(name); }
  /// The array of that name; UserError that lists the names there are for another.
  [[nodiscard]] FileArray array(const std::string& name) const;
  /// The same with every digit.
  [[nodiscard]] NumberArray numbers(const std::string& name) const;

 private:
  struct Entry {
    std::size_t begin = 0, end = 0;  ///< of header and packed bytes
    std::size_t packed = 0;          ///< where the packed bytes begin
    std::size_t size = 0;            ///< as the directory says
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

/// A .npz file with the given .npy files under their names, stored. The same arrays give the same bytes. Throws UserError beyond 4 GiB, the limit of
/// the format.
std::string npz_bytes(std::span<const std::pair<std::string, std::string>> arrays);

}  // namespace mho::workloads
