#include "workloads/autograd/checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <torch/optim.h>
#include <torch/serialize.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/output_file.h"

namespace mho::workloads {

namespace {

constexpr std::int64_t columns = 10;  ///< numbers stored for each epoch
/// First bytes of a checkpoint. The digest of the remaining bytes and a PyTorch archive follow.
constexpr std::string_view mark = "mho checkpoint 3\n";

std::array<double, columns> row_of(const TrainingProgress& p) {
  const ValidationScore score = p.validation.value_or(ValidationScore{});
  return {static_cast<double>(p.step),
          static_cast<double>(p.steps),
          static_cast<double>(p.epoch),
          p.loss,
          p.metric,
          p.rate,
          p.noise,
          p.seconds,
          score.in_float,
          score.on_tiles};
}

TrainingProgress progress_of(const double* row) {
  return {
      static_cast<std::int64_t>(row[0]), static_cast<std::int64_t>(row[1]), static_cast<int>(row[2]), row[3], row[4], row[5], row[6], true, row[7],
      ValidationScore{row[8], row[9]}};
}

}  // namespace

NetworkState copy_state(const TorchNetwork& model) {
  NetworkState copies;
  for (const auto& [name, tensor] : model.state()) copies.push_back(tensor.detach().clone());
  return copies;
}

void restore_state(TorchNetwork& model, const NetworkState& state) {
  const torch::NoGradGuard guard;
  const auto own = model.state();
  for (std::size_t k = 0; k < own.size(); ++k) torch::Tensor(own[k].second).copy_(state.at(k));
}

void move_mean(NetworkState& mean, const TorchNetwork& model, double weight) {
  if (mean.empty()) {
    mean = copy_state(model);
    return;
  }
  const torch::NoGradGuard guard;
  const auto own = model.state();
  for (std::size_t k = 0; k < own.size(); ++k) mean[k].lerp_(own[k].second, weight);
}

void save_checkpoint(const std::string& path, const CheckpointOwner& owner, const TrainingCourse& course, const TorchNetwork& model,
                     const torch::optim::Optimizer& optimiser) {
  torch::serialize::OutputArchive archive;
  archive.write("fingerprint", c10::IValue(owner.fingerprint));
  archive.write("writer", c10::IValue(owner.writer));
  archive.write("step", c10::IValue(course.step));
  archive.write("best_epoch", c10::IValue(static_cast<std::int64_t>(course.best_epoch)));
  const ValidationScore before = course.before.value_or(ValidationScore{});
  archive.write("numbers", torch::tensor({course.loss_sum, course.score_sum, course.epoch_seconds, course.seconds, course.before ? 1.0 : 0.0,
                                          before.in_float, before.on_tiles, course.rate, course.noise},
                                         torch::kDouble));
  const torch::Tensor epochs = at::zeros({static_cast<std::int64_t>(course.epochs.size()), columns}, at::kDouble);
  for (std::size_t e = 0; e < course.epochs.size(); ++e) std::ranges::copy(row_of(course.epochs[e]), epochs.data_ptr<double>() + e * columns);
  archive.write("epochs", epochs);
  for (const auto& [name, tensor] : model.state()) archive.write(name, tensor);
  for (std::size_t k = 0; k < course.best.size(); ++k) archive.write(fmt::format("best{}", k), course.best[k]);
  archive.write("averages", c10::IValue(!course.mean.empty()));
  for (std::size_t k = 0; k < course.mean.size(); ++k) archive.write(fmt::format("mean{}", k), course.mean[k]);
  torch::serialize::OutputArchive state;
  optimiser.save(state);
  archive.write("optimiser", state);
  std::ostringstream stream;
  archive.save_to(stream);
  const std::string bytes = std::move(stream).str();
  base::OutputFile file(path);
  file.write(mark);
  file.write(base::content_hash(bytes));
  file.write(bytes);
  file.commit();
}

namespace {

TrainingCourse read_course(torch::serialize::InputArchive& archive, std::size_t tensors) {
  TrainingCourse course;
  c10::IValue value;
  archive.read("step", value);
  course.step = value.toInt();
  torch::Tensor numbers, epochs;
  archive.read("numbers", numbers);
  const double* n = numbers.data_ptr<double>();
  course.loss_sum = n[0];
  course.score_sum = n[1];
  course.epoch_seconds = n[2];
  course.seconds = n[3];
  if (n[4] != 0) course.before = ValidationScore{n[5], n[6]};
  course.rate = n[7];
  course.noise = n[8];
  archive.read("epochs", epochs);
  for (std::int64_t e = 0; e < epochs.size(0); ++e) course.epochs.push_back(progress_of(epochs.data_ptr<double>() + e * columns));
  archive.read("best_epoch", value);
  course.best_epoch = static_cast<int>(value.toInt());
  for (std::size_t k = 0; course.best_epoch > 0 && k < tensors; ++k) archive.read(fmt::format("best{}", k), course.best.emplace_back());
  archive.read("averages", value);
  for (std::size_t k = 0; value.toBool() && k < tensors; ++k) archive.read(fmt::format("mean{}", k), course.mean.emplace_back());
  return course;
}

}  // namespace

LoadedCheckpoint load_checkpoint(const std::string& path, const std::string& fingerprint, TorchNetwork& model, torch::optim::Optimizer& optimiser) {
  const auto refuse = [&](const std::string& why) {
    throw base::UserError(fmt::format("{} is the checkpoint of {}; remove it to begin anew, or give --out another name", path, why));
  };
  LoadedCheckpoint loaded;
  // Only bytes with a matching digest are given to the library, which trusts its input.
  const std::string bytes = base::read_file(path);
  constexpr std::size_t digits = 16, begin = mark.size() + digits;
  if (bytes.size() < begin || !bytes.starts_with(mark) ||
      base::content_hash(std::string_view(bytes).substr(begin)) != bytes.substr(mark.size(), digits)) {
    throw base::UserError(fmt::format(
        "{}: this checkpoint is damaged, or written by another version of mho; remove it to begin anew, or give --out another name", path));
  }
  try {
    std::istringstream stream(bytes.substr(begin));
    torch::serialize::InputArchive archive;
    archive.load_from(stream);
    c10::IValue value;
    archive.read("writer", value);
    loaded.writer = value.toStringRef();
    archive.read("fingerprint", value);
    if (value.toStringRef() != fingerprint) {
      refuse(fmt::format("another training (network, data, design or recipe differ), written by {}", loaded.writer));
    }
    const torch::NoGradGuard guard;
    for (auto& [name, tensor] : model.state()) {
      torch::Tensor stored;
      archive.read(name, stored);
      torch::Tensor(tensor).copy_(stored);
    }
    torch::serialize::InputArchive state;
    archive.read("optimiser", state);
    optimiser.load(state);
    loaded.course = read_course(archive, model.state().size());
  } catch (const c10::Error&) {
    refuse("no training that can be read");
  }
  return loaded;
}

}  // namespace mho::workloads
