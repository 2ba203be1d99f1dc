#include "analysis/experiment/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "analysis/design/layer_rules.h"
#include "analysis/reuse/input_calibration.h"
#include "base/error.h"
#include "mapper/mapper.h"
#include "mapper/saved/saved_layout.h"
#include "workloads/execution/evaluation.h"

namespace mho::analysis {

namespace {

/// Estimated interval of the network's mapping in seconds; infinite if the network cannot be mapped.
double estimated_interval(const Design& design, const workloads::TiledNetwork& tiled) {
  try {
    return mapper::estimate(mapper::map(tiled, design.chip, design.mapper), design.chip, design.tile).interval_s;
  } catch (const base::UserError&) {
    return std::numeric_limits<double>::infinity();
  }
}

/// Makes the copies of the design. Automatic copies shorten the work of the tiles; they are dropped if the estimated interval does not become
/// shorter.
void choose_copies(const Design& design, workloads::TiledNetwork& tiled) {
  const std::map<std::string, mapper::CopyChoice> own = layer_copies(design, tiled.network);
  const tiles::Layout single = tiled.layout;
  mapper::assign_copies(tiled, design.chip, design.mapper.copies, own, design.mapper.row_turns);
  const bool copied = std::ranges::any_of(tiled.layout.matrices, [](const tiles::MatrixLayout& matrix) { return matrix.copies > 1; });
  if (!copied || !own.empty() || design.mapper.copies.kind != mapper::CopyChoice::Kind::automatic) return;
  const double with_copies = estimated_interval(design, tiled);
  tiles::Layout copies = std::exchange(tiled.layout, single);
  const double alone = estimated_interval(design, tiled);
  if (with_copies < alone || std::isinf(alone)) tiled.layout = std::move(copies);
}

/// Packs blocks on shared tiles as the design states. Automatic packing is dropped if it makes the estimated interval more than 1 % longer or does
/// not fit.
void choose_packing(const Design& design, workloads::TiledNetwork& tiled) {
  mapper::pack_blocks(tiled, design.chip, design.mapper.packing);
  if (!tiled.layout.packed() || design.mapper.packing.kind != mapper::PackingChoice::Kind::automatic) return;
  constexpr double longer = 1.01;
  const double together = estimated_interval(design, tiled);
  tiles::Layout packed = tiled.layout;
  tiled.layout.renumber();
  const double alone = estimated_interval(design, tiled);
  if (together <= longer * alone || std::isinf(alone)) tiled.layout = std::move(packed);
}

}  // namespace

void use_mapping(Design& design, const std::string& path, const base::InputLimit& limit) {
  limit.note(path);
  design.mapper.saved = std::make_shared<const mapper::SavedMapping>(mapper::read_mapping(path));
}

std::vector<std::string> copy_warnings(const Design& design, const workloads::TiledNetwork& tiled) {
  std::vector<std::string> warnings;
  if (design.mapper.saved) return warnings;
  const std::map<std::string, mapper::CopyChoice> own = layer_copies(design, tiled.network);
  for (const tiles::MatrixLayout& layout : tiled.layout.matrices) {
    const auto found = own.find(layout.node);
    const mapper::CopyChoice& choice = found == own.end() ? design.mapper.copies : found->second;
    if (choice.kind != mapper::CopyChoice::Kind::count || layout.copies >= choice.count) continue;
    warnings.push_back(fmt::format("matrix '{}' has {} of the {} copies that mapper.copies asks for: {}", layout.node, layout.copies, choice.count,
                                   mapper::steps_in_turn(tiled.network, layout.node) ? "its steps wait for each other, or nodes share it"
                                   : design.mapper.row_turns ? "its output has no more rows to take turns with (mapper.turn=position has more)"
                                                             : "it makes no more positions"));
  }
  return warnings;
}

void check_fits_chip(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode) {
  mapper::MapperParameters least = design.mapper;  // the smallest buffers decide whether the program fits
  least.buffers_for_throughput = false;
  hw::verify(mapper::map(tiled, design.chip, least, mode).program, design.chip);
}

workloads::TiledNetwork prepare(const Design& design, workloads::Network network, const PrepareOptions& options) {
  tiles::LayerTiles tiles = apply_layer_rules(design, network);
  if (options.calibration != nullptr) workloads::check_fit(network, *options.calibration);
  workloads::TiledNetwork tiled = mapper::lay_out(std::move(network), std::move(tiles));
  if (design.mapper.saved) {
    mapper::apply_layout(*design.mapper.saved, tiled);
  } else {
    if (options.copies) choose_copies(design, tiled);
    choose_packing(design, tiled);
  }
  if (options.mapped_for) check_fits_chip(design, tiled, *options.mapped_for);
  if (options.check) options.check(tiled);
  if (options.calibration != nullptr) {
    tiled.calibration = calibrated(design, tiled, *options.calibration, options.calibration_samples, options.threads, options.cache);
  }
  return tiled;
}

}  // namespace mho::analysis
