#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <systemc>
#include <vector>

#include "hw/cores/stage_controller.h"
#include "hw/program/activity.h"
#include "hw/spec/power_gate.h"
#include "periphery/timing/timeline_module.h"
#include "periphery/timing/unit_record.h"

namespace mho::hw {

/// Base class of cores. A core evaluates its stages when a position, a credit or free space may let one of them proceed.
class CoreModule : public sc_core::sc_module {
 public:
  CoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline);
  /// Adds a power gate if `parameters` turn gating on. Call it before the start.
  void gate(const GatingParameters& parameters);
  /// The power gate; null without one.
  [[nodiscard]] const PowerGate* power_gate() const { return gate_ ? &*gate_ : nullptr; }
  /// Evaluates all stages again later in the present cycle.
  void wake() { event_.notify(sc_core::SC_ZERO_TIME); }
  /// The present cycle of the core's clock.
  [[nodiscard]] std::int64_t now() const { return timeline_.now(); }
  [[nodiscard]] const base::Clock& clock() const { return timeline_.clock(); }
  /// Counts a position of `bits` that has arrived in the input buffer of a stage.
  virtual void store(StageController& controller, std::int64_t bits) = 0;
  /// Counts of one of the stages since the start. Throws std::logic_error for a stage of another core.
  [[nodiscard]] virtual StageActivity activity(const StageController& controller) const = 0;

  /// A unit of the core and the stages that it serves.
  struct OwnUnit {
    std::string name;
    periphery::UnitRecord* record = nullptr;
    std::vector<std::vector<const StageController*>> controllers;  ///< by kind of work
  };
  virtual std::vector<OwnUnit> units() = 0;

 protected:
  virtual void evaluate() = 0;
  /// Whether the core is on, so that a position may begin in the present cycle. If the core is gated, it starts to wake and evaluates all stages once
  /// it is on.
  bool awake();
  /// Marks the begin of a position for the power gate. The core must be on.
  void begin_position();
  /// Marks the end of a position for the power gate. The present cycle is the first without it.
  void end_position();
  /// Whether the core is waking up.
  [[nodiscard]] bool waking() const { return gate_ && timeline_.now() < gate_->on_from(); }
  /// The counts that are common to all kinds of stage, from the controller.
  [[nodiscard]] static StageActivity common(const StageController& controller);
  /// Index of the element of `slots` whose projection is `controller`. Throws std::logic_error if there is none.
  template <class Slots, class Projection = std::identity>
  [[nodiscard]] static std::size_t index_of(const StageController& controller, const Slots& slots, Projection projection = {}) {
    const auto found = std::ranges::find(slots, &controller, projection);
    if (found == slots.end()) throw std::logic_error("a core was asked about a stage of another core");
    return static_cast<std::size_t>(found - slots.begin());
  }
  const periphery::Timeline& timeline_;

 private:
  void run() {
    timeline_.run([this] { evaluate(); });
  }
  sc_core::sc_event event_;
  sc_core::sc_event on_;  ///< separate from event_: an earlier notification of one event replaces a later one
  std::optional<PowerGate> gate_;
};

}  // namespace mho::hw
