#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "hw/program/program.h"

namespace mho::hw {

/// The latest entries of a growing list, by index from its start.
template <typename T>
class Recent {
 public:
  /// `least`: number of entries that are kept at least.
  explicit Recent(std::int64_t least = 1) {
    std::uint64_t size = 1;
    while (size < static_cast<std::uint64_t>(least)) size *= 2;
    entries_.resize(size);
    mask_ = size - 1;
  }
  T& operator[](std::int64_t i) { return entries_[static_cast<std::uint64_t>(i) & mask_]; }

 private:
  std::vector<T> entries_;
  std::uint64_t mask_ = 0;
};

/// The times of an edge in fs: the timed counterpart of Channel. Times are known before the execution reaches them. Positions are numbered through
/// all inferences.
class TimedEdge {
 public:
  /// `boundless`: the edge holds all positions of one inference and returns no credits.
  TimedEdge(const Edge& edge, int producer_positions, int consumer_positions, bool boundless = false);
  [[nodiscard]] int producer() const { return edge_->producer; }
  [[nodiscard]] int consumer() const { return edge_->consumer; }

  /// The next position of the producer that the edge carries.
  [[nodiscard]] std::int64_t next() const { return next_; }
  /// Conditions for sending the next position once it is produced: has_credit(), not before credit_time(), and not before free(), when the previous
  /// one has left.
  [[nodiscard]] bool has_credit() const { return sent_ < granted_; }
  [[nodiscard]] std::int64_t credit_time();
  [[nodiscard]] std::int64_t free() const { return free_; }
  /// Sends the next position, which leaves its core at time `left` and arrives at `arrived`.
  void send(std::int64_t left, std::int64_t arrived);

  /// The number of positions whose arrival is known.
  [[nodiscard]] std::int64_t sent() const { return sent_; }
  /// need(): number of positions that the consumer's next position needs. needs_more(): whether that is more than for its previous positions.
  /// arrival(): when the last of them arrives; only if they are sent.
  [[nodiscard]] std::int64_t need() const { return origin_ + needs_[in_inference_]; }
  [[nodiscard]] bool needs_more() const { return need() > satisfied_; }
  [[nodiscard]] std::int64_t arrival() { return arrivals_[need() - 1]; }
  /// The consumer starts its next position.
  void start();
  /// The consumer has computed another position. Returns the credits to return now, as Channel::take_credits does.
  [[nodiscard]] std::int64_t release();
  /// Credits reach the producer at `time`.
  void grant(std::int64_t credits, std::int64_t time);

 private:
  struct Grant {
    std::int64_t until, time;  ///< positions before `until` may leave from `time` on
  };
  const Edge* edge_;
  const std::int32_t *needs_, *releases_;
  std::int64_t producer_positions_, consumer_positions_, positions_, capacity_, coalesce_;
  std::int64_t next_ = 0, sent_ = 0, free_ = 0, granted_;
  std::int64_t sent_in_inference_ = 0, sent_origin_ = 0;  ///< sent_origin_: in positions of the producer
  Grant grant_;                                           ///< grant of the next position
  std::deque<Grant> grants_;                              ///< later grants
  Recent<std::int64_t> arrivals_;
  std::int64_t in_inference_ = 0, origin_ = 0, satisfied_ = 0;    ///< of the consumer's next position
  std::int64_t released_in_inference_ = 0, released_origin_ = 0;  ///< of the position that the consumer computes next
  std::int64_t released_ = 0, reported_ = 0, last_arrival_ = 0;
};

inline std::int64_t TimedEdge::credit_time() {
  while (sent_ >= grant_.until) {
    grant_ = grants_.front();
    grants_.pop_front();
  }
  return grant_.time;
}

inline void TimedEdge::send(std::int64_t left, std::int64_t arrived) {
  free_ = left;
  last_arrival_ = std::max(last_arrival_, arrived);
  arrivals_[sent_] = last_arrival_;
  ++sent_;
  if (++sent_in_inference_ == positions_) {
    sent_in_inference_ = 0;
    sent_origin_ += producer_positions_;
  }
  next_ = sent_origin_ + (edge_->carried ? (*edge_->carried)[static_cast<std::size_t>(sent_in_inference_)] : sent_in_inference_);
}

inline void TimedEdge::start() {
  satisfied_ = std::max(satisfied_, need());
  if (++in_inference_ == consumer_positions_) {
    in_inference_ = 0;
    origin_ += positions_;
  }
}

inline std::int64_t TimedEdge::release() {
  released_ = released_origin_ + releases_[released_in_inference_];
  if (++released_in_inference_ == consumer_positions_) {
    released_in_inference_ = 0;
    released_origin_ += positions_;
  }
  const std::int64_t owed = released_ - reported_;
  if (owed == 0 || (owed < coalesce_ && need() <= reported_ + capacity_)) return 0;
  reported_ = released_;
  return owed;
}

inline void TimedEdge::grant(std::int64_t credits, std::int64_t time) {
  granted_ += credits;
  const std::int64_t last = grants_.empty() ? grant_.time : grants_.back().time;
  grants_.push_back({.until = granted_, .time = std::max(time, last)});
}

}  // namespace mho::hw
