#pragma once

namespace mho::tiles {

/// Phase-change memory device: the fit of Nandakumar et al., ICECS 2020, to a million-device 90 nm array (Joshi et al., Nat. Commun. 11:2473), as
/// used by Rasch et al., Nat. Commun. 14:5282 (2023). Conductances in uS, times in s. `relative` is target over g_max.
namespace pcm {

inline constexpr double reference_time_s = 20.0;   ///< t0: first read after programming
inline constexpr double read_duration_s = 250e-9;  ///< t_read

/// Standard deviation of the programming error in uS for g_max = 25 uS. Also holds for a target of zero.
double programming_sigma_us(double relative);

/// Mean and standard deviation of the drift exponent nu = |mean + sd N|.
struct Drift {
  double mean;
  double sd;
};
Drift drift(double relative);

/// Q of the accumulated 1/f read noise; `programmed` is the programmed conductance over g_max.
double read_noise_amplitude(double programmed);
/// sqrt(ln((t + t_read) / (2 t_read))), t in seconds since programming plus t0.
double read_noise_growth(double seconds);

}  // namespace pcm

}  // namespace mho::tiles
