#pragma once

#include <algorithm>

#include "tiles/device/device.h"

namespace mho::tiles {

/// A function of the relative conductance G: clamp(slope ln G + offset, low, high) below `below`, a cubic above.
struct PiecewiseFit {
  float below;
  float slope, offset, low, high;
  float cubic[4];  ///< ascending powers of G
  [[nodiscard]] float operator()(float relative, float log_relative) const {
    const float logarithmic = std::min(std::max(slope * log_relative + offset, low), high);
    const float polynomial = cubic[0] + relative * (cubic[1] + relative * (cubic[2] + relative * cubic[3]));
    return relative < below ? logarithmic : polynomial;
  }
};

/// A fit of phase-change memory. G is the target over g_max, Gp the programmed conductance over g_max.
///   programming: g_p = max(0, g_T + s(G) N), s a cubic in uS for the g_max of the fit
///   drift: g(t) = g_p ((t + t0) / t0)^-nu, nu = |mean(G) + sd(G) N| drawn once
///   1/f read noise: standard deviation g(t) Q(Gp) sqrt(ln((t + t0 + t_read) / (2 t_read)))
struct PcmFit {
  double most_us;           ///< g_max of the fit
  double reference_time_s;  ///< t0: first read after programming
  double read_duration_s;   ///< t_read
  float sigma[4];           ///< of the programming error in uS, ascending powers of G
  PiecewiseFit drift_mean, drift_sd;
  bool power_law;  ///< Q = min(0.2, 0.0088 / max(Gp^0.65, 1e-3)) instead of read_amplitude
  PiecewiseFit read_amplitude;
};

/// A million mushroom cells at 90 nm: Nandakumar et al., ICECS 2020; Joshi et al., Nat. Commun. 11:2473 (2020); g_max 25 uS. As used by Rasch et al.,
/// Nat. Commun. 14:5282 (2023).
const PcmFit& mushroom_fit();
/// The 14 nm 64-core chip (Le Gallo et al., Nat. Electron. 6:680, 2023), one or two devices per polarity; g_max 10.35 and 20.7 uS.
const PcmFit& hermes_one_device_fit();
const PcmFit& hermes_two_device_fit();
/// Programming error 0.2 uS, nu = |0.1 + 0.05 N|, read noise G * growth in uS for every state; for sensitivity studies. Times as for the mushroom
/// cell.
class StateIndependentDevice : public Device {
 public:
  explicit StateIndependentDevice(const DeviceParameters& parameters);
  [[nodiscard]] bool drifts() const override { return true; }
  void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
               std::span<float> second) const override;
  void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const override;

 private:
  DeviceParameters parameters_;
};

/// Phase-change memory: state is the programmed conductance and the drift exponent.
class PcmDevice : public Device {
 public:
  PcmDevice(const DeviceParameters& parameters, const PcmFit& fit);
  [[nodiscard]] bool drifts() const override { return true; }
  void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
               std::span<float> second) const override;
  void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const override;

 private:
  DeviceParameters parameters_;
  PcmFit fit_;
};

/// sqrt(ln((t + t0 + t_read) / (2 t_read))): growth of 1/f noise until `seconds` after programming.
double read_noise_growth(double seconds, double reference_time_s, double read_duration_s);

}  // namespace mho::tiles
