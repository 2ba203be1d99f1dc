#include "workloads/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "base/error.h"
#include "base/progress.h"
#include "workloads/execution.h"
#include "workloads/sample_batches.h"

namespace mho::workloads {
namespace {

/// Samples per work item of the float network; larger ones fall out of the cache.
constexpr int float_batch = 16;

/// Index of the largest value, the lowest one of equals.
std::size_t argmax(std::span<const float> scores) {
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

std::size_t count_right(const std::vector<float>& outputs, const Dataset& data, std::size_t first, std::size_t count) {
  const std::size_t classes = outputs.size() / count;
  std::size_t right = 0;
  for (std::size_t s = 0; s < count; ++s) {
    const std::size_t answer = argmax(std::span<const float>(outputs).subspan(s * classes, classes));
    if (static_cast<int>(answer) == data.label(first + s)) ++right;
  }
  return right;
}

/// Products on programmed tiles, for one work item.
class TileProducts : public Products {
 public:
  TileProducts(const Network& network, const std::vector<std::optional<tiles::AnalogMatrix>>& matrices, std::vector<tiles::MvmStatistics>& statistics)
      : network_(network), matrices_(matrices), statistics_(statistics) {}
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    matrices_[static_cast<std::size_t>(network_.nodes[node].matrices[which])]->forward(rows, events, y, &statistics_[node]);
  }

 private:
  const Network& network_;
  const std::vector<std::optional<tiles::AnalogMatrix>>& matrices_;
  std::vector<tiles::MvmStatistics>& statistics_;
};

std::vector<float> ranges_of(const InputCalibration& calibration, const Matrix& matrix) {
  const auto found = calibration.parts.find(matrix.name);
  if (found == calibration.parts.end()) throw std::logic_error("no input calibration for matrix " + matrix.name);
  std::vector<float> ranges;
  for (const auto& part : found->second) ranges.push_back(part.range);
  return ranges;
}

}  // namespace

std::vector<float> run_float(const Network& network, std::span<const float> sample) {
  const auto wanted = static_cast<std::size_t>(element_count(network.values[static_cast<std::size_t>(network.input)].shape));
  if (sample.size() != wanted) throw std::logic_error("run_float: sample and input differ in size");
  FloatProducts products(network);
  return Execution(network).run(sample, 1, 0, products, nullptr);
}

double evaluate_float(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads) {
  check_fit(network, data);
  const SampleBatches batches(data, first, count, float_batch);
  const Execution execution(network);
  FloatProducts products(network);
  std::atomic<std::size_t> right = 0;
  base::Progress progress("float network", count);
  base::parallel_for(batches.size(), threads, [&](std::size_t item) {
    const SampleBatches::Batch batch = batches.load(item);
    right += count_right(execution.run(batch.values, batch.count, batch.first, products, nullptr), data, batch.first, batch.count);
    progress.advance(batch.count);
  });
  return static_cast<double>(right) / static_cast<double>(count);
}

AnalogEvaluation evaluate_analog(const Network& network, const tiles::Layout& layout, const tiles::TileParameters& tile,
                                 const InputCalibration& calibration, const Dataset& data, const EvaluationOptions& options) {
  check_fit(network, data);
  const SampleBatches batches(data, options.first_sample, options.samples, std::max(options.batch, 1));
  const Execution execution(network);
  std::vector<std::size_t> analog_nodes;
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (network.nodes[n].on_tiles()) analog_nodes.push_back(n);
  }
  AnalogEvaluation result;
  for (const double time : options.times_s) result.times.push_back({time, {}});
  // One trajectory runs forward in time, whatever order the times were asked for in.
  std::vector<std::size_t> order(options.times_s.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return options.times_s[a] < options.times_s[b]; });

  const bool rounds = tile.digital.result_format.kind != periphery::NumberFormat::Kind::float32;
  const periphery::NumberFormat* format = rounds ? &tile.digital.result_format : nullptr;
  std::vector<tiles::MvmStatistics> total(network.nodes.size());
  std::mutex mutex;
  base::Progress progress("accuracy on tiles", static_cast<std::uint64_t>(options.repeats) * order.size() * options.samples);
  for (int repeat = 0; repeat < options.repeats; ++repeat) {
    std::vector<std::optional<tiles::AnalogMatrix>> matrices(network.matrices.size());
    base::parallel_for(matrices.size(), options.threads, [&](std::size_t m) {
      const Matrix& matrix = network.matrices[m];
      const std::vector<float> ranges = tile.input_range.is_static() ? ranges_of(calibration, matrix) : std::vector<float>();
      matrices[m].emplace(tile, layout.of(matrix.name), matrix.weights, std::span<const float>(), ranges, options.seed,
                          static_cast<std::uint32_t>(repeat));
    });
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
      const double time = options.times_s[order[rank]];
      base::parallel_for(matrices.size(), options.threads, [&](std::size_t m) { matrices[m]->set_time(time, static_cast<std::uint32_t>(rank)); });
      std::size_t right = 0;
      base::parallel_for(batches.size(), options.threads, [&](std::size_t item) {
        const SampleBatches::Batch batch = batches.load(item);
        std::vector<tiles::MvmStatistics> statistics(network.nodes.size());
        TileProducts products(network, matrices, statistics);
        const std::size_t hits = count_right(execution.run(batch.values, batch.count, batch.first, products, format), data, batch.first, batch.count);
        {
          const std::lock_guard lock(mutex);
          right += hits;
          for (const std::size_t n : analog_nodes) total[n] += statistics[n];
        }
        progress.advance(batch.count);
      });
      result.times[order[rank]].by_repeat.push_back(static_cast<double>(right) / static_cast<double>(options.samples));
    }
  }
  for (const std::size_t n : analog_nodes) result.nodes.push_back({network.nodes[n].name, total[n]});
  return result;
}

void check_fit(const Network& network, const Dataset& data) {
  const Shape& in = network.values[static_cast<std::size_t>(network.input)].shape;
  if (element_count(in) != element_count(data.sample_shape())) {
    throw base::UserError(fmt::format(
        "data '{}' has samples of shape {} ({} values), but the network '{}' takes an input of shape {} ({} values); use data of the "
        "network's input shape",
        data.name(), shape_text(data.sample_shape()), element_count(data.sample_shape()), network.name, shape_text(in), element_count(in)));
  }
  const std::int64_t scores = element_count(network.values[static_cast<std::size_t>(network.output)].shape);
  if (data.classes() > scores) {
    throw base::UserError(
        fmt::format("data '{}' has labels of {} classes, but the network '{}' has only {} output values; use the data it was trained for",
                    data.name(), data.classes(), network.name, scores));
  }
}

}  // namespace mho::workloads
