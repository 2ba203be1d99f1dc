#include "mapper/lowering/decoding.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/index.h"
#include "mapper/lowering/caching.h"
#include "mapper/lowering/geometry.h"
#include "mapper/lowering/operations.h"
#include "workloads/graph/operator.h"

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

/// How a stage of a sequence is reduced to one token: fewer positions, or the same positions with fewer elements.
enum class Cut { positions, elements };

Cut cut_of(const hw::Stage& stage, int tokens) {
  if (stage.positions % tokens == 0) return Cut::positions;
  if (!stage.mvm && stage.bits_per_position % tokens == 0) return Cut::elements;
  if (stage.positions == 1) {
    refuse(
        fmt::format("stage '{}' makes 1 position of {} bits for {} tokens, so the network works for one of them alone. Export it with the scores of "
                    "every token (examples/large_networks/write_network.py does with --all-tokens)",
                    stage.name, stage.bits_per_position, tokens));
  }
  refuse(fmt::format("stage '{}' makes {} position{} of {} bits for {} tokens", stage.name, stage.positions, stage.positions == 1 ? "" : "s",
                     stage.bits_per_position, tokens));
}

/// Reduces stages and edges with a value for each of `tokens` tokens to `context` tokens, with their work and traffic.
void see_fewer_tokens(hw::Program& program, const Attention& attention, const workloads::Network& network, int tokens, int context) {
  const auto share = [&](std::int64_t of_all) { return base::groups_of(of_all * context, tokens); };
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    hw::Stage& stage = program.stages[s];
    if (attention.from_tokens[s] && stage.mvm) {
      throw base::UserError(
          fmt::format("stage '{}' of network {} has weights for each of the {} tokens of its sequence: a token cannot see {} of them; "
                      "leave --tokens out",
                      stage.name, network.name, tokens, context));
    }
    if (attention.from_tokens[s] && !stage.elements.empty()) stage.elements.front().operations = share(stage.elements.front().operations);
    if (!attention.over_tokens[s]) continue;
    stage.bits_per_position = share(stage.bits_per_position);
    for (hw::ElementWork& work : stage.elements) work.operations = share(work.operations);
  }
  for (hw::Edge& edge : program.edges) {
    if (attention.over_tokens[static_cast<std::size_t>(edge.producer)]) edge.bits_per_position = share(edge.bits_per_position);
  }
  for (const ActivationProduct& product : attention.products) {
    hw::Stage& stage = program.stages[static_cast<std::size_t>(product.stage)];
    // A row of scores reads one row of the first operand and one row for each token. A sum over tokens reads a part of both for each token.
    stage.operand_bits = product.over_tokens ? base::groups_of(stage.operand_bits * (context + 1), tokens + 1) : share(stage.operand_bits);
    if (!product.over_tokens) stage.elements.front().operations = share(stage.elements.front().operations);
  }
}

/// Whether trained weights multiply the elements of the network's input as features, directly or after a change of shape. A matrix with one input
/// multiplies each element separately, as a token.
bool reads_features(const workloads::Network& network) {
  std::vector<char> same(network.values.size(), 0);
  same[base::index(network.input)] = 1;
  for (const workloads::Node& node : network.nodes) {
    if (node.inputs.empty() || same[base::index(node.inputs.front())] == 0) continue;
    const workloads::Shape& in = network.values[base::index(node.inputs.front())].shape;
    if (node.on_tiles() && in.back() > 1) return true;
    if (!node.on_tiles() && (node.op->view || is_unary(network, node))) same[base::index(node.output)] = 1;
  }
  return false;
}

/// Whether a constant of shape [..., tokens, tokens] is a causal mask: its numbers for later tokens differ from those for earlier tokens.
bool hides_later_tokens(const workloads::ValueInfo& value, int tokens) {
  const std::size_t rank = value.shape.size();
  if (!value.constant || rank < 2 || value.shape[rank - 1] != tokens || value.shape[rank - 2] != tokens) return false;
  const std::vector<float> read = value.reader ? value.reader() : std::vector<float>();
  const std::span<const float> data = value.reader ? std::span<const float>(read) : std::span<const float>(value.data);
  constexpr float hidden = -1e3F;
  const auto size = static_cast<std::size_t>(tokens);
  bool equal = true, far = true;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool later = i % size > i / size % size;
    equal = equal && data[i] == data[later ? 1 : 0];
    far = far && (data[i] <= hidden) == later;
  }
  return far || (equal && data[0] != data[1]);
}

}  // namespace

void check_tokens(const workloads::Network& network, std::string_view mode) {
  if (tokens_of(network) >= 2) return;
  throw base::UserError(fmt::format(
      "--mode {}: the input of network {} is no sequence of tokens; leave --mode out. Sequences are [batch, tokens] of whole numbers that pick "
      "rows of a table, or [batch, tokens, features]; here it is {}{}",
      mode, network.name, workloads::shape_text(network.values[base::index(network.input)].shape),
      reads_features(network) ? ", which trained weights meet as features" : ""));
}

bool may_see_later_tokens(const workloads::Network& network, int tokens) {
  bool attends = false;
  for (const workloads::Node& node : network.nodes) {
    attends = attends || multiplies_activations(network, node);
    if (node.operation == "Trilu") return false;
    for (const int input : node.inputs) {
      if (hides_later_tokens(network.values[base::index(input)], tokens)) return false;
    }
  }
  return attends;
}

int tokens_of(const workloads::Network& network) {
  const workloads::Shape& in = network.values[static_cast<std::size_t>(network.input)].shape;
  if ((in.size() != 2 && in.size() != 3) || (in.size() == 2 && reads_features(network))) return 1;
  return static_cast<int>(in[0] == 1 ? in[1] : in[0]);
}

void decode_one_token(Lowered& lowered, const workloads::Network& network, const Decoding& decoding) {
  const int tokens = decoding.tokens;
  check_tokens(network, "decode");
  if (decoding.context < 1 || decoding.context > tokens) {
    throw base::UserError(fmt::format("--tokens {}: network {} reads a sequence of {} tokens, so one of them sees 1 to {}", decoding.context,
                                      network.name, tokens, tokens),
                          base::ExitCode::usage);
  }
  const Attention attention = find_attention(network, lowered, tokens);
  hw::Program& program = lowered.program;
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
    stage.operand_bits = base::groups_of(stage.operand_bits, tokens);
    for (hw::ElementWork& work : stage.elements) work.operations = base::groups_of(work.operations, tokens);
  }
  for (hw::Edge& edge : program.edges) {
    const auto producer = static_cast<std::size_t>(edge.producer), consumer = static_cast<std::size_t>(edge.consumer);
    if (edge.needs->front() == 0) refuse(fmt::format("'{}' keeps a state of its own", program.stages[consumer].name));
    const bool in_step = is_one_to_one(edge) && before[producer] == before[consumer] && cuts[producer] == cuts[consumer];
    const int made = program.stages[producer].positions, read = program.stages[consumer].positions;
    const AccessSchedule schedule = in_step ? one_to_one(made) : all_at_once(made, read);
    // A buffer that held the whole sequence keeps its capacity.
    const int capacity = edge.capacity;
    set_schedule(edge, schedule);
    edge.capacity = std::max(edge.capacity, capacity);
    if (cuts[producer] == Cut::elements) edge.bits_per_position = base::groups_of(edge.bits_per_position, tokens);
  }
  if (decoding.context < tokens) see_fewer_tokens(program, attention, network, tokens, decoding.context);
  if (!decoding.in_memory) return;
  write_caches(lowered, attention);
  read_caches(lowered, attention, decoding.context - 1, decoding.block_bits);
}

}  // namespace mho::mapper
