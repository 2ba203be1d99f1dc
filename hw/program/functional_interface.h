#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mho::hw {

/// The values of one position, or of the part of it that travels on one edge.
using Values = std::vector<float>;

/// The input positions in the buffer of one stage: those that have arrived in packets and have not been released.
class Received {
 public:
  Received() = default;
  Received(const Received&) = delete;
  Received& operator=(const Received&) = delete;
  virtual ~Received() = default;
  /// Payload of the producer's position `position` of the same inference. `input`: number of the edge among the inputs of the stage, in order of
  /// Program::edges. Throws UserError (failed_check) that names stage, edge and position if the position has not arrived or has been released.
  [[nodiscard]] virtual std::span<const float> at(std::size_t input, int position) const = 0;
};

/// The computation of the stages of a program. The chip calls it with the payloads of packets. A stage computes from these payloads and from the
/// state that it keeps between positions of one inference, and from nothing else.
class FunctionalInterface {
 public:
  FunctionalInterface() = default;
  FunctionalInterface(const FunctionalInterface&) = delete;
  FunctionalInterface& operator=(const FunctionalInterface&) = delete;
  virtual ~FunctionalInterface() = default;
  /// Computes position `position` of stage `stage`; positions of a stage come in order. The values of the sink are the outputs of the chip.
  [[nodiscard]] virtual Values compute(int stage, std::int64_t inference, int position, const Received& received) = 0;
  /// The number of MVMs that the last computed position of stage `stage` took on its tile: more than 1 if converters clipped and the MVM was repeated
  /// with smaller inputs.
  [[nodiscard]] virtual int products(int /*stage*/) const { return 1; }
  /// The part of `values`, position `position` of the producer, that packets of edge `edge` carry.
  [[nodiscard]] virtual Values payload(int edge, int position, const Values& values) const = 0;
};

/// A fault of one packet, injected to test that it is detected.
struct PacketFault {
  enum class Kind {
    drop,      ///< never sent
    swap,      ///< exchanged with the next packet of its edge
    misroute,  ///< sent to mesh node `target`
    redirect,  ///< arrives as a packet of edge `target`
    corrupt    ///< 1 is added to the first value of its payload
  };
  Kind kind = Kind::drop;
  int edge = 0;  ///< index in Program::edges
  /// Number of the packet on its edge, from 0 over all inferences.
  std::int64_t packet = 0;
  int target = 0;
};

}  // namespace mho::hw
