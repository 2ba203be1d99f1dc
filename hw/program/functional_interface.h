#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mho::hw {

/// The values of one position, or of what of it travels on one edge.
using Values = std::vector<float>;

/// What one stage holds of its inputs: the positions that packets have brought and that it has not released.
class Received {
 public:
  Received() = default;
  Received(const Received&) = delete;
  Received& operator=(const Received&) = delete;
  virtual ~Received() = default;
  /// Payload of the producer's position `position` of the same inference on the stage's input edge number `input` (in order of Program::edges).
  /// Throws UserError (failed_check) naming stage, edge and position where it has not arrived or was released.
  [[nodiscard]] virtual std::span<const float> at(std::size_t input, int position) const = 0;
};

/// What the stages of a program compute: the chip calls it with what its packets brought. Nothing else reaches a stage but what it keeps itself from
/// position to position of one inference.
class FunctionalInterface {
 public:
  FunctionalInterface() = default;
  FunctionalInterface(const FunctionalInterface&) = delete;
  FunctionalInterface& operator=(const FunctionalInterface&) = delete;
  virtual ~FunctionalInterface() = default;
  /// Position `position` of stage `stage`; positions of a stage come in order. Of the sink: what leaves the chip.
  [[nodiscard]] virtual Values compute(int stage, std::int64_t inference, int position, const Received& received) = 0;
  /// Matrix-vector products that the position of stage `stage` computed last has taken on its tile: more than one where converters clipped and it was
  /// repeated with smaller inputs.
  [[nodiscard]] virtual int products(int /*stage*/) const { return 1; }
  /// What of `values`, position `position` of the edge's producer, the packets of edge `edge` carry.
  [[nodiscard]] virtual Values payload(int edge, int position, const Values& values) const = 0;
};

/// A fault of one packet, to see that it does not go unnoticed. Packets of an edge are counted from 0 over all inferences.
struct PacketFault {
  enum class Kind {
    drop,      ///< never sent
    swap,      ///< changes places with the next packet of its edge
    misroute,  ///< goes to mesh node `target`
    redirect,  ///< arrives as a packet of edge `target`
    corrupt    ///< the first value of its payload is 1 larger
  };
  Kind kind = Kind::drop;
  int edge = 0;  ///< index in Program::edges
  std::int64_t packet = 0;
  int target = 0;
};

}  // namespace mho::hw
