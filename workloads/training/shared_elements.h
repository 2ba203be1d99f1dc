#pragma once

#include <map>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Finds the numbers of a network's file that more than one tensor uses.
class SharedElements {
 public:
  explicit SharedElements(const Network& network);
  /// Whether learned values of a tensor can be written back to the file: the tensor came from the file, and no other tensor uses the same numbers.
  /// Two tensors could learn different values for one number.
  [[nodiscard]] bool is_single(const InitializerSource& origin) const;

 private:
  /// For each element of an initialiser: whether one tensor uses it, and whether more than one does.
  struct Uses {
    std::vector<bool> once, twice;
  };
  std::map<std::string, Uses> uses_;  ///< by initialiser
};

}  // namespace mho::workloads
