#include "mapper/decoding.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "mapper/geometry.h"

namespace mho::mapper {

namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw base::UserError("this network cannot be decoded token by token: " + why + "; --mode prefill runs the whole sequence at once");
}

bool is_one_to_one(const hw::Edge& edge) {
  for (std::size_t k = 0; k < edge.needs->size(); ++k) {
    if ((*edge.needs)[k] != static_cast<std::int32_t>(k) + 1) return false;
  }
  return true;
}

/// How a stage of a sequence becomes one of a token: fewer positions, or as many with fewer elements.
enum class Cut { positions, elements };

Cut cut_of(const hw::Stage& stage, int tokens) {
  if (stage.positions % tokens == 0) return Cut::positions;
  if (!stage.mvm && stage.bits_per_position % tokens == 0) return Cut::elements;
  refuse(fmt::format("stage '{}' makes {} position{} of {} bits for {} tokens", stage.name, stage.positions, stage.positions == 1 ? "" : "s",
                     stage.bits_per_position, tokens));
}

}  // namespace

int tokens_of(const workloads::Network& network) {
  const workloads::Shape& in = network.values[static_cast<std::size_t>(network.input)].shape;
  if (in.size() != 2 && in.size() != 3) return 1;
  return static_cast<int>(in[0] == 1 ? in[1] : in[0]);
}

void decode_one_token(hw::Program& program, int tokens) {
  if (tokens < 2) refuse("its input is no sequence of tokens");
  std::vector<Cut> cuts;
  std::vector<int> before;
  for (hw::Stage& stage : program.stages) {
    const Cut cut = cut_of(stage, tokens);
    if (cut == Cut::elements && stage.kind == hw::Stage::Kind::sink) {
      refuse(fmt::format("'{}' is one result for the whole sequence", stage.name));
    }
    cuts.push_back(cut);
    before.push_back(stage.positions);
    if (cut == Cut::positions) {
      stage.positions /= tokens;
      continue;
    }
    stage.bits_per_position /= tokens;
    stage.operand_bits = (stage.operand_bits + tokens - 1) / tokens;
    for (hw::ElementWork& work : stage.elements) work.operations = (work.operations + tokens - 1) / tokens;
  }
  for (hw::Edge& edge : program.edges) {
    const auto producer = static_cast<std::size_t>(edge.producer), consumer = static_cast<std::size_t>(edge.consumer);
    if (edge.needs->front() == 0) refuse(fmt::format("'{}' keeps a state of its own", program.stages[consumer].name));
    const bool in_step = is_one_to_one(edge) && before[producer] == before[consumer] && cuts[producer] == cuts[consumer];
    const int made = program.stages[producer].positions, read = program.stages[consumer].positions;
    const Flow flow = in_step ? one_to_one(made) : all_at_once(made, read);
    // A buffer that held the whole sequence does so still.
    edge.capacity = std::max(edge.capacity, widest_window(flow));
    edge.needs = flow.needs;
    edge.releases = flow.releases;
    if (cuts[producer] == Cut::elements) edge.bits_per_position = (edge.bits_per_position + tokens - 1) / tokens;
  }
}

}  // namespace mho::mapper
