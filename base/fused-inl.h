// Included once for every SIMD target, after Highway's own header, so it has no usual include guard.
#if defined(MHO_BASE_FUSED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MHO_BASE_FUSED_INL_H_
#undef MHO_BASE_FUSED_INL_H_
#else
#define MHO_BASE_FUSED_INL_H_
#endif

#include <hwy/highway.h>

#include <cmath>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace mho::base::HWY_NAMESPACE {

/// a b + c with one rounding on every target: the scalar target has no such instruction and calls std::fma. At most 16 lanes of float.
template <class Vector>
HWY_INLINE Vector fused(Vector a, Vector b, Vector c) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_NATIVE_FMA
  return hn::MulAdd(a, b, c);
#else
  const hn::DFromV<Vector> tag;
  HWY_ALIGN float p[16], q[16], r[16];
  hn::Store(a, tag, p);
  hn::Store(b, tag, q);
  hn::Store(c, tag, r);
  for (std::size_t i = 0; i < hn::Lanes(tag); ++i) r[i] = std::fma(p[i], q[i], r[i]);
  return hn::Load(tag, r);
#endif
}

}  // namespace mho::base::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
