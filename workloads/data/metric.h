#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mho::workloads {

/// How the outputs of a network are judged against the targets of its data.
enum class Metric {
  top1,  ///< share of targets that are the largest output
  top5,  ///< share of targets among the five largest outputs
  nats,  ///< mean of -ln softmax(outputs)[target]; e to that power is the perplexity
  f1,    ///< F1 of each class that occurs, their mean (macro)
  mse,   ///< mean squared difference of outputs and targets
};

/// A word for each metric, as data descriptions and tables have it.
std::string metric_name(Metric metric);
/// Throws std::out_of_range for another word.
Metric metric_of(const std::string& name);
std::vector<std::string> metric_names();
/// Whether more is better and the value lies between 0 and 1.
bool is_share(Metric metric);

/// Targets of positions that do not count.
inline constexpr float ignored_target = -1.0F;

/// Sums over samples from which a metric is computed; sums of parts add up, in a fixed order to fixed bits.
class Score {
 public:
  explicit Score(Metric metric) : metric_(metric) {}
  /// One sample: `outputs` [positions][classes] (mse: as many values as targets), `targets` one a position; positions beyond the targets, and those
  /// whose target is ignored_target, do not count. Sizes that do not fit are a std::logic_error.
  void add(std::span<const float> outputs, std::size_t positions, std::span<const float> targets);
  void add(const Score& other);
  /// Targets that counted.
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Not a number where nothing counted.
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

/// What guessing gives: outputs that favour no class; for mse, the mean of the targets. `classes` of the targets, `variance` of theirs.
double chance_level(Metric metric, double classes, double variance);

}  // namespace mho::workloads
