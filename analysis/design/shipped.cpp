#include "analysis/design/shipped.h"

#include <algorithm>

#include "base/design_file/document.h"

namespace mho::analysis {

std::string name_of(const ShippedDesign& design) {
  const base::YamlNode root = base::read_yaml_text(std::string(design.text), std::string(design.file));
  const base::YamlNode* const name = root.find("name");
  return name != nullptr ? name->scalar : std::string(design.file.substr(0, design.file.rfind('.')));
}

std::optional<ShippedDesign> find_shipped(std::string_view name) {
  const std::vector<ShippedDesign> all = shipped_designs();
  const auto found = std::ranges::find_if(all, [&](const ShippedDesign& design) { return name_of(design) == name; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace mho::analysis
