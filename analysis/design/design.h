#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "hw/spec/parameters.h"
#include "mapper/mapper.h"
#include "tiles/parameters.h"

namespace mho::analysis {

/// Every parameter of the product, layer by layer from left to right. The one place where the whole design is known.
base::Declarations all_declarations();

/// What some layers of a network have of their own.
struct LayerRule {
  std::string match;             ///< a layer's name, a pattern of * and ?, "first" or "last"
  std::optional<bool> digital;   ///< multiplied digitally; empty: as before
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

/// A chip, resolved: the tree of values and what each layer reads out of it.
struct Design {
  std::string name;                   ///< the base, and what differs from it: "default, chip.mesh.width=3"
  std::string base;                   ///< `name:` of the file, else its path or the name of a shipped design; "default" without a file
  std::vector<DesignChange> changes;  ///< what assignments made of the base, as keys are declared
  base::Config config;
  tiles::TileParameters tile;
  hw::ChipParameters chip;
  mapper::MapperParameters mapper;
  std::vector<LayerRule> layers;  ///< in order; later ones win

  /// Content hash of the resolved values (not of the file's bytes): equal designs have equal hashes however they are written.
  [[nodiscard]] std::string hash() const;
  /// All of it as JSON text, which is a design file too.
  [[nodiscard]] std::string json() const;
  /// A design file for people: what differs from the declared defaults, a key a line.
  [[nodiscard]] std::string text() const;
  /// The part of it that is no key with a value: "layers" and "chip" with its "blocks"; an empty text where there is none.
  [[nodiscard]] std::string rules_json() const;
  /// What differs from the base, by key; of --layer the rules under "layers". An object without members where nothing does.
  [[nodiscard]] std::string changes_json() const;
};

/// Reads the design file, or the shipped design of that name (`path` empty: the default chip, all declared defaults), then applies "key=value"
/// assignments in order, then checks rules across keys. Throws UserError as base::Config does, or pointing at the origin of a key that contradicts
/// another.
Design load_design(const std::optional<std::string>& path, const std::vector<std::string>& assignments = {});

/// Adds rules of the form "MATCH=digital", "MATCH=analog", "MATCH:tile.key=value" or "MATCH:mapper.copies=N".
void add_layer_rules(Design& design, const std::vector<std::string>& rules);
/// The design's tiles with the settings of rules, of which later ones win. Throws UserError pointing at the rule that does not go.
tiles::TileParameters tile_with(const Design& design, const std::vector<const LayerRule*>& rules);
/// The design's copies with those of rules, of which later ones win.
mapper::CopyChoice copies_with(const Design& design, const std::vector<const LayerRule*>& rules);

/// The same from YAML text; `name` stands for the file in messages.
Design design_from_text(const std::string& text, const std::string& name, const std::vector<std::string>& assignments = {});

}  // namespace mho::analysis
