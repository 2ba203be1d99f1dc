#include "tiles/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace mho::tiles {

namespace {

/// First index of part `part` when `size` is cut into `parts` of as equal size as possible (the longer ones first), or of `capacity` each.
int part_begin(int size, int parts, int part, int capacity, bool filling) {
  if (filling) return std::min(size, part * capacity);
  return part * (size / parts) + std::min(part, size % parts);
}

/// Whether inputs [input_begin, input_end) x outputs [output_begin, output_end) of a block-diagonal matrix hold any weight.
bool holds_weights(const Block& block, int inputs, int outputs, int groups) {
  const int group_inputs = inputs / groups;
  const int group_outputs = outputs / groups;
  const int first = block.input_begin / group_inputs;
  const int last = (block.input_end - 1) / group_inputs;
  return block.output_begin < (last + 1) * group_outputs && block.output_end > first * group_outputs;
}

}  // namespace

const MatrixLayout& Layout::of(const std::string& node) const {
  const auto found = std::ranges::find(matrices, node, &MatrixLayout::node);
  if (found == matrices.end()) throw std::out_of_range(fmt::format("no layout for node '{}'", node));
  return *found;
}

Block MatrixLayout::block(std::size_t index) const {
  Block block = blocks.at(index % blocks.size());
  block.copy = static_cast<int>(index / blocks.size());
  if (groups > 1) {
    block.group_inputs = inputs / groups;
    block.group_outputs = outputs / groups;
  }
  block.tile += block.copy * static_cast<int>(blocks.size());
  if (!places.empty()) {
    block.tile = places.at(index).tile;
    block.tile_row = places.at(index).row;
    block.tile_column = places.at(index).column;
  }
  return block;
}

bool Layout::packed() const {
  return std::ranges::any_of(matrices, [](const MatrixLayout& matrix) { return !matrix.places.empty(); });
}

void Layout::renumber() {
  tiles = 0;
  for (MatrixLayout& matrix : matrices) {
    const int first = matrix.blocks.front().tile;
    for (Block& block : matrix.blocks) block.tile += tiles - first;
    matrix.places.clear();
    tiles += static_cast<int>(matrix.all_blocks());
  }
}

MatrixLayout default_layout(const std::string& node, int inputs, int outputs, int groups, int tile_rows, int tile_columns, int first_tile,
                            const Cuts& cuts) {
  if (inputs < 1 || outputs < 1 || tile_rows < 1 || tile_columns < 1) throw std::logic_error("default_layout: sizes must be positive");
  if (groups < 1 || inputs % groups != 0 || outputs % groups != 0) throw std::logic_error("default_layout: groups must divide inputs and outputs");
  MatrixLayout layout;
  layout.node = node;
  layout.inputs = inputs;
  layout.outputs = outputs;
  layout.groups = groups;
  const int group_inputs = inputs / groups, group_outputs = outputs / groups;
  if (cuts.whole_groups && groups > 1 && group_inputs <= tile_rows && group_outputs <= tile_columns) {
    const int most = std::min(tile_rows / group_inputs, tile_columns / group_outputs);
    layout.row_parts = layout.column_parts = (groups + most - 1) / most;
    for (int part = 0; part < layout.row_parts; ++part) {
      const int begin = part_begin(groups, layout.row_parts, part, most, cuts.filling);
      const int end = part_begin(groups, layout.row_parts, part + 1, most, cuts.filling);
      layout.blocks.push_back({.row_part = part,
                               .column_part = part,
                               .input_begin = begin * group_inputs,
                               .input_end = end * group_inputs,
                               .output_begin = begin * group_outputs,
                               .output_end = end * group_outputs,
                               .tile = first_tile + part});
    }
    return layout;
  }
  layout.row_parts = (inputs + tile_rows - 1) / tile_rows;
  layout.column_parts = (outputs + tile_columns - 1) / tile_columns;
  int tile = first_tile;
  for (int column = 0; column < layout.column_parts; ++column) {
    for (int row = 0; row < layout.row_parts; ++row) {
      Block block;
      block.row_part = row;
      block.column_part = column;
      block.input_begin = part_begin(inputs, layout.row_parts, row, tile_rows, cuts.filling);
      block.input_end = part_begin(inputs, layout.row_parts, row + 1, tile_rows, cuts.filling);
      block.output_begin = part_begin(outputs, layout.column_parts, column, tile_columns, cuts.filling);
      block.output_end = part_begin(outputs, layout.column_parts, column + 1, tile_columns, cuts.filling);
      if (!holds_weights(block, inputs, outputs, groups)) continue;
      block.tile = tile++;
      layout.blocks.push_back(block);
    }
  }
  return layout;
}

}  // namespace mho::tiles
