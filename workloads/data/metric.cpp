#include "workloads/data/metric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "base/elementary.h"

namespace mho::workloads {

namespace {

constexpr std::array<std::pair<const char*, Metric>, 5> names{
    {{"top1", Metric::top1}, {"top5", Metric::top5}, {"nats", Metric::nats}, {"f1", Metric::f1}, {"mse", Metric::mse}}};

constexpr std::size_t few = 5;  // for top5

/// Index of the largest value; the lowest index among equal values.
std::size_t argmax(std::span<const float> scores) {
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

/// -ln softmax(scores)[target]. The largest score is subtracted first to avoid overflow.
double surprise(std::span<const float> scores, std::size_t target) {
  const double most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const float score : scores) sum += base::exponential(static_cast<double>(score) - most);
  return base::logarithm(sum) + most - static_cast<double>(scores[target]);
}

}  // namespace

std::string metric_name(Metric metric) { return std::ranges::find(names, metric, &std::pair<const char*, Metric>::second)->first; }

Metric metric_of(const std::string& name) {
  const auto found = std::ranges::find_if(names, [&](const auto& entry) { return entry.first == name; });
  if (found == names.end()) throw std::out_of_range("no metric is called " + name);
  return found->second;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> list;
  list.reserve(names.size());
  for (const auto& [name, metric] : names) list.emplace_back(name);
  return list;
}

bool is_share(Metric metric) { return metric != Metric::nats && metric != Metric::mse; }

void Score::add(std::span<const float> outputs, std::size_t positions, std::span<const float> targets) {
  if (metric_ == Metric::mse) {
    if (outputs.size() < targets.size()) throw std::logic_error("Score: more targets than outputs");
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const double difference = static_cast<double>(outputs[i]) - static_cast<double>(targets[i]);
      sum_ += difference * difference;
    }
    count_ += targets.size();
    return;
  }
  if (positions == 0 || outputs.size() % positions != 0 || targets.size() > positions) throw std::logic_error("Score: outputs and targets disagree");
  const std::size_t classes = outputs.size() / positions;
  if (metric_ == Metric::f1 && classes_.size() < classes) classes_.resize(classes);
  for (std::size_t p = 0; p < targets.size(); ++p) {
    if (targets[p] == ignored_target) continue;
    const auto scores = outputs.subspan(p * classes, classes);
    const auto target = static_cast<std::size_t>(targets[p]);
    if (target >= classes) throw std::logic_error("Score: a target is no class of the outputs");
    ++count_;
    switch (metric_) {
      case Metric::top1:
        sum_ += argmax(scores) == target ? 1 : 0;
        break;
      case Metric::top5: {
        // An equal score with a lower index counts as larger, as in argmax.
        std::size_t before = 0;
        for (std::size_t i = 0; i < classes; ++i) before += scores[i] > scores[target] || (scores[i] == scores[target] && i < target) ? 1U : 0U;
        sum_ += before < few ? 1 : 0;
        break;
      }
      case Metric::nats:
        sum_ += surprise(scores, target);
        break;
      case Metric::f1: {
        const std::size_t said = argmax(scores);
        ++classes_[said].said;
        ++classes_[target].are;
        if (said == target) ++classes_[target].right;
        break;
      }
      case Metric::mse:
        break;
    }
  }
}

void Score::add(const Score& other) {
  sum_ += other.sum_;
  count_ += other.count_;
  if (classes_.size() < other.classes_.size()) classes_.resize(other.classes_.size());
  for (std::size_t c = 0; c < other.classes_.size(); ++c) {
    classes_[c].right += other.classes_[c].right;
    classes_[c].said += other.classes_[c].said;
    classes_[c].are += other.classes_[c].are;
  }
}

double Score::value() const {
  if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
  if (metric_ != Metric::f1) return sum_ / static_cast<double>(count_);
  double sum = 0, occurring = 0;
  for (const OfClass& c : classes_) {
    if (c.are == 0) continue;
    occurring += 1;
    sum += 2 * static_cast<double>(c.right) / static_cast<double>(c.said + c.are);
  }
  return sum / occurring;
}

double chance_level(Metric metric, double classes, double variance) {
  switch (metric) {
    case Metric::top1:
    case Metric::f1:
      return 1 / classes;
    case Metric::top5:
      return std::min(1.0, static_cast<double>(few) / classes);
    case Metric::nats:
      return base::logarithm(classes);
    case Metric::mse:
      break;
  }
  return variance;
}

}  // namespace mho::workloads
