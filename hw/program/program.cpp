#include "hw/program/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "hw/program/chip_links.h"
#include "hw/program/phases.h"
#include "hw/program/shared_tiles.h"
#include "hw/program/untimed_execution.h"
#include "hw/spec/parameters.h"
#include "hw/spec/topology.h"

namespace mho::hw {
namespace {

using base::ExitCode;
using base::UserError;

std::string_view name_of(CoreKind kind) {
  switch (kind) {
    case CoreKind::port:
      return "port";
    case CoreKind::analog:
      return "analog core";
    case CoreKind::digital:
      return "digital core";
  }
  return "";
}

CoreKind core_for(Stage::Kind kind) {
  switch (kind) {
    case Stage::Kind::analog:
    case Stage::Kind::programming:
      return CoreKind::analog;
    case Stage::Kind::digital:
      return CoreKind::digital;
    case Stage::Kind::source:
    case Stage::Kind::sink:
      break;
  }
  return CoreKind::port;
}

/// Checks a program. Every rule throws an error with the names of the stages or edges.
class Check {
 public:
  Check(const Program& program, const ChipParameters& chip) : program_(program), chip_(chip) {}

  /// Checks a program without phases, or one phase.
  void run() {
    for (std::size_t s = 0; s < program_.stages.size(); ++s) stage(s);
    verify_tiles(program_, chip_);
    for (const Edge& edge : program_.edges) this->edge(edge);
    ends();
    order();
    buffers();
    chip_links();
    joins();
  }
  /// Checks that all phases together have sources in one phase and exactly one sink, besides those of the memory.
  void whole() const {
    int sources = 0, sinks = 0, phase = -1;
    bool together = true;
    for (const Stage& stage : program_.stages) {
      if (stage.kind == Stage::Kind::source && !stage.memory) {
        together = together && (sources == 0 || stage.phase == phase);
        phase = stage.phase;
        ++sources;
      }
      sinks += stage.kind == Stage::Kind::sink && !stage.memory ? 1 : 0;
    }
    if (sources < 1 || sinks != 1 || !together) {
      refuse(
          fmt::format("it has {} sources and {} sinks; besides those of the memory it must have one sink, and sources in one phase", sources, sinks));
    }
  }
  void phases() const {
    const int count = phase_count(program_);
    if (program_.batch < 1) refuse(fmt::format("its batch is of {} inferences; it must be at least 1", program_.batch));
    for (const Stage& stage : program_.stages) {
      if (stage.phase < 0 || stage.phase >= count)
        refuse(fmt::format("stage '{}' belongs to phase {}, there are {}", stage.name, stage.phase, count));
    }
    for (const Edge& edge : program_.edges) {
      check_ends(edge);
      if (at(edge.producer).phase == at(edge.consumer).phase) continue;
      refuse(fmt::format("{} leads from phase {} to {}; what crosses phases goes through the memory behind a port", text(edge),
                         at(edge.producer).phase, at(edge.consumer).phase));
    }
  }
  /// Checks that phases with programming do nothing else, and that the phase before programs the tile of every stage that computes on one.
  void programmed() const {
    std::map<std::pair<int, int>, std::pair<int, int>> tile_in;  // by core and logical tile: the phase that wrote it last, and its rows
    std::vector<const Stage*> stages;
    for (const Stage& stage : program_.stages) stages.push_back(&stage);
    std::ranges::stable_sort(stages, {}, &Stage::phase);
    for (const Stage* stage : stages) {
      const Phase& phase = program_.phases[static_cast<std::size_t>(stage->phase)];
      const bool programs = stage->kind == Stage::Kind::programming || (stage->kind == Stage::Kind::source && stage->memory);
      if (phase.programs ? !programs : stage->kind == Stage::Kind::programming) {
        refuse(fmt::format("stage '{}' is in phase '{}', which {}", stage->name, phase.name, phase.programs ? "programs alone" : "does not program"));
      }
      if (stage->write) tile_in[{stage->core, stage->write->tile}] = {stage->phase, stage->write->rows};
      if (!stage->mvm) continue;
      const auto found = tile_in.find({stage->core, stage->mvm->tile});
      if (found == tile_in.end() || found->second.first != stage->phase - 1 || found->second.second != stage->mvm->inputs) {
        refuse(fmt::format("stage '{}' computes on tile {} of core {}, which the phase before does not program for it", stage->name, stage->mvm->tile,
                           stage->core));
      }
    }
  }

 private:
  [[noreturn]] static void refuse(const std::string& what, ExitCode code = ExitCode::failed_check) {
    throw UserError("this program cannot run on the chip: " + what, code);
  }
  [[nodiscard]] const Stage& at(int stage) const { return program_.stages[static_cast<std::size_t>(stage)]; }
  /// The layer of a stage and advice, for messages: the user knows layers, not stages.
  [[nodiscard]] std::string of_layer(const Stage& stage) const {
    if (stage.layer < 0 || stage.layer >= static_cast<int>(program_.layers.size())) return "";
    const Layer& layer = program_.layers[static_cast<std::size_t>(stage.layer)];
    return fmt::format(
        "; it is part of layer '{}' ({}), which cannot be mapped where it stands: leave it out of the exported network, or report the network",
        layer.name, layer.operation);
  }
  [[nodiscard]] std::string text(const Edge& edge) const { return "edge " + edge_text(program_, edge); }

  void stage(std::size_t index) {
    const Stage& stage = program_.stages[index];
    if (stage.core < 0 || stage.core >= chip_.nodes()) {
      refuse(fmt::format("stage '{}' is placed on node {}, but the mesh of {} x {} has nodes 0 to {}; enlarge chip.mesh.width or chip.mesh.height",
                         stage.name, stage.core, chip_.mesh_width, chip_.mesh_height, chip_.nodes() - 1),
             ExitCode::does_not_fit);
    }
    const CoreKind wanted = core_for(stage.kind);
    if (chip_.kind(stage.core) != wanted) {
      refuse(fmt::format("stage '{}' needs {} {}, node {} is {} {}", stage.name, wanted == CoreKind::analog ? "an" : "a", name_of(wanted), stage.core,
                         chip_.kind(stage.core) == CoreKind::analog ? "an" : "a", name_of(chip_.kind(stage.core))));
    }
    if (stage.write.has_value() != (stage.kind == Stage::Kind::programming)) {
      refuse(fmt::format("stage '{}' {}", stage.name, stage.write ? "has a tile to program but is of another kind" : "programs, but has no tile"));
    }
    if (stage.write && (stage.write->outputs < 1 || stage.write->rows != stage.positions)) {
      refuse(fmt::format("stage '{}' programs {} rows of {} weights in {} positions; each must be at least 1, and a position is a row", stage.name,
                         stage.write->rows, stage.write->outputs, stage.positions));
    }
    if (stage.mvm.has_value() != (stage.kind == Stage::Kind::analog)) {
      refuse(fmt::format("stage '{}' {}", stage.name, stage.mvm ? "has a tile but is not analog" : "is analog but has no tile"));
    }
    if (stage.mvm && (stage.mvm->inputs < 1 || stage.mvm->outputs < 1 || stage.mvm->activation_bits < 1)) {
      refuse(fmt::format("stage '{}' drives {} rows and converts {} columns of {}-bit inputs; each must be at least 1", stage.name, stage.mvm->inputs,
                         stage.mvm->outputs, stage.mvm->activation_bits));
    }
    if (stage.mvm && stage.mvm->settings != 0 && static_cast<std::size_t>(stage.mvm->settings) >= program_.settings.size()) {
      refuse(fmt::format("stage '{}' names settings {} of tiles, there are {}", stage.name, stage.mvm->settings, program_.settings.size()));
    }
    if (stage.positions < 1 || stage.bits_per_position < 1) {
      refuse(fmt::format("stage '{}' makes {} positions of {} bits; both must be at least 1", stage.name, stage.positions, stage.bits_per_position));
    }
    if (stage.operand_bits < 0) refuse(fmt::format("stage '{}' reads {} bits of operands", stage.name, stage.operand_bits));
    for (const ElementWork& work : stage.elements) {
      if (work.operations < 0) refuse(fmt::format("stage '{}' does {} operations of '{}'", stage.name, work.operations, work.operation));
    }
  }

  void table(const Edge& edge, const std::shared_ptr<const std::vector<std::int32_t>>& values, const char* name) const {
    const int positions = at(edge.consumer).positions;
    if (!values) refuse(fmt::format("{} has no table '{}'", text(edge), name));
    if (values->size() != static_cast<std::size_t>(positions)) {
      refuse(fmt::format("{}: table '{}' has {} entries for the consumer's {} positions", text(edge), name, values->size(), positions));
    }
    std::int32_t last = 0;
    for (std::size_t k = 0; k < values->size(); ++k) {
      const std::int32_t value = (*values)[k];
      if (value < last) refuse(fmt::format("{}: table '{}' falls from {} to {} at position {}", text(edge), name, last, value, k));
      if (value > carried(edge)) {
        refuse(fmt::format("{}: table '{}' asks for {} positions at position {}, the producer {} {}", text(edge), name, value, k,
                           edge.carried ? "sends" : "makes", carried(edge)));
      }
      last = value;
    }
  }

  void check_ends(const Edge& edge) const {
    const int stages = static_cast<int>(program_.stages.size());
    for (int end : {edge.producer, edge.consumer}) {
      if (end < 0 || end >= stages) refuse(fmt::format("an edge names stage {}, there are {} stages", end, stages));
    }
  }

  [[nodiscard]] int carried(const Edge& edge) const { return edge.positions(at(edge.producer).positions); }

  void check_carried(const Edge& edge) const {
    std::int32_t last = -1;
    for (const std::int32_t position : *edge.carried) {
      if (position <= last || position >= at(edge.producer).positions) {
        refuse(fmt::format("{}: it carries position {} after {}; they ascend, and the producer makes {}", text(edge), position, last,
                           at(edge.producer).positions));
      }
      last = position;
    }
    if (last < 0) refuse(fmt::format("{} carries no position", text(edge)));
  }

  void edge(const Edge& edge) const {
    check_ends(edge);
    if (edge.bits_per_position < 1) refuse(fmt::format("{} carries {} bits per position", text(edge), edge.bits_per_position));
    if (edge.carried) check_carried(edge);
    table(edge, edge.needs, "needs");
    table(edge, edge.releases, "releases");
    if (edge.releases->back() != carried(edge)) {
      refuse(fmt::format("{}: after the last position {} of {} producer positions are free; the next inference would find the buffer occupied",
                         text(edge), edge.releases->back(), carried(edge)));
    }
    std::int32_t window = 0;
    std::size_t widest = 0;
    for (std::size_t k = 0; k < edge.needs->size(); ++k) {
      const std::int32_t held = (*edge.needs)[k] - (k == 0 ? 0 : (*edge.releases)[k - 1]);
      if (held > window) {
        window = held;
        widest = k;
      }
    }
    if (edge.capacity < std::max(window, 1)) {
      refuse(fmt::format("{} holds {} positions, but position {} of the consumer needs a window of {}; give it a capacity of at least {}", text(edge),
                         edge.capacity, widest, window, std::max(window, 1)));
    }
  }

  void ends() const {
    std::vector<int> in(program_.stages.size());
    std::vector<int> out(program_.stages.size());
    std::vector<char> fed(program_.stages.size());
    for (const Edge& edge : program_.edges) {
      ++in[static_cast<std::size_t>(edge.consumer)];
      ++out[static_cast<std::size_t>(edge.producer)];
      if (edge.needs->front() > 0) fed[static_cast<std::size_t>(edge.consumer)] = 1;
    }
    for (std::size_t s = 0; s < program_.stages.size(); ++s) {
      const Stage& stage = program_.stages[s];
      const bool source = stage.kind == Stage::Kind::source;
      const bool sink = stage.kind == Stage::Kind::sink || stage.kind == Stage::Kind::programming;
      if (stage.memory && !source && stage.kind != Stage::Kind::sink)
        refuse(fmt::format("stage '{}' is in memory but is no source and no sink", stage.name));
      if (source && in[s] > 0) refuse(fmt::format("stage '{}' is the source and has an incoming edge", stage.name));
      if (sink && out[s] > 0) refuse(fmt::format("stage '{}' is the sink and has an outgoing edge", stage.name));
      if (!source && in[s] == 0) refuse(fmt::format("stage '{}' has no incoming edge{}", stage.name, of_layer(stage)));
      if (!sink && out[s] == 0)
        refuse(fmt::format("stage '{}' has no outgoing edge; its positions would never leave{}", stage.name, of_layer(stage)));
      if (!source && !fed[s]) refuse(fmt::format("stage '{}' needs no input for its first position{}", stage.name, of_layer(stage)));
    }
  }

  void order() const {
    std::vector<int> waiting(program_.stages.size());
    // An input that a stage needs only from its second position on may come from a later stage: the state of a recurrent layer.
    const auto is_sent_back = [](const Edge& edge) { return edge.sent_back(); };
    for (const Edge& edge : program_.edges) waiting[static_cast<std::size_t>(edge.consumer)] += is_sent_back(edge) ? 0 : 1;
    std::vector<int> ready;
    for (std::size_t s = 0; s < waiting.size(); ++s) {
      if (waiting[s] == 0) ready.push_back(static_cast<int>(s));
    }
    std::size_t ordered = 0;
    for (; ordered < ready.size(); ++ordered) {
      for (const Edge& edge : program_.edges) {
        if (edge.producer == ready[ordered] && !is_sent_back(edge) && --waiting[static_cast<std::size_t>(edge.consumer)] == 0)
          ready.push_back(edge.consumer);
      }
    }
    if (ordered == program_.stages.size()) return;
    std::string names;
    for (std::size_t s = 0; s < waiting.size(); ++s) {
      if (waiting[s] > 0) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", program_.stages[s].name);
    }
    refuse("stages on or behind a cycle: " + names);
  }

  void buffers() const {
    constexpr std::int64_t bits_per_byte = 8;
    std::map<int, std::int64_t> bits;
    for (const Edge& edge : program_.edges) bits[at(edge.consumer).core] += edge.capacity * edge.bits_per_position;
    for (const Stage& stage : program_.stages) {
      if (stage.kind == Stage::Kind::digital) bits[stage.core] += chip_.output_buffer_positions * stage.bits_per_position;
    }
    for (const auto& [core, wanted] : bits) {
      const CoreKind kind = chip_.kind(core);
      if (kind == CoreKind::port) continue;  // positions at the sink leave the chip
      const bool analog = kind == CoreKind::analog;
      const std::int64_t bytes = (wanted + bits_per_byte - 1) / bits_per_byte;
      const int available = analog ? chip_.input_buffer_bytes : chip_.digital_buffer_bytes;
      if (bytes <= available) continue;
      std::string names;
      for (const Stage& stage : program_.stages) {
        if (stage.core == core) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", stage.name);
      }
      refuse(fmt::format("core {} (stages {}) must buffer {} bytes but has {}; raise {} to at least {:.1f} KiB", core, names, bytes, available,
                         analog ? "chip.input_buffer" : "chip.digital_buffer", static_cast<double>(bytes) / 1024),
             ExitCode::does_not_fit);
    }
  }

  /// Runs the program without time. If it gets stuck, one branch of a join is too short for the depth of the other.
  void joins() const {
    constexpr int inferences = 2;  // when the second begins, buffers still hold the end of the first
    const UntimedExecution run = execute_untimed(program_, chip_.output_buffer_positions, inferences);
    if (run.finished) return;
    for (int stuck : run.blocked_by_credit) {
      const Edge& edge = program_.edges[static_cast<std::size_t>(stuck)];
      const auto starved = std::find_if(run.blocked_by_input.begin(), run.blocked_by_input.end(),
                                        [&](int e) { return program_.edges[static_cast<std::size_t>(e)].consumer == edge.consumer; });
      if (starved == run.blocked_by_input.end()) continue;
      refuse(fmt::format("at the join '{}', the branch {} holds {} positions and fills up before the other branch, {}, delivers; {}",
                         at(edge.consumer).name, text(edge), edge.capacity, text(program_.edges[static_cast<std::size_t>(*starved)]), enough(stuck)));
    }
    refuse("its buffers fill up and no stage can go on");
  }

  /// Checks that the memories at the ends of links hold all positions that the credits of edges permit.
  void chip_links() const {
    constexpr std::int64_t bits_per_byte = 8;
    const std::vector<std::int64_t> bits = link_memory_bits(program_, chip_);
    for (std::size_t link = 0; link < bits.size(); ++link) {
      const std::int64_t bytes = (bits[link] + bits_per_byte - 1) / bits_per_byte;
      if (bytes <= chip_.link.buffer_bytes) continue;
      const Topology topology(chip_);
      const int from = topology.chip_link_begin(static_cast<int>(link)), to = topology.chip_link_end(static_cast<int>(link));
      refuse(fmt::format("the link from chip {} to {} may have to hold {} bytes of the positions that buffers behind it can take, and its memories "
                         "have {}; raise chip.link.buffer to at least {:.1f} KiB",
                         chip_.chip_of(from), chip_.chip_of(to), bytes, chip_.link.buffer_bytes, static_cast<double>(bytes) / 1024),
             ExitCode::does_not_fit);
    }
  }

  /// The smallest capacity of one edge that lets the program finish, as advice.
  [[nodiscard]] std::string enough(int edge) const {
    Program wider = program_;
    Edge& widened = wider.edges[static_cast<std::size_t>(edge)];
    const auto finishes = [&](int capacity) {
      widened.capacity = capacity;
      return execute_untimed(wider, chip_.output_buffer_positions, 2).finished;
    };
    int low = widened.capacity;
    int high = 2 * std::max(at(widened.producer).positions, low);
    if (!finishes(high)) return "its capacity must hold the depth of the other branch in positions, and another edge is too short as well";
    while (high - low > 1) {
      const int middle = low + (high - low) / 2;
      (finishes(middle) ? high : low) = middle;
    }
    return fmt::format("give it a capacity of at least {}", high);
  }

  const Program& program_;
  const ChipParameters& chip_;
};

}  // namespace

std::string_view kind_name(Stage::Kind kind) {
  switch (kind) {
    case Stage::Kind::source:
      return "source";
    case Stage::Kind::analog:
      return "analog";
    case Stage::Kind::digital:
      return "digital";
    case Stage::Kind::programming:
      return "programming";
    case Stage::Kind::sink:
      break;
  }
  return "sink";
}

std::string edge_text(const Program& program, const Edge& edge) {
  return fmt::format("'{}' -> '{}'", program.stages[static_cast<std::size_t>(edge.producer)].name,
                     program.stages[static_cast<std::size_t>(edge.consumer)].name);
}

void verify(const Program& program, const ChipParameters& chip) {
  const Check all(program, chip);
  all.phases();
  all.whole();
  for (int phase = 0; phase < phase_count(program); ++phase) Check(phase_program(program, phase).program, chip).run();
  if (!program.phases.empty()) all.programmed();
}

}  // namespace mho::hw
