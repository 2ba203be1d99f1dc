#pragma once

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "hw/program/program.h"
#include "mapper/lowering/dataflow.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/tensor_stream.h"

namespace mho::mapper {

/// A program and its dataflow under construction.
class ProgramBuilder {
 public:
  /// Adds a stage with its operation. Returns its index.
  int add_stage(hw::Stage stage, StageOperation task);
  /// Adds a layer. Returns its index.
  int add_layer(const workloads::Node& node);
  /// Connects channels [begin, end) of `stream` to input number `input` of stage `consumer`: adds an edge from every part with some of these channels
  /// and some of the positions that the consumer reads.
  void connect(const TensorStream& stream, int consumer, int input, const AccessSchedule& schedule, int begin, int end, int bits_per_element,
               hw::MessageClass message_class = hw::MessageClass::activation);
  [[nodiscard]] StageOperation& task(int stage) { return dataflow.stages[static_cast<std::size_t>(stage)]; }

  hw::Program program;
  Dataflow dataflow;

 private:
  /// Result of shared(), cached: edges with equal arguments get the same tables, which shows that they may share packets.
  const SharedSchedule& shared_schedule(const AccessSchedule& whole, const Share& consumer, const Share& producer, int positions);
  std::map<std::tuple<Table, Table, int, int, int, int, int, int, int>, SharedSchedule> shared_;
};

}  // namespace mho::mapper
