#include "analysis/cost/digital_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "periphery/technology/scaling.h"
#include "periphery/technology/technology.h"

namespace mho::analysis {

namespace {

double sum(const std::vector<MatrixWork>& products, double (*of)(const MatrixWork&)) {
  double all = 0;
  for (const MatrixWork& product : products) all += of(product);
  return all;
}

}  // namespace

DigitalReference systolic_reference(const Design& design, const MatrixLoad& load) {
  // Side and clock of an embedded accelerator. Energies: Horowitz, ISSCC 2014, at 45 nm and 0.9 V: 0.2 pJ per 8-bit multiplication, 0.1 pJ per 32-bit
  // addition. Areas: the same table (282 and 137 um2), doubled for the registers of a unit.
  constexpr double side = 64, hertz = 1e9, multiply_pj = 0.2, add_pj = 0.1, table_nm = 45, table_v = 0.9, unit_um2 = 2 * (282 + 137);
  constexpr double register_bits = 8 + 8 + 32, register_pj = 0.0011;  // per bit: flip-flops at 45 nm of DSENT (Sun et al., NOCS 2012)
  constexpr double activation_bytes = 256 * 1024, bits = 8, sum_bits = 32, picojoule = 1e-12, square_micrometre = 1e-12;
  const periphery::Technology technology = periphery::Technology::read(design.config);
  const std::vector<MatrixWork>& products = load.products;
  const double weights = load.weights;
  double cycles = 0, weight_reads = 0, activation_reads = 0, sum_accesses = 0;
  for (const MatrixWork& p : products) {
    const double down = std::ceil(p.inputs / side), across = std::ceil(p.outputs / side);
    // The weights of the next block are loaded while this one works; the array fills and drains once. A matrix of a single block stays loaded from
    // one use to the next.
    const bool stays = down * across == 1;
    cycles += stays ? side + p.times * (p.positions + 2 * side) : p.times * (down * across * std::max(p.positions, side) + 2 * side);
    weight_reads += p.inputs * p.outputs * (stays ? 1 : p.times);
    activation_reads += p.inputs * across * p.positions * p.times;
    sum_accesses += p.outputs * p.positions * p.times * (2 * down - 1);
  }
  const double scaled = periphery::logic_energy(technology, table_nm, table_v) * picojoule;
  const double unit_joule = (multiply_pj + add_pj + register_bits * register_pj) * scaled;
  const double all_weights_bits = std::max(weights, 1.0) * bits;
  const periphery::MemoryCost of_weights = periphery::sram(technology, all_weights_bits),
                              of_activations = periphery::sram(technology, activation_bytes * bits);
  DigitalReference reference;
  reference.name = "int8 systolic array, 64 x 64 units at 1 GHz";
  reference.multiply_accumulates = sum(products, [](const MatrixWork& p) { return p.multiply_accumulates(); });
  reference.seconds = cycles / hertz;
  const double logic = side * side * unit_um2 * square_micrometre * periphery::logic_area(technology, table_nm);
  const double memories = of_weights.area_per_bit.si() * all_weights_bits + of_activations.area_per_bit.si() * activation_bytes * bits;
  const double leakage = periphery::logic_leakage(technology, base::Area(logic)).si() + of_weights.leakage_per_bit.si() * all_weights_bits +
                         of_activations.leakage_per_bit.si() * activation_bytes * bits;
  reference.joule = reference.multiply_accumulates * unit_joule + weight_reads * bits * of_weights.energy_per_bit.si() +
                    (activation_reads * bits + sum_accesses * sum_bits) * of_activations.energy_per_bit.si() + leakage * reference.seconds;
  reference.joule += load.port_bits * design.chip.port.energy_per_bit.si();
  reference.square_metre = logic + memories;
  reference.limit = "array";
  reference.source =
      fmt::format("units: Horowitz, ISSCC 2014, at {:g} nm and {:g} V; memories and port as those of the chip", technology.node_nm, technology.vdd_v);
  return reference;
}

DigitalReference roofline_reference(const Roofline& machine, const MatrixLoad& load) {
  const std::vector<MatrixWork>& products = load.products;
  DigitalReference reference;
  reference.name = machine.name;
  reference.multiply_accumulates = sum(products, [](const MatrixWork& p) { return p.multiply_accumulates(); });
  const double bytes = load.weights + sum(products, [](const MatrixWork& p) { return (p.inputs + p.outputs) * p.positions * p.times; });
  const double computing = 2 * reference.multiply_accumulates / machine.operations_per_s, moving = bytes / machine.bytes_per_s;
  reference.seconds = std::max(computing, moving);
  reference.joule = machine.watt * reference.seconds;
  reference.limit = computing >= moving ? "operations" : "memory";
  reference.source = "the user's figures";
  return reference;
}

}  // namespace mho::analysis
