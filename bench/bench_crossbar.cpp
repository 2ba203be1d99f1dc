// Times of the model of a tile, compared with a float32 product of oneDNN measured in the same process. Each product reports "MAC/s"; the table at
// the end prints nanoseconds per multiply-accumulate and the time relative to oneDNN.
#include <benchmark/benchmark.h>
#include <dnnl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/design_file/config.h"
#include "base/progress.h"
#include "base/random.h"
#include "periphery/parameters.h"
#include "tiles/analog_matrix.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"
#include "tiles/wires/wires.h"

namespace mho {
namespace {

constexpr std::uint64_t seed = 1;

enum Model : std::int64_t { converters, everything };

/// The tile of the default design with the full model, or only with its converters and its output noise.
tiles::TileParameters standard_tile(Model model = everything, int size = 512) {
  base::Declarations all = periphery::declarations();
  const auto layer = tiles::declarations();
  all.insert(all.end(), layer.begin(), layer.end());
  base::Config config(std::move(all));
  config.set(fmt::format("tile.rows={}", size));
  config.set(fmt::format("tile.columns={}", size));
  if (model == converters) {
    for (const char* off : {"tile.device.kind=ideal", "tile.noise.read_kind=off", "tile.ir_drop.scale=off"}) config.set(off);
  }
  return tiles::TileParameters::read(config);
}

std::vector<float> random_values(std::size_t count, std::uint32_t which, float scale) {
  std::vector<float> values(count);
  const base::RandomStream stream({.seed = seed, .purpose = base::Purpose::data, .node = which});
  stream.uniforms({}, 0, values);
  for (auto& value : values) value = scale * (2.0F * value - 1.0F);
  return values;
}

/// Operands of one product: a matrix and a batch of vectors.
struct Operands {
  int inputs, outputs;
  std::size_t batch;
  std::vector<float> weights, x, y;
  std::vector<base::EventId> events;
  Operands(int inputs_, int outputs_, std::int64_t batch_)
      : inputs(inputs_),
        outputs(outputs_),
        batch(static_cast<std::size_t>(batch_)),
        weights(random_values(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs), 1, 0.5F)),
        x(random_values(batch * static_cast<std::size_t>(inputs), 2, 1.0F)),
        y(batch * static_cast<std::size_t>(outputs)),
        events(batch) {
    for (std::size_t i = 0; i < batch; ++i) events[i].sample = static_cast<std::uint32_t>(i);
  }
  /// Arguments: inputs, outputs, batch.
  explicit Operands(const benchmark::State& state) : Operands(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), state.range(2)) {}
  void count(benchmark::State& state) const {
    const double macs = static_cast<double>(inputs) * outputs * static_cast<double>(batch);
    state.counters["MAC/s"] = benchmark::Counter(macs, benchmark::Counter::kIsIterationInvariantRate);
  }
};

tiles::AnalogMatrix analog_matrix(const tiles::TileParameters& tile, const Operands& operands) {
  const auto layout = tiles::default_layout("bench", operands.inputs, operands.outputs, 1, tile.rows, tile.columns, 0);
  const std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts), 1.0F);
  return {tile, layout, operands.weights, {}, ranges, seed, 0};
}

void one_dnn(benchmark::State& state) {
  Operands o(state);
  const auto n = static_cast<dnnl_dim_t>(o.inputs);
  const auto m = static_cast<dnnl_dim_t>(o.outputs);
  const auto batch = static_cast<dnnl_dim_t>(o.batch);
  for (auto _ : state) {
    // y [batch][m] = x [batch][n] * W^T: the layout of forward().
    if (dnnl_sgemm('N', 'T', batch, m, n, 1.0F, o.x.data(), n, o.weights.data(), n, 0.0F, o.y.data(), m) != dnnl_success) {
      state.SkipWithError("dnnl_sgemm failed");
    }
    benchmark::DoNotOptimize(o.y.data());
  }
  o.count(state);
}

void product_only(benchmark::State& state) {
  Operands o(state);
  const tiles::FloatMatrix matrix(o.inputs, o.outputs, o.weights, {});
  for (auto _ : state) {
    matrix.forward(o.x, o.batch, o.y);
    benchmark::DoNotOptimize(o.y.data());
  }
  o.count(state);
}

void forward(benchmark::State& state, Model model) {
  Operands o(state);
  auto matrix = analog_matrix(standard_tile(model, std::max(o.inputs, o.outputs)), o);
  matrix.set_time(1.0, 0);
  for (auto _ : state) {
    matrix.forward(o.x, o.events, o.y);
    benchmark::DoNotOptimize(o.y.data());
  }
  o.count(state);
}

void converters_and_output_noise(benchmark::State& state) { forward(state, converters); }
void everything_on(benchmark::State& state) { forward(state, everything); }

/// Two threads, each with half of the batch, as `--threads 2` divides the samples of a data set.
void everything_on_two_threads(benchmark::State& state) {
  Operands o(state);
  auto matrix = analog_matrix(standard_tile(), o);
  matrix.set_time(1.0, 0);
  const std::size_t half = o.batch / 2;
  const auto inputs = static_cast<std::size_t>(o.inputs);
  const auto outputs = static_cast<std::size_t>(o.outputs);
  constexpr int rounds = 16;  // for each dispatch to the threads
  for (auto _ : state) {
    base::parallel_for(2, 2, [&](std::size_t part) {
      for (int round = 0; round < rounds; ++round) {
        matrix.forward(std::span(o.x).subspan(part * half * inputs, half * inputs), std::span(o.events).subspan(part * half, half),
                       std::span(o.y).subspan(part * half * outputs, half * outputs));
      }
    });
    benchmark::DoNotOptimize(o.y.data());
  }
  const double macs = static_cast<double>(o.inputs) * o.outputs * static_cast<double>(o.batch) * rounds;
  state.counters["MAC/s"] = benchmark::Counter(macs, benchmark::Counter::kIsIterationInvariantRate);
}

void programming(benchmark::State& state) {
  const Operands o(state);
  const auto tile = standard_tile();
  for (auto _ : state) benchmark::DoNotOptimize(analog_matrix(tile, o));
  state.SetItemsProcessed(state.iterations() * o.inputs * o.outputs);
}

void set_time(benchmark::State& state) {
  const Operands o(state);
  auto matrix = analog_matrix(standard_tile(), o);
  double seconds = 1.0;
  std::uint32_t index = 0;
  for (auto _ : state) {
    matrix.set_time(seconds, index++);
    seconds *= 1.0001;  // times must increase
  }
  state.SetItemsProcessed(state.iterations() * o.inputs * o.outputs);
}

/// W_eff of an array with 0.35 ohm between cells, conductances up to 25 uS, on the threads of the last argument.
void effective_matrix(benchmark::State& state) {
  const auto size = static_cast<int>(state.range(0));
  const auto cells = random_values(static_cast<std::size_t>(size) * static_cast<std::size_t>(size), 5, 12.5e-6F);
  std::vector<double> siemens;
  for (const float g : cells) siemens.push_back(static_cast<double>(g) + 12.5e-6);
  const tiles::WireParameters wires{.input_ohm = 0.35, .output_ohm = 0.35, .driver_ohm = 0, .sense_ohm = 0};
  for (auto _ : state) benchmark::DoNotOptimize(tiles::effective_matrix(wires, size, size, siemens, static_cast<int>(state.range(1))));
}

void normals(benchmark::State& state) {
  const base::RandomStream stream({.seed = seed, .purpose = base::Purpose::output});
  std::vector<float> values(static_cast<std::size_t>(state.range(0)));
  std::uint32_t sample = 0;
  for (auto _ : state) {
    stream.normals({.sample = sample++}, 0, values);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// Square matrices of three sizes in three batches, and small ones of convolutions.
void shapes(benchmark::internal::Benchmark* benchmark) {
  for (const std::int64_t size : {256, 512, 1024}) {
    for (const std::int64_t batch : {1, 32, 128}) benchmark->Args({size, size, batch});
  }
  benchmark->Args({144, 16, 64});
  benchmark->Args({144, 32, 64});
  benchmark->Args({288, 32, 64});
  benchmark->Args({576, 64, 64});
}
BENCHMARK(one_dnn)->Apply(shapes);
BENCHMARK(product_only)->Apply(shapes);
BENCHMARK(converters_and_output_noise)->Apply(shapes);
BENCHMARK(everything_on)->Apply(shapes);
BENCHMARK(everything_on_two_threads)->Args({512, 512, 128})->UseRealTime();
BENCHMARK(programming)->Args({256, 256, 1})->Args({512, 512, 1})->Unit(benchmark::kMillisecond);
BENCHMARK(set_time)->Args({256, 256, 1})->Args({512, 512, 1})->Unit(benchmark::kMillisecond);
BENCHMARK(effective_matrix)->ArgsProduct({{128, 256, 512}, {1, 2}})->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);
BENCHMARK(normals)->Arg(512)->Arg(65536);

/// Prints the usual table and remembers the times for the ratios.
class Reporter : public benchmark::ConsoleReporter {
 public:
  Reporter() : ConsoleReporter(OO_Tabular) {}  // without colours, so that the table can be written to files
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      if (run.run_type == Run::RT_Iteration && !run.error_occurred) times_[run.run_name.function_name][run.run_name.args] = run.GetAdjustedRealTime();
    }
    ConsoleReporter::ReportRuns(runs);
  }
  /// Prints nanoseconds per multiply-accumulate, and the time relative to the bare products that the model needs: four for the full model, one
  /// otherwise.
  void print_ratios() const {
    const auto yardstick = times_.find("one_dnn");
    if (yardstick == times_.end()) return;
    fmt::print("\n{:<30} {:>14} {:>8} {:>10} {:>24}\n", "", "matrix/batch", "ns/MAC", "products", "time over oneDNN's products");
    for (const char* function : {"one_dnn", "product_only", "converters_and_output_noise", "everything_on"}) {
      const auto found = times_.find(function);
      if (found == times_.end()) continue;
      for (const auto& [arguments, time] : found->second) {
        const auto other = yardstick->second.find(arguments);
        if (other == yardstick->second.end()) continue;
        const int products = std::string_view(function) == "everything_on" ? 4 : 1;
        fmt::print("{:<30} {:>14} {:>8.4f} {:>10} {:>24.2f}\n", function, arguments, time / macs(arguments), products,
                   time / (products * other->second));
      }
    }
  }

 private:
  /// "inputs/outputs/batch"
  static double macs(const std::string& arguments) {
    double product = 1;
    for (std::size_t begin = 0; begin < arguments.size();) {
      const std::size_t end = std::min(arguments.find('/', begin), arguments.size());
      product *= std::stod(arguments.substr(begin, end - begin));
      begin = end + 1;
    }
    return product;
  }
  std::map<std::string, std::map<std::string, double>> times_;  ///< [function][arguments]
};

}  // namespace
}  // namespace mho

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  mho::Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratios();
  return 0;
}
