#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// A digital machine of a few figures: peak operations, memory bandwidth, power.
struct Roofline {
  std::string name;
  double operations_per_s = 0;  ///< 2 for each multiply-accumulate of int8
  double bytes_per_s = 0;
  double watt = 0;
};

/// Reads "138 TOPS, 614 GB/s, 175 W, TPUv4i": three figures with their units in any order, and a name or source. Throws UserError (usage).
Roofline parse_roofline(const std::string& text);

/// A network on a digital machine: what its trained matrices take with int8 weights and activations. Elementwise operators and products of activations
/// are not counted, as in the chip's own multiply-accumulates.
struct DigitalReference {
  std::string name;
  double multiply_accumulates = 0;  ///< per inference
  double seconds = 0;               ///< of an inference, and between two: the machine works on one at a time
  double joule = 0;                 ///< per inference, leakage included
  std::optional<double> square_metre;
  std::string limit;  ///< what takes the time: array, operations or memory
  std::string source;
  [[nodiscard]] double tops_per_watt() const { return 2 * multiply_accumulates / joule / 1e12; }
};

/// Which machine stands beside a result.
struct ReferenceChoice {
  bool shown = true;
  std::optional<Roofline> roofline;  ///< empty: the systolic array
};
/// "none", "systolic" or a roofline. Throws UserError (usage).
ReferenceChoice parse_reference(const std::string& text);

/// A weight-stationary systolic array of 64 x 64 int8 multiply-accumulate units at 1 GHz in the chip's technology, with memory on the chip for all
/// weights and a 256 KiB buffer of activations. `inferences` of the network's samples count as `share` of one, as a token does of a sequence.
DigitalReference systolic_reference(const Design& design, const workloads::Network& network, double share);
/// The longer of operations over peak and bytes over bandwidth (weights once, inputs and outputs of every matrix), at full power.
DigitalReference roofline_reference(const Roofline& machine, const workloads::Network& network, double share);

}  // namespace mho::analysis
