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

/// A sample on its way through the chip.
struct ChipSample {
  std::uint32_t id = 0;         ///< index in the data set, which keys the random draws
  std::vector<float> values;    ///< [elements of the input]
  std::optional<float> length;  ///< of a padded sequence
};

/// What the stages of a mapped network compute: a block of a matrix its tile's product, a digital stage its node, from what their cores received and
/// from nothing else; with the random draws that workloads::Execution has for the same sample and position. Constants, and the length of a padded
/// sequence, are in every core before a sample begins; a state that a network carries from sample to sample begins each as zeros.
class FunctionalChip : public hw::FunctionalInterface {
 public:
  /// `mapping` must be traced. All references must outlive it; `samples` in the order of the inferences, the last again for those beyond.
  FunctionalChip(const workloads::TiledNetwork& tiled, const Mapping& mapping, const workloads::ProgrammedMatrices& matrices,
                 const std::vector<ChipSample>& samples);
  [[nodiscard]] hw::Values compute(int stage, std::int64_t inference, int position, const hw::Received& received) override;
  [[nodiscard]] int products(int stage) const override { return stages_[static_cast<std::size_t>(stage)].products; }
  [[nodiscard]] hw::Values payload(int edge, int position, const hw::Values& values) const override;
  /// What the tile of an analog stage consumed for all positions so far. Conductances must have been measured.
  [[nodiscard]] const tiles::MvmStatistics& consumed(int stage) const { return stages_[static_cast<std::size_t>(stage)].consumed; }
  /// From now on the tiles count what they consume.
  void measure_power();
  /// All devices of an analog stage's block, in siemens.
  [[nodiscard]] double conductance_sum(int stage) const;
  /// The network's output for inference `inference` from what left the chip (hw::SimulationResult::left).
  [[nodiscard]] std::vector<float> scores(std::size_t inference, std::span<const hw::Values> left) const;

 private:
  using Task = StageOperation;
  /// What a stage keeps between its positions.
  struct Stage {
    std::vector<std::unique_ptr<OperandReader>> operands;  ///< by input; null: no stream
    std::unique_ptr<ElementKernel> rule;
    std::vector<std::unique_ptr<ElementwiseKernel>> fused;
    std::unique_ptr<workloads::RecurrentStep> step;
    std::vector<float> state, cell;
    std::vector<float> taken_in;  ///< of a node that accumulates: its input, as far as it has come
    tiles::MvmStatistics consumed;
    std::uint64_t conversions = 0;  ///< of one product; 0: not on a tile
    int products = 1;               ///< of the position computed last
    std::vector<std::pair<int, int>>
        triggers;  ///< with the last position of their producers: input edges that carry nothing but that a time step has come
  };
  std::unique_ptr<OperandReader> reader_of(const StageInput& input, const hw::Edge& edge);
  void prepare(int stage);
  [[nodiscard]] const workloads::Node& node(const Task& task) const { return network_.nodes[static_cast<std::size_t>(task.node)]; }
  [[nodiscard]] const workloads::Shape& shape(int value) const { return network_.values[static_cast<std::size_t>(value)].shape; }
  [[nodiscard]] const ChipSample& sample(std::int64_t inference) const;
  /// The tensor of a value that no stream carries; empty with null data for one that a stream does.
  std::span<const float> fixed(int value, std::int64_t inference);

  hw::Values source(const Task& task, std::int64_t inference, int position) const;
  hw::Values product(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  hw::Values store(int at, std::int64_t inference, int position, const hw::Received& received);
  hw::Values sum(const Task& task, Stage& stage, const hw::Received& received, int position);
  hw::Values accumulate(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  hw::Values gates(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  hw::Values reset_gates(const Task& task, Stage& stage, std::int64_t inference, int position, const hw::Received& received);
  /// Rows of the matrix that the stage's block has, of one position.
  void gather(const Task& task, const Stage& stage, int position, const hw::Received& received, int begin, std::span<float> row) const;
  /// What makes a finished sum of products the output of its node.
  void finish(const Task& task, std::span<float> values) const;
  void round(int node, workloads::RoundedTensor tensor, std::span<float> values) const;
  void ride(const Task& task, Stage& stage, std::int64_t inference, int position, hw::Values& values);
  [[nodiscard]] std::int64_t length(const workloads::Node& node, std::int64_t inference);
  /// How many sequences a recurrent node runs side by side.
  [[nodiscard]] int sequences(const workloads::Node& node) const;
  /// How many positions of padding a recurrent node meets before the first time step: those of a reversed one, else none.
  [[nodiscard]] std::int64_t padding(const workloads::Node& node, std::int64_t inference);
  /// The row of its input that a recurrent node reads at `position`.
  [[nodiscard]] std::int64_t row_of(const workloads::Node& node, int position) const;
  /// A stage of a recurrent node at the first time step.
  struct Beginning {
    const workloads::Node& own;
    const Stage& stage;
    std::int64_t inference;
    int position;
    const hw::Received& received;
  };
  /// State `which` (0 h, 1 c) before it, from element `begin` on: of the stage's input `input` where a stream carries it.
  void begin_state(const Beginning& of, std::size_t which, std::size_t input, int begin, std::span<float> state);

  const workloads::Network& network_;
  const tiles::Layout& layout_;
  const Mapping& mapping_;
  const workloads::ProgrammedMatrices& matrices_;
  const std::vector<ChipSample>& samples_;
  std::optional<workloads::ResultRounding> rounding_;
  workloads::Execution execution_;
  Positions positions_;
  std::map<const void*, Places> places_;  ///< by elements
  std::vector<Stage> stages_;
  std::map<std::pair<int, std::int64_t>, std::vector<hw::Values>> kept_;     ///< in memory: positions by stage and inference
  std::vector<char> streamed_;                                               ///< by value: depends on the input
  std::map<std::pair<int, std::int64_t>, std::vector<float>> side_tensors_;  ///< by value and inference
};

}  // namespace mho::mapper
