#pragma once

#include "tiles/device/device.h"

namespace mho::tiles {

/// ReRAM of Wan et al., Nature 608:504 (2022): g_max 40 uS, an error around the target that widens from 1 s over 1 day to 2 days (interpolated in the
/// logarithm of time, constant outside), read noise of 1 % of g_max. The mean does not drift. State: target and the error of the device.
class WanReramDevice : public Device {
 public:
  explicit WanReramDevice(const DeviceParameters& parameters);
  void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
               std::span<float> second) const override;
  void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const override;

 private:
  DeviceParameters parameters_;
};

/// ReRAM of CMO/HfOx, 9 to 88.2 uS, one device a weight: programming error by acceptance range, relaxation with the logarithm of time, 1/f read
/// noise. State: programmed conductance and the device's share of the relaxation.
class CmoReramDevice : public Device {
 public:
  explicit CmoReramDevice(const DeviceParameters& parameters);
  void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
               std::span<float> second) const override;
  void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const override;

 private:
  DeviceParameters parameters_;
};

}  // namespace mho::tiles
