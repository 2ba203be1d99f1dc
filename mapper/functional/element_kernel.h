#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "hw/program/functional_interface.h"
#include "mapper/functional/operand_reader.h"
#include "mapper/lowering/tensor_stream.h"
#include "workloads/graph/network.h"

namespace mho::mapper {

/// How a digital node makes one position of its output, reading no element of its inputs that it does not need. Its numbers are those of
/// workloads::run_digital on whole tensors, which it calls with the elements in question.
class ElementKernel {
 public:
  /// Tensors that no stream carries: constants, and what a sample brings beside its input.
  using Fixed = std::function<std::span<const float>(int value)>;
  ElementKernel() = default;
  ElementKernel(const ElementKernel&) = delete;
  ElementKernel& operator=(const ElementKernel&) = delete;
  virtual ~ElementKernel() = default;
  /// `values` [channels of the output] of position `position`; positions of an inference come in order.
  virtual void compute(const hw::Received& received, const Fixed& fixed, int position, std::span<float> values) = 0;
};

/// `operands` by input of the node; null where no stream carries it. All references must outlive the rule.
std::unique_ptr<ElementKernel> element_kernel(const workloads::Network& network, const Positions& positions, const workloads::Node& node,
                                              const StageInput& output, std::vector<const OperandReader*> operands, std::vector<StageInput> inputs);

/// A node that changes each element by itself, on some elements of its output.
class ElementwiseKernel {
 public:
  ElementwiseKernel(const workloads::Network& network, const workloads::Node& node, std::size_t count);
  /// `elements` [count] of the output; `read(input, element)` gives those of the inputs that are not fixed.
  void compute(std::span<const std::int32_t> elements, const std::function<float(std::size_t, std::int64_t)>& read, const ElementKernel::Fixed& fixed,
               std::span<float> values);

 private:
  [[nodiscard]] std::int64_t source(std::size_t input, std::int64_t element) const;
  const workloads::Network& network_;
  const workloads::Node& node_;
  workloads::Network small_;  ///< the node on `count` elements
  workloads::Node small_node_;
  std::vector<std::vector<std::int64_t>> steps_;  ///< by input, by axis of the output; 0 where it repeats
  std::vector<std::vector<float>> gathered_;
};

}  // namespace mho::mapper
