#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "periphery/converters/adc.h"
#include "tiles/cell_array.h"
#include "tiles/input_stage.h"
#include "tiles/layout.h"
#include "tiles/mvm_steps.h"
#include "tiles/parameters.h"
#include "tiles/product.h"

namespace mho::tiles {

struct MvmStatistics;

/// One block of a weight matrix on one tile: the state of its devices through time and the analog MVM, steps 1 to 10 and the scales of step 11.
class TileArray {
 public:
  /// `weights` is the whole matrix [outputs][matrix_inputs]; the block uses its part. `unit` is that of scale_unit. `range` is alpha if the range
  /// is static.
  TileArray(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float unit, float range,
            std::uint64_t seed, std::uint64_t node, std::uint32_t programming, ConductanceExchange* exchange = nullptr);

  void set_time(double seconds, std::uint32_t time_index);

  /// Adds the block's outputs, scaled and, if requested, rounded to `partial`, to `y` [batch][y_stride], at the block's columns.
  /// `x` [batch][x_stride] is the whole matrix' input. Returns false if an input was not a finite number. The indices in `y`
  /// of outputs at the converters' bound are appended to `saturated`, if an output is one conversion.
  [[nodiscard]] bool accumulate(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::span<float> y,
                                std::size_t y_stride, bool partial_sum, MvmStatistics* statistics,
                                std::vector<std::size_t>* saturated = nullptr) const;

  /// The outputs that accumulate adds for one row: `x` [inputs of the block], `y` [outputs of the block] overwritten. Returns as accumulate does.
  [[nodiscard]] bool contribute(std::span<const float> x, const base::EventId& event, std::span<float> y, bool partial_sum,
                                MvmStatistics* statistics) const;
  [[nodiscard]] const Block& block() const { return block_; }
  [[nodiscard]] const periphery::OutsideFormat& outside_scales() const { return outside_scales_; }
  /// For MvmStatistics::power, see AnalogMatrix.
  void measure_conductances();
  [[nodiscard]] double conductance_sum() const;

  /// For training: the weights of the cells, in [-1, 1], to be set before each step.
  [[nodiscard]] PackedWeights& held() { return slices_.front().held(); }
  /// For training: scales by output, range and the number of the step, which keys its draws.
  void begin_step(std::span<const float> scales, float range, std::uint32_t step);

  /// Drift compensation factor of the tile; the mean over columns if each has its own.
  [[nodiscard]] float compensation() const { return compensation_; }

 private:
  /// One row to convert: its values, the event of its draws, and the factor on its inputs.
  struct Job {
    const float* x;
    base::EventId event;
    float attenuation;  ///< halved by every repetition of bound management
    std::size_t row;    ///< row of its outputs
  };
  /// The streams of the draws of every product at one evaluation time; one stream for each line if lines have separate draws.
  struct Draws {
    base::RandomStream input, input_rounding;
    std::vector<base::RandomStream> read, output, output_rounding;
  };
  struct Batch;
  struct Sums;

  [[nodiscard]] std::size_t inputs() const { return static_cast<std::size_t>(block_.inputs()); }
  [[nodiscard]] std::size_t outputs() const { return static_cast<std::size_t>(block_.outputs()); }
  [[nodiscard]] std::size_t padded_outputs() const { return static_cast<std::size_t>(slices_.front().weights().padded_outputs()); }

  /// Number of lines that are read out separately: slices, then, if signs of weights are read separately, the slices of negative devices.
  [[nodiscard]] std::size_t lines() const { return slices_.size() * (parameters_.dac.splits_weights() ? 2 : 1); }
  [[nodiscard]] std::size_t slice_of(std::size_t line) const { return line % slices_.size(); }
  [[nodiscard]] const PackedWeights& weights_of(std::size_t line) const {
    return line < slices_.size() ? slices_[line].weights() : slices_[slice_of(line)].negative_weights();
  }
  void add_slice(const SliceWeights& slice, const std::shared_ptr<const Device>& device, ConductanceExchange* exchange);
  [[nodiscard]] Draws draws(std::uint32_t time_index) const;
  /// Mean magnitude of the outputs for one-hot inputs, by output.
  [[nodiscard]] std::vector<double> one_hot_readings(std::uint32_t time_index) const;
  [[nodiscard]] std::vector<double> one_hot_products(std::uint32_t time_index) const;
  /// The same for the weights now, or for the programmed weights without read noise, which are known after programming.
  [[nodiscard]] double mean_magnitude(bool programmed) const;
  void measure_reference();
  void compensate(std::uint32_t time_index);
  /// Factors of the drift compensation by output.
  void set_factors(const std::vector<float>& factors);

  // The product, in tile_mvm.cpp.

  /// Work arrays of a batch, and the events of its rows.
  void begin(Batch& batch, std::span<const Job> jobs) const;
  /// Results of step 4 for one row of the batch.
  [[nodiscard]] Sums sums(Batch& batch, std::size_t row) const;
  /// The one-pass input stage, if only a static range and a rounding converter precede the product.
  [[nodiscard]] std::optional<InputStage> input_stage() const;
  /// Steps 1 to 3 for every row of the batch. False for an input that is not finite.
  [[nodiscard]] bool drive(Batch& batch, const Draws& draws, MvmStatistics* statistics) const;
  /// The same step by step for vector `b`.
  [[nodiscard]] bool drive_vector(Batch& batch, std::size_t b, const Draws& draws) const;
  /// The number of inputs that a static range clips.
  [[nodiscard]] std::uint64_t beyond_range(std::span<const float> x) const;
  /// Adds to `statistics` the power that a vector behind the DAC draws.
  void measure(std::span<const float> vector, MvmStatistics& statistics) const;
  /// Steps 5 to 10 for every row of the batch in one line, and the shift-and-add of step 11 into y[job.row] [padded outputs].
  void read_line(Batch& batch, std::size_t line, const Draws& draws, std::span<float> y, MvmStatistics* statistics) const;
  /// Weight of a bit of the inputs: 2^bit over the largest code, negative for the last bit of a two's complement; 1 if a vector is one phase.
  [[nodiscard]] float bit_weight(std::size_t bit) const;
  /// If row `row` is the last of the read-outs that are added before the converters, adds the others to it; returns false for the others.
  bool meet(Batch& batch, std::size_t row, std::size_t readout, ReadLoad& load) const;
  /// Steps 6 to 10 for one row. `drawn` holds its normal numbers if draws_together(), else it is empty. Returns the number of outputs beyond the
  /// bound.
  std::size_t read_out(std::span<float> y, const ReadLoad& load, const base::EventId& event, const Draws& draws, std::size_t line,
                       std::span<const float> drawn) const;
  /// Whether no step lies between read and output noise: both are normal, so they are one draw with the summed variance.
  [[nodiscard]] bool noise_is_one_draw() const;
  /// Whether rows are so short that the noise of many rows is drawn at once.
  [[nodiscard]] bool draws_together() const;
  /// Converted outputs of a batch of jobs: y[job.row] [padded outputs]. Jobs whose outputs clipped are appended to `clipped`. False for an input that
  /// is not finite.
  bool convert(std::span<const Job> jobs, const Draws& draws, std::span<float> y, std::vector<Job>* clipped, MvmStatistics* statistics) const;
  /// Converts rows `x`, which begin at the block's first input, to `y` [events][padded outputs] without scales. With bound management, repeats while
  /// outputs clip.
  [[nodiscard]] bool convert_all(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, const Draws& draws,
                                 std::span<float> y, MvmStatistics* statistics) const;

  TileParameters parameters_;
  Block block_;
  BlockIdentity identity_;
  std::uint32_t time_index_ = 0;
  float range_;
  float compensation_ = 1.0F;
  std::vector<double> reference_;  ///< reference of drift compensation: by output, one for the tile, or empty
  ProductSelection selection_;
  std::vector<float> scales_;  ///< gamma by output
  periphery::OutsideFormat outside_scales_;
  std::vector<float> output_scale_;  ///< alpha * gamma * compensation
  std::vector<float> profile_;       ///< p of the IR drop by input
  std::vector<double> row_siemens_;  ///< by input, all devices; empty until measured
  double seconds_ = 0;
  std::vector<float> slice_factors_;
  std::vector<CellArray> slices_;
  std::vector<periphery::Adc> adcs_;  ///< by slice
  ReadoutSpread spread_;
};

}  // namespace mho::tiles
