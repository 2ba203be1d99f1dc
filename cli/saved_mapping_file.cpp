#include "cli/saved_mapping_file.h"

#include <fmt/format.h>

namespace mho::cli {

namespace {

std::vector<std::optional<std::string>> with_given(std::vector<std::optional<std::string>> inputs, const MappingFiles& files) {
  inputs.push_back(files.given);
  return inputs;
}

}  // namespace

SavedMappingFile::SavedMappingFile(const MappingFiles& files, std::vector<std::optional<std::string>> inputs)
    : path_(files.saved.value()), file_(path_, with_given(std::move(inputs), files)) {}

std::string SavedMappingFile::commit(const mapper::SavedMapping& mapping) {
  file_.write(mapper::mapping_text(mapping));
  file_.commit();
  return fmt::format("mapping in {}\n", path_);
}

}  // namespace mho::cli
