#include "hw/program/untimed_execution.h"

#include <algorithm>

#include "base/index.h"

namespace mho::hw {
namespace {

using base::index;

class UntimedRun {
 public:
  UntimedRun(const Program& program, int slots, int inferences)
      : program_(program), slots_(slots), inferences_(inferences), inputs_(program.stages.size()), outputs_(program.stages.size()) {
    result_.started.resize(program.stages.size());
    result_.sent.resize(program.edges.size());
    result_.released.resize(program.edges.size());
    for (std::size_t e = 0; e < program.edges.size(); ++e) {
      carried_.push_back(program.edges[e].positions(program.stages[index(program.edges[e].producer)].positions));
      outputs_[index(program.edges[e].producer)].push_back(e);
      inputs_[index(program.edges[e].consumer)].push_back(e);
    }
  }

  UntimedExecution finish() {
    std::vector<std::size_t> active(program_.stages.size());
    for (std::size_t s = 0; s < active.size(); ++s) active[s] = s;
    std::vector<char> queued(active.size(), 1);
    while (!active.empty()) {
      const std::size_t s = active.back();
      active.pop_back();
      queued[s] = 0;
      if (!advance(s)) continue;
      const auto wake = [&](int other) {
        if (!queued[index(other)]) {
          queued[index(other)] = 1;
          active.push_back(index(other));
        }
      };
      for (std::size_t e : outputs_[s]) wake(program_.edges[e].consumer);
      for (std::size_t e : inputs_[s]) wake(program_.edges[e].producer);
    }
    result_.finished = true;
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      if (result_.started[s] < total(s)) result_.finished = false;
    }
    for (std::size_t e = 0; e < program_.edges.size(); ++e) {
      const auto& edge = program_.edges[e];
      const std::size_t producer = index(edge.producer);
      const std::size_t consumer = index(edge.consumer);
      if (result_.sent[e] < among(e, result_.started[producer])) result_.blocked_by_credit.push_back(static_cast<int>(e));
      if (result_.started[consumer] < total(consumer) && result_.sent[e] < need(e)) result_.blocked_by_input.push_back(static_cast<int>(e));
    }
    if (!result_.blocked_by_credit.empty()) result_.finished = false;
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::int64_t total(std::size_t s) const { return static_cast<std::int64_t>(program_.stages[s].positions) * inferences_; }

  [[nodiscard]] std::int64_t absolute(std::size_t e, const std::vector<std::int32_t>& table, std::int64_t k) const {
    const auto& edge = program_.edges[e];
    const std::int64_t positions = program_.stages[index(edge.consumer)].positions;
    return k / positions * carried_[e] + table[static_cast<std::size_t>(k % positions)];
  }
  /// Position of the producer that is position `position` of the edge.
  [[nodiscard]] std::int64_t of_producer(std::size_t e, std::int64_t position) const {
    const auto& edge = program_.edges[e];
    if (!edge.carried) return position;
    return position / carried_[e] * program_.stages[index(edge.producer)].positions +
           (*edge.carried)[static_cast<std::size_t>(position % carried_[e])];
  }
  /// Positions of the edge among the first `made` of its producer.
  [[nodiscard]] std::int64_t among(std::size_t e, std::int64_t made) const {
    const auto& edge = program_.edges[e];
    if (!edge.carried) return made;
    const std::int64_t positions = program_.stages[index(edge.producer)].positions;
    const auto within = static_cast<std::int32_t>(made % positions);
    return made / positions * carried_[e] + (std::ranges::lower_bound(*edge.carried, within) - edge.carried->begin());
  }
  [[nodiscard]] std::int64_t need(std::size_t e) const {
    return absolute(e, *program_.edges[e].needs, result_.started[index(program_.edges[e].consumer)]);
  }

  /// Sends and computes all that stage `s` can; true if anything moved.
  bool advance(std::size_t s) {
    bool moved = false;
    for (bool again = true; again;) {
      again = false;
      std::int64_t oldest = result_.started[s];
      for (std::size_t e : outputs_[s]) {
        const std::int64_t limit = std::min(among(e, result_.started[s]), result_.released[e] + program_.edges[e].capacity);
        if (result_.sent[e] < limit) {
          result_.sent[e] = limit;
          moved = true;
        }
        oldest = std::min(oldest, of_producer(e, result_.sent[e]));
      }
      const bool room = result_.started[s] - oldest < slots_;
      const bool ready = std::all_of(inputs_[s].begin(), inputs_[s].end(), [&](std::size_t e) { return result_.sent[e] >= need(e); });
      if (result_.started[s] < total(s) && room && ready) {
        for (std::size_t e : inputs_[s]) result_.released[e] = absolute(e, *program_.edges[e].releases, result_.started[s]);
        ++result_.started[s];
        again = moved = true;
      }
    }
    return moved;
  }

  const Program& program_;
  int slots_;
  int inferences_;
  std::vector<std::vector<std::size_t>> inputs_;
  std::vector<std::vector<std::size_t>> outputs_;
  std::vector<std::int64_t> carried_;  ///< by edge: its positions of an inference
  UntimedExecution result_;
};

}  // namespace

UntimedExecution execute_untimed(const Program& program, int output_buffer_positions, int inferences) {
  return UntimedRun(program, output_buffer_positions, inferences).finish();
}

}  // namespace mho::hw
