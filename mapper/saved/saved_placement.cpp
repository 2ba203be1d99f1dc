#include "mapper/saved/saved_placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/design_file/config.h"
#include "base/error.h"
#include "base/index.h"
#include "mapper/placement/buffers.h"
#include "mapper/placement/digital_placement.h"
#include "mapper/placement/place.h"
#include "mapper/saved/saved_layout.h"

namespace mho::mapper {

namespace {

using base::index;
using Kind = hw::Stage::Kind;

[[noreturn]] void refuse_saved(const std::string& where, const std::string& why, base::ExitCode code = base::ExitCode::bad_input) {
  throw base::UserError(fmt::format("{}: {}", where, why), code);
}

const char* kind_text(hw::CoreKind kind) {
  switch (kind) {
    case hw::CoreKind::port:
      return "ports";
    case hw::CoreKind::analog:
      return "analog cores";
    case hw::CoreKind::digital:
      break;
  }
  return "digital cores";
}

/// "1 to 3, 5, 7 to 9"
std::string numbers_text(const std::vector<int>& numbers) {
  std::string text;
  for (std::size_t first = 0; first < numbers.size();) {
    std::size_t last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ", ", numbers[first]);
    if (last > first) text += fmt::format(" to {}", numbers[last]);
    first = last + 1;
  }
  return text.empty() ? "none" : text;
}

class SavedPlacement {
 public:
  SavedPlacement(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const SavedMapping& saved)
      : lowered_(lowered), program_(lowered.program), chip_(chip), tile_(tile), saved_(saved) {}

  void run(const tiles::Layout& layout, int slack) {
    capacities(slack);
    tiles(layout, blocks_in_order(saved_, layout));
    stages();
    buffers();
    try {
      hw::verify(program_, chip_);
    } catch (const base::UserError& error) {
      throw base::UserError(fmt::format("{}: {}", saved_.file, error.what()), error.code());
    }
  }

 private:
  /// Sets the capacities: of listed edges as in the file, of the others as the mapper does.
  void capacities(int slack) {
    std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> places;  // by names of the stages
    for (std::size_t e = 0; e < program_.edges.size(); ++e) {
      const hw::Edge& edge = program_.edges[e];
      places[{name(edge.producer), name(edge.consumer)}].push_back(e);
    }
    std::map<std::pair<std::string, std::string>, std::size_t> used;
    std::map<std::size_t, const SavedEdge*> listed;
    for (const SavedEdge& edge : saved_.edges) {
      const std::pair<std::string, std::string> ends{edge.from, edge.to};
      const auto found = places.find(ends);
      if (found == places.end()) refuse_edge(edge);
      const std::size_t number = used[ends]++;
      if (number >= found->second.size()) {
        refuse_saved(edge.where, fmt::format("the edge from '{}' to '{}' is listed {} times, and there {} {}", edge.from, edge.to, number + 1,
                                             found->second.size() == 1 ? "is" : "are", found->second.size()));
      }
      listed[found->second[number]] = &edge;
    }
    if (listed.size() < program_.edges.size()) size_buffers(program_, chip_, slack);
    for (const auto& [e, edge] : listed) {
      check_window(program_.edges[e], *edge);
      program_.edges[e].capacity = edge->capacity;
      where_of_edge_[e] = edge->where;
    }
  }
  [[noreturn]] void refuse_edge(const SavedEdge& edge) const {
    check_name(edge.from, edge.where, "from");
    check_name(edge.to, edge.where, "to");
    std::string readers;
    for (const hw::Edge& other : program_.edges) {
      if (name(other.producer) == edge.from) readers += fmt::format("{}'{}'", readers.empty() ? "" : ", ", name(other.consumer));
    }
    refuse_saved(edge.where, fmt::format("'to': '{}' sends nothing to '{}'; it sends to {}", edge.from, edge.to, readers.empty() ? "none" : readers));
  }
  void check_name(const std::string& stage, const std::string& where, const char* key) const {
    std::vector<std::string> names;
    for (const hw::Stage& each : program_.stages) names.push_back(each.name);
    if (std::ranges::find(names, stage) != names.end()) return;
    const std::string nearest = base::nearest_spelling(stage, names);
    refuse_saved(where, fmt::format("'{}': this network on this chip has no stage '{}'{}", key, stage,
                                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
  }
  /// Checks that the capacity holds all positions that one position of the consumer needs at once.
  void check_window(const hw::Edge& edge, const SavedEdge& listed) const {
    std::int32_t window = 1;
    std::size_t widest = 0;
    for (std::size_t k = 0; k < edge.needs->size(); ++k) {
      const std::int32_t held = (*edge.needs)[k] - (k == 0 ? 0 : (*edge.releases)[k - 1]);
      if (held <= window) continue;
      window = held;
      widest = k;
    }
    if (listed.capacity >= window) return;
    refuse_saved(listed.where,
                 fmt::format("'capacity' of the edge from '{}' to '{}' is {}, and position {} of '{}' needs {} at once; give at least {}",
                             listed.from, listed.to, listed.capacity, widest, listed.to, window, window));
  }

  void tiles(const tiles::Layout& layout, const std::vector<const SavedBlock*>& blocks) {
    std::map<std::array<int, 3>, const SavedBlock*> block_at;  // by tile, row and column
    std::map<int, const SavedBlock*> first_of;                 // by tile
    std::size_t next = 0;
    for (const tiles::MatrixLayout& matrix : layout.matrices) {
      for (std::size_t b = 0; b < matrix.all_blocks(); ++b) {
        const tiles::Block own = matrix.block(b);
        block_at[{own.tile, own.tile_row, own.tile_column}] = blocks.at(next);
        first_of.try_emplace(own.tile, blocks.at(next++));
      }
    }
    std::map<int, std::vector<int>> on_core;  // tiles
    for (std::size_t t = 0; t < lowered_.tiles.size(); ++t) {
      TilePlacement& placed = lowered_.tiles[t];
      const SavedBlock& block = *block_at.at({placed.tile, placed.block.tile_row, placed.block.tile_column});
      check_core(block.core, hw::CoreKind::analog, block.where, fmt::format("a block of layer '{}'", placed.layer));
      std::vector<int>& others = on_core[block.core];
      if (std::ranges::find(others, placed.tile) == others.end()) others.push_back(placed.tile);
      if (static_cast<int>(others.size()) > chip_.tiles_per_core) {
        refuse_saved(block.where,
                     fmt::format("'core': analog core {} has {} already, at {}, and room for {} (chip.tiles_per_core); blocks of one 'tile' share it",
                                 block.core, chip_.tiles_per_core == 1 ? "a tile" : fmt::format("{} tiles", chip_.tiles_per_core),
                                 first_of.at(others.front())->where, chip_.tiles_per_core),
                     base::ExitCode::does_not_fit);
      }
      placed.node = block.core;
      for (const int stage : lowered_.tile_stages[t]) program_.stages[index(stage)].core = block.core;
    }
  }

  void check_core(int core, hw::CoreKind kind, const std::string& where, const std::string& what) const {
    if (core < chip_.nodes() && chip_.kind(core) == kind) return;
    refuse_saved(where, fmt::format("'core' of {} is {}; the {} of this chip of {} x {} nodes are {}", what, core, kind_text(kind), chip_.mesh_width,
                                    chip_.mesh_height, numbers_text(chip_.nodes_of(kind))));
  }

  /// Sets the cores of stages without a tile.
  void stages() {
    std::map<std::string, std::vector<std::size_t>> places;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      if (!program_.stages[s].mvm) places[program_.stages[s].name].push_back(s);
    }
    std::map<std::string, std::size_t> used;
    std::map<std::size_t, int> listed;
    for (const SavedStage& stage : saved_.stages) {
      const auto found = places.find(stage.name);
      if (found == places.end()) {
        check_name(stage.name, stage.where, "name");
        refuse_saved(stage.where, fmt::format("'name': stage '{}' has a tile, whose core stands at its block in 'matrices'", stage.name));
      }
      const std::size_t number = used[stage.name]++;
      if (number >= found->second.size()) refuse_saved(stage.where, fmt::format("'name': stage '{}' is listed twice", stage.name));
      const std::size_t s = found->second[number];
      check_core(stage.core, program_.stages[s].kind == Kind::digital ? hw::CoreKind::digital : hw::CoreKind::port, stage.where,
                 fmt::format("stage '{}'", stage.name));
      listed[s] = stage.core;
    }
    place_digital(listed);
    if (std::ranges::any_of(places, [&](const auto& of) {
          return std::ranges::any_of(of.second, [&](std::size_t s) { return is_end(s) && !listed.contains(s); });
        })) {
      place_ends(program_, chip_);
    }
    for (const auto& [s, core] : listed) program_.stages[s].core = core;
  }
  [[nodiscard]] bool is_end(std::size_t s) const { return program_.stages[s].kind != Kind::digital; }

  void place_digital(const std::map<std::size_t, int>& listed) {
    for (const auto& [s, core] : listed) program_.stages[s].core = core;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      if (!program_.stages[s].mvm && is_end(s) && !listed.contains(s)) program_.stages[s].core = chip_.port.nodes.front();
    }
    DigitalPlacement digital(program_, chip_, tile_, whole_mesh(chip_));
    for (const auto& [s, core] : listed) {
      if (!is_end(s)) digital.keep(static_cast<int>(s));
    }
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      if (program_.stages[s].kind == Kind::digital && !listed.contains(s)) digital.place(static_cast<int>(s));
    }
  }

  /// Checks that each core has enough memory for the buffers of all its stages.
  void buffers() const {
    std::map<int, std::int64_t> bits;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      bits[program_.stages[s].core] += buffered_bits(program_, chip_, static_cast<int>(s));
    }
    for (const auto& [core, wanted] : bits) {
      const hw::CoreKind kind = chip_.kind(core);
      if (kind == hw::CoreKind::port) continue;
      const int there_is = kind == hw::CoreKind::analog ? chip_.input_buffer_bytes : chip_.digital_buffer_bytes;
      if (whole_bytes(wanted) > there_is) refuse_buffer(core, kind, whole_bytes(wanted), there_is);
    }
  }
  [[noreturn]] void refuse_buffer(int core, hw::CoreKind kind, std::int64_t wanted, int there_is) const {
    std::size_t largest = 0;
    std::int64_t most = -1;
    for (std::size_t e = 0; e < program_.edges.size(); ++e) {
      const hw::Edge& edge = program_.edges[e];
      const std::int64_t bits = edge.capacity * edge.bits_per_position;
      if (program_.stages[index(edge.consumer)].core != core || bits <= most) continue;
      most = bits;
      largest = e;
    }
    const hw::Edge& edge = program_.edges[largest];
    const auto where = where_of_edge_.find(largest);
    refuse_saved(where == where_of_edge_.end() ? saved_.file : where->second,
                 fmt::format("'capacity': core {} must buffer {} bytes and has {}; most of them are the {} positions of the edge from '{}' to '{}'. "
                             "Lower it, move a stage or block to another core, or raise {} to at least {} bytes",
                             core, wanted, there_is, edge.capacity, name(edge.producer), name(edge.consumer),
                             kind == hw::CoreKind::analog ? "chip.input_buffer" : "chip.digital_buffer", wanted),
                 base::ExitCode::does_not_fit);
  }

  [[nodiscard]] const std::string& name(int stage) const { return program_.stages[index(stage)].name; }

  Lowered& lowered_;
  hw::Program& program_;
  const hw::ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  const SavedMapping& saved_;
  std::map<std::size_t, std::string> where_of_edge_;
};

}  // namespace

void place_saved(Lowered& lowered, const hw::ChipParameters& chip, const tiles::TileParameters& tile, const SavedMapping& saved,
                 const tiles::Layout& layout, int slack) {
  SavedPlacement(lowered, chip, tile, saved).run(layout, slack);
}

std::map<std::string, int> wanted_divisions(const SavedMapping& saved, const workloads::Network& network) {
  std::map<std::string, int> wanted;
  std::vector<std::string> names{input_of_network};
  for (const workloads::Node& node : network.nodes) names.push_back(node.name);
  for (const SavedDivision& division : saved.divided) {
    if (std::ranges::find(names, division.node) == names.end()) {
      const std::string nearest = base::nearest_spelling(division.node, names);
      refuse_saved(division.where, fmt::format("'node': network {} has no node '{}'{}", network.name, division.node,
                                               nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    if (!wanted.emplace(division.node, division.stages).second) {
      refuse_saved(division.where, fmt::format("'node': '{}' is listed twice in 'divided'", division.node));
    }
  }
  return wanted;
}

void check_divisions(const SavedMapping& saved, const std::map<std::string, int>& made) {
  for (const SavedDivision& division : saved.divided) {
    const auto found = made.find(division.node);
    const int stages = found == made.end() ? 1 : found->second;
    if (stages == division.stages) continue;
    refuse_saved(division.where,
                 fmt::format("'stages' of '{}' is {}, and its positions can be divided among {} at most", division.node, division.stages, stages));
  }
}

}  // namespace mho::mapper
