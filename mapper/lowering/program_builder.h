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

/// A program as it grows, stage by stage and edge by edge, with what each computes and carries.
class ProgramBuilder {
 public:
  /// Index of the stage.
  int add_stage(hw::Stage stage, StageOperation task);
  /// Index of the layer.
  int add_layer(const workloads::Node& node);
  /// Edges from every part of `stream` that has any of the channels [begin, end), and positions that the consumer reads, input number `input` of it.
  void connect(const TensorStream& stream, int consumer, int input, const AccessSchedule& schedule, int begin, int end, int bits_per_element,
               hw::MessageClass message_class = hw::MessageClass::activation);
  [[nodiscard]] StageOperation& task(int stage) { return dataflow.stages[static_cast<std::size_t>(stage)]; }

  hw::Program program;
  Dataflow dataflow;

 private:
  /// shared(), once for edges that have it in common: their tables are the same then, which tells that they may share packets.
  const SharedSchedule& shared_schedule(const AccessSchedule& whole, const Share& consumer, const Share& producer, int positions);
  std::map<std::tuple<Table, Table, int, int, int, int, int, int, int>, SharedSchedule> shared_;
};

}  // namespace mho::mapper
