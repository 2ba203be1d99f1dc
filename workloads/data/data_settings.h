#pragma once

#include <optional>
#include <string>

#include "base/design_file/document.h"
#include "workloads/data/array_dataset.h"
#include "workloads/data/metric.h"

namespace mho::workloads {

/// Reads the section `scale` of a data description; null: values stay unchanged. Throws UserError with the line.
SampleScaling read_scaling(const base::YamlNode* node);
/// The scaling as text, for the hash of a data set.
std::string scaling_text(const SampleScaling& scaling);

/// Metric and chance level for all splits of a data description.
struct Judging {
  Metric metric = Metric::top1;
  std::optional<double> chance;
};

/// Reads `metric` and `chance` of a data description. Throws UserError with the line.
Judging read_judging(const base::YamlNode& root);

}  // namespace mho::workloads
