#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <vector>

namespace mho::tiles {

/// Memory aligned to a cache line.
template <typename T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};
  CacheLineAllocator() = default;
  template <typename U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>& /*other*/) {}
  [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); }
  void deallocate(T* memory, std::size_t /*count*/) { ::operator delete(memory, alignment); }
  bool operator==(const CacheLineAllocator& /*other*/) const { return true; }
};

/// Weights packed for the product kernels: panels of 16 outputs, each panel [input][16], missing outputs zero.
class PackedWeights {
 public:
  static constexpr int panel = 16;
  PackedWeights() = default;
  /// All zero.
  PackedWeights(int inputs, int outputs);
  [[nodiscard]] int inputs() const { return inputs_; }
  [[nodiscard]] int outputs() const { return outputs_; }
  /// Outputs rounded up to whole panels: the row length of every result.
  [[nodiscard]] int padded_outputs() const { return panels_ * panel; }
  [[nodiscard]] float& at(int input, int output) { return data_[index(input, output)]; }
  [[nodiscard]] float at(int input, int output) const { return data_[index(input, output)]; }
  /// All weights at once, `values` [inputs][outputs].
  void assign(std::span<const float> values);
  /// Row `input` as products() reads it: padded_outputs() numbers.
  void copy_row(int input, std::span<float> row) const;
  [[nodiscard]] const float* data() const { return data_.data(); }
  [[nodiscard]] int panels() const { return panels_; }
  /// One panel, [input][16], for the code that fills it.
  [[nodiscard]] std::span<float> panel_values(int which) {
    const auto size = static_cast<std::size_t>(inputs_) * panel;
    return std::span(data_).subspan(static_cast<std::size_t>(which) * size, size);
  }

 private:
  [[nodiscard]] std::size_t index(int input, int output) const {
    return (static_cast<std::size_t>(output / panel) * static_cast<std::size_t>(inputs_) + static_cast<std::size_t>(input)) * panel +
           static_cast<std::size_t>(output % panel);
  }
  int inputs_ = 0;
  int outputs_ = 0;
  int panels_ = 0;
  /// The 16 weights of an input in a panel fill one cache line, so no load crosses two lines: a single row takes a third less time.
  std::vector<float, CacheLineAllocator<float>> data_;
};

/// The products of one MVM to compute in addition to W x.
struct ProductSelection {
  bool ir_drop = false;  ///< W (x p) and |W| |x|
  bool square = false;   ///< |W| x^2
  [[nodiscard]] int count() const { return 1 + (ir_drop ? 2 : 0) + (square ? 1 : 0); }
};

/// Step 4 of docs/model.md for a batch of rows: y_i = sum_j w_ij x_j, and the sums that the later steps need. `x` is interleaved
/// [batch][inputs][selection.count()], in the order x, x p, |x|, x^2 (those selected). `y` is [selection.count()][batch][padded outputs], same order.
/// Every output is one chain of fused multiply-adds over the inputs in ascending order, starting from zero: its bits depend on its row of x and its
/// weights alone, not on batch, blocking or vector width; every SIMD target equals the scalar one bit for bit.
void products(const PackedWeights& weights, ProductSelection selection, std::size_t batch, std::span<const float> x, std::span<float> y);

}  // namespace mho::tiles
