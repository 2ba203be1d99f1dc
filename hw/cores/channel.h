#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>

#include "hw/program/functional_interface.h"
#include "hw/program/program.h"

namespace mho::hw {

/// Credits that are worth a packet: a quarter of the room beyond the consumer's widest window, so that the producer keeps three quarters of it while
/// they travel.
int credits_at_once(const Edge& edge);

/// An edge while the chip runs. Positions are those that the edge carries, and count over inferences back to back: inference * positions + k. The
/// producer sends position p only while p < released + capacity, as far as credits that it has received say; so what is in the network always has its
/// place reserved at the consumer.
class Channel {
 public:
  Channel(int index, const Edge& edge, int producer_positions, int consumer_positions);
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] const Edge& edge() const { return *edge_; }

  /// Producer's side. `produced`: positions of the producer in or past its output buffer.
  [[nodiscard]] bool can_send(std::int64_t produced) const { return !sending_ && sent_ < granted_ && of_producer(sent_) < produced; }
  /// Position of the producer that is position `position` here.
  [[nodiscard]] std::int64_t of_producer(std::int64_t position) const {
    if (!edge_->carried) return position;
    return position / positions_ * producer_positions_ + (*edge_->carried)[static_cast<std::size_t>(position % positions_)];
  }
  [[nodiscard]] std::int64_t begin_send();
  void end_send();
  [[nodiscard]] bool sending() const { return sending_; }
  void grant(std::int64_t credits) { granted_ += credits; }
  /// Has a position to send, and no credit for it.
  [[nodiscard]] bool lacks_credit(std::int64_t produced) const { return !sending_ && sent_ >= granted_ && of_producer(sent_) < produced; }
  [[nodiscard]] std::int64_t sent() const { return sent_; }
  [[nodiscard]] std::int64_t granted() const { return granted_; }

  /// Consumer's side. Packets of one channel may overtake each other on different virtual channels; positions count as arrived without gaps. False,
  /// and nothing has happened, where the position is here or gone already. `values`: what its packet carried.
  [[nodiscard]] bool arrive(std::int64_t position, Values values = {});
  [[nodiscard]] std::int64_t arrived() const { return arrived_; }
  /// Positions that must have arrived before the consumer starts its position k.
  [[nodiscard]] std::int64_t need(std::int64_t k) const { return absolute(*edge_->needs, k); }
  /// Consumer position k has been computed; returns the positions this freed.
  std::int64_t release(std::int64_t k);
  /// Values of a position that has arrived and is not released; null else.
  [[nodiscard]] const Values* held(std::int64_t position) const;
  /// First of the positions in the inference of the consumer's position k.
  [[nodiscard]] std::int64_t first_of(std::int64_t k) const { return k / consumer_positions_ * positions_; }
  [[nodiscard]] std::int64_t released() const { return released_; }
  /// From now on the values of positions are kept.
  void keep_values() { keeps_values_ = true; }
  /// Credits to send now: all that are owed once they are credits_at_once(), or once the consumer's position `next` would else never arrive.
  [[nodiscard]] std::int64_t take_credits(std::int64_t next);

  /// Every position arrived and every credit, returned or still owed, accounted for.
  [[nodiscard]] bool restored() const { return sent_ == arrived_ && !sending_ && granted_ + (released_ - reported_) == released_ + edge_->capacity; }

 private:
  void keep(Values values);
  [[nodiscard]] std::int64_t absolute(const std::vector<std::int32_t>& table, std::int64_t k) const {
    const std::int64_t within = k - first_;
    if (within < 0 || within >= consumer_positions_) return absolute_elsewhere(table, k);
    return origin_ + table[static_cast<std::size_t>(within)];
  }
  [[nodiscard]] std::int64_t absolute_elsewhere(const std::vector<std::int32_t>& table, std::int64_t k) const;
  int index_;
  const Edge* edge_;
  std::int64_t producer_positions_;
  std::int64_t positions_;  ///< that the edge carries, of an inference
  std::int64_t consumer_positions_;
  mutable std::int64_t first_ = 0, origin_ = 0;  ///< of the inference asked for last: the consumer's first position, and ours
  std::int64_t coalesce_;
  std::int64_t sent_ = 0;
  std::int64_t granted_;
  bool sending_ = false;
  std::int64_t arrived_ = 0;
  std::map<std::int64_t, Values> early_;  ///< arrived before a predecessor
  bool keeps_values_ = false;
  std::deque<Values> held_;  ///< of the positions before arrived_ that are not released
  std::int64_t released_ = 0;
  std::int64_t reported_ = 0;
};

}  // namespace mho::hw
