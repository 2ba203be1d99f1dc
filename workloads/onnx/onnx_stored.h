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

/// The numbers of one tensor where they lie. Nothing holds them: they are read piece by piece, every time anew.
class StoredTensor {
 public:
  virtual ~StoredTensor() = default;
  using Visit = std::function<void(std::size_t first, std::span<const float> numbers)>;
  /// All numbers in their order. Throws UserError where the file cannot be read.
  virtual void each_piece(const Visit& visit) const = 0;
};

/// In a file, from byte `offset` on, least significant byte first. `where` starts the message of what goes wrong.
std::shared_ptr<const StoredTensor> stored_in_file(const std::string& path, std::size_t offset, int data_type, std::size_t elements,
                                                   const std::string& where);

/// Numbers in place of those that a file lacks, a function of the tensor's name. Of two axes or more: normal numbers of deviation 1 / sqrt(elements
/// of one place of the first axis), of 8 and 16 bits 32 times normal numbers, rounded. Else ones; of whole types zeros.
std::shared_ptr<const StoredTensor> stand_in(const std::string& name, const Shape& shape, int data_type);

/// A stored tensor with its axes in another order or shape.
struct StoredView {
  std::shared_ptr<const StoredTensor> tensor;
  Shape shape;
  Shape steps;  ///< by axis: elements of the tensor from one place to the next
};

StoredView whole_view(std::shared_ptr<const StoredTensor> tensor, const Shape& shape);
/// Axis i of the result is axis axes[i] of the view.
StoredView permuted_view(const StoredView& view, const std::vector<std::int64_t>& axes);
/// The same numbers in the same order in another shape; nothing where the view has them in another order than the tensor.
std::optional<StoredView> reshaped_view(const StoredView& view, const Shape& shape);
/// [outputs][inputs] of a view of that shape, or of [inputs][outputs], axes of length 1 aside; nothing where it has another.
std::optional<StoredView> matrix_view(const StoredView& view, std::int64_t outputs, std::int64_t inputs, bool inputs_first);
/// The numbers in the order of the view, row-major.
std::vector<float> read(const StoredView& view);

}  // namespace mho::workloads
