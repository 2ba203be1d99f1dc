#pragma once

// Included before any Highway header. Targets without a native fused multiply-add would round differently, so they are switched off; a processor
// without one runs the scalar target, which calls std::fma and is the oracle of the others.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
