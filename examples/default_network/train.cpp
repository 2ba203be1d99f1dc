// Trains the network that `mho run` evaluates without arguments, and writes it as ONNX.
// usage: train_default_network OUTPUT.onnx
// Uses one thread and one seed: the same machine and libtorch give the same bytes. Takes a few minutes.
#include <fmt/format.h>
#include <torch/torch.h>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "examples/default_network/onnx_writer.h"
#include "workloads/data/dataset.h"

namespace mho::examples {
namespace {

constexpr std::int64_t side = 16;
constexpr std::int64_t classes = 10;
constexpr std::uint64_t data_seed = 2024;  // the images of workloads::default_data()
constexpr std::uint64_t training_seed = 1;
constexpr std::size_t training_images = 100000;
constexpr int epochs = 4;
constexpr std::int64_t batch = 64;
constexpr double peak_rate = 4e-3;

struct Tensors {
  torch::Tensor images;  ///< [count, 1, side, side], 0..1
  torch::Tensor labels;  ///< [count]
};

Tensors read(const workloads::Dataset& data) {
  const auto count = static_cast<std::int64_t>(data.size());
  Tensors tensors{torch::empty({count, 1, side, side}), torch::empty({count}, torch::kLong)};
  const auto values = static_cast<std::size_t>(side * side);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data.load(i, {tensors.images.data_ptr<float>() + i * values, values});
    tensors.labels.data_ptr<std::int64_t>()[i] = data.label(i);
  }
  return tensors;
}

struct PerceptronImpl : torch::nn::Module {
  torch::nn::Linear first{side * side, 128};
  torch::nn::Linear second{128, 64};
  torch::nn::Linear scores{64, classes};
  PerceptronImpl() {
    register_module("first", first);
    register_module("second", second);
    register_module("scores", scores);
  }
  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(first(x.flatten(1)));
    return scores(torch::relu(second(x)));
  }
};
TORCH_MODULE(Perceptron);

/// Share of correct answers, in percent.
double accuracy(Perceptron& network, const Tensors& data) {
  torch::NoGradGuard guard;
  return 100.0 * network(data.images).argmax(1).eq(data.labels).to(torch::kDouble).mean().item<double>();
}

/// Mean accuracy in percent with Gaussian noise on every weight. Its deviation is `share` of the largest weight of the same output.
double noisy_accuracy(Perceptron& network, const Tensors& data, double share) {
  constexpr int draws = 5;
  torch::NoGradGuard guard;
  double sum = 0;
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<torch::Tensor> clean;
    for (auto& parameter : network->parameters()) {
      clean.push_back(parameter.clone());
      if (parameter.dim() < 2) continue;  // biases are digital
      auto rows = parameter.view({parameter.size(0), -1});
      rows.add_(torch::randn_like(rows) * rows.abs().amax(1, true) * share);
    }
    sum += accuracy(network, data);
    const auto noisy = network->parameters();
    for (std::size_t i = 0; i < noisy.size(); ++i) noisy[i].copy_(clean[i]);
  }
  return sum / draws;
}

void train(Perceptron& network, const Tensors& data) {
  const auto count = data.labels.size(0);
  const auto steps = epochs * (count / batch);
  torch::optim::Adam optimizer(network->parameters(), torch::optim::AdamOptions(peak_rate));
  std::int64_t step = 0;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto order = torch::randperm(count, torch::kLong);
    double loss_sum = 0;
    for (std::int64_t first = 0; first + batch <= count; first += batch, ++step) {
      // The rate falls linearly to zero, so that the weights settle in the last epochs.
      const double rate = peak_rate * (1.0 - static_cast<double>(step) / static_cast<double>(steps));
      static_cast<torch::optim::AdamOptions&>(optimizer.param_groups()[0].options()).lr(rate);
      const auto chosen = order.slice(0, first, first + batch);
      optimizer.zero_grad();
      auto loss = torch::nn::functional::cross_entropy(network(data.images.index_select(0, chosen)), data.labels.index_select(0, chosen));
      loss.backward();
      optimizer.step();
      loss_sum += loss.item<double>();
    }
    fmt::print("epoch {:2}  loss {:.4f}\n", epoch + 1, loss_sum / static_cast<double>(count / batch));
    std::fflush(stdout);
  }
}

std::vector<float> values_of(const torch::Tensor& tensor) {
  const auto flat = tensor.detach().contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

template <typename Module>
Layer layer(const std::string& name, Layer::Kind kind, const Module& module, bool relu, bool pool) {
  return {name, kind, module->weight.sizes().vec(), values_of(module->weight), values_of(module->bias), relu, pool};
}

void run(const std::string& path) {
  torch::set_num_threads(1);
  torch::manual_seed(training_seed);
  const auto training = read(*workloads::stroke_digits(training_images, data_seed, 2));
  const auto test = read(*workloads::default_data().test);
  Perceptron network;
  train(network, training);
  fmt::print("accuracy  training {:.2f} %  test {:.2f} %\n", accuracy(network, training), accuracy(network, test));
  for (const double share : {0.02, 0.04, 0.06, 0.08}) {
    fmt::print("test with weight noise of {:.0f} % of the largest weight of an output: {:.2f} %\n", 100 * share,
               noisy_accuracy(network, test, share));
  }
  using Kind = Layer::Kind;
  const std::vector<Layer> layers{layer("first", Kind::gemm, network->first, true, false), layer("second", Kind::gemm, network->second, true, false),
                                  layer("scores", Kind::gemm, network->scores, false, false)};
  const std::string bytes =
      write_onnx(layers, side, classes, "Perceptron of three layers for the stroke digits of mho, trained by examples/default_network");
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw std::runtime_error(fmt::format("{} cannot be written", path));
  fmt::print("wrote {} ({} bytes)\n", path, bytes.size());
}

}  // namespace
}  // namespace mho::examples

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} OUTPUT.onnx\n", argv[0]);
    return 2;
  }
  try {
    mho::examples::run(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", argv[0], error.what());
    return 1;
  }
}
