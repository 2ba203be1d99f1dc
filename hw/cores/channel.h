#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>

#include "hw/program/functional_interface.h"
#include "hw/program/program.h"

namespace mho::hw {

/// The number of credits that one packet returns: a quarter of the capacity beyond the consumer's widest window, at least 1. While they travel, the
/// producer keeps credits for the other three quarters.
int credits_at_once(const Edge& edge);

/// The state of an edge during a simulation. Positions are those that the edge carries, numbered through all inferences: inference * positions + k.
/// The producer sends position p only if p < capacity + credits received. So each position in the network has reserved space at the consumer.
class Channel {
 public:
  Channel(int index, const Edge& edge, int producer_positions, int consumer_positions);
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] const Edge& edge() const { return *edge_; }

  /// Producer's side. Whether the next position has been produced, has a credit and may leave now. `produced`: positions that the producer has
  /// finished.
  [[nodiscard]] bool can_send(std::int64_t produced) const { return !sending_ && sent_ < granted_ && of_producer(sent_) < produced; }
  /// Producer position of position `position` of this edge.
  [[nodiscard]] std::int64_t of_producer(std::int64_t position) const {
    if (!edge_->carried) return position;
    return position / positions_ * producer_positions_ + (*edge_->carried)[static_cast<std::size_t>(position % positions_)];
  }
  /// Begins to send the next position and returns its number. One position is sent at a time.
  [[nodiscard]] std::int64_t begin_send();
  void end_send();
  [[nodiscard]] bool sending() const { return sending_; }
  void grant(std::int64_t credits) { granted_ += credits; }
  /// Whether the next position has been produced and there is no credit for it.
  [[nodiscard]] bool lacks_credit(std::int64_t produced) const { return !sending_ && sent_ >= granted_ && of_producer(sent_) < produced; }
  [[nodiscard]] std::int64_t sent() const { return sent_; }
  [[nodiscard]] std::int64_t granted() const { return granted_; }

  /// Consumer's side. Records the arrival of a position. Packets may overtake each other on different virtual channels; arrived() counts positions
  /// without gaps. Returns false without effect if the position has arrived before. `values`: payload of its packet.
  [[nodiscard]] bool arrive(std::int64_t position, Values values = {});
  [[nodiscard]] std::int64_t arrived() const { return arrived_; }
  /// The number of positions that must have arrived before the consumer starts its position k.
  [[nodiscard]] std::int64_t need(std::int64_t k) const { return absolute(*edge_->needs, k); }
  /// Releases the positions that the consumer does not need after its position k. Returns their number.
  std::int64_t release(std::int64_t k);
  /// Values of a position that has arrived and is not released; else null.
  [[nodiscard]] const Values* held(std::int64_t position) const;
  /// First position of this edge in the inference of the consumer's position k.
  [[nodiscard]] std::int64_t first_of(std::int64_t k) const { return k / consumer_positions_ * positions_; }
  [[nodiscard]] std::int64_t released() const { return released_; }
  /// Stores the values of positions from now on.
  void keep_values() { keeps_values_ = true; }
  /// Takes the credits to send now: all credits owed if they are at least credits_at_once(), or if the inputs of the consumer's position `next` could
  /// not be sent without them; else 0.
  [[nodiscard]] std::int64_t take_credits(std::int64_t next);

  /// Whether all sent positions have arrived and all credits, returned or owed, are accounted for.
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
  std::int64_t positions_;  ///< positions that the edge carries, per inference
  std::int64_t consumer_positions_;
  mutable std::int64_t first_ = 0, origin_ = 0;  ///< of the last requested inference: first position of the consumer, and of this edge
  std::int64_t coalesce_;
  std::int64_t sent_ = 0;
  std::int64_t granted_;
  bool sending_ = false;
  std::int64_t arrived_ = 0;
  std::map<std::int64_t, Values> early_;  ///< positions that arrived before a predecessor
  bool keeps_values_ = false;
  std::deque<Values> held_;  ///< values of the positions before arrived_ that are not released
  std::int64_t released_ = 0;
  std::int64_t reported_ = 0;
};

}  // namespace mho::hw
