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

/// How much accuracy noise at the outputs costs: (noise / middle) ^ slope, of metrics that end at guessing limited to less than 1. Strictly monotone.
struct AccuracyCurve {
  bool bounded = true;
  double middle = 1, slope = 1;
  /// Part of the normalised accuracy that is lost.
  [[nodiscard]] double loss(double noise) const;
};

/// A design at one age: its noise at the outputs, and the normalised accuracy that was measured.
struct CurvePoint {
  std::string design{};
  double time_s = 0;
  double noise = 0, normalised = 0;
};

/// The curve with the least squares; a slight preference for a slope and a middle of 1 decides where the points do not.
AccuracyCurve fit_curve(const std::vector<CurvePoint>& points, bool bounded);
/// Root of the mean square of what curves fitted without a design miss of it. Empty for fewer than three designs.
std::optional<double> left_out_error(const std::vector<CurvePoint>& points, bool bounded);

/// Spearman's: of the ranks, equal values share theirs. Empty for fewer than two, or where all values of one side are equal.
std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b);

struct ProxyOptions {
  std::uint64_t seed = 1;
  int threads = 1;
  std::size_t samples = 256;  ///< scored for each design that calibrates, at most
  int programmings = 2;       ///< of each
};

/// Predicts the accuracy of designs of one network from the signal-to-noise ratio of every layer on its tiles. The noise of a layer counts as much as
/// it moves the network's outputs when that layer alone is on tiles; what all layers together move is turned into accuracy by a curve through a few
/// designs that were evaluated.
class AccuracyProxy {
 public:
  /// `network` and `data` must outlive this. Throws as LayerNoise.
  AccuracyProxy(const workloads::Network& network, const workloads::DataDescription& data, const ProxyOptions& options);

  /// Measures the gains of layers on `base` and the accuracy of `designs` at their ages. `tell` hears how many designs are done. Throws UserError
  /// where none of them can be evaluated, or where the float network guesses.
  void calibrate(const Design& base, const std::vector<Design>& designs, const std::vector<double>& times_s);
  /// Text that says all that such a calibration depends on.
  [[nodiscard]] std::string dependence(const Design& base, const std::vector<Design>& designs, const std::vector<double>& times_s) const;
  /// A calibration as a JSON object: gains by matrix, curve, points, error.
  [[nodiscard]] base::Json json() const;
  /// Takes a calibration over from such an object. False: it is none of this network.
  bool restore(const base::Json& json);

  /// Normalised accuracy by time.
  std::vector<double> normalised(const Design& design, std::span<const double> times_s);
  /// Noise at the outputs by time: what the curve reads.
  std::vector<double> noise(const Design& design, std::span<const double> times_s);
  /// The metric that a normalised accuracy stands for.
  [[nodiscard]] double value_of(double share) const { return chance_ + share * (reference_ - chance_); }

  [[nodiscard]] const AccuracyCurve& curve() const { return curve_; }
  [[nodiscard]] const std::vector<CurvePoint>& points() const { return points_; }
  [[nodiscard]] const std::vector<double>& gains() const { return gains_; }
  [[nodiscard]] std::optional<double> error() const { return error_; }  ///< see left_out_error
  [[nodiscard]] double seconds() const { return seconds_; }             ///< that the calibration took
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

/// Adds accuracy@AGE and normalised@AGE, as the proxy predicts them, to what another evaluator finds.
class ProxyEvaluator final : public Evaluator {
 public:
  /// `task`: how a point becomes a design. All must outlive this.
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
