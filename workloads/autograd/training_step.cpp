#include "workloads/autograd/training_step.h"

#include <ATen/ATen.h>
#include <torch/optim.h>
#include <torch/types.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "workloads/autograd/training_loss.h"
#include "workloads/training/column_scales.h"

namespace mho::workloads {

using torch::Tensor;

bool has_static_ranges(const TiledNetwork& tiled, const TorchNetwork& model, std::size_t index) {
  return model.matrices()[index].tiles && tiled.tiles.of(tiled.network.matrices[index].name).input_range.is_static();
}

TrainingSteps::TrainingSteps(const TrainingState& state, const tiles::DeviceParameters& noisy_device)
    : state_(state),
      noise_(state.recipe.hardware.analog ? state.recipe.noise.kind : tiles::WeightNoiseKind::none, noisy_device, state.recipe.noise.sigma) {
  make_optimiser();
}
TrainingSteps::~TrainingSteps() = default;

void TrainingSteps::make_optimiser() {
  std::vector<Tensor> weights, others;
  for (const Parameter& parameter : state_.model.parameters()) {
    (parameter.kind == Parameter::Kind::weight ? weights : others).push_back(parameter.tensor);
  }
  const Recipe::Optimiser& o = state_.recipe.optimiser;
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

void TrainingSteps::draw(std::uint32_t number, double level, bool range_gradients) {
  state_.model.begin_step(number, &noise_, level, state_.recipe.hardware.analog ? state_.recipe.noise.drop_connect : 0.0, range_gradients,
                          state_.threads);
}

TrainingSteps::Result TrainingSteps::run(std::int64_t step, std::int64_t steps, const TrainingBatches::Batch& batch) {
  const Recipe& recipe = state_.recipe;
  const base::RandomStream lots({.seed = recipe.seed, .purpose = base::Purpose::training, .node = base::hash_name("noise level")});
  Result result;
  result.noise = recipe.noise.level(step, steps, static_cast<double>(lots.uniform({.sample = static_cast<std::uint32_t>(step)}, 0)));
  const double factor = recipe.schedule.factor(step, steps);
  result.rate = recipe.optimiser.rate * factor;
  for (auto& group : optimiser_->param_groups()) group.options().set_lr(result.rate);
  draw(static_cast<std::uint32_t>(step), result.noise, recipe.ranges.learned && step >= recipe.ranges.initial_batches);
  optimiser_->zero_grad();
  const bool with_hidden = recipe.distillation.hidden > 0;
  const NetworkOutputs own = outputs_of(state_.model, batch.inputs, with_hidden);
  NetworkOutputs taught;
  if (recipe.distillation.compares()) {
    const torch::NoGradGuard guard;
    taught = outputs_of(*state_.teacher, batch.inputs, with_hidden);
  }
  const Tensor loss = loss_of(state_.data, recipe.distillation, own, batch.targets, taught);
  result.loss = loss.item<double>();
  if (!std::isfinite(result.loss)) throw Diverged("the loss", result.rate);
  loss.backward();
  if (recipe.optimiser.gradient_limit) limit_gradient(*recipe.optimiser.gradient_limit);
  optimiser_->step();
  const torch::NoGradGuard guard;
  for (std::size_t m = 0; m < state_.model.matrices().size(); ++m) {
    if (!state_.model.matrices()[m].tiles) continue;
    if (has_static_ranges(state_.tiled, state_.model, m)) follow_ranges(m, step, factor);
    follow_scales(m, step, factor, result.rate);
  }
  result.score = score_of(state_.data, own.output, batch.targets);
  return result;
}

/// Scales the gradient of all parameters down to a norm of at most `most`.
void TrainingSteps::limit_gradient(double most) {
  double squares = 0;
  for (const Parameter& parameter : state_.model.parameters()) {
    const Tensor gradient = parameter.tensor.grad();
    if (gradient.defined()) squares += gradient.square().sum().item<double>();
  }
  const double length = std::sqrt(squares);
  if (length <= most) return;
  for (const Parameter& parameter : state_.model.parameters()) {
    Tensor gradient = parameter.tensor.grad();
    if (gradient.defined()) gradient.mul_(most / length);
  }
}

void TrainingSteps::follow_ranges(std::size_t matrix, std::int64_t step, double factor) {
  TrainedMatrix& own = state_.model.matrices()[matrix];
  float* ranges = own.ranges.data_ptr<float>();
  for (std::size_t p = 0; p < own.parts.size(); ++p) ranges[p] = followed_range(state_.recipe.ranges, own.parts[p], step, factor, ranges[p]);
}

void TrainingSteps::follow_scales(std::size_t m, std::int64_t step, double factor, double rate) {
  const Recipe& recipe = state_.recipe;
  TrainedMatrix& matrix = state_.model.matrices()[m];
  if (!matrix.weight.requires_grad()) return;
  const Tensor gradient = matrix.weight.grad();
  if (!gradient.defined()) return;  // the matrix does not affect any output
  const auto numbers = [](Tensor& tensor) { return std::span<float>(tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())); };
  const std::span<float> weights = numbers(matrix.weight);
  const std::span<const float> gradients(gradient.data_ptr<float>(), weights.size());
  const ScaleStep change{recipe.scales.learned ? recipe.scales.rate * factor : 0.0, recipe.clip, (step + 1) % recipe.scales.remap == 0};
  const std::string& name = state_.tiled.network.matrices[m].name;
  follow_column_scales(state_.tiled.tiles.of(name), matrix.tiles->layout(), change, matrix.tiles->effective(), gradients, weights,
                       {numbers(matrix.scales), numbers(matrix.scale_squares)});
  if (!std::isfinite(static_cast<double>(matrix.weight.sum().item<float>()))) throw Diverged("a weight of " + name, rate);
}

}  // namespace mho::workloads
