#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "workloads/autograd/torch_network.h"
#include "workloads/data/dataset.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

/// Batches of the training data in the random order of their epoch, augmented. A batch depends on seed, epoch and its index only. Throws UserError
/// for an empty split, and for augmentation of samples that are not [channels][height][width].
class TrainingBatches {
 public:
  TrainingBatches(const Dataset& data, const Recipe& recipe);
  /// Number of batches of an epoch. Samples that fill no whole batch are left out of the epoch.
  [[nodiscard]] std::int64_t per_epoch() const { return per_epoch_; }
  struct Batch {
    TorchNetwork::Batch inputs;
    std::vector<float> targets;  ///< [samples][targets of a sample]
  };
  [[nodiscard]] Batch load(std::int64_t epoch, std::int64_t batch, int threads);
  /// `count` samples from index `first` on, in stored order and without augmentation.
  [[nodiscard]] TorchNetwork::Batch plain(std::size_t first, std::size_t count) const;

 private:
  void augment(std::int64_t epoch, std::size_t sample, std::span<float> values) const;
  void load_one(std::size_t sample, std::size_t place, Batch& batch) const;
  const Dataset& data_;
  const Recipe& recipe_;
  std::int64_t batch_, per_epoch_;
  std::int64_t ordered_epoch_ = -1;
  std::vector<std::uint32_t> order_;
};

}  // namespace mho::workloads
