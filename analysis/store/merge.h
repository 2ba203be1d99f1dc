#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mho::analysis {

/// What a merge did with the results of one file.
struct Merged {
  std::string file;
  std::int64_t added = 0;          ///< runs, studies and trainings
  std::int64_t there_already = 0;  ///< results of the same uid
};

/// Copies the results of `files` that the database at `target` does not have, under new numbers, in one transaction a file; creates the target where
/// it is missing, and migrates it where it is older. Results are told apart by their uid, so merging a file again adds nothing. Files are not
/// changed; one of an older schema is migrated in a copy. Throws UserError: a file that is missing, damaged, of another program or newer, the target
/// itself, and as Store::add.
std::vector<Merged> merge_files(const std::string& target, const std::vector<std::string>& files);

/// Deletes runs by their numbers, with all their rows, and what no run refers to any more; gives the space back to the disk. Throws UserError as
/// Store::add.
void delete_runs(const std::string& path, const std::vector<std::int64_t>& runs);

}  // namespace mho::analysis
