#include "analysis/explore/sweep/figure_front.h"

#include <algorithm>

namespace mho::analysis {

bool more_is_better(const std::string& figure) {
  const std::string name = figure.substr(0, figure.find('@'));
  for (const char* more : {"accuracy", "normalised", "yield", "good_chips", "worst", "percentile5", "median", "first_accuracy", "last_accuracy",
                           "float_accuracy", "throughput_per_s", "tops_per_watt", "utilisation"}) {
    if (name == more) return true;
  }
  return false;
}

std::vector<std::string> figure_names(const EvaluationTask& task) {
  std::vector<std::string> names{"latency_s",       "interval_s", "throughput_per_s", "energy_per_inference_j", "single_shot_energy_j",
                                 "average_power_w", "leakage_w",  "area_mm2",         "tops_per_watt",          "tiles",
                                 "utilisation",     "macs",       "weights"};
  for (const char* band : {"energy_per_inference_j", "average_power_w", "leakage_w", "area_mm2", "tops_per_watt"}) {
    for (const char* end : {"@low", "@high"}) names.push_back(std::string(band) + end);
  }
  if (!task.accuracy) return names;
  for (const char* name : {"float_accuracy", "first_accuracy", "last_accuracy", "normalised", "yield"}) names.emplace_back(name);
  for (const double time_s : task.times_s) {
    for (const char* name : {"accuracy@", "normalised@", "yield@", "good_chips@", "worst@", "percentile5@", "median@", "accuracy_sem@"}) {
      names.push_back(name + age_text(time_s));
    }
  }
  return names;
}

void FigureFront::add(std::int64_t number, const std::map<std::string, double>& figures) {
  const auto x = figures.find(x_), y = figures.find(y_);
  if (x == figures.end() || y == figures.end()) return;
  const Member point{number, x->second, y->second};
  const auto no_worse = [](double a, double b, bool more) { return more ? a >= b : a <= b; };
  const bool more_x = more_is_better(x_), more_y = more_is_better(y_);
  const auto dominates = [&](const Member& a, const Member& b) {
    return no_worse(a.x, b.x, more_x) && no_worse(a.y, b.y, more_y) && (a.x != b.x || a.y != b.y);
  };
  for (const Member& member : members_) {
    const bool same = member.x == point.x && member.y == point.y;
    if (dominates(member, point) || (same && member.number <= number)) return;
  }
  std::erase_if(members_, [&](const Member& member) { return dominates(point, member) || (member.x == point.x && member.y == point.y); });
  members_.insert(std::ranges::upper_bound(members_, point.x, {}, &Member::x), point);
}

}  // namespace mho::analysis
