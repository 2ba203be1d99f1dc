#include "tiles/input_stage.h"

#include <algorithm>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tiles/input_stage.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mho::tiles::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using StageTag = hn::CappedTag<float, 16>;
using StageVector = hn::Vec<StageTag>;

/// Steps 1 and 2 of one vector of inputs.
HWY_INLINE StageVector converted(StageVector x, float range, bool ranged, float largest_code) {
  const StageTag tag;
  if (ranged) {
    const StageVector alpha = hn::Set(tag, range);
    x = hn::Mul(hn::Min(hn::Max(x, hn::Neg(alpha)), alpha), hn::Set(tag, 1.0F / range));
  }
  if (largest_code == 0.0F) return x;
  // As periphery::Quantiser over [-1, 1]: clip, round half to even by adding a number that leaves no fraction bits, clip, scale back.
  const StageVector limit = hn::Set(tag, largest_code);
  const StageVector beyond = hn::Set(tag, largest_code + 1.0F);
  const StageVector to_integer = hn::Set(tag, 12582912.0F);
  const StageVector steps = hn::Min(hn::Max(hn::Mul(x, limit), hn::Neg(beyond)), beyond);
  const StageVector code = hn::Sub(hn::Add(steps, to_integer), to_integer);
  return hn::Div(hn::Min(hn::Max(code, hn::Neg(limit)), limit), limit);
}

/// One vector of inputs, stored as the products read it.
HWY_INLINE void store(StageVector v, StageVector shape, bool ir_drop, bool square, float* to) {
  const StageTag tag;
  if (ir_drop && square) {
    hn::StoreInterleaved4(v, hn::Mul(v, shape), hn::Abs(v), hn::Mul(v, v), tag, to);
  } else if (ir_drop) {
    hn::StoreInterleaved3(v, hn::Mul(v, shape), hn::Abs(v), tag, to);
  } else if (square) {
    hn::StoreInterleaved2(v, hn::Mul(v, v), tag, to);
  } else {
    hn::StoreU(v, tag, to);
  }
}

bool run_stage(const float* x, std::size_t inputs, float range, bool ranged, float largest_code, const float* profile, bool ir_drop, bool square,
               float* interleaved, std::uint64_t* clipped) {
  const StageTag tag;
  const std::size_t lanes = hn::Lanes(tag);
  const std::size_t count = 1 + (ir_drop ? 2U : 0U) + (square ? 1U : 0U);
  const StageVector alpha = hn::Set(tag, range);
  const StageVector largest = hn::Set(tag, 3.402823466e38F);
  std::size_t finite = 0;
  std::size_t beyond = 0;
  std::size_t j = 0;
  for (; j + lanes <= inputs; j += lanes) {
    const StageVector v = hn::LoadU(tag, x + j);
    const StageVector magnitude = hn::Abs(v);
    finite += hn::CountTrue(tag, hn::Le(magnitude, largest));
    if (ranged) beyond += hn::CountTrue(tag, hn::Gt(magnitude, alpha));
    store(converted(v, range, ranged, largest_code), hn::LoadU(tag, profile + j), ir_drop, square, interleaved + j * count);
  }
  if (j < inputs) {
    HWY_ALIGN float rest[16] = {};
    HWY_ALIGN float shape[16] = {};
    HWY_ALIGN float out[64];
    const std::size_t left = inputs - j;
    for (std::size_t k = 0; k < left; ++k) {
      rest[k] = x[j + k];
      shape[k] = profile[j + k];
    }
    const StageVector v = hn::Load(tag, rest);
    const StageVector magnitude = hn::Abs(v);
    finite += hn::CountTrue(tag, hn::Le(magnitude, largest)) - (lanes - left);  // without the zeros of the padding
    if (ranged) beyond += hn::CountTrue(tag, hn::Gt(magnitude, alpha));
    store(converted(v, range, ranged, largest_code), hn::Load(tag, shape), ir_drop, square, out);
    for (std::size_t k = 0; k < left * count; ++k) interleaved[j * count + k] = out[k];
  }
  *clipped += beyond;
  return finite == inputs;
}

}  // namespace mho::tiles::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mho::tiles {

HWY_EXPORT(run_stage);

bool InputStage::run(std::span<const float> x, float* interleaved, std::uint64_t& clipped) const {
  return HWY_DYNAMIC_DISPATCH(run_stage)(x.data(), x.size(), range, ranged, largest_code, profile.data(), selection.ir_drop, selection.square,
                                         interleaved, &clipped);
}

void interleave(std::span<const float> driven, std::span<const float> profile, ProductSelection selection, float* interleaved) {
  std::uint64_t none_clipped = 0;
  (void)InputStage{.ranged = false, .profile = profile, .selection = selection}.run(driven, interleaved, none_clipped);
}

}  // namespace mho::tiles
#endif  // HWY_ONCE
