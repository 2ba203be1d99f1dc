#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mho::workloads {

/// Metrics that compare the outputs of a network with the targets of its data.
enum class Metric {
  top1,  ///< share of targets whose output is the largest
  top5,  ///< share of targets whose output is among the five largest
  nats,  ///< mean of -ln softmax(outputs)[target]; the perplexity is e to this power
  f1,    ///< mean F1 score of the classes that occur in the targets (macro)
  mse,   ///< mean squared difference of outputs and targets
};

/// The word for a metric in data descriptions and tables.
std::string metric_name(Metric metric);
/// The metric of a word. Throws std::out_of_range for an unknown word.
Metric metric_of(const std::string& name);
std::vector<std::string> metric_names();
/// Whether larger values are better and lie between 0 and 1.
bool is_share(Metric metric);

/// Target of a position that does not count.
inline constexpr float ignored_target = -1.0F;

/// Sums over samples from which a metric is computed. Sums of parts can be added; a fixed order gives fixed bits.
class Score {
 public:
  explicit Score(Metric metric) : metric_(metric) {}
  /// Adds one sample: `outputs` [positions][classes] (mse: at least as many values as targets), `targets` one for each position. Positions beyond the
  /// targets, or whose target is ignored_target, do not count. Throws std::logic_error if sizes do not agree or a target is not a class.
  void add(std::span<const float> outputs, std::size_t positions, std::span<const float> targets);
  void add(const Score& other);
  /// Number of targets that counted.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The metric; NaN if no target counted.
  [[nodiscard]] double value() const;

 private:
  struct OfClass {
    std::uint64_t right = 0, said = 0, are = 0;
  };
  Metric metric_;
  double sum_ = 0;
  std::uint64_t count_ = 0;
  std::vector<OfClass> classes_;
};

/// Value of the metric for guessing: equal outputs for all classes; mse: the mean of the targets as output. `classes`: number of classes; `variance`:
/// that of the targets.
double chance_level(Metric metric, double classes, double variance);

}  // namespace mho::workloads
