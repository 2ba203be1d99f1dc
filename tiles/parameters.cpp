#include "tiles/parameters.h"

namespace mho::tiles {

namespace {

using base::Declaration;
using base::ValueType;

Declaration number(std::string key, std::string unit, double value, double minimum, double maximum, std::string sentence, std::string source) {
  return {std::move(key), ValueType::real, std::move(unit), value, minimum, maximum, {}, std::move(sentence), std::move(source)};
}

Declaration number_or_off(std::string key, base::Value value, double minimum, double maximum, std::string sentence, std::string source) {
  return {std::move(key), ValueType::real, "", std::move(value), minimum, maximum, {"off"}, std::move(sentence), std::move(source)};
}

Declaration word(std::string key, std::string value, std::vector<std::string> words, std::string sentence, std::string source) {
  return {std::move(key), ValueType::choice, "", std::move(value), 0, 0, std::move(words), std::move(sentence), std::move(source)};
}

const std::string choice = "architect's choice";
const std::string standard = "standard crossbar model of Rasch et al., Nat. Commun. 14:5282 (2023), supplementary table 1";
const std::string pcm_fit = "fit to a 90 nm phase-change memory array: Nandakumar et al., ICECS 2020; Joshi et al., Nat. Commun. 11:2473 (2020)";

}  // namespace

base::Declarations declarations() {
  constexpr double most = 1e6;
  return {
      {"tile.rows", ValueType::integer, "", std::int64_t{512}, 1, 65536, {}, "Word lines of a tile: inputs of one MVM.", standard},
      {"tile.columns", ValueType::integer, "", std::int64_t{512}, 1, 65536, {}, "Bit lines of a tile: outputs of one MVM.", standard},
      word("tile.device.kind", "pcm", {"ideal", "pcm"}, "Memory device: 'pcm' is phase-change memory, 'ideal' holds its target for ever.", pcm_fit),
      number("tile.device.g_max", "uS", 25.0, 1e-6, most, "Largest conductance of one device: the weight 1.", pcm_fit),
      number("tile.device.programming_scale", "", 1.0, 0.0, 100.0, "Factor on the programming error.", pcm_fit),
      number("tile.device.drift_scale", "", 1.0, 0.0, 100.0, "Factor on the drift exponent.", pcm_fit),
      number("tile.device.read_scale", "", 1.0, 0.0, 100.0, "Factor on the accumulated 1/f read noise.", pcm_fit),
      word("tile.noise.read_kind", "pcm", {"off", "constant", "pcm"},
           "Short-term read noise of the weights: 'constant' goes with the norm of the input, 'pcm' with the current.", standard),
      number("tile.noise.read", "", 0.0175, 0.0, 100.0, "Short-term read noise of a full cell (s_w).", standard),
      number("tile.noise.output", "", 0.04, 0.0, 100.0, "Noise of every output in full cells (s_out).", standard),
      number_or_off("tile.ir_drop.scale", 1.0, 0.0, 1000.0, "Factor on the approximate voltage drop along the lines.", standard),
      number("tile.ir_drop.wire_ratio", "", 571428.57, 1.0, 1e12,
             "Conductance of the wire of one cell over g_max; the default is 0.35 ohm and 5 uS, five times the ratio of a 25 uS device.", standard),
      word("tile.wires.sense_end", "first", {"first", "last"}, "Input next to the sense amplifiers: the end that sees no voltage drop.",
           "orientation of the standard crossbar model"),
      number_or_off("tile.input.asymmetry", std::string("off"), -1.0, 1.0, "Negative inputs are driven by this share too weakly.",
                    "optional in Rasch et al., AICAS 2021"),
      word("tile.input_range.kind", "calibrated", {"calibrated", "off"}, "Static input range of a tile, or none (inputs beyond 1 clip).", standard),
      number("tile.input_range.quantile", "", 0.99995, 0.5, 1.0, "Share of the calibration inputs inside the range.", choice),
      word("tile.mapping.scale", "column", {"none", "column", "tile"},
           "What weights are divided by: the largest of their column, the largest of the tile, or nothing.", standard),
      word("tile.drift_compensation", "global", {"none", "global"},
           "'global' multiplies a tile's outputs by the ratio of its mean one-hot reading just after programming to the same now.", standard),
      number("tile.array.read_voltage", "V", 0.2, 1e-3, 10.0, "Voltage of a driven word line.", "common read voltage of phase-change memory arrays"),
      number("tile.array.line_capacitance", "fF", 0.14, 0.0, most, "Capacitance of a word line for each cell it crosses.",
             "0.2 fF/um wire capacitance, cell pitch 0.7 um"),
      number("tile.array.cell_area", "um2", 0.5, 0.0, most, "Area of one unit cell: the two devices of a weight and their selectors.", choice),
  };
}

TileParameters TileParameters::read(const base::Config& config) {
  TileParameters p;
  p.rows = static_cast<int>(config.integer("tile.rows"));
  p.columns = static_cast<int>(config.integer("tile.columns"));
  p.device = config.word("tile.device.kind") == "pcm" ? DeviceKind::pcm : DeviceKind::ideal;
  p.g_max = config.conductance("tile.device.g_max");
  p.programming_scale = config.real("tile.device.programming_scale");
  p.drift_scale = config.real("tile.device.drift_scale");
  p.slow_read_scale = config.real("tile.device.read_scale");
  const std::string& noise = config.word("tile.noise.read_kind");
  p.read_noise = noise == "off" ? ReadNoise::off : (noise == "pcm" ? ReadNoise::pcm : ReadNoise::constant);
  p.read_noise_scale = config.real("tile.noise.read");
  p.output_noise = config.real("tile.noise.output");
  p.ir_drop_scale = config.optional_real("tile.ir_drop.scale", "off").value_or(0.0);
  p.wire_ratio = config.real("tile.ir_drop.wire_ratio");
  p.sense_first = config.word("tile.wires.sense_end") == "first";
  const auto asymmetry = config.optional_real("tile.input.asymmetry", "off");
  p.input_asymmetry_on = asymmetry.has_value();
  p.input_asymmetry = asymmetry.value_or(0.0);
  p.input_range_on = config.word("tile.input_range.kind") == "calibrated";
  p.input_range_quantile = config.real("tile.input_range.quantile");
  const std::string& scale = config.word("tile.mapping.scale");
  p.scaling = scale == "none" ? Scaling::none : (scale == "column" ? Scaling::column : Scaling::tile);
  p.compensation = config.word("tile.drift_compensation") == "global" ? DriftCompensation::global : DriftCompensation::none;
  p.read_voltage = config.voltage("tile.array.read_voltage");
  p.line_capacitance = config.capacitance("tile.array.line_capacitance");
  p.cell_area = config.area("tile.array.cell_area");
  p.dac = periphery::DacParameters::read(config);
  p.adc = periphery::AdcParameters::read(config);
  p.scale = periphery::ScaleParameters::read(config);
  p.buffer = periphery::BufferParameters::read(config);
  p.digital = periphery::DigitalParameters::read(config);
  return p;
}

base::Energy array_energy(const TileParameters& tile, double conductance_sum_siemens, double mean_input, int driven_rows, int columns) {
  const base::Power through_cells = tile.read_voltage * tile.read_voltage * base::Conductance(conductance_sum_siemens);
  const base::Capacitance lines = tile.line_capacitance * static_cast<double>(driven_rows) * static_cast<double>(columns);
  return through_cells * tile.dac.integration_time() * mean_input + lines * tile.read_voltage * tile.read_voltage;
}

base::Area array_area(const TileParameters& tile) { return tile.cell_area * static_cast<double>(tile.rows) * static_cast<double>(tile.columns); }

}  // namespace mho::tiles
