#include "analysis/experiment/digital_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/design_file/config.h"
#include "base/error.h"
#include "base/design_file/config.h"
#include "base/design_file/number_text.h"
#include "periphery/technology/scaling.h"
#include "periphery/technology/technology.h"

namespace mho::analysis {

namespace {

/// One matrix with all positions that are multiplied by it.
struct Product {
  double inputs = 0, outputs = 0, positions = 0;
  [[nodiscard]] double multiply_accumulates() const { return inputs * outputs * positions; }
};

/// `groups` of a grouped convolution are matrices of their own.
std::vector<Product> products_of(const workloads::Network& network, double share) {
  std::vector<Product> all;
  for (const workloads::Node& node : network.nodes) {
    for (const int index : node.matrices) {
      const workloads::Matrix& matrix = network.matrices.at(static_cast<std::size_t>(index));
      const Product one{static_cast<double>(matrix.inputs) / matrix.groups, static_cast<double>(matrix.outputs) / matrix.groups,
                        static_cast<double>(network.positions(node)) * share};
      all.insert(all.end(), static_cast<std::size_t>(matrix.groups), one);
    }
  }
  return all;
}

/// What a sample and its result take, a byte a value.
double port_bits(const workloads::Network& network) {
  constexpr double bits = 8;
  const auto count = [&](int value) { return static_cast<double>(workloads::element_count(network.values.at(static_cast<std::size_t>(value)).shape)); };
  return bits * (count(network.input) + count(network.output));
}

double sum(const std::vector<Product>& products, double (*of)(const Product&)) {
  double all = 0;
  for (const Product& product : products) all += of(product);
  return all;
}


}  // namespace

DigitalReference systolic_reference(const Design& design, const workloads::Network& network, double share) {
  // Side and clock of an embedded accelerator; energies of Horowitz, ISSCC 2014, at 45 nm and 0.9 V: 0.2 pJ an 8-bit multiplication, 0.1 pJ a 32-bit
  // addition; areas of the same table (282 and 137 um2), and as much again for the registers of a unit.
  constexpr double side = 64, hertz = 1e9, multiply_pj = 0.2, add_pj = 0.1, table_nm = 45, table_v = 0.9, unit_um2 = 2 * (282 + 137);
  constexpr double register_bits = 8 + 8 + 32, register_pj = 0.0011;  // of one bit, by DSENT's flip-flops of 45 nm (Sun et al., NOCS 2012)
  constexpr double activation_bytes = 256 * 1024, bits = 8, sum_bits = 32, picojoule = 1e-12, square_micrometre = 1e-12;
  const periphery::Technology technology = periphery::Technology::read(design.config);
  const std::vector<Product> products = products_of(network, share);
  const double weights = sum(products, [](const Product& p) { return p.inputs * p.outputs; });
  double cycles = 0, weight_reads = 0, activation_reads = 0, sum_accesses = 0;
  for (const Product& p : products) {
    const double down = std::ceil(p.inputs / side), across = std::ceil(p.outputs / side);
    // Weights of the next block come in while this one works; the array fills and drains once.
    cycles += down * across * std::max(p.positions, side) + 2 * side;
    weight_reads += p.inputs * p.outputs;
    activation_reads += p.inputs * across * p.positions;
    sum_accesses += p.outputs * p.positions * (2 * down - 1);
  }
  const double scaled = periphery::logic_energy(technology, table_nm, table_v) * picojoule;
  const double unit_joule = (multiply_pj + add_pj + register_bits * register_pj) * scaled;
  const double all_weights_bits = std::max(weights, 1.0) * bits;
  const periphery::MemoryCost of_weights = periphery::sram(technology, all_weights_bits),
                              of_activations = periphery::sram(technology, activation_bytes * bits);
  DigitalReference reference;
  reference.name = "int8 systolic array, 64 x 64 units at 1 GHz";
  reference.multiply_accumulates = sum(products, [](const Product& p) { return p.multiply_accumulates(); });
  reference.seconds = cycles / hertz;
  const double logic = side * side * unit_um2 * square_micrometre * periphery::logic_area(technology, table_nm);
  const double memories = of_weights.area_per_bit.si() * all_weights_bits + of_activations.area_per_bit.si() * activation_bytes * bits;
  const double leakage = periphery::logic_leakage(technology, base::Area(logic)).si() + of_weights.leakage_per_bit.si() * all_weights_bits +
                         of_activations.leakage_per_bit.si() * activation_bytes * bits;
  reference.joule = reference.multiply_accumulates * unit_joule + weight_reads * bits * of_weights.energy_per_bit.si() +
                    (activation_reads * bits + sum_accesses * sum_bits) * of_activations.energy_per_bit.si() + leakage * reference.seconds;
  reference.joule += port_bits(network) * share * design.chip.port.energy_per_bit.si();
  reference.square_metre = logic + memories;
  reference.limit = "array";
  reference.source = fmt::format("units: Horowitz, ISSCC 2014, at {:g} nm and {:g} V; memories and port as those of the chip",
                                 technology.node_nm, technology.vdd_v);
  return reference;
}

DigitalReference roofline_reference(const Roofline& machine, const workloads::Network& network, double share) {
  const std::vector<Product> products = products_of(network, share);
  DigitalReference reference;
  reference.name = machine.name;
  reference.multiply_accumulates = sum(products, [](const Product& p) { return p.multiply_accumulates(); });
  const double bytes = sum(products, [](const Product& p) { return p.inputs * p.outputs + (p.inputs + p.outputs) * p.positions; });
  const double computing = 2 * reference.multiply_accumulates / machine.operations_per_s, moving = bytes / machine.bytes_per_s;
  reference.seconds = std::max(computing, moving);
  reference.joule = machine.watt * reference.seconds;
  reference.limit = computing >= moving ? "operations" : "memory";
  reference.source = "the user's figures";
  return reference;
}

Roofline parse_roofline(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw base::UserError(fmt::format("--reference {}: {}; write none, systolic, or peak, bandwidth, power and a name: '138 TOPS, 614 GB/s, 175 W, TPUv4i'",
                                      text, why),
                          base::ExitCode::usage);
  };
  Roofline machine;
  const auto take = [&](double& target, double value) {
    if (!(value > 0) || !std::isfinite(value)) refuse("a figure must be above 0");
    if (target > 0) refuse("a figure is given twice");
    target = value;
  };
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part(base::trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
    const auto number = base::split_number(part);
    if (number && number->unit == "TOPS") {
      take(machine.operations_per_s, number->value * 1e12);
    } else if (const auto watt = number ? base::convert_unit(number->value, number->unit, "W") : std::nullopt) {
      take(machine.watt, *watt);
    } else if (const auto rate = number ? base::convert_unit(number->value, number->unit, "B/s") : std::nullopt) {
      take(machine.bytes_per_s, *rate);
    } else if (!part.empty()) {
      machine.name += (machine.name.empty() ? "" : ", ") + part;
    }
  }
  if (machine.operations_per_s <= 0) refuse("the peak in TOPS is missing");
  if (machine.bytes_per_s <= 0) refuse("the bandwidth in GB/s is missing");
  if (machine.watt <= 0) refuse("the power in W is missing");
  if (machine.name.empty()) machine.name = "roofline";
  return machine;
}

ReferenceChoice parse_reference(const std::string& text) {
  if (text == "none") return {.shown = false, .roofline = std::nullopt};
  if (text == "systolic") return {};
  return {.shown = true, .roofline = parse_roofline(text)};
}

}  // namespace mho::analysis
