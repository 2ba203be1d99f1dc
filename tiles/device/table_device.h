#pragma once

#include <string>

#include "tiles/device/device.h"

namespace mho::tiles {

/// Reads a table of a device from a CSV file with the header conductance_us,programming_sigma_us,drift_mean,drift_sd,read_sigma_us and at least two
/// rows, conductances ascending. Throws a UserError that names file and line.
std::vector<DeviceTableRow> read_device_table(const std::string& path);

/// A device that a user measured: standard deviation of programming, mean and standard deviation of the drift exponent, as functions of the target,
/// and of read noise, as a function of the drifted conductance; linear between rows, constant outside. Drift is (t / t0)^-nu from t0 on. State:
/// programmed conductance, exponent.
class TableDevice : public Device {
 public:
  explicit TableDevice(const DeviceParameters& parameters);
  [[nodiscard]] bool drifts() const override { return true; }
  void program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
               std::span<float> second) const override;
  void read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const override;

 private:
  DeviceParameters parameters_;
};

}  // namespace mho::tiles
