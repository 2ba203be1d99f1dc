#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "hw/spec/parameters.h"
#include "mapper/lowering/lowering.h"
#include "tiles/parameters.h"

namespace mho::mapper {

/// Error of a network that cannot be placed on a chip. `changes`: the smallest change of the chip with which it can, as "key=value"; empty if none
/// was found.
class NoPlace : public base::UserError {
 public:
  NoPlace(const std::string& message, base::ExitCode code, std::vector<std::string> changes)
      : base::UserError(message, code), changes_(std::move(changes)) {}
  [[nodiscard]] const std::vector<std::string>& changes() const { return changes_; }

 private:
  std::vector<std::string> changes_;
};

/// Builds the error for a program without phases that does not fit on the chip for the reason `why`. The message lists all that is missing (tiles,
/// buffers, digital cores) and the smallest change of the chip with which place() succeeds: ". In all it lacks ... It fits with --set KEY=VALUE ...".
/// The change is verified by placing the program. Buffers grow in KiB, the mesh in rows and columns. The buffers of the program must be sized.
NoPlace shortfall(const base::UserError& why, const Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile);

}  // namespace mho::mapper
