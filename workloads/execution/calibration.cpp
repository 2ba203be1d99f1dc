// Input ranges of the tiles, from what the float network puts on their inputs.
#include "workloads/execution/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <deque>
#include <memory>

#include "base/error.h"
#include "base/progress.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/execution.h"
#include "workloads/execution/sample_batches.h"

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

  /// Mean over all values of `share`(min(|x|, range) / range).
  template <class Share>
  [[nodiscard]] double mean(float range, const Share& share) const {
    double total = 0;
    double sum = 0;
    for (std::size_t b = 0; b < bins; ++b) {
      const double count = counts_[b].load();
      if (count == 0) continue;
      total += count;
      const double value = b == 0 ? 0.0 : 0.5 * (static_cast<double>(edge(b)) + static_cast<double>(edge(b + 1)));
      sum += count * share(std::min(value / static_cast<double>(range), 1.0));
    }
    return total > 0 ? sum / total : 0.0;
  }

  /// Upper edge of the highest bin with a value.
  [[nodiscard]] float largest() const { return quantile(1.0); }

 private:
  static constexpr unsigned dropped_bits = 12;
  static constexpr std::size_t bins = (0x7F800000U >> dropped_bits) + 1;
  static std::uint32_t bin_of(float v) { return std::min<std::uint32_t>((std::bit_cast<std::uint32_t>(v) & 0x7FFFFFFFU) >> dropped_bits, bins - 1); }
  static float edge(std::size_t bin) {
    return std::bit_cast<float>(std::min<std::uint32_t>(static_cast<std::uint32_t>(bin) << dropped_bits, 0x7F7FFFFFU));
  }
  std::unique_ptr<std::atomic<std::uint32_t>[]> counts_;
};

/// Sum of what each input draws, in whole numbers, which add up to the same in any order. Thread-safe.
class RowPower {
 public:
  void reset(std::size_t rows, bool squares) {
    sums_ = std::make_unique<std::atomic<std::uint64_t>[]>(rows);
    rows_ = rows;
    squares_ = squares;
  }
  void add(std::span<const float> values) {
    for (std::size_t j = 0; j < rows_; ++j) {
      const double power = squares_ ? static_cast<double>(values[j]) * static_cast<double>(values[j]) : static_cast<double>(std::abs(values[j]));
      const double units = std::min(power * unit, most);
      if (units > 0.0) sums_[j].fetch_add(static_cast<std::uint64_t>(units), std::memory_order_relaxed);
    }
  }
  /// By input, the mean being 1; empty where no input draws anything that counts.
  [[nodiscard]] std::vector<float> shares() const {
    double sum = 0;
    for (std::size_t j = 0; j < rows_; ++j) sum += static_cast<double>(sums_[j].load());
    if (sum == 0) return {};
    std::vector<float> shares(rows_);
    for (std::size_t j = 0; j < rows_; ++j) shares[j] = static_cast<float>(static_cast<double>(sums_[j].load()) * static_cast<double>(rows_) / sum);
    return shares;
  }

 private:
  // Fine enough for activations of a millionth, with room for 2^19 of 2^16.
  static constexpr double unit = 0x1p28, most = 0x1p44;
  std::unique_ptr<std::atomic<std::uint64_t>[]> sums_;
  std::size_t rows_ = 0;
  bool squares_ = false;
};

struct Part {
  std::size_t begin = 0, end = 0;  ///< inputs
  RowPower rows;
  Magnitudes magnitudes;
  Magnitudes largest;  ///< of each vector
  void add(std::span<const float> values) {
    magnitudes.add(values);
    rows.add(values);
    float most = 0.0F;
    for (const float v : values) most = std::max(most, std::abs(v));
    largest.add({&most, 1});
  }
};

double mean_magnitude(const Magnitudes& values) {
  const float largest = values.largest();
  return largest > 0.0F ? static_cast<double>(largest) * values.mean(largest, [](double u) { return u; }) : 0.0;
}

double root_mean_square(const Magnitudes& values) {
  const float largest = values.largest();
  return largest > 0.0F ? static_cast<double>(largest) * std::sqrt(values.mean(largest, [](double u) { return u * u; })) : 0.0;
}

/// Static range of a part, or the typical one where every vector has its own; 0 for inputs that are always zero.
float range_of(const tiles::InputRange& wanted, const Part& part) {
  using Kind = tiles::InputRange::Kind;
  using Method = tiles::InputRange::Method;
  if (wanted.kind == Kind::off) return 1.0F;
  if (wanted.kind != Kind::calibrated) return static_cast<float>(mean_magnitude(part.largest));
  switch (wanted.method) {
    case Method::quantile:
      return part.magnitudes.quantile(wanted.quantile);
    case Method::most:
      return part.magnitudes.largest();
    case Method::sigma:
      return static_cast<float>(wanted.sigmas * root_mean_square(part.magnitudes));
    case Method::mean_most:
      break;
  }
  return static_cast<float>(mean_magnitude(part.largest));
}

/// periphery::drive_share on average.
double mean_drive(const periphery::DacParameters& dac, const Magnitudes& values, float range) {
  return values.mean(range, [&](double u) { return periphery::drive_share(dac, u); });
}

/// Exact products that also record what each row part sees: rows as the drivers get them, so padding counts as zeros. Thread-safe.
class RecordingProducts : public Products {
 public:
  explicit RecordingProducts(const TiledNetwork& tiled) : network_(tiled.network) {
    for (const Matrix& matrix : network_.matrices) {
      matrices_.emplace_back(matrix.inputs, matrix.outputs, matrix.weights, std::span<const float>());
      if (matrix.digital) {
        parts_.emplace_back();
        continue;
      }
      const auto& split = tiled.layout.of(matrix.name);
      std::vector<Part>& parts = parts_.emplace_back(static_cast<std::size_t>(split.row_parts));
      for (const tiles::Block& block : split.blocks) {
        parts[static_cast<std::size_t>(block.row_part)].begin = static_cast<std::size_t>(block.input_begin);
        parts[static_cast<std::size_t>(block.row_part)].end = static_cast<std::size_t>(block.input_end);
      }
    }
    for (std::size_t m = 0; m < parts_.size(); ++m) {
      const bool squares = tiled.tiles.of(network_.matrices[m].name).dac.coding == periphery::InputCoding::amplitude;
      for (Part& part : parts_[m]) part.rows.reset(part.end - part.begin, squares);
    }
    for (const Node& node : network_.nodes) {
      step_.push_back(static_cast<std::uint32_t>((network_.positions(node) + positions_per_sample - 1) / positions_per_sample));
    }
  }
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
    const std::size_t inputs = rows.size() / events.size();
    for (std::size_t r = 0; r < events.size(); ++r) {
      if (events[r].position % step_[node] != events[r].sample % step_[node]) continue;
      for (Part& part : parts_[matrix]) part.add(rows.subspan(r * inputs + part.begin, part.end - part.begin));
    }
    matrices_[matrix].forward(rows, events.size(), y);
  }
  [[nodiscard]] const std::vector<Part>& parts(std::size_t matrix) const { return parts_[matrix]; }

 private:
  /// A sample of positions per image, shifted from image to image: neighbouring windows hold nearly the same values.
  static constexpr std::int64_t positions_per_sample = 64;
  const Network& network_;
  std::deque<std::vector<Part>> parts_;  ///< [matrix][row part]
  std::vector<tiles::FloatMatrix> matrices_;
  std::vector<std::uint32_t> step_;  ///< by node: every how many position is recorded
};

}  // namespace

const std::vector<float>* learned_ranges(const TiledNetwork& tiled, const Matrix& matrix) {
  const Network& network = tiled.network;
  const auto found = network.input_ranges.find(matrix.name);
  const tiles::TileParameters& tile = tiled.tiles.of(matrix.name);
  if (matrix.digital || found == network.input_ranges.end() || !tile.input_range.is_static() || !tile.input_range.learned) return nullptr;
  const auto wanted = static_cast<std::size_t>(tiled.layout.of(matrix.name).row_parts);
  if (found->second.size() != wanted) {
    throw base::UserError(fmt::format(
        "network {}: matrix '{}' of {} inputs has {} learned input range{}, one for each part of its rows in retraining, but here its rows "
        "take {} part{} (tile.rows {}); set tile.rows as in retraining, or tile.input_range.learned to ignore for calibrated ranges",
        network.name, matrix.name, matrix.inputs, found->second.size(), found->second.size() == 1 ? "" : "s", wanted, wanted == 1 ? "" : "s",
        tile.rows));
  }
  return &found->second;
}

InputCalibration calibrate(const TiledNetwork& tiled, const Dataset& data, std::size_t first, std::size_t count, int threads) {
  const Network& network = tiled.network;
  check_fit(network, data);
  std::vector<const std::vector<float>*> learned;
  for (const Matrix& matrix : network.matrices) learned.push_back(learned_ranges(tiled, matrix));
  const Execution execution(network);
  const SampleBatches batches(network, data, first, count, execution.preferred_batch());
  RecordingProducts recorder(tiled);
  base::Progress progress("calibrating", count);
  base::parallel_for(batches.size(), threads, [&](std::size_t item) {
    // Only the inputs of the tiles are of interest.
    batches.run(item, execution, recorder, nullptr, [&](std::span<const std::uint32_t> ids, auto) { progress.advance(ids.size()); });
  });
  InputCalibration calibration;
  for (std::size_t m = 0; m < network.matrices.size(); ++m) {
    const tiles::TileParameters& tile = tiled.tiles.of(network.matrices[m].name);
    for (const Part& part : recorder.parts(m)) {
      InputCalibration::Part result;
      const std::size_t index = calibration.parts[network.matrices[m].name].size();
      const float range = learned[m] != nullptr ? (*learned[m])[index] : range_of(tile.input_range, part);
      // An input that is always zero has no range; any will do.
      result.range = range > 0.0F ? range : 1.0F;
      result.mean_drive = mean_drive(tile.dac, part.magnitudes, result.range);
      result.row_share = part.rows.shares();
      calibration.parts[network.matrices[m].name].push_back(std::move(result));
    }
  }
  return calibration;
}

}  // namespace mho::workloads
