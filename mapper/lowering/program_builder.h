#pragma once

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
  /// Edges from every part of `stream` that has any of the channels [begin, end), input number `input` of the consumer.
  void connect(const TensorStream& stream, int consumer, int input, const AccessSchedule& schedule, int begin, int end, int bits_per_element,
               hw::MessageClass message_class = hw::MessageClass::activation);
  [[nodiscard]] StageOperation& task(int stage) { return dataflow.stages[static_cast<std::size_t>(stage)]; }

  hw::Program program;
  Dataflow dataflow;
};

}  // namespace mho::mapper
