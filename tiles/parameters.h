#pragma once

#include <optional>
#include <string>

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/parameters.h"
#include "tiles/device/device_parameters.h"
#include "tiles/programming.h"

namespace mho::tiles {

/// Every parameter of this layer: keys tile.rows, tile.columns, tile.device.*, tile.coding.*, tile.noise.*, tile.readout.*, tile.ir_drop.*,
/// tile.wires.*, tile.array.*, tile.front_end.*,
/// tile.supply.*, tile.mapping.*, tile.drift_compensation, tile.input.*, tile.input_range.*
base::Declarations declarations();

enum class DriftCompensation { none, global, column, exact };
enum class Scaling { none, column, tile };  ///< gamma_i = 1 (weights written unchanged), max_j |w_ij| per column, or one maximum per tile
enum class ReadNoise { off, constant, pcm };

/// Coding of a weight in [-1, 1] as conductances.
struct WeightCoding {
  enum class Kind { differential, offset } kind = Kind::differential;
  int slices = 1;           ///< arrays that hold some bits of each weight, joined by shift-and-add after the converters
  int bits_per_slice = 0;   ///< magnitude bits of a slice; meaningless with one slice
  int pairs = 1;            ///< device sets per weight and slice whose currents are added before the converter
  double significance = 1;  ///< weight of a pair relative to the next pair
  bool residual = false;    ///< each further pair is programmed to the error of the pairs before it; else all hold the same weight
  /// Physical columns of the array (pairs of devices, or single ones with an offset column) that one output takes.
  [[nodiscard]] int columns_per_output() const { return slices * pairs; }
};

/// Input range alpha of a tile (step 1).
struct InputRange {
  enum class Kind { off, calibrated, per_vector, constrained } kind = Kind::calibrated;
  enum class Method { quantile, most, sigma, mean_most } method = Method::quantile;  ///< from the calibration samples
  double quantile = 0.99995;
  double sigmas = 3.0;
  bool learned = true;  ///< ranges stored in the network are used before calibrated ones
  [[nodiscard]] bool is_static() const { return kind == Kind::calibrated; }
};

/// Read-out between array and converters (steps 6, 8 and 9), without its noise.
struct Readout {
  double offset = 0.0;  ///< s of the voltage offset: V_i = max(0, s N) is lost of output i
  double series = 0.0;  ///< rs: y / (1 + min(rs |y|, series_limit))
  double series_limit = 1.0;
  double s_curve = 0.0;           ///< n0: y / (1 + |n0 / bound| |y|)
  double s_curve_spread = 0.0;    ///< s: n_i = n0 (1 + s N)
  double s_curve_correction = 0;  ///< c: the factor (1 + mean(n) c bound)^2 that corrects the mean curve
  double asymmetry = 0.0;         ///< share by which negative outputs are too small
  double noise_spread = 0.0;      ///< relative spread of the output noise over the outputs
};

/// Resistance of the lines.
struct Wires {
  enum class Kind { none, approximate, exact } kind = Kind::approximate;
  double scale = 1.0;                             ///< s_IR of the approximation
  double ratio = 571428.57;                       ///< r = wire conductance of one cell / g_max
  bool sense_first = true;                        ///< sense amplifier next to input 0
  base::Resistance input, output, driver, sense;  ///< exact: of one cell's segment of an input and an output line, and at their ends
};

/// The cell of a device: with a transistor, or static cells.
enum class CellKind { transistor, sram };

/// Read-out of a column between array and converter: amplifier or current copies, integrator, sample-and-hold.
struct FrontEnd {
  double bias = 4;  ///< current during integration, relative to the full-scale current of the converter
  base::Area area;  ///< of one column
  periphery::CostNote cost;
};

/// Regulator of a tile's read voltage.
struct Regulator {
  base::Power leakage;  ///< at rest
  base::Area area;
  periphery::CostNote cost;
};

/// All parameters of a tile: numerics, time and cost.
struct TileParameters {
  int rows = 128;
  int columns = 128;
  DeviceParameters device;
  WeightCoding coding;
  ReadNoise read_noise = ReadNoise::pcm;
  double read_noise_scale = 0.0175;  ///< s_w
  double output_noise = 0.04;        ///< s_out, in full cells
  Wires wires;
  double input_asymmetry = 0.0;
  InputRange input_range;
  Readout readout;
  Scaling scaling = Scaling::column;
  DriftCompensation compensation = DriftCompensation::global;
  std::optional<double> refresh_s{};      ///< devices are programmed again after so long; empty: never
  std::optional<double> recalibration_s;  ///< drift compensation is measured again after so long; empty: before every use
  base::Voltage read_voltage;             ///< of a full-scale input
  base::Voltage supply;                   ///< supply of the cells' current
  base::Voltage vdd;                      ///< swing of word lines
  base::Capacitance line_capacitance;     ///< of one word line per cell
  base::Capacitance gate_capacitance;     ///< of the selectors of one cell
  CellKind cell = CellKind::transistor;
  bool block_selector = false;  ///< cells in a row of one diagonal block and a column of another are disconnected
  base::Area cell_area;         ///< of one unit cell (both devices of a pair)
  base::Power cell_leakage;     ///< of one
  periphery::CostNote array_cost;
  FrontEnd front_end;
  Regulator regulator;
  periphery::DacParameters dac;
  periphery::AdcParameters adc;
  periphery::ScaleParameters scale;
  periphery::BufferParameters buffer;
  periphery::DigitalParameters digital;
  Programming programming;
  static TileParameters read(const base::Config& config);

  /// Outputs that fit the columns: `columns` over the columns of one output, minus the reference column of offset coding in every slice.
  [[nodiscard]] int output_capacity() const;
  /// Columns of the array that a block of `outputs` needs, including its reference columns if weights are offset.
  [[nodiscard]] int columns_of(int outputs) const;
  /// Conversions of one output in one MVM: one for each slice, input bit and sign that are not added before the converters.
  [[nodiscard]] int conversions_per_output() const { return coding.slices * dac.conversions(); }
  /// Outputs that an MVM of `outputs` converts: with tile.adc.unused: converted all that fit the tile.
  [[nodiscard]] int converted_outputs(int outputs) const;
  /// Time in which an MVM of `outputs` occupies the converters.
  [[nodiscard]] base::Duration conversion_time(int outputs) const;
};

struct WireParameters;
/// The circuit that `tile.wires.kind: exact` solves.
WireParameters circuit(const Wires& wires);

/// Energy of one MVM in the array: from the supply the sum over cells of G V t (G summed over all devices, at `mean_drive` of full scale on average),
/// plus C V^2 at VDD per driven row and read-out, C of the line and of the gates on it.
base::Energy array_energy(const TileParameters& tile, double conductance_sum_siemens, double mean_drive, int driven_rows, int columns);
/// Energy of the read-out of one column for one conversion: `bias` times the converter's full-scale current from the supply during integration.
base::Energy front_end_energy(const TileParameters& tile);
base::Area array_area(const TileParameters& tile);

}  // namespace mho::tiles
