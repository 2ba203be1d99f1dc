#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

using Table = std::shared_ptr<const std::vector<std::int32_t>>;

/// needs or releases of a consumer that takes one producer position after the other.
inline Table one_by_one(int positions) {
  auto table = std::make_shared<std::vector<std::int32_t>>();
  for (int k = 1; k <= positions; ++k) table->push_back(k);
  return table;
}

/// A 4 x 2 mesh of 1 GHz: node 0 the port, node 4 digital, the others analog; ample buffers.
inline ChipParameters small_chip() {
  ChipParameters chip;
  chip.mesh_width = 4;
  chip.mesh_height = 2;
  chip.digital_cores = 1;
  chip.clock = base::Frequency(1e9);
  chip.input_buffer_bytes = 1 << 20;
  chip.digital_buffer_bytes = 1 << 20;
  chip.output_buffer_positions = 2;
  return chip;
}

/// Settling 3, integration 7 (7 levels of 1 ns in 4 bits), conversion 4 x 5, scaling 8 lanes; all in cycles of 1 ns.
inline tiles::TileParameters small_tile() {
  tiles::TileParameters tile;
  tile.rows = tile.columns = 32;
  tile.dac.bits = 4;
  tile.dac.settling = base::Duration(3e-9);
  tile.dac.latched = true;
  tile.dac.time_per_level = base::Duration(1e-9);
  tile.adc.mux = 4;
  tile.adc.conversion_time = base::Duration(5e-9);
  tile.scale.lanes = 8;
  tile.digital.lanes = 4;
  tile.digital.pipeline_depth = 2;
  return tile;
}

/// Builds programs stage by stage. Sizes: 32 values of 8 bits a position (256 bits, 4 flits and a header).
struct Builder {
  static constexpr std::int64_t bits = 256;
  Program program;

  int add(Stage::Kind kind, const std::string& name, int core, int positions) {
    Stage stage;
    stage.kind = kind;
    stage.name = name;
    stage.core = core;
    stage.positions = positions;
    stage.bits_per_position = bits;
    if (kind == Stage::Kind::analog)
      stage.mvm = MvmWork{.tile = core, .inputs = 32, .outputs = 32, .conductance_sum_siemens = 1e-3, .mean_drive = 0.3, .activation_bits = 8};
    program.stages.push_back(stage);
    return static_cast<int>(program.stages.size()) - 1;
  }
  int source(int positions) { return add(Stage::Kind::source, "source", 0, positions); }
  int sink(int positions) { return add(Stage::Kind::sink, "sink", 0, positions); }
  int analog(const std::string& name, int core, int positions) { return add(Stage::Kind::analog, name, core, positions); }
  int digital(const std::string& name, int core, int positions, std::int64_t operations) {
    const int stage = add(Stage::Kind::digital, name, core, positions);
    program.stages[static_cast<std::size_t>(stage)].elements.push_back({"add", operations});
    return stage;
  }
  Edge& edge(int producer, int consumer, int capacity) {
    Edge edge;
    edge.producer = producer;
    edge.consumer = consumer;
    edge.bits_per_position = bits;
    edge.capacity = capacity;
    edge.needs = edge.releases = one_by_one(program.stages[static_cast<std::size_t>(consumer)].positions);
    program.edges.push_back(edge);
    return program.edges.back();
  }
};

/// source -> two tiles of the analog core on node 1 -> sink, the tiles one after the other or side by side.
inline Program two_tiles_on_a_core(int positions, bool in_a_row) {
  Builder b;
  const int source = b.source(positions);
  const int first = b.analog("first", 1, positions);
  const int second = b.analog("second", 1, positions);
  b.program.stages[static_cast<std::size_t>(second)].mvm->tile = 7;
  const int sink = b.sink(positions);
  b.edge(source, first, 4);
  if (in_a_row) {
    b.edge(first, second, 4);
  } else {
    b.edge(source, second, 4);
    b.edge(first, sink, 4);
  }
  b.edge(second, sink, 4);
  return b.program;
}

/// source -> two stages of the digital core on node 4, 2 + 8 and 2 + 16 cycles a position -> sink.
inline Program two_stages_on_a_digital_core(int positions) {
  Builder b;
  const int source = b.source(positions);
  const int first = b.digital("first", 4, positions, 32);
  const int second = b.digital("second", 4, positions, 61);
  const int sink = b.sink(positions);
  b.edge(source, first, 4);
  b.edge(first, second, 4);
  b.edge(second, sink, 4);
  return b.program;
}

/// source -> tiles on nodes 3, 5 and 7, all of which read the same positions -> join on the digital core -> sink.
inline Program one_to_three(int positions, int content) {
  Builder b;
  const int source = b.source(positions);
  std::vector<int> layers;
  for (const int core : {3, 5, 7}) layers.push_back(b.analog("layer" + std::to_string(core), core, positions));
  const int join = b.digital("join", 4, positions, 32);
  const int sink = b.sink(positions);
  for (const int layer : layers) b.edge(source, layer, 4).content = content;
  for (const int layer : layers) b.edge(layer, join, 4);
  b.edge(join, sink, 4);
  return b.program;
}

/// source -> one analog stage on node 1 -> sink.
inline Program single_stage(int positions, int capacity = 4) {
  Builder b;
  const int source = b.source(positions);
  const int layer = b.analog("layer", 1, positions);
  const int sink = b.sink(positions);
  b.edge(source, layer, capacity);
  b.edge(layer, sink, capacity);
  return b.program;
}

/// source -> head -> (long: `depth` analog stages | short: direct) -> join on the digital core -> sink; the short branch holds `capacity`.
inline Program residual(int positions, int depth, int capacity) {
  Builder b;
  const int source = b.source(positions);
  const int head = b.analog("head", 1, positions);
  int last = head;
  b.edge(source, head, 2);
  // Each stage of the long branch needs a window of three positions of the one before it.
  auto needs = std::make_shared<std::vector<std::int32_t>>();
  auto releases = std::make_shared<std::vector<std::int32_t>>();
  for (int k = 0; k < positions; ++k) {
    needs->push_back(std::min(positions, k + 3));
    releases->push_back(k + 1);
  }
  const std::vector<int> nodes{2, 3, 5, 6, 7};
  for (int i = 0; i < depth; ++i) {
    const int next = b.analog("deep " + std::to_string(i), nodes[static_cast<std::size_t>(i)], positions);
    Edge& edge = b.edge(last, next, 3);
    edge.needs = needs;
    edge.releases = releases;
    last = next;
  }
  const int join = b.digital("join", 4, positions, 32);
  b.edge(last, join, 1);
  b.edge(head, join, capacity);
  const int sink = b.sink(positions);
  b.edge(join, sink, 2);
  return b.program;
}

}  // namespace mho::hw
