#include "tiles/product.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tiles/product.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/fused-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mho::tiles::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = hn::CappedTag<float, PackedWeights::panel>;
using Vector = hn::Vec<Tag>;
using base::HWY_NAMESPACE::fused;

// Registers decide the blocking: rows x vectors x products accumulators, plus the weights, must fit 32 (AVX-512, NEON) or 16 (AVX2) registers.
constexpr bool many_registers = HWY_CAP_GE512 || HWY_TARGET == HWY_NEON;

/// `Rows` rows of x against `Vectors` vectors of outputs; Products as in ProductSelection.
template <int Rows, int Vectors, bool IrDrop, bool Square>
HWY_INLINE void block(const float* const* panels, int inputs, const float* x, float* const* results, std::size_t stride, std::size_t offset) {
  constexpr int products = 1 + (IrDrop ? 2 : 0) + (Square ? 1 : 0);
  const Tag tag;
  const std::size_t lanes = hn::Lanes(tag);
  constexpr auto row_count = static_cast<std::size_t>(Rows), vector_count = static_cast<std::size_t>(Vectors);
  Vector sums[row_count][vector_count][static_cast<std::size_t>(products)];
  HWY_UNROLL(8)
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      for (int p = 0; p < products; ++p) sums[r][v][p] = hn::Zero(tag);
    }
  }
  const std::size_t row_length = static_cast<std::size_t>(inputs) * products;
  for (int j = 0; j < inputs; ++j) {
    Vector w[vector_count];
    Vector magnitude[vector_count];
    for (int v = 0; v < Vectors; ++v) {
      w[v] = hn::LoadU(tag, panels[v] + static_cast<std::size_t>(j) * PackedWeights::panel);
      if constexpr (products > 1) magnitude[v] = hn::Abs(w[v]);
    }
    for (int r = 0; r < Rows; ++r) {
      const float* values = x + static_cast<std::size_t>(r) * row_length + static_cast<std::size_t>(j) * products;
      for (int p = 0; p < products; ++p) {
        const Vector input = hn::Set(tag, values[p]);
        const bool plain = p == 0 || (IrDrop && p == 1);
        for (int v = 0; v < Vectors; ++v) sums[r][v][p] = fused(plain ? w[v] : magnitude[v], input, sums[r][v][p]);
      }
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      for (int p = 0; p < products; ++p) {
        hn::StoreU(sums[r][v][p], tag, results[p] + static_cast<std::size_t>(r) * stride + offset + static_cast<std::size_t>(v) * lanes);
      }
    }
  }
}

template <int Vectors, bool IrDrop, bool Square>
void rows_of(const float* const* panels, int inputs, std::size_t batch, const float* x, float* const* results, std::size_t stride,
             std::size_t offset) {
  constexpr int products = 1 + (IrDrop ? 2 : 0) + (Square ? 1 : 0);
  constexpr int wide = many_registers ? (products == 1 ? 8 : (products == 2 ? 6 : 3)) : (products == 1 ? 4 : (products == 2 ? 2 : 1));
  constexpr int rows = Vectors == 1 ? 2 * wide : wide;
  constexpr auto rows_at_once = static_cast<std::size_t>(rows);
  const std::size_t row_length = static_cast<std::size_t>(inputs) * products;
  float* at[4];
  const auto shift = [&](std::size_t row) {
    for (int p = 0; p < products; ++p) at[p] = results[p] + row * stride;
  };
  std::size_t row = 0;
  for (; row + rows_at_once <= batch; row += rows_at_once) {
    shift(row);
    block<rows, Vectors, IrDrop, Square>(panels, inputs, x + row * row_length, at, stride, offset);
  }
  for (; row < batch; ++row) {
    shift(row);
    block<1, Vectors, IrDrop, Square>(panels, inputs, x + row * row_length, at, stride, offset);
  }
}

template <bool IrDrop, bool Square>
void run(const float* weights, int inputs, int panel_count, std::size_t batch, const float* x, float* y) {
  constexpr int products = 1 + (IrDrop ? 2 : 0) + (Square ? 1 : 0);
  const Tag tag;
  const std::size_t lanes = hn::Lanes(tag);
  const std::size_t stride = static_cast<std::size_t>(panel_count) * PackedWeights::panel;
  float* results[4];
  for (int p = 0; p < products; ++p) results[p] = y + static_cast<std::size_t>(p) * batch * stride;
  const auto vector_at = [&](std::size_t output) {
    return weights + (output / PackedWeights::panel) * static_cast<std::size_t>(inputs) * PackedWeights::panel + output % PackedWeights::panel;
  };
  std::size_t output = 0;
  for (; output + 2 * lanes <= stride; output += 2 * lanes) {
    const float* panels[2] = {vector_at(output), vector_at(output + lanes)};
    rows_of<2, IrDrop, Square>(panels, inputs, batch, x, results, stride, output);
  }
  for (; output < stride; output += lanes) {
    const float* panels[1] = {vector_at(output)};
    rows_of<1, IrDrop, Square>(panels, inputs, batch, x, results, stride, output);
  }
}

void dispatch(const float* weights, int inputs, int panel_count, bool ir_drop, bool square, std::size_t batch, const float* x, float* y) {
  if (ir_drop) {
    square ? run<true, true>(weights, inputs, panel_count, batch, x, y) : run<true, false>(weights, inputs, panel_count, batch, x, y);
  } else {
    square ? run<false, true>(weights, inputs, panel_count, batch, x, y) : run<false, false>(weights, inputs, panel_count, batch, x, y);
  }
}

}  // namespace mho::tiles::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mho::tiles {

HWY_EXPORT(dispatch);

PackedWeights::PackedWeights(int inputs, int outputs)
    : inputs_(inputs),
      outputs_(outputs),
      panels_((outputs + panel - 1) / panel),
      data_(static_cast<std::size_t>(panels_) * static_cast<std::size_t>(inputs) * panel, 0.0F) {}

void PackedWeights::assign(std::span<const float> values) {
  const auto outputs = static_cast<std::size_t>(outputs_);
  for (std::size_t p = 0; p < static_cast<std::size_t>(panels_); ++p) {
    const std::size_t width = std::min<std::size_t>(panel, outputs - p * panel);
    float* to = data_.data() + p * static_cast<std::size_t>(inputs_) * panel;
    for (std::size_t j = 0; j < static_cast<std::size_t>(inputs_); ++j) std::copy_n(values.data() + j * outputs + p * panel, width, to + j * panel);
  }
}

void PackedWeights::copy_row(int input, std::span<float> row) const {
  for (int p = 0; p < panels_; ++p) std::copy_n(data_.data() + index(input, p * panel), panel, row.data() + static_cast<std::ptrdiff_t>(p) * panel);
}

void products(const PackedWeights& weights, ProductSelection selection, std::size_t batch, std::span<const float> x, std::span<float> y) {
  const auto count = static_cast<std::size_t>(selection.count());
  if (x.size() < batch * static_cast<std::size_t>(weights.inputs()) * count ||
      y.size() < batch * static_cast<std::size_t>(weights.padded_outputs()) * count) {
    throw std::logic_error("products: a span is shorter than batch and matrix ask for");
  }
  HWY_DYNAMIC_DISPATCH(dispatch)
  (weights.data(), weights.inputs(), weights.padded_outputs() / PackedWeights::panel, selection.ir_drop, selection.square, batch, x.data(), y.data());
}

}  // namespace mho::tiles
#endif  // HWY_ONCE
