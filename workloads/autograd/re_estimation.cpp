#include "workloads/autograd/re_estimation.h"

#include <algorithm>
#include <map>

namespace mho::workloads {

namespace {

using torch::Tensor;

bool is_convolution(const Node& node) { return node.on_tiles() && node.window() != nullptr; }

/// Whether gain and shift of a convolution's channels can be folded into its weights and bias: both are trained, and no other node uses these
/// weights.
bool can_shift(const TorchNetwork& model, std::size_t node) {
  const Network& network = model.network();
  if (!is_convolution(network.nodes[node])) return false;
  const int matrix = network.nodes[node].matrices[0];
  const auto has = [&](Parameter::Kind kind, std::size_t index) {
    return std::ranges::any_of(model.parameters(), [&](const Parameter& p) { return p.kind == kind && p.index == index; });
  };
  const auto users = std::ranges::count_if(network.nodes, [&](const Node& n) { return std::ranges::count(n.matrices, matrix) > 0; });
  return users == 1 && has(Parameter::Kind::weight, static_cast<std::size_t>(matrix)) && has(Parameter::Kind::bias, node);
}

/// Mean and deviation of each channel of [batch][...][channels][...].
std::pair<Tensor, Tensor> moments(const Tensor& y) {
  const Tensor rows = y.transpose(0, 2).reshape({y.size(2), -1});
  return {rows.mean(1), rows.std(1, false)};
}

}  // namespace

void re_estimate_channels(TorchNetwork& teacher, TorchNetwork& model, const TorchNetwork::Batch& batch) {
  const torch::NoGradGuard guard;
  std::map<std::size_t, std::pair<Tensor, Tensor>> wanted, changes;
  (void)teacher.forward(batch, true, [&](std::size_t node, const Tensor& y) {
    if (is_convolution(model.network().nodes[node])) wanted[node] = moments(y);
    return y;
  });
  (void)model.forward(batch, true, [&](std::size_t node, const Tensor& y) {
    if (!can_shift(model, node)) return y;
    const auto [mean, deviation] = moments(y);
    const auto& [float_mean, float_deviation] = wanted.at(node);
    // The minimum avoids a division by the deviation of a nearly constant channel; the gain is limited to 0.5 .. 2.
    const Tensor gain = (float_deviation / deviation.clamp_min(1e-6F)).clamp(0.5, 2.0);
    const Tensor shift = float_mean - mean * gain;
    changes[node] = {gain, shift};
    std::vector<std::int64_t> along(static_cast<std::size_t>(y.dim()), 1);
    along[2] = gain.numel();
    return y * gain.view(along) + shift.view(along);
  });
  for (Parameter& parameter : model.parameters()) {
    for (const auto& [n, change] : changes) {
      if (parameter.kind == Parameter::Kind::bias && parameter.index == n) {
        parameter.tensor.mul_(change.first).add_(change.second);
      } else if (parameter.kind == Parameter::Kind::weight && model.network().nodes[n].matrices[0] == static_cast<int>(parameter.index)) {
        parameter.tensor.mul_(change.first.view({-1, 1}));
      }
    }
  }
}

}  // namespace mho::workloads
