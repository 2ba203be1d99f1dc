#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "workloads/data/dataset.h"
#include "workloads/execution/execution.h"

namespace mho::workloads {

/// Samples of a data set in work items that do not depend on each other: some samples, or, where the network carries its state from sample to sample,
/// some streams of samples that are run one after the other. A stream that is entered in its middle is run from its beginning, so that the first
/// sample that is taken has the state of those before.
class SampleBatches {
 public:
  /// The samples [first, first + count), about `length` at a time. Throws UserError where the data set has fewer samples, or none are asked for.
  SampleBatches(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int length);
  [[nodiscard]] std::size_t size() const { return items_.size(); }

  /// Called for each batch of an item: the samples' indices in the data set, and the scores [sample][outputs].
  using Take = std::function<void(std::span<const std::uint32_t> ids, std::span<const float> scores)>;
  void run(std::size_t item, const Execution& execution, Products& products, const ResultRounding* rounding, const Take& take) const;

 private:
  struct Stream {
    std::size_t first = 0, count = 0;
  };
  void add(std::span<const std::uint32_t> ids, std::vector<float>& values, std::vector<float>& lengths) const;
  const Network& network_;
  const Dataset& data_;
  std::uint32_t first_;                     ///< that is taken
  std::vector<std::vector<Stream>> items_;  ///< longest stream first
};

}  // namespace mho::workloads
