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

constexpr std::int64_t columns = 8;  ///< numbers that are kept of an epoch
/// A checkpoint begins with it; then the digest of what follows, and a PyTorch archive.
constexpr std::string_view mark = "mho checkpoint 1\n";

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
  std::ostringstream stream;
  archive.save_to(stream);
  const std::string bytes = std::move(stream).str();
  base::OutputFile file(path);
  file.write(mark);
  file.write(base::content_hash(bytes));
  file.write(bytes);
  file.commit();
}

TrainingCourse load_checkpoint(const std::string& path, const std::string& fingerprint, TorchNetwork& model, torch::optim::Optimizer& optimiser) {
  const auto refuse = [&](const std::string& why) {
    throw base::UserError(fmt::format("{} is the checkpoint of {}; remove it to begin anew, or give --out another name", path, why));
  };
  TrainingCourse course;
  // Only bytes that we wrote reach the library, which trusts them.
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
