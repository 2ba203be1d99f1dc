// Input ranges of the tiles, calibrated on the inputs of the layers in the float network.
#include "workloads/execution/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "base/progress.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/execution.h"
#include "workloads/execution/sample_batches.h"

namespace mho::workloads {

namespace {

/// Histogram of |x| by the bits of the float without its sign: 11 mantissa bits a bin, a relative width of 5e-4. Counts are integers, so the sum does
/// not depend on the order.
class Magnitudes {
 public:
  void add(std::span<const float> values) {
    // About half of the values are zeros after rectification, in an unpredictable order. A selected counter avoids the branch; several avoid a
    // dependency.
    std::array<std::uint32_t, 8> zeros{};
    std::size_t i = 0;
    for (const float v : values) {
      const std::uint32_t bin = bin_of(v);
      std::uint32_t* const zero = &zeros[i++ % zeros.size()];
      std::uint32_t* const other = &counter(bin);
      ++*(bin == 0 ? zero : other);
    }
    for (const std::uint32_t count : zeros) counter(0) += count;
  }
  Magnitudes& operator+=(const Magnitudes& other) {
    for (std::size_t exponent = 0; exponent < other.counts_.size(); ++exponent) {
      if (other.counts_[exponent] == nullptr) continue;
      for (std::size_t i = 0; i < mantissas; ++i) {
        if (const std::uint32_t count = (*other.counts_[exponent])[i]; count > 0) counter(exponent * mantissas + i) += count;
      }
    }
    return *this;
  }

  /// Upper edge of the bin at which `quantile` of the values is reached.
  [[nodiscard]] float quantile(double quantile) const {
    double total = 0;
    for_each([&](std::size_t, double count) { total += count; });
    const double wanted = std::ceil(quantile * total);
    double below = 0;
    std::optional<std::size_t> reached;
    for_each([&](std::size_t bin, double count) {
      below += count;
      if (!reached && below >= wanted) reached = bin;
    });
    return reached.value_or(0) == 0 ? 0.0F : edge(*reached + 1);
  }

  /// Mean over all values of `share`(min(|x|, range) / range).
  template <class Share>
  [[nodiscard]] double mean(float range, const Share& share) const {
    double total = 0;
    double sum = 0;
    for_each([&](std::size_t bin, double count) {
      total += count;
      const double value = bin == 0 ? 0.0 : 0.5 * (static_cast<double>(edge(bin)) + static_cast<double>(edge(bin + 1)));
      sum += count * share(std::min(value / static_cast<double>(range), 1.0));
    });
    return total > 0 ? sum / total : 0.0;
  }

  /// Number of values.
  [[nodiscard]] double count() const {
    double total = 0;
    for_each([&](std::size_t, double in_bin) { total += in_bin; });
    return total;
  }

  /// Upper edge of the highest bin with a value.
  [[nodiscard]] float largest() const { return quantile(1.0); }

 private:
  static constexpr unsigned dropped_bits = 12;
  static constexpr std::size_t mantissas = std::size_t{1} << (23U - dropped_bits);  ///< bins of one exponent
  static constexpr std::size_t bins = (0x7F800000U >> dropped_bits) + 1;
  static std::uint32_t bin_of(float v) { return std::min<std::uint32_t>((std::bit_cast<std::uint32_t>(v) & 0x7FFFFFFFU) >> dropped_bits, bins - 1); }
  static float edge(std::size_t bin) {
    return std::bit_cast<float>(std::min<std::uint32_t>(static_cast<std::uint32_t>(bin) << dropped_bits, 0x7F7FFFFFU));
  }
  std::uint32_t& counter(std::size_t bin) {
    auto& of_exponent = counts_[bin / mantissas];
    if (of_exponent == nullptr) of_exponent = std::make_unique<std::array<std::uint32_t, mantissas>>();
    return (*of_exponent)[bin % mantissas];
  }
  /// Calls take(bin, count) for every bin that holds a value, in ascending order.
  template <class Take>
  void for_each(const Take& take) const {
    for (std::size_t exponent = 0; exponent < counts_.size(); ++exponent) {
      if (counts_[exponent] == nullptr) continue;
      for (std::size_t i = 0; i < mantissas; ++i) {
        if (const std::uint32_t count = (*counts_[exponent])[i]; count > 0) take(exponent * mantissas + i, static_cast<double>(count));
      }
    }
  }
  /// [exponent], allocated on the first value: the values of one layer have few exponents.
  std::array<std::unique_ptr<std::array<std::uint32_t, mantissas>>, bins / mantissas + 1> counts_;
};

/// Sum of the share of power that each input draws. The sums are integers, so they do not depend on the order.
class RowPower {
 public:
  void reset(std::size_t rows, bool squares) {
    sums_.assign(rows, 0);
    squares_ = squares;
  }
  void add(std::span<const float> values) {
    if (squares_) {
      accumulate(values, largest_square, [](double value) { return value * value; });
    } else {
      accumulate(values, largest_magnitude, [](double value) { return value; });
    }
  }
  RowPower& operator+=(const RowPower& other) {
    for (std::size_t j = 0; j < sums_.size(); ++j) sums_[j] += other.sums_[j];
    return *this;
  }
  /// Share of each input, with a mean of 1; empty if the sum is zero.
  [[nodiscard]] std::vector<float> shares() const {
    double sum = 0;
    for (const std::uint64_t units : sums_) sum += static_cast<double>(units);
    if (sum == 0) return {};
    const auto rows = static_cast<double>(sums_.size());
    std::vector<float> shares;
    for (const std::uint64_t units : sums_) shares.push_back(static_cast<float>(static_cast<double>(units) * rows / sum));
    return shares;
  }

 private:
  /// `largest`: bits of a magnitude. Larger magnitudes are replaced by it.
  template <class Power>
  void accumulate(std::span<const float> values, std::uint32_t largest, const Power& power) {
    // No branches: zeros come in an unpredictable order.
    constexpr std::uint32_t infinity = 0x7F800000U;
    std::uint64_t* const sums = sums_.data();
    const std::size_t count = std::min(values.size(), sums_.size());
    for (std::size_t j = 0; j < count; ++j) {
      const std::uint32_t bits = std::bit_cast<std::uint32_t>(values[j]) & 0x7FFFFFFFU;
      const std::uint32_t known = bits > infinity ? 0 : std::min(bits, largest);  // NaN counts as 0
      sums[j] += static_cast<std::uint64_t>(static_cast<std::int64_t>(power(static_cast<double>(std::bit_cast<float>(known))) * unit));
    }
  }

  // Steps of 2^-28 resolve magnitudes of 1e-6, and squares of magnitudes of 1e-4. A sum has room for 2^19 terms of 2^16.
  static constexpr double unit = 0x1p28;
  static constexpr auto largest_magnitude = std::bit_cast<std::uint32_t>(0x1p16F), largest_square = std::bit_cast<std::uint32_t>(0x1p8F);
  std::vector<std::uint64_t> sums_;  ///< for each input
  bool squares_ = false;
};

struct Part {
  std::size_t begin = 0, end = 0;  ///< inputs
  RowPower rows;
  Magnitudes magnitudes;
  Magnitudes negative;  ///< negative values alone, if the power of an input depends on its sign
  Magnitudes largest;   ///< largest magnitude of each vector
  bool signs = false;
  void add(std::span<const float> values) {
    magnitudes.add(values);
    if (signs) {
      thread_local std::vector<float> below;
      below.clear();
      std::ranges::copy_if(values, std::back_inserter(below), [](float v) { return v < 0.0F; });
      negative.add(below);
    }
    rows.add(values);
    constexpr std::uint32_t magnitude_bits = 0x7FFFFFFFU;  // magnitudes have the order of their bits
    std::uint32_t most_bits = 0;
    for (const float v : values) most_bits = std::max(most_bits, std::bit_cast<std::uint32_t>(v) & magnitude_bits);
    const auto most = std::bit_cast<float>(most_bits);
    largest.add({&most, 1});
  }
  Part& operator+=(const Part& other) {
    rows += other.rows;
    magnitudes += other.magnitudes;
    negative += other.negative;
    largest += other.largest;
    return *this;
  }
};

using Parts = std::deque<std::vector<Part>>;  ///< [matrix][row part]

/// Records of the threads. A thread takes a set that no other thread uses and gives it back, so threads wait only for the list of sets.
class Recordings {
 public:
  explicit Recordings(std::function<Parts()> empty) : empty_(std::move(empty)) {}
  Parts take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return empty_();
    Parts parts = std::move(idle_.back());
    idle_.pop_back();
    return parts;
  }
  void give_back(Parts parts) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(parts));
  }
  /// The sum of all records, after all sets have been given back.
  [[nodiscard]] Parts sum() const {
    Parts all = empty_();
    for (const Parts& parts : idle_) {
      for (std::size_t m = 0; m < parts.size(); ++m) {
        for (std::size_t p = 0; p < parts[m].size(); ++p) all[m][p] += parts[m][p];
      }
    }
    return all;
  }

 private:
  std::function<Parts()> empty_;
  std::mutex mutex_;
  std::vector<Parts> idle_;
};

Parts empty_parts(const TiledNetwork& tiled) {
  Parts all;
  for (const Matrix& matrix : tiled.network.matrices) {
    if (matrix.digital) {
      all.emplace_back();
      continue;
    }
    const auto& split = tiled.layout.of(matrix.name);
    std::vector<Part>& parts = all.emplace_back(static_cast<std::size_t>(split.row_parts));
    for (const tiles::Block& block : split.blocks) {
      parts[static_cast<std::size_t>(block.row_part)].begin = static_cast<std::size_t>(block.input_begin);
      parts[static_cast<std::size_t>(block.row_part)].end = static_cast<std::size_t>(block.input_end);
    }
    const bool squares = tiled.tiles.of(matrix.name).dac.coding == periphery::InputCoding::amplitude;
    const bool signs = tiled.tiles.of(matrix.name).dac.twos_complement;
    for (Part& part : parts) {
      part.rows.reset(part.end - part.begin, squares);
      part.signs = signs;
    }
  }
  return all;
}

double mean_magnitude(const Magnitudes& values) {
  const float largest = values.largest();
  return largest > 0.0F ? static_cast<double>(largest) * values.mean(largest, [](double u) { return u; }) : 0.0;
}

double root_mean_square(const Magnitudes& values) {
  const float largest = values.largest();
  return largest > 0.0F ? static_cast<double>(largest) * std::sqrt(values.mean(largest, [](double u) { return u * u; })) : 0.0;
}

/// Static range of a part, or the typical range if each vector sets its own; 0 for inputs that are always zero.
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

/// Mean of periphery::drive_share over the inputs.
double mean_drive(const periphery::DacParameters& dac, const Part& part, float range) {
  const auto share = [&](double u) { return periphery::drive_share(dac, u); };
  const double as_positive = part.magnitudes.mean(range, share);
  if (!part.signs || part.magnitudes.count() == 0) return as_positive;
  // Replaces the share of the magnitude by the share of the negative value.
  const double negatives = part.negative.count() / part.magnitudes.count();
  return as_positive +
         negatives * part.negative.mean(range, [&](double u) { return periphery::drive_share(dac, -u) - periphery::drive_share(dac, u); });
}

/// Exact products, and for each node the distance of recorded positions. Thread-safe.
struct ExactProducts {
  explicit ExactProducts(const Network& network) {
    for (const Matrix& matrix : network.matrices) matrices.emplace_back(matrix.inputs, matrix.outputs, matrix.weights, std::span<const float>());
    for (const Node& node : network.nodes) {
      step.push_back(static_cast<std::uint32_t>((network.positions(node) + positions_per_sample - 1) / positions_per_sample));
    }
  }
  /// Recorded positions per sample. They are shifted from sample to sample, because neighbouring windows hold nearly the same values.
  static constexpr std::int64_t positions_per_sample = 64;
  std::vector<tiles::FloatMatrix> matrices;
  std::vector<std::uint32_t> step;  ///< distance of recorded positions, for each node
};

/// Exact products that also record the inputs of each row part. Rows include padding, so its zeros count. For one work item.
class RecordingProducts : public Products {
 public:
  RecordingProducts(const Network& network, const ExactProducts& exact, Parts& parts)
      : network_(network), exact_(exact), parts_(parts), results_(network) {}
  [[nodiscard]] bool by_group() const override { return false; }
  void results(std::size_t node, RoundedTensor tensor, std::span<const float> values) override { results_.see(node, tensor, values); }
  [[nodiscard]] const ResultScaleRecorder& results() const { return results_; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
    const std::size_t inputs = rows.size() / events.size();
    for (std::size_t r = 0; r < events.size(); ++r) {
      if (events[r].position % exact_.step[node] != events[r].sample % exact_.step[node]) continue;
      for (Part& part : parts_[matrix]) part.add(rows.subspan(r * inputs + part.begin, part.end - part.begin));
    }
    exact_.matrices[matrix].forward(rows, events.size(), y);
  }

 private:
  const Network& network_;
  const ExactProducts& exact_;
  Parts& parts_;
  ResultScaleRecorder results_;
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

InputCalibration calibrate(const TiledNetwork& tiled, const Dataset& data, std::size_t first, std::size_t count, int threads,
                           const std::string& label) {
  const Network& network = tiled.network;
  check_fit(network, data);
  std::vector<const std::vector<float>*> learned;
  for (const Matrix& matrix : network.matrices) learned.push_back(learned_ranges(tiled, matrix));
  const Execution execution(network);
  const SampleBatches batches(network, data, first, count, execution.preferred_batch());
  const ExactProducts exact(network);
  Recordings recordings([&] { return empty_parts(tiled); });
  // Integer results need the largest magnitude of every result. Floating-point formats need only the inputs of tiles.
  const bool integers = tiled.tiles.standard().digital.result_format.kind == periphery::NumberFormat::Kind::integer;
  const ResultScales none;
  const ResultRounding watch({.kind = periphery::NumberFormat::Kind::float32}, none);
  ResultScaleRecorder results(network);
  std::mutex mutex;
  base::Progress progress(label, count);
  base::parallel_for(batches.size(), threads, [&](std::size_t item) {
    Parts parts = recordings.take();
    RecordingProducts recorder(network, exact, parts);
    std::vector<float> sample(integers ? static_cast<std::size_t>(element_count(data.sample_shape())) : 0);
    ResultScaleRecorder inputs(network);
    batches.run(item, execution, recorder, integers ? &watch : nullptr, [&](std::span<const std::uint32_t> ids, auto) {
      for (const std::uint32_t id : ids) {
        if (!integers) break;
        data.load(id, sample);
        inputs.see_input(sample);
      }
      progress.advance(ids.size());
    });
    recordings.give_back(std::move(parts));
    if (!integers) return;
    const std::lock_guard lock(mutex);
    results += inputs;
    results += recorder.results();
  });
  const Parts recorded = recordings.sum();
  InputCalibration calibration;
  if (integers) calibration.results = results.scales();
  for (std::size_t m = 0; m < network.matrices.size(); ++m) {
    const tiles::TileParameters& tile = tiled.tiles.of(network.matrices[m].name);
    for (const Part& part : recorded[m]) {
      InputCalibration::Part result;
      const std::size_t index = calibration.parts[network.matrices[m].name].size();
      const float range = learned[m] != nullptr ? (*learned[m])[index] : range_of(tile.input_range, part);
      // The range of an input that is always zero is arbitrary.
      result.range = range > 0.0F ? range : 1.0F;
      result.mean_drive = mean_drive(tile.dac, part, result.range);
      result.row_share = part.rows.shares();
      calibration.parts[network.matrices[m].name].push_back(std::move(result));
    }
  }
  return calibration;
}

}  // namespace mho::workloads
