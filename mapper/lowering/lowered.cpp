#include "mapper/lowering/lowered.h"

#include <utility>

namespace mho::mapper {

std::vector<std::vector<std::size_t>> entries_by_tile(const Lowered& lowered) {
  std::vector<std::vector<std::size_t>> entries;
  std::map<int, std::size_t> place_of;
  for (std::size_t t = 0; t < lowered.tiles.size(); ++t) {
    const auto [place, fresh] = place_of.try_emplace(lowered.tiles[t].tile, entries.size());
    if (fresh) entries.emplace_back();
    entries[place->second].push_back(t);
  }
  return entries;
}

int add_stage(Lowered& lowered, hw::Stage stage, StageOperation task) {
  lowered.program.stages.push_back(std::move(stage));
  if (lowered.dataflow) lowered.dataflow->stages.push_back(std::move(task));
  return static_cast<int>(lowered.program.stages.size()) - 1;
}

void add_edge(Lowered& lowered, hw::Edge edge, const EdgeLoad& load) {
  lowered.program.edges.push_back(std::move(edge));
  if (lowered.dataflow) lowered.dataflow->edges.push_back(load);
}

hw::Stage memory_stage(hw::Stage::Kind kind, std::string name, int positions, std::int64_t bits) {
  hw::Stage stage;
  stage.kind = kind;
  stage.name = std::move(name);
  stage.positions = positions;
  stage.bits_per_position = bits;
  stage.memory = true;
  return stage;
}

void set_schedule(hw::Edge& edge, const AccessSchedule& schedule) {
  edge.needs = schedule.needs;
  edge.releases = schedule.releases;
  edge.capacity = widest_window(schedule);
}

}  // namespace mho::mapper
