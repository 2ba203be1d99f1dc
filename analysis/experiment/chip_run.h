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

/// Shares of values that a number format cannot represent.
struct FormatShares {
  double overflow = 0;   ///< values beyond the largest number (for integers: the full scale), which they become
  double underflow = 0;  ///< values other than 0 that become 0
};

/// A setting that a rule of the design gives to a layer.
struct LayerSetting {
  std::string key;  ///< key of the design; "digital": whether its products are computed digitally
  base::Value value;
  std::string unit;
};

/// One row of the per-layer table.
struct LayerResult {
  std::string name;
  std::string operation;
  std::string shape;                  ///< output of one sample, "8x14x14"
  std::optional<std::string> matrix;  ///< analog layers: outputs x inputs
  int tiles = 0;
  std::int64_t positions = 0;
  std::uint64_t mvms = 0;                    ///< per inference
  std::int64_t busy_cycles = 0;              ///< cycles of work of its busiest stage, in its core's clock, one inference on an idle chip
  std::int64_t waiting_input_cycles = 0;     ///< of the same stage
  std::int64_t waiting_output_cycles = 0;    ///< of the same stage
  double energy_j = 0;                       ///< per inference in steady state, network and leakage excluded
  std::optional<double> clipped_inputs;      ///< analog layers: share of tile inputs beyond the input range
  std::optional<double> clipped_outputs;     ///< analog layers: share of conversions beyond the ADC's bound
  std::optional<double> adc_bits_used;       ///< analog layers: bits of the range that the largest converted output spans
  std::optional<double> snr_db;              ///< analog layers: exact products over the tiles' error, at the first time
  std::optional<double> snr_last_db;         ///< the same at the last time
  std::optional<FormatShares> results;       ///< values sent between blocks, in digital.result_format
  std::optional<double> result_scale;        ///< value of one step if digital.result_format is an integer
  std::optional<FormatShares> partial_sums;  ///< analog layers with several row parts
  std::optional<FormatShares> scales;        ///< analog layers
  std::vector<LayerSetting> settings;        ///< sorted by key
};

/// Result of a chip that processes the tokens of a sequence.
struct SequenceRunResult {
  mapper::InferenceMode::Kind mode = mapper::InferenceMode::Kind::prefill;  ///< never whole
  int tokens = 0;                                                           ///< tokens of the sequence
  int context = 0;  ///< tokens that a token attends to, itself included; prefill: the whole sequence
  double tokens_per_s = 0;
  double energy_per_token_j = 0;  ///< in steady state
  double cache_read_bits = 0;     ///< bits per token, of keys and values in memory
  double cache_written_bits = 0;  ///< bits per token
};

/// A trained matrix on tiles.
struct MatrixPlacement {
  std::string name;
  int outputs = 0, inputs = 0;
  int copies = 1, turn = 1;
  int tiles = 0;  ///< tiles of all copies
};

/// Effort to keep a chip at its accuracy (tile.upkeep), in addition to the energy of inferences, and the yield of tiles (chip.dead_tiles).
struct Upkeep {
  double refresh_j = 0, refresh_s = 0;              ///< of one programming of all devices; 0: no refresh
  double recalibration_j = 0, recalibration_s = 0;  ///< of one measurement of the drift compensation; 0: no cost
  double power_w = 0;                               ///< mean power of both over time
  double downtime = 0;                              ///< share of time in which inferences wait for upkeep
  double tile_yield = 1;                            ///< share of chips with as many working tiles as the network needs
};

/// A network on a chip: mapping, simulation and costs. It holds no accuracy.
struct ChipResult {
  std::string network, network_hash;
  std::optional<std::string> data, data_hash;  ///< empty: no data, every input at full scale
  std::int64_t weights = 0;
  std::int64_t macs = 0;                     ///< on tiles, per inference; when tokens are decoded, per token
  std::vector<mapper::TilePlacement> tiles;  ///< one entry per block; several blocks may share a tile
  int tiles_used = 0;
  int tiles_available = 0;
  double utilisation = 0;
  hw::Program program;
  hw::SimulationResult simulation;
  std::vector<MatrixPlacement> matrices;
  RollUp costs;
  Bottleneck bottleneck;
  std::vector<IntervalBound> bounds;              ///< lower bounds of the interval, the longest first
  std::vector<LayerResult> layers;                ///< without the values that only an evaluation on tiles gives
  LayerTimes times;                               ///< when each layer works
  std::optional<OneTimeProgramming> programming;  ///< empty if weights are reloaded while the chip runs
  Upkeep upkeep;
  std::optional<DigitalReference> reference;  ///< empty if not requested
  std::optional<FunctionalResult> functional;
  std::optional<SequenceRunResult> sequence_run;  ///< for the modes prefill and decode
  std::vector<std::string> warnings;              ///< reasons why figures may differ from what the user expects
  bool estimated = false;                         ///< times from hw::estimate instead of the simulation
  bool counted = false;                           ///< a number of inferences was requested; else until steady state
  std::optional<mapper::SavedMapping> mapping;    ///< if requested
  double wall_s = 0;
};

/// A batch of inferences fed back to back into an idle chip: time from the first input of the first to the last output of the last.
struct BackToBack {
  int inferences = 0;
  double seconds = 0;
};
/// The batch of a result; empty unless more than one inference was requested.
std::optional<BackToBack> batch_of(const ChipResult& result);

/// Number of samples that calibrate the input ranges, at most 1000: from the data's calibration split, else from the first half of its test set.
/// Throws UserError if there are none.
std::size_t calibration_samples(const workloads::DataDescription& data);

/// The task of a chip run.
struct ChipRequest {
  mapper::InferenceMode mode{};                   ///< kind of an inference
  std::optional<FunctionalRequest> functional{};  ///< compute with numbers and compare the outputs with the accuracy path (FunctionalRun)
  std::optional<int> inferences{};                ///< see ChipRunOptions
  ReferenceChoice reference{};
  hw::Observer* observer = nullptr;  ///< observes the simulation
  bool estimated = false;            ///< hw::estimate instead of the simulation
  bool keeps_mapping = false;        ///< fill ChipResult::mapping
  WorkCache* cache = nullptr;        ///< cache of mappings, simulations and estimates; not used with an observer or functional
  CostFactors* factors = nullptr;    ///< see roll_up
  std::string calibration{};         ///< dependence text of the calibration; empty: inputs at full scale
};

/// Maps a network from prepare(), runs the chip cycle by cycle and rolls up the costs. Call it at most once in a process: it uses hw::simulate.
/// Throws as mapper::map, and what the simulation throws. The caller sets `wall_s` and the name of the data.
ChipResult run_chip(const Design& design, const workloads::TiledNetwork& tiled, const ChipRequest& request);

struct ChipRunOptions {
  std::optional<std::size_t> samples;  ///< samples that calibrate the input ranges; empty: as in an experiment
  std::uint64_t seed = 1;
  int threads = 1;                              ///< never changes a bit
  std::optional<FunctionalOptions> functional;  ///< with data: compute test samples on the chip
  std::optional<int> inferences;                ///< total number, the first one alone: 1, or at least 3; empty: until steady state
  mapper::InferenceMode mode;                   ///< kind of an inference
  ReferenceChoice reference{};
  hw::Observer* observer = nullptr;  ///< observes the simulation
  bool estimated = false;            ///< hw::estimate in place of the simulation; without functional and observer
  bool keeps_mapping = false;        ///< fill ChipResult::mapping
  WorkCache* cache = nullptr;        ///< cache of computed parts
  CostFactors* factors = nullptr;    ///< see roll_up
};

/// The part of an experiment that needs no accuracy. Without data every tile input is at full scale, so the energy of the arrays is an upper bound;
/// times do not depend on the data. Throws UserError as run_experiment.
ChipResult simulate_network(const Design& design, const workloads::Network& network, const workloads::DataDescription* data,
                            const ChipRunOptions& options);

}  // namespace mho::analysis
