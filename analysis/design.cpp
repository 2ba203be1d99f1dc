#include "analysis/design.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/document.h"
#include "periphery/parameters.h"

namespace mho::analysis {

namespace {

constexpr int bits_per_byte = 8;

/// Rules that no room can check alone. Run before the rooms read their parameters, so that the message points at the key.
void check_across_keys(const base::Config& config) {
  if (config.optional_integer("tile.adc.bits", "ideal") && !config.optional_real("tile.adc.bound", "unlimited")) {
    config.refuse("tile.adc.bound",
                  "a converter with a number of bits needs a clip level; give tile.adc.bound a number, or set tile.adc.bits to ideal");
  }
  const std::int64_t columns = config.integer("tile.columns");
  const std::int64_t mux = config.integer("tile.adc.mux");
  if (mux > columns) {
    config.refuse("tile.adc.mux", fmt::format("{} columns share one converter, but the tile has only {} (tile.columns)", mux, columns));
  }
}

void check_chip(const Design& design) {
  const int analog = design.chip.nodes() - 1 - design.chip.digital_cores;
  if (analog < 1) {
    design.config.refuse("chip.digital_cores",
                         fmt::format("a mesh of {}x{} has {} nodes; one is the port and {} are digital, which leaves no analog core. "
                                     "Lower chip.digital_cores or enlarge the mesh",
                                     design.chip.mesh_width, design.chip.mesh_height, design.chip.nodes(), design.chip.digital_cores));
  }
  const double vector_bits = static_cast<double>(design.tile.rows) * design.tile.digital.activation_format.bits();
  if (input_buffer_bits(design) < vector_bits) {
    design.config.refuse("chip.input_buffer",
                         fmt::format("the input buffer holds {} bytes, less than one input vector of the tile ({} rows of {} bits: {} bytes)",
                                     design.chip.input_buffer_bytes, design.tile.rows, design.tile.digital.activation_format.bits(),
                                     static_cast<std::int64_t>(vector_bits / bits_per_byte)));
  }
}

Design resolve(base::Config config, std::string name) {
  check_across_keys(config);
  auto tile = tiles::TileParameters::read(config);
  auto chip = hw::ChipParameters::read(config);
  auto mapper = mapper::MapperParameters::read(config);
  Design design{std::move(name), std::move(config), std::move(tile), std::move(chip), std::move(mapper)};
  check_chip(design);
  return design;
}

}  // namespace

base::Declarations all_declarations() {
  base::Declarations all;
  for (base::Declarations room : {periphery::declarations(), tiles::declarations(), hw::declarations(), mapper::declarations()}) {
    std::move(room.begin(), room.end(), std::back_inserter(all));
  }
  return all;
}

std::string Design::hash() const { return base::content_hash(config.json()); }

Design load_design(const std::optional<std::string>& path, const std::vector<std::string>& assignments) {
  base::Config config(all_declarations());
  // Without a file every parameter has its declared default, which is what designs/default.yaml says (a test compares them).
  if (path) config.load_file(*path);
  for (const std::string& assignment : assignments) config.set(assignment);
  return resolve(std::move(config), path.value_or("default"));
}

Design design_from_text(const std::string& text, const std::string& name, const std::vector<std::string>& assignments) {
  base::Config config(all_declarations());
  config.load_text(text, name);
  for (const std::string& assignment : assignments) config.set(assignment);
  return resolve(std::move(config), name);
}

double input_buffer_bits(const Design& design) { return static_cast<double>(design.chip.input_buffer_bytes) * bits_per_byte; }

double output_buffer_bits(const Design& design) {
  const int element_bits = std::max(design.tile.digital.partial_sum_format.bits(), design.tile.digital.result_format.bits());
  return static_cast<double>(design.chip.output_buffer_positions) * design.tile.columns * element_bits;
}

double digital_buffer_bits(const Design& design) { return static_cast<double>(design.chip.digital_buffer_bytes) * bits_per_byte; }

int adcs_per_tile(const Design& design) { return (design.tile.columns + design.tile.adc.mux - 1) / design.tile.adc.mux; }

}  // namespace mho::analysis
