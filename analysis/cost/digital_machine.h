#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/cost/bands.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// One matrix with all positions that are multiplied by it in an inference: `positions` at once, that `times` one after the other, where each needs
/// the result of the one before.
struct MatrixWork {
  double inputs = 0, outputs = 0, positions = 0, times = 1;
  [[nodiscard]] double multiply_accumulates() const { return inputs * outputs * positions * times; }
};

/// The trained matrices of a network, and what an inference brings in and out: a byte a value.
struct MatrixLoad {
  std::vector<MatrixWork> products;
  double weights = 0;  ///< stored, those that several layers share once
  double port_bits = 0;
};

/// A digital machine of a few figures: peak operations, memory bandwidth, power.
struct Roofline {
  std::string name;
  double operations_per_s = 0;  ///< 2 for each multiply-accumulate of int8
  double bytes_per_s = 0;
  double watt = 0;
};

/// A network on a digital machine: what its trained matrices take with int8 weights and activations. Elementwise operators and products of
/// activations are not counted, as in the chip's own multiply-accumulates.
struct DigitalReference {
  std::string name;
  double multiply_accumulates = 0;  ///< per inference
  double seconds = 0;               ///< of an inference, and between two: the machine works on one at a time
  double joule = 0;                 ///< per inference, leakage included
  std::optional<double> square_metre;
  std::string limit;  ///< what takes the time: array, operations or memory
  std::string source;
  [[nodiscard]] double tops_per_watt() const { return 2 * multiply_accumulates / joule / tera; }
};

/// A weight-stationary systolic array of 64 x 64 int8 multiply-accumulate units at 1 GHz in the chip's technology, with memory on the chip for all
/// weights and a 256 KiB buffer of activations. The port is the chip's.
DigitalReference systolic_reference(const Design& design, const MatrixLoad& load);
/// The longer of operations over peak and bytes over bandwidth (weights once, inputs and outputs of every matrix), at full power.
DigitalReference roofline_reference(const Roofline& machine, const MatrixLoad& load);

}  // namespace mho::analysis
