#include "tiles/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "periphery/converters/quantiser.h"
#include "periphery/technology/scaling.h"
#include "tiles/device/device.h"
#include "tiles/wires/wires.h"

namespace mho::tiles {

namespace {

using base::choice;
using base::Declaration;
using base::number;
using base::standard;
using base::whole;
using base::word;
using periphery::CostNote;

constexpr double most = 1e6;
constexpr double longest_interval_s = 1000.0 * 365 * 86400;  // 1000 years, the limit of --times

Declaration number_or_off(std::string key, base::Value value, double minimum, double maximum, std::string sentence, std::string source) {
  return base::number_or(std::move(key), "", std::move(value), minimum, maximum, {"off"}, std::move(sentence), std::move(source));
}

const std::string arrays = "arrays of ISAAC (Shafiee et al., ISCA 2016) and PUMA (Ankit et al., ASPLOS 2019)";
const std::string toolkit = "optional in Rasch et al., AICAS 2021; off in the standard model";

base::Declarations coding_declarations() {
  return {
      base::steps(word("tile.coding.kind", "differential", {"differential", "offset"},
                       "Coding of the sign of a weight. 'differential': one device for each sign; 'offset': a single device, minus a column of "
                       "devices at half the range.",
                       standard),
                  {{"offset", "differential"}}),
      base::more(whole("tile.coding.slices", 1, 1, 16,
                       "Number of arrays that each hold some bits of a weight; shift-and-add after the converters combines their results.", choice)),
      whole("tile.coding.bits_per_slice", 2, 1, 8, "Magnitude bits that a slice holds; not used with a single slice.",
            "2-bit cells of ISAAC (Shafiee et al., ISCA 2016)"),
      base::more(whole("tile.coding.pairs", 1, 1, 8, "Number of sets of devices per weight; their currents add up before the converter.", standard)),
      number("tile.coding.significance", "", 1.0, 1.0, 64.0, "Weight of a pair relative to that of the next pair.",
             "pairs of different significance: Ambrogio et al., Nature 558:60 (2018)"),
      word("tile.coding.pairing", "equal", {"equal", "residual"},
           "Target of further pairs. 'equal': the same weight; 'residual': the programming error of the pairs before.",
           "Mackin et al., Adv. Electron. Mater. 5:1900026 (2019)"),
  };
}

base::Declarations readout_declarations() {
  return {
      number("tile.noise.output_spread", "", 0.0, 0.0, 10.0, "Relative spread of the noise between outputs.", toolkit),
      number("tile.readout.offset", "", 0.0, 0.0, 1.0, "Spread s of the voltage offset: output i loses the share max(0, s N).", toolkit),
      number("tile.readout.series_resistance", "", 0.0, 0.0, most,
             "Series resistance of the read-out: y / (1 + min(rs |y|, limit)), y in full cells.", toolkit),
      number("tile.readout.series_limit", "", 1.0, 0.0, most, "Upper limit of the loss to the series resistance.", toolkit),
      number("tile.readout.s_curve", "", 0.0, -most, most, "Curvature n0 of the outputs: y / (1 + |n0 / bound| |y|); the bound is tile.adc.bound.",
             toolkit),
      number("tile.readout.s_curve_spread", "", 0.0, 0.0, 10.0, "Relative spread of the curvature between outputs.", toolkit),
      number("tile.readout.s_curve_correction", "", 0.0, 0.0, 10.0, "Share c of the mean curvature that a factor (1 + mean(n) c bound)^2 corrects.",
             toolkit),
      number("tile.readout.asymmetry", "", 0.0, -1.0, 1.0, "Share by which negative outputs are too weak.", toolkit),
  };
}

base::Declarations wire_declarations() {
  const std::string wire = "0.35 ohm per cell, Rasch et al., Nat. Commun. 14:5282 (2023)";
  return {
      word("tile.wires.kind", "approximate", {"none", "approximate", "exact"},
           "Resistance of the lines. 'none': no resistance; 'approximate': static approximation of tile.ir_drop; 'exact': solution of the circuit at "
           "every age.",
           standard),
      number_or_off("tile.ir_drop.scale", 1.0, 0.0, 1000.0, "Factor on the approximate voltage drop along the lines.", standard),
      number("tile.ir_drop.wire_ratio", "", 571428.57, 1.0, 1e12,
             "Conductance of the wire of one cell over g_max; the default is 0.35 ohm and 5 uS, five times the ratio of a 25 uS device.", standard),
      word("tile.wires.sense_end", "first", {"first", "last"}, "Input that is next to the sense amplifiers, where the voltage drop is zero.",
           "orientation of the standard crossbar model"),
      number("tile.wires.input", "ohm", 0.35, 0.0, most, "Resistance of an input line from cell to cell, for exact wires.", wire),
      number("tile.wires.output", "ohm", 0.35, 0.0, most, "Resistance of an output line from cell to cell, for exact wires.", wire),
      number("tile.wires.driver", "ohm", 0.0, 0.0, most, "Resistance between a driver and its line, for exact wires.", choice),
      number("tile.wires.sense", "ohm", 0.0, 0.0, most, "Resistance between an output line and virtual ground, for exact wires.", choice),
  };
}

base::Declarations tile_declarations() {
  return {
      base::more(whole("tile.rows", 128, 1, 65536, "Word lines of a tile: inputs of one MVM.", arrays)),
      base::more(whole("tile.columns", 128, 1, 65536, "Bit lines of a tile: outputs of one MVM if an output takes one column.", arrays)),
      word("tile.noise.read_kind", "pcm", {"off", "constant", "pcm"},
           "Short-term read noise of the weights. 'constant': depends on the norm of the input; 'pcm': depends on the current.", standard),
      number("tile.noise.read", "", 0.0175, 0.0, 100.0, "Short-term read noise of a full cell (s_w).", standard),
      number("tile.noise.output", "", 0.04, 0.0, 100.0, "Noise of every output, in full cells (s_out).", standard),
      number_or_off("tile.input.asymmetry", std::string("off"), -1.0, 1.0, "Share by which negative inputs are driven too weakly.", toolkit),
      word("tile.input_range.kind", "calibrated", {"calibrated", "per_vector", "constrained", "off"},
           "Input range. 'calibrated': static, from calibration samples; 'per_vector': the largest input of each vector; 'constrained': as "
           "per_vector, but wider if outputs would clip; 'off': none (inputs beyond 1 clip).",
           standard),
      word("tile.input_range.method", "quantile", {"quantile", "max", "sigma", "mean_max"},
           "Statistic of the calibration inputs that sets a static range. 'quantile': quantile of their magnitudes; 'max': largest magnitude; "
           "'sigma': multiple of their standard deviation; 'mean_max': largest magnitude of a vector, mean over vectors.",
           choice),
      number("tile.input_range.quantile", "", 0.99995, 0.5, 1.0, "Share of the calibration inputs inside the range.", choice),
      number("tile.input_range.sigmas", "", 3.0, 0.1, 100.0, "Range in standard deviations of the calibration inputs (method sigma).",
             "initial ranges of the retraining of Rasch et al., Nat. Commun. 14:5282 (2023)"),
      word("tile.input_range.learned", "use", {"use", "ignore"},
           "Whether static ranges that retraining stored in the network replace the calibrated ones.", choice),
      word("tile.mapping.scale", "column", {"none", "column", "tile"},
           "Divisor of the weights: the largest weight of their column, the largest weight of the tile, or none.", standard),
      word("tile.drift_compensation", "global", {"none", "global", "column", "exact"},
           "Factor on the outputs: mean response to one-hot inputs just after programming, over the same mean now. 'global': one factor for the "
           "tile; 'column': one for each column; 'exact': one for the tile, from its true conductances; 'none': no factor.",
           standard),
      base::number_or("tile.upkeep.refresh", "s", std::string("never"), 1.0, longest_interval_s, {"never"},
                      "Time after which all devices are programmed again, so no device gets older. The accuracy at a larger age is that just before "
                      "reprogramming.",
                      choice),
      base::number_or("tile.upkeep.recalibrate", "s", std::string("always"), 1e-3, longest_interval_s, {"always"},
                      "Time between measurements of the drift compensation. Outputs are multiplied by a factor of this age, as just before the next "
                      "measurement. 'always': measured before every use, at no cost.",
                      choice),
      base::less(number("tile.array.read_voltage", "V", 0.2, 1e-3, 10.0, "Voltage of a driven word line.",
                        "common read voltage of phase-change memory arrays")),
      base::number_or("tile.array.supply", "V", std::string("vdd"), 1e-3, 10.0, {"vdd"},
                      "Voltage of the supply that delivers the current of the cells through a regulator; 'vdd': chip.vdd.",
                      "architect's choice: linear regulation, so that the supply delivers the current at its own voltage"),
      number("tile.array.line_capacitance", "fF", 0.14, 0.0, most, "Capacitance of a word line for each cell it crosses.",
             "0.2 fF/um wire capacitance, cell pitch 0.7 um"),
      number("tile.array.gate_capacitance", "fF", 0.2, 0.0, most,
             "Capacitance of the selectors of one cell on its word line, which swings to chip.vdd.",
             "architect's choice: two transistors of about 0.1 um width at 1 fF/um"),
      word("tile.array.cell", "transistor", {"transistor", "sram"},
           "Cell of a device. 'transistor': the device with one transistor; 'sram': static cells of 8 transistors, one per bit of "
           "tile.device.levels, whose read transistors are the device.",
           "cells of 8 transistors are 30 % larger than those of 6: Chang et al., VLSI 2005"),
      word("tile.array.selector", "row", {"row", "block"},
           "Selection of a cell. 'row': by its word line; all cells of driven rows take part in the product. 'block': also by a second transistor, "
           "which cuts off cells in the rows of one block or group on the diagonal and the columns of another; blocks without a common row or column "
           "then work at the same time.",
           "architect's choice; the second transistor takes half the area of a device with the first"),
      base::model_or("tile.array.cell_area", "um2",
                     "Area of one unit cell: the devices of a weight in one array and their selectors; 'model' follows tile.coding.kind and "
                     "chip.technology.",
                     "architect's choice: 0.25 um2 a device with its transistor at 14 nm, by area of logic"),
      number("tile.front_end.bias", "", 4.0, 0.0, 1e3,
             "Current that the read-out of a column (amplifier or current copies, integrator, sample-and-hold) draws while it integrates, relative "
             "to the full-scale current of its converter.",
             "fitted to the published macros with non-volatile cells of UIUC-IMC-Benchmarking: examples/readout_fit"),
      base::model_or(
          "tile.front_end.area", "um2", "Area of the read-out of one column.",
          "1500 um2 at 14 nm, with the node: 1700 um2 a column are left of the core of Le Gallo et al., Nat. Electron. 6:680 (2023), less its "
          "cells, and 2000 um2 of the tile projected by Jain et al., IEEE TVLSI 31:114 (2023)"),
      base::model_or("tile.supply.leakage", "uW", "Power of the regulator of a tile at rest.",
                     "architect's choice: 20 uA from chip.vdd, half of it where inputs of one sign are driven at a time"),
      base::model_or(
          "tile.supply.area", "um2", "Area of the regulator of a tile.",
          "architect's choice: 2000 um2 at 14 nm, half of it for the programming current of 64 columns, a quarter for each sign of input that is "
          "driven at once; by tile.program.parallel_columns and tile.dac.passes"),
  };
}

WeightCoding read_coding(const base::Config& config, const DeviceParameters& device) {
  WeightCoding c;
  c.kind = config.word("tile.coding.kind") == "differential" ? WeightCoding::Kind::differential : WeightCoding::Kind::offset;
  c.slices = static_cast<int>(config.integer("tile.coding.slices"));
  c.bits_per_slice = static_cast<int>(config.integer("tile.coding.bits_per_slice"));
  c.pairs = static_cast<int>(config.integer("tile.coding.pairs"));
  c.significance = config.real("tile.coding.significance");
  c.residual = config.word("tile.coding.pairing") == "residual";
  constexpr int most_bits = 16;
  if (c.slices > 1 && c.slices * c.bits_per_slice > most_bits) {
    config.refuse("tile.coding.slices", fmt::format("{} slices of {} bits make {} bits of a weight; at most {} are legal", c.slices, c.bits_per_slice,
                                                    c.slices * c.bits_per_slice, most_bits));
  }
  if (c.slices > 1 && device.levels && *device.levels < (1 << c.bits_per_slice)) {
    config.refuse("tile.device.levels", fmt::format("a device of {} levels cannot hold the {} bits of a slice, which take {}; raise it or lower "
                                                    "tile.coding.bits_per_slice",
                                                    *device.levels, c.bits_per_slice, 1 << c.bits_per_slice));
  }
  if (c.pairs == 1 && c.significance > 1.0)
    config.refuse("tile.coding.significance", "a single pair has none; raise tile.coding.pairs or leave this at 1");
  if (c.residual && c.pairs == 1) config.refuse("tile.coding.pairing", "a residual needs a second pair to hold it; raise tile.coding.pairs");
  return c;
}

InputRange read_range(const base::Config& config) {
  InputRange r;
  const std::string& kind = config.word("tile.input_range.kind");
  using Kind = InputRange::Kind;
  r.kind = kind == "calibrated" ? Kind::calibrated : (kind == "per_vector" ? Kind::per_vector : (kind == "off" ? Kind::off : Kind::constrained));
  const std::string& method = config.word("tile.input_range.method");
  using Method = InputRange::Method;
  r.method = method == "quantile" ? Method::quantile : (method == "max" ? Method::most : (method == "sigma" ? Method::sigma : Method::mean_most));
  r.quantile = config.real("tile.input_range.quantile");
  r.sigmas = config.real("tile.input_range.sigmas");
  r.learned = config.word("tile.input_range.learned") == "use";
  return r;
}

Readout read_readout(const base::Config& config) {
  Readout r;
  r.offset = config.real("tile.readout.offset");
  r.series = config.real("tile.readout.series_resistance");
  r.series_limit = config.real("tile.readout.series_limit");
  r.s_curve = config.real("tile.readout.s_curve");
  r.s_curve_spread = config.real("tile.readout.s_curve_spread");
  r.s_curve_correction = config.real("tile.readout.s_curve_correction");
  r.asymmetry = config.real("tile.readout.asymmetry");
  r.noise_spread = config.real("tile.noise.output_spread");
  if (r.s_curve != 0.0 && !config.optional_real("tile.adc.bound", "unlimited")) {
    config.refuse("tile.readout.s_curve", "the curvature is stated over the converter's bound; give tile.adc.bound a number");
  }
  return r;
}

Wires read_wires(const base::Config& config) {
  Wires w;
  const std::string& kind = config.word("tile.wires.kind");
  const auto scale = config.optional_real("tile.ir_drop.scale", "off");
  w.kind = kind == "exact" ? Wires::Kind::exact : (kind == "none" || !scale || *scale == 0.0 ? Wires::Kind::none : Wires::Kind::approximate);
  w.scale = scale.value_or(0.0);
  w.ratio = config.real("tile.ir_drop.wire_ratio");
  w.sense_first = config.word("tile.wires.sense_end") == "first";
  w.input = config.resistance("tile.wires.input");
  w.output = config.resistance("tile.wires.output");
  w.driver = config.resistance("tile.wires.driver");
  w.sense = config.resistance("tile.wires.sense");
  return w;
}

/// Refuses tile.device.ageing: resplit_pairs for weights without pairs of devices, for devices that do not drift, and with stuck devices.
void check_ageing(const base::Config& config, const TileParameters& tile) {
  if (tile.device.ageing == Ageing::per_device) return;
  const std::string key = "tile.device.ageing";
  if (tile.coding.kind != WeightCoding::Kind::differential) {
    config.refuse(key, "only pairs of devices can be split anew; set tile.coding.kind: differential, or leave this at per_device");
  }
  if (!make_device(tile.device)->drifts()) {
    config.refuse(key, fmt::format("a device of tile.device.kind: {} has no drift exponent to age a new pair by; leave this at per_device",
                                   config.word("tile.device.kind")));
  }
  if (tile.device.stuck_rate > 0.0) {
    config.refuse(key, "a stuck device has no place in a pair that is split anew; set tile.device.stuck_rate: 0, or leave this at per_device");
  }
}

/// Area in um2 of the capacitor that holds the charge of a column, its switches and buffer. The thermal noise of the capacitor is a quarter of a
/// step of the converter at full scale of the supply; it has at least 10 fF. Architect's choice: 2 fF/um2, and 10 um2 at 14 nm for the rest.
double hold_um2(const TileParameters& p, const periphery::Technology& technology) {
  constexpr double boltzmann = 1.380649e-23, kelvin = 298.15, least_ff = 10, femtofarad = 1e-15, ff_per_um2 = 2, switches_um2 = 10, steps = 4;
  constexpr int ideal_bits = 8;
  const double noise_v = technology.vdd_v / std::exp2(p.adc.bits.value_or(ideal_bits)) / steps;
  const double capacitance_ff = std::max(least_ff, boltzmann * kelvin / (noise_v * noise_v) / femtofarad);
  return capacitance_ff / ff_per_um2 + switches_um2 * periphery::analog_area(technology, periphery::reference_nm);
}

/// Area in um2 of the read-out of one column. The published area contains one sample-and-hold and the connection to one converter. Designs that
/// integrate and convert in turn have no sample-and-hold; designs that add the bits of inputs as charges have one more; designs whose columns reach
/// every converter have a switch for each; designs that read the signs of weights separately have no mirror that subtracts them (architect's
/// choice: 20 um2).
double front_end_um2(const TileParameters& p, const periphery::Technology& technology) {
  constexpr double published_um2 = 1500, usual_hold_um2 = 15, switch_um2 = 1, mirror_um2 = 20;
  const int holds = (p.adc.pipelined ? 1 : 0) + (p.dac.sums_bits ? 1 : 0);
  const int reached = p.adc.unused == periphery::UnusedColumns::skipped ? (p.columns + p.adc.mux - 1) / p.adc.mux : 1;
  return (published_um2 - usual_hold_um2 + switch_um2 * (reached - 1) - (p.dac.splits_weights() ? mirror_um2 : 0)) *
             periphery::analog_area(technology, periphery::reference_nm) +
         hold_um2(p, technology) * holds;
}

/// Area in um2 of one cell of `devices` devices: for each device a transistor with the device above it, or for each bit of a device a static cell of
/// 8 transistors, a third larger than one of 6 (Chang et al., VLSI 2005).
double cell_um2(const TileParameters& p, const periphery::Technology& technology, int devices) {
  constexpr double device_um2 = 0.25, eight_over_six = 1.3, with_selector = 1.5;
  const double selected = p.block_selector ? devices * with_selector : devices;
  if (p.cell == CellKind::transistor) return selected * device_um2 * periphery::logic_area(technology, periphery::reference_nm);
  return selected * p.device.bits() * eight_over_six * periphery::sram_cell(technology).si() / base::unit::square_micrometre.si();
}

/// Reads the costs of the array, its read-out and its supply. Device, coding and converters must have been read before.
void read_array(const base::Config& config, TileParameters& p) {
  constexpr double square_micrometre = base::unit::square_micrometre.si();
  using periphery::reference_nm;
  constexpr double supply_um2 = 2000, supply_ampere = 20e-6;
  constexpr double array_spread = 0.35, cell_spread = 0.3, front_end_spread = 0.6, front_end_area_spread = 0.6, supply_spread = 0.5;
  const auto technology = periphery::Technology::read(config);
  p.read_voltage = config.voltage("tile.array.read_voltage");
  p.vdd = base::Voltage(technology.vdd_v);
  p.supply = base::Voltage(config.optional_real("tile.array.supply", "vdd") ? config.voltage("tile.array.supply").si() : technology.vdd_v);
  if (p.supply.si() < p.read_voltage.si()) {
    config.refuse("tile.array.read_voltage",
                  fmt::format("the supply of the array has {:.3g} V; lower this, or raise tile.array.supply or chip.vdd", p.supply.si()));
  }
  p.line_capacitance = config.capacitance("tile.array.line_capacitance");
  p.gate_capacitance = config.capacitance("tile.array.gate_capacitance");
  p.array_cost.spread = {array_spread, cell_spread, 0};
  const int devices = p.coding.kind == WeightCoding::Kind::differential ? 2 : 1;
  p.cell = config.word("tile.array.cell") == "sram" ? CellKind::sram : CellKind::transistor;
  if (p.cell == CellKind::sram && (p.device.kind != DeviceKind::ideal || !p.device.levels)) {
    config.refuse(
        "tile.array.cell",
        "static cells hold bits and do not drift; set tile.device.kind: ideal and tile.device.levels to the conductances that a cell has (2: "
        "one bit), or leave this at transistor");
  }
  p.block_selector = config.word("tile.array.selector") == "block";
  if (p.block_selector && p.coding.kind == WeightCoding::Kind::offset) {
    config.refuse("tile.array.selector",
                  "with tile.coding.kind: offset all outputs of a tile have the rows of a reference column in common, which no selector of blocks "
                  "divides; leave this at row, or use differential weights");
  }
  p.cell_area = base::Area(periphery::cost_or(config, "tile.array.cell_area", p.array_cost, &periphery::Spread::area, "m2",
                                              cell_um2(p, technology, devices) * square_micrometre));
  if (p.cell == CellKind::sram) {
    p.cell_leakage = periphery::sram(technology, 1).leakage_per_bit * static_cast<double>(devices * p.device.bits());
    p.array_cost.spread.leakage = periphery::leakage_spread;
  }
  p.front_end.bias = config.real("tile.front_end.bias");
  p.front_end.cost.spread = {front_end_spread, front_end_area_spread, 0};
  p.front_end.area = base::Area(periphery::cost_or(config, "tile.front_end.area", p.front_end.cost, &periphery::Spread::area, "m2",
                                                   front_end_um2(p, technology) * square_micrometre));
  CostNote& regulator = p.regulator.cost;
  // Half of the regulator supplies the programming current, in proportion to the columns programmed at once. The other half supplies the read
  // voltages: two if both signs of inputs are driven at once, else one.
  constexpr double usual_columns = 64;
  const double voltages = p.dac.passes == periphery::InputPasses::one && !p.dac.twos_complement ? 1.0 : 0.5;
  const double drivers = 0.5 * voltages + 0.5 * p.programming.parallel_columns / usual_columns;
  regulator.spread = {0, supply_spread, supply_spread};
  p.regulator.leakage = base::Power(
      periphery::cost_or(config, "tile.supply.leakage", regulator, &periphery::Spread::leakage, "W", supply_ampere * voltages * technology.vdd_v));
  p.regulator.area = base::Area(periphery::cost_or(config, "tile.supply.area", regulator, &periphery::Spread::area, "m2",
                                                   supply_um2 * drivers * square_micrometre * periphery::analog_area(technology, reference_nm)));
}

/// Refuses a read voltage or an integration time that is too small: the thermal noise of a column with half its conductance must not exceed both
/// the design's output noise and 0.1 full cells, which is negligible.
void check_thermal_noise(const base::Config& config, const TileParameters& p) {
  constexpr double boltzmann = 1.380649e-23, kelvin = 298.15, negligible = 0.1;
  const double full_cell = p.device.most_us * base::unit::microsiemens.si() * p.read_voltage.si();
  const double seconds = p.dac.drive_time().si() / p.dac.phases();
  const double conductance = 0.5 * p.rows * p.device.most_us * base::unit::microsiemens.si();
  const double noise = std::sqrt(4 * boltzmann * kelvin * conductance / (2 * seconds)) / full_cell;
  if (noise <= std::max(p.output_noise, negligible)) return;
  config.refuse(
      "tile.array.read_voltage",
      fmt::format("the cells of a column alone make thermal noise of {:.2g} full cells at this voltage and integration time, more than "
                  "tile.noise.output; raise this, tile.device.g_max or the integration time (tile.dac.time_per_level, tile.dac.read_time), or "
                  "lower tile.rows",
                  noise));
}

/// Refuses a settling time below ten gate delays, the delay of level shifter and driver.
void check_settling(const base::Config& config, const TileParameters& p) {
  constexpr double gates = 10;
  const double least_s = gates * periphery::gate_delay(periphery::Technology::read(config)).si();
  if (p.dac.settling.si() >= least_s) return;
  config.refuse("tile.dac.settling",
                fmt::format("drivers of this technology settle in {} or more; raise this, or change chip.technology, chip.vdd or "
                            "chip.threshold",
                            base::format_si(least_s, "s")));
}

DriftCompensation read_compensation(const std::string& text) {
  if (text == "none") return DriftCompensation::none;
  if (text == "global") return DriftCompensation::global;
  return text == "column" ? DriftCompensation::column : DriftCompensation::exact;
}

}  // namespace

base::Declarations declarations() {
  base::Declarations all = tile_declarations();
  for (auto part : {device_declarations(), coding_declarations(), readout_declarations(), wire_declarations(), programming_declarations()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

TileParameters TileParameters::read(const base::Config& config) {
  TileParameters p;
  p.rows = static_cast<int>(config.integer("tile.rows"));
  p.columns = static_cast<int>(config.integer("tile.columns"));
  p.device = DeviceParameters::read(config);
  p.coding = read_coding(config, p.device);
  check_ageing(config, p);
  if (config.word("tile.dac.passes") == "four_digital" && p.coding.kind != WeightCoding::Kind::differential) {
    config.refuse("tile.dac.passes", "signs of weights can be read for themselves only where each has a device; set tile.coding.kind: differential");
  }
  const std::string& noise = config.word("tile.noise.read_kind");
  p.read_noise = noise == "off" ? ReadNoise::off : (noise == "pcm" ? ReadNoise::pcm : ReadNoise::constant);
  p.read_noise_scale = config.real("tile.noise.read");
  p.output_noise = config.real("tile.noise.output");
  p.wires = read_wires(config);
  p.input_asymmetry = config.optional_real("tile.input.asymmetry", "off").value_or(0.0);
  p.input_range = read_range(config);
  p.readout = read_readout(config);
  const std::string& scale = config.word("tile.mapping.scale");
  p.scaling = scale == "none" ? Scaling::none : (scale == "column" ? Scaling::column : Scaling::tile);
  p.compensation = read_compensation(config.word("tile.drift_compensation"));
  p.refresh_s = config.optional_real("tile.upkeep.refresh", "never");
  p.recalibration_s = config.optional_real("tile.upkeep.recalibrate", "always");
  p.dac = periphery::DacParameters::read(config);
  p.adc = periphery::AdcParameters::read(config);
  p.scale = periphery::ScaleParameters::read(config);
  p.buffer = periphery::BufferParameters::read(config);
  p.digital = periphery::DigitalParameters::read(config);
  p.programming = Programming::read(config);
  read_array(config, p);
  check_thermal_noise(config, p);
  check_settling(config, p);
  if (p.output_capacity() < 1) {
    config.refuse("tile.columns", fmt::format("an output takes {} columns of the array{}, and the tile has {}", p.coding.columns_per_output(),
                                              p.coding.kind == WeightCoding::Kind::offset ? " besides the reference columns" : "", p.columns));
  }
  return p;
}

int TileParameters::output_capacity() const {
  const int reference_columns = coding.kind == WeightCoding::Kind::offset ? 1 : 0;
  return columns / coding.columns_per_output() - reference_columns;
}

int TileParameters::columns_of(int outputs) const {
  const int reference_columns = coding.kind == WeightCoding::Kind::offset ? 1 : 0;
  return (outputs + reference_columns) * coding.columns_per_output();
}

int TileParameters::converted_outputs(int outputs) const { return adc.unused == periphery::UnusedColumns::converted ? output_capacity() : outputs; }

base::Duration TileParameters::conversion_time(int outputs) const {
  int turns = adc.mux;  // columns that share a converter; the columns of a pair are joined before it
  if (adc.unused == periphery::UnusedColumns::skipped) {
    const int converters = (columns + adc.mux - 1) / adc.mux, used = outputs * coding.slices;
    turns = std::min(turns, (used + converters - 1) / converters);
  }
  return adc.conversion_time * static_cast<double>(turns * dac.conversions());
}

WireParameters circuit(const Wires& wires) {
  return {.input_ohm = wires.input.si(), .output_ohm = wires.output.si(), .driver_ohm = wires.driver.si(), .sense_ohm = wires.sense.si()};
}

base::Energy array_energy(const TileParameters& tile, double conductance_sum_siemens, double mean_drive, int driven_rows, int columns) {
  const base::Power through_cells = tile.supply * tile.read_voltage * base::Conductance(conductance_sum_siemens);
  const base::Capacitance lines = (tile.line_capacitance + tile.gate_capacitance) * static_cast<double>(driven_rows) * static_cast<double>(columns) *
                                  static_cast<double>(tile.dac.readouts());
  return through_cells * tile.dac.drive_time() * mean_drive + lines * tile.vdd * tile.vdd;
}

base::Energy front_end_energy(const TileParameters& tile) {
  constexpr double usual_bound = 10;  // an unlimited converter has no full scale
  const double full_cells = tile.adc.bound.value_or(usual_bound);
  const base::Conductance full_scale(full_cells * tile.device.most_us * base::unit::microsiemens.si());
  return tile.supply * tile.read_voltage * full_scale * (tile.dac.integration_time() / static_cast<double>(tile.dac.conversions())) *
         tile.front_end.bias;
}

base::Area array_area(const TileParameters& tile) { return tile.cell_area * static_cast<double>(tile.rows) * static_cast<double>(tile.columns); }

}  // namespace mho::tiles
