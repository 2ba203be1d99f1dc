#pragma once

#include <optional>
#include <string>

#include "base/design_file/document.h"
#include "workloads/data/array_dataset.h"
#include "workloads/data/metric.h"

namespace mho::workloads {

/// The section `scale` of a data description; without one values stay as they are. Throws UserError at the line.
SampleScaling read_scaling(const base::YamlNode* node);
/// For the hash of a data set.
std::string scaling_text(const SampleScaling& scaling);

/// How all splits of a data description are scored.
struct Judging {
  Metric metric = Metric::top1;
  std::optional<double> chance;
};

/// `metric` and `chance` of a data description. Throws UserError at the line.
Judging read_judging(const base::YamlNode& root);

}  // namespace mho::workloads
