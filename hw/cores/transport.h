#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#include "hw/cores/channel.h"

namespace mho::hw {

/// Carries positions and credits between stages.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Sends a position whose sending has begun on the channel; the transport ends it when the position has left. `values`: empty without a functional.
  virtual void send_position(Channel& channel, std::int64_t position, Values values) = 0;
  /// Whether a packet may go to several channels at all; where not, share_packet() is false for any two.
  [[nodiscard]] virtual bool multicast() const = 0;
  /// Whether one packet can bring the same position to both channels.
  [[nodiscard]] virtual bool share_packet(const Channel& one, const Channel& other) const = 0;
  /// Sends a position to channels any two of which share a packet, in one packet; `values` by channel.
  virtual void send_position(const std::vector<Channel*>& channels, std::int64_t position, std::vector<Values> values) = 0;
  virtual void send_credits(Channel& channel, std::int64_t credits) = 0;
  /// Ends the run because a stage could not compute. SystemC passes no exception on, so none may cross it. Only the first failure is kept.
  virtual void fail(std::exception_ptr why) = 0;
  [[nodiscard]] virtual bool failed() const = 0;
};

}  // namespace mho::hw
