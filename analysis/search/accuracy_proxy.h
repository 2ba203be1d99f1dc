#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/explore/evaluator.h"
#include "analysis/search/layer_noise.h"
#include "base/json.h"
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// Loss of accuracy as a function of the noise at the outputs: p = (noise / middle) ^ slope; for bounded metrics p / (1 + p), so that the loss stays
/// below 1. Strictly monotonic.
struct AccuracyCurve {
  bool bounded = true;
  double middle = 1, slope = 1;
  /// The lost part of the normalised accuracy.
  [[nodiscard]] double loss(double noise) const;
};

/// A design at one age: its noise at the outputs, and its measured normalised accuracy.
struct CurvePoint {
  std::string design{};
  double time_s = 0;
  double noise = 0, normalised = 0;
};

/// Squares of the errors of predicted normalised accuracies. Everything that is worse than guessing counts as guessing: no such design is of use, and
/// losses in nats of such designs would outweigh all others. Designs that are measured and predicted so are left out.
struct SquaredErrors {
  double sum = 0;
  std::size_t count = 0;
  void add(double predicted, double measured);
  /// Root of the mean; empty if all designs were left out.
  [[nodiscard]] std::optional<double> root_mean() const;
};

/// The curve with the least SquaredErrors. A small penalty favours slope and middle of 1 if the points do not determine them.
AccuracyCurve fit_curve(const std::vector<CurvePoint>& points, bool bounded);
/// Leave-one-design-out error: SquaredErrors::root_mean() of each design's points and the curve fitted without that design. Empty for fewer than
/// three designs that are better than guessing. Designs with equal points are left out together.
std::optional<double> left_out_error(const std::vector<CurvePoint>& points, bool bounded);

/// Spearman's rank correlation; equal values share a rank. Empty for fewer than two values, or if all values of one side are equal. Throws
/// std::logic_error for different sizes.
std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b);

struct ProxyOptions {
  std::uint64_t seed = 1;
  int threads = 1;
  std::size_t samples = 256;  ///< samples scored for each calibration design, at most
  int programmings = 2;       ///< programming instances of each
};

/// Predicts the accuracy of designs of one network from the signal-to-noise ratio of every layer on its tiles. Each layer's noise is weighted by its
/// effect on the network's outputs when only that layer is on tiles. The sum over layers is converted to accuracy by a curve through a few evaluated
/// designs.
class AccuracyProxy {
 public:
  /// `network` and `data` must outlive this object. Throws as LayerNoise.
  AccuracyProxy(const workloads::Network& network, const workloads::DataDescription& data, const ProxyOptions& options);

  /// Measures the gains of layers on `base` and the accuracy of `designs` at their ages. Throws UserError if none of them can be evaluated, or if the
  /// float network is no better than guessing.
  void calibrate(const Design& base, const std::vector<Design>& designs, const std::vector<double>& times_s);
  /// Text of everything that such a calibration depends on.
  [[nodiscard]] std::string dependence(const Design& base, const std::vector<Design>& designs, const std::vector<double>& times_s) const;
  /// A calibration as a JSON object: gains by matrix, curve, points, error.
  [[nodiscard]] base::Json json() const;
  /// Restores a calibration from such an object. Returns false if it is not of this network.
  bool restore(const base::Json& json);

  /// Names of the layers on tiles of a design, in descending order of their share in noise() at age `time_s`.
  std::vector<std::string> by_noise(const Design& design, double time_s);

  /// Predicted normalised accuracy by time.
  std::vector<double> normalised(const Design& design, std::span<const double> times_s);
  /// Noise at the outputs by time: the argument of the curve.
  std::vector<double> noise(const Design& design, std::span<const double> times_s);
  /// The value of the metric for a normalised accuracy.
  [[nodiscard]] double value_of(double share) const { return chance_ + share * (reference_ - chance_); }

  [[nodiscard]] const AccuracyCurve& curve() const { return curve_; }
  [[nodiscard]] const std::vector<CurvePoint>& points() const { return points_; }
  [[nodiscard]] const std::vector<double>& gains() const { return gains_; }
  [[nodiscard]] std::optional<double> error() const { return error_; }  ///< see left_out_error
  [[nodiscard]] double seconds() const { return seconds_; }             ///< duration of the calibration, in seconds
  [[nodiscard]] double prediction_seconds() const { return layers_.seconds(); }
  [[nodiscard]] const workloads::Network& network() const { return layers_.network(); }

 private:
  const workloads::DataDescription& data_;
  ProxyOptions options_;
  LayerNoise layers_;
  std::vector<double> gains_;
  AccuracyCurve curve_;
  std::vector<CurvePoint> points_;
  std::optional<double> error_;
  double chance_ = 0, reference_ = 1;
  double seconds_ = 0;
};

/// Adds accuracy@AGE and normalised@AGE, predicted by the proxy, to the figures of another evaluator.
class ProxyEvaluator final : public Evaluator {
 public:
  /// `task`: converts points to designs. All references must outlive this object.
  ProxyEvaluator(Evaluator& costs, AccuracyProxy& proxy, const EvaluationTask& task) : costs_(costs), proxy_(proxy), task_(task) {}
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override;

 private:
  Evaluator& costs_;
  AccuracyProxy& proxy_;
  const EvaluationTask& task_;
};

/// The design of a point of a task. Throws UserError as load_design.
Design design_of(const EvaluationTask& task, const DesignPoint& point);

}  // namespace mho::analysis
