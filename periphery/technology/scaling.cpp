#include "periphery/technology/scaling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "base/elementary.h"

namespace mho::periphery {

namespace {

/// A value at a node. by_node() interpolates the logarithm over that of the node; beyond the outer nodes it scales with a power of the node.
struct ByNode {
  double node_nm, value;
};

double power_of(double base, double exponent) { return base::exponential(exponent * base::logarithm(base)); }

double by_node(std::span<const ByNode> rows, double node_nm, double exponent_beyond) {
  if (node_nm <= rows.front().node_nm) return rows.front().value * power_of(node_nm / rows.front().node_nm, exponent_beyond);
  if (node_nm >= rows.back().node_nm) return rows.back().value * power_of(node_nm / rows.back().node_nm, exponent_beyond);
  std::size_t i = 1;
  while (rows[i].node_nm < node_nm) ++i;
  const ByNode &below = rows[i - 1], &above = rows[i];
  const double share = base::logarithm(node_nm / below.node_nm) / base::logarithm(above.node_nm / below.node_nm);
  return below.value * power_of(above.value / below.value, share);
}

/// Energy of logic at a node and supply, in arbitrary units (coefficients: Stillmaker and Baas, Integration 58 (2017)).
double relative_energy(double node_nm, double volt) {
  struct Row {
    double node_nm, a, b, c;
  };
  constexpr std::array rows{Row{7, 0.1776, -0.09097, 0.02447}, Row{10, 0.2068, -0.09311, 0.02375}, Row{14, 0.2363, -0.09675, 0.02239},
                            Row{16, 0.2958, -0.1241, 0.03024}, Row{20, 0.373, -0.1582, 0.04104},   Row{32, 0.9559, -0.7823, 0.471},
                            Row{45, 1.103, -0.362, 0.2767},    Row{65, 3.755, -4.398, 1.975}};
  // Above the range of the fits, energy grows with the square of the supply.
  constexpr double highest_v = 1.2;
  const double fitted = std::min(volt, highest_v), beyond = volt / fitted * (volt / fitted);
  std::array<ByNode, rows.size()> energies{};
  for (std::size_t i = 0; i < rows.size(); ++i) energies.at(i) = {rows[i].node_nm, rows[i].a * fitted * fitted + rows[i].b * fitted + rows[i].c};
  return by_node(energies, node_nm, 1.0) * beyond;
}

constexpr double celsius_of_kelvin = 273.15;
constexpr double reference_celsius = 25.0;

/// Threshold voltage in volt at 25 C and nominal supply.
double threshold_v(Threshold threshold) {
  constexpr double standard = 0.35, step = 0.06;
  return threshold == Threshold::low ? standard - step : (threshold == Threshold::high ? standard + step : standard);
}

/// Old nodes have a higher supply and thicker oxides. Their thresholds rise by a fifth of the nominal supply above 0.8 V.
double threshold_v(const Technology& to) {
  constexpr double share = 0.2, modern_v = 0.8;
  return threshold_v(to.threshold) + share * std::max(0.0, nominal_vdd(to.node_nm) - modern_v);
}

}  // namespace

double logic_energy(const Technology& to, double from_nm, double from_v) {
  return relative_energy(to.node_nm, to.vdd_v) / relative_energy(from_nm, from_v);
}

double logic_area(const Technology& to, double from_nm) {
  constexpr std::array rows{ByNode{7, 0.0092}, ByNode{10, 0.016}, ByNode{14, 0.027}, ByNode{16, 0.030}, ByNode{20, 0.033},
                            ByNode{32, 0.072}, ByNode{45, 0.16},  ByNode{65, 0.23},  ByNode{90, 0.44},  ByNode{130, 1.0}};
  return by_node(rows, to.node_nm, 2.0) / by_node(rows, from_nm, 2.0);
}

double analog_area(const Technology& to, double from_nm) { return power_of(to.node_nm / from_nm, 0.99328); }

double analog_energy(const Technology& to, double from_nm, double from_v) {
  const double supply = to.vdd_v / from_v;
  return power_of(to.node_nm / from_nm, 0.99328) * supply * supply;
}

double leakage_factor(const Technology& to) {
  constexpr double swing_v = 0.085, lowering = 0.1, per_kelvin_v = 1e-3, ln_10 = 2.302585092994046;
  const double kelvin = (to.temperature_c + celsius_of_kelvin) / (reference_celsius + celsius_of_kelvin);
  const double nominal = nominal_vdd(to.node_nm);
  const double own = threshold_v(to.threshold) - per_kelvin_v * (to.temperature_c - reference_celsius) - lowering * (to.vdd_v - nominal);
  const double exponent = threshold_v(Threshold::high) / swing_v - own / (swing_v * kelvin);
  return to.vdd_v / nominal * kelvin * kelvin * base::exponential(exponent * ln_10);
}

base::Power logic_leakage(const Technology& to, base::Area area) {
  // In mW/mm2 at low threshold. Above 45 nm: the value of 45 nm, scaled by off-current (0.2, 0.1, 0.05 and 0.01 uA/um at 45, 65, 90 and 130 nm), by
  // width of transistors per area (1 / node) and by supply.
  constexpr std::array rows{ByNode{11, 576}, ByNode{22, 844}, ByNode{32, 380}, ByNode{45, 278}, ByNode{65, 106}, ByNode{90, 41.7}, ByNode{130, 5.8}};
  Technology low = to;
  low.threshold = Threshold::low;
  low.temperature_c = reference_celsius;
  low.vdd_v = nominal_vdd(to.node_nm);
  constexpr double milliwatt_per_square_millimetre = 1e-3 / 1e-6;
  const double density = by_node(rows, std::clamp(to.node_nm, rows.front().node_nm, rows.back().node_nm), 0.0) * milliwatt_per_square_millimetre;
  return base::Power(density * area.si() * leakage_factor(to) / leakage_factor(low));
}

double overdrive(const Technology& to) { return to.vdd_v - threshold_v(to); }

base::Duration gate_delay(const Technology& to) {
  constexpr double per_nanometre_s = 0.36e-12, exponent = 1.3;
  Technology standard = to;
  standard.threshold = Threshold::standard;
  standard.vdd_v = nominal_vdd(to.node_nm);
  const double slower = to.vdd_v / standard.vdd_v * power_of(overdrive(standard) / std::max(overdrive(to), least_overdrive_v), exponent);
  return base::Duration(per_nanometre_s * to.node_nm * slower);
}

base::Frequency clock_limit(const Technology& to) {
  constexpr double gates_a_cycle = 20;
  return base::Frequency(1.0 / (gates_a_cycle * gate_delay(to).si()));
}

double sizing(double share) { return share < 1 ? 1.0 / (1.0 - share * share) : std::numeric_limits<double>::infinity(); }

double sizing(const Technology& to, base::Frequency clock) { return sizing(clock.si() / clock_limit(to).si()); }

namespace {

constexpr double bits_per_kibibyte = 8192;

/// Energy of static memories in pJ/bit, at 14 nm and 0.8 V.
double energy_by_capacity(double kibibytes) { return 0.002 + 0.0057 * std::sqrt(kibibytes); }

/// Area of one bit in um2: the cell over the share of the area that cells fill, plus a periphery as large as `periphery_kibibytes` of such bits.
double bit_um2(double cell_um2, double efficiency, double periphery_kibibytes, double kibibytes) {
  return cell_um2 / efficiency * (1 + periphery_kibibytes / kibibytes);
}

double sram_cell_um2(const Technology& to) {
  // Cells in um2: 0.57, 0.346, 0.171, 0.092, 0.0588 (Intel, IEDM 2004 to 2014), 0.027 and 0.021 (TSMC, IEDM 2016 and 2019).
  constexpr std::array cells{ByNode{5, 0.021},  ByNode{7, 0.027},  ByNode{14, 0.0588}, ByNode{22, 0.092},
                             ByNode{32, 0.171}, ByNode{45, 0.346}, ByNode{65, 0.57}};
  return by_node(cells, to.node_nm, 2.0);
}

}  // namespace

base::Area sram_cell(const Technology& to) { return base::unit::square_micrometre * sram_cell_um2(to); }

MemoryCost sram(const Technology& to, double bits) {
  constexpr double efficiency = 0.58, periphery_kibibytes = 0.5, picowatt = 1e-12;
  const double kibibytes = std::max(bits, 1.0) / bits_per_kibibyte;
  MemoryCost cost;
  cost.energy_per_bit = base::unit::picojoule * (energy_by_capacity(kibibytes) * logic_energy(to, reference_nm, reference_v));
  cost.area_per_bit = base::unit::square_micrometre * bit_um2(sram_cell_um2(to), efficiency, periphery_kibibytes, kibibytes);
  cost.leakage_per_bit = base::Power(10 * picowatt * leakage_factor(to));
  return cost;
}

MemoryCost edram(const Technology& to, double bits) {
  // Cells of a transistor and a trench capacitor in um2 (IBM: ISSCC 2007, JSSC 46:64 (2011), IEDM 2009, IEDM 2014, ISSCC 2015).
  constexpr std::array cells{ByNode{14, 0.0174}, ByNode{22, 0.026}, ByNode{32, 0.039}, ByNode{45, 0.067}, ByNode{65, 0.127}};
  constexpr double efficiency = 0.36, periphery_kibibytes = 29, published_kibibytes = 64, published_pj = 20.5 / 256, published_nm = 32,
                   published_v = 0.9, retention_s = 100e-6;
  const double kibibytes = std::max(bits, 1.0) / bits_per_kibibyte;
  const auto energy = [&to](double capacity) {
    return base::unit::picojoule *
           (published_pj * energy_by_capacity(capacity) / energy_by_capacity(published_kibibytes) * logic_energy(to, published_nm, published_v));
  };
  MemoryCost cost;
  cost.energy_per_bit = energy(kibibytes);
  cost.area_per_bit = base::unit::square_micrometre * bit_um2(by_node(cells, to.node_nm, 2.0), efficiency, periphery_kibibytes, kibibytes);
  cost.leakage_per_bit = base::Power(energy(std::min(kibibytes, published_kibibytes)).si() / retention_s);
  return cost;
}

MemoryCost memory(MemoryKind kind, const Technology& to, double bits) { return kind == MemoryKind::edram ? edram(to, bits) : sram(to, bits); }

std::string outside_memory(MemoryKind kind, const Technology& to, double bits) {
  if (kind == MemoryKind::sram) return "";
  constexpr double least_kibibytes = 16, least_nm = 14;
  if (bits < least_kibibytes * bits_per_kibibyte) {
    return fmt::format(
        "tile.buffer.kind: a dynamic memory of {:.3g} KiB is small for its sense amplifiers and its refresh; the model holds from {} KiB",
        bits / bits_per_kibibyte, least_kibibytes);
  }
  if (to.node_nm < least_nm) {
    return fmt::format("tile.buffer.kind: no dynamic memory on a logic process below {} nm is published; cells are scaled by area", least_nm);
  }
  return "";
}

}  // namespace mho::periphery
