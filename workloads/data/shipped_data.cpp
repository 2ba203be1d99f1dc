#include "workloads/data/shipped_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <system_error>

#include "base/design_file/config.h"
#include "base/error.h"
#include "workloads/data/dataset.h"

namespace mho::workloads {

namespace {

std::string name_of(const ShippedData& data) { return std::string(data.file.substr(0, data.file.rfind('.'))); }

}  // namespace

std::vector<std::string> data_names() {
  std::vector<std::string> names{std::string(built_in_data)};
  for (const ShippedData& data : shipped_data()) names.push_back(name_of(data));
  return names;
}

base::YamlNode read_description(const std::string& path) {
  std::error_code error;
  const bool is_word = path.find_first_of("/.") == std::string::npos;
  if (!is_word || std::filesystem::exists(path, error)) return base::read_yaml_file(path);
  for (const ShippedData& data : shipped_data()) {
    if (name_of(data) == path) return base::read_yaml_text(std::string(data.text), fmt::format("examples/data/{}", data.file));
  }
  const std::string near = base::nearest_spelling(path, data_names());
  throw base::UserError(fmt::format("there is no file {}, and no data description of that name comes with mho{}; those that do: {}", path,
                                    near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(data_names(), ", ")));
}

}  // namespace mho::workloads
