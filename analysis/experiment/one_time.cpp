#include "analysis/experiment/one_time.h"

#include <algorithm>
#include <map>

#include "tiles/programming.h"

namespace mho::analysis {

OneTimeProgramming one_time_programming(const Design& design, const hw::Program& program, const std::vector<mapper::TilePlacement>& placements) {
  std::map<int, int> settings;  // by tile; tiles that are not listed have the chip's
  for (const hw::Stage& stage : program.stages) {
    if (stage.mvm) settings[stage.mvm->tile] = stage.mvm->settings;
  }
  OneTimeProgramming all;
  std::map<int, double> seconds;  // by node
  for (const mapper::TilePlacement& placement : placements) {
    const auto found = settings.find(placement.tile);
    const int which = found == settings.end() ? 0 : found->second;
    const tiles::TileParameters& tile = which == 0 ? design.tile : program.settings.at(static_cast<std::size_t>(which));
    const double rows = placement.block.inputs(), devices = rows * tiles::devices_of_row(tile, placement.block.outputs());
    all.devices += devices;
    all.joule += tiles::programming_energy(tile, devices).si();
    seconds[placement.node] += rows * tiles::row_programming_time(tile, placement.block.outputs()).si();
  }
  for (const auto& [node, time] : seconds) all.seconds = std::max(all.seconds, time);
  return all;
}

}  // namespace mho::analysis
