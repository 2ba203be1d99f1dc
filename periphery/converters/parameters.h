#pragma once

#include <optional>

#include "base/design_file/config.h"
#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// Parameters of the converters: keys tile.dac.*, tile.adc.*.
base::Declarations converter_declarations();

/// Coding of inputs: by the length of a pulse, by its height, or bit by bit.
enum class InputCoding { pulse_width, amplitude, bit_serial };
/// Passes of one vector: all inputs at once; positive and negative inputs one after the other, summed before or after the converters; or four passes,
/// one for each sign of input and sign of weight, each converted separately.
enum class InputPasses { one, two_analog, two_digital, four_digital };

/// Input drivers of a tile: one DAC per row.
struct DacParameters {
  std::optional<int> bits;           ///< empty: ideal (no quantisation); step 2/(2^bits - 2)
  bool stochastic_rounding = false;  ///< to one of the two neighbouring codes; the nearer one is more probable
  double input_noise = 0.0;          ///< s_in, full scale = 1
  InputCoding coding = InputCoding::pulse_width;
  InputPasses passes = InputPasses::one;
  base::Duration settling;             ///< per read-out
  base::Duration time_per_level;       ///< pulse width per level; integration = (2^(bits-1)-1) * this in pulse-width coding
  base::Duration read_time;            ///< integration of one read-out in amplitude and bit-serial coding
  base::Energy energy_per_conversion;  ///< per driven row and read-out
  base::Area area;                     ///< per row
  bool latched = false;                ///< the next vector settles while the array integrates
  bool sums_bits = false;              ///< bit-serial inputs: weighted charges of all bits are added before one conversion
  bool twos_complement = false;        ///< bit-serial inputs: the last bit counts negative; else each bit has the sign of the input
  CostNote cost;
  static DacParameters read(const base::Config& config);
  /// Read-outs of the array for one MVM: one, or one for each magnitude bit, and twice as many if the signs are driven one after the other.
  [[nodiscard]] int phases() const;          ///< bits that are driven one after the other
  [[nodiscard]] int driven_vectors() const;  ///< phases, times the signs of input that are driven separately
  [[nodiscard]] bool splits_weights() const { return passes == InputPasses::four_digital; }
  [[nodiscard]] int readouts() const;                     ///< driven vectors, times the signs of weight that are read separately
  [[nodiscard]] int conversions() const;                  ///< of one column: read-outs that are not added before the converters
  [[nodiscard]] base::Duration integration_time() const;  ///< of one MVM, all read-outs
  /// Time in which full-scale inputs drive current in one MVM: the integration; each sign only in its own pass.
  [[nodiscard]] base::Duration drive_time() const;
  [[nodiscard]] base::Duration settling_time() const;  ///< of one MVM, all read-outs
  /// Time in which an MVM occupies the drivers before the array begins: the settling time if they are latched.
  [[nodiscard]] base::Duration driver_time() const;
  /// Time in which an MVM occupies the array: the integration, and the settling of drivers without latches.
  [[nodiscard]] base::Duration array_time() const;
};

/// Share of full-scale power that an input `u` in [-1, 1] draws over the integration: the length of a pulse, the square of an amplitude, the share of
/// bits that are set.
double drive_share(const DacParameters& dac, double u);

/// Columns without weights: the bank waits for their time, skips them, or converts them like the others.
enum class UnusedColumns { idle, skipped, converted };

/// Output converters of a tile; `mux` columns share a converter.
struct AdcParameters {
  std::optional<int> bits;      ///< empty: ideal; step 2*bound/(2^bits - 2)
  std::optional<double> bound;  ///< clip level in full cells; empty: unlimited (no clipping, only with ideal bits)
  bool stochastic_rounding = false;
  double gain_spread = 0.0;     ///< standard deviation of the converters' gain
  double offset_spread = 0.0;   ///< standard deviation of the converters' offset, in full cells
  double calibration = 0.0;     ///< share of both spreads that a calibration removes
  double inl = 0.0;             ///< peak of the bow of the transfer curve, in steps
  double dnl = 0.0;             ///< standard deviation of every threshold, in steps
  double dead_codes = 0.0;      ///< share of the codes that a converter never gives
  bool repeat_clipped = false;  ///< bound management: the MVM is repeated with halved inputs while an output clips
  int mux = 1;
  UnusedColumns unused = UnusedColumns::idle;
  bool pipelined = true;           ///< a sample-and-hold lets the array integrate the next vector while this one is converted
  base::Duration conversion_time;  ///< of a whole conversion, for every tile.adc.timing
  base::Energy energy_per_conversion;
  base::Area area;      ///< per ADC
  base::Power leakage;  ///< per ADC
  CostNote cost;
  static AdcParameters read(const base::Config& config);
  /// Whether two converters of a bank can convert the same value to different codes.
  [[nodiscard]] bool converters_differ() const { return gain_spread > 0 || offset_spread > 0 || dnl > 0 || dead_codes > 0; }
};

}  // namespace mho::periphery
