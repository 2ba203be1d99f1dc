// Time of a training step with the full tile model in the forward pass, beside the same step in plain float libtorch, both in one run: modules of
// libtorch as anyone would write them, and our own float network, whose products go through oneDNN (libtorch calls the BLAS of the system, which may
// be the unoptimised one). Needs MHO_DATA, the folder of networks and data.
#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/prepare.h"
#include "workloads/autograd/trainer.h"

namespace mho {
namespace {

using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::Flatten;
using torch::nn::Linear;
using torch::nn::MaxPool2d;
using torch::nn::ReLU;
using torch::nn::Sequential;

constexpr int batch = 64, warm_up = 4;
double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

Sequential perceptron() { return Sequential(Flatten(), Linear(784, 256), ReLU(), Linear(256, 128), ReLU(), Linear(128, 10)); }

Sequential convnet() {
  const auto conv = [](int in, int out) { return Conv2d(Conv2dOptions(in, out, 3).padding(1)); };
  return Sequential(conv(1, 32), ReLU(), conv(32, 32), ReLU(), MaxPool2d(2), conv(32, 64), ReLU(), conv(64, 64), ReLU(), MaxPool2d(2), Flatten(),
                    Linear(3136, 128), ReLU(), Linear(128, 10));
}

/// Seconds of each step of modules of libtorch.
std::vector<double> plain_steps(Sequential model, int steps) {
  const torch::Tensor x = torch::randn({batch, 1, 28, 28}), labels = torch::randint(10, {batch}, torch::kLong);
  torch::optim::SGD optimiser(model->parameters(), torch::optim::SGDOptions(1e-3).momentum(0.9).nesterov(true));
  std::vector<double> seconds;
  for (int step = 0; step < warm_up + steps; ++step) {
    const double begin = now();
    optimiser.zero_grad();
    torch::nn::functional::cross_entropy(model->forward(x), labels).backward();
    optimiser.step();
    if (step >= warm_up) seconds.push_back(now() - begin);
  }
  return seconds;
}

struct Subject {
  workloads::TiledNetwork tiled;
  const workloads::Dataset& data;
};

/// Seconds of each step of our own trainer.
std::vector<double> own_steps(const Subject& subject, const std::vector<std::string>& recipe, int steps) {
  struct Enough {};
  workloads::TrainingOptions options;
  std::vector<std::string> whole{"epochs=1", "batch=64", "optimiser.kind=sgd", "optimiser.rate=0.001", "ranges.initial_batches=2"};
  whole.insert(whole.end(), recipe.begin(), recipe.end());
  options.recipe = workloads::read_recipe(std::nullopt, whole, subject.tiled.network);
  std::vector<double> seconds;
  double last = now();
  options.report = [&](const workloads::TrainingProgress& progress) {
    const double time = now();
    if (progress.step > warm_up) seconds.push_back(time - last);
    last = time;
    if (progress.step == warm_up + steps) throw Enough();
  };
  try {
    (void)workloads::train(subject.tiled, subject.data, options);
  } catch (const Enough&) {
  }
  return seconds;
}

void measure(const std::string& folder, const std::string& name, Sequential (*plain)(), int steps, const workloads::Dataset& data) {
  const analysis::Design design = analysis::load_design({}, {});
  constexpr std::size_t calibration_samples = 64;
  const Subject subject{analysis::prepare(design, workloads::import_onnx(folder + name, data.sample_shape(), true),
                                          {.calibration = &data, .calibration_samples = calibration_samples}),
                        data};
  std::vector<double> modules, exact, analog;
  // In turns, so that a busy machine slows all alike.
  constexpr int rounds = 5;
  const auto append = [](std::vector<double>& all, const std::vector<double>& some) { all.insert(all.end(), some.begin(), some.end()); };
  for (int round = 0; round < rounds; ++round) {
    append(modules, plain_steps(plain(), steps));
    append(exact, own_steps(subject, {"hardware.analog=false"}, steps));
    append(analog, own_steps(subject, {"noise.scale=3"}, steps));
  }
  constexpr double milli = 1e3;
  const double a = median(modules) * milli, b = median(exact) * milli, c = median(analog) * milli;
  fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", name, a, b, c, c / a, c / b);
}

}  // namespace
}  // namespace mho

int main(int argc, char** argv) {
  const char* data = std::getenv("MHO_DATA");
  if (data == nullptr) {
    fmt::print(stderr, "MHO_DATA does not name the folder of networks and data\n");
    return 2;
  }
  const std::string folder = std::string(data) + "/", only = argc > 1 ? argv[1] : "";
  at::set_num_threads(1);
  const auto description = mho::workloads::read_data(MHO_SOURCE_FOLDER "/examples/data/fashion_mnist.yaml");
  fmt::print(
      "| network, batch 64, 1 thread | libtorch modules, ms a step | own float network, ms | on tiles, ms | tiles / libtorch | tiles / own float |\n"
      "| --- | --- | --- | --- | --- | --- |\n");
  constexpr int short_steps = 12, steps = 100;
  if (only.empty() || only == "mlp") mho::measure(folder, "nets/fashion_mlp.onnx", mho::perceptron, steps, *description.training);
  if (only.empty() || only == "cnn") mho::measure(folder, "nets/fashion_cnn.onnx", mho::convnet, short_steps, *description.training);
  return 0;
}
