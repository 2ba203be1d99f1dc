#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/design_file/config.h"

namespace mho::analysis {

/// A source of errors of a tile: an effect that makes its outputs differ from the exact product, and the settings that switch it off.
struct ErrorSource {
  std::string name;
  std::string part_of;               ///< name of the source that contains this one; empty: none
  std::vector<std::string> off;      ///< "key=value"; a source with parts is off when its parts are off too
  std::vector<std::string> keeps{};  ///< keys that keep the design's value while this source is on, because it is relative to them
  bool remedy = false;               ///< reduces errors, so it is not shown alone
};

/// All sources, each after the source that contains it. New sources are added here only.
const std::vector<ErrorSource>& error_sources();

/// Name of the source "DAC and ADC together", with which the other sources are also shown.
extern const std::string converters_source;

/// The sources that are on in `design`, in the order of error_sources().
std::vector<ErrorSource> active_sources(const base::Config& design);

/// `design` with all sources off except those named in `on`, the sources that contain them, and their parts. Empty `on`: an exact product.
base::Config with_only(const base::Config& design, const std::set<std::string>& on);

/// `design` with all sources off. The keys `kept` keep the design's value, or get the declared default if that value means off.
base::Config with_none(const base::Config& design, const std::set<std::string>& kept);

/// `design` without `source` and its parts.
base::Config without(const base::Config& design, const std::string& source);

}  // namespace mho::analysis
