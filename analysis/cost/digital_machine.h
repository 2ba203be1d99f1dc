#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/cost/bands.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// Products of one matrix in an inference: `times` steps one after the other, each with `positions` input vectors at once.
struct MatrixWork {
  double inputs = 0, outputs = 0, positions = 0, times = 1;
  [[nodiscard]] double multiply_accumulates() const { return inputs * outputs * positions * times; }
};

/// Trained matrices of a network, and input and output of an inference, with one byte per value.
struct MatrixLoad {
  std::vector<MatrixWork> products;
  double weights = 0;  ///< number of stored weights; shared matrices count once
  /// Bits of input and output per inference.
  double port_bits = 0;
};

/// A digital machine in the roofline model: peak operations, memory bandwidth and power.
struct Roofline {
  std::string name;
  double operations_per_s = 0;  ///< peak in int8, 2 operations per multiply-accumulate
  double bytes_per_s = 0;
  double watt = 0;
};

/// Costs of a network on a digital machine, for its trained matrices with int8 weights and activations. Element-wise operators and products of
/// activations are not counted, as in the chip's own multiply-accumulates.
struct DigitalReference {
  std::string name;
  double multiply_accumulates = 0;  ///< per inference
  double seconds = 0;               ///< latency and interval: one inference at a time
  double joule = 0;                 ///< per inference, leakage included
  std::optional<double> square_metre;
  std::string limit;  ///< resource that sets the time: "array", "operations" or "memory"
  std::string source;
  [[nodiscard]] double tops_per_watt() const { return 2 * multiply_accumulates / joule / tera; }
};

/// A weight-stationary systolic array of 64 x 64 int8 multiply-accumulate units at 1 GHz, in the technology of the design's chip and with its port.
/// All weights are in on-chip SRAM, with a 256 KiB buffer for activations. Energies and areas of units: Horowitz, ISSCC 2014.
DigitalReference systolic_reference(const Design& design, const MatrixLoad& load);
/// Time: the longer of operations over peak and bytes over bandwidth (weights once, inputs and outputs of every product). Energy: full power over
/// this time.
DigitalReference roofline_reference(const Roofline& machine, const MatrixLoad& load);

}  // namespace mho::analysis
