#pragma once

#include <span>
#include <vector>

namespace mho::tiles {

/// The lines of a crossbar of `outputs` output lines and `inputs` input lines with a conductance at each crossing, all resistances in ohm.
///   input_source: input line j is driven by its voltage at the end next to output 0, its other end is open; output line i runs from its open end at
///     input 0 to virtual ground behind input `inputs` - 1. The circuit is linear.
///   separate_source: inputs only open the cells' gates (they draw no current and see no drop); each output has a source line of its own, held at 1 V
///     at the end next to input 0 and parallel to its output line, and cell (i, j) conducts g_ij v_j with v_j in [0, 1]. Linear in no input.
struct WireParameters {
  double input_ohm = 0;   ///< of one cell's segment of an input (or source) line
  double output_ohm = 0;  ///< of one cell's segment of an output line
  double driver_ohm = 0;  ///< in series with the first segment of an input (or source) line
  double sense_ohm = 0;   ///< in series with the last segment of an output line
  enum class Topology { input_source, separate_source } topology = Topology::input_source;
};

/// Currents into virtual ground in A, one per output, for one vector of voltages [inputs] in V and conductances [outputs][inputs] in S; exact to
/// about 1e-12 of the largest. Any resistance may be 0. Throws UserError for a conductance, voltage or resistance that is not finite, or negative
/// where it must not be.
std::vector<double> currents(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances,
                             std::span<const double> voltages);

/// Estimated seconds of effective_matrix on one thread of this machine for lines of this size, measured on one of its parts.
double effective_matrix_seconds(const WireParameters& wires, int outputs, int inputs);

/// The matrix [outputs][inputs] in S with currents = matrix * voltages, equally exact. The same bits for any number of threads. Throws UserError for
/// separate source lines, which have no such matrix.
std::vector<double> effective_matrix(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances, int threads);

}  // namespace mho::tiles
