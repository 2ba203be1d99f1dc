#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mho::analysis {

/// A file that a result was made from.
struct InputFile {
  std::string path;  ///< as it was read; relative to the current folder of then
  std::string hash;  ///< base::file_hash
};

/// What a user calls a result, and from which files it was made.
struct Label {
  std::optional<std::string> name{};                        ///< empty: that of the design
  std::vector<std::pair<std::string, std::string>> tags{};  ///< of equal keys the last one counts
  std::vector<InputFile> inputs{};
  bool keep_inputs = false;  ///< their contents are stored too

  [[nodiscard]] std::string tags_json() const;
  /// {"folder": the current one, "files": [{"path", "hash"}]}.
  [[nodiscard]] std::string inputs_json() const;
};

/// The files that can be read again, with their hashes: not pipes and devices, nor what is gone since. Throws UserError where one cannot be read.
std::vector<InputFile> input_files(const std::vector<std::string>& paths);

/// Name, processor and number of threads of this machine: "host, AMD EPYC 7543, 2 threads".
std::string machine_text();

/// 128 bits that no other result has, in hex.
std::string new_uid();

}  // namespace mho::analysis
