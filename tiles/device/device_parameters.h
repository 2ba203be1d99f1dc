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
/// What a pair of devices brings from programming into ageing: each device its own state, or the weight of the pair split into a new pair.
enum class Ageing { per_device, resplit_pairs };

/// One row of a user's table of a device, interpolated linearly in between.
struct DeviceTableRow {
  double conductance_us = 0;
  double programming_sigma_us = 0;
  double drift_mean = 0;  ///< of the exponent nu
  double drift_sd = 0;
  double read_sigma_us = 0;  ///< of one evaluation
};

struct DeviceParameters {
  DeviceKind kind = DeviceKind::pcm;
  double least_us = 0.0;           ///< conductance of the weight 0
  double most_us = 25.0;           ///< conductance of the weight 1
  std::optional<int> levels;       ///< targets a device can be programmed to, both ends included; empty: any
  [[nodiscard]] int bits() const;  ///< that its levels tell apart; levels are known
  double programming_scale = 1.0;  ///< factor on the programming error
  double drift_scale = 1.0;        ///< factor on drift or relaxation
  double read_scale = 1.0;         ///< factor on the noise of a reading (1/f or constant)
  Ageing ageing = Ageing::per_device;
  double acceptance = 0.002;  ///< CMO/HfOx: acceptance range of programming, 0.002 or 0.02
  double stuck_rate = 0.0;    ///< share of devices that do not obey
  StuckAt stuck_at = StuckAt::zero;
  std::vector<DeviceTableRow> table;  ///< of kind table, conductances ascending
  double table_reference_s = 1.0;     ///< t0 of the table's drift
  static DeviceParameters read(const base::Config& config);
};

}  // namespace mho::tiles
