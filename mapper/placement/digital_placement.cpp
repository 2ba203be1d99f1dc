#include "mapper/placement/digital_placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>

#include "base/error.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/placement_problem.h"

namespace mho::mapper {

namespace {

double work(const hw::Stage& stage, const tiles::TileParameters& tile) { return static_cast<double>(digital_cycles(stage, tile)); }

}  // namespace

DigitalPlacement::DigitalPlacement(hw::Program& program, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const Region& region)
    : program_(program),
      chip_(chip),
      tile_(tile),
      region_(region),
      near_(nodes_in(chip, hw::CoreKind::digital, region)),
      inputs_(program.stages.size()) {
  others_ = chip.nodes_of(hw::CoreKind::digital);
  std::erase_if(others_, [&](int node) { return region.has(node, chip); });
  for (const hw::Stage& stage : program.stages) {
    if (stage.kind == hw::Stage::Kind::digital) total_ += work(stage, tile);
  }
  for (const hw::Edge& edge : program.edges) {
    if (!edge.sent_back()) inputs_[static_cast<std::size_t>(edge.consumer)].push_back(&edge);
  }
}

void DigitalPlacement::place(int index) {
  hw::Stage& stage = program_.stages[static_cast<std::size_t>(index)];
  const std::int64_t wanted = buffered_bits(program_, chip_, index);
  int best = best_of(near_, index, wanted);
  if (best < 0) best = best_of(others_, index, wanted);
  if (best < 0) refuse(stage, wanted);
  stage.core = best;
  keep(index);
}

void DigitalPlacement::keep(int index) {
  const hw::Stage& stage = program_.stages[static_cast<std::size_t>(index)];
  used_[stage.core] += buffered_bits(program_, chip_, index);
  load_[stage.core] += work(stage, tile_);
}

double DigitalPlacement::most_work() const {
  double most = 0;
  for (const auto& [core, load] : load_) most = std::max(most, load);
  return most;
}

int DigitalPlacement::best_of(const std::vector<int>& cores, int index, std::int64_t wanted) const {
  const hw::Stage& stage = program_.stages[static_cast<std::size_t>(index)];
  int best = -1;
  double least = std::numeric_limits<double>::infinity();
  for (const int core : cores) {
    const auto used = used_.find(core);
    if (whole_bytes((used == used_.end() ? 0 : used->second) + wanted) > chip_.digital_buffer_bytes) continue;
    const double cost = distance(index, core) + balance(core, stage);
    if (cost < least) {
      least = cost;
      best = core;
    }
  }
  return best;
}

void DigitalPlacement::refuse(const hw::Stage& stage, std::int64_t wanted) const {
  const std::string layer = stage.layer < 0 ? "" : fmt::format("layer '{}': ", program_.layers.at(static_cast<std::size_t>(stage.layer)).name);
  if (near_.empty() && others_.empty()) {
    throw base::UserError(fmt::format("{}stage '{}' needs a digital core and the chip has none; raise chip.digital_cores", layer, stage.name),
                          base::ExitCode::does_not_fit);
  }
  std::int64_t free = 0;
  for (const std::vector<int>* cores : {&near_, &others_}) {
    for (const int core : *cores) {
      const auto used = used_.find(core);
      free = std::max(free, chip_.digital_buffer_bytes - whole_bytes(used == used_.end() ? 0 : used->second));
    }
  }
  throw base::UserError(fmt::format("{}stage '{}' must buffer {} bytes, and the freest of the {} digital cores has {} of its {} left; raise "
                                    "chip.digital_buffer to at least {:.0f} KiB, or chip.digital_cores",
                                    layer, stage.name, whole_bytes(wanted), near_.size() + others_.size(), free, chip_.digital_buffer_bytes,
                                    static_cast<double>(chip_.digital_buffer_bytes + whole_bytes(wanted) - free) / 1024 + 1),
                        base::ExitCode::does_not_fit);
}

/// Mean number of routers that the inputs cross, weighted by their bits.
double DigitalPlacement::distance(int stage, int core) const {
  double hops = 0;
  double bits = 0;
  for (const hw::Edge* edge : inputs_[static_cast<std::size_t>(stage)]) {
    const int made = program_.stages[static_cast<std::size_t>(edge->producer)].positions;
    const double weight = static_cast<double>(edge->bits_per_position) * edge->positions(made) / made;
    hops += weight * chip_.hops(program_.stages[static_cast<std::size_t>(edge->producer)].core, core);
    bits += weight;
  }
  return bits > 0 ? hops / bits : 0;
}

/// Cost of the load of a core. A core with its fair share of the work costs as much as crossing the whole region.
double DigitalPlacement::balance(int core, const hw::Stage& stage) const {
  const double fair = total_ / static_cast<double>(near_.empty() ? others_.size() : near_.size());
  const auto found = load_.find(core);
  const double load = (found == load_.end() ? 0 : found->second) + work(stage, tile_);
  return (region_.width + region_.height) * load / std::max(fair, 1.0);
}

}  // namespace mho::mapper
