#include "workloads/float_products.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/error.h"
#include "base/progress.h"

namespace mho::workloads {

namespace {

constexpr int float_batch = 16;

}  // namespace

FloatProducts::FloatProducts(const Network& network) : matrices_(network.nodes.size()) {
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const auto& analog = network.nodes[n].analog;
    if (analog) matrices_[n].emplace(analog->inputs, analog->outputs, analog->weights, analog->bias);
  }
}

std::size_t batch_count(std::size_t samples, int batch) { return (samples + static_cast<std::size_t>(batch) - 1) / static_cast<std::size_t>(batch); }

Batch load_batch(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int batch, std::size_t index) {
  const auto size = static_cast<std::size_t>(element_count(network.values[static_cast<std::size_t>(network.input)].shape));
  const std::size_t begin = index * static_cast<std::size_t>(batch);
  const std::size_t samples = std::min(static_cast<std::size_t>(batch), count - begin);
  Batch result;
  result.inputs.resize(samples * size);
  for (std::size_t s = 0; s < samples; ++s) {
    result.samples.push_back(static_cast<std::uint32_t>(first + begin + s));
    data.load(first + begin + s, std::span(result.inputs).subspan(s * size, size));
  }
  return result;
}

std::size_t count_right(const Network& network, const Dataset& data, std::span<const std::uint32_t> samples, std::span<const float> outputs) {
  const std::size_t classes = outputs.size() / samples.size();
  std::size_t right = 0;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const auto row = outputs.subspan(s * classes, classes);
    if (!std::ranges::all_of(row, [](float v) { return std::isfinite(v); })) {
      throw base::UserError(
          fmt::format("network {}: its output for sample {} holds a number that is not finite; a layer overflows, or digital.result_format is "
                      "too narrow for it",
                      network.name, samples[s]),
          base::ExitCode::failed_check);
    }
    right += std::ranges::max_element(row) - row.begin() == data.label(samples[s]) ? 1U : 0U;
  }
  return right;
}

std::size_t run_float_batches(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads,
                              const std::string& label, const Executor::Observer& observer) {
  const Executor executor(network, std::nullopt);
  const FloatProducts products(network);
  std::atomic<std::size_t> right{0};
  base::Progress progress(label, count);
  base::parallel_for(batch_count(count, float_batch), threads, [&](std::size_t index) {
    const Batch batch = load_batch(network, data, first, count, float_batch, index);
    const auto outputs = executor.run(batch.inputs, batch.samples, std::cref(products), observer);
    right += count_right(network, data, batch.samples, outputs);
    progress.advance(batch.samples.size());
  });
  return right;
}

}  // namespace mho::workloads
