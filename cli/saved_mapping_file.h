#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "base/output_file.h"
#include "cli/common_options.h"

namespace mho::cli {

/// The file of --save, opened before anything long.
class SavedMappingFile {
 public:
  /// `inputs`: other files that the verb reads, or a database, which it may not replace. Throws as base::OutputFile.
  SavedMappingFile(const MappingFiles& files, std::vector<std::optional<std::string>> inputs);
  /// Puts it in place; says what it holds.
  std::string commit(const mapper::SavedMapping& mapping);

 private:
  std::string path_;
  base::OutputFile file_;
};

}  // namespace mho::cli
