#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/cost/bottleneck.h"
#include "analysis/cost/roll_up.h"
#include "analysis/design/design.h"
#include "analysis/experiment/functional_run.h"
#include "hw/chip/observer.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "mapper/mapper.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/execution.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// One row of the per-layer table.
struct LayerResult {
  std::string name;
  std::string operation;
  std::string shape;                  ///< output of one sample, "8x14x14"
  std::optional<std::string> matrix;  ///< analog layers: outputs x inputs
  int tiles = 0;
  std::int64_t positions = 0;
  std::uint64_t mvms = 0;                  ///< per inference
  std::int64_t busy_cycles = 0;            ///< of its busiest stage in its core's clock, one inference on an idle chip
  std::int64_t waiting_input_cycles = 0;   ///< of the same stage
  std::int64_t waiting_output_cycles = 0;  ///< of the same stage
  double energy_j = 0;                     ///< per inference in steady state, network and leakage excluded
  std::optional<double> clipped_inputs;    ///< analog layers: share of tile inputs beyond the input range
  std::optional<double> clipped_outputs;   ///< analog layers: share of conversions beyond the ADC's bound
  std::optional<double> adc_bits_used;     ///< analog layers: bits of the range that the largest converted output spans
  std::optional<double> snr_db;            ///< analog layers: exact products over what the tiles add, at the first time
  std::optional<double> snr_last_db;       ///< the same at the last time
};

/// What an inference is, of a network that reads a sequence of tokens.
struct SequenceOptions {
  enum class Mode { inferences, prefill, decode } mode = Mode::inferences;
  int context = 0;  ///< of a decoded token: how many it sees, itself included; 0: the whole sequence
};

/// How a chip works on the tokens of a sequence.
struct SequenceRunResult {
  bool decode = false;  ///< one after the other, each with those before it in the caches; else all of them, pipelined
  int tokens = 0;       ///< of the sequence
  int context = 0;      ///< that a token sees, itself included; of a prefill the sequence
  double tokens_per_s = 0;
  double energy_per_token_j = 0;  ///< in steady state
  double cache_read_bits = 0;     ///< per token, of keys and values in memory
  double cache_written_bits = 0;  ///< the same
};

/// "inferences", "prefill", "decode".
std::string_view mode_name(SequenceOptions::Mode mode);
/// `design` whose program is that of the mode. Throws UserError where the network reads no sequence.
Design for_sequence(const Design& design, const workloads::Network& network, const SequenceOptions& options);

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
  RollUp costs;
  Bottleneck bottleneck;
  std::vector<LayerResult> layers;  ///< without what only an evaluation on tiles knows
  std::optional<FunctionalResult> computed;
  std::optional<SequenceRunResult> token_run;  ///< where it was asked for
  bool counted = false;                        ///< so many inferences were asked for; else until steady state
  double wall_s = 0;
};

/// Inferences that were fed back to back into an idle chip, and the time from the first input of the first to the last output of the last.
struct BackToBack {
  int inferences = 0;
  double seconds = 0;
};
/// Where a number of inferences was asked for, and more than one.
std::optional<BackToBack> batch_of(const ChipResult& result);

/// Test samples for a chip that computes.
struct FunctionalRequest {
  const workloads::Dataset* test = nullptr;
  std::size_t first = 0;  ///< the samples before it have calibrated
  FunctionalOptions options;
  std::uint64_t seed = 1;
  int threads = 1;
};

/// Stands in for a calibration: every input of every tile at full scale.
workloads::InputCalibration full_scale_inputs(const tiles::Layout& layout);

/// Samples that calibrate the input ranges: of the data's calibration split, else the first of its test set, of which the other half is left.
std::size_t calibration_samples(const workloads::DataDescription& data);

/// Throws UserError (does_not_fit, failed_check) where `network` cannot be mapped, before anything long.
void check_mapping(const Design& design, const workloads::Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles);

/// Maps `network` (layer rules applied), runs the chip cycle by cycle and rolls up the costs. Once per process: it simulates (hw::simulate).
/// With a `request` the chip computes, and what leaves it is compared with the accuracy path (FunctionalRun). Throws as check_mapping, and what the
/// simulation throws. `design` is that of for_sequence. `wall_s` and the data's name are the caller's.
ChipResult run_chip(const Design& design, const workloads::Network& network, const tiles::Layout& layout, const tiles::LayerTiles& tiles,
                    const workloads::InputCalibration& calibration, const FunctionalRequest* request = nullptr, hw::Observer* observer = nullptr,
                    std::optional<int> inferences = std::nullopt);

struct ChipRunOptions {
  std::optional<std::size_t> samples;  ///< that calibrate the input ranges; empty: as many as an experiment takes
  std::uint64_t seed = 1;
  int threads = 1;                           ///< never changes a bit
  std::optional<FunctionalOptions> compute;  ///< with data: test samples through the chip
  std::optional<int> inferences;             ///< in all, the first alone: 1, or from 3 on; empty: until steady state
  SequenceOptions sequence;                  ///< what an inference is
  hw::Observer* observer = nullptr;          ///< hears the simulation
};

/// The part of an experiment that needs no accuracy. Without data every input of a tile is taken at full scale, so the energy of the arrays is an
/// upper bound; time does not depend on the data. Throws UserError as run_experiment does.
ChipResult simulate_network(const Design& design, const workloads::Network& network, const workloads::DataDescription* data,
                            const ChipRunOptions& options);

}  // namespace mho::analysis
