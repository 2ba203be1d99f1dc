#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "tiles/analog_matrix.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"
#include "tiles/tile_array.h"
#include "tiles/weight_noise.h"

namespace mho::tiles {

/// One weight matrix on its tiles while it is trained: the forward pass of the tile model, with weights that change from step to step and a fresh
/// draw of their noise in each (Rasch et al., Nat. Commun. 14:5282, 2023, Methods). Devices are replaced by that noise, slices and pairs by one, and
/// exact lines by their approximation.
class TrainingMatrix {
 public:
  TrainingMatrix(const TileParameters& parameters, const MatrixLayout& layout, std::uint64_t seed);

  /// What one step does to the weights.
  struct Step {
    std::uint32_t number = 0;  ///< keys the draws
    double noise_scale = 0;    ///< on the deviations of the weight noise
    double drop_connect = 0;   ///< share of weights read as 0
    const WeightNoise* noise = nullptr;
  };
  /// `weights` [outputs][inputs]; `scales` gamma of all blocks one after the other, by output; `ranges` alpha by row part.
  /// Weights beyond their column's scale are clipped to it. Signs stay: noise does not carry a weight through zero.
  void begin_step(std::span<const float> weights, std::span<const float> scales, std::span<const float> ranges, const Step& step, int threads);

  /// Steps 1 to 11: `x` [batch][inputs], `y` [batch][outputs] overwritten, without bias. Places in `y` of converters at their bound are appended to
  /// `saturated`, by row part. Thread-safe. Throws UserError for inputs that are not finite.
  void forward(std::span<const float> x, std::span<const base::EventId> events, std::span<float> y, MvmStatistics* statistics,
               std::vector<std::vector<std::size_t>>* saturated) const;

  /// The weights of this step, clipped and with their noise, [outputs][inputs]: what the backward pass goes through.
  [[nodiscard]] const std::vector<float>& effective() const { return effective_; }
  [[nodiscard]] const MatrixLayout& layout() const { return layout_; }
  [[nodiscard]] std::size_t scale_count() const { return scale_count_; }

 private:
  void hold_panel(std::size_t block, int panel, std::span<const float> weights, std::span<const float> scales, const Step& step);

  MatrixLayout layout_;
  std::uint64_t seed_;
  std::vector<TileArray> tiles_;
  std::vector<std::size_t> first_scale_;  ///< by block
  std::size_t scale_count_ = 0;
  std::vector<float> effective_;
};

/// The column scales that `weights` [outputs][inputs] have when they are mapped: gamma of all blocks one after the other.
std::vector<float> mapped_scales(const TileParameters& parameters, const MatrixLayout& layout, std::span<const float> weights);

}  // namespace mho::tiles
