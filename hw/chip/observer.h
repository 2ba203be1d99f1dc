#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "hw/noc/packet.h"
#include "hw/program/program.h"
#include "periphery/timing/unit_record.h"

namespace mho::hw {

/// One unit of the chip: drivers, array, converters, scale, vector unit, or a lane of the port.
struct Unit {
  std::string name;                      ///< "drivers", "array 1" on a core with several tiles
  int node = 0;                          ///< of the mesh
  base::Clock clock;                     ///< of its core
  std::vector<std::vector<int>> stages;  ///< by kind of work: whose positions they are, indices in Program::stages
};

/// Hears what happens on a chip, cycle by cycle and in the order of time. Changes of a unit come numbered as in `begin`, in
/// cycles of its clock.
class Observer : public periphery::UnitObserver {
 public:
  /// Before anything happens. `program` outlives the run; `network`: clock of the cycles that packets name.
  virtual void begin(const Program& program, const std::vector<Unit>& units, const base::Clock& network) = 0;
  /// The last flit of a packet left its sender's interface; its first did in packet.injected. Not of packets that stay on their node.
  virtual void packet_sent(const Packet& packet, base::SimTime time) = 0;
  /// The last flit of a packet reached its receiver.
  virtual void packet_arrived(const Packet& packet, base::SimTime time) = 0;
  /// The last element of an inference left the chip; `count` have so far.
  virtual void inference_left(std::int64_t count, base::SimTime time) = 0;
};

}  // namespace mho::hw
