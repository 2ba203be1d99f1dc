#include "workloads/execution.h"

#include <algorithm>

#include "workloads/digital_execution.h"

namespace mho::workloads {

namespace {

std::size_t elements(const Network& network, int value) {
  return static_cast<std::size_t>(element_count(network.values[static_cast<std::size_t>(value)].shape));
}

}  // namespace

Executor::Executor(const Network& network, std::optional<periphery::NumberFormat> result_format)
    : network_(network), result_format_(result_format), rows_(network.nodes.size()), last_use_(network.values.size(), 0) {
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (network.nodes[n].analog) rows_[n].emplace(network, network.nodes[n]);
    for (const int input : network.nodes[n].inputs) last_use_[static_cast<std::size_t>(input)] = n;
  }
  last_use_[static_cast<std::size_t>(network.output)] = network.nodes.size();
}

std::vector<float> Executor::run(std::span<const float> inputs, std::span<const std::uint32_t> samples, const Product& product,
                                 const Observer& observer) const {
  std::vector<std::vector<float>> values(network_.values.size());
  values[static_cast<std::size_t>(network_.input)].assign(inputs.begin(), inputs.end());
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    const std::size_t size = elements(network_, node.output);
    std::vector<float>& output = values[static_cast<std::size_t>(node.output)];
    if (node.analog) {
      output.resize(samples.size() * size);
      run_analog(n, values[static_cast<std::size_t>(node.inputs.at(0))], samples, product, observer, output);
    } else if (is_view(node) && !network_.values[static_cast<std::size_t>(node.inputs.at(0))].constant) {
      auto& input = values[static_cast<std::size_t>(node.inputs.at(0))];
      if (last_use_[static_cast<std::size_t>(node.inputs.at(0))] == n) {
        output = std::move(input);
      } else {
        output = input;
      }
    } else {
      output.resize(samples.size() * size);
      std::vector<std::span<const float>> operands(node.inputs.size());
      for (std::size_t s = 0; s < samples.size(); ++s) {
        for (std::size_t k = 0; k < node.inputs.size(); ++k) {
          const auto value = static_cast<std::size_t>(node.inputs[k]);
          if (network_.values[value].constant) {
            operands[k] = network_.values[value].data;
          } else {
            const std::size_t length = elements(network_, node.inputs[k]);
            operands[k] = std::span(values[value]).subspan(s * length, length);
          }
        }
        run_digital(network_, node, operands, std::span(output).subspan(s * size, size));
      }
    }
    if (result_format_ && !is_view(node)) periphery::round_to(*result_format_, output);
    for (const int input : node.inputs) {
      if (last_use_[static_cast<std::size_t>(input)] == n) values[static_cast<std::size_t>(input)] = {};
    }
  }
  return std::move(values[static_cast<std::size_t>(network_.output)]);
}

void Executor::run_analog(std::size_t node, std::span<const float> input, std::span<const std::uint32_t> samples, const Product& product,
                          const Observer& observer, std::span<float> output) const {
  // Input vectors at once: a multiple of what a tile works on, few enough to stay in the second-level cache.
  constexpr std::size_t rows_at_once = 96;
  const Rows& rows = *rows_[node];
  const auto inputs = static_cast<std::size_t>(rows.inputs());
  const auto outputs = static_cast<std::size_t>(rows.outputs());
  const auto positions = static_cast<std::size_t>(rows.positions());
  const std::size_t input_size = input.size() / samples.size();
  const std::size_t output_size = output.size() / samples.size();
  if (observer) {
    for (std::size_t s = 0; s < samples.size(); ++s) observer(node, rows, samples[s], input.subspan(s * input_size, input_size));
  }
  thread_local std::vector<float> x, y;
  thread_local std::vector<base::EventId> events;
  const std::size_t total = samples.size() * positions;
  for (std::size_t first = 0; first < total; first += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, total - first);
    x.resize(count * inputs);
    y.resize(count * outputs);
    events.resize(count);
    for (std::size_t r = 0; r < count; ++r) {
      const std::size_t s = (first + r) / positions;
      const std::size_t position = (first + r) % positions;
      rows.gather(input.subspan(s * input_size, input_size), static_cast<std::int64_t>(position), x.data() + r * inputs);
      events[r] = {};
      events[r].sample = samples[s];
      events[r].position = static_cast<std::uint32_t>(position);
    }
    product(node, x, events, y);
    for (std::size_t r = 0; r < count; ++r) {
      const std::size_t s = (first + r) / positions;
      rows.scatter(y.data() + r * outputs, static_cast<std::int64_t>((first + r) % positions), output.subspan(s * output_size, output_size));
    }
  }
}

}  // namespace mho::workloads
