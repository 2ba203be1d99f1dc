// Time of a training step with the full tile model in the forward pass, compared with the same step in plain float libtorch, measured alternately:
// ordinary modules of libtorch with the BLAS of the system (which may be unoptimised) and with OpenBLAS if it is found, and the float network of mho,
// whose products use oneDNN. Times of one thread are processor time, which other processes hardly affect. Times of several threads are wall time and
// need free cores. Needs MHO_DATA, the folder of networks and data. MHO_OPENBLAS names the folder of the libblas.so.3 of OpenBLAS.
// usage: bench_retrain [NAME [THREADS]]
#include <fmt/format.h>
#include <torch/torch.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/prepare.h"
#include "workloads/autograd/trainer.h"

namespace mho {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

constexpr int batch = 64, warm_up = 4;
double wall_time() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
double processor_time() {
  constexpr double nano = 1e-9;
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + nano * static_cast<double>(time.tv_nsec);
}
double now(int threads) { return threads == 1 ? processor_time() : wall_time(); }

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

/// A network of modules: [batch][...] to [rows][classes].
struct Model : nn::Module {
  virtual Tensor scores(const Tensor& x) = 0;
};

struct Layers : Model {
  explicit Layers(const nn::Sequential& of) : layers(register_module("layers", of)) {}
  Tensor scores(const Tensor& x) override { return layers->forward(x); }
  nn::Sequential layers;
};

template <class Cell, class Options>
struct Recurrent : Model {
  Recurrent() : cell(register_module("cell", Cell(Options(20, 64).batch_first(true)))), out(register_module("out", nn::Linear(64, 10))) {}
  Tensor scores(const Tensor& x) override { return out(std::get<0>(cell(x)).select(1, -1)); }
  Cell cell;
  nn::Linear out;
};

/// Four blocks of width 128 with four attention heads over 64 tokens, causal.
struct Transformer : Model {
  static constexpr std::int64_t tokens = 64, width = 128, heads = 4, classes = 65, blocks = 4;
  Transformer() {
    const auto linear = [&](const std::string& name, std::int64_t in, std::int64_t out, bool bias) {
      linears.push_back(register_module(name, nn::Linear(nn::LinearOptions(in, out).bias(bias))));
    };
    for (std::int64_t b = 0; b < blocks; ++b) {
      linear(fmt::format("qkv{}", b), width, 3 * width, false);
      linear(fmt::format("o{}", b), width, width, false);
      linear(fmt::format("up{}", b), width, 4 * width, true);
      linear(fmt::format("down{}", b), 4 * width, width, true);
      for (const char* which : {"n1_", "n2_"})
        norms.push_back(register_module(fmt::format("{}{}", which, b), nn::LayerNorm(nn::LayerNormOptions({width}))));
    }
    linear("head", width, classes, false);
  }
  Tensor attention(const Tensor& x, std::size_t b) {
    const auto parts = linears[4 * b](x).view({-1, tokens, 3, heads, width / heads}).permute({2, 0, 3, 1, 4}).unbind(0);
    const Tensor scores = torch::matmul(parts[0], parts[1].transpose(-2, -1)) * 0.177;
    const Tensor mixed = torch::matmul((scores + mask).softmax(-1), parts[2]);
    return linears[4 * b + 1](mixed.transpose(1, 2).reshape({-1, tokens, width}));
  }
  Tensor scores(const Tensor& symbols) override {
    Tensor x = embedding(symbols.to(torch::kLong));
    for (std::size_t b = 0; b < blocks; ++b) {
      x = x + attention(norms[2 * b](x), b);
      x = x + linears[4 * b + 3](torch::gelu(linears[4 * b + 2](norms[2 * b + 1](x))));
    }
    return linears.back()(x).reshape({-1, classes});
  }
  Tensor mask = torch::full({tokens, tokens}, -1e9).triu(1);
  nn::Embedding embedding = register_module("embedding", nn::Embedding(classes, width));
  std::vector<nn::Linear> linears;
  std::vector<nn::LayerNorm> norms;
};

std::shared_ptr<Model> perceptron() {
  return std::make_shared<Layers>(
      nn::Sequential(nn::Flatten(), nn::Linear(784, 256), nn::ReLU(), nn::Linear(256, 128), nn::ReLU(), nn::Linear(128, 10)));
}
std::shared_ptr<Model> convnet() {
  const auto conv = [](int in, int out) { return nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1)); };
  return std::make_shared<Layers>(nn::Sequential(conv(1, 32), nn::ReLU(), conv(32, 32), nn::ReLU(), nn::MaxPool2d(2), conv(32, 64), nn::ReLU(),
                                                 conv(64, 64), nn::ReLU(), nn::MaxPool2d(2), nn::Flatten(), nn::Linear(3136, 128), nn::ReLU(),
                                                 nn::Linear(128, 10)));
}
std::shared_ptr<Model> lstm() { return std::make_shared<Recurrent<nn::LSTM, nn::LSTMOptions>>(); }
std::shared_ptr<Model> gru() { return std::make_shared<Recurrent<nn::GRU, nn::GRUOptions>>(); }
std::shared_ptr<Model> transformer() { return std::make_shared<Transformer>(); }

struct Case {
  std::string name, network, data;
  std::shared_ptr<Model> (*modules)();
  std::vector<std::int64_t> sample;  ///< shape of one sample
  int rows, classes;                 ///< targets per sample, and classes of a target
  int steps;
};

std::vector<Case> cases() {
  return {{"mlp", "fashion_mlp", "fashion_mnist", perceptron, {1, 28, 28}, 1, 10, 60},
          {"cnn", "fashion_cnn", "fashion_mnist", convnet, {1, 28, 28}, 1, 10, 10},
          {"lstm", "fsdd_lstm", "fsdd", lstm, {64, 20}, 1, 10, 20},
          {"gru", "fsdd_gru", "fsdd", gru, {64, 20}, 1, 10, 20},
          {"transformer", "shakespeare_transformer", "shakespeare", transformer, {64}, 64, 65, 6}};
}

/// Prints the seconds of each step of the libtorch modules, after warm-up steps.
void plain_steps(const Case& subject, int threads) {
  const std::shared_ptr<Model> model = subject.modules();
  std::vector<std::int64_t> shape{batch};
  shape.insert(shape.end(), subject.sample.begin(), subject.sample.end());
  const Tensor x = subject.sample.size() == 1 ? torch::randint(subject.classes, shape) : torch::randn(shape);
  const Tensor labels = torch::randint(subject.classes, {batch * subject.rows}, torch::kLong);
  torch::optim::SGD optimiser(model->parameters(), torch::optim::SGDOptions(1e-3).momentum(0.9).nesterov(true));
  for (int step = 0; step < warm_up + subject.steps; ++step) {
    const double begin = now(threads);
    optimiser.zero_grad();
    nn::functional::cross_entropy(model->scores(x), labels).backward();
    optimiser.step();
    if (step >= warm_up) fmt::print("{}\n", now(threads) - begin);
  }
}

/// Runs plain_steps in a separate process with the BLAS in `folder`; empty: the BLAS of the system.
std::vector<double> plain_elsewhere(const Case& subject, int threads, const std::string& folder) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = fmt::format("{}OMP_NUM_THREADS={} {} --modules {} {}", folder.empty() ? "" : "LD_LIBRARY_PATH=" + folder + " ", threads,
                                          self, subject.name, threads);
  std::FILE* const output = popen(command.c_str(), "r");
  std::vector<double> seconds;
  double one = 0;
  while (output != nullptr && std::fscanf(output, "%lf", &one) == 1) seconds.push_back(one);
  if (output != nullptr) pclose(output);
  return seconds;
}

/// Seconds of each step of the trainer of mho.
std::vector<double> own_steps(const Case& subject, const workloads::TiledNetwork& tiled, const workloads::Dataset& data, int threads,
                              const std::vector<std::string>& recipe) {
  struct Enough {};
  workloads::TrainingOptions options;
  std::vector<std::string> whole{"epochs=1",
                                 "batch=64",
                                 "optimiser.kind=sgd",
                                 "optimiser.rate=0.001",
                                 "ranges.initial_batches=2",
                                 "validation.samples=1",
                                 "validation.repeats=1"};
  whole.insert(whole.end(), recipe.begin(), recipe.end());
  options.recipe = workloads::read_recipe(std::nullopt, whole, {tiled.network, tiled.tiles});
  options.threads = threads;
  std::vector<double> seconds;
  double last = now(threads);
  options.report = [&](const workloads::TrainingProgress& progress) {
    const double time = now(threads);
    if (progress.step > warm_up) seconds.push_back(time - last);
    last = time;
    if (progress.step == warm_up + subject.steps) throw Enough();
  };
  try {
    (void)workloads::train(tiled, data, options);
  } catch (const Enough&) {
  }
  return seconds;
}

std::string milliseconds(std::optional<double> seconds) {
  constexpr double milli = 1e3;
  return seconds ? fmt::format("{:.2f}", *seconds * milli) : "-";
}
std::string ratio(std::optional<double> a, std::optional<double> b) { return a && b ? fmt::format("{:.2f}", *a / *b) : "-"; }

void measure(const std::string& folder, const Case& subject, const std::vector<int>& threads, const std::string& open_blas) {
  const analysis::Design design = analysis::load_design({}, {});
  const auto data = workloads::read_data(fmt::format("{}/examples/data/{}.yaml", MHO_SOURCE_FOLDER, subject.data));
  const workloads::TiledNetwork tiled = analysis::prepare(
      design, workloads::import_onnx(fmt::format("{}/nets/{}.onnx", folder, subject.network), data.training->sample_shape(), true), {});
  struct Times {
    std::vector<double> modules, open, exact, tiles;
  };
  std::vector<Times> times(threads.size());
  const auto append = [](std::vector<double>& all, const std::vector<double>& some) { all.insert(all.end(), some.begin(), some.end()); };
  // Alternates between the variants, so that the load of the machine affects all of them equally.
  constexpr int rounds = 3;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t t = 0; t < threads.size(); ++t) {
      append(times[t].modules, plain_elsewhere(subject, threads[t], ""));
      if (!open_blas.empty()) append(times[t].open, plain_elsewhere(subject, threads[t], open_blas));
      append(times[t].exact, own_steps(subject, tiled, *data.training, threads[t], {"hardware.analog=false"}));
      append(times[t].tiles, own_steps(subject, tiled, *data.training, threads[t], {"noise.scale=3"}));
    }
  }
  const std::optional<double> one = median(times[0].tiles);
  for (std::size_t t = 0; t < threads.size(); ++t) {
    const auto a = median(times[t].modules), o = median(times[t].open), b = median(times[t].exact), c = median(times[t].tiles);
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", subject.name, threads[t], milliseconds(a), milliseconds(o), milliseconds(b),
               milliseconds(c), ratio(c, a), ratio(c, o), ratio(c, b), ratio(one, c));
    std::fflush(stdout);
  }
}

std::string open_blas_folder() {
  if (const char* folder = std::getenv("MHO_OPENBLAS")) return folder;
  const std::string debian = "/usr/lib/x86_64-linux-gnu/openblas-pthread";
  return std::filesystem::exists(debian + "/libblas.so.3") ? debian : "";
}

}  // namespace
}  // namespace mho

int main(int argc, char** argv) {
  // As for the child process of `mho retrain`. OpenMP reads the variable before main, so the process is started again.
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) {
    setenv("OMP_WAIT_POLICY", "passive", 1);
    execv("/proc/self/exe", argv);
  }
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto all = mho::cases();
  if (words.size() == 3 && words[0] == "--modules") {
    at::set_num_threads(std::stoi(words[2]));
    for (const auto& subject : all) {
      if (subject.name == words[1]) mho::plain_steps(subject, std::stoi(words[2]));
    }
    return 0;
  }
  const char* data = std::getenv("MHO_DATA");
  if (data == nullptr) {
    fmt::print(stderr, "MHO_DATA does not name the folder of networks and data\n");
    return 2;
  }
  const std::string open_blas = mho::open_blas_folder();
  if (open_blas.empty()) fmt::print(stderr, "no OpenBLAS: install libopenblas0-pthread, or let MHO_OPENBLAS name the folder of its libblas.so.3\n");
  fmt::print(
      "| network, batch 64 | threads | libtorch modules, ms a step | the same with OpenBLAS | own float network | on tiles | tiles / modules | tiles "
      "/ OpenBLAS "
      "| tiles / own float | speed of 1 thread times |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  const std::vector<int> threads = words.size() > 1 ? std::vector<int>{std::stoi(words[1])} : std::vector<int>{1, 2};
  for (const auto& subject : all) {
    if (words.empty() || words[0] == subject.name) mho::measure(data, subject, threads, open_blas);
  }
  return 0;
}
