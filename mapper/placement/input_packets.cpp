#include "mapper/placement/input_packets.h"

#include <algorithm>
#include <vector>

#include "base/index.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/lowered.h"

namespace mho::mapper {

namespace {

std::int32_t whole_groups(std::int32_t count, int group) { return static_cast<std::int32_t>(base::groups_of(count, group)); }

/// The same schedule over groups of `group` producer positions. A group is released with its last position.
AccessSchedule grouped(const AccessSchedule& schedule, int positions, int group) {
  auto needs = std::make_shared<std::vector<std::int32_t>>(*schedule.needs);
  auto releases = std::make_shared<std::vector<std::int32_t>>(*schedule.releases);
  for (std::int32_t& count : *needs) count = whole_groups(count, group);
  for (std::int32_t& count : *releases) count = count == positions ? whole_groups(count, group) : count / group;
  return {std::move(needs), std::move(releases)};
}

/// Changes the schedule and the carried positions of an edge whose producer sends `group` positions at a time.
void group_positions(hw::Edge& edge, int positions, int group) {
  if (!edge.carried) {
    set_schedule(edge, grouped({edge.needs, edge.releases}, positions, group));
    return;
  }
  const std::vector<std::int32_t>& carried = *edge.carried;
  auto groups = std::make_shared<std::vector<std::int32_t>>();
  std::vector<std::int32_t> begun{0}, ended{0};  // by number of carried positions: groups that these begin or end
  for (std::size_t i = 0; i < carried.size(); ++i) {
    if (groups->empty() || groups->back() != carried[i] / group) groups->push_back(carried[i] / group);
    begun.push_back(static_cast<std::int32_t>(groups->size()));
    const bool ends = i + 1 == carried.size() || carried[i + 1] / group != carried[i] / group;
    ended.push_back(begun.back() - (ends ? 0 : 1));
  }
  auto needs = std::make_shared<std::vector<std::int32_t>>(*edge.needs);
  auto releases = std::make_shared<std::vector<std::int32_t>>(*edge.releases);
  for (std::int32_t& count : *needs) count = begun[static_cast<std::size_t>(count)];
  for (std::int32_t& count : *releases) count = ended[static_cast<std::size_t>(count)];
  edge.carried = groups->size() < static_cast<std::size_t>(whole_groups(positions, group)) ? std::move(groups) : nullptr;
  set_schedule(edge, {std::move(needs), std::move(releases)});
}

}  // namespace

namespace {

void pack(hw::Program& program, int stage, int group, bool whole, Dataflow* dataflow) {
  hw::Stage& source = program.stages[static_cast<std::size_t>(stage)];
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    hw::Edge& edge = program.edges[e];
    if (edge.producer != stage) continue;
    group_positions(edge, source.positions, group);
    edge.bits_per_position *= group;
    // One vector for a product: the packet to a tile contains only the elements of the rows of this tile.
    const hw::Stage& consumer = program.stages[static_cast<std::size_t>(edge.consumer)];
    if (whole && consumer.mvm && consumer.positions == 1) {
      const std::int64_t rows = static_cast<std::int64_t>(consumer.mvm->inputs) * consumer.mvm->activation_bits;
      if (dataflow != nullptr) dataflow->edges[e].rows_only = rows < edge.bits_per_position;
      if (rows < edge.bits_per_position) edge.content = -1;
      edge.bits_per_position = std::min(edge.bits_per_position, rows);
    }
  }
  source.positions = whole_groups(source.positions, group);
  source.bits_per_position *= group;
}

}  // namespace

void gather_input(hw::Program& program, const hw::ChipParameters& chip, Dataflow* dataflow) {
  std::vector<int> sources;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    if (program.stages[s].kind == hw::Stage::Kind::source && !program.stages[s].memory) sources.push_back(static_cast<int>(s));
  }
  if (sources.empty()) return;
  const hw::Stage& first = program.stages[static_cast<std::size_t>(sources.front())];
  bool whole = sources.size() == 1;
  for (const hw::Edge& edge : program.edges) {
    if (edge.producer == sources.front()) whole = whole && edge.needs->front() == first.positions;
  }
  const std::int64_t in_a_flit = chip.noc.flit_bits / std::max<std::int64_t>(first.bits_per_position, 1);
  const int group = whole ? first.positions : static_cast<int>(std::clamp<std::int64_t>(in_a_flit, 1, first.positions));
  if (group == 1) return;
  if (dataflow != nullptr) dataflow->source_group = group;
  for (const int stage : sources) pack(program, stage, group, whole, dataflow);
}

}  // namespace mho::mapper
