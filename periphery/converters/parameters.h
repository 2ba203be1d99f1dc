#pragma once

#include <optional>

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// Parameters of the converters: keys tile.dac.*, tile.adc.*.
base::Declarations converter_declarations();

/// How inputs reach the array: as the length of a pulse, as its height, or bit by bit.
enum class InputCoding { pulse_width, amplitude, bit_serial };
/// One vector at a time whole; positive and negative inputs one after the other, summed before or after the converters; or both signs of input for
/// both signs of weight, each read and converted for itself.
enum class InputPasses { one, two_analog, two_digital, four_digital };

/// Input drivers of a tile: one DAC per row.
struct DacParameters {
  std::optional<int> bits;           ///< empty: ideal (no quantisation); step 2/(2^bits - 2)
  bool stochastic_rounding = false;  ///< to one of the two neighbouring codes, the nearer the likelier
  double input_noise = 0.0;          ///< s_in, full scale = 1
  InputCoding coding = InputCoding::pulse_width;
  InputPasses passes = InputPasses::one;
  base::Duration settling;             ///< per read-out
  base::Duration time_per_level;       ///< pulse width per level; integration = (2^(bits-1)-1) * this in pulse-width coding
  base::Duration read_time;            ///< integration of one read-out in amplitude and bit-serial coding
  base::Energy energy_per_conversion;  ///< per driven row and read-out
  base::Area area;                     ///< per row
  bool latched = false;                ///< the next vector settles while the array integrates
  bool sums_bits = false;              ///< bit-serial inputs: charges of all bits meet, weighted, before one conversion
  bool twos_complement = false;        ///< bit-serial inputs: the last bit counts negative; else each bit has the sign of the input
  CostNote cost;
  static DacParameters read(const base::Config& config);
  /// Read-outs of the array for one MVM: one, or one a magnitude bit, and that for each sign where the signs come one after the other.
  [[nodiscard]] int phases() const;          ///< bits that are driven one after the other
  [[nodiscard]] int driven_vectors() const;  ///< phases, for each sign of input that comes for itself
  [[nodiscard]] bool splits_weights() const { return passes == InputPasses::four_digital; }
  [[nodiscard]] int readouts() const;                     ///< driven vectors, for each sign of weight that is read for itself
  [[nodiscard]] int conversions() const;                  ///< of one column: read-outs that do not meet before the converters
  [[nodiscard]] base::Duration integration_time() const;  ///< of one MVM, all read-outs
  /// Time for which full-scale inputs drive current in one MVM: the integration, but each sign only in its own pass.
  [[nodiscard]] base::Duration drive_time() const;
  [[nodiscard]] base::Duration settling_time() const;  ///< of one MVM, all read-outs
  /// For which an MVM keeps the drivers before the array begins with it: the settling of latched ones.
  [[nodiscard]] base::Duration driver_time() const;
  /// For which an MVM keeps the array: the integration, and the settling of drivers without latches.
  [[nodiscard]] base::Duration array_time() const;
};

/// Share of full-scale power that an input `u` in [-1, 1] draws over the integration: a pulse by its length, an amplitude by its square, bits by how
/// many of them are set.
double drive_share(const DacParameters& dac, double u);

/// What a bank does in the time of columns that hold no weights: waits, goes on to the next vector, or converts them all the same.
enum class UnusedColumns { idle, skipped, converted };

/// Output converters of a tile; `mux` columns share one.
struct AdcParameters {
  std::optional<int> bits;      ///< empty: ideal; step 2*bound/(2^bits - 2)
  std::optional<double> bound;  ///< clip level in full cells; empty: unlimited (no clipping, only with ideal bits)
  bool stochastic_rounding = false;
  double gain_spread = 0.0;     ///< standard deviation of the converters' gain
  double offset_spread = 0.0;   ///< standard deviation of the converters' offset, in full cells
  double calibration = 0.0;     ///< share of both spreads that a calibration removes
  double inl = 0.0;             ///< peak of the bow of the transfer curve, in steps
  double dnl = 0.0;             ///< standard deviation of every threshold, in steps
  double dead_codes = 0.0;      ///< share of the codes that never come out
  bool repeat_clipped = false;  ///< bound management: repeat with halved inputs while an output clips
  int mux = 1;
  UnusedColumns unused = UnusedColumns::idle;
  bool pipelined = true;           ///< a sample-and-hold lets the array integrate the next vector while this one is converted
  base::Duration conversion_time;  ///< whole, whatever tile.adc.timing says it is stated for
  base::Energy energy_per_conversion;
  base::Area area;      ///< per ADC
  base::Power leakage;  ///< per ADC
  CostNote cost;
  static AdcParameters read(const base::Config& config);
};

}  // namespace mho::periphery
