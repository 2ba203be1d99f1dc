#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/cost/bottleneck.h"
#include "analysis/cost/digital_machine.h"
#include "analysis/cost/interval_bounds.h"
#include "analysis/cost/roll_up.h"
#include "analysis/design/design.h"
#include "analysis/experiment/functional_run.h"
#include "analysis/experiment/one_time.h"
#include "analysis/experiment/reference_choice.h"
#include "analysis/trace/layer_times.h"
#include "hw/chip/observer.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "mapper/lowering/inference_mode.h"
#include "mapper/mapper.h"
#include "mapper/saved/saved_mapping.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/tiled_network.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

class WorkCache;

/// One row of the per-layer table.
/// Shares of values that a floating-point format does not hold.
struct FormatShares {
  double overflow = 0;   ///< beyond its largest number, which they become; of integers, beyond their full scale
  double underflow = 0;  ///< not 0, and become 0
};

/// What a rule of the design gives a layer of its own.
struct LayerSetting {
  std::string key;  ///< of the design; "digital" for where its products are made
  base::Value value;
  std::string unit;
};

struct LayerResult {
  std::string name;
  std::string operation;
  std::string shape;                  ///< output of one sample, "8x14x14"
  std::optional<std::string> matrix;  ///< analog layers: outputs x inputs
  int tiles = 0;
  std::int64_t positions = 0;
  std::uint64_t mvms = 0;                    ///< per inference
  std::int64_t busy_cycles = 0;              ///< of its busiest stage in its core's clock, one inference on an idle chip
  std::int64_t waiting_input_cycles = 0;     ///< of the same stage
  std::int64_t waiting_output_cycles = 0;    ///< of the same stage
  double energy_j = 0;                       ///< per inference in steady state, network and leakage excluded
  std::optional<double> clipped_inputs;      ///< analog layers: share of tile inputs beyond the input range
  std::optional<double> clipped_outputs;     ///< analog layers: share of conversions beyond the ADC's bound
  std::optional<double> adc_bits_used;       ///< analog layers: bits of the range that the largest converted output spans
  std::optional<double> snr_db;              ///< analog layers: exact products over what the tiles add, at the first time
  std::optional<double> snr_last_db;         ///< the same at the last time
  std::optional<FormatShares> results;       ///< between blocks, in digital.result_format
  std::optional<double> result_scale;        ///< value of one step where digital.result_format is an integer
  std::optional<FormatShares> partial_sums;  ///< analog layers of several row parts
  std::optional<FormatShares> scales;        ///< analog layers
  std::vector<LayerSetting> settings;        ///< by key
};

/// How a chip works on the tokens of a sequence.
struct SequenceRunResult {
  mapper::InferenceMode::Kind mode = mapper::InferenceMode::Kind::prefill;  ///< never whole
  int tokens = 0;                                                           ///< of the sequence
  int context = 0;                                                          ///< that a token sees, itself included; of a prefill the sequence
  double tokens_per_s = 0;
  double energy_per_token_j = 0;  ///< in steady state
  double cache_read_bits = 0;     ///< per token, of keys and values in memory
  double cache_written_bits = 0;  ///< the same
};

/// A trained matrix on tiles.
struct MatrixPlacement {
  std::string name;
  int outputs = 0, inputs = 0;
  int copies = 1, turn = 1;
  int tiles = 0;  ///< of all copies
};

/// What keeping a chip as good as it was takes (tile.upkeep), on top of the energy of inferences, and the tiles that do not work (chip.dead_tiles).
struct Upkeep {
  double refresh_j = 0, refresh_s = 0;              ///< of one programming of all devices; 0: never
  double recalibration_j = 0, recalibration_s = 0;  ///< of one measurement of the drift compensation; 0: none that costs
  double power_w = 0;                               ///< of both, mean over time
  double downtime = 0;                              ///< share of time in which inferences wait for them
  double tile_yield = 1;                            ///< share of chips that have as many working tiles as the network takes
};

/// A network on a chip: what the mapping made of it, what the simulation saw, what it costs. Nothing here says how accurate it is.
struct ChipResult {
  std::string network, network_hash;
  std::optional<std::string> data, data_hash;  ///< empty: no data, every input at full scale
  std::int64_t weights = 0;
  std::int64_t macs = 0;                     ///< on tiles, per inference or, where tokens are decoded, per token
  std::vector<mapper::TilePlacement> tiles;  ///< one entry per block; several blocks may share a tile
  int tiles_used = 0;
  int tiles_available = 0;
  double utilisation = 0;
  hw::Program program;
  hw::SimulationResult simulation;
  std::vector<MatrixPlacement> matrices;
  RollUp costs;
  Bottleneck bottleneck;
  std::vector<IntervalBound> bounds;              ///< of one inference, the longest first
  std::vector<LayerResult> layers;                ///< without what only an evaluation on tiles knows
  LayerTimes times;                               ///< when each layer works
  std::optional<OneTimeProgramming> programming;  ///< empty where weights are reloaded while the chip runs
  Upkeep upkeep;
  std::optional<DigitalReference> reference;  ///< empty where none was wanted
  std::optional<FunctionalResult> functional;
  std::optional<SequenceRunResult> sequence_run;  ///< of the modes prefill and decode
  std::vector<std::string> warnings;              ///< of what may make the figures other than the architect thinks
  bool estimated = false;                         ///< by hw::estimate, not simulated
  bool counted = false;                           ///< so many inferences were asked for; else until steady state
  std::optional<mapper::SavedMapping> mapping;    ///< where it was asked for
  double wall_s = 0;
};

/// Inferences that were fed back to back into an idle chip, and the time from the first input of the first to the last output of the last.
struct BackToBack {
  int inferences = 0;
  double seconds = 0;
};
/// Where a number of inferences was asked for, and more than one.
std::optional<BackToBack> batch_of(const ChipResult& result);

/// Samples that calibrate the input ranges: of the data's calibration split, else the first of its test set, of which the other half is left.
std::size_t calibration_samples(const workloads::DataDescription& data);

/// What a chip is to do.
struct ChipRequest {
  mapper::InferenceMode mode{};                   ///< what an inference is
  std::optional<FunctionalRequest> functional{};  ///< the chip computes, and what leaves it is compared with the accuracy path (FunctionalRun)
  std::optional<int> inferences{};                ///< see ChipRunOptions
  ReferenceChoice reference{};
  hw::Observer* observer = nullptr;  ///< hears the simulation
  bool estimated = false;            ///< hw::estimate in place of the simulation
  bool keeps_mapping = false;        ///< for ChipResult::mapping
  WorkCache* cache = nullptr;        ///< of mappings, simulations and estimates, where nothing is observed or computed
  CostFactors* factors = nullptr;    ///< see roll_up
  std::string calibration{};         ///< what the calibration depends on; empty: inputs at full scale
};

/// Maps a network as prepare() returns it, runs the chip cycle by cycle and rolls up the costs. Once per process: it simulates (hw::simulate). Throws
/// as mapper::map, and what the simulation throws. `wall_s` and the data's name are the caller's.
ChipResult run_chip(const Design& design, const workloads::TiledNetwork& tiled, const ChipRequest& request);

struct ChipRunOptions {
  std::optional<std::size_t> samples;  ///< that calibrate the input ranges; empty: as many as an experiment takes
  std::uint64_t seed = 1;
  int threads = 1;                              ///< never changes a bit
  std::optional<FunctionalOptions> functional;  ///< with data: test samples through the chip
  std::optional<int> inferences;                ///< in all, the first alone: 1, or from 3 on; empty: until steady state
  mapper::InferenceMode mode;                   ///< what an inference is
  ReferenceChoice reference{};
  hw::Observer* observer = nullptr;  ///< hears the simulation
  bool estimated = false;            ///< hw::estimate in place of the simulation; without functional and observer
  bool keeps_mapping = false;        ///< for ChipResult::mapping
  WorkCache* cache = nullptr;        ///< of what was computed once
  CostFactors* factors = nullptr;    ///< see roll_up
};

/// The part of an experiment that needs no accuracy. Without data every input of a tile is taken at full scale, so the energy of the arrays is an
/// upper bound; time does not depend on the data. Throws UserError as run_experiment does.
ChipResult simulate_network(const Design& design, const workloads::Network& network, const workloads::DataDescription* data,
                            const ChipRunOptions& options);

}  // namespace mho::analysis
