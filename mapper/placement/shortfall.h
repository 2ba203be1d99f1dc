#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// A network that finds no place on a chip. `changes`: "key=value", the smallest change of the chip with which it does; empty: none was found.
class NoPlace : public base::UserError {
 public:
  NoPlace(const std::string& message, base::ExitCode code, std::vector<std::string> changes)
      : base::UserError(message, code), changes_(std::move(changes)) {}
  [[nodiscard]] const std::vector<std::string>& changes() const { return changes_; }

 private:
  std::vector<std::string> changes_;
};

/// What to throw for a program without phases that does not fit the chip, which `why` says. It lists everything that the chip lacks (tiles, buffers,
/// digital cores), then the smallest change of the chip with which place() succeeds: ". In all it lacks ... It fits with --set KEY=VALUE ...". The
/// change is tried out. Buffers grow by KiB, the mesh by rows and columns. The buffers of the program must be sized before.
NoPlace shortfall(const base::UserError& why, const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
