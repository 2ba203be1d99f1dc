#include "tiles/wires/wires.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "base/error.h"
#include "base/progress.h"
#include "tiles/wires/line_network.h"

namespace mho::tiles {

namespace {

void check(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances) {
  if (outputs < 1 || inputs < 1 || conductances.size() != static_cast<std::size_t>(outputs) * static_cast<std::size_t>(inputs)) {
    throw std::logic_error("wires: the number of conductances is not outputs times inputs");
  }
  for (const auto& [name, ohm] : {std::pair{"input line", wires.input_ohm},
                                  {"output line", wires.output_ohm},
                                  {"driver", wires.driver_ohm},
                                  {"sense amplifier", wires.sense_ohm}}) {
    if (!(ohm >= 0.0) || std::isinf(ohm)) throw base::UserError(fmt::format("the resistance of the {} is {} ohm; it must be 0 or more", name, ohm));
  }
  const auto bad = std::ranges::find_if_not(conductances, [](double g) { return g >= 0.0 && std::isfinite(g); });
  if (bad == conductances.end()) return;
  const auto at = static_cast<std::size_t>(bad - conductances.begin());
  throw base::UserError(fmt::format("the conductance at output {}, input {} is {} S; it must be a finite number, 0 or more",
                                    at / static_cast<std::size_t>(inputs), at % static_cast<std::size_t>(inputs), *bad));
}

/// Current at 1 V of one output whose source line is parallel to its output line. With d_j the voltage over cell j, c_j its conductance and I the
/// current, -d_{j-1} + (2 + R c_j) d_j - d_{j+1} = 0, where R is the sum of both lines' segments and I feeds the ends. The loop through cell 0 then
/// determines I.
double two_line_current(const WireParameters& wires, std::span<const double> cells) {
  double all = 0;
  for (const double c : cells) all += c;
  if (all == 0.0) return 0.0;
  const double ohm = wires.input_ohm + wires.output_ohm;
  const double ends = wires.driver_ohm + wires.sense_ohm;
  if (ohm == 0.0) return all / (1.0 + ends * all);
  const std::size_t n = cells.size();
  // Thomas elimination for d at I = 1. The excess of the diagonal over its neighbours is stored separately, so that small R c lose no digits.
  std::vector<double> excess(n), d(n);
  for (std::size_t j = 0; j < n; ++j) {
    const double fed = (j == 0 ? wires.input_ohm : 0.0) + (j + 1 == n ? wires.output_ohm : 0.0);
    const double before = j == 0 ? 0.0 : excess[j - 1] / (1.0 + excess[j - 1]);
    excess[j] = before + ohm * cells[j];
    d[j] = fed + (j == 0 ? 0.0 : d[j - 1] / (1.0 + excess[j - 1]));
  }
  d[n - 1] /= excess[n - 1];
  for (std::size_t j = n - 1; j-- > 0;) d[j] = (d[j] + d[j + 1]) / (1.0 + excess[j]);
  double passed = 0;  // current in the output line behind cell j
  double drop = wires.driver_ohm + wires.input_ohm + d[0] + wires.output_ohm + wires.sense_ohm;
  for (std::size_t j = 0; j + 1 < n; ++j) {
    passed += cells[j] * d[j];
    drop += wires.output_ohm * passed;
  }
  return 1.0 / drop;
}

}  // namespace

std::vector<double> currents(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances,
                             std::span<const double> voltages) {
  check(wires, outputs, inputs, conductances);
  if (voltages.size() != static_cast<std::size_t>(inputs)) throw std::logic_error("wires: one voltage per input");
  const bool gates = wires.topology == WireParameters::Topology::separate_source;
  for (std::size_t j = 0; j < voltages.size(); ++j) {
    if (!std::isfinite(voltages[j])) throw base::UserError(fmt::format("the voltage of input {} is {}; it must be a finite number", j, voltages[j]));
    if (gates && (voltages[j] < 0.0 || voltages[j] > 1.0)) {
      throw base::UserError(
          fmt::format("input {} opens its gates by {}; with separate source lines inputs lie between 0 (closed) and 1 (open)", j, voltages[j]));
    }
  }
  if (!gates) return LineNetwork(wires, outputs, inputs, conductances).forward(voltages);
  const auto columns = static_cast<std::size_t>(inputs);
  std::vector<double> result(static_cast<std::size_t>(outputs));
  std::vector<double> cells(columns);
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (std::size_t j = 0; j < columns; ++j) cells[j] = conductances[i * columns + j] * voltages[j];
    result[i] = two_line_current(wires, cells);
  }
  return result;
}

double effective_matrix_seconds(const WireParameters& wires, int outputs, int inputs) {
  constexpr double typical_siemens = 5e-6;
  const std::vector<double> cells(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(inputs), typical_siemens);
  const LineNetwork network(wires, outputs, inputs, cells);
  const auto start = std::chrono::steady_clock::now();
  std::vector<Lanes> rows;
  network.reciprocal_rows(0, rows);
  const double once = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return once * std::ceil(static_cast<double>(outputs) / static_cast<double>(wire_lanes));
}

std::vector<double> effective_matrix(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances, int threads) {
  check(wires, outputs, inputs, conductances);
  if (wires.topology == WireParameters::Topology::separate_source) {
    throw base::UserError(
        "with separate source lines currents are not linear in the inputs, so there is no effective matrix; ask for the currents of a vector");
  }
  const LineNetwork network(wires, outputs, inputs, conductances);
  const auto columns = static_cast<std::size_t>(inputs);
  std::vector<double> matrix(conductances.size());
  const std::size_t rows = static_cast<std::size_t>(outputs);
  base::parallel_for((rows + wire_lanes - 1) / wire_lanes, threads, [&](std::size_t block) {
    std::vector<Lanes> result;
    network.reciprocal_rows(static_cast<int>(block * wire_lanes), result);
    for (std::size_t b = 0; b < std::min(wire_lanes, rows - block * wire_lanes); ++b) {
      for (std::size_t j = 0; j < columns; ++j) matrix[(block * wire_lanes + b) * columns + j] = result[j][b];
    }
  });
  return matrix;
}

}  // namespace mho::tiles
