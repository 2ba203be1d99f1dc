#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "workloads/dataset.h"

namespace mho::workloads {

/// The samples [first, first + count) of a data set in work items of `length`.
class SampleBatches {
 public:
  struct Batch {
    std::size_t first = 0;  ///< index in the data set
    std::size_t count = 0;
    std::vector<float> values;
  };
  /// Throws UserError where the data set has fewer samples, or none are asked for.
  SampleBatches(const Dataset& data, std::size_t first, std::size_t count, int length)
      : data_(data), first_(first), count_(count), length_(static_cast<std::size_t>(length)) {
    if (count == 0 || first > data.size() || count > data.size() - first) {
      throw base::UserError(fmt::format("data '{}': {} samples from sample {} on are asked for, but it has {}; ask for 1 to {}", data.name(), count,
                                        first, data.size(), data.size() - std::min(first, data.size())));
    }
  }
  [[nodiscard]] std::size_t size() const { return (count_ + length_ - 1) / length_; }
  [[nodiscard]] Batch load(std::size_t item) const {
    Batch batch{first_ + item * length_, std::min(length_, count_ - item * length_), {}};
    const auto elements = static_cast<std::size_t>(element_count(data_.sample_shape()));
    batch.values.resize(batch.count * elements);
    for (std::size_t s = 0; s < batch.count; ++s) data_.load(batch.first + s, std::span(batch.values).subspan(s * elements, elements));
    return batch;
  }

 private:
  const Dataset& data_;
  std::size_t first_;
  std::size_t count_;
  std::size_t length_;
};

}  // namespace mho::workloads
