#include "workloads/autograd/training_loss.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "workloads/graph/adapters.h"

namespace mho::workloads {

using torch::Tensor;

namespace {

/// Outputs as [rows][classes], a row for each target.
Tensor scores_of(const Dataset& data, const Tensor& output) {
  const std::int64_t count = output.size(0), each = output.numel() / count;
  const auto targets = static_cast<std::int64_t>(data.targets());
  const std::int64_t classes = targets > 1 ? output.size(-1) : each;
  return output.reshape({count, each / classes, classes}).narrow(1, 0, targets).reshape({-1, classes});
}

/// Loss computed from the outputs only.
Tensor loss_of_outputs(const Dataset& data, const Recipe::Distillation& distillation, const Tensor& output, const std::vector<float>& targets,
                       const Tensor& taught_output) {
  const Tensor wanted = torch::tensor(at::ArrayRef<float>(targets));
  if (data.metric() == Metric::mse) return at::mse_loss(output, wanted.reshape(output.sizes()));
  const Tensor scores = scores_of(data, output), classes = wanted.to(torch::kLong);
  constexpr std::int64_t ignored = -1;
  const Tensor loss = at::cross_entropy_loss(scores, classes, {}, at::Reduction::Mean, ignored);
  if (distillation.weight <= 0) return loss;
  const double temperature = distillation.temperature;
  const Tensor taught = (scores_of(data, taught_output) / temperature).log_softmax(1);
  const Tensor own = (scores / temperature).log_softmax(1);
  const Tensor counts = (classes != ignored).to(torch::kFloat32);
  const Tensor distance = ((taught.exp() * (taught - own)).sum(1) * counts).sum() / counts.sum().clamp_min(1);
  return (1 - distillation.weight) * loss + distillation.weight * temperature * temperature * distance;
}

}  // namespace

NetworkOutputs outputs_of(TorchNetwork& model, const TorchNetwork::Batch& batch, bool with_hidden) {
  NetworkOutputs outputs;
  TorchNetwork::Hook keep;
  const std::vector<std::size_t> hidden = with_hidden ? hidden_layers(model.network()) : std::vector<std::size_t>();
  if (with_hidden) {
    keep = [&](std::size_t node, const Tensor& y) {
      if (std::ranges::binary_search(hidden, node)) outputs.hidden.push_back(y);
      return y;
    };
  }
  outputs.output = model.forward(batch, true, keep);
  return outputs;
}

Tensor hidden_distance(const std::vector<Tensor>& own, const std::vector<Tensor>& taught) {
  Tensor sum = at::zeros({});
  int layers = 0;
  for (std::size_t k = 0; k < own.size(); ++k) {
    const Tensor power = taught[k].square().sum();
    if (power.item<double>() <= 0) continue;
    sum = sum + (own[k] - taught[k]).square().sum() / power;
    ++layers;
  }
  return layers > 0 ? sum / layers : sum;
}

Tensor loss_of(const Dataset& data, const Recipe::Distillation& distillation, const NetworkOutputs& own, const std::vector<float>& targets,
               const NetworkOutputs& taught) {
  const Tensor loss = loss_of_outputs(data, distillation, own.output, targets, taught.output);
  return distillation.hidden > 0 ? loss + distillation.hidden * hidden_distance(own.hidden, taught.hidden) : loss;
}

double score_of(const Dataset& data, const Tensor& output, const std::vector<float>& targets) {
  Score score(data.metric());
  const Tensor values = output.detach().contiguous();
  const auto each = static_cast<std::size_t>(values.numel() / values.size(0)), count = data.targets();
  const std::size_t positions = count == 1 || values.dim() < 2 ? 1 : each / static_cast<std::size_t>(values.size(-1));
  for (std::size_t s = 0; s < static_cast<std::size_t>(values.size(0)); ++s) {
    score.add({values.data_ptr<float>() + s * each, each}, positions, std::span(targets).subspan(s * count, count));
  }
  return score.count() > 0 ? score.value() : 0.0;
}

}  // namespace mho::workloads
