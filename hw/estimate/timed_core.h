#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "hw/cores/stage_controller.h"
#include "hw/estimate/agenda.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// A core of a chip as the units that keep its positions, with the same rules as its module (hw/cores) and no clock that ticks: what happens in
/// between needs no time to compute. Times are in femtoseconds.
class TimedCore {
 public:
  /// `number` is that of the core in entries of the agenda.
  TimedCore(int number, std::int64_t period, const std::int64_t& now, Agenda& agenda)
      : number_(number), period_(period), now_(now), agenda_(agenda) {}
  TimedCore(const TimedCore&) = delete;
  TimedCore& operator=(const TimedCore&) = delete;
  virtual ~TimedCore() = default;
  /// A unit has done what it was given.
  virtual void done(int unit) = 0;
  /// A position, a credit or room may let stage number `stage` of the core go on: it is looked at with the next evaluate().
  virtual void touch(std::size_t /*stage*/) {}
  virtual void evaluate() = 0;

 protected:
  void begin(int unit, std::int64_t cycles) { agenda_.add(now_ + cycles * period_, Agenda::What::unit, number_, unit); }
  [[nodiscard]] std::int64_t cycle() const { return now_ / period_; }

 private:
  int number_;
  std::int64_t period_;
  const std::int64_t& now_;
  Agenda& agenda_;
};

struct CoreClock {
  int number;
  std::int64_t period;
  const std::int64_t& now;
  Agenda& agenda;
};

/// Cycles of a stage's units for one position; 0 of units that it has not.
struct StageCycles {
  std::int64_t drivers = 0, array = 0, converters = 0, scale = 0;  ///< analog stages
  std::int64_t unit = 0;                                           ///< vector unit, direction of a port
  /// Of the slowest, for one position after the other.
  [[nodiscard]] std::int64_t slowest(bool pipelined) const;
};
StageCycles stage_cycles(const Program& program, std::size_t stage, const ChipParameters& chip, const tiles::TileParameters& tile);

std::unique_ptr<TimedCore> timed_analog_core(const CoreClock& clock, std::vector<StageController*> controllers, std::vector<StageCycles> cycles,
                                             bool pipelined, bool shared);
std::unique_ptr<TimedCore> timed_digital_core(const CoreClock& clock, std::vector<StageController*> controllers, std::vector<StageCycles> cycles);
/// `latency` in cycles; `left` hears of every position that leaves.
std::unique_ptr<TimedCore> timed_port(const CoreClock& clock, std::vector<StageController*> sources, std::vector<StageController*> sinks,
                                      std::vector<StageCycles> of_sources, std::vector<StageCycles> of_sinks, std::int64_t latency,
                                      std::function<void()> left);

}  // namespace mho::hw
