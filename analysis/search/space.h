#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/search/engine.h"
#include "base/design_file/config.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// A setting that a search may choose, for the whole chip or for one layer.
struct FreeSetting {
  std::string key;                     ///< key of the design; for a layer also "digital"
  std::optional<std::string> layer{};  ///< name of the layer; empty: the whole chip
  std::vector<std::string> choices{};  ///< possible values in order; empty: real, from `low` to `high`
  bool ordered = true;                 ///< neighbouring choices are similar
  double low = 0, high = 0;            ///< in `unit`
  std::string unit{};                  ///< unit as written; empty: that of the key
  bool logarithmic = false;            ///< searched on a logarithmic scale
  bool proposed = false;               ///< the user gave only the key; values_beside() gave the values
  [[nodiscard]] std::string name() const { return layer ? *layer + ":" + key : key; }
};

/// Proposed values of a key for which the user gives none: all words of a choice; all numbers of a short range; else from a quarter to four times the
/// value in `base`, by factors of two (integers) or continuous (real numbers), within the declared limits. A share that is 0 gets its whole legal
/// range. Words that replace a number, such as "ideal", are left out. Empty if there are fewer than two values.
std::optional<FreeSetting> values_beside(const base::Config& base, const std::string& key);

/// Parses a free setting: "KEY=VALUES" as read_axis does (an interval is searched as real numbers); a key alone, with the values of values_beside();
/// or "digital". Throws UserError with code usage, naming `option`.
FreeSetting parse_free(const std::string& option, const std::string& text, const base::Config& base);
/// The same for several settings: keys without values, separated by commas ("tile.adc.bits,tile.rows"), or one "KEY=VALUES".
std::vector<FreeSetting> parse_frees(const std::string& option, const std::string& text, const base::Config& base);

/// The setting as text: "tile.rows: 32, 64, 128, 256, 512", "tile.noise.output: 0.01 to 0.16, by ratios".
std::string values_text(const FreeSetting& setting);

/// The setting for each layer with weights: "digital", or a key that is legal in rules for layers.
std::vector<FreeSetting> for_each_layer(const FreeSetting& setting, const workloads::Network& network);

/// The value of a coordinate as text.
std::string choice_text(const FreeSetting& setting, double coordinate);
std::vector<Coordinate> coordinates(const std::vector<FreeSetting>& settings);
/// The representative of all coordinates of the same design: settings that the point does not use are at their low end.
Coordinates canonical(const std::vector<FreeSetting>& settings, Coordinates at);
/// At most `most` points at which all layers are analog with the same values, out of all combinations of the values of keys per layer; other settings
/// are in the middle of their range. Empty if no key is per layer.
std::vector<Coordinates> uniform_points(const std::vector<FreeSetting>& settings, std::size_t most);
/// At most `most` such points, with the first 1, 2, 4, ... layers of `order` digital. Empty if 'digital' is not free.
std::vector<Coordinates> points_with_digital_layers(const std::vector<FreeSetting>& settings, const std::vector<std::string>& order,
                                                    std::size_t most);
/// The design of a point. Settings of a layer that the point makes digital are left out.
DesignPoint design_point(const std::vector<FreeSetting>& settings, const Coordinates& at);

}  // namespace mho::analysis
