#pragma once

#include <string>
#include <systemc>
#include <vector>

#include "hw/activity.h"
#include "hw/stage_flow.h"
#include "periphery/timeline_module.h"
#include "periphery/unit_record.h"

namespace mho::hw {

/// What every core has in common: it is woken when a position, a credit or room may let one of its stages go on.
class CoreModule : public sc_core::sc_module {
 public:
  CoreModule(sc_core::sc_module_name name, const periphery::Timeline& timeline);
  /// Looks again at all stages, later in the present cycle.
  void wake() { event_.notify(sc_core::SC_ZERO_TIME); }
  /// The present cycle of its clock.
  [[nodiscard]] std::int64_t now() const { return timeline_.now(); }
  [[nodiscard]] const base::Clock& clock() const { return timeline_.clock(); }
  /// A position of `bits` has arrived in the input buffer.
  virtual void store(StageFlow& flow, std::int64_t bits) = 0;
  /// Events of one of its stages since the beginning.
  [[nodiscard]] virtual StageActivity activity(const StageFlow& flow) const = 0;

  struct OwnUnit {
    std::string name;
    periphery::UnitRecord* record = nullptr;
    std::vector<std::vector<const StageFlow*>> flows;  ///< by kind of work
  };
  virtual std::vector<OwnUnit> units() = 0;

 protected:
  virtual void evaluate() = 0;
  /// The counts that every kind of stage takes from its flow.
  [[nodiscard]] static StageActivity common(const StageFlow& flow);
  const periphery::Timeline& timeline_;

 private:
  sc_core::sc_event event_;
};

}  // namespace mho::hw
