#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "hw/noc/packet.h"
#include "hw/program/program.h"
#include "periphery/timing/unit_record.h"

namespace mho::hw {

/// One unit of the chip: drivers, array, converters, scale, vector unit, programming unit, or a direction of a port.
struct Unit {
  std::string name;                      ///< "drivers", "array 1" on a core with several tiles
  int node = 0;                          ///< of the mesh
  base::Clock clock;                     ///< of its core
  std::vector<std::vector<int>> stages;  ///< by kind of work: stages that use it, indices in Program::stages
};

/// Receives the events of a simulation in order of time. Units are numbered as in `begin`; the cycles of their changes are those of their clock.
class Observer : public periphery::UnitObserver {
 public:
  /// Called before the first event. `program` outlives the run. `network`: clock of the cycles in packets.
  virtual void begin(const Program& program, const std::vector<Unit>& units, const base::Clock& network) = 0;
  /// The last flit of a packet has left the sender's network interface; the first did so in packet.injected. Not called for packets from a node to
  /// itself.
  virtual void packet_sent(const Packet& packet, base::SimTime time) = 0;
  /// The last flit of a packet has reached its receiver.
  virtual void packet_arrived(const Packet& packet, base::SimTime time) = 0;
  /// The last element of an inference has left the chip. `count`: inferences that have left so far.
  virtual void inference_left(std::int64_t count, base::SimTime time) = 0;
};

}  // namespace mho::hw
