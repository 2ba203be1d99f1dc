#include "workloads/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "workloads/digital_execution.h"

namespace mho::workloads {

FloatProducts::FloatProducts(const Network& network) : matrices_(network.nodes.size()) {
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    if (!network.nodes[n].analog) continue;
    const AnalogOperation& whole = *network.nodes[n].analog;
    const int inputs = whole.inputs / whole.groups, outputs = whole.outputs / whole.groups;
    for (int g = 0; g < whole.groups; ++g) {
      std::vector<float> weights;
      weights.reserve(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs));
      for (int o = 0; o < outputs; ++o) {
        const auto row =
            whole.weights.begin() + static_cast<std::ptrdiff_t>(g * outputs + o) * whole.inputs + static_cast<std::ptrdiff_t>(g) * inputs;
        weights.insert(weights.end(), row, row + inputs);
      }
      std::span<const float> bias = whole.bias;
      if (!bias.empty()) bias = bias.subspan(static_cast<std::size_t>(g * outputs), static_cast<std::size_t>(outputs));
      matrices_[n].emplace_back(inputs, outputs, weights, bias);
    }
  }
}

void FloatProducts::multiply(std::size_t node, int group, std::span<const float> rows, std::span<const base::EventId> events, std::span<float> y) {
  matrices_[node][static_cast<std::size_t>(group)].forward(rows, events.size(), y);
}

Execution::Execution(const Network& network)
    : network_(network), gatherings_(network.nodes.size()), slot_(network.values.size(), -1), root_(network.values.size()) {
  for (std::size_t v = 0; v < root_.size(); ++v) root_[v] = static_cast<int>(v);
  std::vector<std::size_t> last_use(network.values.size(), 0);
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const Node& node = network.nodes[n];
    if (is_view(node)) root_[static_cast<std::size_t>(node.output)] = root_[static_cast<std::size_t>(node.inputs[0])];
    for (const int in : node.inputs) last_use[static_cast<std::size_t>(root_[static_cast<std::size_t>(in)])] = n;
    if (node.analog) gatherings_[n] = gathering(network, node);
  }
  last_use[static_cast<std::size_t>(root_[static_cast<std::size_t>(network.output)])] = network.nodes.size();
  std::vector<int> unused;
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const Node& node = network.nodes[n];
    const auto out = static_cast<std::size_t>(node.output);
    if (!is_view(node)) {
      const auto size = static_cast<std::size_t>(element_count(network.values[out].shape));
      if (unused.empty()) {
        unused.push_back(static_cast<int>(slot_sizes_.size()));
        slot_sizes_.push_back(0);
      }
      // The smallest buffer that is large enough, else the largest.
      const auto cost = [&](int slot) {
        const std::size_t has = slot_sizes_[static_cast<std::size_t>(slot)];
        return has >= size ? std::pair<int, std::size_t>(0, has - size) : std::pair<int, std::size_t>(1, size - has);
      };
      const auto best = std::min_element(unused.begin(), unused.end(), [&](int a, int b) { return cost(a) < cost(b); });
      slot_[out] = *best;
      slot_sizes_[static_cast<std::size_t>(*best)] = std::max(slot_sizes_[static_cast<std::size_t>(*best)], size);
      unused.erase(best);
    }
    std::vector<int> ending;
    for (const int in : node.inputs) ending.push_back(root_[static_cast<std::size_t>(in)]);
    std::sort(ending.begin(), ending.end());
    ending.erase(std::unique(ending.begin(), ending.end()), ending.end());
    for (const int v : ending) {
      const auto at = static_cast<std::size_t>(v);
      if (slot_[at] >= 0 && last_use[at] == n) unused.push_back(slot_[at]);
    }
  }
}

std::unique_ptr<Execution::Scratch> Execution::take() const {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      std::unique_ptr<Scratch> scratch = std::move(free_.back());
      free_.pop_back();
      return scratch;
    }
  }
  return std::make_unique<Scratch>();
}

void Execution::give(std::unique_ptr<Scratch> scratch) const {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(scratch));
}

std::vector<float> Execution::run(std::span<const float> samples, std::size_t batch, std::size_t first_sample, Products& products,
                                  const periphery::NumberFormat* format) const {
  std::unique_ptr<Scratch> scratch = take();
  scratch->slots.resize(slot_sizes_.size());
  for (std::size_t s = 0; s < slot_sizes_.size(); ++s) {
    if (scratch->slots[s].size() < slot_sizes_[s] * batch) scratch->slots[s].resize(slot_sizes_[s] * batch);
  }
  const auto size = [&](int v) { return static_cast<std::size_t>(element_count(network_.values[static_cast<std::size_t>(v)].shape)); };
  /// All samples of a value; of a constant the one copy there is.
  const auto show = [&](int v) -> std::span<const float> {
    const auto root = static_cast<std::size_t>(root_[static_cast<std::size_t>(v)]);
    if (network_.values[root].constant) return network_.values[root].data;
    if (slot_[root] < 0) return samples;
    return {scratch->slots[static_cast<std::size_t>(slot_[root])].data(), size(v) * batch};
  };
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    if (is_view(node)) continue;
    const std::size_t out_size = size(node.output);
    const std::span<float> y(scratch->slots[static_cast<std::size_t>(slot_[static_cast<std::size_t>(node.output)])].data(), out_size * batch);
    if (node.analog) {
      analog(n, show(node.inputs[0]), batch, first_sample, products, *scratch, y);
    } else {
      std::vector<std::span<const float>> inputs(node.inputs.size());
      for (std::size_t s = 0; s < batch; ++s) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
          const std::span<const float> all = show(node.inputs[i]);
          const auto root = static_cast<std::size_t>(root_[static_cast<std::size_t>(node.inputs[i])]);
          inputs[i] = network_.values[root].constant ? all : all.subspan(s * size(node.inputs[i]), size(node.inputs[i]));
        }
        run_digital(network_, node, inputs, y.subspan(s * out_size, out_size));
      }
    }
    if (format != nullptr) periphery::round_to(*format, y);
  }
  const std::span<const float> out = show(network_.output);
  std::vector<float> result(out.begin(), out.end());
  give(std::move(scratch));
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (std::isfinite(result[i])) continue;
    throw base::UserError(
        fmt::format("network '{}': output {} of sample {} is {}, not a finite number; look for NaN or Inf in the weights, or for data whose "
                    "scaling does not suit the network",
                    network_.name, i % size(network_.output), first_sample + i / size(network_.output), result[i]),
        base::ExitCode::failed_check);
  }
  return result;
}

}  // namespace mho::workloads
