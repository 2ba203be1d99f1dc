#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::analysis {

/// Result of merging one file.
struct Merged {
  std::string file;
  std::int64_t added = 0;          ///< runs, studies and trainings added
  std::int64_t there_already = 0;  ///< results whose uid was there already
};

/// Copies the results of `files` that the database at `target` lacks, under new numbers, in one transaction for each file. Creates the target if it
/// is missing and migrates it if it is older. Results are identified by their uid, so merging a file again adds nothing. The files are not changed;
/// one of an older schema is migrated in a copy. Throws UserError for a file that is missing, damaged, of another program or newer, for the target
/// itself, and as Store::add.
std::vector<Merged> merge_files(const std::string& target, const std::vector<std::string>& files);

/// Deletes runs by their numbers, with all their rows and the shared rows that no run refers to any more, and returns the space to the disk. Throws
/// UserError as Store::add.
void delete_runs(const std::string& path, const std::vector<std::int64_t>& runs);

}  // namespace mho::analysis
