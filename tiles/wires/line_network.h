#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "tiles/wires/wires.h"

namespace mho::tiles {

/// Right-hand sides that are solved together: one vector of numbers per node.
inline constexpr std::size_t wire_lanes = 8;
using Lanes = std::array<double, wire_lanes>;

/// Node voltages of a crossbar with resistive lines. Each line alone is a ladder: seen from its open end, the rest of the line is a conductance Y in
/// parallel with its cell, and a current J; each further segment R reduces both by 1 / (1 + R Y). These factors depend on the conductances only
/// and are shared by all right-hand sides. Segments are stated as resistances, so any of them may be 0.
///
/// With the input lines eliminated exactly, the voltages u of the output lines obey (A - G B G) u = b, A and 1/B the ladders of output and input
/// lines. Conjugate gradients with the output ladders as preconditioner solve this in few steps, because lines couple only through the small voltage
/// drops on the other kind of line. A is never multiplied: A p has a recursion.
class LineNetwork {
 public:
  LineNetwork(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances);

  /// Currents into the sources of the inputs when the grounds of `outputs` (at most wire_lanes of them, from `first`) are raised to 1 V, one lane
  /// each: by reciprocity, rows of the effective matrix. `rows` [inputs] lanes.
  void reciprocal_rows(int first, std::vector<Lanes>& rows) const;
  /// Currents into the grounds for one vector of source voltages.
  [[nodiscard]] std::vector<double> forward(std::span<const double> voltages) const;

 private:
  using Field = std::vector<Lanes>;  ///< [outputs][inputs]
  [[nodiscard]] std::size_t at(std::size_t i, std::size_t j) const { return i * inputs_ + j; }
  /// One output line: injected currents to voltages, ground at `ground`.
  void output_line(std::size_t i, const Lanes* injected, const Lanes& ground, Lanes* voltages) const;
  /// All input lines: voltages that currents G u drive, sources at 0; `into_sources` [inputs] gets the currents into them. `work` is overwritten.
  void input_lines(const Field& u, Field& v, std::vector<Lanes>& into_sources) const;
  /// The ladders of the output lines as preconditioner: `z` from `residual`. Returns their inner product.
  [[nodiscard]] Lanes precondition(const Field& residual, Field& z) const;
  /// Solves for `residual`, which is overwritten. Adds the solution to `u`, if given, and its currents to `into_sources`.
  /// Throws UserError if it does not converge.
  void conjugate_gradients(Field& residual, const Lanes& energy, Field* u, std::vector<Lanes>* into_sources) const;

  std::size_t outputs_;
  std::size_t inputs_;
  double input_ohm_, output_ohm_, source_ohm_, ground_ohm_;
  std::vector<double> g_;
  std::vector<double> shrink_input_;   ///< by cell: 1 / (1 + R Y) of the segment on its way to the source
  std::vector<double> shrink_output_;  ///< by cell: the same on its way to the ground
};

}  // namespace mho::tiles
