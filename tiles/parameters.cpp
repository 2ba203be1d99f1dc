#include "tiles/parameters.h"

#include <fmt/format.h>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "periphery/converters/quantiser.h"
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

constexpr double most = 1e6;

Declaration number_or_off(std::string key, base::Value value, double minimum, double maximum, std::string sentence, std::string source) {
  return base::number_or(std::move(key), "", std::move(value), minimum, maximum, {"off"}, std::move(sentence), std::move(source));
}

const std::string toolkit = "optional in Rasch et al., AICAS 2021; off in the standard model";

base::Declarations coding_declarations() {
  return {
      word("tile.coding.kind", "differential", {"differential", "offset"},
           "Sign of a weight: one device for each sign, or a single device less a column of devices at half the range.", standard),
      whole("tile.coding.slices", 1, 1, 16, "Arrays that each hold some bits of a weight; shift-and-add after the converters joins them.", choice),
      whole("tile.coding.bits_per_slice", 2, 1, 8, "Magnitude bits that a slice holds; without meaning for a single slice.",
            "2-bit cells of ISAAC (Shafiee et al., ISCA 2016)"),
      whole("tile.coding.pairs", 1, 1, 8, "Sets of devices per weight whose currents add up before the converter.", standard),
      number("tile.coding.significance", "", 1.0, 1.0, 64.0, "Weight of a pair over that of the next one.",
             "pairs of different significance: Ambrogio et al., Nature 558:60 (2018)"),
      word("tile.coding.pairing", "equal", {"equal", "residual"},
           "What further pairs hold: the same weight, or what the pairs before them missed when they were programmed.",
           "Mackin et al., Adv. Electron. Mater. 5:1900026 (2019)"),
  };
}

base::Declarations readout_declarations() {
  return {
      number("tile.noise.output_spread", "", 0.0, 0.0, 10.0, "Relative spread of the output noise from output to output.", toolkit),
      number("tile.readout.offset", "", 0.0, 0.0, 1.0, "Spread s of the voltage offset: output i loses the share max(0, s N).", toolkit),
      number("tile.readout.series_resistance", "", 0.0, 0.0, most,
             "Series resistance of the read-out: y / (1 + min(rs |y|, limit)), y in full cells.", toolkit),
      number("tile.readout.series_limit", "", 1.0, 0.0, most, "Largest loss to the series resistance.", toolkit),
      number("tile.readout.s_curve", "", 0.0, -most, most, "Curvature n0 of the outputs: y / (1 + |n0 / bound| |y|); the bound is tile.adc.bound.",
             toolkit),
      number("tile.readout.s_curve_spread", "", 0.0, 0.0, 10.0, "Relative spread of the curvature from output to output.", toolkit),
      number("tile.readout.s_curve_correction", "", 0.0, 0.0, 10.0, "Share c of the mean curvature that a factor (1 + mean(n) c bound)^2 corrects.",
             toolkit),
      number("tile.readout.asymmetry", "", 0.0, -1.0, 1.0, "Negative outputs are this share too weak.", toolkit),
  };
}

base::Declarations wire_declarations() {
  const std::string wire = "0.35 ohm per cell, Rasch et al., Nat. Commun. 14:5282 (2023)";
  return {
      word("tile.wires.kind", "approximate", {"none", "approximate", "exact"},
           "Resistance of the lines: none, the static approximation of tile.ir_drop, or the solution of the circuit at every age.", standard),
      number_or_off("tile.ir_drop.scale", 1.0, 0.0, 1000.0, "Factor on the approximate voltage drop along the lines.", standard),
      number("tile.ir_drop.wire_ratio", "", 571428.57, 1.0, 1e12,
             "Conductance of the wire of one cell over g_max; the default is 0.35 ohm and 5 uS, five times the ratio of a 25 uS device.", standard),
      word("tile.wires.sense_end", "first", {"first", "last"}, "Input next to the sense amplifiers: the end that sees no voltage drop.",
           "orientation of the standard crossbar model"),
      number("tile.wires.input", "ohm", 0.35, 0.0, most, "Resistance of an input line from cell to cell, where wires are exact.", wire),
      number("tile.wires.output", "ohm", 0.35, 0.0, most, "Resistance of an output line from cell to cell, where wires are exact.", wire),
      number("tile.wires.driver", "ohm", 0.0, 0.0, most, "Resistance between a driver and its line, where wires are exact.", choice),
      number("tile.wires.sense", "ohm", 0.0, 0.0, most, "Resistance between an output line and virtual ground, where wires are exact.", choice),
  };
}

base::Declarations tile_declarations() {
  return {
      whole("tile.rows", 512, 1, 65536, "Word lines of a tile: inputs of one MVM.", standard),
      whole("tile.columns", 512, 1, 65536, "Bit lines of a tile: outputs of one MVM, where an output takes one column.", standard),
      word("tile.noise.read_kind", "pcm", {"off", "constant", "pcm"},
           "Short-term read noise of the weights: 'constant' goes with the norm of the input, 'pcm' with the current.", standard),
      number("tile.noise.read", "", 0.0175, 0.0, 100.0, "Short-term read noise of a full cell (s_w).", standard),
      number("tile.noise.output", "", 0.04, 0.0, 100.0, "Noise of every output in full cells (s_out).", standard),
      number_or_off("tile.input.asymmetry", std::string("off"), -1.0, 1.0, "Negative inputs are driven by this share too weakly.", toolkit),
      word("tile.input_range.kind", "calibrated", {"calibrated", "per_vector", "constrained", "off"},
           "Input range: static from calibration samples; the largest input of each vector; that, but widened where outputs would clip; or none "
           "(inputs "
           "beyond 1 clip).",
           standard),
      word("tile.input_range.method", "quantile", {"quantile", "max", "sigma", "mean_max"},
           "What of the calibration inputs sets a static range: a quantile of their magnitudes, the largest, a multiple of their standard deviation, "
           "or "
           "the mean over vectors of the largest.",
           choice),
      number("tile.input_range.quantile", "", 0.99995, 0.5, 1.0, "Share of the calibration inputs inside the range.", choice),
      number("tile.input_range.sigmas", "", 3.0, 0.1, 100.0, "Range in standard deviations of the calibration inputs (method sigma).",
             "initial ranges of the retraining of Rasch et al., Nat. Commun. 14:5282 (2023)"),
      word("tile.input_range.learned", "use", {"use", "ignore"},
           "Whether static ranges that a network brings from its retraining take the place of calibrated ones.", choice),
      word("tile.mapping.scale", "column", {"none", "column", "tile"},
           "What weights are divided by: the largest of their column, the largest of the tile, or nothing.", standard),
      word("tile.drift_compensation", "global", {"none", "global", "column", "exact"},
           "Outputs are multiplied by the mean one-hot reading just after programming over the same now: of the tile, of each column, or of the tile "
           "from "
           "its true conductances.",
           standard),
      number("tile.array.read_voltage", "V", 0.2, 1e-3, 10.0, "Voltage of a driven word line.", "common read voltage of phase-change memory arrays"),
      number("tile.array.line_capacitance", "fF", 0.14, 0.0, most, "Capacitance of a word line for each cell it crosses.",
             "0.2 fF/um wire capacitance, cell pitch 0.7 um"),
      number("tile.array.cell_area", "um2", 0.5, 0.0, most, "Area of one unit cell: the two devices of a weight and their selectors.", choice),
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

/// Refuses tile.device.ageing: resplit_pairs where there are no pairs to split anew, or where what their devices hold is not a conductance that
/// drifts.
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
  p.read_voltage = config.voltage("tile.array.read_voltage");
  p.line_capacitance = config.capacitance("tile.array.line_capacitance");
  p.cell_area = config.area("tile.array.cell_area");
  p.dac = periphery::DacParameters::read(config);
  p.adc = periphery::AdcParameters::read(config);
  p.scale = periphery::ScaleParameters::read(config);
  p.buffer = periphery::BufferParameters::read(config);
  p.digital = periphery::DigitalParameters::read(config);
  p.programming = Programming::read(config);
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

int TileParameters::conversions_per_output() const {
  return coding.slices * dac.phases() * (dac.passes == periphery::InputPasses::two_digital ? 2 : 1);
}

WireParameters circuit(const Wires& wires) {
  return {.input_ohm = wires.input.si(), .output_ohm = wires.output.si(), .driver_ohm = wires.driver.si(), .sense_ohm = wires.sense.si()};
}

base::Energy array_energy(const TileParameters& tile, double conductance_sum_siemens, double mean_drive, int driven_rows, int columns) {
  const base::Power through_cells = tile.read_voltage * tile.read_voltage * base::Conductance(conductance_sum_siemens);
  const base::Capacitance lines =
      tile.line_capacitance * static_cast<double>(driven_rows) * static_cast<double>(columns) * static_cast<double>(tile.dac.readouts());
  return through_cells * tile.dac.drive_time() * mean_drive + lines * tile.read_voltage * tile.read_voltage;
}

base::Area array_area(const TileParameters& tile) { return tile.cell_area * static_cast<double>(tile.rows) * static_cast<double>(tile.columns); }

}  // namespace mho::tiles
