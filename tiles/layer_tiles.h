#pragma once

#include <map>
#include <string>
#include <vector>

#include "tiles/parameters.h"

namespace mho::tiles {

/// The settings of the tiles of each matrix: those of the chip, or of a layer.
class LayerTiles {
 public:
  LayerTiles(TileParameters standard) : settings_{std::move(standard)} {}  // NOLINT(google-explicit-constructor): one setting for all is the rule
  void set(const std::string& matrix, TileParameters own) {
    of_[matrix] = static_cast<int>(settings_.size());
    settings_.push_back(std::move(own));
  }
  [[nodiscard]] const TileParameters& standard() const { return settings_.front(); }
  /// 0: those of the chip.
  [[nodiscard]] int index(const std::string& matrix) const {
    const auto found = of_.find(matrix);
    return found == of_.end() ? 0 : found->second;
  }
  [[nodiscard]] const TileParameters& of(const std::string& matrix) const { return settings_[static_cast<std::size_t>(index(matrix))]; }
  [[nodiscard]] const std::vector<TileParameters>& settings() const { return settings_; }

 private:
  std::vector<TileParameters> settings_;
  std::map<std::string, int> of_;  ///< by matrix
};

}  // namespace mho::tiles
