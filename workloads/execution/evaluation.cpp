#include "workloads/execution/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "base/error.h"
#include "base/progress.h"
#include "workloads/data/sample_shape.h"
#include "workloads/execution/execution.h"
#include "workloads/execution/programmed.h"
#include "workloads/execution/sample_batches.h"

namespace mho::workloads {
namespace {

/// Adds the scores of a batch to `all`. Calls take(sample, score) for each sample; score() returns the score of that sample.
template <class Take>
void score_batch(const Network& network, const Dataset& data, std::span<const std::uint32_t> ids, std::span<const float> outputs, Score& all,
                 const Take& take) {
  const Shape& out = network.values[static_cast<std::size_t>(network.output)].shape;
  const std::size_t each = outputs.size() / ids.size();
  const std::size_t positions = data.targets() == 1 || out.empty() ? 1 : each / static_cast<std::size_t>(out.back());
  std::vector<float> targets(data.targets());
  for (std::size_t s = 0; s < ids.size(); ++s) {
    data.load_targets(ids[s], targets);
    // Positions beyond a sequence's length are padding.
    if (const auto length = data.length(ids[s]); length && targets.size() > 1 && data.metric() != Metric::mse) {
      for (std::size_t t = static_cast<std::size_t>(*length); t < targets.size(); ++t) targets[t] = ignored_target;
    }
    all.add(outputs.subspan(s * each, each), positions, targets);
    take(ids[s], [&] {
      Score score(data.metric());
      score.add(outputs.subspan(s * each, each), positions, targets);
      return score;
    });
  }
}

/// Adds the parts in the order of the list, not in the order in which threads computed them.
double total(const std::vector<Score>& parts, Metric metric) {
  Score sum(metric);
  for (const Score& part : parts) sum.add(part);
  return sum.value();
}

/// The metric without each group of samples, for the jackknife. `samples` holds a score for each sample.
std::vector<double> left_out(const std::vector<Score>& samples, Metric metric) {
  constexpr std::size_t most_groups = 100;
  const std::size_t groups = std::min(most_groups, samples.size());
  std::vector<Score> of_group(groups, Score(metric));
  for (std::size_t s = 0; s < samples.size(); ++s) of_group[s % groups].add(samples[s]);
  std::vector<Score> after(groups + 1, Score(metric));
  for (std::size_t g = groups; g-- > 0;) {
    after[g] = after[g + 1];
    after[g].add(of_group[g]);
  }
  std::vector<double> values;
  Score before(metric);
  for (std::size_t g = 0; g < groups; ++g) {
    Score rest = before;
    rest.add(after[g + 1]);
    values.push_back(rest.value());
    before.add(of_group[g]);
  }
  return values;
}

/// Standard error by the jackknife: `sums` over `count` programmings of the metric without each group (Efron and Tibshirani, An Introduction to the
/// Bootstrap, 1993, 11.5).
std::optional<double> jackknife(const std::vector<double>& sums, std::size_t count) {
  if (sums.size() < 2 || count == 0 || !std::ranges::all_of(sums, [](double sum) { return std::isfinite(sum); })) return std::nullopt;
  const auto groups = static_cast<double>(sums.size());
  const double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / groups;
  double squares = 0;
  for (const double sum : sums) squares += (sum - mean) * (sum - mean);
  return std::sqrt(squares * (groups - 1) / groups) / static_cast<double>(count);
}

/// Power of the exact products of a node, and power of the error that its tiles add.
struct Power {
  double signal = 0, noise = 0;
  Power& operator+=(const Power& other) {
    signal += other.signal;
    noise += other.noise;
    return *this;
  }
};

/// Products on programmed tiles, for one work item. Digital matrices are multiplied exactly.
class TileProducts : public Products {
 public:
  /// Samples with an index in [first, last) are compared with exact products.
  TileProducts(const Network& network, const ProgrammedMatrices& matrices, const std::vector<std::optional<tiles::FloatMatrix>>& exact,
               const ResultRounding* rounding, std::uint32_t first, std::uint32_t last)
      : network_(network),
        matrices_(matrices),
        exact_(exact),
        rounding_(rounding),
        first_(first),
        last_(last),
        statistics_(network.nodes.size()),
        outside_(network.nodes.size()) {}
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
    const tiles::AnalogMatrix* on_tiles = matrices_.on_tiles(matrix);
    if (on_tiles == nullptr) return matrices_.exact(matrix).forward(rows, events.size(), y);
    on_tiles->forward(rows, events, y, &statistics_[node]);
    const std::size_t inputs = rows.size() / events.size(), outputs = y.size() / events.size();
    for (std::size_t r = 0; r < events.size(); ++r) {
      if (events[r].sample < first_ || events[r].sample >= last_) continue;
      wanted_.resize(outputs);
      exact_[matrix]->forward(rows.subspan(r * inputs, inputs), 1, wanted_);
      auto& power = power_[events[r].sample];
      power.resize(network_.nodes.size());
      for (std::size_t i = 0; i < outputs; ++i) {
        const double signal = wanted_[i], noise = static_cast<double>(y[r * outputs + i]) - signal;
        power[node].signal += signal * signal;
        power[node].noise += noise * noise;
      }
    }
  }
  void results(std::size_t node, RoundedTensor tensor, std::span<const float> values) override {
    outside_[node] += rounding_->outside(node, tensor, values);
  }
  [[nodiscard]] const std::vector<tiles::MvmStatistics>& statistics() const { return statistics_; }
  /// For each node.
  [[nodiscard]] const std::vector<periphery::OutsideFormat>& outside() const { return outside_; }
  /// For each compared sample and each node.
  [[nodiscard]] const std::map<std::uint32_t, std::vector<Power>>& power() const { return power_; }

 private:
  const Network& network_;
  const ProgrammedMatrices& matrices_;
  const std::vector<std::optional<tiles::FloatMatrix>>& exact_;  ///< exact products of matrices on tiles, while samples are compared
  const ResultRounding* rounding_;                               ///< rounding of results
  std::uint32_t first_, last_;
  std::vector<tiles::MvmStatistics> statistics_;
  std::vector<periphery::OutsideFormat> outside_;
  std::map<std::uint32_t, std::vector<Power>> power_;
  std::vector<float> wanted_;
};

}  // namespace

std::vector<float> run_float(const Network& network, std::span<const float> sample) {
  const auto wanted = static_cast<std::size_t>(element_count(network.values[static_cast<std::size_t>(network.input)].shape));
  if (sample.size() != wanted) throw std::logic_error("run_float: sample and input differ in size");
  FloatProducts products(network);
  return Execution(network).run(sample, 1, 0, products, nullptr);
}

double evaluate_float(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads, const std::string& label) {
  check_fit(network, data);
  const Execution execution(network);
  const SampleBatches batches(network, data, first, count, execution.preferred_batch());
  FloatProducts products(network);
  std::vector<Score> scores(batches.size(), Score(data.metric()));
  base::Progress progress(label, count);
  base::parallel_for(batches.size(), threads, [&](std::size_t item) {
    batches.run(item, execution, products, nullptr, [&](std::span<const std::uint32_t> ids, std::span<const float> outputs) {
      score_batch(network, data, ids, outputs, scores[item], [](std::uint32_t, const auto&) {});
      progress.advance(ids.size());
    });
  });
  return total(scores, data.metric());
}

SampleScores score_samples(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads) {
  check_fit(network, data);
  const Execution execution(network);
  const SampleBatches batches(network, data, first, count, execution.preferred_batch());
  FloatProducts products(network);
  SampleScores scores{std::vector<double>(count), std::vector<std::uint64_t>(count)};
  base::parallel_for(batches.size(), threads, [&](std::size_t item) {
    Score all(data.metric());
    batches.run(item, execution, products, nullptr, [&](std::span<const std::uint32_t> ids, std::span<const float> outputs) {
      score_batch(network, data, ids, outputs, all, [&](std::uint32_t id, const auto& score) {
        const Score own = score();
        scores.values[id - first] = own.value();
        scores.counts[id - first] = own.count();
      });
    });
  });
  return scores;
}

namespace {

/// Number of samples of the first programming whose products are compared with exact ones. A choice: enough for a ratio of powers, and a small part
/// of the work.
constexpr std::size_t compared_samples = 32;

/// One evaluation on tiles: its inputs, and the sums over programmings.
class TileEvaluation {
 public:
  TileEvaluation(const TiledNetwork& tiled, const Dataset& data, const EvaluationOptions& options)
      : tiled_(tiled),
        network_(tiled.network),
        data_(data),
        options_(options),
        execution_(network_),
        batches_(network_, data, options.first_sample, options.samples, options.batch > 0 ? options.batch : execution_.preferred_batch()),
        order_(options.times_s.size()),
        statistics_(network_.nodes.size()),
        left_out_(options.times_s.size()),
        outside_scales_(network_.nodes.size()),
        power_(options.times_s.size(), std::vector<Power>(network_.nodes.size())),
        progress_(options.label, static_cast<std::uint64_t>(options.repeats) * options.times_s.size() * options.samples) {
    // Devices age forward in time, in whatever order the times were given.
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, {}, [&](std::size_t i) { return options.times_s[i]; });
    for (const double time : options.times_s) result_.times.push_back({.time_s = time});
    result_.outside_results.resize(network_.nodes.size());
  }

  AnalogEvaluation run() {
    for (int repeat = 0; repeat < options_.repeats && !result_.interrupted; ++repeat) {
      try {
        const std::vector<Scored> values = trajectory(repeat);
        for (std::size_t i = 0; i < values.size(); ++i) result_.times[i].by_repeat.push_back(values[i].value);
        for (std::size_t i = 0; options_.by_sample && i < values.size(); ++i) result_.times[i].by_sample.push_back(values[i].by_sample);
        for (std::size_t i = 0; i < values.size(); ++i) {
          left_out_[i].resize(values[i].left_out.size());
          for (std::size_t g = 0; g < left_out_[i].size(); ++g) left_out_[i][g] += values[i].left_out[g];
        }
      } catch (const base::Interrupted&) {
        if (repeat == 0) throw;
        base::acknowledge_interrupt();
        result_.interrupted = true;
      }
    }
    for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
      if (!network_.nodes[n].on_tiles() || network_.matrix(network_.nodes[n]).digital) continue;
      NodeStatistics node{network_.nodes[n].name, statistics_[n], {}, outside_scales_[n]};
      for (const auto& power : power_) {
        const bool measured = power[n].signal > 0 && power[n].noise > 0;
        node.snr_db.push_back(measured ? std::optional(10 * std::log10(power[n].signal / power[n].noise)) : std::nullopt);
      }
      result_.nodes.push_back(std::move(node));
    }
    for (std::size_t i = 0; i < left_out_.size(); ++i) {
      result_.times[i].sampling_sem = jackknife(left_out_[i], result_.times[i].by_repeat.size());
    }
    return std::move(result_);
  }

 private:
  /// The metric of all samples, and the metric without each group of samples.
  struct Scored {
    double value = 0;
    std::vector<double> left_out;
    std::vector<double> by_sample;  ///< if EvaluationOptions::by_sample is set
  };

  /// The metrics of one programming, for each time.
  std::vector<Scored> trajectory(int repeat) {
    ProgrammedMatrices matrices(tiled_, options_.seed, static_cast<std::uint32_t>(repeat), options_.threads, options_.measured);
    std::vector<std::optional<tiles::FloatMatrix>> exact(network_.matrices.size());
    for (std::size_t m = 0; m < exact.size(); ++m) {
      const Matrix& matrix = network_.matrices[m];
      if (repeat > 0 || matrix.digital) continue;  // only the first programming is compared
      exact[m].emplace(matrix.inputs, matrix.outputs, matrix.weights, std::span<const float>());
    }
    if (repeat == 0) count_scales(matrices);
    std::vector<Scored> values(order_.size());
    for (std::size_t rank = 0; rank < order_.size(); ++rank) {
      const double time = options_.times_s[order_[rank]];
      matrices.set_time(time, static_cast<std::uint32_t>(rank), options_.threads);
      values[order_[rank]] = score(matrices, exact, repeat == 0, order_[rank]);
    }
    return values;
  }

  void count_scales(const ProgrammedMatrices& matrices) {
    for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
      for (const int matrix : network_.nodes[n].matrices) {
        const tiles::AnalogMatrix* on_tiles = matrices.on_tiles(static_cast<std::size_t>(matrix));
        if (on_tiles != nullptr) outside_scales_[n] += on_tiles->outside_scales();
      }
    }
  }

  Scored score(const ProgrammedMatrices& matrices, const std::vector<std::optional<tiles::FloatMatrix>>& exact, bool compare, std::size_t time) {
    const std::optional<ResultRounding> results = result_rounding(tiled_);
    const ResultRounding* const rounding = results ? &*results : nullptr;
    std::vector<Score> scores(batches_.size(), Score(data_.metric())), samples(options_.samples, Score(data_.metric()));
    const auto first = static_cast<std::uint32_t>(options_.first_sample);
    const auto last = first + static_cast<std::uint32_t>(compare ? std::min(compared_samples, options_.samples) : 0);
    std::map<std::uint32_t, std::vector<Power>> powers;  // for each sample, so that the order of the sum does not depend on the batches
    base::parallel_for(batches_.size(), options_.threads, [&](std::size_t item) {
      TileProducts products(network_, matrices, exact, rounding, first, last);
      batches_.run(item, execution_, products, rounding, [&](std::span<const std::uint32_t> ids, std::span<const float> outputs) {
        score_batch(network_, data_, ids, outputs, scores[item],
                    [&](std::uint32_t id, const auto& score) { samples[id - options_.first_sample] = score(); });
        progress_.advance(ids.size());
      });
      const std::lock_guard lock(mutex_);
      powers.insert(products.power().begin(), products.power().end());
      for (std::size_t n = 0; n < statistics_.size(); ++n) {
        statistics_[n] += products.statistics()[n];
        result_.outside_results[n] += products.outside()[n];
      }
    });
    for (const auto& [sample, part] : powers) {
      for (std::size_t n = 0; n < part.size(); ++n) power_[time][n] += part[n];
    }
    std::vector<double> by_sample;
    if (options_.by_sample) std::ranges::transform(samples, std::back_inserter(by_sample), &Score::value);
    return {total(scores, data_.metric()), left_out(samples, data_.metric()), std::move(by_sample)};
  }

  const TiledNetwork& tiled_;
  const Network& network_;  ///< the network of tiled_
  const Dataset& data_;
  const EvaluationOptions& options_;
  Execution execution_;
  SampleBatches batches_;
  std::vector<std::size_t> order_;  ///< indices of times, in ascending order of time
  std::vector<tiles::MvmStatistics> statistics_;
  std::vector<std::vector<double>> left_out_;             ///< [time][group], summed over programmings
  std::vector<periphery::OutsideFormat> outside_scales_;  ///< for each node
  std::vector<std::vector<Power>> power_;                 ///< [time][node]
  std::mutex mutex_;
  base::Progress progress_;
  AnalogEvaluation result_;
};

}  // namespace

AnalogEvaluation evaluate_analog(const TiledNetwork& tiled, const Dataset& data, const EvaluationOptions& options) {
  check_fit(tiled.network, data);
  return TileEvaluation(tiled, data, options).run();
}

void check_fit(const Network& network, const Dataset& data) {
  const Shape& in = network.values[static_cast<std::size_t>(network.input)].shape;
  if (element_count(in) != element_count(data.sample_shape())) {
    throw base::UserError(fmt::format(
        "data '{}' has samples of shape {} ({} values), but the network '{}' takes an input of shape {} ({} values); use data of the "
        "network's input shape",
        data.name(), shape_text(data.sample_shape()), element_count(data.sample_shape()), network.name, shape_text(in), element_count(in)));
  }
  if (!shapes_agree(in, data.sample_shape())) {
    throw base::UserError(fmt::format(
        "data '{}' has samples of shape {}, and the network '{}' takes an input of shape {}: as many values, but their axes do not agree in order. "
        "Say in the data description how samples are stored: 'layout', such as layout: chw -> hwc, turns their axes; 'shape' takes the values as "
        "they "
        "lie",
        data.name(), shape_text(data.sample_shape()), network.name, shape_text(in)));
  }
  const Shape& out = network.values[static_cast<std::size_t>(network.output)].shape;
  const auto targets = static_cast<std::int64_t>(data.targets());
  if (data.metric() == Metric::mse) {
    if (targets == element_count(out)) return;
    throw base::UserError(fmt::format("data '{}' has {} target{} a sample, but the network '{}' has outputs of shape {}; mse needs as many",
                                      data.name(), targets, targets == 1 ? "" : "s", network.name, shape_text(out)));
  }
  const bool each_position = targets > 1 && !out.empty();
  const std::int64_t scores = each_position ? out.back() : element_count(out);
  if (targets > element_count(out) / scores) {
    throw base::UserError(fmt::format("data '{}' has {} targets a sample, but the network '{}' has outputs of shape {}, {} positions of {} scores",
                                      data.name(), targets, network.name, shape_text(out), element_count(out) / scores, scores));
  }
  if (data.classes() > scores) {
    throw base::UserError(
        fmt::format("data '{}' has labels of {} classes, but the network '{}' has only {} output values{}; use the data it was trained for",
                    data.name(), data.classes(), network.name, scores, each_position ? " a position" : ""));
  }
}

}  // namespace mho::workloads
