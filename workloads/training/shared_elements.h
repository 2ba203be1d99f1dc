#pragma once

#include <map>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// Which numbers of a network's file more than one of its tensors is made from.
class SharedElements {
 public:
  explicit SharedElements(const Network& network);
  /// Whether the file can hold what a tensor of the network learns: it came from there, and no other tensor is made from the same numbers, which
  /// could then no longer agree.
  [[nodiscard]] bool is_single(const InitializerSource& origin) const;

 private:
  /// By element of an initialiser: whether a tensor is made from it, and whether more than one.
  struct Uses {
    std::vector<bool> once, twice;
  };
  std::map<std::string, Uses> uses_;  ///< by initialiser
};

}  // namespace mho::workloads
