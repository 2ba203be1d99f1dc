#include "analysis/search/layer_noise.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <utility>

#include "analysis/design/layer_rules.h"
#include "analysis/experiment/experiment.h"
#include "analysis/experiment/prepare.h"
#include "analysis/reuse/input_calibration.h"
#include "base/error.h"
#include "base/progress.h"
#include "workloads/execution/evaluation.h"
#include "workloads/execution/execution.h"

namespace mho::analysis {

namespace {

std::vector<std::optional<tiles::FloatMatrix>> exact_matrices(const workloads::Network& network) {
  std::vector<std::optional<tiles::FloatMatrix>> exact(network.matrices.size());
  for (std::size_t m = 0; m < exact.size(); ++m) {
    const workloads::Matrix& matrix = network.matrices[m];
    exact[m].emplace(matrix.inputs, matrix.outputs, matrix.weights, std::span<const float>());
  }
  return exact;
}

/// The design's keys with this beginning and their values, as text.
std::string tile_text(const Design& design, const std::string& beginning) {
  std::string text;
  for (const base::Declaration& declaration : design.config.declarations()) {
    if (!declaration.key.starts_with(beginning)) continue;
    text += declaration.key + "=";
    std::visit([&](const auto& value) { text += fmt::format("{};", value); }, design.config.value(declaration.key));
  }
  return text;
}

/// The assignments with this beginning that rules give to each matrix, as text.
std::vector<std::string> own_text(const Design& design, const workloads::Network& network, const std::string& beginning) {
  std::vector<std::string> texts(network.matrices.size());
  for (const auto& [node, own] : own_settings(design, network)) {
    for (const int matrix : network.nodes[node].matrices) {
      for (const std::string& assignment : own.set) {
        if (assignment.starts_with(beginning)) texts[static_cast<std::size_t>(matrix)] += assignment + ";";
      }
    }
  }
  return texts;
}

std::vector<float> ranges_for(const workloads::TiledNetwork& tiled, const workloads::Matrix& matrix) {
  if (!tiled.tiles.of(matrix.name).input_range.is_static()) return {};
  std::vector<float> ranges;
  for (const auto& part : tiled.calibration.parts.at(matrix.name)) ranges.push_back(part.range);
  return ranges;
}

tiles::AnalogMatrix on_tiles(const workloads::TiledNetwork& tiled, std::size_t matrix, std::uint64_t seed, int programming) {
  const workloads::Matrix& own = tiled.network.matrices[matrix];
  return {tiled.tiles.of(own.name),
          tiled.layout.of(own.name),
          own.weights,
          std::span<const float>(),
          ranges_for(tiled, own),
          seed,
          static_cast<std::uint32_t>(programming)};
}

/// Subtracts the mean of each group of `each` outputs. For outputs of which only differences count, such as scores that are compared.
void centre(std::span<float> outputs, std::size_t each) {
  for (std::size_t begin = 0; begin + each <= outputs.size(); begin += each) {
    double mean = 0;
    for (std::size_t i = 0; i < each; ++i) mean += static_cast<double>(outputs[begin + i]);
    mean /= static_cast<double>(each);
    for (std::size_t i = 0; i < each; ++i) outputs[begin + i] -= static_cast<float>(mean);
  }
}

}  // namespace

/// Computes exact products of whole matrices and records some of their inputs and outputs.
class LayerNoise::Recorder : public workloads::Products {
 public:
  Recorder(const workloads::Network& network, std::vector<Captured>& captured, std::size_t samples, std::size_t rows)
      : network_(network),
        captured_(captured),
        exact_(exact_matrices(network)),
        every_(network.matrices.size(), 0),
        seen_(network.matrices.size(), 0) {
    for (const workloads::Node& node : network.nodes) {
      if (!node.on_tiles()) continue;
      const auto products = static_cast<std::size_t>(network.positions(node)) * samples;
      for (const int matrix : node.matrices) every_[static_cast<std::size_t>(matrix)] += products;
    }
    for (std::size_t& every : every_) every = std::max<std::size_t>((every + rows - 1) / rows, 1);
  }
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
    exact_[matrix]->forward(rows, events.size(), y);
    const std::size_t inputs = rows.size() / events.size(), outputs = y.size() / events.size();
    Captured& kept = captured_[matrix];
    for (std::size_t r = 0; r < events.size(); ++r) {
      if (seen_[matrix]++ % every_[matrix] != 0) continue;
      const std::span<const float> x = rows.subspan(r * inputs, inputs), exact = y.subspan(r * outputs, outputs);
      kept.x.insert(kept.x.end(), x.begin(), x.end());
      kept.y.insert(kept.y.end(), exact.begin(), exact.end());
      ++kept.count;
      for (const float value : exact) kept.power += static_cast<double>(value) * static_cast<double>(value);
    }
  }

 private:
  const workloads::Network& network_;
  std::vector<Captured>& captured_;
  std::vector<std::optional<tiles::FloatMatrix>> exact_;
  std::vector<std::size_t> every_, seen_;  ///< by matrix
};

/// Computes one matrix on tiles and all other products exactly.
class LayerNoise::OneOnTiles : public workloads::Products {
 public:
  OneOnTiles(const workloads::Network& network, const std::vector<std::optional<tiles::FloatMatrix>>& exact, std::size_t matrix,
             const tiles::AnalogMatrix& tiles)
      : network_(network), exact_(exact), matrix_(matrix), tiles_(tiles) {}
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
    if (matrix == matrix_) return tiles_.forward(rows, events, y);
    exact_[matrix]->forward(rows, events.size(), y);
  }

 private:
  const workloads::Network& network_;
  const std::vector<std::optional<tiles::FloatMatrix>>& exact_;
  std::size_t matrix_;
  const tiles::AnalogMatrix& tiles_;
};

LayerNoise::LayerNoise(const workloads::Network& network, const workloads::DataDescription& data, LayerNoiseOptions options)
    : network_(network), data_(data), options_(options), captured_(network.matrices.size()) {
  workloads::check_fit(network, *data.test);
  if (!network.states.empty()) {
    throw base::UserError(
        fmt::format("{}: it carries a state from sample to sample, for which accuracy cannot be predicted from single samples; "
                    "give --accuracy-by full",
                    network.name));
  }
  ExperimentOptions all;
  const SamplePlan plan = plan_samples(data, all);
  first_ = plan.first;
  options_.samples = std::min(options_.samples, plan.scored);
  Recorder recorder(network, captured_, options_.samples, options_.rows);
  outputs_ = workloads::Execution(network).run(samples(), options_.samples, first_, recorder, nullptr);
}

std::vector<float> LayerNoise::samples() const {
  const auto elements = static_cast<std::size_t>(workloads::element_count(data_.test->sample_shape()));
  std::vector<float> values(options_.samples * elements);
  for (std::size_t s = 0; s < options_.samples; ++s) data_.test->load(first_ + s, std::span(values).subspan(s * elements, elements));
  return values;
}

void LayerNoise::calibrate(const Design& design, workloads::TiledNetwork& tiled) {
  const workloads::Dataset& inputs = data_.calibration ? *data_.calibration : *data_.test;
  const std::size_t count = std::min(options_.calibration, calibration_samples(data_));
  tiled.calibration = calibrated(design, tiled, inputs, count, options_.threads, &calibrations_, "");
}

std::vector<double> LayerNoise::noise_of(const workloads::TiledNetwork& tiled, std::size_t matrix, std::span<const double> times_s,
                                         int programming) const {
  const Captured& kept = captured_[matrix];
  if (kept.count == 0 || kept.power <= 0) return {};
  tiles::AnalogMatrix tiles = on_tiles(tiled, matrix, options_.seed, programming);
  std::vector<base::EventId> events(kept.count);
  for (std::size_t i = 0; i < kept.count; ++i) events[i] = {.sample = static_cast<std::uint32_t>(i), .position = static_cast<std::uint32_t>(i)};
  std::vector<double> noise;
  std::vector<float> y(kept.y.size());
  for (std::size_t t = 0; t < times_s.size(); ++t) {
    tiles.set_time(times_s[t], static_cast<std::uint32_t>(t));
    tiles.forward(kept.x, events, y);
    double sum = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double error = static_cast<double>(y[i]) - static_cast<double>(kept.y[i]);
      sum += error * error;
    }
    noise.push_back(sum / kept.power);
  }
  return noise;
}

std::vector<std::vector<double>> LayerNoise::of(const Design& design, std::span<const double> times_s) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string shared = tile_text(design, "tile.") + tile_text(design, "digital.");
  const std::vector<std::string> own = own_text(design, network_, "tile.");
  std::string ages;
  for (const double time_s : times_s) ages += fmt::format("{} ", time_s);
  std::vector<std::string> keys(network_.matrices.size());
  for (std::size_t m = 0; m < keys.size(); ++m) keys[m] = base::content_hash(fmt::format("{} {} {}|{}", m, ages, own[m], shared));

  workloads::Network marked = network_;
  static_cast<void>(apply_layer_rules(design, marked));
  std::vector<std::size_t> missing;
  for (std::size_t m = 0; m < keys.size(); ++m) {
    if (!marked.matrices[m].digital && !known_.contains(keys[m])) missing.push_back(m);
  }
  if (!missing.empty()) {
    workloads::TiledNetwork tiled = prepare(design, network_, {.copies = false});
    calibrate(design, tiled);
    std::vector<std::vector<double>> found(missing.size());
    base::parallel_for(missing.size(), options_.threads, [&](std::size_t i) { found[i] = noise_of(tiled, missing[i], times_s, 0); });
    for (std::size_t i = 0; i < missing.size(); ++i) known_[keys[missing[i]]] = std::move(found[i]);
  }
  std::vector<std::vector<double>> noise(times_s.size(), std::vector<double>(keys.size(), 0));
  for (std::size_t m = 0; m < keys.size(); ++m) {
    if (marked.matrices[m].digital) continue;
    const std::vector<double>& by_time = known_.at(keys[m]);
    for (std::size_t t = 0; t < by_time.size(); ++t) noise[t][m] = by_time[t];
  }
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return noise;
}

std::vector<double> LayerNoise::gains(const Design& design, double time_s, int programmings) {
  workloads::TiledNetwork tiled = prepare(design, network_, {.copies = false});
  calibrate(design, tiled);
  const std::vector<std::optional<tiles::FloatMatrix>> exact = exact_matrices(network_);
  const workloads::Execution execution(network_);
  const std::vector<float> inputs = samples();
  const workloads::Shape& shape = network_.values[static_cast<std::size_t>(network_.output)].shape;
  const auto all = static_cast<std::size_t>(workloads::element_count(shape));
  const bool positions = data_.test->targets() > 1 && !shape.empty() && data_.test->metric() != workloads::Metric::mse;
  const std::size_t each = positions ? static_cast<std::size_t>(shape.back()) : all;
  const bool compared = data_.test->metric() != workloads::Metric::mse;
  std::vector<float> wanted = outputs_;
  if (compared) centre(wanted, each);
  double power = 0;
  for (const float value : wanted) power += static_cast<double>(value) * static_cast<double>(value);

  std::vector<double> gains(network_.matrices.size(), 1);
  base::parallel_for(gains.size(), options_.threads, [&](std::size_t m) {
    if (tiled.network.matrices[m].digital || captured_[m].count == 0) return;
    double of_outputs = 0, of_products = 0;
    for (int programming = 0; programming < programmings; ++programming) {
      const double times[] = {time_s};
      const std::vector<double> noise = noise_of(tiled, m, times, programming);
      if (noise.empty()) return;
      tiles::AnalogMatrix tiles = on_tiles(tiled, m, options_.seed, programming);
      tiles.set_time(time_s, 0);
      OneOnTiles products(network_, exact, m, tiles);
      std::vector<float> outputs = execution.run(inputs, options_.samples, first_, products, nullptr);
      if (compared) centre(outputs, each);
      double sum = 0;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const double error = static_cast<double>(outputs[i]) - static_cast<double>(wanted[i]);
        sum += error * error;
      }
      of_outputs += sum / power;
      of_products += noise.front();
    }
    if (of_products > 0 && of_outputs > 0) gains[m] = of_outputs / of_products;
  });
  return gains;
}

}  // namespace mho::analysis
