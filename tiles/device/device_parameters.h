#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/design_file/config.h"

namespace mho::tiles {

/// Keys tile.device.*
base::Declarations device_declarations();

enum class DeviceKind { ideal, pcm, hermes_pcm_1, hermes_pcm_2, reram_wan, reram_cmo, state_independent, table };
enum class StuckAt { zero, most, random };
/// State of a pair of devices at the start of ageing: each device keeps its own, or the weight of the pair is split into a new pair.
enum class Ageing { per_device, resplit_pairs };

/// One row of a user's table of a device; values between rows are interpolated linearly.
struct DeviceTableRow {
  double conductance_us = 0;
  double programming_sigma_us = 0;
  double drift_mean = 0;  ///< of the exponent nu
  double drift_sd = 0;
  double read_sigma_us = 0;  ///< standard deviation of one reading
};

struct DeviceParameters {
  DeviceKind kind = DeviceKind::pcm;
  double least_us = 0.0;           ///< conductance of the weight 0
  double most_us = 25.0;           ///< conductance of the weight 1
  std::optional<int> levels;       ///< number of targets that a device can be programmed to, both ends included; empty: any target
  [[nodiscard]] int bits() const;  ///< bits that the levels distinguish; `levels` is not empty
  double programming_scale = 1.0;  ///< factor on the programming error
  double drift_scale = 1.0;        ///< factor on drift or relaxation
  double read_scale = 1.0;         ///< factor on the read noise (1/f or constant)
  Ageing ageing = Ageing::per_device;
  double acceptance = 0.002;  ///< CMO/HfOx: acceptance range of programming, 0.002 or 0.02
  double stuck_rate = 0.0;    ///< share of stuck devices
  StuckAt stuck_at = StuckAt::zero;
  std::vector<DeviceTableRow> table;  ///< for kind `table`; conductances ascending
  double table_reference_s = 1.0;     ///< t0 of the drift of the table
  static DeviceParameters read(const base::Config& config);
};

}  // namespace mho::tiles
