#include "hw/program/shared_tiles.h"

#include <fmt/format.h>

#include <map>
#include <vector>

#include "base/error.h"
#include "base/index.h"

namespace mho::hw {

namespace {

class TileCheck {
 public:
  TileCheck(const Program& program, const ChipParameters& chip) : program_(program), chip_(chip) {}

  void run() {
    for (const Stage& stage : program_.stages) {
      if (stage.kind == Stage::Kind::analog && stage.mvm) add(stage);
    }
  }

 private:
  using Tiles = std::map<int, std::vector<const Stage*>>;  ///< by logical tile: the first stage of each matrix on it

  [[noreturn]] static void refuse(const std::string& what, base::ExitCode code = base::ExitCode::failed_check) {
    throw base::UserError("this program cannot run on the chip: " + what, code);
  }
  /// Null in a program without settings of tiles.
  [[nodiscard]] const tiles::TileParameters* settings_of(const MvmWork& work) const {
    return program_.settings.empty() ? nullptr : &program_.settings.at(base::index(work.settings));
  }
  /// Columns of the array.
  [[nodiscard]] int columns_of(const MvmWork& work) const {
    const tiles::TileParameters* const tile = settings_of(work);
    return tile == nullptr ? work.outputs : tile->columns_of(work.outputs);
  }
  [[nodiscard]] std::string place_text(const MvmWork& work) const {
    return fmt::format("{} x {} from row {}, column {}", work.inputs, columns_of(work), work.tile_row, work.tile_column);
  }

  void add(const Stage& stage) {
    Tiles& tiles = tiles_of_[stage.core];
    std::vector<const Stage*>& on_it = tiles[stage.mvm->tile];
    bool fresh = true;
    for (const Stage* other : on_it) {
      share(*other, stage);
      fresh = fresh && !other->mvm->same_place(*stage.mvm);
    }
    if (fresh) on_it.push_back(&stage);
    within(stage);
    const Stage& any = *tiles.begin()->second.front();
    if (any.mvm->settings != stage.mvm->settings) {
      refuse(fmt::format("stages '{}' and '{}' are both on analog core {} with different settings; the tiles of a core have the same", any.name,
                         stage.name, stage.core));
    }
    if (static_cast<int>(tiles.size()) > chip_.tiles_per_core) {
      std::string names;
      for (const auto& [tile, stages] : tiles) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", stages.front()->name);
      refuse(fmt::format("stages {} are on analog core {} with {} matrices and its tiles are {}; raise chip.tiles_per_core", names, stage.core,
                         tiles.size(), chip_.tiles_per_core),
             base::ExitCode::does_not_fit);
    }
  }

  /// Checks two stages on one tile: they use the same matrix, or do not overlap and are in the same lane if they share rows or columns.
  void share(const Stage& first, const Stage& stage) const {
    const MvmWork &one = *first.mvm, &other = *stage.mvm;
    const std::string both =
        fmt::format("stages '{}' and '{}' are both on tile {} of analog core {}", first.name, stage.name, other.tile, stage.core);
    if (one.same_place(other)) {
      if (one.settings == other.settings && one.inputs == other.inputs && one.outputs == other.outputs) return;
      refuse(both + " with different matrices at one place; a cell holds one weight");
    }
    const bool rows = one.tile_row < other.tile_row + other.inputs && other.tile_row < one.tile_row + one.inputs;
    const bool columns = one.tile_column < other.tile_column + columns_of(other) && other.tile_column < one.tile_column + columns_of(one);
    if ((rows || columns) && one.lane != other.lane) {
      refuse(fmt::format("{} in different lanes, with {} in common; only blocks along the diagonal work at once", both, rows ? "rows" : "columns"));
    }
    if (rows && columns) refuse(fmt::format("{} and overlap, {} and {}; a cell holds one weight", both, place_text(one), place_text(other)));
  }

  void within(const Stage& stage) const {
    const MvmWork& work = *stage.mvm;
    const tiles::TileParameters* const tile = settings_of(work);
    if (work.tile_row == 0 && work.tile_column == 0) return;  // a tile of its own, or the corner, where overlaps with other stages are refused
    if (work.tile_row < 0 || work.tile_column < 0) refuse(fmt::format("stage '{}' lies at {} of its tile", stage.name, place_text(work)));
    if (tile == nullptr || (work.tile_row + work.inputs <= tile->rows && work.tile_column + columns_of(work) <= tile->columns)) return;
    refuse(fmt::format("stage '{}' lies at {} of its tile, which has {} x {}", stage.name, place_text(work), tile->rows, tile->columns));
  }

  const Program& program_;
  const ChipParameters& chip_;
  std::map<int, Tiles> tiles_of_;  ///< by analog core
};

}  // namespace

void verify_tiles(const Program& program, const ChipParameters& chip) { TileCheck(program, chip).run(); }

}  // namespace mho::hw
