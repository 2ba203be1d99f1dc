#include "mapper/saved/saved_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/design_file/config.h"
#include "base/error.h"
#include "base/index.h"

namespace mho::mapper {

namespace {

[[noreturn]] void refuse_entry(const std::string& where, const std::string& why) { throw base::UserError(fmt::format("{}: {}", where, why)); }

/// Use of one matrix by the network.
struct Use {
  const workloads::Matrix& matrix;
  std::int64_t positions = 0;
  bool one_copy = false;
};

/// The uses in the order of the network's matrices.
std::vector<Use> uses_of(const workloads::Network& network) {
  std::vector<Use> uses;
  for (const workloads::Matrix& matrix : network.matrices) {
    if (!matrix.digital) uses.push_back({matrix});
  }
  for (const workloads::Node& node : network.nodes) {
    for (const int index : node.matrices) {
      const workloads::Matrix* const matrix = &network.matrices.at(base::index(index));
      const auto use = std::ranges::find(uses, matrix, [](const Use& of) { return &of.matrix; });
      if (use == uses.end()) continue;
      use->one_copy = use->positions > 0 || node.recurrence() != nullptr;
      use->positions = network.positions(node);
    }
  }
  return uses;
}

/// Checks the blocks of one matrix.
class MatrixCheck {
 public:
  MatrixCheck(const SavedMatrix& saved, const Use& use, const tiles::TileParameters& tile) : saved_(saved), use_(use), tile_(tile) {}

  void run() {
    sizes();
    copies();
    for (const SavedBlock& block : saved_.blocks) inside(block);
    for (int copy = 0; copy < saved_.copies; ++copy) once(copy);
    if (!grid(input_range)) refuse("inputs");
    if (!grid(output_range)) refuse("outputs");
  }

  static std::pair<int, int> input_range(const SavedBlock& block) { return {block.input_begin, block.input_end}; }
  static std::pair<int, int> output_range(const SavedBlock& block) { return {block.output_begin, block.output_end}; }

 private:
  using Range = std::pair<int, int> (*)(const SavedBlock&);

  void sizes() const {
    if (saved_.outputs == use_.matrix.outputs && saved_.inputs == use_.matrix.inputs) return;
    refuse_entry(saved_.where, fmt::format("matrix '{}' has {} 'outputs' and {} 'inputs' here, and {} and {} in the network", saved_.name,
                                           saved_.outputs, saved_.inputs, use_.matrix.outputs, use_.matrix.inputs));
  }

  void copies() const {
    if (saved_.turn > use_.positions) {
      refuse_entry(saved_.where, fmt::format("'turn' of matrix '{}' is {}, and it makes {} positions; give 1 to {}", saved_.name, saved_.turn,
                                             use_.positions, use_.positions));
    }
    const std::int64_t turns = (use_.positions + saved_.turn - 1) / saved_.turn, most = use_.one_copy ? 1 : turns;
    if (saved_.copies > most) {
      const std::string why =
          use_.one_copy ? "its steps wait for each other, or nodes share it"
                        : fmt::format("its {} positions are {} turns of {}, and a copy serves one at least", use_.positions, turns, saved_.turn);
      refuse_entry(saved_.where, fmt::format("'copies' of matrix '{}' is {}, but {}; give 1{}", saved_.name, saved_.copies, why,
                                             most == 1 ? "" : fmt::format(" to {}", most)));
    }
  }

  void inside(const SavedBlock& block) const {
    if (block.copy >= saved_.copies) {
      refuse_entry(block.where, fmt::format("'copy' of a block of matrix '{}' is {}, and 'copies' is {}: give 1 to {}, or raise 'copies'",
                                            saved_.name, block.copy + 1, saved_.copies, saved_.copies));
    }
    range(block, "inputs", input_range(block), saved_.inputs, tile_.rows, "tile.rows");
    range(block, "outputs", output_range(block), saved_.outputs, tile_.output_capacity(), "tile.columns and the coding");
    if (weights(output_range(block), input_range(block)) == 0) {
      refuse_entry(block.where,
                   fmt::format("this block of matrix '{}' holds no weight: the groups of the matrix leave it empty; leave it out", saved_.name));
    }
  }

  void range(const SavedBlock& block, const char* key, std::pair<int, int> of, int all, int capacity, const char* limit) const {
    const auto [begin, end] = of;
    if (begin >= end || end > all) {
      refuse_entry(block.where, fmt::format("'{}' of a block of matrix '{}' is [{}, {}]; it is [first, behind the last], from 0 to {}", key,
                                            saved_.name, begin, end, all));
    }
    if (end - begin > capacity) {
      refuse_entry(block.where, fmt::format("'{}' of a block of matrix '{}' is [{}, {}], which is {}, and a tile holds {} ({})", key, saved_.name,
                                            begin, end, end - begin, capacity, limit));
    }
  }

  /// Number of weights in outputs x inputs, without the zeros between groups.
  [[nodiscard]] std::int64_t weights(std::pair<int, int> outputs, std::pair<int, int> inputs) const {
    const int of_outputs = use_.matrix.outputs / use_.matrix.groups, of_inputs = use_.matrix.inputs / use_.matrix.groups;
    std::int64_t sum = 0;
    for (int group = 0; group < use_.matrix.groups; ++group) {
      const auto common = [group](std::pair<int, int> range, int of_group) {
        return std::max(0, std::min(range.second, (group + 1) * of_group) - std::max(range.first, group * of_group));
      };
      sum += std::int64_t{common(outputs, of_outputs)} * common(inputs, of_inputs);
    }
    return sum;
  }

  /// Checks that every rectangle with weights between the ends of blocks lies in exactly one block of the copy.
  void once(int copy) const {
    std::set<int> input_ends{0, saved_.inputs}, output_ends{0, saved_.outputs};
    for (const SavedBlock& block : saved_.blocks) {
      if (block.copy != copy) continue;
      input_ends.insert({block.input_begin, block.input_end});
      output_ends.insert({block.output_begin, block.output_end});
    }
    for (auto output = output_ends.begin(); std::next(output) != output_ends.end(); ++output) {
      for (auto input = input_ends.begin(); std::next(input) != input_ends.end(); ++input) {
        const std::pair<int, int> outputs(*output, *std::next(output)), inputs(*input, *std::next(input));
        if (weights(outputs, inputs) > 0) once(copy, outputs, inputs);
      }
    }
  }
  void once(int copy, std::pair<int, int> outputs, std::pair<int, int> inputs) const {
    const SavedBlock* first = nullptr;
    const std::string what = fmt::format("the weights of outputs {} to {} and inputs {} to {} of matrix '{}'", outputs.first, outputs.second - 1,
                                         inputs.first, inputs.second - 1, saved_.name);
    for (const SavedBlock& block : saved_.blocks) {
      const bool holds = block.copy == copy && block.output_begin <= outputs.first && outputs.second <= block.output_end &&
                         block.input_begin <= inputs.first && inputs.second <= block.input_end;
      if (!holds) continue;
      if (first != nullptr) {
        refuse_entry(block.where, fmt::format("'blocks' hold {} twice in copy {}, here and at {}; each weight lies in one block of a copy", what,
                                              copy + 1, first->where));
      }
      first = &block;
    }
    if (first == nullptr) {
      refuse_entry(saved_.where, fmt::format("'blocks' do not hold {} in copy {}; each weight lies in one block of each of the {} copies", what,
                                             copy + 1, saved_.copies));
    }
  }

  /// Whether all ranges of blocks are either equal or disjoint.
  [[nodiscard]] bool grid(Range range) const {
    std::set<std::pair<int, int>> all;
    for (const SavedBlock& block : saved_.blocks) all.insert(range(block));
    for (auto next = all.begin(); next != all.end() && std::next(next) != all.end(); ++next) {
      if (std::next(next)->first < next->second) return false;
    }
    return true;
  }
  [[noreturn]] void refuse(const char* key) const {
    refuse_entry(saved_.where,
                 fmt::format("'blocks' of matrix '{0}' divide its '{1}' at different places; ranges of '{1}' of two blocks are the same "
                             "or have nothing in common, in all copies",
                             saved_.name, key));
  }

  const SavedMatrix& saved_;
  const Use& use_;
  const tiles::TileParameters& tile_;
};

/// Key that sorts blocks in the order of the Layout: along the inputs first.
std::tuple<int, int> place_in(const SavedBlock& block) { return {block.output_begin, block.input_begin}; }

tiles::MatrixLayout layout_of(const SavedMatrix& saved, int groups) {
  tiles::MatrixLayout layout;
  layout.node = saved.name;
  layout.inputs = saved.inputs;
  layout.outputs = saved.outputs;
  layout.groups = groups;
  layout.copies = saved.copies;
  layout.turn = saved.copies == 1 ? 1 : saved.turn;
  std::set<int> rows, columns;
  for (const SavedBlock& block : saved.blocks) {
    rows.insert(block.input_begin);
    columns.insert(block.output_begin);
  }
  layout.row_parts = static_cast<int>(rows.size());
  layout.column_parts = static_cast<int>(columns.size());
  for (const SavedBlock& block : saved.blocks) {
    if (block.copy != 0) continue;
    layout.blocks.push_back({.row_part = static_cast<int>(std::distance(rows.begin(), rows.find(block.input_begin))),
                             .column_part = static_cast<int>(std::distance(columns.begin(), columns.find(block.output_begin))),
                             .input_begin = block.input_begin,
                             .input_end = block.input_end,
                             .output_begin = block.output_begin,
                             .output_end = block.output_end});
  }
  std::ranges::sort(layout.blocks, {}, [](const tiles::Block& block) { return std::tuple(block.column_part, block.row_part); });
  for (std::size_t b = 0; b < layout.blocks.size(); ++b) layout.blocks[b].tile = static_cast<int>(b);
  return layout;
}

/// Checks the tiles that blocks share.
class SharedTileCheck {
 public:
  void add(const SavedBlock& block, const std::string& matrix, const tiles::TileParameters& tile, int settings) {
    const Area area{&block, matrix, settings, block.input_end - block.input_begin, tile.columns_of(block.output_end - block.output_begin)};
    if (block.place->row + area.rows > tile.rows || block.place->column + area.columns > tile.columns) {
      refuse_entry(block.where,
                   fmt::format("'at' of a block of matrix '{}' is [{}, {}], from where its {} rows and {} columns reach beyond its tile of {} x {}",
                               matrix, block.place->row, block.place->column, area.rows, area.columns, tile.rows, tile.columns));
    }
    std::vector<Area>& others = tiles_[block.place->tile];
    for (const Area& other : others) beside(area, other);
    others.push_back(area);
  }

 private:
  struct Area {
    const SavedBlock* block;
    std::string matrix;
    int settings, rows, columns;
  };
  static void beside(const Area& one, const Area& other) {
    const SavedBlock &block = *one.block, &first = *other.block;
    const std::string both =
        fmt::format("tile {} holds this block of matrix '{}' and one of '{}' at {}", block.place->tile, one.matrix, other.matrix, first.where);
    if (block.core != first.core) {
      refuse_entry(block.where, fmt::format("'core': {}, on cores {} and {}; a tile is on one core", both, block.core, first.core));
    }
    if (one.settings != other.settings) refuse_entry(block.where, fmt::format("'tile': {}, whose layers have different settings of tiles", both));
    const auto meet = [](int begin, int size, int other_begin, int other_size) {
      return begin < other_begin + other_size && other_begin < begin + size;
    };
    if (meet(block.place->row, one.rows, first.place->row, other.rows) &&
        meet(block.place->column, one.columns, first.place->column, other.columns)) {
      refuse_entry(block.where,
                   fmt::format("'at': {}, and they overlap: {} x {} from [{}, {}] and {} x {} from [{}, {}]; a cell holds one weight", both, one.rows,
                               one.columns, block.place->row, block.place->column, other.rows, other.columns, first.place->row, first.place->column));
    }
  }

  std::map<int, std::vector<Area>> tiles_;  ///< by number in the file
};

/// Puts blocks onto shared tiles; blocks without a place in the file get their own tile. Tiles are numbered in the order of their first blocks.
void share_tiles(const SavedMapping& saved, workloads::TiledNetwork& tiled) {
  const std::vector<const SavedBlock*> blocks = blocks_in_order(saved, tiled.layout);  // before this, each has its own tile
  if (std::ranges::none_of(blocks, [](const SavedBlock* block) { return block->place.has_value(); })) return;
  SharedTileCheck check;
  std::map<int, int> number;  // by number in the file
  tiled.layout.tiles = 0;
  std::size_t next = 0;
  for (tiles::MatrixLayout& matrix : tiled.layout.matrices) {
    for (std::size_t b = 0; b < matrix.all_blocks(); ++b) {
      const SavedBlock& block = *blocks.at(next++);
      tiles::BlockPlace place{.tile = tiled.layout.tiles};
      if (block.place) {
        check.add(block, matrix.node, tiled.tiles.of(matrix.node), tiled.tiles.index(matrix.node));
        place = *block.place;
        place.tile = number.emplace(block.place->tile, tiled.layout.tiles).first->second;
      }
      if (place.tile == tiled.layout.tiles) ++tiled.layout.tiles;
      matrix.places.push_back(place);
    }
  }
}

}  // namespace

void apply_layout(const SavedMapping& saved, workloads::TiledNetwork& tiled) {
  const std::vector<Use> uses = uses_of(tiled.network);
  std::vector<std::string> names;
  names.reserve(uses.size());
  for (const Use& use : uses) names.push_back(use.matrix.name);
  std::set<std::string> seen;
  for (const SavedMatrix& matrix : saved.matrices) {
    if (std::ranges::find(names, matrix.name) == names.end()) {
      const std::string nearest = base::nearest_spelling(matrix.name, names);
      refuse_entry(matrix.where, fmt::format("'name': network {} has no matrix '{}' on tiles{}; 'mho network' lists them", tiled.network.name,
                                             matrix.name, nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    if (!seen.insert(matrix.name).second) refuse_entry(matrix.where, fmt::format("'name': matrix '{}' is listed twice", matrix.name));
  }
  tiles::Layout layout;
  for (const Use& use : uses) {
    const auto found = std::ranges::find(saved.matrices, use.matrix.name, &SavedMatrix::name);
    if (found == saved.matrices.end()) {
      throw base::UserError(
          fmt::format("{}: 'matrices' lacks '{}' of network {}; each matrix on tiles has an entry", saved.file, use.matrix.name, tiled.network.name));
    }
    MatrixCheck(*found, use, tiled.tiles.of(use.matrix.name)).run();
    layout.matrices.push_back(layout_of(*found, use.matrix.groups));
  }
  layout.renumber();
  tiled.layout = std::move(layout);
  share_tiles(saved, tiled);
  tiled.calibration = workloads::full_scale_inputs(tiled.layout);
}

std::vector<const SavedBlock*> blocks_in_order(const SavedMapping& saved, const tiles::Layout& layout) {
  std::vector<const SavedBlock*> in_order;
  for (const tiles::MatrixLayout& matrix : layout.matrices) {
    std::vector<const SavedBlock*> blocks;
    for (const SavedBlock& block : std::ranges::find(saved.matrices, matrix.node, &SavedMatrix::name)->blocks) blocks.push_back(&block);
    std::ranges::sort(blocks, {}, [](const SavedBlock* block) { return std::tuple_cat(std::tuple(block->copy), place_in(*block)); });
    in_order.insert(in_order.end(), blocks.begin(), blocks.end());
  }
  return in_order;
}

}  // namespace mho::mapper
