#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "base/output_file.h"
#include "cli/common_options.h"

namespace mho::cli {

/// The file of --save. It is opened before any long computation.
class SavedMappingFile {
 public:
  /// `inputs`: other files that the verb reads, or a database; they must not be replaced. Throws as base::OutputFile.
  SavedMappingFile(const MappingFiles& files, std::vector<std::optional<std::string>> inputs);
  /// Writes the mapping to the file. Returns a line for the user about it.
  std::string commit(const mapper::SavedMapping& mapping);

 private:
  std::string path_;
  base::OutputFile file_;
};

}  // namespace mho::cli
