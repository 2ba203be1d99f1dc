#include "analysis/trace/position_flows.h"

#include <algorithm>

#include "base/index.h"

namespace mho::analysis {

PositionFlows::PositionFlows(const hw::Program& program, const std::vector<hw::Unit>& units)
    : program_(&program), ends_(program.stages.size()), out_(program.stages.size()), in_(program.stages.size()) {
  for (std::size_t u = 0; u < units.size(); ++u) {
    for (const std::vector<int>& stages : units[u].stages) {
      for (const int stage : stages) {
        Ends& ends = ends_.at(base::index(stage));
        ends.first = std::min(ends.first, u);
        ends.last = u;
      }
    }
  }
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    out_.at(base::index(program.edges[e].producer)).push_back(static_cast<int>(e));
    in_.at(base::index(program.edges[e].consumer)).push_back(static_cast<int>(e));
  }
}

std::vector<PositionFlows::Flow> PositionFlows::made(int stage, std::int64_t position) const {
  std::vector<Flow> flows;
  const int positions = program_->stages.at(base::index(stage)).positions;
  for (const int number : out_.at(base::index(stage))) {
    const hw::Edge& edge = program_->edges.at(base::index(number));
    std::int64_t on_edge = position % positions;
    if (edge.carried) {
      const auto found = std::ranges::lower_bound(*edge.carried, on_edge);
      if (found == edge.carried->end() || *found != on_edge) continue;
      on_edge = found - edge.carried->begin();
    }
    if (on_edge < edge.needs->back()) flows.push_back({number, position / positions * edge.positions(positions) + on_edge});
  }
  return flows;
}

std::vector<PositionFlows::Flow> PositionFlows::needed(int stage, std::int64_t position) const {
  std::vector<Flow> flows;
  const int positions = program_->stages.at(base::index(stage)).positions;
  const auto at = static_cast<std::size_t>(position % positions);
  for (const int number : in_.at(base::index(stage))) {
    const hw::Edge& edge = program_->edges.at(base::index(number));
    const std::vector<std::int32_t>& needs = *edge.needs;
    const std::int64_t before = position / positions * edge.positions(program_->stages.at(base::index(edge.producer)).positions);
    for (std::int64_t on_edge = at == 0 ? 0 : needs.at(at - 1); on_edge < needs.at(at); ++on_edge) flows.push_back({number, before + on_edge});
  }
  return flows;
}

}  // namespace mho::analysis
