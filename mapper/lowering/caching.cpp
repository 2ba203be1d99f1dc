#include "mapper/lowering/caching.h"

#include <algorithm>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "base/index.h"
#include "mapper/lowering/geometry.h"

namespace mho::mapper {

namespace {

using base::index;

hw::Stage cache_stage(hw::Stage::Kind kind, std::string name, int positions, std::int64_t bits) {
  hw::Stage stage = memory_stage(kind, std::move(name), positions, bits);
  stage.cache = true;
  return stage;
}

/// `rows` in their order, in `parts` blocks of sizes as equal as possible. Each block is released when the next begins.
AccessSchedule in_blocks(int rows, int parts) {
  auto ends = std::make_shared<std::vector<std::int32_t>>();
  for (std::int64_t part = 1; part <= parts; ++part) ends->push_back(static_cast<std::int32_t>(base::groups_of(part * rows, parts)));
  return {ends, ends};
}

/// Divides the work of a stage for one token into `parts` positions instead of its own positions.
void divide(hw::Program& program, int stage, int parts) {
  hw::Stage& own = program.stages[index(stage)];
  const std::int64_t before = own.positions;
  const auto share = [&](std::int64_t of_a_position) { return base::groups_of(of_a_position * before, parts); };
  own.positions = parts;
  own.bits_per_position = share(own.bits_per_position);
  own.operand_bits = share(own.operand_bits);
  for (hw::ElementWork& work : own.elements) work.operations = share(work.operations);
  for (hw::Edge& edge : program.edges) {
    if (edge.producer != stage && edge.consumer != stage) continue;
    set_schedule(edge, all_at_once(program.stages[index(edge.producer)].positions, program.stages[index(edge.consumer)].positions));
    if (edge.producer == stage) edge.bits_per_position = share(edge.bits_per_position);
  }
}

}  // namespace

void write_caches(Lowered& lowered, const Attention& attention) {
  hw::Program& program = lowered.program;
  std::set<std::tuple<int, int, std::int64_t>> written;
  for (const ActivationProduct& product : attention.products) {
    for (const int cached : product.cached) {
      const hw::Edge read = program.edges[index(cached)];
      if (!written.emplace(read.producer, read.content, read.bits_per_position).second) continue;
      const int positions = program.stages[index(read.producer)].positions;
      EdgeLoad load = lowered.dataflow->edges[index(cached)];
      const int values = load.channel_end - load.channel_begin;
      load = {.input = 0, .from = load.from, .channel_begin = 0, .channel_end = values};
      const int sink = add_stage(
          lowered,
          cache_stage(hw::Stage::Kind::sink, program.stages[index(product.stage)].name + " cache written", positions, read.bits_per_position),
          {.kind = StageOperation::Kind::stored, .own_values = values, .inputs = {{nullptr, values}}});
      hw::Edge edge = read;
      edge.consumer = sink;
      set_schedule(edge, one_to_one(positions));
      add_edge(lowered, std::move(edge), load);
    }
  }
}

void read_caches(Lowered& lowered, const Attention& attention, int rows, std::int64_t block_bits) {
  hw::Program& program = lowered.program;
  for (const ActivationProduct& product : attention.products) {
    std::int64_t row_bits = 0;
    for (const int cached : product.cached) {
      const hw::Edge& edge = program.edges[index(cached)];
      row_bits += edge.bits_per_position * program.stages[index(edge.producer)].positions;
    }
    if (row_bits == 0) continue;
    const std::int64_t block = std::max<std::int64_t>(block_bits / row_bits, 1);
    const auto parts = static_cast<int>(std::max<std::int64_t>(base::groups_of(rows, block), 1));
    divide(program, product.stage, parts);
    if (rows < 1) continue;
    hw::Edge edge;
    edge.producer =
        add_stage(lowered, cache_stage(hw::Stage::Kind::source, program.stages[index(product.stage)].name + " cache read", rows, row_bits),
                  {.kind = StageOperation::Kind::weights});
    edge.consumer = product.stage;
    edge.bits_per_position = row_bits;
    set_schedule(edge, in_blocks(rows, parts));
    edge.capacity *= 2;  // one block arrives while another is read
    add_edge(lowered, std::move(edge), {});
  }
}

}  // namespace mho::mapper
