#pragma once

#include <vector>

#include "base/design_file/document.h"
#include "base/json.h"
#include "hw/spec/user_blocks.h"

namespace mho::analysis {

/// Takes the list chip.blocks out of a design file. Throws UserError at the entry that makes no block.
std::vector<hw::UserBlock> take_blocks(base::YamlNode& root);
/// The same list as a design file has it.
base::Json blocks_json(const std::vector<hw::UserBlock>& blocks);

}  // namespace mho::analysis
