#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "tiles/weight_noise.h"
#include "workloads/autograd/torch_network.h"
#include "workloads/autograd/training_batches.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/training/recipe.h"

namespace torch::optim {
class Optimizer;
}

namespace mho::workloads {

/// A number of a training is no longer finite.
struct Diverged : std::runtime_error {
  Diverged(const std::string& number, double learning_rate) : std::runtime_error(number), rate(learning_rate) {}
  double rate;
};

/// The parts of a training that a step changes or reads.
struct TrainingState {
  const Recipe& recipe;
  const TiledNetwork& tiled;  ///< network on the tiles of the training
  const Dataset& data;
  TorchNetwork& model;
  TorchNetwork* teacher;  ///< the float network; null if nothing is compared with it
  int threads = 1;
};

/// Runs training steps: noise, loss, gradients, weights, then input ranges and column scales.
class TrainingSteps {
 public:
  /// `noisy_device`: the device whose noise the weights on tiles get.
  TrainingSteps(const TrainingState& state, const tiles::DeviceParameters& noisy_device);
  ~TrainingSteps();
  TrainingSteps(const TrainingSteps&) = delete;
  TrainingSteps& operator=(const TrainingSteps&) = delete;

  struct Result {
    double loss = 0, score = 0;  ///< of the batch, with noise
    double rate = 0, noise = 0;
  };
  /// Runs step `step` of `steps`, from 0. Throws Diverged if the loss or a weight is not finite.
  Result run(std::int64_t step, std::int64_t steps, const TrainingBatches::Batch& batch);
  /// Draws the noise of step `number` without running the step.
  void draw(std::uint32_t number, double level, bool range_gradients);
  [[nodiscard]] torch::optim::Optimizer& optimiser() { return *optimiser_; }

 private:
  void make_optimiser();
  void limit_gradient(double most);
  void follow_ranges(std::size_t matrix, std::int64_t step, double factor);
  void follow_scales(std::size_t matrix, std::int64_t step, double factor, double rate);

  TrainingState state_;
  tiles::WeightNoise noise_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
};

/// Whether matrix `index` is on tiles with static input ranges, which can be learned.
bool has_static_ranges(const TiledNetwork& tiled, const TorchNetwork& model, std::size_t index);

}  // namespace mho::workloads
