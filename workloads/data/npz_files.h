#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "workloads/data/array_files.h"

namespace mho::workloads {

/// Arrays of a .npz file (a ZIP archive of .npy files, stored or deflated) by name. `bytes` are those of `path`. Throws UserError for a damaged file.
std::map<std::string, FileArray> parse_npz(const std::string& bytes, const std::string& path);
/// The same with every digit.
std::map<std::string, NumberArray> parse_npz_numbers(const std::string& bytes, const std::string& path);

/// A .npz file with the given .npy files under their names, stored. The same arrays give the same bytes. Throws UserError beyond 4 GiB, the limit of
/// the format.
std::string npz_bytes(std::span<const std::pair<std::string, std::string>> arrays);

}  // namespace mho::workloads
