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

/// The whole chip with a program on it: what is assembled for the program, the transport between its cores, and reports of both. It knows where
/// inferences begin and leave; when to begin and to stop is the caller's.
class ChipModule : public sc_core::sc_module {
 public:
  /// `program` must pass the structural rules of verify() and, like `clocks`, outlive the chip.
  ChipModule(sc_core::sc_module_name name, const Clocks& clocks, const Program& program, const ChipParameters& chip,
             const tiles::TileParameters& tile);
  /// Lets the stages compute with `functional` and packets carry values, some of them with faults; before anything has begun.
  void compute_with(FunctionalInterface& functional, std::vector<PacketFault> faults);
  /// Before anything has begun; the observer outlives the run.
  void observe(Observer& observer);
  /// Why the run ended before it was done; null while it goes on.
  [[nodiscard]] std::exception_ptr failure() const { return transport_.failure(); }

  /// The source may begin `count` inferences, counted since the beginning.
  void allow_inferences(std::int64_t count);
  [[nodiscard]] std::int64_t inferences_begun() const;
  [[nodiscard]] std::int64_t inferences_left() const;
  /// Called in the cycle an inference's last element leaves through the last sink that waits for one, with the number that left so far.
  void when_inference_left(std::function<void(std::int64_t)> action) { inference_left_ = std::move(action); }
  /// What left the chip so far, position after position; empty without a functional.
  [[nodiscard]] const std::deque<Values>& left() const;

  /// Waiting counts from the present time.
  void restart_waiting();
  /// As ActivityReporter has them.
  [[nodiscard]] Activity activity() { return reporter_.activity(); }
  [[nodiscard]] Activity activity_now() { return reporter_.activity_now(); }
  [[nodiscard]] std::vector<GateActivity> gates() const { return reporter_.gates(); }
  /// Which stage waits for whom after `inferences`; empty when all are done.
  [[nodiscard]] std::string waiting_list(std::int64_t inferences) const;
  /// What does not add up after `inferences` have drained: flits, credits, positions; empty when all do.
  [[nodiscard]] std::string imbalance(std::int64_t inferences) const;

 private:
  void position_left();

  const Program& program_;
  NocTransport transport_;
  Assembly assembly_;
  ActivityReporter reporter_;
  Observer* observer_ = nullptr;
  std::int64_t last_reported_ = 0;  ///< inferences whose leaving has been reported
  std::function<void(std::int64_t)> inference_left_;
};

}  // namespace mho::hw
