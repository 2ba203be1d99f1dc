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
  /// `weights` is the whole matrix [outputs][matrix_inputs]; the block picks its part. `unit` is that of scale_unit. `range` is alpha where the range
  /// is static.
  TileArray(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float unit, float range,
            std::uint64_t seed, std::uint64_t node, std::uint32_t programming, ConductanceExchange* exchange = nullptr);

  void set_time(double seconds, std::uint32_t time_index);

  /// Adds the block's outputs, scaled and rounded to `partial` where that is asked for, to `y` [batch][y_stride], at the block's columns.
  /// `x` [batch][x_stride] is the whole matrix' input. Returns false if an input was not a finite number. Outputs at the converters' bound are
  /// appended to `saturated` as their places in `y`; only where an output is one conversion.
  [[nodiscard]] bool accumulate(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, std::span<float> y,
                                std::size_t y_stride, bool partial_sum, MvmStatistics* statistics,
                                std::vector<std::size_t>* saturated = nullptr) const;

  /// What accumulate adds for one row: `x` [inputs of the block] alone, `y` [outputs of the block] overwritten. Returns false as accumulate does.
  [[nodiscard]] bool contribute(std::span<const float> x, const base::EventId& event, std::span<float> y, bool partial_sum,
                                MvmStatistics* statistics) const;
  [[nodiscard]] const Block& block() const { return block_; }
  [[nodiscard]] const periphery::OutsideFormat& outside_scales() const { return outside_scales_; }
  /// For MvmStatistics::power, as AnalogMatrix says.
  void measure_conductances();
  [[nodiscard]] double conductance_sum() const;

  /// For training: the weights the cells hold, in [-1, 1], to be set before each step.
  [[nodiscard]] PackedWeights& held() { return slices_.front().held(); }
  /// For training: scales by output, range and the number of the step, which keys its draws.
  void begin_step(std::span<const float> scales, float range, std::uint32_t step);

  /// Of the whole tile; the mean over columns where each has its own.
  [[nodiscard]] float compensation() const { return compensation_; }

 private:
  /// One row to convert: its values, whose draws it has, and what its inputs are multiplied by.
  struct Job {
    const float* x;
    base::EventId event;
    float attenuation;  ///< halved with every repetition of the bound management
    std::size_t row;    ///< where its outputs go
  };
  /// The streams of what is drawn for every product, at one evaluation time; one for each line where lines draw for themselves.
  struct Draws {
    base::RandomStream input, input_rounding;
    std::vector<base::RandomStream> read, output, output_rounding;
  };
  struct Batch;
  struct Sums;

  [[nodiscard]] std::size_t inputs() const { return static_cast<std::size_t>(block_.inputs()); }
  [[nodiscard]] std::size_t outputs() const { return static_cast<std::size_t>(block_.outputs()); }
  [[nodiscard]] std::size_t padded_outputs() const { return static_cast<std::size_t>(slices_.front().weights().padded_outputs()); }

  /// Lines that are read out for themselves: slices, and where signs of weights are read apart those of the negative ones behind them.
  [[nodiscard]] std::size_t lines() const { return slices_.size() * (parameters_.dac.splits_weights() ? 2 : 1); }
  [[nodiscard]] std::size_t slice_of(std::size_t line) const { return line % slices_.size(); }
  [[nodiscard]] const PackedWeights& weights_of(std::size_t line) const {
    return line < slices_.size() ? slices_[line].weights() : slices_[slice_of(line)].negative_weights();
  }
  void add_slice(const SliceWeights& slice, const std::shared_ptr<const Device>& device, ConductanceExchange* exchange);
  [[nodiscard]] Draws draws(std::uint32_t time_index) const;
  /// Mean magnitude by output of the readings of one-hot inputs.
  [[nodiscard]] std::vector<double> one_hot_readings(std::uint32_t time_index) const;
  [[nodiscard]] std::vector<double> one_hot_products(std::uint32_t time_index) const;
  /// Of the weights now, or of the programmed ones before any reading noise: what the tool that programs knows.
  [[nodiscard]] double mean_magnitude(bool programmed) const;
  void measure_reference();
  void compensate(std::uint32_t time_index);
  /// Factors of the drift compensation by output.
  void set_factors(const std::vector<float>& factors);

  // The product, in tile_mvm.cpp.

  /// The arrays of a batch in their sizes, and the events of its rows.
  void begin(Batch& batch, std::span<const Job> jobs) const;
  /// What step 4 gave for one row of the batch.
  [[nodiscard]] Sums sums(Batch& batch, std::size_t row) const;
  /// The one-pass input stage, where nothing but a static range and a rounding converter stands before the product.
  [[nodiscard]] std::optional<InputStage> input_stage() const;
  /// Steps 1 to 3 for every row of the batch. False for an input that is not finite.
  [[nodiscard]] bool drive(Batch& batch, const Draws& draws, MvmStatistics* statistics) const;
  /// The same step by step for vector `b`.
  [[nodiscard]] bool drive_vector(Batch& batch, std::size_t b, const Draws& draws) const;
  /// How many inputs a static range clips.
  [[nodiscard]] std::uint64_t beyond_range(std::span<const float> x) const;
  /// Adds to `statistics` the power that a vector behind the DAC draws.
  void measure(std::span<const float> vector, MvmStatistics& statistics) const;
  /// Steps 5 to 10 for every row of the batch in one line, and the shift-and-add of step 11 into y[job.row] [padded outputs].
  void read_line(Batch& batch, std::size_t line, const Draws& draws, std::span<float> y, MvmStatistics* statistics) const;
  /// What a bit of the inputs counts: 2^bit over the largest code, negative for the last one of a two's complement; 1 where a vector is one phase.
  [[nodiscard]] float bit_weight(std::size_t bit) const;
  /// The read-outs that meet row `row` before the converters are added to it, where it is the last of them; false for the others.
  bool meet(Batch& batch, std::size_t row, std::size_t readout, ReadLoad& load) const;
  /// Steps 6 to 10 for one row. `drawn` holds its normal numbers where draws_together(), else it is empty. Returns how many outputs were beyond the
  /// bound.
  std::size_t read_out(std::span<float> y, const ReadLoad& load, const base::EventId& event, const Draws& draws, std::size_t line,
                       std::span<const float> drawn) const;
  /// Whether nothing stands between read and output noise: both are normal, so one draw with the summed variance serves.
  [[nodiscard]] bool noise_is_one_draw() const;
  /// Whether rows are so short that the noise of many is drawn at once.
  [[nodiscard]] bool draws_together() const;
  /// Converted outputs of a batch of jobs: y[job.row] [padded outputs]. Jobs whose outputs clipped are appended to `clipped`. False for an input that
  /// is not finite.
  bool convert(std::span<const Job> jobs, const Draws& draws, std::span<float> y, std::vector<Job>* clipped, MvmStatistics* statistics) const;
  /// Rows `x`, which begin at the block's first input, to `y` [events][padded outputs] before their scales; repeated while outputs clip where that is
  /// asked for.
  [[nodiscard]] bool convert_all(std::span<const float> x, std::size_t x_stride, std::span<const base::EventId> events, const Draws& draws,
                                 std::span<float> y, MvmStatistics* statistics) const;

  TileParameters parameters_;
  Block block_;
  BlockIdentity identity_;
  std::uint32_t time_index_ = 0;
  float range_;
  float compensation_ = 1.0F;
  std::vector<double> reference_;  ///< what drift compensation compares with: by output, of the tile, or nothing
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
