#include "hw/estimate/timed_edge.h"

#include <algorithm>

#include "hw/cores/channel.h"

namespace mho::hw {

TimedEdge::TimedEdge(const Edge& edge, int producer_positions, int consumer_positions, bool boundless)
    : edge_(&edge),
      needs_(edge.needs->data()),
      releases_(edge.releases->data()),
      producer_positions_(producer_positions),
      consumer_positions_(consumer_positions),
      positions_(edge.positions(producer_positions)),
      capacity_(boundless ? positions_ : edge.capacity),
      coalesce_(boundless ? positions_ + 1 : credits_at_once(edge)),
      next_(edge.carried ? edge.carried->front() : 0),
      granted_(capacity_),
      grant_{.until = capacity_, .time = 0},
      arrivals_(capacity_ + 1) {}

std::int64_t TimedEdge::credit_time() {
  while (sent_ >= grant_.until) {
    grant_ = grants_.front();
    grants_.pop_front();
  }
  return grant_.time;
}

void TimedEdge::send(std::int64_t left, std::int64_t arrived) {
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

void TimedEdge::start() {
  satisfied_ = std::max(satisfied_, need());
  if (++in_inference_ == consumer_positions_) {
    in_inference_ = 0;
    origin_ += positions_;
  }
}

std::int64_t TimedEdge::release() {
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

void TimedEdge::grant(std::int64_t credits, std::int64_t time) {
  granted_ += credits;
  const std::int64_t last = grants_.empty() ? grant_.time : grants_.back().time;
  grants_.push_back({.until = granted_, .time = std::max(time, last)});
}

}  // namespace mho::hw
