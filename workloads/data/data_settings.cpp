#include "workloads/data/data_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "workloads/data/description_text.h"

namespace mho::workloads {

using base::YamlNode;

namespace {

/// Below 1 if the metric is a share: with chance 1 no result could be better than guessing.
double chance_of(const YamlNode& node, Metric metric) {
  const double chance = number_of(node, "chance");
  if (is_share(metric) && !(chance >= 0 && chance < 1)) {
    fail_at(node, fmt::format("'chance' {} is no share: what guessing gives in {} is from 0 to below 1", node.scalar, metric_name(metric)));
  }
  if (!is_share(metric) && chance <= 0) {
    fail_at(node, fmt::format("'chance' {}: what guessing gives in {} is above 0", node.scalar, metric_name(metric)));
  }
  return chance;
}

}  // namespace

SampleScaling read_scaling(const YamlNode* node) {
  SampleScaling scaling;
  if (node == nullptr) return scaling;
  section_of(*node, "'scale'", {"divide", "mean", "std"});
  if (const YamlNode* divide = node->find("divide")) {
    scaling.divide = float_of(*divide, "divide");
    if (!(scaling.divide > 0)) fail_at(*divide, "'divide' must be above 0");
  }
  if (const YamlNode* mean = node->find("mean")) scaling.mean = numbers_of(*mean, "mean");
  if (const YamlNode* deviation = node->find("std")) {
    scaling.deviation = numbers_of(*deviation, "std");
    for (const float s : scaling.deviation) {
      if (!(s > 0)) fail_at(*deviation, "'std' must be above 0");
    }
  }
  if (scaling.mean.size() != scaling.deviation.size() && scaling.mean.size() != 1 && scaling.deviation.size() != 1) {
    fail_at(*node, fmt::format("'mean' has {} entries and 'std' {}; one each, or one per channel", scaling.mean.size(), scaling.deviation.size()));
  }
  return scaling;
}

std::string scaling_text(const SampleScaling& scaling) {
  std::string result = fmt::format("/{}", scaling.divide);
  for (const float mean : scaling.mean) result += fmt::format(" -{}", mean);
  for (const float deviation : scaling.deviation) result += fmt::format(" /{}", deviation);
  return result;
}

Judging read_judging(const YamlNode& root) {
  Judging judging;
  if (const YamlNode* metric = root.find("metric")) {
    const std::vector<std::string> known = metric_names();
    if (std::ranges::count(known, text_of(*metric, "metric")) == 0) {
      std::string list;
      for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
      fail_at(*metric, fmt::format("metric '{}' is not known; legal are {}", metric->scalar, list));
    }
    judging.metric = metric_of(metric->scalar);
  }
  if (const YamlNode* chance = root.find("chance")) judging.chance = chance_of(*chance, judging.metric);
  return judging;
}

}  // namespace mho::workloads
