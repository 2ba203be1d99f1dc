// What stands in for search/engine.cpp in programs that are built without it: loading pagmo takes ten times as long as all else that a command loads.
// The definitions are weak, so those of the engine take their place where it is linked (mho-search, the tests).
#include <stdexcept>

#include "analysis/search/engine.h"

namespace mho::analysis {

namespace {
[[noreturn]] void absent() { throw std::logic_error("this program was built without the engine of searches; mho-search has it"); }
}  // namespace

[[gnu::weak]] bool has_engine() { return false; }
[[gnu::weak]] std::optional<double> point_count(const std::vector<Coordinate>& /*space*/) { absent(); }
[[gnu::weak]] EngineKind engine_kind(const std::string& /*name*/) { absent(); }
[[gnu::weak]] std::string engine_name(EngineKind /*kind*/) { absent(); }
[[gnu::weak]] Archive explore(const std::vector<Coordinate>& /*space*/, std::size_t /*objectives*/, const Judge& /*judge*/,
                              const EngineOptions& /*options*/) {
  absent();
}
[[gnu::weak]] std::vector<std::size_t> front_of(const std::vector<JudgedPoint>& /*points*/) { absent(); }
[[gnu::weak]] double hypervolume(const std::vector<JudgedPoint>& /*points*/, std::size_t /*count*/, const std::vector<double>& /*ideal*/,
                                 const std::vector<double>& /*nadir*/) {
  absent();
}
[[gnu::weak]] ObjectiveRange objective_range(const std::vector<JudgedPoint>& /*points*/) { absent(); }

}  // namespace mho::analysis
