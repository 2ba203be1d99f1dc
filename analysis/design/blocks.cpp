#include "analysis/design/blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"

namespace mho::analysis {

namespace {

using base::YamlNode;

std::optional<YamlNode> taken_entry(YamlNode& map, const std::string& key) {
  const auto found = std::ranges::find(map.entries, key, &YamlNode::Entry::key);
  if (map.kind != YamlNode::Kind::map || found == map.entries.end()) return std::nullopt;
  YamlNode node = std::move(found->value);
  map.entries.erase(found);
  return node;
}

[[noreturn]] void refuse_block(const YamlNode& node, const std::string& why) { throw base::UserError(fmt::format("{}: {}", node.where(), why)); }

hw::UserBlock read_block_entry(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::map) {
    refuse_block(
        node, "an entry of chip.blocks is a section such as {name: sigmoid, per: core, energy: 1 pJ, area: 0.001 mm2, leakage: 0.1 mW, source: ...}");
  }
  base::Config config(hw::block_declarations(), {"chip.blocks", "mho help designs"});
  config.load(node);
  hw::UserBlock block = hw::read_block(config);
  constexpr std::size_t longest = 40;
  if (block.name.empty() || block.name.size() > longest) refuse_block(node, fmt::format("a block needs a name of at most {} letters", longest));
  if (block.source.empty()) refuse_block(node, fmt::format("block '{}' needs a source: where its figures come from", block.name));
  if (block.energy.si() == 0 && block.area.si() == 0 && block.leakage.si() == 0) {
    refuse_block(node, fmt::format("block '{}' costs nothing; give it energy, area or leakage", block.name));
  }
  return block;
}

/// The value in the unit, rounded to 15 significant digits. This removes the rounding error of the division.
double number_of(double si, double unit) { return std::stod(fmt::format("{:.15g}", si / unit)); }

}  // namespace

std::vector<hw::UserBlock> take_blocks(YamlNode& root) {
  std::optional<YamlNode> list = taken_entry(root, "chip.blocks");
  const auto chip = std::ranges::find(root.entries, "chip", &YamlNode::Entry::key);
  if (!list && root.kind == YamlNode::Kind::map && chip != root.entries.end()) list = taken_entry(chip->value, "blocks");
  if (!list) return {};
  if (list->kind != YamlNode::Kind::list)
    refuse_block(*list, "chip.blocks is a list of blocks such as {name: sigmoid, per: core, energy: 1 pJ, source: ...}");
  std::vector<hw::UserBlock> blocks;
  for (const YamlNode& item : list->items) {
    hw::UserBlock block = read_block_entry(item);
    if (std::ranges::find(blocks, block.name, &hw::UserBlock::name) != blocks.end()) {
      refuse_block(item, fmt::format("there are two blocks of the name '{}'", block.name));
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

base::Json blocks_json(const std::vector<hw::UserBlock>& blocks) {
  constexpr double pico = 1e-12, milli = 1e-3, square_millimetre = 1e-6;
  base::Json::Array list;
  for (const hw::UserBlock& block : blocks) {
    base::Json one;
    one["name"] = block.name;
    one["per"] = hw::place_name(block.place);
    one["energy"] = number_of(block.energy.si(), pico);
    one["area"] = number_of(block.area.si(), square_millimetre);
    one["leakage"] = number_of(block.leakage.si(), milli);
    one["source"] = block.source;
    list.push_back(one);
  }
  return list;
}

}  // namespace mho::analysis
