#include "mapper/placement/packing.h"

#include <algorithm>

#include "base/index.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/lowered.h"

namespace mho::mapper {

namespace {

std::int32_t whole_groups(std::int32_t count, int group) { return static_cast<std::int32_t>(base::groups_of(count, group)); }

/// The same schedule over producer positions taken `group` at a time; a group is free when its last position is.
AccessSchedule grouped(const AccessSchedule& schedule, int positions, int group) {
  auto needs = std::make_shared<std::vector<std::int32_t>>(*schedule.needs);
  auto releases = std::make_shared<std::vector<std::int32_t>>(*schedule.releases);
  for (std::int32_t& count : *needs) count = whole_groups(count, group);
  for (std::int32_t& count : *releases) count = count == positions ? whole_groups(count, group) : count / group;
  return {std::move(needs), std::move(releases)};
}

}  // namespace

void pack_source(hw::Program& program, const hw::ChipParameters& chip, Dataflow* dataflow) {
  const auto source = std::ranges::find(program.stages, hw::Stage::Kind::source, &hw::Stage::kind);
  if (source == program.stages.end()) return;
  const auto stage = static_cast<int>(source - program.stages.begin());
  bool whole = true;
  for (const hw::Edge& edge : program.edges) {
    if (edge.producer == stage) whole = whole && edge.needs->front() == source->positions;
  }
  const std::int64_t in_a_flit = chip.noc.flit_bits / std::max<std::int64_t>(source->bits_per_position, 1);
  const int group = whole ? source->positions : static_cast<int>(std::clamp<std::int64_t>(in_a_flit, 1, source->positions));
  if (group == 1) return;
  if (dataflow != nullptr) dataflow->source_group = group;
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    hw::Edge& edge = program.edges[e];
    if (edge.producer != stage) continue;
    const AccessSchedule schedule = grouped({edge.needs, edge.releases}, source->positions, group);
    set_schedule(edge, schedule);
    edge.bits_per_position *= group;
    // One vector for a product: its tile gets the elements of its rows, not those of its neighbours.
    const hw::Stage& consumer = program.stages[static_cast<std::size_t>(edge.consumer)];
    if (whole && consumer.mvm && consumer.positions == 1) {
      const std::int64_t rows = static_cast<std::int64_t>(consumer.mvm->inputs) * consumer.mvm->activation_bits;
      if (dataflow != nullptr) dataflow->edges[e].rows_only = rows < edge.bits_per_position;
      if (rows < edge.bits_per_position) edge.content = -1;
      edge.bits_per_position = std::min(edge.bits_per_position, rows);
    }
  }
  source->positions = whole_groups(source->positions, group);
  source->bits_per_position *= group;
}

}  // namespace mho::mapper
