#pragma once

#include <cstdint>
#include <functional>
#include <systemc>

#include "periphery/parameters.h"
#include "periphery/timing/timeline_module.h"
#include "periphery/timing/unit_record.h"

namespace mho::periphery {

/// The vector unit of a digital core: one job at a time, pipeline_depth + ceil(operations / lanes) cycles each.
class VectorUnitModule : public sc_core::sc_module {
 public:
  VectorUnitModule(sc_core::sc_module_name name, const Timeline& timeline, const DigitalParameters& parameters);
  /// Called in the cycle in which a job is finished and the unit is free again.
  void when_done(std::function<void()> action) { done_action_ = std::move(action); }
  [[nodiscard]] bool free() const { return record_.state() == UnitState::free; }
  [[nodiscard]] std::int64_t cycles(std::int64_t operations) const { return depth_ + (operations + lanes_ - 1) / lanes_; }
  /// `kind`: the owner of the job, if several share the unit.
  void begin(std::int64_t operations, std::size_t kind);
  [[nodiscard]] UnitRecord& record() { return record_; }

 private:
  void run() {
    timeline_.run([this] { finish(); });
  }
  void finish();
  const Timeline& timeline_;
  std::int64_t depth_;
  std::int64_t lanes_;
  UnitRecord record_;
  std::size_t kind_ = 0;
  std::function<void()> done_action_;
  sc_core::sc_event done_;
};

}  // namespace mho::periphery
