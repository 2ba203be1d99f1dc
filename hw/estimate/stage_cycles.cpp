#include "hw/estimate/stage_cycles.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mho::hw {

namespace {

std::int64_t element_operations(const Stage& stage) {
  return std::accumulate(stage.elements.begin(), stage.elements.end(), std::int64_t{0},
                         [](std::int64_t sum, const ElementWork& work) { return sum + work.operations; });
}

std::int64_t rounds(std::int64_t count, std::int64_t at_once) { return (count + at_once - 1) / at_once; }

}  // namespace

std::int64_t StageCycles::slowest(bool pipelined) const {
  const std::int64_t in_turn = pipelined ? std::max(array, converters) : array + converters;
  return std::max({drivers, in_turn, scale, unit});
}

StageCycles stage_cycles(const Program& program, std::size_t number, const ChipParameters& chip, const tiles::TileParameters& tile) {
  const Stage& stage = program.stages[number];
  StageCycles cycles;
  if (stage.kind == Stage::Kind::analog) {
    const MvmWork& work = *stage.mvm;
    const tiles::TileParameters& own = work.settings == 0 ? tile : program.settings.at(static_cast<std::size_t>(work.settings));
    const base::Clock clock = base::Clock::from(chip.clock_of(CoreKind::analog));
    cycles.drivers = clock.cycles(own.dac.driver_time());
    cycles.array = clock.cycles(own.dac.array_time());
    cycles.converters = clock.cycles(own.conversion_time(work.outputs));
    cycles.scale = rounds(work.outputs, own.scale.lanes) + rounds(element_operations(stage), own.scale.lanes);
  } else if (stage.kind == Stage::Kind::digital) {
    cycles.unit = tile.digital.pipeline_depth + rounds(element_operations(stage), tile.digital.lanes);
  } else {
    cycles.unit = static_cast<std::int64_t>(std::ceil(static_cast<double>(stage.bits_per_position) / chip.port.bits_per_cycle));
  }
  return cycles;
}

}  // namespace mho::hw
