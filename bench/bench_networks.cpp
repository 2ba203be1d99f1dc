// Time per multiply-accumulate of whole networks on tiles with one thread, compared with their bare tiles: the cost of lowering, small matrices and
// digital operators. Needs MHO_DATA, the folder of networks and data.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "base/random.h"
#include "mapper/mapper.h"
#include "tiles/analog_matrix.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"

namespace mho {
namespace {

constexpr double nanoseconds = 1e9;

template <typename Action>
double seconds(const Action& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds of one product of `batch` vectors with a matrix on its tiles; the least of several measurements.
double bare_tile(const tiles::TileParameters& tile, int inputs, int outputs, std::size_t batch) {
  std::vector<float> weights(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs)), x(batch * static_cast<std::size_t>(inputs));
  const base::RandomStream stream({.seed = 1, .purpose = base::Purpose::data});
  stream.normals({}, 0, weights);
  stream.uniforms({.sample = 1}, 0, x);
  std::vector<float> y(batch * static_cast<std::size_t>(outputs));
  std::vector<base::EventId> events(batch);
  for (std::size_t i = 0; i < batch; ++i) events[i].sample = static_cast<std::uint32_t>(i);
  const auto layout = tiles::default_layout("bench", inputs, outputs, 1, tile.rows, tile.output_capacity(), 0);
  const std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts), 1.0F);
  tiles::AnalogMatrix matrix(tile, layout, weights, {}, ranges, 1, 0);
  matrix.set_time(1.0, 0);
  constexpr int tries = 7;
  double best = 1e9;
  for (int i = 0; i < tries; ++i) best = std::min(best, seconds([&] { matrix.forward(x, events, y); }));
  return best;
}

struct Subject {
  std::string network, data;
  std::size_t samples;
};

void measure(const std::string& folder, const Subject& subject, const tiles::TileParameters& tile, double yardstick) {
  const auto data = workloads::read_data(std::string(MHO_SOURCE_FOLDER "/examples/data/") + subject.data + ".yaml");
  const auto network = workloads::import_onnx(folder + subject.network, data.test->sample_shape());
  workloads::TiledNetwork tiled = mapper::lay_out(network, tile);
  constexpr std::size_t calibration_samples = 64;
  tiled.calibration = workloads::calibrate(tiled, *data.test, 0, calibration_samples, 1);
  const auto evaluate = [&](std::size_t samples) {
    workloads::EvaluationOptions options;
    options.times_s = {1.0};
    options.repeats = 2;  // the first programming is also compared with exact products; its cost cancels below
    options.samples = samples;
    return seconds([&] { workloads::evaluate_analog(tiled, *data.test, options); });
  };
  // The difference cancels programming and the comparison with exact products, which do not grow beyond the first samples.
  constexpr std::size_t few = 64;
  const double one = evaluate(few), all = evaluate(few + subject.samples);
  const double each = (all - one) / 2 / static_cast<double>(subject.samples);
  const auto macs = static_cast<double>(network.macs());
  double bare = 0;
  constexpr std::size_t batch = 64;
  for (const auto& node : network.nodes) {
    for (std::size_t k = 0; k < node.matrices.size(); ++k) {
      const auto& matrix = network.matrix(node, k);
      bare += bare_tile(tile, matrix.inputs, matrix.outputs, batch) / static_cast<double>(batch) * static_cast<double>(network.positions(node));
    }
  }
  const double per_mac = each / macs * nanoseconds;
  fmt::print("| {} | {:.2f} | {:.2f} | {:.4f} | {:.2f} | {:.2f} |\n", subject.network, macs / 1e6, each * 1e3, per_mac, each / bare,
             per_mac / yardstick);
}

}  // namespace
}  // namespace mho

int main(int argc, char** argv) {
  const char* data = std::getenv("MHO_DATA");
  if (data == nullptr) {
    fmt::print(stderr, "MHO_DATA does not name the folder of networks and data\n");
    return 2;
  }
  const mho::analysis::Design design = mho::analysis::load_design({}, {});
  constexpr int size = 512;
  constexpr std::size_t batch = 128;
  const double yardstick = mho::bare_tile(design.tile, size, size, batch) / (static_cast<double>(size) * size * batch) * mho::nanoseconds;
  fmt::print("bare tile {} x {}, batch {}: {:.4f} ns per multiply-accumulate\n\n", size, size, batch, yardstick);
  fmt::print(
      "| network | million multiply-accumulates | ms a sample | ns each | over its own bare tiles | over the bare tile |\n| --- | --- | --- | --- | "
      "--- | --- |\n");
  const std::vector<mho::Subject> subjects{{"nets/fashion_mlp.onnx", "fashion_mnist", 2000},
                                           {"nets/fashion_cnn.onnx", "fashion_mnist", 200},
                                           {"models/cifar10_resnet20_akamaster.onnx", "cifar10_akamaster", 100},
                                           {"nets/fsdd_lstm.onnx", "fsdd", 200},
                                           {"nets/fsdd_gru.onnx", "fsdd", 200},
                                           {"nets/shakespeare_lstm.onnx", "shakespeare", 100},
                                           {"nets/shakespeare_transformer.onnx", "shakespeare", 60},
                                           {"nets/stories260k.onnx", "stories", 30},
                                           {"nets/trec_transformer.onnx", "trec", 200}};
  for (const auto& subject : subjects) {
    if (argc > 1 && subject.network.find(argv[1]) == std::string::npos) continue;
    mho::measure(std::string(data) + "/", subject, design.tile, yardstick);
  }
  return 0;
}
