#include "workloads/training/column_scales.h"

#include <algorithm>
#include <cmath>

#include "tiles/training_matrix.h"

namespace mho::workloads {

namespace {

/// Dot product. Several partial sums avoid one long chain of additions.
double dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t lanes = 8;
  double sums[lanes] = {};
  std::size_t k = 0;
  for (; k + lanes <= a.size(); k += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) sums[l] += static_cast<double>(a[k + l]) * static_cast<double>(b[k + l]);
  }
  for (; k < a.size(); ++k) sums[0] += static_cast<double>(a[k]) * static_cast<double>(b[k]);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

void follow_column_scales(const tiles::TileParameters& tile, const tiles::MatrixLayout& layout, const ScaleStep& step,
                          std::span<const float> effective, std::span<const float> gradients, std::span<float> weights, ColumnScales scales) {
  // If the weights are not clipped to fixed scales, the scales follow the weights in every step.
  const bool follows = step.remap || step.clip.kind != Recipe::Clip::Kind::fixed;
  const bool learned = step.rate > 0 && tile.scaling == tiles::Scaling::column;
  std::size_t scale = 0;
  for (const tiles::Block& block : layout.blocks) {
    for (int output = block.output_begin; output < block.output_end; ++output, ++scale) {
      const std::size_t first =
          static_cast<std::size_t>(output) * static_cast<std::size_t>(layout.inputs) + static_cast<std::size_t>(block.input_begin);
      const auto inputs = static_cast<std::size_t>(block.inputs());
      const std::span<float> column = weights.subspan(first, inputs);
      float& gamma = scales.gamma[scale];
      if (learned) {
        constexpr double memory = 0.99, least = 1e-12;
        const double gradient = dot(gradients.subspan(first, inputs), effective.subspan(first, inputs));
        float& square = scales.squares[scale];
        // The first squared gradient initialises the mean.
        square = static_cast<float>(square > 0 ? memory * static_cast<double>(square) + (1 - memory) * gradient * gradient : gradient * gradient);
        const double ratio = std::clamp(1.0 - step.rate * gradient / (std::sqrt(static_cast<double>(square)) + least), 0.9, 1.1);
        gamma = static_cast<float>(static_cast<double>(gamma) * ratio);
        for (float& w : column) w *= static_cast<float>(ratio);
      }
      if (step.clip.kind == Recipe::Clip::Kind::off || (follows && step.clip.kind == Recipe::Clip::Kind::fixed)) continue;
      float limit = gamma;
      if (step.clip.kind == Recipe::Clip::Kind::gaussian) {
        // Zeros do not count: those between the groups of a convolution are not devices.
        const auto present = static_cast<double>(std::ranges::count_if(column, [](float w) { return w != 0.0F; }));
        limit = static_cast<float>(step.clip.sigmas * std::sqrt(dot(column, column) / std::max(present, 1.0)));
      }
      for (float& w : column) w = std::clamp(w, -limit, limit);
    }
  }
  if (!follows) return;
  const std::vector<float> mapped = tiles::mapped_scales(tile, layout, weights);
  std::ranges::copy(mapped, scales.gamma.begin());
}

}  // namespace mho::workloads
