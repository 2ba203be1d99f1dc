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

/// One weight matrix on its tiles during training: the forward pass of the tile model, with weights that change from step to step and new noise of
/// the weights in each (Rasch et al., Nat. Commun. 14:5282, 2023, Methods). That noise replaces devices, one array replaces slices and
/// pairs, and the approximation replaces exact lines.
class TrainingMatrix {
 public:
  TrainingMatrix(const TileParameters& parameters, const MatrixLayout& layout, std::uint64_t seed);

  /// The effect of one step on the weights.
  struct Step {
    std::uint32_t number = 0;  ///< part of the keys of draws
    double noise_scale = 0;    ///< factor on the standard deviation of the weight noise
    double drop_connect = 0;   ///< share of weights read as 0
    const WeightNoise* noise = nullptr;
  };
  /// `weights` [outputs][inputs]; `scales` gamma of all blocks one after the other, by output; `ranges` alpha by row part.
  /// Weights beyond their column's scale are clipped to it. Signs stay: noise does not carry a weight through zero.
  void begin_step(std::span<const float> weights, std::span<const float> scales, std::span<const float> ranges, const Step& step, int threads);

  /// Steps 1 to 11: `x` [batch][inputs], `y` [batch][outputs] overwritten, without bias. Indices in `y` of outputs at the converters' bound are
  /// appended to `saturated`, by row part. Thread-safe. Throws UserError for inputs that are not finite.
  void forward(std::span<const float> x, std::span<const base::EventId> events, std::span<float> y, MvmStatistics* statistics,
               std::vector<std::vector<std::size_t>>* saturated) const;

  /// The weights of this step, clipped and with their noise, [outputs][inputs]. The backward pass uses them.
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

/// The column scales of `weights` [outputs][inputs] after mapping: gamma of all blocks one after the other.
std::vector<float> mapped_scales(const TileParameters& parameters, const MatrixLayout& layout, std::span<const float> weights);

}  // namespace mho::tiles
