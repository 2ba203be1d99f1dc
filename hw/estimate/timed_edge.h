#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "hw/program/program.h"

namespace mho::hw {

/// The last entries of a list that grows.
template <typename T>
class Recent {
 public:
  /// `least`: entries that are kept.
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

/// An edge as times, in femtoseconds: what Channel counts on the chip, known ahead of the time at which it happens. Positions count over inferences
/// back to back.
class TimedEdge {
 public:
  /// `boundless`: one that takes the positions of one inference whatever its capacity, and wants no credits.
  TimedEdge(const Edge& edge, int producer_positions, int consumer_positions, bool boundless = false);
  [[nodiscard]] int producer() const { return edge_->producer; }
  [[nodiscard]] int consumer() const { return edge_->consumer; }

  /// The producer's position that it takes next.
  [[nodiscard]] std::int64_t next() const { return next_; }
  /// When the next position may be sent, as far as its producer is ready: its credit is here, and the one before has left.
  [[nodiscard]] bool has_credit() const { return sent_ < granted_; }
  [[nodiscard]] std::int64_t credit_time();
  [[nodiscard]] std::int64_t free() const { return free_; }
  /// The next position leaves its core at one time and arrives at another.
  void send(std::int64_t left, std::int64_t arrived);

  /// Positions whose arrival is known.
  [[nodiscard]] std::int64_t sent() const { return sent_; }
  /// Positions that the consumer's next position needs, and when the last of them arrives; only where they are sent.
  [[nodiscard]] std::int64_t need() const { return origin_ + needs_[in_inference_]; }
  [[nodiscard]] bool needs_more() const { return need() > satisfied_; }
  [[nodiscard]] std::int64_t arrival() { return arrivals_[need() - 1]; }
  /// The consumer has started its next position.
  void start();
  /// The consumer has computed one more; answers the credits to return now, as Channel::take_credits.
  [[nodiscard]] std::int64_t release();
  void grant(std::int64_t credits, std::int64_t time);

 private:
  struct Grant {
    std::int64_t until, time;  ///< positions before `until` may leave from `time` on
  };
  const Edge* edge_;
  const std::int32_t *needs_, *releases_;
  std::int64_t producer_positions_, consumer_positions_, positions_, capacity_, coalesce_;
  std::int64_t next_ = 0, sent_ = 0, free_ = 0, granted_;
  std::int64_t sent_in_inference_ = 0, sent_origin_ = 0;  ///< the origin in positions of the producer
  Grant grant_;                                           ///< of the next position
  std::deque<Grant> grants_;                              ///< after it
  Recent<std::int64_t> arrivals_;
  std::int64_t in_inference_ = 0, origin_ = 0, satisfied_ = 0;    ///< of the consumer's next position
  std::int64_t released_in_inference_ = 0, released_origin_ = 0;  ///< of the position that it computes next
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
