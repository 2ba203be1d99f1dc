#include "tiles/device/device.h"

#include <algorithm>

#include "tiles/device/pcm_device.h"
#include "tiles/device/reram_device.h"
#include "tiles/device/table_device.h"

namespace mho::tiles {

namespace {

/// A device without errors and drift. State: the target.
class IdealDevice : public Device {
 public:
  explicit IdealDevice(const DeviceParameters& parameters) : Device(parameters.least_us, parameters.most_us) {}
  [[nodiscard]] bool exact() const override { return true; }
  void program(std::span<const float> target, std::span<const float> /*error*/, std::span<const float> /*trait*/, std::span<float> first,
               std::span<float> /*second*/) const override {
    std::ranges::copy(target, first.begin());
  }
  void read(double /*seconds*/, std::span<const float> first, std::span<const float> /*second*/, std::span<float> conductance) const override {
    std::ranges::copy(first, conductance.begin());
  }
};

}  // namespace

std::unique_ptr<const Device> make_device(const DeviceParameters& parameters) {
  switch (parameters.kind) {
    case DeviceKind::pcm:
      return std::make_unique<PcmDevice>(parameters, mushroom_fit());
    case DeviceKind::hermes_pcm_1:
      return std::make_unique<PcmDevice>(parameters, hermes_one_device_fit());
    case DeviceKind::hermes_pcm_2:
      return std::make_unique<PcmDevice>(parameters, hermes_two_device_fit());
    case DeviceKind::reram_wan:
      return std::make_unique<WanReramDevice>(parameters);
    case DeviceKind::reram_cmo:
      return std::make_unique<CmoReramDevice>(parameters);
    case DeviceKind::state_independent:
      return std::make_unique<StateIndependentDevice>(parameters);
    case DeviceKind::table:
      return std::make_unique<TableDevice>(parameters);
    case DeviceKind::ideal:
      break;
  }
  return std::make_unique<IdealDevice>(parameters);
}

}  // namespace mho::tiles
