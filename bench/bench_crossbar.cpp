// What the numbers of a tile cost on this machine, beside a library's float32 product measured in the same process.
// Every row of a product carries "MAC/s"; the last lines give our time over oneDNN's for equal sizes.
#include <benchmark/benchmark.h>
#include <dnnl.h>
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/random.h"
#include "periphery/parameters.h"
#include "tiles/analog_matrix.h"
#include "tiles/layout.h"
#include "tiles/parameters.h"

namespace mho {
namespace {

constexpr std::uint64_t seed = 1;

/// The tile every design begins with: the standard model.
tiles::TileParameters standard_tile() {
  base::Declarations all = periphery::declarations();
  const auto room = tiles::declarations();
  all.insert(all.end(), room.begin(), room.end());
  return tiles::TileParameters::read(base::Config(all));
}

std::vector<float> random_values(std::size_t count, std::uint32_t which, float scale) {
  std::vector<float> values(count);
  const base::Stream stream({.seed = seed, .purpose = base::Purpose::data, .node = which});
  stream.uniforms({}, 0, values);
  for (auto& value : values) value = scale * (2.0F * value - 1.0F);
  return values;
}

/// Operands of one product: a size x size matrix and a batch of vectors.
struct Operands {
  int size;
  std::size_t batch;
  std::vector<float> weights, x, y;
  std::vector<base::EventId> events;
  explicit Operands(const benchmark::State& state)
      : size(static_cast<int>(state.range(0))),
        batch(static_cast<std::size_t>(state.range(1))),
        weights(random_values(static_cast<std::size_t>(size) * static_cast<std::size_t>(size), 1, 0.5F)),
        x(random_values(batch * static_cast<std::size_t>(size), 2, 1.0F)),
        y(batch * static_cast<std::size_t>(size)),
        events(batch) {
    for (std::size_t i = 0; i < batch; ++i) events[i].sample = static_cast<std::uint32_t>(i);
  }
  void count(benchmark::State& state) const {
    const double macs = static_cast<double>(size) * size * static_cast<double>(batch);
    state.counters["MAC/s"] = benchmark::Counter(macs, benchmark::Counter::kIsIterationInvariantRate);
  }
};

tiles::AnalogMatrix analog_matrix(const tiles::TileParameters& tile, const Operands& operands) {
  const auto layout = tiles::default_layout("bench", operands.size, operands.size, 1, tile.rows, tile.columns, 0);
  const std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts), 1.0F);
  return {tile, layout, operands.weights, {}, ranges, seed, 0};
}

void one_dnn(benchmark::State& state) {
  Operands o(state);
  const auto n = static_cast<dnnl_dim_t>(o.size);
  const auto batch = static_cast<dnnl_dim_t>(o.batch);
  for (auto _ : state) {
    // y [batch][n] = x [batch][n] * W^T: the layout of forward().
    if (dnnl_sgemm('N', 'T', batch, n, n, 1.0F, o.x.data(), n, o.weights.data(), n, 0.0F, o.y.data(), n) != dnnl_success) {
      state.SkipWithError("dnnl_sgemm failed");
    }
    benchmark::DoNotOptimize(o.y.data());
  }
  o.count(state);
}

void float_matrix(benchmark::State& state) {
  Operands o(state);
  const tiles::FloatMatrix matrix(o.size, o.size, o.weights, {});
  for (auto _ : state) {
    matrix.forward(o.x, o.batch, o.y);
    benchmark::DoNotOptimize(o.y.data());
  }
  o.count(state);
}

void analog_forward(benchmark::State& state) {
  Operands o(state);
  auto matrix = analog_matrix(standard_tile(), o);
  matrix.set_time(1.0, 0);
  for (auto _ : state) {
    matrix.forward(o.x, o.events, o.y);
    benchmark::DoNotOptimize(o.y.data());
  }
  o.count(state);
}

void programming(benchmark::State& state) {
  const Operands o(state);
  const auto tile = standard_tile();
  for (auto _ : state) benchmark::DoNotOptimize(analog_matrix(tile, o));
  state.SetItemsProcessed(state.iterations() * o.size * o.size);
}

void set_time(benchmark::State& state) {
  const Operands o(state);
  auto matrix = analog_matrix(standard_tile(), o);
  double seconds = 1.0;
  std::uint32_t index = 0;
  for (auto _ : state) {
    matrix.set_time(seconds, index++);
    seconds *= 1.0001;  // a matrix only grows older
  }
  state.SetItemsProcessed(state.iterations() * o.size * o.size);
}

void normals(benchmark::State& state) {
  const base::Stream stream({.seed = seed, .purpose = base::Purpose::output});
  std::vector<float> values(static_cast<std::size_t>(state.range(0)));
  std::uint32_t sample = 0;
  for (auto _ : state) {
    stream.normals({.sample = sample++}, 0, values);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

const std::vector<std::vector<std::int64_t>> sizes_and_batches{{256, 512}, {1, 32, 128}};
BENCHMARK(one_dnn)->ArgsProduct(sizes_and_batches);
BENCHMARK(float_matrix)->ArgsProduct(sizes_and_batches);
BENCHMARK(analog_forward)->ArgsProduct(sizes_and_batches);
BENCHMARK(programming)->ArgsProduct({{256, 512}, {1}})->Unit(benchmark::kMillisecond);
BENCHMARK(set_time)->ArgsProduct({{256, 512}, {1}})->Unit(benchmark::kMillisecond);
BENCHMARK(normals)->Arg(512)->Arg(65536);

/// Prints the usual table and remembers the times for the ratios.
class Reporter : public benchmark::ConsoleReporter {
 public:
  Reporter() : ConsoleReporter(OO_Tabular) {}  // no colours: the table goes to files, too
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      if (run.run_type == Run::RT_Iteration && !run.error_occurred) times_[run.run_name.function_name][run.run_name.args] = run.GetAdjustedRealTime();
    }
    ConsoleReporter::ReportRuns(runs);
  }
  void print_ratios() const {
    const auto yardstick = times_.find("one_dnn");
    if (yardstick == times_.end()) return;
    for (const auto& [function, times] : times_) {
      if (function == "one_dnn") continue;
      for (const auto& [arguments, time] : times) {
        const auto other = yardstick->second.find(arguments);
        if (other != yardstick->second.end() && function != "programming" && function != "set_time") {
          fmt::print("{}/{} takes {:.2f} times as long as oneDNN's float32 product\n", function, arguments, time / other->second);
        }
      }
    }
  }

 private:
  std::map<std::string, std::map<std::string, double>> times_;  ///< by function, by arguments
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
