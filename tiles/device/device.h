#pragma once

#include <memory>
#include <span>
#include <string>

#include "tiles/device/device_parameters.h"

namespace mho::tiles {

/// A kind of memory device: its programming errors, drift and read noise. Arrays hold one number per device; conductances in
/// uS, times in seconds since programming. Two numbers per device are its state after programming; their meaning depends on the kind.
/// Immutable and thread-safe.
class Device {
 public:
  virtual ~Device() = default;

  /// Conductances of the targets 0 and 1, in uS.
  [[nodiscard]] double least_us() const { return least_us_; }
  [[nodiscard]] double most_us() const { return most_us_; }
  /// Whether the kind has no random effect: then no normal numbers are drawn, and the functions below accept empty arrays of them.
  [[nodiscard]] virtual bool exact() const { return false; }
  /// Whether its state is the programmed conductance and the drift exponent, so that the conductance may be replaced.
  [[nodiscard]] virtual bool drifts() const { return false; }

  /// Sets the state of devices programmed to `target`. `error` and `trait` hold a standard normal number per device: for the programming error, and
  /// for the properties that are fixed from then on (drift). They may be the same arrays as `first` and `second`.
  virtual void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
                       std::span<float> second) const = 0;
  /// Conductances at `seconds`. On entry `conductance` holds a standard normal number per device for this reading, on return the conductances.
  virtual void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const = 0;

 protected:
  Device(double least_us, double most_us) : least_us_(least_us), most_us_(most_us) {}

 private:
  double least_us_;
  double most_us_;
};

std::unique_ptr<const Device> make_device(const DeviceParameters& parameters);

}  // namespace mho::tiles
