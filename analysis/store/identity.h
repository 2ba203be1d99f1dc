#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mho::analysis {

/// An input file of a result.
struct InputFile {
  std::string path;  ///< as given; relative to the current folder at that time
  std::string hash;  ///< base::file_hash
};

/// Name, tags and input files of a result.
struct Label {
  std::optional<std::string> name{};                        ///< empty: the name of the design
  std::vector<std::pair<std::string, std::string>> tags{};  ///< of entries with equal keys the last one counts
  std::vector<InputFile> inputs{};
  bool keep_inputs = false;  ///< the contents of the files are stored too

  [[nodiscard]] std::string tags_json() const;
  /// The input files as JSON: {"folder": the current folder, "files": [{"path", "hash"}]}; an empty object without files.
  [[nodiscard]] std::string inputs_json() const;
};

/// The regular files of `paths` with their hashes; pipes, devices and missing files are left out. Throws UserError if a file cannot be read.
std::vector<InputFile> input_files(const std::vector<std::string>& paths);

/// Name, processor and number of threads of this machine: "host, AMD EPYC 7543, 2 threads".
std::string machine_text();

/// 128 random bits in hex, as a unique id of a result.
std::string new_uid();

}  // namespace mho::analysis
