// The loss that compares with the float network: its value in double precision, and its gradients against finite differences.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/workloads/autograd/gradient_check.h"
#include "workloads/autograd/training_loss.h"
#include "workloads/data/array_dataset.h"
#include "workloads/graph/adapters.h"

namespace mho::workloads {
namespace {

using test::attention;
using test::convolutions;
using test::expect_gradients_of;
using test::perceptron;
using test::recurrent;
using test::scattered;
using test::smooth_tile;
using torch::Tensor;

constexpr std::int64_t samples = 6;

/// Labels without inputs: what a loss reads of data. Labels of -1 count nowhere.
std::unique_ptr<Dataset> labels(std::int64_t targets) {
  ArraySamples arrays;
  arrays.name = "labels";
  arrays.count = static_cast<std::size_t>(samples);
  arrays.sample_shape = {1};
  arrays.inputs.shape = {samples, 1};
  arrays.inputs.floats.resize(static_cast<std::size_t>(samples));
  arrays.targets.resize(static_cast<std::size_t>(samples * targets));
  arrays.classes = 3;
  arrays.metric = Metric::nats;
  return array_dataset(std::move(arrays));
}

/// A network, another one of the same shape as its teacher, and the loss between them.
class Pupil {
 public:
  Pupil(const Network& network, TorchNetwork& model, const Recipe::Distillation& distillation, std::int64_t targets)
      : model_(model), teacher_(network), distillation_(distillation), data_(labels(targets)) {
    const torch::NoGradGuard guard;
    int seed = 60;
    for (Parameter& parameter : teacher_.parameters()) {
      const Tensor other = torch::tensor(scattered(parameter.tensor.numel(), seed++)).reshape(parameter.tensor.sizes());
      parameter.tensor.add_(0.2 * other * (parameter.tensor != 0));
    }
    const std::int64_t each = element_count(network.values[static_cast<std::size_t>(network.input)].shape);
    batch_.samples = torch::tensor(scattered(samples * each, 20)).reshape({samples, each});
    taught_ = outputs_of(teacher_, batch_, true);
    for (std::int64_t k = 0; k < samples * targets; ++k) targets_.push_back(static_cast<float>(k % 4) - 1);
  }
  [[nodiscard]] NetworkOutputs outputs() {
    model_.begin_step(0, nullptr, 0, 0, false, 1);
    return outputs_of(model_, batch_, true);
  }
  /// Differentiable.
  [[nodiscard]] Tensor loss() { return loss_of(*data_, distillation_, outputs(), targets_, taught_); }
  /// In double precision from the outputs on.
  [[nodiscard]] double value() {
    const torch::NoGradGuard guard;
    return loss_of(*data_, distillation_, in_double(outputs()), targets_, in_double(taught_)).item<double>();
  }
  [[nodiscard]] const NetworkOutputs& taught() const { return taught_; }
  [[nodiscard]] const std::vector<float>& targets() const { return targets_; }

 private:
  static NetworkOutputs in_double(NetworkOutputs outputs) {
    outputs.output = outputs.output.to(torch::kDouble);
    for (Tensor& hidden : outputs.hidden) hidden = hidden.to(torch::kDouble);
    return outputs;
  }
  TorchNetwork& model_;
  TorchNetwork teacher_;
  Recipe::Distillation distillation_;
  std::unique_ptr<Dataset> data_;
  TorchNetwork::Batch batch_;
  NetworkOutputs taught_;
  std::vector<float> targets_;
};

/// In float and on small tiles, where every matrix is in several parts and nothing clips.
void expect_gradients(const Network& network, std::int64_t targets = 1) {
  constexpr double length = 4e-2, tolerance = 1e-4;
  for (const Recipe::Distillation& distillation :
       {Recipe::Distillation{.weight = 0.6, .temperature = 2, .hidden = 0}, Recipe::Distillation{.weight = 0, .temperature = 1, .hidden = 3},
        Recipe::Distillation{.weight = 1, .temperature = 3, .hidden = 0.5}}) {
    const auto check = [&](TorchNetwork& model) {
      Pupil pupil(network, model, distillation, targets);
      ASSERT_EQ(pupil.taught().hidden.size(), hidden_layers(network).size());
      expect_gradients_of(
          model, [&] { return pupil.loss(); }, [&] { return pupil.value(); }, length, tolerance);
    };
    TorchNetwork exact(network);
    check(exact);
    TorchNetwork tiled(mapper::lay_out(network, smooth_tile({"tile.rows=7", "tile.columns=5", "tile.adc.bound=unlimited"})), 1);
    for (TrainedMatrix& matrix : tiled.matrices()) {
      matrix.ranges.fill_(8.0F);
      matrix.scales.mul_(2.0F);  // so that the largest weights can grow
    }
    check(tiled);
  }
}

TEST(DistillationTest, GradientsOfAPerceptron) { expect_gradients(perceptron()); }
TEST(DistillationTest, GradientsOfConvolutions) { expect_gradients(convolutions()); }
TEST(DistillationTest, GradientsOfAnLstm) { expect_gradients(recurrent("LSTM", 4, 0)); }
TEST(DistillationTest, GradientsOfAttention) { expect_gradients(attention(), 5); }

/// Everything again, number by number.
TEST(DistillationTest, TheLossByHand) {
  const Network network = attention();
  TorchNetwork model(network);
  constexpr double weight = 0.3, temperature = 2, hidden = 0.7;
  constexpr std::size_t tokens = 5, classes = 4;
  Pupil pupil(network, model, {weight, temperature, hidden}, tokens);
  const NetworkOutputs own = pupil.outputs();
  const auto numbers = [](const Tensor& tensor) {
    const Tensor flat = tensor.detach().contiguous();
    return std::vector<double>(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  };
  const auto logarithms = [](const std::vector<double>& scores, std::size_t row, double divisor) {
    std::vector<double> result(classes);
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) sum += std::exp(scores[row * classes + c] / divisor);
    for (std::size_t c = 0; c < classes; ++c) result[c] = scores[row * classes + c] / divisor - std::log(sum);
    return result;
  };
  const std::vector<double> scores = numbers(own.output), taught = numbers(pupil.taught().output);
  double entropy = 0, divergence = 0, counted = 0;
  for (std::size_t row = 0; row < static_cast<std::size_t>(samples) * tokens; ++row) {
    const auto target = static_cast<int>(pupil.targets()[row]);
    if (target < 0) continue;
    ++counted;
    entropy -= logarithms(scores, row, 1)[static_cast<std::size_t>(target)];
    const std::vector<double> p = logarithms(taught, row, temperature), q = logarithms(scores, row, temperature);
    for (std::size_t c = 0; c < classes; ++c) divergence += std::exp(p[c]) * (p[c] - q[c]);
  }
  // Of six layers with weights the first five: queries, keys, values, the joined heads and the first of the perceptron.
  ASSERT_EQ(own.hidden.size(), 5U);
  double distance = 0;
  for (std::size_t layer = 0; layer < 5; ++layer) {
    const std::vector<double> h = numbers(own.hidden[layer]), t = numbers(pupil.taught().hidden[layer]);
    ASSERT_EQ(h.size(), static_cast<std::size_t>(samples) * tokens * (layer == 4 ? 12 : 8)) << layer;
    double difference = 0, power = 0;
    for (std::size_t k = 0; k < h.size(); ++k) {
      difference += (h[k] - t[k]) * (h[k] - t[k]);
      power += t[k] * t[k];
    }
    distance += difference / power / 5;
  }
  EXPECT_GT(distance, 0.01);
  const double wanted = (1 - weight) * entropy / counted + weight * temperature * temperature * divergence / counted + hidden * distance;
  EXPECT_NEAR(pupil.loss().item<double>(), wanted, 1e-5 * wanted);
}

TEST(DistillationTest, ALayerThatIsSilentInFloatDoesNotCount) {
  const Tensor silent = at::zeros({2, 3}), own = at::ones({2, 3});
  EXPECT_EQ(hidden_distance({own}, {silent}).item<float>(), 0);
  EXPECT_FLOAT_EQ(hidden_distance({own, 2 * own}, {silent, own}).item<float>(), 1);
}

}  // namespace
}  // namespace mho::workloads
