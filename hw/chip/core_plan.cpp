#include "hw/chip/core_plan.h"

#include <map>
#include <utility>

namespace mho::hw {
namespace {

CorePlan::Kind core_of(Stage::Kind kind) {
  switch (kind) {
    case Stage::Kind::analog:
      return CorePlan::Kind::analog;
    case Stage::Kind::programming:
      return CorePlan::Kind::programming;
    case Stage::Kind::digital:
      return CorePlan::Kind::digital;
    case Stage::Kind::source:
    case Stage::Kind::sink:
      break;
  }
  return CorePlan::Kind::port;
}

}  // namespace

std::vector<CorePlan> core_plans(const Program& program) {
  std::map<std::pair<CorePlan::Kind, int>, CorePlan> plans;  // by kind and node
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    const CorePlan::Kind kind = core_of(stage.kind);
    CorePlan& plan = plans.try_emplace({kind, stage.core}, CorePlan{.kind = kind, .node = stage.core}).first->second;
    (stage.kind == Stage::Kind::sink ? plan.sinks : plan.stages).push_back(s);
  }
  std::vector<CorePlan> list;
  list.reserve(plans.size());
  for (auto& [key, plan] : plans) list.push_back(std::move(plan));
  return list;
}

}  // namespace mho::hw
