#include "workloads/autograd/training_loss.h"

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

}  // namespace

Tensor loss_of(const Dataset& data, const Recipe::Distillation& distillation, const Tensor& output, const std::vector<float>& targets,
               const std::function<Tensor()>& teacher) {
  const Tensor wanted = torch::tensor(at::ArrayRef<float>(targets));
  if (data.metric() == Metric::mse) return at::mse_loss(output, wanted.reshape(output.sizes()));
  const Tensor scores = scores_of(data, output), classes = wanted.to(torch::kLong);
  constexpr std::int64_t ignored = -1;
  const Tensor loss = at::cross_entropy_loss(scores, classes, {}, at::Reduction::Mean, ignored);
  if (distillation.weight <= 0) return loss;
  const double temperature = distillation.temperature;
  Tensor taught;
  {
    const torch::NoGradGuard guard;
    taught = (scores_of(data, teacher()) / temperature).log_softmax(1);
  }
  const Tensor own = (scores / temperature).log_softmax(1);
  const Tensor counts = (classes != ignored).to(torch::kFloat32);
  const Tensor distance = ((taught.exp() * (taught - own)).sum(1) * counts).sum() / counts.sum().clamp_min(1);
  return (1 - distillation.weight) * loss + distillation.weight * temperature * temperature * distance;
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
