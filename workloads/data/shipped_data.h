#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/design_file/document.h"

namespace mho::workloads {

/// A data description that comes with the program. --data finds it by the name of its file without the ending.
struct ShippedData {
  std::string_view file;  ///< its name in examples/data/
  std::string_view text;  ///< YAML
};

/// Those of examples/data/, by name.
std::vector<ShippedData> shipped_data();

/// What --data finds without a file: the data of the built-in network, and what is shipped.
std::vector<std::string> data_names();

/// The description in a file, or the shipped one of that name where no file is called so. Throws UserError that lists the names.
base::YamlNode read_description(const std::string& path);

}  // namespace mho::workloads
