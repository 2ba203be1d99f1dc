#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "mapper/placement/region.h"

namespace mho::mapper {

/// Chooses cores for digital stages one after the other: near their producers, with buffer room and little other work.
class DigitalPlacement {
 public:
  /// Cores of `region` come before others, which take what finds no room there. References must outlive it.
  DigitalPlacement(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const Region& region);
  /// Throws UserError (does_not_fit) where no core has room.
  void place(int stage);
  /// Counts a stage that has its core.
  void keep(int stage);
  /// Cycles per inference that keep the busiest core.
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
  std::vector<std::vector<const hw::Edge*>> inputs_;  ///< by stage; what is sent back comes from a stage that has no place yet
  std::map<int, std::int64_t> used_;
  std::map<int, double> load_;
  double total_ = 0;
};

}  // namespace mho::mapper
