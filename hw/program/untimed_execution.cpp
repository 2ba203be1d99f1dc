#include "hw/program/untimed_execution.h"

#include <algorithm>

#include "base/index.h"

namespace mho::hw {

using base::index;

struct UntimedRun::State {
  State(const Program& of, int output_slots, int count) : program(of), slots(output_slots), inferences(count), stages(of.stages.size()) {
    result.started.resize(of.stages.size());
    result.sent.resize(of.edges.size());
    result.released.resize(of.edges.size());
    for (std::size_t e = 0; e < of.edges.size(); ++e) {
      const Edge& edge = of.edges[e];
      const int made = of.stages[index(edge.producer)].positions;
      edges.push_back({.of_producer = made, .carried = edge.positions(made)});
      stages[index(edge.producer)].outputs.push_back(e);
      stages[index(edge.consumer)].inputs.push_back(e);
    }
  }

  struct OwnStage {
    std::vector<std::size_t> inputs, outputs;
    std::int64_t within = 0, inference = 0;  ///< position within its inference, and inference, of the position that starts next
  };
  struct OwnEdge {
    std::int64_t of_producer = 0, carried = 0;  ///< positions of an inference: the producer's, and those of the edge
  };

  [[nodiscard]] std::int64_t total(std::size_t s) const { return static_cast<std::int64_t>(program.stages[s].positions) * inferences; }
  /// An entry of a table of the edge for the position that its consumer starts next.
  [[nodiscard]] std::int64_t entry(std::size_t e, const std::vector<std::int32_t>& table, const OwnStage& consumer) const {
    return consumer.inference * edges[e].carried + table[static_cast<std::size_t>(consumer.within)];
  }
  /// Position of the producer that is position `position` of the edge.
  [[nodiscard]] std::int64_t of_producer(std::size_t e, std::int64_t position) const {
    const auto& edge = program.edges[e];
    if (!edge.carried) return position;
    const OwnEdge& own = edges[e];
    return position / own.carried * own.of_producer + (*edge.carried)[static_cast<std::size_t>(position % own.carried)];
  }
  /// Positions of the edge among the first `made` of its producer.
  [[nodiscard]] std::int64_t among(std::size_t e, std::int64_t made) const {
    const auto& edge = program.edges[e];
    if (!edge.carried) return made;
    const OwnEdge& own = edges[e];
    const auto within = static_cast<std::int32_t>(made % own.of_producer);
    return made / own.of_producer * own.carried + (std::ranges::lower_bound(*edge.carried, within) - edge.carried->begin());
  }
  [[nodiscard]] std::int64_t need(std::size_t e) const { return entry(e, *program.edges[e].needs, stages[index(program.edges[e].consumer)]); }

  /// Sends and computes all possible positions of stage `s`; true if there was one.
  bool advance(std::size_t s) {
    OwnStage& own = stages[s];
    bool moved = false;
    for (bool again = true; again;) {
      again = false;
      std::int64_t oldest = result.started[s];
      for (const std::size_t e : own.outputs) {
        const std::int64_t limit = std::min(among(e, result.started[s]), result.released[e] + program.edges[e].capacity);
        if (result.sent[e] < limit) {
          result.sent[e] = limit;
          moved = true;
        }
        oldest = std::min(oldest, of_producer(e, result.sent[e]));
      }
      if (result.started[s] >= total(s) || result.started[s] - oldest >= slots) continue;
      if (!std::ranges::all_of(own.inputs, [&](std::size_t e) { return result.sent[e] >= entry(e, *program.edges[e].needs, own); })) continue;
      for (const std::size_t e : own.inputs) result.released[e] = entry(e, *program.edges[e].releases, own);
      ++result.started[s];
      if (++own.within == program.stages[s].positions) {
        own.within = 0;
        ++own.inference;
      }
      again = moved = true;
    }
    return moved;
  }

  const Program& program;
  int slots;
  int inferences;
  std::vector<OwnStage> stages;
  std::vector<OwnEdge> edges;
  UntimedExecution result;
};

UntimedRun::UntimedRun(const Program& program, int output_buffer_positions, int inferences)
    : state_(std::make_unique<State>(program, output_buffer_positions, inferences)) {}

UntimedRun::~UntimedRun() = default;

UntimedExecution UntimedRun::go() {
  State& state = *state_;
  const Program& program = state.program;
  std::vector<std::size_t> active(program.stages.size());
  for (std::size_t s = 0; s < active.size(); ++s) active[s] = s;
  std::vector<char> queued(active.size(), 1);
  while (!active.empty()) {
    const std::size_t s = active.back();
    active.pop_back();
    queued[s] = 0;
    if (!state.advance(s)) continue;
    const auto wake = [&](int other) {
      if (!queued[index(other)]) {
        queued[index(other)] = 1;
        active.push_back(index(other));
      }
    };
    for (const std::size_t e : state.stages[s].outputs) wake(program.edges[e].consumer);
    for (const std::size_t e : state.stages[s].inputs) wake(program.edges[e].producer);
  }
  UntimedExecution result = state.result;
  result.finished = true;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    if (result.started[s] < state.total(s)) result.finished = false;
  }
  for (std::size_t e = 0; e < program.edges.size(); ++e) {
    const auto& edge = program.edges[e];
    if (result.sent[e] < state.among(e, result.started[index(edge.producer)])) result.blocked_by_credit.push_back(static_cast<int>(e));
    if (result.started[index(edge.consumer)] < state.total(index(edge.consumer)) && result.sent[e] < state.need(e))
      result.blocked_by_input.push_back(static_cast<int>(e));
  }
  if (!result.blocked_by_credit.empty()) result.finished = false;
  return result;
}

UntimedExecution execute_untimed(const Program& program, int output_buffer_positions, int inferences) {
  return UntimedRun(program, output_buffer_positions, inferences).go();
}

}  // namespace mho::hw
