#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "hw/spec/parameters.h"
#include "mapper/mapper.h"
#include "tiles/parameters.h"

namespace mho::analysis {

/// Declarations of all parameters of a design: those of periphery, tiles, hw and mapper.
base::Declarations all_declarations();

/// Settings for some layers of a network.
struct LayerRule {
  std::string match;             ///< a layer's name, a pattern of * and ?, "first" or "last"
  std::optional<bool> digital;   ///< whether matrices are multiplied digitally; empty: not changed
  std::vector<std::string> set;  ///< "tile.key=value" or "mapper.copies=value"
  base::ValueSource origin;
  [[nodiscard]] bool sets_tile() const;
};

/// A key whose value differs from that of the base of a design.
struct DesignChange {
  std::string key;
  base::Value value;
  std::string unit;
};

/// A resolved design: its values and the parameters that each layer reads from them.
struct Design {
  std::string name;                   ///< the base and the changes: "default, chip.mesh.width=3"
  std::string base;                   ///< `name:` of the file, else its path or the name of a shipped design; "default" without a file
  std::vector<DesignChange> changes;  ///< keys that assignments changed, in the order of the declarations
  base::Config config;
  tiles::TileParameters tile;
  hw::ChipParameters chip;
  mapper::MapperParameters mapper;
  std::vector<LayerRule> layers;  ///< in order; later rules take precedence

  /// Content hash of the resolved values, not of the file: designs with equal values have equal hashes.
  [[nodiscard]] std::string hash() const;
  /// The whole design as JSON text, which is a valid design file.
  [[nodiscard]] std::string json() const;
  /// The design as a YAML file with one line per key that differs from its default.
  [[nodiscard]] std::string text() const;
  /// The parts that are no keys with values, as JSON: "layers", and "blocks" in "chip"; empty text if there are none.
  [[nodiscard]] std::string rules_json() const;
  /// The changes to the base as a JSON object, by key; rules of --layer are under "layers".
  [[nodiscard]] std::string changes_json() const;
};

/// Reads a design file or the shipped design of that name (empty `path`: all declared defaults), applies "key=value" assignments in order, and checks
/// rules across keys. Throws UserError as base::Config does, or at the origin of a key that contradicts another one.
Design load_design(const std::optional<std::string>& path, const std::vector<std::string>& assignments = {});

/// Adds rules of the form "MATCH=digital", "MATCH=analog", "MATCH:tile.key=value" or "MATCH:mapper.copies=N". Throws UserError for another form
/// (usage) and for a rule that is not legal.
void add_layer_rules(Design& design, const std::vector<std::string>& rules);
/// The design's tile parameters with the settings of `rules`; later rules take precedence. Throws UserError at a rule that is not legal.
tiles::TileParameters tile_with(const Design& design, const std::vector<const LayerRule*>& rules);
/// The design's copies with the settings of `rules`; later rules take precedence.
mapper::CopyChoice copies_with(const Design& design, const std::vector<const LayerRule*>& rules);

/// As load_design(), from YAML text; `name` stands for the file in messages.
Design design_from_text(const std::string& text, const std::string& name, const std::vector<std::string>& assignments = {});

}  // namespace mho::analysis
