#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "workloads/data/dataset.h"
#include "workloads/execution/execution.h"

namespace mho::workloads {

/// Divides samples of a data set into independent work items: groups of samples, or, if the network carries its state from sample to sample, groups
/// of streams whose samples run in order. If the first sample lies within a stream, the stream runs from its beginning, so that the sample gets the
/// state of its predecessors.
class SampleBatches {
 public:
  /// The samples [first, first + count), about `length` in each item. Throws UserError if the data set has fewer samples, or if `count` is 0.
  SampleBatches(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int length);
  [[nodiscard]] std::size_t size() const { return items_.size(); }

  /// Called for each batch of an item with the samples' indices in the data set and their scores [sample][outputs].
  using Take = std::function<void(std::span<const std::uint32_t> ids, std::span<const float> scores)>;
  void run(std::size_t item, const Execution& execution, Products& products, const ResultRounding* rounding, const Take& take) const;

 private:
  struct Stream {
    std::size_t first = 0, count = 0;
  };
  void add(std::span<const std::uint32_t> ids, std::vector<float>& values, std::vector<float>& lengths) const;
  const Network& network_;
  const Dataset& data_;
  std::uint32_t first_;                     ///< first sample that is passed to Take
  std::vector<std::vector<Stream>> items_;  ///< longest stream first
};

}  // namespace mho::workloads
