#include "mapper/placement/phase_cuts.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/dag_shortest_paths.hpp>
#include <limits>
#include <map>
#include <set>

#include "base/index.h"
#include "hw/estimate/stage_cycles.h"

namespace mho::mapper {

namespace {

using base::index;

/// Ranges of stages [begin, end) in which a state is sent back, by begin.
std::map<int, int> recurrences(const hw::Program& program) {
  std::map<int, int> ranges;
  for (const hw::Edge& edge : program.edges) {
    if (!edge.sent_back()) continue;
    int begin = edge.consumer, end = edge.producer + 1;
    for (auto range = ranges.begin(); range != ranges.end();) {
      const bool apart = range->second <= begin || range->first >= end;
      if (apart) {
        ++range;
        continue;
      }
      begin = std::min(begin, range->first);
      end = std::max(end, range->second);
      range = ranges.erase(range);
    }
    ranges[begin] = end;
  }
  return ranges;
}

}  // namespace

PhaseSteps phase_steps(const Lowered& lowered) {
  const hw::Program& program = lowered.program;
  const auto stages = static_cast<int>(program.stages.size());
  std::vector<int> tile_of(index(stages), -1);
  for (std::size_t t = 0; t < lowered.tile_stages.size(); ++t) {
    for (const int stage : lowered.tile_stages[t]) tile_of[index(stage)] = static_cast<int>(t);
  }
  std::vector<std::vector<int>> before(index(stages));
  for (const hw::Edge& edge : program.edges) before[index(edge.consumer)].push_back(edge.producer);
  const std::map<int, int> together = recurrences(program);
  PhaseSteps steps;
  steps.step_of.assign(index(stages), 0);
  for (int begin = 0; begin < stages;) {
    const auto range = together.find(begin);
    const int end = range == together.end() ? begin + 1 : range->second;
    int step = 0;
    std::set<int> tiles;
    for (int stage = begin; stage < end; ++stage) {
      if (tile_of[index(stage)] >= 0) tiles.insert(tile_of[index(stage)]);
      for (const int producer : before[index(stage)]) {
        if (producer < begin) step = std::max(step, steps.step_of[index(producer)]);
      }
    }
    if (!tiles.empty()) {
      step = static_cast<int>(steps.tiles.size());
      steps.tiles.emplace_back(tiles.begin(), tiles.end());
      steps.first_stage.push_back(begin);
    }
    for (int stage = begin; stage < end; ++stage) steps.step_of[index(stage)] = step;
    begin = end;
  }
  for (const hw::Edge& edge : program.edges) {
    if (program.stages[index(edge.producer)].memory) steps.step_of[index(edge.producer)] = steps.step_of[index(edge.consumer)];
  }
  return steps;
}

PhaseCuts filled_cuts(const PhaseSteps& steps, const std::function<std::size_t(int)>& limit) {
  PhaseCuts cuts{0};
  std::set<int> held;
  for (std::size_t step = 0; step < steps.tiles.size(); ++step) {
    std::set<int> with = held;
    with.insert(steps.tiles[step].begin(), steps.tiles[step].end());
    if (with.size() > limit(static_cast<int>(cuts.size()) - 1) && !held.empty()) {
      cuts.push_back(static_cast<int>(step));
      with = {steps.tiles[step].begin(), steps.tiles[step].end()};
    }
    held = std::move(with);
  }
  return cuts;
}

PartTimes::PartTimes(const Lowered& lowered, const PhaseSteps& steps, const hw::ChipParameters& chip, const tiles::TileParameters& tile, int batch)
    : lowered_(lowered),
      steps_(steps),
      batch_(batch),
      stages_(steps.tiles.size()),
      reads_(lowered.program.stages.size()),
      last_reader_(lowered.program.stages.size(), -1) {
  const hw::Program& program = lowered.program;
  const double bits_per_s = chip.port.bits_per_cycle * chip.clock.si() * static_cast<double>(chip.port.nodes.size());
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const hw::Stage& stage = program.stages[s];
    stages_[index(steps.step_of[s])].push_back(static_cast<int>(s));
    const hw::CoreKind kind = stage.kind == hw::Stage::Kind::analog    ? hw::CoreKind::analog
                              : stage.kind == hw::Stage::Kind::digital ? hw::CoreKind::digital
                                                                       : hw::CoreKind::port;
    const auto cycles = static_cast<double>(hw::stage_cycles(program, s, chip, tile).slowest(tile.adc.pipelined));
    busy_s_.push_back(cycles * stage.positions / chip.clock_of(kind).si());
    port_s_.push_back(static_cast<double>(stage.bits_per_position) * stage.positions / bits_per_s);
  }
  for (const hw::Edge& edge : program.edges) {
    if (edge.sent_back()) continue;
    const int positions = edge.positions(program.stages[index(edge.producer)].positions);
    reads_[index(edge.consumer)].push_back({edge.producer, static_cast<double>(edge.needs->front()) / positions});
    int& last = last_reader_[index(edge.producer)];
    last = std::max(last, steps.step_of[index(edge.consumer)]);
  }
  const tiles::TileParameters& written = program.settings.front();
  for (const std::vector<int>& of_tile : lowered.tile_stages) {
    const hw::MvmWork& work = *program.stages[index(of_tile.front())].mvm;
    write_s_.push_back(tiles::row_programming_time(written, work.outputs).si() * work.inputs);
    weights_s_.push_back(static_cast<double>(work.inputs) * work.outputs * written.programming.weight_bits / bits_per_s);
  }
}

std::vector<double> PartTimes::from(int begin, std::size_t tiles) const {
  std::vector<double> times;
  std::set<int> held;
  std::vector<char> inside(busy_s_.size()), read(busy_s_.size());
  std::vector<double> starts(busy_s_.size()), ends(busy_s_.size());
  std::vector<double> leaves(steps_.tiles.size() + 1);  // by step: time of the outputs whose last reader is in this step
  double written = 0, weights = 0, busiest = 0, end = 0, in = 0, out = 0;
  for (std::size_t step = index(begin); step < steps_.tiles.size(); ++step) {
    for (const int tile : steps_.tiles[step]) {
      if (!held.insert(tile).second) continue;
      written = std::max(written, write_s_[index(tile)]);
      weights += weights_s_[index(tile)];
    }
    if (held.size() > tiles && !times.empty()) break;
    for (const int stage : stages_[step]) {
      const std::size_t s = index(stage);
      inside[s] = 1;
      double last_before = 0;
      for (const Reads& reads : reads_[s]) {
        const std::size_t p = index(reads.producer);
        if (inside[p] == 0 && read[p] == 0) {
          read[p] = 1;
          in += port_s_[p];
          ends[p] = port_s_[p];
        }
        starts[s] = std::max(starts[s], starts[p] + reads.first_share * (inside[p] != 0 ? busy_s_[p] : port_s_[p]));
        last_before = std::max(last_before, ends[p]);
      }
      ends[s] = std::max(starts[s] + busy_s_[s], last_before + busy_s_[s] / std::max(1, lowered_.program.stages[s].positions));
      end = std::max(end, ends[s]);
      busiest = std::max(busiest, busy_s_[s]);
      const bool source = lowered_.program.stages[s].kind == hw::Stage::Kind::source;
      if (source) in += port_s_[s];
      if (!source && last_reader_[s] >= 0) {
        out += port_s_[s];
        leaves[index(last_reader_[s])] += port_s_[s];
      }
    }
    out -= leaves[step];
    times.push_back(std::max(written, weights) + end + (batch_ - 1) * std::max({busiest, in, out}));
  }
  return times;
}

namespace {

/// Numbers the vertices: place `at` between steps (of `places`), after `parts` parts.
struct Layers {
  std::size_t places = 0;
  [[nodiscard]] std::size_t vertex(std::size_t parts, std::size_t at) const { return parts * places + at; }
};

}  // namespace

PhaseCuts fastest_cuts(const std::vector<std::vector<double>>& times, std::size_t most_parts) {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, boost::property<boost::edge_weight_t, double>>;
  // With as many parts as steps, their number is not limited: then one layer of vertices suffices.
  const bool counted = most_parts < times.size();
  const Layers layers{times.size() + 1};
  const std::size_t steps = counted ? most_parts : 1;
  Graph graph(layers.vertex(counted ? most_parts : 0, 0) + layers.places);
  for (std::size_t parts = 0; parts < steps; ++parts) {
    for (std::size_t begin = 0; begin < times.size(); ++begin) {
      for (std::size_t more = 0; more < times[begin].size(); ++more) {
        if (times[begin][more] == no_part) continue;
        boost::add_edge(layers.vertex(parts, begin), layers.vertex(counted ? parts + 1 : 0, begin + more + 1), times[begin][more], graph);
      }
    }
  }
  std::vector<std::size_t> before(boost::num_vertices(graph));
  std::vector<double> distance(boost::num_vertices(graph));
  boost::dag_shortest_paths(graph, 0, boost::predecessor_map(before.data()).distance_map(distance.data()));
  std::size_t best = layers.vertex(counted ? 1 : 0, times.size());
  for (std::size_t parts = 2; counted && parts <= most_parts; ++parts) {
    if (distance[layers.vertex(parts, times.size())] < distance[best]) best = layers.vertex(parts, times.size());
  }
  PhaseCuts cuts;
  for (std::size_t at = best; at != 0; at = before[at]) {
    if (before[at] == at) return {};  // no path leads to this vertex
    cuts.insert(cuts.begin(), static_cast<int>(before[at] % layers.places));
  }
  return cuts;
}

}  // namespace mho::mapper
