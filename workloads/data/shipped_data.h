#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/design_file/document.h"

namespace mho::workloads {

/// A data description that is part of the program. --data finds it by its file name without the ending.
struct ShippedData {
  std::string_view file;  ///< file name in examples/data/
  std::string_view text;  ///< YAML
};

/// The descriptions of examples/data/, sorted by name.
std::vector<ShippedData> shipped_data();

/// The names that --data accepts without a file: the data of the built-in network and the shipped descriptions.
std::vector<std::string> data_names();

/// The description in the file `path`, or the shipped one of that name if there is no such file. Throws UserError that lists the names.
base::YamlNode read_description(const std::string& path);

}  // namespace mho::workloads
