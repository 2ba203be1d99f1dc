#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/random.h"
#include "tiles/parameters.h"

/// The eleven steps of one analog matrix-vector product, in the order and with the numbers of docs/model.md. Each step is a function of one row of
/// numbers. Random numbers are arguments, so no step has a state. tile_mvm.cpp calls the steps in this order, with the options of a tile around them.
/// Two steps are declared elsewhere: step 4 is products() in product.h, step 10 is Adc::convert() in periphery/converters/adc.h.
namespace mho::tiles {

/// Whether all values are finite, as step 1 requires.
bool all_finite(std::span<const float> x);

/// Step 1, input range: clamp(x, -alpha, alpha) / alpha into `row`. A static range clips to `alpha`; the dynamic kinds take vector_range() instead,
/// which clips nothing; kind `off` copies. Returns the factor that the outputs get back in step 11: 1 where alpha is static, because then it is part
/// of the output scales.
float apply_input_range(const TileParameters& tile, float alpha, std::span<const float> x, std::span<float> row);
/// alpha of the dynamic kinds: max |x| for `per_vector`. `constrained` enlarges it where outputs would clip, as far as the grid of the inputs allows:
/// max(max |x|, min(0.6 / bound * max(sum x+, sum |x-|), 0.25 / step * max |x|)) (input management of Rasch et al., AICAS 2021). 1 for a row of
/// zeros.
float vector_range(const TileParameters& tile, std::span<const float> x);

/// Step 2, DAC: rounds `row` to the activation format, then half to even to the step 2 / (2^b - 2), clipped to +-1. With `dither`, uniform numbers in
/// (0, 1) by input, stochastic rounding goes to either neighbour.
void convert_inputs(const TileParameters& tile, std::span<float> row, std::span<const float> dither);
/// The part of a converted row that read-out number `readout` drives into the array: one sign, if the signs are driven one after the other; and if
/// inputs are bit-serial, +-1 for one bit of the magnitude or 1 for one bit of the two's complement, least significant first. Read-outs are counted
/// [sign][bit].
void select_readout(const periphery::DacParameters& dac, std::span<const float> row, std::size_t readout, std::span<float> driven);

/// Step 3, input noise: x_j += s_in N_j with N in `normals` (empty where s_in is 0), then negative inputs times (1 - a).
void add_input_noise(const TileParameters& tile, std::span<const float> normals, std::span<float> driven);

// Step 4, product: y_i = sum_j w_ij x_j, in one pass with the sums that steps 5 and 7 need. See products() in product.h.

/// Weight of each input in the voltage drop of step 5: 1 - (1 - j / n)^2, j counted from the sense amplifier.
std::vector<float> ir_drop_profile(const Wires& wires, std::size_t inputs);
/// Step 5, IR drop (approximate): y_i -= s_IR c_i shaped_i with c = 0.05 a^3 - 0.2 a^2 + 0.5 a and a_i = (n / r) load_i. `shaped` is the product with
/// the inputs times their profile, `load` is sum_j |w_ij x_j|.
void subtract_ir_drop(const Wires& wires, std::size_t inputs, std::span<const float> shaped, std::span<const float> load, std::span<float> y);

/// Static random properties of the read-out of a tile, by output. A vector is empty if the parameters switch its effect off.
struct ReadoutSpread {
  std::vector<float> kept;          ///< step 6: 1 - V_i
  std::vector<float> curvature;     ///< step 8: n_i
  float curve_factor = 1;           ///< step 8: f
  std::vector<float> output_sigma;  ///< step 9: s_out of each output
};
/// Draws from `stream`: V_i = max(0, s N), n_i = |n0 / bound (1 + s N)|, and s_out |1 + s N|.
ReadoutSpread draw_readout_spread(const TileParameters& tile, std::size_t outputs, const base::RandomStream& stream);

/// Step 6, offset and series resistance: y_i (1 - V_i), then y / (1 + min(rs |y|, limit)).
void apply_offset_and_series_resistance(const Readout& readout, std::span<const float> kept, std::span<float> y);

/// The load that scales the read noise of one row.
struct ReadLoad {
  std::span<const float> by_output;  ///< sum_j |w_ij| x_j^2 for the noise of PCM; else empty
  float of_row = 0;                  ///< ||x||_2^2 for constant noise; else 0
};
/// ||x||_2^2, added in ascending order.
float square_norm(std::span<const float> x);
/// Step 7, read noise: y_i += s_w sqrt(load_i) N_i.
void add_read_noise(double s_w, const ReadLoad& load, std::span<const float> normals, std::span<float> y);

/// Step 8, output nonlinearity (S-curve): y_i f / (1 + n_i |y_i|). No effect if `spread` has no curvature.
void apply_s_curve(const ReadoutSpread& spread, std::span<float> y);

/// Step 9, output noise: y_i += s_out N_i, with the s_out of each output if it has a spread.
void add_output_noise(double s_out, const ReadoutSpread& spread, std::span<const float> normals, std::span<float> y);
/// Steps 7 and 9 as one draw with the summed variance: y_i += sqrt(s_w^2 load_i + s_out^2) N_i. Only if step 8 and spreads are off.
void add_read_and_output_noise(double s_w, double s_out, const ReadLoad& load, std::span<const float> normals, std::span<float> y);
/// Negative values times (1 - asymmetry): the end of step 9, and of step 3 for inputs.
void weaken_negative(double asymmetry, std::span<float> values);

// Step 10, ADC: see periphery::Adc::convert().

/// Step 11, digital: adds one conversion to those of the slices and bits before it: total_i = total_i + factor y_i, or factor y_i + 0 for
/// the `first`.
void shift_and_add(float factor, bool first, std::span<const float> y, std::span<float> total);
/// Step 11, digital: y_i times alpha gamma_i times the drift compensation, all in `scales`; then rounded to the format of partial sums if the
/// outputs go to another block.
void scale_outputs(std::span<const float> scales, const periphery::DigitalParameters& digital, bool partial_sum, std::span<float> y,
                   periphery::OutsideFormat* partial_sums = nullptr);
// Step 11 ends with add_contribution() in analog_matrix.h: the sums of the tiles of the same outputs, and the bias.

}  // namespace mho::tiles
