#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "mapper/placement/region.h"

namespace mho::mapper {

/// Chooses cores for digital stages one by one: near their producers, with space in the buffer and little other work.
class DigitalPlacement {
 public:
  /// Cores in `region` are preferred; others are used if those have no space. References outlive the object.
  DigitalPlacement(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const Region& region);
  /// Chooses the core of a stage. Throws UserError (does_not_fit) if no core has space.
  void place(int stage);
  /// Counts a stage whose core is already set.
  void keep(int stage);
  /// Work of the busiest core in cycles per inference.
  [[nodiscard]] double most_work() const;

 private:
  [[nodiscard]] int best_of(const std::vector<int>& cores, int stage, std::int64_t wanted) const;
  [[nodiscard]] double distance(int stage, int core) const;
  [[nodiscard]] double balance(int core, const hw::Stage& stage) const;
  [[noreturn]] void refuse(const hw::Stage& stage, std::int64_t wanted) const;

  hw::Program& program_;
  const hw::ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  Region region_;
  std::vector<int> near_, others_;
  std::vector<std::vector<const hw::Edge*>> inputs_;  ///< by stage; without edges that are fed back, whose producers are not placed yet
  std::map<int, std::int64_t> used_;
  std::map<int, double> load_;
  double total_ = 0;
};

}  // namespace mho::mapper
