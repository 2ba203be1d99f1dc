#include "analysis/search/accuracy_proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <variant>

#include "analysis/experiment/experiment.h"
#include "analysis/experiment/prepare.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/version.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"

namespace mho::analysis {

namespace {

double squared_error(const std::vector<CurvePoint>& points, const AccuracyCurve& curve) {
  SquaredErrors errors;
  for (const CurvePoint& point : points) errors.add(1 - curve.loss(point.noise), point.normalised);
  return errors.sum;
}

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double shared = 0.5 * static_cast<double>(begin + end - 1);
    for (; begin < end; ++begin) ranks[order[begin]] = shared;
  }
  return ranks;
}

}  // namespace

void SquaredErrors::add(double predicted, double measured) {
  if (predicted <= 0 && measured <= 0) return;
  const double missed = std::max(predicted, 0.0) - std::max(measured, 0.0);
  sum += missed * missed;
  ++count;
}

std::optional<double> SquaredErrors::root_mean() const {
  return count > 0 ? std::optional(std::sqrt(sum / static_cast<double>(count))) : std::nullopt;
}

double AccuracyCurve::loss(double noise) const {
  if (!(noise > 0)) return 0;
  const double power = std::pow(noise / middle, slope);
  return bounded ? power / (1 + power) : power;
}

AccuracyCurve fit_curve(const std::vector<CurvePoint>& points, bool bounded) {
  // A grid over the two parameters, refined around its best point.
  constexpr int steps = 24, rounds = 5;
  constexpr double preference = 1e-5;
  double middle = 0, slope = 0, middle_reach = std::log(1e4), slope_reach = std::log(6.0);
  AccuracyCurve best{.bounded = bounded};
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) {
    const double at_middle = middle, at_slope = slope;
    for (int i = -steps; i <= steps; ++i) {
      for (int j = -steps; j <= steps; ++j) {
        const double log_middle = at_middle + middle_reach * i / steps, log_slope = at_slope + slope_reach * j / steps;
        const AccuracyCurve curve{.bounded = bounded, .middle = std::exp(log_middle), .slope = std::exp(log_slope)};
        const double error = squared_error(points, curve) + preference * (log_middle * log_middle + log_slope * log_slope);
        if (error >= least) continue;
        least = error;
        best = curve;
        middle = log_middle;
        slope = log_slope;
      }
    }
    middle_reach *= 3.0 / steps;
    slope_reach *= 3.0 / steps;
  }
  return best;
}

std::optional<double> left_out_error(const std::vector<CurvePoint>& points, bool bounded) {
  // Designs that differ only in keys without an effect on accuracy are left out together.
  std::map<std::string, std::vector<CurvePoint>> by_design;
  for (const CurvePoint& point : points) by_design[point.design].push_back(point);
  std::map<std::vector<std::pair<double, double>>, std::set<std::string>> alike;
  for (const auto& [design, own] : by_design) {
    std::vector<std::pair<double, double>> values;
    for (const CurvePoint& point : own) values.emplace_back(point.noise, point.normalised);
    alike[values].insert(design);
  }
  if (alike.size() < 3) return std::nullopt;
  SquaredErrors errors;
  std::set<std::string> useful;
  for (const auto& [values, designs] : alike) {
    std::vector<CurvePoint> others, own;
    for (const CurvePoint& point : points) (designs.contains(point.design) ? own : others).push_back(point);
    const AccuracyCurve curve = fit_curve(others, bounded);
    for (const CurvePoint& point : own) {
      errors.add(1 - curve.loss(point.noise), point.normalised);
      if (point.normalised > 0) useful.insert(*designs.begin());
    }
  }
  return useful.size() < 3 ? std::nullopt : errors.root_mean();
}

std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw std::logic_error("rank_correlation: sides of different sizes");
  if (a.size() < 2) return std::nullopt;
  const std::vector<double> left = ranks_of(a), right = ranks_of(b);
  const double mean = 0.5 * static_cast<double>(a.size() - 1);
  double both = 0, of_left = 0, of_right = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    both += (left[i] - mean) * (right[i] - mean);
    of_left += (left[i] - mean) * (left[i] - mean);
    of_right += (right[i] - mean) * (right[i] - mean);
  }
  if (of_left <= 0 || of_right <= 0) return std::nullopt;
  return both / std::sqrt(of_left * of_right);
}

AccuracyProxy::AccuracyProxy(const workloads::Network& network, const workloads::DataDescription& data, const ProxyOptions& options)
    : data_(data), options_(options), layers_(network, data, {.seed = options.seed, .threads = options.threads}) {}

void AccuracyProxy::calibrate(const Design& base, const std::vector<Design>& designs, const std::vector<double>& times_s) {
  const auto begin = std::chrono::steady_clock::now();
  ExperimentOptions experiment;
  SamplePlan plan = plan_samples(data_, experiment);
  plan.scored = std::min(plan.scored, options_.samples);
  const workloads::Metric metric = data_.test->metric();
  chance_ = data_.test->chance();
  reference_ = workloads::evaluate_float(network(), *data_.test, plan.first, plan.scored, options_.threads, "");
  const Yardstick yardstick{chance_, reference_, workloads::is_share(metric)};
  if (!yardstick.is_telling() || !std::isfinite(chance_)) {
    throw base::UserError(
        fmt::format("the float network {} reaches {:.4g} on {} samples and guessing {:.4g} ({}): no accuracy can be predicted. Is it "
                    "the data that it was trained for, scaled as then?",
                    network().name, reference_, plan.scored, chance_, workloads::metric_name(metric)));
  }
  gains_ = layers_.gains(base, times_s.front(), options_.programmings);
  points_.clear();
  std::string refused;
  base::Progress progress("calibrating the accuracy proxy", designs.size());
  for (const Design& design : designs) {
    try {
      const std::vector<double> noises = noise(design, times_s);
      const workloads::TiledNetwork tiled = prepare(design, network(),
                                                    {.calibration = data_.calibration ? data_.calibration.get() : data_.test.get(),
                                                     .calibration_samples = plan.calibration_samples,
                                                     .threads = options_.threads,
                                                     .copies = false});
      workloads::EvaluationOptions evaluation;
      evaluation.times_s = times_s;
      evaluation.repeats = options_.programmings;
      evaluation.seed = options_.seed;
      evaluation.threads = options_.threads;
      evaluation.first_sample = plan.first;
      evaluation.samples = plan.scored;
      evaluation.label = "";
      const workloads::AnalogEvaluation measured = workloads::evaluate_analog(tiled, *data_.test, evaluation);
      if (measured.interrupted) throw base::Interrupted();
      for (std::size_t t = 0; t < times_s.size(); ++t) {
        const auto share = analysis::normalised(mean_and_error(measured.times[t].by_repeat).mean, yardstick);
        points_.push_back({.design = design.hash(), .time_s = times_s[t], .noise = noises[t], .normalised = share.value_or(0)});
      }
    } catch (const base::UserError& error) {
      if (error.code() == base::ExitCode::interrupted) throw;
      refused = error.what();
    }
    progress.advance();
  }
  if (points_.empty())
    throw base::UserError(fmt::format("none of {} designs could be evaluated to calibrate the accuracy proxy: {}", designs.size(), refused));
  curve_ = fit_curve(points_, workloads::is_share(metric));
  error_ = left_out_error(points_, workloads::is_share(metric));
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string AccuracyProxy::dependence(const Design& base, const std::vector<Design>& designs, const std::vector<double>& times_s) const {
  std::string text =
      fmt::format("{} {} {} {} {} {} {} {}", base::version(), network().hash, data_.test->hash(), data_.calibration ? data_.calibration->hash() : "",
                  options_.seed, options_.samples, options_.programmings, base.hash());
  for (const Design& design : designs) text += " " + design.hash();
  for (const double time_s : times_s) text += fmt::format(" {}", time_s);
  return text;
}

base::Json AccuracyProxy::json() const {
  base::Json json;
  json["error"] = error_ ? base::Json(*error_) : base::Json();
  json["middle"] = curve_.middle;
  json["slope"] = curve_.slope;
  json["bounded"] = curve_.bounded;
  json["chance"] = chance_;
  json["float"] = reference_;
  json["seconds"] = seconds_;
  base::Json::Array gains, points;
  for (std::size_t m = 0; m < gains_.size(); ++m) {
    base::Json one;
    one["matrix"] = network().matrices[m].name;
    one["gain"] = gains_[m];
    gains.push_back(one);
  }
  for (const CurvePoint& point : points_) {
    base::Json one;
    one["design"] = point.design;
    one["time_s"] = point.time_s;
    one["noise"] = point.noise;
    one["normalised"] = point.normalised;
    points.push_back(one);
  }
  json["gains"] = gains;
  json["points"] = points;
  return json;
}

bool AccuracyProxy::restore(const base::Json& json) {
  const auto number = [](const base::Json& object, const char* key) {
    const base::Json* const value = object.find(key);
    if (value == nullptr) throw std::invalid_argument(key);
    if (const auto* whole = std::get_if<std::int64_t>(&value->value())) return static_cast<double>(*whole);
    return std::get<double>(value->value());
  };
  try {
    std::vector<double> gains;
    for (const base::Json& one : std::get<base::Json::Array>(json.find("gains")->value())) gains.push_back(number(one, "gain"));
    if (gains.size() != network().matrices.size()) return false;
    std::vector<CurvePoint> points;
    for (const base::Json& one : std::get<base::Json::Array>(json.find("points")->value())) {
      points.push_back({.design = std::get<std::string>(one.find("design")->value()),
                        .time_s = number(one, "time_s"),
                        .noise = number(one, "noise"),
                        .normalised = number(one, "normalised")});
    }
    curve_ = {.bounded = std::get<bool>(json.find("bounded")->value()), .middle = number(json, "middle"), .slope = number(json, "slope")};
    chance_ = number(json, "chance");
    reference_ = number(json, "float");
    seconds_ = number(json, "seconds");
    const base::Json* const error = json.find("error");
    error_ = error == nullptr || std::holds_alternative<std::monostate>(error->value()) ? std::nullopt : std::optional(number(json, "error"));
    gains_ = std::move(gains);
    points_ = std::move(points);
    return true;
  } catch (const std::logic_error&) {
    return false;
  } catch (const std::bad_variant_access&) {
    return false;
  }
}

std::vector<double> AccuracyProxy::noise(const Design& design, std::span<const double> times_s) {
  std::vector<double> sums;
  for (const std::vector<double>& by_matrix : layers_.of(design, times_s)) {
    double sum = 0;
    for (std::size_t m = 0; m < by_matrix.size(); ++m) sum += by_matrix[m] * (gains_.empty() ? 1 : gains_[m]);
    sums.push_back(sum);
  }
  return sums;
}

std::vector<std::string> AccuracyProxy::by_noise(const Design& design, double time_s) {
  const double times_s[] = {time_s};
  const std::vector<double> by_matrix = layers_.of(design, times_s).front();
  std::vector<std::pair<double, std::string>> layers;
  for (const workloads::Node& node : network().nodes) {
    double sum = 0;
    for (const int matrix : node.matrices) {
      const auto m = static_cast<std::size_t>(matrix);
      sum += by_matrix[m] * (gains_.empty() ? 1 : gains_[m]);
    }
    if (sum > 0) layers.emplace_back(sum, node.name);
  }
  std::ranges::stable_sort(layers, std::ranges::greater(), &std::pair<double, std::string>::first);
  std::vector<std::string> names;
  names.reserve(layers.size());
  for (auto& [sum, name] : layers) names.push_back(std::move(name));
  return names;
}

std::vector<double> AccuracyProxy::normalised(const Design& design, std::span<const double> times_s) {
  std::vector<double> shares = noise(design, times_s);
  for (double& share : shares) share = 1 - curve_.loss(share);
  return shares;
}

Design design_of(const EvaluationTask& task, const DesignPoint& point) {
  std::vector<std::string> assignments = task.set;
  assignments.insert(assignments.end(), point.set.begin(), point.set.end());
  Design design = load_design(task.design, assignments);
  add_layer_rules(design, task.layer);
  add_layer_rules(design, point.layer);
  return design;
}

std::vector<Evaluation> ProxyEvaluator::evaluate(std::span<const DesignPoint> points) {
  std::vector<Evaluation> all = costs_.evaluate(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    Evaluation& evaluation = all[i];
    if (evaluation.ok()) {
      try {
        const std::vector<double>& times_s = points[i].times_s.empty() ? task_.times_s : points[i].times_s;
        const std::vector<double> shares = proxy_.normalised(design_of(task_, points[i]), times_s);
        for (std::size_t t = 0; t < times_s.size(); ++t) {
          evaluation.figures["normalised@" + age_text(times_s[t])] = shares[t];
          evaluation.figures["accuracy@" + age_text(times_s[t])] = proxy_.value_of(shares[t]);
        }
      } catch (const base::UserError& error) {
        if (error.code() == base::ExitCode::interrupted) throw;
        evaluation.figures.clear();
        evaluation.reason = error.what();
        evaluation.exit_code = error.code();
      }
    }
  }
  return all;
}

}  // namespace mho::analysis
