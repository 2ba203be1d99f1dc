#include "workloads/execution/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.h"
#include "workloads/graph/operator.h"

namespace mho::workloads {

namespace {

/// More time steps than any tensor can hold.
constexpr float largest_length = 0x1p31F;

}  // namespace

FloatProducts::FloatProducts(const Network& network) : network_(network), matrices_(network.matrices.size()) {
  for (std::size_t m = 0; m < network.matrices.size(); ++m) {
    const Matrix& whole = network.matrices[m];
    const int inputs = whole.inputs / whole.groups, outputs = whole.outputs / whole.groups;
    for (int g = 0; g < whole.groups; ++g) {
      std::vector<float> weights;
      weights.reserve(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs));
      for (int o = 0; o < outputs; ++o) {
        const auto row =
            whole.weights.begin() + static_cast<std::ptrdiff_t>(g * outputs + o) * whole.inputs + static_cast<std::ptrdiff_t>(g) * inputs;
        weights.insert(weights.end(), row, row + inputs);
      }
      matrices_[m].emplace_back(inputs, outputs, weights, std::span<const float>());
    }
  }
}

void FloatProducts::multiply(std::size_t node, std::size_t which, int group, std::span<const float> rows, std::span<const base::EventId> events,
                             std::span<float> y) {
  const auto matrix = static_cast<std::size_t>(network_.nodes[node].matrices[which]);
  matrices_[matrix][static_cast<std::size_t>(group)].forward(rows, events.size(), y);
}

Execution::Execution(const Network& network)
    : network_(network),
      gatherings_(network.nodes.size()),
      first_position_(network.nodes.size()),
      slot_(network.values.size(), -1),
      root_(network.values.size()) {
  for (std::size_t v = 0; v < root_.size(); ++v) root_[v] = static_cast<int>(v);
  std::vector<std::size_t> last_use(network.values.size(), 0);
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const Node& node = network.nodes[n];
    if (node.op->view) root_[static_cast<std::size_t>(node.output)] = root_[static_cast<std::size_t>(node.inputs[0])];
    for (const int in : node.inputs) last_use[static_cast<std::size_t>(root_[static_cast<std::size_t>(in)])] = n;
    if (node.on_tiles() && node.recurrence() == nullptr) gatherings_[n] = gathering(network, node);
  }
  std::vector<int> results{network.output};
  for (const CarriedState& state : network.states) results.push_back(state.output);
  for (const int v : results) last_use[static_cast<std::size_t>(root_[static_cast<std::size_t>(v)])] = network.nodes.size();
  std::vector<std::uint32_t> positions(network.matrices.size(), 0);
  for (std::size_t n = 0; n < network.nodes.size(); ++n) {
    const Node& node = network.nodes[n];
    for (const int m : node.matrices) first_position_[n] = std::max(first_position_[n], positions[static_cast<std::size_t>(m)]);
    for (const int m : node.matrices)
      positions[static_cast<std::size_t>(m)] = first_position_[n] + static_cast<std::uint32_t>(network.positions(node));
  }
  assign_slots(last_use);
}

void Execution::assign_slots(const std::vector<std::size_t>& last_use) {
  std::vector<int> unused;
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    const auto out = static_cast<std::size_t>(node.output);
    if (!node.op->view) {
      const auto size = static_cast<std::size_t>(element_count(network_.values[out].shape));
      if (unused.empty()) {
        unused.push_back(static_cast<int>(slot_sizes_.size()));
        slot_sizes_.push_back(0);
      }
      // Prefers the smallest buffer that is large enough, otherwise the largest.
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

int Execution::preferred_batch() const {
  constexpr std::size_t cached = std::size_t{1} << 18U, most = 64;  // values: 1 MiB
  if (std::ranges::any_of(network_.nodes, [](const Node& node) { return node.recurrence() != nullptr; })) return most;
  const std::size_t values = std::accumulate(slot_sizes_.begin(), slot_sizes_.end(), std::size_t{1});
  return static_cast<int>(std::clamp<std::size_t>(cached / values, 1, most));
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

void Execution::product(std::size_t node, std::span<const float> x, std::span<const std::uint32_t> ids, Products& products,
                        std::span<float> y) const {
  std::unique_ptr<Scratch> scratch = take();
  analog(node, x, ids, products, *scratch, y);
  give(std::move(scratch));
}

std::vector<float> Execution::run(std::span<const float> samples, std::size_t batch, std::size_t first_sample, Products& products,
                                  const ResultRounding* rounding) const {
  std::vector<std::uint32_t> ids(batch);
  std::iota(ids.begin(), ids.end(), static_cast<std::uint32_t>(first_sample));
  return run({.ids = ids, .samples = samples, .lengths = {}, .states = {}}, products, rounding).scores;
}

/// Inputs, constants and results of nodes, by number of the value.
class Execution::Values {
 public:
  Values(const Execution& execution, const Inputs& given, const Scratch& scratch)
      : execution_(execution), network_(execution.network_), given_(given), scratch_(scratch) {
    // Inputs that were not given: states are zero, and sequences fill all time steps (largest_length exceeds every number of steps).
    const std::size_t batch = given.ids.size();
    if (network_.length_input >= 0 && given.lengths.empty()) assumed_[network_.length_input].assign(batch, largest_length);
    if (!given.states.empty()) return;
    for (const CarriedState& state : network_.states) assumed_[state.input].assign(batch * size(state.input), 0.0F);
  }

  [[nodiscard]] std::size_t batch() const { return given_.ids.size(); }
  /// Elements per sample.
  [[nodiscard]] std::size_t size(int value) const {
    return static_cast<std::size_t>(element_count(network_.values[static_cast<std::size_t>(value)].shape));
  }
  /// The values of all samples; for a constant, its only copy.
  [[nodiscard]] std::span<const float> of(int value) const {
    const std::size_t root = root_of(value);
    if (network_.values[root].constant) return network_.values[root].data;
    if (execution_.slot_[root] < 0) return input(static_cast<int>(root));
    return {scratch_.slots[static_cast<std::size_t>(execution_.slot_[root])].data(), size(value) * batch()};
  }
  [[nodiscard]] std::span<const float> of(int value, std::size_t sample) const {
    const std::span<const float> all = of(value);
    return network_.values[root_of(value)].constant ? all : all.subspan(sample * size(value), size(value));
  }

 private:
  [[nodiscard]] std::size_t root_of(int value) const { return static_cast<std::size_t>(execution_.root_[static_cast<std::size_t>(value)]); }
  [[nodiscard]] std::span<const float> input(int value) const {
    if (value == network_.input) return given_.samples;
    if (const auto found = assumed_.find(value); found != assumed_.end()) return found->second;
    if (value == network_.length_input) return given_.lengths;
    const auto state = std::ranges::find(network_.states, value, &CarriedState::input);
    return given_.states[static_cast<std::size_t>(state - network_.states.begin())];
  }
  const Execution& execution_;
  const Network& network_;
  const Inputs& given_;
  const Scratch& scratch_;
  std::map<int, std::vector<float>> assumed_;
};

void Execution::digital(std::size_t index, const Values& values, Products& products, const ResultRounding* rounding, std::span<float> y) const {
  const Node& node = network_.nodes[index];
  const std::size_t size = values.size(node.output);
  std::vector<std::span<const float>> inputs(node.inputs.size());
  for (std::size_t s = 0; s < values.batch(); ++s) {
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = values.of(node.inputs[i], s);
    const std::span<float> own = y.subspan(s * size, size);
    run_digital(network_, node, inputs, own);
    if (rounding == nullptr) continue;
    products.results(index, RoundedTensor::result, own);
    rounding->round(index, RoundedTensor::result, own);  // while it is in the cache
  }
}

Execution::Outputs Execution::run(const Inputs& given, Products& products, const ResultRounding* rounding) const {
  const std::size_t batch = given.ids.size();
  std::unique_ptr<Scratch> scratch = take();
  scratch->slots.resize(slot_sizes_.size());
  for (std::size_t s = 0; s < slot_sizes_.size(); ++s) {
    if (scratch->slots[s].size() < slot_sizes_[s] * batch) scratch->slots[s].resize(slot_sizes_[s] * batch);
  }
  const Values values(*this, given, *scratch);
  for (std::size_t n = 0; n < network_.nodes.size(); ++n) {
    const Node& node = network_.nodes[n];
    if (node.op->view) continue;
    const auto slot = static_cast<std::size_t>(slot_[static_cast<std::size_t>(node.output)]);
    const std::span<float> y(scratch->slots[slot].data(), values.size(node.output) * batch);
    if (node.recurrence() != nullptr) {
      std::vector<std::span<const float>> inputs;
      for (const int in : node.inputs) inputs.push_back(values.of(in));
      recurrent(n, inputs, given.ids, products, rounding, y);
    } else if (node.on_tiles()) {
      analog(n, values.of(node.inputs[0]), given.ids, products, *scratch, y);
    } else {
      digital(n, values, products, rounding, y);
    }
    if (rounding != nullptr && node.on_tiles() && node.recurrence() == nullptr) {
      products.results(n, RoundedTensor::result, y);
      rounding->round(n, RoundedTensor::result, y);
    }
  }
  const auto copy = [&](int v) {
    std::vector<float> all;
    for (std::size_t s = 0; s < batch; ++s) {
      const std::span<const float> from = values.of(v, s);
      all.insert(all.end(), from.begin(), from.end());
    }
    return all;
  };
  Outputs result{copy(network_.output), {}};
  for (const CarriedState& state : network_.states) result.states.push_back(copy(state.output));
  give(std::move(scratch));
  check_finite(result.scores, values.size(network_.output), given.ids);
  return result;
}

void Execution::check_finite(std::span<const float> scores, std::size_t outputs, std::span<const std::uint32_t> ids) const {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isfinite(scores[i])) continue;
    throw base::UserError(
        fmt::format("network '{}': output {} of sample {} is {}, not a finite number; look for NaN or Inf in the weights, or for data whose "
                    "scaling does not suit the network",
                    network_.name, i % outputs, ids[i / outputs], scores[i]),
        base::ExitCode::failed_check);
  }
}

}  // namespace mho::workloads
