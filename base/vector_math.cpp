#include "base/vector_math.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/vector_math.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/fused-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mho::base::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using MathTag = hn::CappedTag<float, 16>;
using MathIntTag = hn::RebindToSigned<MathTag>;
using MathVector = hn::Vec<MathTag>;

HWY_INLINE MathVector exponential(MathVector x) {
  const MathTag tag;
  const MathIntTag ints;
  constexpr float least = -87.0F;
  constexpr float most = 88.0F;
  const auto vanishes = hn::Lt(x, hn::Set(tag, least));
  const MathVector limited = hn::Min(hn::Max(x, hn::Set(tag, least)), hn::Set(tag, most));
  const MathVector k = hn::Round(hn::Mul(limited, hn::Set(tag, 1.44269504F)));
  // ln 2 in two parts. The first has 15 bits, so that its product with k is exact.
  MathVector r = fused(k, hn::Set(tag, -0.693145752F), limited);
  r = fused(k, hn::Set(tag, -1.42860677e-6F), r);
  MathVector sum = hn::Set(tag, 1.0F / 5040.0F);
  sum = fused(sum, r, hn::Set(tag, 1.0F / 720.0F));
  sum = fused(sum, r, hn::Set(tag, 1.0F / 120.0F));
  sum = fused(sum, r, hn::Set(tag, 1.0F / 24.0F));
  sum = fused(sum, r, hn::Set(tag, 1.0F / 6.0F));
  sum = fused(sum, r, hn::Set(tag, 0.5F));
  sum = fused(sum, r, hn::Set(tag, 1.0F));
  sum = fused(sum, r, hn::Set(tag, 1.0F));
  constexpr int bias = 127;
  constexpr int mantissa_bits = 23;
  const auto power = hn::ShiftLeft<mantissa_bits>(hn::Add(hn::ConvertTo(ints, k), hn::Set(ints, bias)));
  const MathVector result = hn::Mul(sum, hn::BitCast(tag, power));
  return hn::IfThenElse(hn::IsNaN(x), x, hn::IfThenZeroElse(vanishes, result));
}

HWY_INLINE MathVector logarithm(MathVector given) {
  const MathTag tag;
  const MathIntTag ints;
  const MathVector x = hn::Max(given, hn::Set(tag, 1.17549435e-38F));
  const auto bits = hn::BitCast(ints, x);
  // Splits exponent and mantissa so that m lies in [sqrt(1/2), sqrt(2)).
  const auto offset = hn::Set(ints, 0x3F3504F3);
  const auto shifted = hn::Sub(bits, offset);
  const MathVector exponent = hn::ConvertTo(tag, hn::ShiftRight<23>(shifted));
  const MathVector m = hn::BitCast(tag, hn::Add(hn::And(shifted, hn::Set(ints, 0x007FFFFF)), offset));
  const MathVector one = hn::Set(tag, 1.0F);
  const MathVector s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
  const MathVector z = hn::Mul(s, s);
  MathVector sum = hn::Set(tag, 2.0F / 9.0F);
  sum = fused(sum, z, hn::Set(tag, 2.0F / 7.0F));
  sum = fused(sum, z, hn::Set(tag, 2.0F / 5.0F));
  sum = fused(sum, z, hn::Set(tag, 2.0F / 3.0F));
  const MathVector tail = hn::Mul(hn::Mul(sum, z), s);
  const MathVector low = fused(exponent, hn::Set(tag, 1.42860677e-6F), tail);
  const MathVector near = fused(s, hn::Set(tag, 2.0F), low);
  return fused(exponent, hn::Set(tag, 0.693145752F), near);
}

/// Applies `function` to whole vectors in place. The rest is computed in a padded copy with the same operations.
template <class Function>
HWY_INLINE void over(float* values, std::size_t count, const Function& function) {
  const MathTag tag;
  const std::size_t lanes = hn::Lanes(tag);
  std::size_t k = 0;
  for (; k + lanes <= count; k += lanes) hn::StoreU(function(hn::LoadU(tag, values + k)), tag, values + k);
  if (k == count) return;
  HWY_ALIGN float rest[16] = {};
  for (std::size_t i = k; i < count; ++i) rest[i - k] = values[i];
  hn::Store(function(hn::Load(tag, rest)), tag, rest);
  for (std::size_t i = k; i < count; ++i) values[i] = rest[i - k];
}

void exponentials(float* values, std::size_t count) {
  over(values, count, [](MathVector x) HWY_ATTR { return exponential(x); });
}
void logarithms(float* values, std::size_t count) {
  over(values, count, [](MathVector x) HWY_ATTR { return logarithm(x); });
}

}  // namespace mho::base::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mho::base {

HWY_EXPORT(exponentials);
HWY_EXPORT(logarithms);

void exponentials(std::span<float> values) { HWY_DYNAMIC_DISPATCH(exponentials)(values.data(), values.size()); }
void logarithms(std::span<float> values) { HWY_DYNAMIC_DISPATCH(logarithms)(values.data(), values.size()); }

}  // namespace mho::base
#endif  // HWY_ONCE
