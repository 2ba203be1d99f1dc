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
  [[nodiscard]] std::string name() const { return layer ? *layer + ":" + key : key; }
};

/// "tile.adc.bits=4..8" and whatever else read_axis takes, of which an interval is searched as real numbers; a key alone that has few legal values;
/// or "digital". Throws UserError (usage), naming `option`.
FreeSetting parse_free(const std::string& option, const std::string& text, const base::Declarations& declarations);

/// The setting for each layer of the network with weights: "digital", or a key that rules for layers take.
std::vector<FreeSetting> for_each_layer(const FreeSetting& setting, const workloads::Network& network);

/// The value that a coordinate stands for.
std::string choice_text(const FreeSetting& setting, double coordinate);
std::vector<Coordinate> coordinates(const std::vector<FreeSetting>& settings);
/// The design of a point. Settings of a layer that the point makes digital are left out.
DesignPoint design_point(const std::vector<FreeSetting>& settings, const Coordinates& at);

}  // namespace mho::analysis
