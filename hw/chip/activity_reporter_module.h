#pragma once

#include <systemc>
#include <vector>

#include "hw/chip/assembly_module.h"
#include "hw/chip/observer.h"
#include "hw/chip/transport_module.h"
#include "hw/program/activity.h"

namespace mho::hw {

/// Reports what a chip did since the beginning, from the counts that its cores, controllers and network keep. It changes nothing that happens.
class ActivityReporter {
 public:
  /// All arguments outlive the reporter.
  ActivityReporter(const Clocks& clocks, const Program& program, Assembly& assembly, const NocTransport& transport);

  /// All counts; the elapsed time is the caller's. Waits that go on do not count.
  [[nodiscard]] Activity activity();
  /// The same with waits up to the present cycle.
  [[nodiscard]] Activity activity_now();
  /// What power gates did, up to the present cycle: routers, then cores.
  [[nodiscard]] std::vector<GateActivity> gates() const;
  /// Names the units to the observer and sends it their changes; before anything has begun. The observer outlives the run.
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
