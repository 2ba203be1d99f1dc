#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "hw/program/functional_interface.h"
#include "mapper/functional/element_kernel.h"
#include "mapper/functional/operand_reader.h"
#include "mapper/mapper.h"
#include "workloads/execution/execution.h"
#include "workloads/execution/programmed.h"
#include "workloads/execution/recurrent_step.h"

namespace mho::mapper {

/// Input of one inference.
struct ChipSample {
  std::uint32_t id = 0;         ///< index in the data set; a part of the key of random draws
  std::vector<float> values;    ///< [elements of the input]
  std::optional<float> length;  ///< length of a padded sequence
};

/// The computation of a mapped network. An analog stage computes the product of its block on its tile, a digital stage its node, each only from the
/// values that its core received. Random draws equal those of workloads::Execution for the same sample and position. Constants and the length of a
/// padded sequence are in every core before a sample begins. A state that the network carries from sample to sample is zero at the start of each
/// inference.
class FunctionalChip : public hw::FunctionalInterface {
 public:
  /// `mapping` must be traced. `samples`: in the order of the inferences, not empty; further inferences use the last one. All references outlive the
  /// object. Throws std::logic_error for a mapping without dataflow or without samples.
  FunctionalChip(const workloads::TiledNetwork& tiled, const Mapping& mapping, const workloads::ProgrammedMatrices& matrices,
                 const std::vector<ChipSample>& samples);
  [[nodiscard]] hw::Values compute(int stage, std::int64_t inference, int position, const hw::Received& received) override;
  [[nodiscard]] int products(int stage) const override { return stages_[static_cast<std::size_t>(stage)].products; }
  [[nodiscard]] hw::Values payload(int edge, int position, const hw::Values& values) const override;
  /// Statistics of the tile of an analog stage over all positions so far. For its power, conductances must have been measured.
  [[nodiscard]] const tiles::MvmStatistics& consumed(int stage) const { return stages_[static_cast<std::size_t>(stage)].consumed; }
  /// Turns on the power statistics of all tiles.
  void measure_power();
  /// Sum of the conductances of the block of an analog stage, in siemens.
  [[nodiscard]] double conductance_sum(int stage) const;
  /// Output tensor of the network for inference `inference`. `left`: hw::SimulationResult::left.
  [[nodiscard]] std::vector<float> scores(std::size_t inference, std::span<const hw::Values> left) const;

 private:
  using Task = StageOperation;
  /// State of a stage between its positions.
  struct Stage {
    std::vector<std::unique_ptr<OperandReader>> operands;  ///< by input; null: no stream
    std::unique_ptr<ElementKernel> rule;
    std::vector<std::unique_ptr<ElementwiseKernel>> fused;
    std::unique_ptr<workloads::RecurrentStep> step;
    std::vector<float> state, cell;
    std::vector<float> taken_in;  ///< of an accumulating node: input received so far
    tiles::MvmStatistics consumed;
    std::uint64_t conversions = 0;  ///< conversions per product; 0: not on a tile
    int products = 1;               ///< products of the last computed position
    std::vector<std::pair<int, int>>
        triggers;  ///< input edges that carry no values and only signal that a time step has arrived, and the last positions of their producers
  };
  std::unique_ptr<OperandReader> reader_of(const StageInput& input, const hw::Edge& edge);
  void prepare(int stage);
  [[nodiscard]] const workloads::Node& node(const Task& task) const { return network_.nodes[static_cast<std::size_t>(task.node)]; }
  [[nodiscard]] const workloads::Shape& shape(int value) const { return network_.values[static_cast<std::size_t>(value)].shape; }
  [[nodiscard]] const ChipSample& sample(std::int64_t inference) const;
  /// The tensor of a value that no stream carries; null data for a value that a stream carries.
  std::span<const float> fixed(int value, std::int64_t inference);

  hw::Values source(const Task& task, std::int64_t inference, int position) const;
  hw::Values product(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  hw::Values store(int at, std::int64_t inference, int position, const hw::Received& received);
  hw::Values sum(const Task& task, Stage& stage, const hw::Received& received, int position);
  hw::Values accumulate(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  hw::Values gates(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  hw::Values reset_gates(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  /// Collects the inputs of the stage's block for one position, from matrix row `begin` on.
  void gather(const Task& task, const Stage& stage, int position, const hw::Received& received, int begin, std::span<float> row) const;
  /// Adds the bias to a complete sum of products and rounds it: the output of the node.
  void finish(const Task& task, std::span<float> values) const;
  void round(int node, workloads::RoundedTensor tensor, std::span<float> values) const;
  void ride(const Task& task, Stage& stage, std::int64_t inference, int position, hw::Values& values);
  [[nodiscard]] std::int64_t length(const workloads::Node& node, std::int64_t inference);
  /// The number of sequences that a recurrent node processes in parallel.
  [[nodiscard]] int sequences(const workloads::Node& node) const;
  /// The number of padding positions before the first time step of a recurrent node: 0 unless it is reversed.
  [[nodiscard]] std::int64_t padding(const workloads::Node& node, std::int64_t inference);
  /// The row of its input that a recurrent node reads at `position`.
  [[nodiscard]] std::int64_t row_of(const workloads::Node& node, int position) const;
  /// A stage of a recurrent node at its first time step.
  struct Beginning {
    const workloads::Node& own;
    const Stage& stage;
    std::int64_t inference;
    int position;
    const hw::Received& received;
  };
  /// Reads state `which` (0 h, 1 c) before the first time step, from element `begin` on. `input`: input of the stage if a stream carries the state.
  void begin_state(const Beginning& of, std::size_t which, std::size_t input, int begin, std::span<float> state);

  const workloads::Network& network_;
  const tiles::Layout& layout_;
  const Mapping& mapping_;
  const workloads::ProgrammedMatrices& matrices_;
  const std::vector<ChipSample>& samples_;
  std::optional<workloads::ResultRounding> rounding_;
  workloads::Execution execution_;
  Positions positions_;
  std::map<const void*, Places> places_;  ///< by address of the Elements
  std::vector<Stage> stages_;
  std::map<std::pair<int, std::int64_t>, std::vector<hw::Values>> kept_;     ///< values in memory, [stage, inference][position]
  std::vector<char> streamed_;                                               ///< by value: whether it depends on the input or a carried state
  std::map<std::pair<int, std::int64_t>, std::vector<float>> side_tensors_;  ///< by value and inference
};

}  // namespace mho::mapper
