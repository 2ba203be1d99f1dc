#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/design_file/config.h"

namespace mho::analysis {

/// Something that makes the outputs of a tile differ from the exact product, and how the design is rid of it.
struct ErrorSource {
  std::string name;
  std::string part_of;               ///< name of the source it is a part of; empty: of none
  std::vector<std::string> off;      ///< "key=value"; a source with parts is off when they are too
  std::vector<std::string> keeps{};  ///< keys that stay at the design's value while this source is on, because it is stated relative to them
  bool remedy = false;               ///< makes errors smaller, so that alone it means nothing
};

/// Every source there is, each after the one it is a part of. The one place to add one.
const std::vector<ErrorSource>& error_sources();

/// DAC and ADC together: the source that the others are also shown with.
extern const std::string converters_source;

/// The sources that are on in `design`, in the order of the table.
std::vector<ErrorSource> active_sources(const base::Config& design);

/// `design` with every source off but `on` (names), what they are parts of, and their parts. No name: an exact product.
base::Config with_only(const base::Config& design, const std::set<std::string>& on);

/// `design` with every source off, but for the keys `kept`: those stay at the design's value, or take the declared default where that is off.
base::Config with_none(const base::Config& design, const std::set<std::string>& kept);

/// `design` without `source` and its parts.
base::Config without(const base::Config& design, const std::string& source);

}  // namespace mho::analysis
