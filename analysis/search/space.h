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
  std::string key;                     ///< of the design; of a layer also "digital"
  std::optional<std::string> layer{};  ///< name of the layer; empty: the whole chip
  std::vector<std::string> choices{};  ///< in their order; empty: real, from `low` to `high`
  bool ordered = true;                 ///< neighbouring choices are alike
  double low = 0, high = 0;            ///< in `unit`
  std::string unit{};                  ///< as written; empty: that of the key
  bool logarithmic = false;            ///< equal ratios count the same
  bool proposed = false;               ///< the user gave the key alone, and values_beside() the rest
  [[nodiscard]] std::string name() const { return layer ? *layer + ":" + key : key; }
};

/// The values of a key that a search tries where the user names none: all words of a choice, all numbers of a short range, else from a quarter to
/// four times the value that `base` has, by factors of two (whole numbers) or anything between (real ones), inside the declared limits. A share that
/// is 0 goes to its largest value; a word in place of a number, such as "ideal", is left out. Empty where none of this says two values.
std::optional<FreeSetting> values_beside(const base::Config& base, const std::string& key);

/// "tile.adc.bits=4..8" and whatever else read_axis takes, of which an interval is searched as real numbers; a key alone, with values_beside() it; or
/// "digital". Throws UserError (usage), naming `option`.
FreeSetting parse_free(const std::string& option, const std::string& text, const base::Config& base);
/// The same of several keys alone, with commas between: "tile.adc.bits,tile.rows".
std::vector<FreeSetting> parse_frees(const std::string& option, const std::string& text, const base::Config& base);

/// "tile.rows: 32, 64, 128, 256, 512", "tile.noise.output: 0.01 to 0.16, by ratios".
std::string values_text(const FreeSetting& setting);

/// The setting for each layer of the network with weights: "digital", or a key that rules for layers take.
std::vector<FreeSetting> for_each_layer(const FreeSetting& setting, const workloads::Network& network);

/// The value that a coordinate stands for.
std::string choice_text(const FreeSetting& setting, double coordinate);
std::vector<Coordinate> coordinates(const std::vector<FreeSetting>& settings);
/// The coordinates that stand for all of the same design: settings that the point leaves out are at their low end.
Coordinates canonical(const std::vector<FreeSetting>& settings, Coordinates at);
/// The design of a point. Settings of a layer that the point makes digital are left out.
DesignPoint design_point(const std::vector<FreeSetting>& settings, const Coordinates& at);

}  // namespace mho::analysis
