#include "hw/cores/channel.h"

#include <algorithm>

namespace mho::hw {

namespace {

/// The largest number of positions that one consumer position needs in the buffer at once.
int window(const Edge& edge) {
  int widest = 0;
  for (std::size_t k = 0; k < edge.needs->size(); ++k) widest = std::max(widest, (*edge.needs)[k] - (k == 0 ? 0 : (*edge.releases)[k - 1]));
  return widest;
}

}  // namespace

int credits_at_once(const Edge& edge) { return std::max(1, (edge.capacity - window(edge)) / 4); }

Channel::Channel(int index, const Edge& edge, int producer_positions, int consumer_positions)
    : index_(index),
      edge_(&edge),
      producer_positions_(producer_positions),
      positions_(edge.positions(producer_positions)),
      consumer_positions_(consumer_positions),
      coalesce_(credits_at_once(edge)),
      granted_(edge.capacity) {}

std::int64_t Channel::absolute_elsewhere(const std::vector<std::int32_t>& table, std::int64_t k) const {
  const std::int64_t inference = k / consumer_positions_;
  first_ = inference * consumer_positions_;
  origin_ = inference * positions_;
  return origin_ + table[static_cast<std::size_t>(k - first_)];
}

std::int64_t Channel::begin_send() {
  sending_ = true;
  return sent_;
}

void Channel::end_send() {
  sending_ = false;
  ++sent_;
}

void Channel::keep(Values values) {
  // The consumer may not need the last positions of an inference: these are released before they arrive.
  if (keeps_values_ && arrived_ >= released_) held_.push_back(std::move(values));
  ++arrived_;
}

bool Channel::arrive(std::int64_t position, Values values) {
  if (position < arrived_) return false;
  if (position != arrived_) return early_.try_emplace(position, std::move(values)).second;
  keep(std::move(values));
  while (!early_.empty() && early_.begin()->first == arrived_) {
    keep(std::move(early_.begin()->second));
    early_.erase(early_.begin());
  }
  return true;
}

const Values* Channel::held(std::int64_t position) const {
  const auto first = arrived_ - static_cast<std::int64_t>(held_.size());
  return position >= first && position < arrived_ ? &held_[static_cast<std::size_t>(position - first)] : nullptr;
}

std::int64_t Channel::release(std::int64_t k) {
  const std::int64_t before = released_;
  released_ = absolute(*edge_->releases, k);
  while (!held_.empty() && arrived_ - static_cast<std::int64_t>(held_.size()) < released_) held_.pop_front();
  return released_ - before;
}

std::int64_t Channel::take_credits(std::int64_t next) {
  const std::int64_t owed = released_ - reported_;
  if (owed == 0 || (owed < coalesce_ && need(next) <= reported_ + edge_->capacity)) return 0;
  reported_ = released_;
  return owed;
}

}  // namespace mho::hw
