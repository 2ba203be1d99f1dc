#include "mapper/lowering/product_stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tiles/analog_matrix.h"
#include "tiles/scales.h"

namespace mho::mapper {

namespace {

/// Mean current that the inputs of a block drive, relative to full scale. Each input is weighted with the conductance of its row.
double mean_drive(const workloads::InputCalibration::Part& part, const tiles::TileParameters& tile, const tiles::MatrixLayout& matrix,
                  const tiles::Block& block, std::span<const float> weights, float unit) {
  if (part.row_share.empty()) return part.mean_drive;
  const std::vector<double> rows = tiles::target_row_conductances(tile, matrix, block, weights, unit);
  double all = 0, driven = 0;
  for (std::size_t j = 0; j < rows.size(); ++j) {
    all += rows[j];
    driven += rows[j] * static_cast<double>(part.row_share.at(j));
  }
  return all > 0 ? part.mean_drive * driven / all : part.mean_drive;
}

/// "conv1"; for the second of several copies "conv1 copy 2".
std::string copy_name(const std::string& name, const Share& share) { return share.all() ? name : fmt::format("{} copy {}", name, share.index + 1); }

workloads::KnownConductances::Key key_of(const std::string& matrix, const tiles::Block& block) {
  return {matrix, block.input_begin, block.input_end, block.output_begin, block.output_end};
}

BlockKey place_of(const tiles::Block& block) { return {block.tile, block.tile_row, block.tile_column}; }

}  // namespace

Product ProductStages::multiply(const workloads::Node& node, std::size_t which, const std::string& name, int layer, int positions) {
  const workloads::Matrix& weights = network_.matrix(node, which);
  StageOperation task{.kind = StageOperation::Kind::product, .node = static_cast<int>(&node - network_.nodes.data()), .which = which};
  if (weights.digital) return multiply_digitally(weights, name, layer, positions, std::move(task));
  const auto& matrix = tiled_.layout.of(weights.name);
  const auto& ranges = tiled_.calibration.parts.at(weights.name);
  // Weights in the file are read for the first node that uses them. Afterwards the conductances of their tiles are known.
  const bool by_row = std::ranges::any_of(ranges, [](const auto& part) { return !part.row_share.empty(); });
  const bool known = std::ranges::all_of(
      matrix.blocks, [&](const tiles::Block& block) { return tiled_.conductances->siemens.contains(key_of(weights.name, block)); });
  std::vector<float> from_file;
  if (weights.reader && (by_row || !known)) from_file = weights.reader();
  const std::span<const float> numbers = weights.reader ? std::span<const float>(from_file) : weights.weights;
  const float unit = known && !by_row ? 0.0F : tiles::scale_unit(numbers);
  Product product;
  std::map<std::pair<int, int>, std::vector<int>> stages_of_column;  // by copy and column part
  std::map<int, std::pair<int, int>> outputs_of_column;
  for (std::size_t b = 0; b < matrix.all_blocks(); ++b) {
    const tiles::Block block = matrix.block(b), first = matrix.block(b % matrix.blocks.size());
    task.share = {matrix.copies, block.copy, matrix.turn};
    if (task.share.positions(positions) == 0) throw std::logic_error("a copy of " + weights.name + " serves no position");
    hw::MvmWork work;
    work.tile = block.tile;
    work.tile_row = block.tile_row;
    work.tile_column = block.tile_column;
    const auto lane = lanes_.find(place_of(block));
    work.lane = lane == lanes_.end() ? 0 : lane->second;
    work.settings = tiled_.tiles.index(weights.name);
    work.inputs = block.inputs();
    work.outputs = block.outputs();
    work.conductance_sum_siemens = conductance_sum(matrix, first, weights.name, numbers, unit);
    work.mean_drive = mean_drive(ranges.at(static_cast<std::size_t>(block.row_part)), tiled_.tiles.of(weights.name), matrix, first, numbers, unit);
    work.activation_bits = tile_.digital.activation_format.bits();
    const auto in_column = std::ranges::count(matrix.blocks, block.column_part, &tiles::Block::column_part);
    hw::Stage stage;
    stage.kind = hw::Stage::Kind::analog;
    const std::string copy = copy_name(name, task.share);
    stage.name = matrix.blocks.size() == 1 ? copy : fmt::format("{}[{},{}]", copy, block.row_part, block.column_part);
    stage.layer = layer;
    stage.positions = task.share.positions(positions);
    stage.bits_per_position = static_cast<std::int64_t>(block.outputs()) * (in_column > 1 ? tile_.digital.partial_sum_format.bits() : result_bits());
    stage.mvm = work;
    task.block = b;
    task.output_begin = block.output_begin;
    task.output_end = block.output_end;
    task.own_values = block.outputs();
    task.complete = in_column == 1;
    const int at = builder_.add_stage(std::move(stage), task);
    product.analog.emplace_back(at, block);
    stages_of_column[{block.copy, block.column_part}].push_back(at);
    outputs_of_column[block.column_part] = {block.output_begin, block.output_end};
    stand_on_tile(at, node.name, block);
  }
  for (const auto& [place, stages] : stages_of_column) {
    const auto& [copy, column] = place;
    const auto [begin, end] = outputs_of_column[column];
    task.share = {matrix.copies, copy, matrix.turn};
    task.kind = StageOperation::Kind::sum;
    task.output_begin = begin;
    task.output_end = end;
    const int at =
        stages.size() == 1 ? stages.front() : accumulate(copy_name(name, task.share), layer, column, stages, task.share.positions(positions), task);
    product.parts.push_back({.stage = at, .channel_begin = begin, .channel_end = end, .share = task.share});
  }
  return product;
}

/// One digital stage: a multiply-add for each weight.
Product ProductStages::multiply_digitally(const workloads::Matrix& weights, const std::string& name, int layer, int positions, StageOperation task) {
  hw::Stage stage;
  stage.kind = hw::Stage::Kind::digital;
  stage.name = name;
  stage.layer = layer;
  stage.positions = positions;
  stage.bits_per_position = static_cast<std::int64_t>(weights.outputs) * result_bits();
  stage.elements = {{"product", static_cast<std::int64_t>(weights.inputs) * weights.outputs / weights.groups}};
  task.kind = StageOperation::Kind::all_product;
  task.output_end = task.own_values = weights.outputs;
  const int at = builder_.add_stage(std::move(stage), std::move(task));
  tiles::Block all;
  all.input_end = weights.inputs;
  all.output_end = weights.outputs;
  return {{{at, all}}, {{at, 0, weights.outputs}}};
}

/// The first stage at a place of a tile adds the placement; other stages of the same matrix share it.
void ProductStages::stand_on_tile(int stage, const std::string& layer, const tiles::Block& block) {
  const auto [known, fresh] = placement_of_.try_emplace(place_of(block), placements.size());
  if (fresh) {
    placements.push_back({block.tile, 0, layer, block});
    tile_stages.emplace_back();
  }
  tile_stages[known->second].push_back(stage);
}

double ProductStages::conductance_sum(const tiles::MatrixLayout& matrix, const tiles::Block& block, const std::string& name,
                                      std::span<const float> weights, float unit) {
  const auto [known, fresh] = tiled_.conductances->siemens.try_emplace(key_of(name, block), 0.0);
  if (fresh) known->second = tiles::target_conductance_sum(tiled_.tiles.of(name), matrix, block, weights, unit);
  return known->second;
}

/// Adds the partial sums of one column part; the bias is the last addition.
int ProductStages::accumulate(const std::string& name, int layer, int column, const std::vector<int>& stages, int positions, StageOperation task) {
  const int outputs = task.output_end - task.output_begin;
  hw::Stage stage;
  stage.kind = hw::Stage::Kind::digital;
  stage.name = fmt::format("{} sum[{}]", name, column);
  stage.layer = layer;
  stage.positions = positions;
  stage.bits_per_position = static_cast<std::int64_t>(outputs) * result_bits();
  stage.elements = {{"accumulate", static_cast<std::int64_t>(stages.size()) * outputs}};
  task.own_values = outputs;
  task.complete = true;
  const int at = builder_.add_stage(std::move(stage), std::move(task));
  const AccessSchedule schedule = one_to_one(positions);
  // The stages of one copy number their positions in the same way, so they are connected to the sum as if there were one copy.
  const Share share = std::exchange(builder_.task(at).share, {});
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const TensorStream part{{{stages[i], 0, outputs}}, {1, positions}, outputs, Arrangement::direct};
    builder_.connect(part, at, static_cast<int>(i), schedule, 0, outputs, tile_.digital.partial_sum_format.bits(), hw::MessageClass::partial_sum);
  }
  builder_.task(at).share = share;
  return at;
}

}  // namespace mho::mapper
