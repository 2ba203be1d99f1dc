#pragma once

#include <vector>

#include "base/design_file/document.h"
#include "base/json.h"
#include "hw/spec/user_blocks.h"

namespace mho::analysis {

/// Removes the list chip.blocks from a design file and returns it. Throws UserError at an entry that is not a valid block.
std::vector<hw::UserBlock> take_blocks(base::YamlNode& root);
/// The list in the form of a design file.
base::Json blocks_json(const std::vector<hw::UserBlock>& blocks);

}  // namespace mho::analysis
