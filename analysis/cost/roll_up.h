#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cost/gating.h"
#include "analysis/design/design.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Where energy goes. The names are stored in the database.
enum class Block { dac, array, adc, scale, input_buffer, output_buffer, digital, router, link, port, leakage, programming, gating };
std::string_view block_name(Block block);
/// All blocks in the order of the enumeration.
std::span<const Block> all_blocks();

/// Joules of one block.
struct BlockEnergy {
  Block block = Block::dac;
  double joule = 0;
};

/// Energy per inference in steady state of one layer, by block (only what belongs to the layer's own stages).
struct LayerEnergy {
  std::vector<BlockEnergy> blocks;
  double total_j = 0;
};

inline constexpr double square_millimetres_per_square_metre = 1e6;

/// Area of one kind of part over the whole chip, used or not.
struct PartArea {
  std::string part;         ///< "array", "dac", "adc", "scale", "input_buffer", "output_buffer", "digital", "digital_buffer", "router"
  std::int64_t count = 0;   ///< instances on the chip
  double square_metre = 0;  ///< all of them
};

/// What a core did during one steady-state interval, in cycles of its own clock; the busiest one bounds the throughput.
struct CoreLoad {
  int core = 0;
  std::vector<int> stages;           ///< indices in Program::stages
  double busy_cycles = 0;            ///< per inference
  double share_of_interval = 0;      ///< 0..1
  double waiting_input_cycles = 0;   ///< per inference
  double waiting_output_cycles = 0;  ///< per inference
};

/// Costs of one inference. `total` figures are per inference in steady state unless they say single.
struct RollUp {
  std::vector<LayerEnergy> layers;  ///< as Program::layers
  std::vector<BlockEnergy> shared;  ///< source, sink, network and leakage: what no layer owns
  std::vector<BlockEnergy> blocks;  ///< every block once, summed over layers and shared
  double energy_per_inference_j = 0;
  double single_shot_energy_j = 0;  ///< one inference on an idle chip, leakage over its latency
  double leakage_w = 0;             ///< of the whole chip, mean in steady state
  double latency_s = 0;
  double interval_s = 0;
  double throughput_per_s = 0;
  double average_power_w = 0;
  std::vector<PartArea> areas;
  double area_m2 = 0;
  double tops_per_watt = 0;  ///< 2 * (multiply-accumulates on tiles) per joule, in 10^12; digital operations are not counted
  CoreLoad bottleneck;
  std::optional<Gating> gating;  ///< in steady state, where units are power gated
};

/// Analog cores whose tiles have the same settings.
struct AnalogCores {
  tiles::TileParameters tile;
  std::int64_t count = 0;
};
/// All analog cores of the chip: those without a layer of its own first.
std::vector<AnalogCores> analog_cores(const Design& design, const hw::Program& program);

/// Leakage of the whole chip, used or not, with nothing gated: converters, buffers, cores, routers.
base::Power chip_leakage(const Design& design, std::span<const AnalogCores> cores);
/// Area of the whole chip by part.
std::vector<PartArea> chip_area(const Design& design, std::span<const AnalogCores> cores);

/// Multiplies counted events by costs. `macs`: multiply-accumulates on tiles per inference. Energy in steady state = events of the back-to-back phase
/// over its inferences + leakage over one interval, with power gating of what was on in the window of steady state. Throws UserError (failed_check)
/// when a result is not a positive finite number, an activity does not belong to the program, or the energies of blocks, layers and total do not add
/// up to 1e-9.
RollUp roll_up(const Design& design, const hw::Program& program, const hw::SimulationResult& simulation, std::int64_t macs);

}  // namespace mho::analysis
