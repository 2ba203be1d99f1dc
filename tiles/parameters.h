#pragma once

#include <optional>
#include <string>

#include "base/config.h"
#include "base/units.h"
#include "periphery/parameters.h"

namespace mho::tiles {

/// Every parameter of this room: keys tile.rows, tile.columns, tile.device.*, tile.noise.*, tile.ir_drop.*, tile.array.*,
/// tile.mapping.*, tile.drift_compensation, tile.input_range.*
base::Declarations declarations();

enum class DriftCompensation { none, global };
enum class Scaling { none, column, tile };  ///< gamma_i = 1 (weights written unchanged), max_j |w_ij| per column, or one maximum per tile
enum class DeviceKind { ideal, pcm };
enum class ReadNoise { off, constant, pcm };

/// Everything a tile's numerics, time and cost need. `without_nonidealities` gives the float reference.
struct TileParameters {
  int rows = 512;
  int columns = 512;
  DeviceKind device = DeviceKind::pcm;
  base::Conductance g_max;         ///< of one device
  double programming_scale = 1.0;  ///< factor on programming noise
  double drift_scale = 1.0;        ///< factor on the drift exponent
  double slow_read_scale = 1.0;    ///< factor on 1/f read noise
  ReadNoise read_noise = ReadNoise::pcm;
  double read_noise_scale = 0.0175;  ///< s_w
  double output_noise = 0.04;        ///< s_out, in full cells
  double ir_drop_scale = 1.0;        ///< s_IR; 0 when tile.ir_drop.scale is off
  double wire_ratio = 571428.57;     ///< r = wire conductance of one cell / g_max
  bool sense_first = true;           ///< sense amplifier next to input 0
  bool input_asymmetry_on = false;
  double input_asymmetry = 0.0;
  bool input_range_on = true;  ///< learned or calibrated static alpha
  double input_range_quantile = 0.99995;
  Scaling scaling = Scaling::column;
  DriftCompensation compensation = DriftCompensation::global;
  base::Voltage read_voltage;          ///< full-scale input
  base::Capacitance line_capacitance;  ///< of one word line per cell
  base::Area cell_area;                ///< of one unit cell (both devices of a pair)
  periphery::DacParameters dac;
  periphery::AdcParameters adc;
  periphery::ScaleParameters scale;
  periphery::BufferParameters buffer;
  periphery::DigitalParameters digital;
  static TileParameters read(const base::Config& config);
};

/// Energy, area and leakage of the array itself. Conductances in siemens.
/// Energy of one MVM with inputs as pulse lengths: sum over cells G V^2 t (summed conductance of both devices, `mean_input` of the full pulse on
/// average) plus C V^2 per driven row.
base::Energy array_energy(const TileParameters& tile, double conductance_sum_siemens, double mean_input, int driven_rows, int columns);
base::Area array_area(const TileParameters& tile);

}  // namespace mho::tiles
