#include "workloads/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>

#include "base/error.h"
#include "base/progress.h"
#include "workloads/execution.h"
#include "workloads/float_products.h"

namespace mho::workloads {

namespace {

/// The network's matrices on their tiles, for one programming.
class Programmed {
 public:
  Programmed(const Network& network, const tiles::Layout& layout, const tiles::TileParameters& tile, const InputCalibration& calibration,
             std::uint64_t seed, std::uint32_t programming, int threads)
      : threads_(threads), matrices_(network.nodes.size()) {
    for (std::size_t n = 0; n < network.nodes.size(); ++n) {
      if (network.nodes[n].analog) analog_.push_back(n);
    }
    base::parallel_for(analog_.size(), threads_, [&](std::size_t k) {
      const Node& node = network.nodes[analog_[k]];
      std::vector<float> ranges;
      if (tile.input_range_on) {
        for (const auto& part : calibration.parts.at(node.name)) ranges.push_back(part.range);
      }
      matrices_[analog_[k]].emplace(tile, layout.of(node.name), node.analog->weights, node.analog->bias, ranges, seed, programming);
    });
  }

  void set_time(double seconds, std::uint32_t index) {
    base::parallel_for(analog_.size(), threads_, [&](std::size_t k) { matrices_[analog_[k]]->set_time(seconds, index); });
  }

  [[nodiscard]] const tiles::AnalogMatrix& at(std::size_t node) const { return *matrices_[node]; }

 private:
  int threads_;
  std::vector<std::size_t> analog_;
  std::vector<std::optional<tiles::AnalogMatrix>> matrices_;
};

}  // namespace

void check_fit(const Network& network, const Dataset& data) {
  const Shape& input = network.values[static_cast<std::size_t>(network.input)].shape;
  if (element_count(data.sample_shape()) != element_count(input)) {
    throw base::UserError(
        fmt::format("data {} has samples of {} ({} values), network {} takes {} ({} values); choose data of the network's input size", data.name(),
                    shape_text(data.sample_shape()), element_count(data.sample_shape()), network.name, shape_text(input), element_count(input)));
  }
  const Shape& output = network.values[static_cast<std::size_t>(network.output)].shape;
  if (element_count(output) < data.classes()) {
    throw base::UserError(fmt::format("data {} has labels up to {}, network {} has only {} outputs ({}); the labels belong to another task",
                                      data.name(), data.classes() - 1, network.name, element_count(output), shape_text(output)));
  }
}

std::vector<float> run_float(const Network& network, std::span<const float> sample) {
  if (sample.size() != static_cast<std::size_t>(element_count(network.values[static_cast<std::size_t>(network.input)].shape))) {
    throw std::logic_error("run_float: the sample has not the size of the network's input");
  }
  const std::uint32_t index = 0;
  return Executor(network, std::nullopt).run(sample, {&index, 1}, FloatProducts(network));
}

double evaluate_float(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads) {
  if (count == 0) throw std::logic_error("evaluate_float: no samples");
  return static_cast<double>(run_float_batches(network, data, first, count, threads, "float network", {})) / static_cast<double>(count);
}

AnalogEvaluation evaluate_analog(const Network& network, const tiles::Layout& layout, const tiles::TileParameters& tile,
                                 const InputCalibration& calibration, const Dataset& data, const EvaluationOptions& options) {
  if (options.samples == 0 || options.repeats < 1 || options.batch < 1) throw std::logic_error("evaluate_analog: nothing to evaluate");
  AnalogEvaluation result;
  for (const double time : options.times_s) result.times.push_back({time, {}});
  std::vector<tiles::MvmStatistics> statistics(network.nodes.size());
  std::mutex merge;
  const Executor executor(network, tile.digital.result_format);
  base::Progress progress("analog network", options.samples * options.times_s.size() * static_cast<std::size_t>(options.repeats));
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    Programmed programmed(network, layout, tile, calibration, options.seed, static_cast<std::uint32_t>(repeat), options.threads);
    for (std::size_t t = 0; t < options.times_s.size(); ++t) {
      programmed.set_time(options.times_s[t], static_cast<std::uint32_t>(t));
      std::atomic<std::size_t> right{0};
      base::parallel_for(batch_count(options.samples, options.batch), options.threads, [&](std::size_t index) {
        const Batch batch = load_batch(network, data, options.first_sample, options.samples, options.batch, index);
        std::vector<tiles::MvmStatistics> local(network.nodes.size());
        const auto product = [&](std::size_t node, std::span<const float> x, std::span<const base::EventId> events, std::span<float> y) {
          programmed.at(node).forward(x, events, y, &local[node]);
        };
        const auto outputs = executor.run(batch.inputs, batch.samples, product);
        right += count_right(network, data, batch.samples, outputs);
        progress.advance(batch.samples.size());
        const std::lock_guard lock(merge);
        for (std::size_t n = 0; n < local.size(); ++n) statistics[n] += local[n];
      });
      result.times[t].by_repeat.push_back(static_cast<double>(right) / static_cast<double>(options.samples));
    }
  }
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (network.nodes[n].analog) result.nodes.push_back({network.nodes[n].name, statistics[n]});
  }
  return result;
}

}  // namespace mho::workloads
