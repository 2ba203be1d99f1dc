#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/query/reader.h"
#include "analysis/query/run_list.h"

namespace mho::cli {

/// A folder for temporary files that is removed with this object.
class TemporaryFolder {
 public:
  /// Throws base::UserError if the folder cannot be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Splits a line into words as a shell does: the inverse of the stored form of a command.
std::vector<std::string> words_of_line(const std::string& line);

/// A stored result to compute again.
struct Replay {
  std::string verb;                    ///< run, simulate or sensitivity
  std::vector<std::string> arguments;  ///< arguments after the verb, with the found files; without options for names, storage, plots and the design
  analysis::Design design;             ///< design as stored
};

/// Finds the files of a stored result by their hashes: at their old path, below the current folder, or kept in the database; kept files are written
/// to `folder`. Throws base::UserError that names a file that is missing or has changed, and for a result of another verb.
Replay replay_of(const analysis::Reader& reader, analysis::ResultKind kind, std::int64_t number, const TemporaryFolder& folder);

/// Runs mho with the arguments of `replay` and `more`. `design` is written to a file in `folder`; the result is stored in `db`. Returns the number of
/// the new row. Throws base::UserError with the exit code of the command if it is not 0.
std::int64_t run_again(const Replay& replay, const analysis::Design& design, const std::string& db, const std::vector<std::string>& more,
                       const TemporaryFolder& folder);

}  // namespace mho::cli
