// Fuzz target: the reader of the checkpoints of a training.
#include <sys/mman.h>
#include <torch/optim/adam.h>
#include <unistd.h>

#include <memory>

#include "base/design_file/document.h"
#include "base/error.h"
#include "tests/fuzz/target.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/autograd/checkpoint.h"

namespace mho::fuzz {
namespace {

bool last_accepted = false;

/// A training as small as they come.
struct Training {
  Training() {
    workloads::OnnxModel product;
    product.input("x", {0, 3}).floats("w", {3, 2}, workloads::ramp(6)).node("MatMul", {"x", "w"}, "y").output("y");
    model = std::make_unique<workloads::TorchNetwork>(product.import());
    std::vector<torch::Tensor> tensors;
    for (const workloads::Parameter& parameter : model->parameters()) tensors.push_back(parameter.tensor);
    optimiser = std::make_unique<torch::optim::Adam>(tensors, torch::optim::AdamOptions(0.1));
  }
  std::unique_ptr<workloads::TorchNetwork> model;
  std::unique_ptr<torch::optim::Optimizer> optimiser;
};

Training& training() {
  static Training made;
  return made;
}

/// The reader takes a path, so the bytes become a file in memory.
class MemoryFile {
 public:
  MemoryFile() : file_(memfd_create("fuzz.checkpoint", 0)) {}
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }
  [[nodiscard]] bool write(const std::string& bytes) const {
    return ::write(file_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  }

 private:
  int file_;
};

std::string checkpoint(const workloads::TrainingCourse& course) {
  char pattern[] = "checkpoint-XXXXXX";
  close(mkstemp(pattern));
  workloads::save_checkpoint(pattern, {.fingerprint = "fuzz", .writer = "0"}, course, *training().model, *training().optimiser);
  std::string bytes = base::read_file(pattern);
  unlink(pattern);
  return bytes;
}

}  // namespace

bool accepted() { return last_accepted; }

/// libtorch starts threads, each with its stack.
std::size_t most_memory() { return std::size_t{1} << 30U; }

std::vector<std::string> seeds() {
  workloads::TrainingCourse course;
  std::string first = checkpoint(course);
  course.step = 40;
  course.epochs.resize(2);
  for (workloads::TrainingProgress& epoch : course.epochs) epoch.validation = workloads::ValidationScore{0.5, 0.25};
  course.before = workloads::ValidationScore{0.5, 0.25};
  course.best_epoch = 1;
  course.best = workloads::copy_state(*training().model);
  return {first, checkpoint(course)};
}

std::string mutate(const std::string& input, const std::string& other, Dice& dice) { return mutate_bytes(input, other, dice); }

}  // namespace mho::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mho;
  fuzz::last_accepted = false;
  const fuzz::MemoryFile file;
  if (!file.write(std::string(reinterpret_cast<const char*>(data), size))) return 0;
  try {
    workloads::load_checkpoint(file.path(), "fuzz", *fuzz::training().model, *fuzz::training().optimiser);
    fuzz::last_accepted = true;
  } catch (const base::UserError&) {
  }
  return 0;
}
