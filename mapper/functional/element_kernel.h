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

/// Computes single positions of the output of a digital node. It reads only the input elements that a position depends on. Results equal those of
/// workloads::run_digital on whole tensors; it calls that function on parts of them.
class ElementKernel {
 public:
  /// Returns a tensor that no stream carries: a constant, or a side input of the sample. Null data for a tensor that a stream carries.
  using Fixed = std::function<std::span<const float>(int value)>;
  ElementKernel() = default;
  ElementKernel(const ElementKernel&) = delete;
  ElementKernel& operator=(const ElementKernel&) = delete;
  virtual ~ElementKernel() = default;
  /// Computes `values` [channels of the output] of position `position`. Positions of an inference come in order.
  virtual void compute(const hw::Received& received, const Fixed& fixed, int position, std::span<float> values) = 0;
};

/// The kernel for a node. `operands`, `inputs`: by input of the node; the operand is null if no stream carries the input. All references and operands
/// outlive the kernel.
std::unique_ptr<ElementKernel> element_kernel(const workloads::Network& network, const Positions& positions, const workloads::Node& node,
                                              const StageInput& output, std::vector<const OperandReader*> operands, std::vector<StageInput> inputs);

/// Computes some output elements of an element-wise node.
class ElementwiseKernel {
 public:
  /// `count`: elements per call. Both references outlive the kernel.
  ElementwiseKernel(const workloads::Network& network, const workloads::Node& node, std::size_t count);
  /// Computes `values` [count] of the output elements `elements` [count]. `read(input, element)` returns elements of inputs that are not fixed.
  void compute(std::span<const std::int32_t> elements, const std::function<float(std::size_t, std::int64_t)>& read, const ElementKernel::Fixed& fixed,
               std::span<float> values);

 private:
  [[nodiscard]] std::int64_t source(std::size_t input, std::int64_t element) const;
  const workloads::Network& network_;
  const workloads::Node& node_;
  workloads::Network small_;  ///< the node with tensors of `count` elements
  workloads::Node small_node_;
  std::vector<std::vector<std::int64_t>> steps_;  ///< [input][axis of the output]: stride; 0 for a broadcast axis
  std::vector<std::vector<float>> gathered_;
};

}  // namespace mho::mapper
