#pragma once

#include <functional>
#include <memory>
#include <systemc>
#include <vector>

#include "hw/chip/core_plan.h"
#include "hw/cores/channel.h"
#include "hw/cores/clocks_module.h"
#include "hw/cores/core_module.h"
#include "hw/cores/port_module.h"
#include "hw/cores/stage_controller.h"
#include "hw/cores/transport.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// The modules that a program needs, and their connections: a channel for each edge, a controller for each stage, a core module for each node that
/// runs stages, and power gates.
class Assembly {
 public:
  /// A core with a power gate.
  struct GatedCore {
    int node = 0;
    const periphery::Timeline* timeline = nullptr;
    const CoreModule* module = nullptr;  ///< null: a core without stages, which stays gated
  };

  /// Call it within the constructor of a SystemC module, which becomes the parent of the cores. `program` must pass the structural rules of verify().
  /// All arguments but `chip` and `tile` outlive the assembly. Controllers send through `transport`.
  Assembly(const Clocks& clocks, const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, Transport& transport);

  [[nodiscard]] std::vector<Channel>& channels() { return channels_; }  ///< as Program::edges
  [[nodiscard]] const std::vector<Channel>& channels() const { return channels_; }
  [[nodiscard]] std::vector<StageController>& controllers() { return controllers_; }  ///< as Program::stages
  [[nodiscard]] const std::vector<StageController>& controllers() const { return controllers_; }
  [[nodiscard]] const std::vector<std::unique_ptr<CoreModule>>& cores() const { return cores_; }  ///< as core_plans()
  [[nodiscard]] const std::vector<GatedCore>& gated_cores() const { return gated_cores_; }        ///< by node; empty without power gating
  [[nodiscard]] const std::vector<std::size_t>& sources() const { return sources_; }              ///< source stages
  [[nodiscard]] const std::vector<std::size_t>& sinks() const { return sinks_; }                  ///< sink stages, programming stages included

  [[nodiscard]] CoreModule& core(std::size_t stage) const { return *core_of_[stage]; }
  [[nodiscard]] CoreModule& producer_core(const Channel& channel) const { return core(static_cast<std::size_t>(channel.edge().producer)); }
  [[nodiscard]] CoreModule& consumer_core(const Channel& channel) const { return core(static_cast<std::size_t>(channel.edge().consumer)); }
  [[nodiscard]] StageController& consumer(const Channel& channel) { return controllers_[static_cast<std::size_t>(channel.edge().consumer)]; }
  /// Index in Program::stages.
  [[nodiscard]] int index_of(const StageController& controller) const { return static_cast<int>(&controller - controllers_.data()); }
  /// Sets a function that is called in the cycle in which the last element of a position has left through a sink of a port.
  void when_position_left(const std::function<void()>& action);

 private:
  void make_channels();
  void make_controllers(const ChipParameters& chip, Transport& transport);
  void make_core(const CorePlan& plan, const ChipParameters& chip, const tiles::TileParameters& tile, bool only_port);
  [[nodiscard]] std::vector<StageController*> controllers_of(const std::vector<std::size_t>& stages);
  void make_gates(const ChipParameters& chip);

  const Clocks& clocks_;
  const Program& program_;
  std::vector<Channel> channels_;
  std::vector<StageController> controllers_;
  std::vector<std::unique_ptr<CoreModule>> cores_;
  std::vector<PortModule*> ports_;    ///< the ports in cores_
  std::vector<CoreModule*> core_of_;  ///< by stage
  std::vector<GatedCore> gated_cores_;
  std::vector<std::size_t> sources_, sinks_;
};

}  // namespace mho::hw
