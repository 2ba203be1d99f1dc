#include "tiles/device/device_parameters.h"

#include <array>
#include <bit>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "tiles/device/pcm_device.h"
#include "tiles/device/table_device.h"

namespace mho::tiles {

namespace {

using base::standard;

/// A word of tile.device.kind and the range of conductances of its fit.
struct Kind {
  std::string_view word;
  DeviceKind kind;
  double least_us;
  double most_us;
};

constexpr double mushroom_us = 25.0;
const std::array<Kind, 8>& kinds() {
  static const std::array<Kind, 8> list{{{"ideal", DeviceKind::ideal, 0.0, mushroom_us},
                                         {"pcm", DeviceKind::pcm, 0.0, mushroom_fit().most_us},
                                         {"hermes_pcm_1", DeviceKind::hermes_pcm_1, 0.0, hermes_one_device_fit().most_us},
                                         {"hermes_pcm_2", DeviceKind::hermes_pcm_2, 0.0, hermes_two_device_fit().most_us},
                                         {"reram_wan", DeviceKind::reram_wan, 0.0, 40.0},
                                         {"reram_cmo", DeviceKind::reram_cmo, 9.0, 88.2},
                                         {"state_independent", DeviceKind::state_independent, 0.0, mushroom_us},
                                         {"table", DeviceKind::table, 0.0, 0.0}}};
  return list;
}

const Kind& kind_of(std::string_view word) {
  for (const Kind& kind : kinds()) {
    if (kind.word == word) return kind;
  }
  throw std::logic_error("tile.device.kind holds a word that no device has");
}

base::Declaration factor(std::string key, std::string sentence) {
  return base::number(std::move(key), "", 1.0, 0.0, 100.0, std::move(sentence), standard);
}

constexpr double largest = 1e6;

/// Keys of the kind of device and its conductances.
base::Declarations fit_declarations() {
  std::vector<std::string> words;
  for (const Kind& kind : kinds()) words.emplace_back(kind.word);
  const std::string native =
      "the fit of the device: 25 uS pcm, state_independent and ideal; 10.35 and 20.7 uS hermes_pcm; 40 uS reram_wan; 9 to 88.2 uS "
      "reram_cmo; the table's first and last row";
  return {
      base::word("tile.device.kind", "pcm", words,
                 "Memory device. 'pcm': 90 nm phase-change memory; 'hermes_pcm_1', 'hermes_pcm_2': phase-change memory of a 14 nm chip with one or "
                 "two devices per polarity; 'reram_wan', 'reram_cmo': resistive memories; 'state_independent': for sensitivity studies; 'table': "
                 "your own device, from tile.device.table; 'ideal': always at its target.",
                 "Nandakumar et al., ICECS 2020 and Joshi et al., Nat. Commun. 11:2473 (2020); Le Gallo et al., Nat. Electron. 6:680 (2023); Wan et "
                 "al., Nature 608:504 (2022); CMO/HfOx ReRAM"),
      base::number_or("tile.device.g_min", "uS", std::string("native"), 0.0, largest, {"native"},
                      "Conductance that a device is programmed to for a weight of 0.", native),
      base::number_or("tile.device.g_max", "uS", std::string("native"), 1e-6, largest, {"native"},
                      "Largest conductance of one device; it represents a weight of 1.", native),
      base::whole_or("tile.device.levels", std::string("any"), 2, 65536, {"any"},
                     "Number of conductances that a device can be programmed to, evenly spaced, both ends included; 2: a binary cell.",
                     "any in the standard model"),
  };
}

/// Keys of drift, noise and other errors of devices.
base::Declarations error_declarations() {
  return {
      factor("tile.device.programming_scale", "Factor on the programming error."),
      factor("tile.device.drift_scale", "Factor on the drift exponent, or on the relaxation of a resistive memory."),
      factor("tile.device.read_scale", "Factor on the read noise of the devices (accumulated 1/f noise)."),
      base::word("tile.device.ageing", "per_device", {"per_device", "resplit_pairs"},
                 "Ageing after programming. 'per_device': each device of a pair ages, as in a real array; 'resplit_pairs': a new pair ages, which "
                 "holds the programmed weight relative to the largest of its tile on one device and zero on the other, for comparison with tools "
                 "that use this method.",
                 "per_device: every device has a state of its own; resplit_pairs: the analog hardware toolkit AIHWKit 1.1"),
      base::word("tile.device.acceptance", "0.2%", {"0.2%", "2%"},
                 "Range around the target in which the programming of 'reram_cmo' accepts a conductance.", "two ranges measured for CMO/HfOx ReRAM"),
      base::number("tile.device.stuck_rate", "", 0.0, 0.0, 1.0, "Share of devices whose conductance cannot be programmed.",
                   "off in the standard model"),
      base::word("tile.device.stuck_at", "zero", {"zero", "g_max", "random"}, "Conductance of a stuck device: zero, the largest, or a random one.",
                 "off in the standard model"),
  };
}

/// Keys of the device of kind 'table'.
base::Declarations table_declarations() {
  return {
      base::text("tile.device.table", "", {},
                 "CSV file of a device of kind 'table', with the columns conductance_us, programming_sigma_us, drift_mean, drift_sd, read_sigma_us. "
                 "A path in a design file is relative to the folder of that file.",
                 "your measurement"),
      base::number("tile.device.table_reference", "s", 1.0, 1e-9, largest,
                   "Time after programming at which the table's devices were first read (t0).", "your measurement"),
  };
}

}  // namespace

base::Declarations device_declarations() {
  base::Declarations all = fit_declarations();
  for (const base::Declarations& group : {error_declarations(), table_declarations()}) all.insert(all.end(), group.begin(), group.end());
  return all;
}

int DeviceParameters::bits() const { return static_cast<int>(std::bit_width(static_cast<unsigned>(levels.value() - 1))); }

DeviceParameters DeviceParameters::read(const base::Config& config) {
  DeviceParameters p;
  const Kind& kind = kind_of(config.word("tile.device.kind"));
  p.kind = kind.kind;
  p.least_us = kind.least_us;
  p.most_us = kind.most_us;
  const std::string& file = config.word("tile.device.table");
  if (p.kind == DeviceKind::table) {
    if (file.empty()) config.refuse("tile.device.table", "a device of kind 'table' needs its file: tile.device.table: FILE.csv");
    // A relative path in a design file starts at the folder of that file.
    const base::ValueSource& origin = config.origin("tile.device.table");
    const std::filesystem::path beside = std::filesystem::path(origin.file).parent_path();
    p.table = read_device_table(origin.kind == base::ValueSource::Kind::file ? (beside / file).string() : file);
    p.least_us = p.table.front().conductance_us;
    p.most_us = p.table.back().conductance_us;
  } else if (!file.empty()) {
    config.refuse("tile.device.table", "only a device of kind 'table' reads a file; set tile.device.kind: table, or leave this out");
  }
  p.least_us = config.optional_real("tile.device.g_min", "native").value_or(p.least_us);
  p.most_us = config.optional_real("tile.device.g_max", "native").value_or(p.most_us);
  if (p.least_us >= p.most_us)
    config.refuse("tile.device.g_min", "the conductance of the weight 0 must lie below that of the weight 1, tile.device.g_max");
  if (const auto levels = config.optional_integer("tile.device.levels", "any")) p.levels = static_cast<int>(*levels);
  p.programming_scale = config.real("tile.device.programming_scale");
  p.drift_scale = config.real("tile.device.drift_scale");
  p.read_scale = config.real("tile.device.read_scale");
  p.ageing = config.word("tile.device.ageing") == "per_device" ? Ageing::per_device : Ageing::resplit_pairs;
  constexpr double tight = 0.002;
  constexpr double loose = 0.02;
  p.acceptance = config.word("tile.device.acceptance") == "2%" ? loose : tight;
  p.stuck_rate = config.real("tile.device.stuck_rate");
  const std::string& stuck = config.word("tile.device.stuck_at");
  p.stuck_at = stuck == "zero" ? StuckAt::zero : (stuck == "g_max" ? StuckAt::most : StuckAt::random);
  p.table_reference_s = config.si("tile.device.table_reference", "s");
  return p;
}

}  // namespace mho::tiles
