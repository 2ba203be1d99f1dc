#include <cstdint>

// When libhwy is loaded, it measures the resolution of a timer for its benchmarks. That is a quarter of the time of `mho --version`, and mho does not
// use the result.
namespace hwy::platform {
std::uint64_t TimerResolution();               // NOLINT(readability-identifier-naming): its name
std::uint64_t TimerResolution() { return 1; }  // NOLINT(readability-identifier-naming): its name
}  // namespace hwy::platform
