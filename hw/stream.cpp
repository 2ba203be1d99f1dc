#include "hw/stream.h"

#include <algorithm>

namespace mho::hw {

namespace {

/// Most positions any consumer position must find in the buffer at once.
int window(const Edge& edge) {
  int widest = 0;
  for (std::size_t k = 0; k < edge.needs->size(); ++k) widest = std::max(widest, (*edge.needs)[k] - (k == 0 ? 0 : (*edge.releases)[k - 1]));
  return widest;
}

}  // namespace

Stream::Stream(int index, const Edge& edge, int producer_positions, int consumer_positions)
    : index_(index),
      edge_(&edge),
      producer_positions_(producer_positions),
      consumer_positions_(consumer_positions),
      coalesce_(std::max(1, (edge.capacity - window(edge)) / 4)),
      granted_(edge.capacity) {}

std::int64_t Stream::absolute(const std::vector<std::int32_t>& table, std::int64_t k) const {
  return k / consumer_positions_ * producer_positions_ + table[static_cast<std::size_t>(k % consumer_positions_)];
}

std::int64_t Stream::begin_send() {
  sending_ = true;
  return sent_;
}

void Stream::end_send() {
  sending_ = false;
  ++sent_;
}

void Stream::arrive(std::int64_t position) {
  if (position != arrived_) {
    early_.insert(position);
    return;
  }
  ++arrived_;
  while (!early_.empty() && *early_.begin() == arrived_) {
    early_.erase(early_.begin());
    ++arrived_;
  }
}

std::int64_t Stream::release(std::int64_t k) {
  const std::int64_t before = released_;
  released_ = absolute(*edge_->releases, k);
  return released_ - before;
}

std::int64_t Stream::take_credits(std::int64_t next) {
  const std::int64_t owed = released_ - reported_;
  if (owed == 0 || (owed < coalesce_ && need(next) <= reported_ + edge_->capacity)) return 0;
  reported_ = released_;
  return owed;
}

}  // namespace mho::hw
