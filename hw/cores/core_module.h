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

/// What every core has in common: it is woken when a position, a credit or room may let one of its stages go on.
class CoreModule : public sc_core::sc_module {
 public:
  CoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline);
  /// Gives it a power gate, before anything has begun; where `parameters` say that there is one.
  void gate(const GatingParameters& parameters);
  /// Its power gate; null without one.
  [[nodiscard]] const PowerGate* power_gate() const { return gate_ ? &*gate_ : nullptr; }
  /// Looks again at all stages, later in the present cycle.
  void wake() { event_.notify(sc_core::SC_ZERO_TIME); }
  /// The present cycle of its clock.
  [[nodiscard]] std::int64_t now() const { return timeline_.now(); }
  [[nodiscard]] const base::Clock& clock() const { return timeline_.clock(); }
  /// A position of `bits` has arrived in the input buffer.
  virtual void store(StageController& controller, std::int64_t bits) = 0;
  /// Events of one of its stages since the beginning.
  [[nodiscard]] virtual StageActivity activity(const StageController& controller) const = 0;

  struct OwnUnit {
    std::string name;
    periphery::UnitRecord* record = nullptr;
    std::vector<std::vector<const StageController*>> controllers;  ///< by kind of work
  };
  virtual std::vector<OwnUnit> units() = 0;

 protected:
  virtual void evaluate() = 0;
  /// Whether a position may begin in the present cycle. A gated core is woken, and looks at all stages again once it is on.
  bool awake();
  /// A position begins; the core must be awake.
  void begin_position();
  /// A position is finished; the present cycle is the first without it.
  void end_position();
  /// Has been asked for and is not on yet.
  [[nodiscard]] bool waking() const { return gate_ && timeline_.now() < gate_->on_from(); }
  /// The counts that every kind of stage takes from its controller.
  [[nodiscard]] static StageActivity common(const StageController& controller);
  /// Index of the element of `slots` whose projection is the stage's controller. Throws std::logic_error for a stage of another core.
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
  sc_core::sc_event on_;  ///< apart from event_, whose earlier notifications would take its place
  std::optional<PowerGate> gate_;
};

}  // namespace mho::hw
