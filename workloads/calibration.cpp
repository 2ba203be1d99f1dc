// Input ranges of the tiles, from what the float network puts on their inputs.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>

#include "workloads/evaluation.h"
#include "workloads/float_products.h"

namespace mho::workloads {

namespace {

/// Counts of |x| by sign-less float bits: 11 mantissa bits a bin, a relative width of 5e-4. Whole numbers, so the sum does not depend on the order.
class Magnitudes {
 public:
  Magnitudes() : counts_(std::make_unique<std::atomic<std::uint32_t>[]>(bins)) {}

  void add(std::span<const float> values) {
    std::uint32_t zeros = 0;  // rectified activations: half of all values, kept from hammering one counter
    for (const float v : values) {
      const std::uint32_t bin = bin_of(v);
      if (bin == 0) {
        ++zeros;
      } else {
        counts_[bin].fetch_add(1, std::memory_order_relaxed);
      }
    }
    counts_[0].fetch_add(zeros, std::memory_order_relaxed);
  }

  /// Upper edge of the bin below which `quantile` of the values lie.
  [[nodiscard]] float quantile(double quantile) const {
    double total = 0;
    for (std::size_t b = 0; b < bins; ++b) total += counts_[b].load();
    const double wanted = std::ceil(quantile * total);
    double below = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      below += counts_[b].load();
      if (below >= wanted && below > 0) return b == 0 ? 0.0F : edge(b + 1);
    }
    return 0.0F;
  }

  /// Mean of min(|x|, range) / range.
  [[nodiscard]] double mean_share(float range) const {
    double total = 0;
    double sum = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      const double count = counts_[b].load();
      if (count == 0) continue;
      total += count;
      const double value = b == 0 ? 0.0 : 0.5 * (static_cast<double>(edge(b)) + static_cast<double>(edge(b + 1)));
      sum += count * std::min(value, static_cast<double>(range));
    }
    return total > 0 ? sum / (total * static_cast<double>(range)) : 0.0;
  }

 private:
  static constexpr unsigned dropped_bits = 12;
  static constexpr std::size_t bins = (0x7F800000U >> dropped_bits) + 1;
  static std::uint32_t bin_of(float v) { return std::min<std::uint32_t>((std::bit_cast<std::uint32_t>(v) & 0x7FFFFFFFU) >> dropped_bits, bins - 1); }
  static float edge(std::size_t bin) {
    return std::bit_cast<float>(std::min<std::uint32_t>(static_cast<std::uint32_t>(bin) << dropped_bits, 0x7F7FFFFFU));
  }
  std::unique_ptr<std::atomic<std::uint32_t>[]> counts_;
};

}  // namespace

InputCalibration calibrate(const Network& network, const tiles::Layout& layout, const tiles::TileParameters& tile, const Dataset& data,
                           std::size_t first, std::size_t count, int threads) {
  // A sample of positions per image, shifted from image to image: neighbouring windows hold nearly the same values.
  constexpr std::int64_t positions_per_sample = 64;
  struct Part {
    std::size_t begin, end;
    Magnitudes magnitudes;
  };
  std::vector<std::vector<Part>> parts(network.nodes.size());
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (!network.nodes[n].analog) continue;
    const auto& matrix = layout.of(network.nodes[n].name);
    parts[n] = std::vector<Part>(static_cast<std::size_t>(matrix.row_parts));
    for (const tiles::Block& block : matrix.blocks) {
      parts[n][static_cast<std::size_t>(block.row_part)].begin = static_cast<std::size_t>(block.input_begin);
      parts[n][static_cast<std::size_t>(block.row_part)].end = static_cast<std::size_t>(block.input_end);
    }
  }
  const auto observe = [&](std::size_t node, const Rows& rows, std::uint32_t sample, std::span<const float> input) {
    thread_local std::vector<float> row;
    row.resize(static_cast<std::size_t>(rows.inputs()));
    const std::int64_t step = (rows.positions() + positions_per_sample - 1) / positions_per_sample;
    for (std::int64_t p = sample % step; p < rows.positions(); p += step) {
      rows.gather(input, p, row.data());
      for (Part& part : parts[node]) part.magnitudes.add(std::span<const float>(row).subspan(part.begin, part.end - part.begin));
    }
  };
  (void)run_float_batches(network, data, first, count, threads, "calibrating", observe);
  InputCalibration calibration;
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (!network.nodes[n].analog) continue;
    for (const Part& part : parts[n]) {
      InputCalibration::Part result;
      const float range = part.magnitudes.quantile(tile.input_range_quantile);
      // An input that is always zero has no range; any will do.
      result.range = tile.input_range_on && range > 0.0F ? range : 1.0F;
      result.mean_input = part.magnitudes.mean_share(result.range);
      calibration.parts[network.nodes[n].name].push_back(result);
    }
  }
  return calibration;
}

}  // namespace mho::workloads
