#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#include "hw/cores/channel.h"

namespace mho::hw {

/// Interface for sending positions and credits between stages.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Sends a position after Channel::begin_send(). The transport calls end_send() when the position has left. `values`: empty without a functional.
  virtual void send_position(Channel& channel, std::int64_t position, Values values) = 0;
  /// Whether a packet can go to several channels. If not, share_packet() is always false.
  [[nodiscard]] virtual bool multicast() const = 0;
  /// Whether one packet can carry the same position to both channels.
  [[nodiscard]] virtual bool share_packet(const Channel& one, const Channel& other) const = 0;
  /// Sends a position to several channels in one packet. share_packet() must hold for each pair. `values`: by channel.
  virtual void send_position(const std::vector<Channel*>& channels, std::int64_t position, std::vector<Values> values) = 0;
  virtual void send_credits(Channel& channel, std::int64_t credits) = 0;
  /// Ends the run after a failure, such as an exception of a stage's computation. SystemC does not propagate exceptions. Only the first failure is
  /// kept.
  virtual void fail(std::exception_ptr why) = 0;
  [[nodiscard]] virtual bool failed() const = 0;
};

}  // namespace mho::hw
