#include <cstdint>

// libhwy measures the resolution of a timer for its benchmarks while it is loaded, a quarter of the time of `mho --version`. Nobody here asks for it.
namespace hwy::platform {
std::uint64_t TimerResolution();               // NOLINT(readability-identifier-naming): its name
std::uint64_t TimerResolution() { return 1; }  // NOLINT(readability-identifier-naming): its name
}  // namespace hwy::platform
