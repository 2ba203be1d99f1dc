#include "hw/estimate/agenda.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace mho::hw {

namespace {

bool before(const Agenda::Entry& a, const Agenda::Entry& b) { return a.time != b.time ? a.time < b.time : a.order < b.order; }
bool after(const Agenda::Entry& a, const Agenda::Entry& b) { return before(b, a); }

}  // namespace

void Agenda::add(std::int64_t time, What what, int target, std::int64_t value) {
  const Entry entry{.time = time, .order = order_++, .value = value, .target = target, .what = what};
  ++count_;
  if (time / width_ < current_ + size) return put(entry);
  later_.push_back(entry);
  std::ranges::push_heap(later_, after);
}

void Agenda::put(const Entry& entry) {
  const auto at = static_cast<std::size_t>(entry.time / width_ % size);
  Slot& slot = slots_[at];
  if (!slot.entries.empty() && before(entry, slot.entries.back())) slot.sorted = false;
  slot.entries.push_back(entry);
  filled_[at / 64] |= std::uint64_t{1} << (at % 64);
}

void Agenda::move_to(std::int64_t slot) {
  current_ = slot;
  while (!later_.empty() && later_.front().time / width_ < current_ + size) {
    std::ranges::pop_heap(later_, after);
    put(later_.back());
    later_.pop_back();
  }
}

Agenda::Slot* Agenda::next() {
  // The first slot that holds anything, once around from the current one.
  const auto begin = static_cast<std::size_t>(current_ % size);
  for (std::size_t w = 0; w <= filled_.size(); ++w) {
    const std::size_t word = (begin / 64 + w) % filled_.size();
    std::uint64_t bits = filled_[word];
    if (w == 0) bits &= ~std::uint64_t{0} << (begin % 64);
    if (w == filled_.size()) bits &= ~(~std::uint64_t{0} << (begin % 64));
    if (bits == 0) continue;
    Slot& slot = slots_[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))];
    if (!slot.sorted) {
      std::sort(slot.entries.begin() + static_cast<std::ptrdiff_t>(slot.taken), slot.entries.end(), before);
      slot.sorted = true;
    }
    return &slot;
  }
  return nullptr;
}

std::int64_t Agenda::next_time() {
  if (count_ == 0) throw std::logic_error("an agenda without entries was asked for the next one");
  const Slot* slot = next();
  return slot == nullptr ? later_.front().time : slot->entries[slot->taken].time;
}

Agenda::Entry Agenda::take() {
  if (count_ == 0) throw std::logic_error("an agenda without entries was asked for the next one");
  if (next() == nullptr) move_to(later_.front().time / width_);
  Slot& slot = *next();
  const Entry entry = slot.entries[slot.taken++];
  --count_;
  const auto at = static_cast<std::size_t>(entry.time / width_ % size);
  if (slot.taken == slot.entries.size()) {
    slot.entries.clear();
    slot.taken = 0;
    filled_[at / 64] &= ~(std::uint64_t{1} << (at % 64));
  }
  if (const std::int64_t number = entry.time / width_; number != current_) move_to(number);
  return entry;
}

}  // namespace mho::hw
