#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/query/reader.h"
#include "analysis/query/run_list.h"

namespace mho::cli {

/// A folder of temporary files that goes with this object.
class TemporaryFolder {
 public:
  /// Throws base::UserError where none can be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The words of a line as a shell takes it apart: the inverse of how a command is stored.
std::vector<std::string> words_of_line(const std::string& line);

/// A stored result that is to be computed again.
struct Replay {
  std::string verb;                    ///< run, simulate or sensitivity
  std::vector<std::string> arguments;  ///< behind the verb: files as they are found, without what names, stores or draws; without the design
  analysis::Design design;             ///< as it was stored
};

/// Finds the files that a result was made from, by their hashes: where they were, below the current folder, or kept in the database; those that were
/// kept are written into `folder`. Throws base::UserError that names a file which is gone or has changed, and where a result is of another verb.
Replay replay_of(const analysis::Reader& reader, analysis::ResultKind kind, std::int64_t number, const TemporaryFolder& folder);

/// Runs mho with `arguments`, and these of the replay; `design` in a file of `folder`, the result into `db`. Returns the number of the new row.
/// Throws base::UserError with the exit code of the command where it is not 0.
std::int64_t run_again(const Replay& replay, const analysis::Design& design, const std::string& db, const std::vector<std::string>& more,
                       const TemporaryFolder& folder);

}  // namespace mho::cli
