#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "hw/program/functional_interface.h"

namespace mho::hw {

/// The values of packets in the network, by handle. The network moves only handles.
class PayloadStore {
 public:
  /// Stores values and returns their handle, >= 0. Free handles are reused.
  [[nodiscard]] int keep(Values values) {
    if (free_.empty()) {
      values_.push_back(std::move(values));
      return static_cast<int>(values_.size()) - 1;
    }
    const int handle = free_.back();
    free_.pop_back();
    values_[static_cast<std::size_t>(handle)] = std::move(values);
    return handle;
  }
  /// Returns the values of a handle and frees the handle. Empty for a negative handle.
  [[nodiscard]] Values take(int handle) {
    if (handle < 0) return {};
    free_.push_back(handle);
    return std::move(values_[static_cast<std::size_t>(handle)]);
  }

 private:
  std::vector<Values> values_;
  std::vector<int> free_;
};

}  // namespace mho::hw
