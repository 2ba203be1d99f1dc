#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "workloads/graph/network.h"

namespace mho::workloads {

/// The numbers of one tensor that are not held in memory: each call reads or generates them again, piece by piece.
class StoredTensor {
 public:
  virtual ~StoredTensor() = default;
  using Visit = std::function<void(std::size_t first, std::span<const float> numbers)>;
  /// Visits all numbers in order. Throws UserError if the file cannot be read.
  virtual void each_piece(const Visit& visit) const = 0;
};

/// Numbers in a file from byte `offset` on, little-endian. `where` starts error messages.
std::shared_ptr<const StoredTensor> stored_in_file(const std::string& path, std::size_t offset, int data_type, std::size_t elements,
                                                   const std::string& where);

/// Substitutes for numbers that a file lacks; they depend on the tensor's name only. Floating-point tensors of two axes or more: normal numbers with
/// standard deviation 1 / sqrt(elements per place of the first axis). Integers of 8 and 16 bits with two axes or more: 32 times normal numbers,
/// rounded and clipped to +-127. Others: ones, or zeros for integers.
std::shared_ptr<const StoredTensor> stand_in(const std::string& name, const Shape& shape, int data_type);

/// A stored tensor with its axes in another order or shape.
struct StoredView {
  std::shared_ptr<const StoredTensor> tensor;
  Shape shape;
  Shape steps;  ///< for each axis: number of elements of the tensor between neighbouring places
};

/// The tensor with the given shape, row-major.
StoredView whole_view(std::shared_ptr<const StoredTensor> tensor, const Shape& shape);
/// Axis i of the result is axis axes[i] of the view.
StoredView permuted_view(const StoredView& view, const std::vector<std::int64_t>& axes);
/// The same numbers in the same order with another shape. Empty if the view orders them differently from the tensor.
std::optional<StoredView> reshaped_view(const StoredView& view, const Shape& shape);
/// The view as a matrix [outputs][inputs]; `inputs_first`: the view is [inputs][outputs]. Axes of length 1 are ignored. Empty if the shape differs.
std::optional<StoredView> matrix_view(const StoredView& view, std::int64_t outputs, std::int64_t inputs, bool inputs_first);
/// The numbers in the order of the view, row-major.
std::vector<float> read(const StoredView& view);

}  // namespace mho::workloads
