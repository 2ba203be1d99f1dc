#include "hw/chip/standstill.h"

#include <fmt/format.h>

namespace mho::hw {
namespace {

/// ", 2 more positions on edge 'a' -> 'b'" for every input that the next of `total` positions needs, and ", credits (0 of 4) on edge 'b' -> 'c'" for
/// every output without credit.
std::string causes_of(const Program& program, const StageController& controller, std::int64_t total) {
  std::string causes;
  if (controller.started() < total) {
    for (const Channel* channel : controller.inputs()) {
      const std::int64_t missing = channel->need(controller.started()) - channel->arrived();
      if (missing > 0)
        causes += fmt::format(", {} more position{} on edge {}", missing, missing == 1 ? "" : "s", edge_text(program, channel->edge()));
    }
  }
  for (const Channel* channel : controller.outputs()) {
    if (channel->lacks_credit(controller.finished())) {
      causes += fmt::format(", credits (0 of {}) on edge {}", channel->edge().capacity, edge_text(program, channel->edge()));
    }
  }
  return causes;
}

}  // namespace

std::string waiting_list(const Program& program, const std::vector<StageController>& controllers, std::int64_t inferences) {
  std::string list;
  for (const StageController& controller : controllers) {
    const Stage& stage = controller.stage();
    const std::int64_t total = inferences * stage.positions;
    std::string causes = causes_of(program, controller, total);
    if (causes.empty() && controller.finished() == total) continue;
    if (causes.empty()) causes = ", its own core";
    list +=
        fmt::format("{}'{}' ({} of {} positions) waits for{}", list.empty() ? "" : "; ", stage.name, controller.finished(), total, causes.substr(1));
  }
  return list;
}

std::string imbalance(const Noc& network) {
  if (network.flits_injected() + network.flits_copied() != network.flits_ejected()) {
    return fmt::format("{} flits entered the network, {} more were made of them where routes part, and {} left it", network.flits_injected(),
                       network.flits_copied(), network.flits_ejected());
  }
  return network.drained() ? "" : "the network is empty but not all of its credits are back";
}

std::string imbalance(const Program& program, const std::vector<StageController>& controllers, const std::vector<Channel>& channels,
                      std::int64_t inferences) {
  for (const Channel& channel : channels) {
    if (!channel.restored()) return fmt::format("credits of edge {} are missing or left over", edge_text(program, channel.edge()));
  }
  for (const StageController& controller : controllers) {
    if (controller.finished() != inferences * controller.stage().positions) {
      return fmt::format("stage '{}' made {} positions in {} inferences of {}", controller.stage().name, controller.finished(), inferences,
                         controller.stage().positions);
    }
  }
  return "";
}

}  // namespace mho::hw
