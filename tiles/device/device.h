#pragma once

#include <memory>
#include <span>
#include <string>

#include "tiles/device/device_parameters.h"

namespace mho::tiles {

/// What one kind of memory device does to conductances: programming errors, drift, reading noise. Arrays hold one number per device; conductances in
/// uS, times in seconds since programming. Two numbers per device are its state from programming on, what they mean is the device's own affair.
/// Immutable and thread-safe.
class Device {
 public:
  virtual ~Device() = default;

  /// Conductance of a target of 0 and of 1, in uS.
  [[nodiscard]] double least_us() const { return least_us_; }
  [[nodiscard]] double most_us() const { return most_us_; }
  /// Whether nothing random happens to it: then no normal numbers are drawn for it and `programmed` and `read` may get empty ones.
  [[nodiscard]] virtual bool exact() const { return false; }
  /// Whether its state is the programmed conductance and its drift exponent, so that another conductance may take the place of the first.
  [[nodiscard]] virtual bool drifts() const { return false; }

  /// Sets the state of devices programmed to `target`. `error` and `trait` hold a standard normal number per device: of the programming, and of what
  /// is drawn once for a device's later life; they may be the very arrays `first` and `second`.
  virtual void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
                       std::span<float> second) const = 0;
  /// Conductances at `seconds`. `conductance` holds a standard normal number per device on entry (of this reading) and its conductance on return.
  virtual void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const = 0;

 protected:
  Device(double least_us, double most_us) : least_us_(least_us), most_us_(most_us) {}

 private:
  double least_us_;
  double most_us_;
};

std::unique_ptr<const Device> make_device(const DeviceParameters& parameters);

}  // namespace mho::tiles
