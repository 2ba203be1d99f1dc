#pragma once

#include <systemc>
#include <vector>

#include "hw/chip/assembly_module.h"
#include "hw/chip/observer.h"
#include "hw/chip/transport_module.h"
#include "hw/program/activity.h"

namespace mho::hw {

/// Collects the activity of a chip since the start from the counters of its cores, controllers and network. It does not influence the simulation.
class ActivityReporter {
 public:
  /// All arguments outlive the reporter.
  ActivityReporter(const Clocks& clocks, const Program& program, Assembly& assembly, const NocTransport& transport);

  /// All counts; the caller sets the elapsed time. Waits of stages that have not ended do not count.
  [[nodiscard]] Activity activity();
  /// The same, with waits of stages up to the present cycle.
  [[nodiscard]] Activity activity_now();
  /// Counts of the power gates up to the present cycle: routers, then cores.
  [[nodiscard]] std::vector<GateActivity> gates() const;
  /// Passes the list of units to the observer, and their changes of state from now on. Call it before the start. The observer outlives the run.
  void observe(Observer& observer);

 private:
  struct CoreUnit {
    Unit unit;
    periphery::UnitRecord* record = nullptr;
    const CoreModule* core = nullptr;
  };
  [[nodiscard]] std::vector<EdgeActivity> edges();
  [[nodiscard]] std::vector<UnitActivity> units() const;
  [[nodiscard]] std::vector<LinkActivity> links() const;

  const Clocks& clocks_;
  const Program& program_;
  Assembly& assembly_;
  const NocTransport& transport_;
  std::vector<CoreUnit> units_;
};

}  // namespace mho::hw
