#include "workloads/autograd/checkpoint.h"

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <torch/optim.h>
#include <torch/serialize.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.h"

namespace mho::workloads {

namespace {

constexpr std::int64_t columns = 8;  ///< numbers that are kept of an epoch

/// Names and tensors of everything a training changes.
std::vector<std::pair<std::string, torch::Tensor>> tensors_of(const TorchNetwork& model) {
  std::vector<std::pair<std::string, torch::Tensor>> named;
  for (std::size_t k = 0; k < model.parameters().size(); ++k) named.emplace_back(fmt::format("parameter{}", k), model.parameters()[k].tensor);
  for (std::size_t m = 0; m < model.matrices().size(); ++m) {
    const TrainedMatrix& matrix = model.matrices()[m];
    if (!matrix.tiles) continue;
    named.emplace_back(fmt::format("scales{}", m), matrix.scales);
    named.emplace_back(fmt::format("scale_squares{}", m), matrix.scale_squares);
    named.emplace_back(fmt::format("ranges{}", m), matrix.ranges);
  }
  return named;
}

}  // namespace

void save_checkpoint(const std::string& path, const std::string& fingerprint, const TrainingCourse& course, const TorchNetwork& model,
                     const torch::optim::Optimizer& optimiser) {
  torch::serialize::OutputArchive archive;
  archive.write("fingerprint", c10::IValue(fingerprint));
  archive.write("step", c10::IValue(course.step));
  archive.write("loss", c10::IValue(course.loss_sum));
  archive.write("score", c10::IValue(course.score_sum));
  const torch::Tensor epochs = at::zeros({static_cast<std::int64_t>(course.epochs.size()), columns}, at::kDouble);
  for (std::size_t e = 0; e < course.epochs.size(); ++e) {
    const TrainingProgress& p = course.epochs[e];
    const std::array<double, columns> row{
        static_cast<double>(p.step), static_cast<double>(p.steps), static_cast<double>(p.epoch), p.loss, p.metric, p.rate, p.noise, p.seconds};
    std::ranges::copy(row, epochs.data_ptr<double>() + e * columns);
  }
  archive.write("epochs", epochs);
  for (const auto& [name, tensor] : tensors_of(model)) archive.write(name, tensor);
  torch::serialize::OutputArchive state;
  optimiser.save(state);
  archive.write("optimiser", state);
  // Whole or not at all: a checkpoint cut short would be worse than the last one.
  const std::string fresh = path + ".new";
  try {
    archive.save_to(fresh);
    std::filesystem::rename(fresh, path);
  } catch (const std::exception&) {
    throw base::UserError(fmt::format("the checkpoint {} cannot be written; is there room, and may the folder be written to?", path));
  }
}

TrainingCourse load_checkpoint(const std::string& path, const std::string& fingerprint, TorchNetwork& model, torch::optim::Optimizer& optimiser) {
  const auto refuse = [&](const std::string& why) {
    throw base::UserError(fmt::format("{} is the checkpoint of {}; remove it to begin anew, or give --out another name", path, why));
  };
  TrainingCourse course;
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(path);
    c10::IValue value;
    archive.read("fingerprint", value);
    if (value.toStringRef() != fingerprint) refuse("another training (network, data, design, recipe or --threads differ)");
    const torch::NoGradGuard guard;
    for (auto& [name, tensor] : tensors_of(model)) {
      torch::Tensor stored;
      archive.read(name, stored);
      tensor.copy_(stored);
    }
    torch::Tensor epochs;
    archive.read("epochs", epochs);
    for (std::int64_t e = 0; e < epochs.size(0); ++e) {
      const double* row = epochs.data_ptr<double>() + e * columns;
      course.epochs.push_back({static_cast<std::int64_t>(row[0]), static_cast<std::int64_t>(row[1]), static_cast<int>(row[2]), row[3], row[4], row[5],
                               row[6], true, row[7]});
    }
    torch::serialize::InputArchive state;
    archive.read("optimiser", state);
    optimiser.load(state);
    archive.read("loss", value);
    course.loss_sum = value.toDouble();
    archive.read("score", value);
    course.score_sum = value.toDouble();
    archive.read("step", value);
    course.step = value.toInt();
  } catch (const c10::Error&) {
    refuse("no training that can be read");
  }
  return course;
}

}  // namespace mho::workloads
