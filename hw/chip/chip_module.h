#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <string>
#include <systemc>
#include <vector>

#include "hw/chip/activity_reporter_module.h"
#include "hw/chip/assembly_module.h"
#include "hw/chip/observer.h"
#include "hw/chip/transport_module.h"
#include "hw/cores/clocks_module.h"
#include "hw/program/activity.h"
#include "hw/program/functional_interface.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// The whole chip with a program on it: the assembly, the transport between the cores, and the activity reports. It counts the inferences that begin
/// and leave. The caller decides when to begin and to stop.
class ChipModule : public sc_core::sc_module {
 public:
  /// `program` must pass the structural rules of verify() and, like `clocks`, outlive the chip.
  ChipModule(sc_core::sc_module_name name, const Clocks& clocks, const Program& program, const ChipParameters& chip,
             const tiles::TileParameters& tile);
  /// Makes the stages compute with `functional`, and packets carry values and `faults`. Call it before the start.
  void compute_with(FunctionalInterface& functional, std::vector<PacketFault> faults);
  /// Call it before the start. The observer outlives the run.
  void observe(Observer& observer);
  /// The exception that ended the run early; null without a failure.
  [[nodiscard]] std::exception_ptr failure() const { return transport_.failure(); }

  /// Permits the sources to begin `count` inferences in total since the start.
  void allow_inferences(std::int64_t count);
  [[nodiscard]] std::int64_t inferences_begun() const;
  [[nodiscard]] std::int64_t inferences_left() const;
  /// Sets a function that is called in the cycle in which the last element of an inference leaves through the last of the sinks, with the number of
  /// inferences that have left.
  void when_inference_left(std::function<void(std::int64_t)> action) { inference_left_ = std::move(action); }
  /// Outputs of the network so far, position by position; empty without a functional.
  [[nodiscard]] const std::deque<Values>& left() const;

  /// Restarts the waiting of all stages at the present time.
  void restart_waiting();
  /// See ActivityReporter.
  [[nodiscard]] Activity activity() { return reporter_.activity(); }
  [[nodiscard]] Activity activity_now() { return reporter_.activity_now(); }
  [[nodiscard]] std::vector<GateActivity> gates() const { return reporter_.gates(); }
  /// See waiting_list() in hw/chip/standstill.h.
  [[nodiscard]] std::string waiting_list(std::int64_t inferences) const;
  /// The first imbalance of flits, credits or positions after `inferences` have drained, as text; empty if there is none.
  [[nodiscard]] std::string imbalance(std::int64_t inferences) const;

 private:
  void position_left();

  const Program& program_;
  NocTransport transport_;
  Assembly assembly_;
  ActivityReporter reporter_;
  Observer* observer_ = nullptr;
  std::int64_t last_reported_ = 0;  ///< inferences reported as left
  std::function<void(std::int64_t)> inference_left_;
};

}  // namespace mho::hw
