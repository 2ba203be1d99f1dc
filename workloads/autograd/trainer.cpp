#include "workloads/autograd/trainer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/optim.h>
#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>

#include "base/design_file/patterns.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/random.h"
#include "workloads/autograd/checkpoint.h"
#include "workloads/autograd/torch_network.h"
#include "workloads/autograd/training_batches.h"
#include "workloads/autograd/training_loss.h"
#include "workloads/execution/evaluation.h"
#include "workloads/training/column_scales.h"
#include "workloads/training/initial_weights.h"
#include "workloads/training/shared_elements.h"

namespace mho::workloads {

namespace {

using torch::Tensor;

class Training {
 public:
  Training(TiledNetwork tiled, const Dataset& data, const TrainingOptions& options)
      : tiled_(std::move(tiled)), data_(data), options_(options), recipe_(options.recipe) {
    Network& network = tiled_.network;
    check_fit(network, data);
    at::set_num_threads(options.threads);
    if (recipe_.distillation.weight > 0 && data.metric() == Metric::mse) {
      throw base::UserError("distillation.weight: a network whose metric is mse has no classes to compare; leave it at 0");
    }
    if (recipe_.distillation.weight > 0 || recipe_.normalisation_samples > 0) teacher_ = std::make_unique<TorchNetwork>(network);
    if (options.from_scratch) set_initial_weights(network, recipe_.seed);
    const bool analog = recipe_.hardware.analog;
    noise_ = std::make_unique<tiles::WeightNoise>(analog ? recipe_.noise.kind : tiles::WeightNoiseKind::none, tiled_.tiles.standard().device,
                                                  recipe_.noise.sigma);
    tiled_.tiles = hardware(tiled_.tiles);
    model_ = analog ? std::make_unique<TorchNetwork>(tiled_, recipe_.seed) : std::make_unique<TorchNetwork>(network);
    const bool any_tiles = std::ranges::any_of(model_->matrices(), [](const TrainedMatrix& m) { return m.tiles != nullptr; });
    const SharedElements shared(network);
    model_->set_trainable([&](const Parameter& parameter) { return !is_frozen(parameter) && shared.is_single(origin_of(parameter)); });
    check_patterns();
    const bool any_weights = std::ranges::any_of(model_->parameters(), [](const Parameter& p) { return p.kind == Parameter::Kind::weight; });
    if (!any_weights || (analog && !any_tiles)) {
      throw base::UserError(fmt::format("network '{}' has no trainable analog layer: {}", network.name,
                                        network.matrices.empty() ? "it has no product with a constant matrix"
                                        : any_weights            ? "the design makes all of them digital; leave some of them on tiles"
                                                                 : "layers.frozen of the recipe holds all of them"));
    }
    for (std::size_t m = 0; m < network.matrices.size(); ++m) {
      TrainedMatrix& matrix = model_->matrices()[m];
      if (!has_static_ranges(m)) continue;
      const auto& parts = tiled_.calibration.parts.at(network.matrices[m].name);
      for (std::size_t p = 0; p < parts.size(); ++p) matrix.ranges.data_ptr<float>()[p] = parts[p].range;
    }
    batches_ = std::make_unique<TrainingBatches>(data, recipe_);
    steps_ = batches_->per_epoch() * recipe_.epochs;
    make_optimiser();
    if (has_checkpoint()) {
      course_ = load_checkpoint(options_.checkpoint, options_.fingerprint, *model_, *optimiser_);
    }
  }

  /// Once.
  [[nodiscard]] Network run() {
    // Epochs of an interrupted training belong to the course as much as those to come.
    for (const TrainingProgress& epoch : course_.epochs) {
      if (options_.report) options_.report(epoch);
    }
    auto begin = std::chrono::steady_clock::now();
    while (course_.step < steps_) {
      try {
        one_step();
      } catch (const base::Interrupted&) {
        save();
        throw;
      }
      ++course_.step;
      const bool ends = course_.step % batches_->per_epoch() == 0;
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      const std::int64_t in_epoch = (course_.step - 1) % batches_->per_epoch() + 1;
      const TrainingProgress progress{course_.step,
                                      steps_,
                                      static_cast<int>((course_.step - 1) / batches_->per_epoch()) + 1,
                                      course_.loss_sum / static_cast<double>(in_epoch),
                                      course_.score_sum / static_cast<double>(in_epoch),
                                      rate_,
                                      level_,
                                      ends,
                                      seconds};
      if (ends) course_.epochs.push_back(progress);
      if (options_.report) options_.report(progress);
      if (!ends) continue;
      begin = std::chrono::steady_clock::now();
      course_.loss_sum = course_.score_sum = 0;
      save();
    }
    if (recipe_.normalisation_samples > 0) re_estimate();
    finish();
    return std::move(tiled_.network);
  }

 private:
  /// Throws UserError for a pattern of layers.frozen that no layer has.
  void check_patterns() const {
    for (const std::string& pattern : base::listed(recipe_.frozen)) {
      const auto fits = [&](const std::string& name) { return base::matches_any(pattern, name); };
      std::vector<std::string> names;
      for (const Matrix& matrix : tiled_.network.matrices) names.push_back(matrix.name);
      if (std::ranges::any_of(names, fits) || std::ranges::any_of(tiled_.network.nodes, fits, &Node::name) ||
          std::ranges::any_of(tiled_.network.values, fits, &ValueInfo::name)) {
        continue;
      }
      throw base::UserError(fmt::format("layers.frozen: no layer is called '{}'; there are {}", pattern, fmt::join(names, ", ")));
    }
  }

  [[nodiscard]] tiles::LayerTiles hardware(const tiles::LayerTiles& tiles) const {
    tiles::LayerTiles changed(recipe_.hardware.apply(tiles.standard()));
    for (const Matrix& matrix : tiled_.network.matrices) {
      if (tiles.index(matrix.name) != 0) changed.set(matrix.name, recipe_.hardware.apply(tiles.of(matrix.name)));
    }
    return changed;
  }

  /// Whether a matrix is on tiles whose input ranges are learned numbers, not the vector's own.
  [[nodiscard]] bool has_static_ranges(std::size_t matrix) const {
    return model_->matrices()[matrix].tiles && tiled_.tiles.of(tiled_.network.matrices[matrix].name).input_range.is_static();
  }

  [[nodiscard]] bool is_frozen(const Parameter& parameter) const {
    if (recipe_.frozen.empty()) return false;
    switch (parameter.kind) {
      case Parameter::Kind::weight:
        return base::matches_any(recipe_.frozen, tiled_.network.matrices[parameter.index].name);
      case Parameter::Kind::bias:
      case Parameter::Kind::candidate_bias:
        return base::matches_any(recipe_.frozen, tiled_.network.nodes[parameter.index].name);
      case Parameter::Kind::constant:
        return base::matches_any(recipe_.frozen, parameter.name);
    }
    return false;
  }

  [[nodiscard]] const InitializerSource& origin_of(const Parameter& parameter) const {
    switch (parameter.kind) {
      case Parameter::Kind::weight:
        return tiled_.network.matrices[parameter.index].origin;
      case Parameter::Kind::bias:
        return tiled_.network.nodes[parameter.index].bias_origin;
      case Parameter::Kind::candidate_bias:
        return tiled_.network.nodes[parameter.index].as<Recurrence>().candidate_origin;
      case Parameter::Kind::constant:
        break;
    }
    return tiled_.network.values[parameter.index].origin;
  }

  void make_optimiser() {
    std::vector<Tensor> weights, others;
    for (const Parameter& parameter : model_->parameters()) {
      (parameter.kind == Parameter::Kind::weight ? weights : others).push_back(parameter.tensor);
    }
    const Recipe::Optimiser& o = recipe_.optimiser;
    std::vector<torch::optim::OptimizerParamGroup> groups;
    const auto add = [&](const std::vector<Tensor>& tensors, double decay) {
      if (tensors.empty()) return;
      std::unique_ptr<torch::optim::OptimizerOptions> options;
      if (o.kind == Recipe::Optimiser::Kind::sgd) {
        options = std::make_unique<torch::optim::SGDOptions>(
            torch::optim::SGDOptions(o.rate).momentum(o.momentum).nesterov(o.momentum > 0).weight_decay(decay));
      } else if (o.kind == Recipe::Optimiser::Kind::adam) {
        options = std::make_unique<torch::optim::AdamOptions>(torch::optim::AdamOptions(o.rate).weight_decay(decay));
      } else {
        options = std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(o.rate).weight_decay(decay));
      }
      groups.emplace_back(tensors, std::move(options));
    };
    add(weights, o.weight_decay);
    add(others, 0.0);
    switch (o.kind) {
      case Recipe::Optimiser::Kind::sgd:
        optimiser_ = std::make_unique<torch::optim::SGD>(groups, torch::optim::SGDOptions(o.rate));
        break;
      case Recipe::Optimiser::Kind::adam:
        optimiser_ = std::make_unique<torch::optim::Adam>(groups, torch::optim::AdamOptions(o.rate));
        break;
      case Recipe::Optimiser::Kind::adamw:
        optimiser_ = std::make_unique<torch::optim::AdamW>(groups, torch::optim::AdamWOptions(o.rate));
    }
  }

  void begin_model_step(std::uint32_t number, double level, bool gradients) {
    model_->begin_step(number, noise_.get(), level, recipe_.hardware.analog ? recipe_.noise.drop_connect : 0.0, gradients, options_.threads);
  }

  void one_step() {
    const std::int64_t epoch = course_.step / batches_->per_epoch();
    const auto batch = batches_->load(epoch, course_.step % batches_->per_epoch(), options_.threads);
    const base::RandomStream lots({.seed = recipe_.seed, .purpose = base::Purpose::training, .node = base::hash_name("noise level")});
    const bool initial = course_.step < recipe_.ranges.initial_batches;
    level_ = recipe_.noise.level(course_.step, steps_, static_cast<double>(lots.uniform({.sample = static_cast<std::uint32_t>(course_.step)}, 0)));
    const double factor = recipe_.schedule.factor(course_.step, steps_);
    rate_ = recipe_.optimiser.rate * factor;
    for (auto& group : optimiser_->param_groups()) group.options().set_lr(rate_);
    begin_model_step(static_cast<std::uint32_t>(course_.step), level_, recipe_.ranges.learned && !initial);
    optimiser_->zero_grad();
    const Tensor output = model_->forward(batch.inputs, true);
    const Tensor loss = loss_of(data_, recipe_.distillation, output, batch.targets, [&] { return teacher_->forward(batch.inputs, true); });
    const double value = loss.item<double>();
    if (!std::isfinite(value)) diverged("the loss");
    loss.backward();
    if (recipe_.optimiser.gradient_limit) limit_gradient(*recipe_.optimiser.gradient_limit);
    optimiser_->step();
    const torch::NoGradGuard guard;
    for (std::size_t m = 0; m < model_->matrices().size(); ++m) {
      TrainedMatrix& matrix = model_->matrices()[m];
      if (!matrix.tiles) continue;
      if (has_static_ranges(m)) follow_ranges(matrix, initial, factor);
      follow_scales(m, matrix, factor);
    }
    course_.loss_sum += value;
    course_.score_sum += score_of(data_, output, batch.targets);
  }

  /// Shortens the gradient over all parameters to `most`.
  void limit_gradient(double most) {
    double squares = 0;
    for (const Parameter& parameter : model_->parameters()) {
      const Tensor gradient = parameter.tensor.grad();
      if (gradient.defined()) squares += gradient.square().sum().item<double>();
    }
    const double length = std::sqrt(squares);
    if (length <= most) return;
    for (const Parameter& parameter : model_->parameters()) {
      Tensor gradient = parameter.tensor.grad();
      if (gradient.defined()) gradient.mul_(most / length);
    }
  }

  [[noreturn]] void diverged(const std::string& what) {
    const std::int64_t epoch = course_.step / batches_->per_epoch();
    const bool kept = has_checkpoint();
    throw base::UserError(
        fmt::format("the training diverged: {} is not a finite number in step {} (epoch {}) at a learning rate of {:.3g}. Lower optimiser.rate, give "
                    "optimiser.gradient_limit a number such as 1, or lengthen schedule.warmup. {}",
                    what, course_.step + 1, epoch + 1, rate_,
                    kept ? fmt::format("The last good state is kept in {}", options_.checkpoint) : "No epoch was finished"),
        base::ExitCode::failed_check);
  }

  /// Input ranges: first the running mean of what the inputs spread, then their gradient and a slow decay.
  void follow_ranges(TrainedMatrix& matrix, bool initial, double factor) {
    float* ranges = matrix.ranges.data_ptr<float>();
    for (std::size_t p = 0; p < matrix.parts.size(); ++p) {
      const TrainedMatrix::Part& part = matrix.parts[p];
      if (part.count == 0) continue;
      if (initial) {
        const double mean = part.sum / part.count;
        const double spread = recipe_.ranges.initial_sigmas * std::sqrt(std::max(0.0, part.squares / part.count - mean * mean));
        if (spread <= 0) continue;
        const auto seen = static_cast<double>(course_.step);
        ranges[p] = static_cast<float>((static_cast<double>(ranges[p]) * seen + spread) / (seen + 1));
        continue;
      }
      if (!recipe_.ranges.learned) continue;
      double gradient = part.gradient;
      if (1.0 - part.clipped / part.count > recipe_.ranges.inside) gradient += recipe_.ranges.decay * static_cast<double>(ranges[p]);
      const double next = static_cast<double>(ranges[p]) - recipe_.ranges.rate * factor * gradient;
      // One step never more than halves or doubles it.
      ranges[p] = static_cast<float>(std::clamp(next, 0.5 * static_cast<double>(ranges[p]), 2.0 * static_cast<double>(ranges[p])));
    }
  }

  /// Column scales: learned, weights moving with them; then the limit of the weights, then the maxima back into the scales.
  void follow_scales(std::size_t m, TrainedMatrix& matrix, double factor) {
    const tiles::MatrixLayout& layout = matrix.tiles->layout();
    const std::span<float> weights(matrix.weight.data_ptr<float>(), static_cast<std::size_t>(matrix.weight.numel()));
    const std::span<float> scales(matrix.scales.data_ptr<float>(), static_cast<std::size_t>(matrix.scales.numel()));
    if (!matrix.weight.requires_grad()) return;
    const Tensor gradient = matrix.weight.grad();
    if (!gradient.defined()) return;  // of a matrix that no output depends on
    const std::span<const float> gradients(gradient.data_ptr<float>(), weights.size());
    const ScaleStep step{recipe_.scales.learned && recipe_.hardware.analog ? recipe_.scales.rate * factor : 0.0, recipe_.clip,
                         (course_.step + 1) % recipe_.scales.remap == 0};
    const std::span<float> squares(matrix.scale_squares.data_ptr<float>(), scales.size());
    follow_column_scales(tiled_.tiles.of(tiled_.network.matrices[m].name), layout, step, matrix.tiles->effective(), gradients, weights,
                         {scales, squares});
    const double any = static_cast<double>(matrix.weight.sum().item<float>());
    if (!std::isfinite(any)) diverged("a weight of " + tiled_.network.matrices[m].name);
  }

  /// Whether gain and shift of a convolution's channels can go into its weights and bias: both are trained, and no other node has these weights.
  [[nodiscard]] bool can_shift(std::size_t node) const {
    const int matrix = tiled_.network.nodes[node].matrices[0];
    const auto has = [&](Parameter::Kind kind, std::size_t index) {
      return std::ranges::any_of(model_->parameters(), [&](const Parameter& p) { return p.kind == kind && p.index == index; });
    };
    const auto users = std::ranges::count_if(tiled_.network.nodes, [&](const Node& n) { return std::ranges::count(n.matrices, matrix) > 0; });
    return users == 1 && has(Parameter::Kind::weight, static_cast<std::size_t>(matrix)) && has(Parameter::Kind::bias, node);
  }

  /// Mean and deviation of every channel of the convolutions brought back to those of the float network.
  void re_estimate() {
    const torch::NoGradGuard guard;
    const auto batch = batches_->plain(0, std::min(static_cast<std::size_t>(recipe_.normalisation_samples), data_.size()));
    std::map<std::size_t, std::pair<Tensor, Tensor>> wanted;
    const auto moments = [](const Tensor& y) {
      const Tensor rows = y.transpose(0, 2).reshape({y.size(2), -1});
      return std::pair(rows.mean(1), rows.std(1, false));
    };
    (void)teacher_->forward(batch, true, [&](std::size_t node, const Tensor& y) {
      wanted[node] = moments(y);
      return y;
    });
    begin_model_step(static_cast<std::uint32_t>(steps_), recipe_.noise.scale > 0 ? 1.0 : 0.0, false);
    std::map<std::size_t, std::pair<Tensor, Tensor>> changes;
    (void)model_->forward(batch, true, [&](std::size_t node, const Tensor& y) {
      if (!can_shift(node)) return y;
      const auto [mean, deviation] = moments(y);
      const auto& [float_mean, float_deviation] = wanted.at(node);
      // A channel that is nearly constant has no deviation to bring back.
      const Tensor gain = (float_deviation / deviation.clamp_min(1e-6F)).clamp(0.5, 2.0);
      const Tensor shift = float_mean - mean * gain;
      changes[node] = {gain, shift};
      std::vector<std::int64_t> along(static_cast<std::size_t>(y.dim()), 1);
      along[2] = gain.numel();
      return y * gain.view(along) + shift.view(along);
    });
    for (Parameter& parameter : model_->parameters()) {
      for (const auto& [n, change] : changes) {
        if (parameter.kind == Parameter::Kind::bias && parameter.index == n) {
          parameter.tensor.mul_(change.first).add_(change.second);
        } else if (parameter.kind == Parameter::Kind::weight && tiled_.network.nodes[n].matrices[0] == static_cast<int>(parameter.index)) {
          parameter.tensor.mul_(change.first.view({-1, 1}));
        }
      }
    }
  }

  void finish() {
    model_->copy_into(tiled_.network);
    for (std::size_t m = 0; m < tiled_.network.matrices.size(); ++m) {
      const TrainedMatrix& matrix = model_->matrices()[m];
      // Ranges that an earlier training learned were those of other weights.
      tiled_.network.input_ranges.erase(tiled_.network.matrices[m].name);
      if (!has_static_ranges(m)) continue;
      const float* ranges = matrix.ranges.data_ptr<float>();
      tiled_.network.input_ranges[tiled_.network.matrices[m].name].assign(ranges, ranges + matrix.ranges.numel());
    }
  }

  [[nodiscard]] bool has_checkpoint() const {
    std::error_code error;
    return !options_.checkpoint.empty() && std::filesystem::exists(options_.checkpoint, error);
  }

  void save() const {
    if (!options_.checkpoint.empty()) save_checkpoint(options_.checkpoint, options_.fingerprint, course_, *model_, *optimiser_);
  }

  TiledNetwork tiled_;  ///< on the tiles that are trained for; its weights are the trained ones in the end
  const Dataset& data_;
  const TrainingOptions& options_;
  const Recipe& recipe_;
  std::unique_ptr<TorchNetwork> teacher_, model_;
  std::unique_ptr<TrainingBatches> batches_;
  std::unique_ptr<tiles::WeightNoise> noise_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
  std::int64_t steps_ = 0;
  TrainingCourse course_;
  double rate_ = 0, level_ = 0;
};

}  // namespace

Network train(TiledNetwork tiled, const Dataset& data, const TrainingOptions& options) { return Training(std::move(tiled), data, options).run(); }

}  // namespace mho::workloads
