#include "analysis/reuse/dependence.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "analysis/design/layer_rules.h"
#include "analysis/reuse/work_cache.h"
#include "base/design_file/document.h"
#include "base/version.h"

namespace mho::analysis {

namespace {

bool ends_in_cost(std::string_view key) {
  const std::string_view name = key.substr(key.rfind('.') + 1);
  return name == "energy" || name == "leakage" || name == "area" || name.ends_with("_energy") || name.ends_with("_area") ||
         name.ends_with("_leakage") || name == "energy_per_bit" || name == "standing_power" || key.starts_with("noc.energy.");
}

/// Identity of this program; results of another build are not reused. The version of a checkout with changes is ambiguous, so size and time of the
/// executable are added.
std::string build_text() {
  std::string version(base::version());
  if (!version.ends_with("-dirty")) return version;
  struct stat status {};
  if (stat("/proc/self/exe", &status) != 0) return version;
  return fmt::format("{} {} {} {}", version, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

template <class Depends>
std::string keys_text(const Design& design, const Depends& depends) {
  std::string text;
  for (const base::Declaration& declaration : design.config.declarations()) {
    if (!depends(declaration.key)) continue;
    std::visit([&](const auto& value) { text += fmt::format("{}={}\n", declaration.key, value); }, design.config.value(declaration.key));
  }
  return text;
}

/// Everything that the float network depends on.
std::string float_network_text(const workloads::Network& network) {
  std::string text = fmt::format("{}\nnetwork {} shape {}\n", build_text(), network.hash, workloads::shape_text(network.sample_shape));
  // Scalar inputs of the network are stored as constants.
  for (const workloads::ValueInfo& value : network.values) {
    if (value.constant && value.data.size() == 1) text += fmt::format("{}={}\n", value.name, value.data.front());
  }
  return text;
}

std::string network_text(const workloads::Network& network) {
  std::string text = float_network_text(network);
  for (const workloads::Matrix& matrix : network.matrices) text += fmt::format("{} {}\n", matrix.name, matrix.digital);
  return text;
}

}  // namespace

std::string tiles_depend_on(const Design& design, const workloads::TiledNetwork& tiled) {
  // The assignment of columns to converters affects values only if converters differ.
  const bool alike = std::ranges::none_of(tiled.tiles.settings(), [](const tiles::TileParameters& tile) { return tile.adc.converters_differ(); });
  const auto depends = [&](std::string_view key) { return accuracy_depends_on(key) && !(alike && key == "tile.adc.mux"); };
  return network_text(tiled.network) + keys_text(design, depends) + design.rules_json() + "\n" + layout_text(tiled.layout);
}

bool accuracy_depends_on(std::string_view key) {
  constexpr std::array<std::string_view, 4> elsewhere{"noc.", "port.", "mapper.", "chip."};
  constexpr std::array<std::string_view, 4> physics{"chip.technology", "chip.vdd", "chip.temperature", "chip.threshold"};
  // Times of converters and drivers, and the kind of a converter, affect costs only. A time that is too short for its circuit is refused earlier.
  constexpr std::array<std::string_view, 9> tile_times{"tile.adc.conversion_time", "tile.adc.timing",    "tile.adc.pipelined",
                                                       "tile.adc.unused",          "tile.adc.kind",      "tile.dac.settling",
                                                       "tile.dac.latched",         "tile.dac.read_time", "tile.dac.time_per_level"};
  if (std::ranges::find(tile_times, key) != tile_times.end()) return false;
  if (std::ranges::find(physics, key) != physics.end()) return true;
  return !ends_in_cost(key) && std::ranges::none_of(elsewhere, [&](std::string_view beginning) { return key.starts_with(beginning); });
}

bool simulation_depends_on(std::string_view key) {
  // These determine values and costs, and the time of a conversion, which the text contains.
  constexpr std::array<std::string_view, 11> of_conversions{
      "tile.adc.bits", "tile.adc.bound", "tile.adc.rounding",   "tile.adc.gain_spread", "tile.adc.offset_spread",  "tile.adc.inl",
      "tile.adc.dnl",  "tile.adc.kind",  "tile.adc.dead_codes", "tile.adc.timing",      "tile.adc.conversion_time"};
  if (std::ranges::find(of_conversions, key) != of_conversions.end() || key.starts_with("tile.noise.")) return false;
  // The length of links determines their energy.
  return !ends_in_cost(key) && key != "noc.hop_length";
}

std::string layout_text(const tiles::Layout& layout) {
  std::string text;
  for (const tiles::MatrixLayout& matrix : layout.matrices) {
    text += fmt::format("{} {} {} {} {} {} {} {}\n", matrix.node, matrix.inputs, matrix.outputs, matrix.groups, matrix.row_parts, matrix.column_parts,
                        matrix.copies, matrix.turn);
    for (const tiles::Block& block : matrix.blocks) {
      text += fmt::format("{} {} {} {} {} {} {} {}\n", block.row_part, block.column_part, block.input_begin, block.input_end, block.output_begin,
                          block.output_end, block.tile_row, block.tile_column);
    }
  }
  return text;
}

std::string float_score_depends_on(const workloads::Network& network, const workloads::Dataset& data, std::size_t first, std::size_t count) {
  return fmt::format("{}float {} {} {}", network_text(network), data.hash(), first, count);
}

std::string calibration_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data, std::size_t samples) {
  std::string text;
  for (const std::string& one : inputs_depend_on(design, tiled, data, samples)) text += one;
  return text + result_scales_depend_on(tiled, data, samples);
}

bool inputs_depend_on(std::string_view key) {
  constexpr std::array<std::string_view, 4> circuits{"tile.dac.", "tile.input.", "tile.input_range.", "digital."};
  return std::ranges::any_of(circuits, [&](std::string_view beginning) { return key.starts_with(beginning); }) && accuracy_depends_on(key);
}

std::vector<std::string> inputs_depend_on(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data,
                                          std::size_t samples) {
  const workloads::Network& network = tiled.network;
  std::vector<std::string> texts(network.matrices.size());
  for (const auto& [node, own] : own_settings(design, network)) {
    for (const int matrix : network.nodes[node].matrices) {
      for (const std::string& assignment : own.set) {
        if (inputs_depend_on(std::string_view(assignment).substr(0, assignment.find('='))))
          texts[static_cast<std::size_t>(matrix)] += assignment + "\n";
      }
    }
  }
  const std::string shared =
      dependence_key(fmt::format("{}{}inputs {} {}", float_network_text(network),
                                 keys_text(design, [](std::string_view key) { return inputs_depend_on(key); }), data.hash(), samples));
  for (std::size_t m = 0; m < texts.size(); ++m) {
    const workloads::Matrix& matrix = network.matrices[m];
    if (matrix.digital) {
      texts[m].clear();
      continue;
    }
    const tiles::MatrixLayout& layout = tiled.layout.of(matrix.name);
    std::string text = fmt::format("{}\n{}{} {} in {}\n", shared, texts[m], matrix.name, matrix.inputs, layout.row_parts);
    for (const tiles::Block& block : layout.blocks) {
      if (block.column_part == 0) text += fmt::format("{} {} {}\n", block.row_part, block.input_begin, block.input_end);
    }
    texts[m] = std::move(text);
  }
  return texts;
}

std::string result_scales_depend_on(const workloads::TiledNetwork& tiled, const workloads::Dataset& data, std::size_t samples) {
  if (tiled.tiles.standard().digital.result_format.kind != periphery::NumberFormat::Kind::integer) return "";
  return fmt::format("{}results {} {}", float_network_text(tiled.network), data.hash(), samples);
}

std::string accuracy_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const std::string& calibration,
                                const workloads::Dataset& data, const workloads::EvaluationOptions& options, const std::string& measured) {
  std::string text = fmt::format("{}{}\naccuracy {} {} {} {} {} {} {}", tiles_depend_on(design, tiled), calibration, data.hash(),
                                 options.first_sample, options.samples, options.repeats, options.seed, options.by_sample, measured);
  for (const double time_s : options.times_s) text += fmt::format(" {}", time_s);
  return text;
}

std::string simulation_depends_on(const Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode, int inferences,
                                  bool estimated) {
  std::string text = network_text(tiled.network) + keys_text(design, [](std::string_view key) { return simulation_depends_on(key); }) +
                     design.rules_json() + "\n" + layout_text(tiled.layout);
  for (const tiles::TileParameters& tile : tiled.tiles.settings()) text += fmt::format("conversion {}\n", tile.adc.conversion_time.si());
  if (design.mapper.saved) text += fmt::format("mapping {}\n", design.mapper.saved->hash);
  return text + fmt::format("{} {} {} {}", static_cast<int>(mode.kind), mode.context, inferences, estimated);
}

}  // namespace mho::analysis
