#include "hw/estimate/agenda.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace mho::hw {

namespace {

bool before(const Agenda::Entry& a, const Agenda::Entry& b) { return a.time != b.time ? a.time < b.time : a.order < b.order; }
bool after(const Agenda::Entry& a, const Agenda::Entry& b) { return before(b, a); }

}  // namespace

Agenda::Agenda(std::int64_t slot) : shift_(std::bit_width(static_cast<std::uint64_t>(slot)) - 1), slots_(size) {}

void Agenda::add(std::int64_t time, What what, int target, std::int64_t value) {
  const Entry entry{.time = time, .order = order_++, .value = value, .target = target, .what = what};
  ++count_;
  if (number(time) < current_ + size) return put(entry);
  later_.push_back(entry);
  std::ranges::push_heap(later_, after);
}

void Agenda::put(const Entry& entry) {
  const std::int64_t own = number(entry.time);
  const std::size_t at = place(own);
  if (own < earliest_) earliest_ = own;
  Slot& slot = slots_[at];
  if (!slot.entries.empty() && before(entry, slot.entries.back())) slot.sorted = false;
  slot.entries.push_back(entry);
  filled_[at / 64] |= std::uint64_t{1} << (at % 64);
}

void Agenda::move_to(std::int64_t slot) {
  current_ = slot;
  while (!later_.empty() && number(later_.front().time) < current_ + size) {
    std::ranges::pop_heap(later_, after);
    put(later_.back());
    later_.pop_back();
  }
}

Agenda::Slot* Agenda::next() {
  if (earliest_ < 0) {
    // The first slot that holds anything, once around from the current one.
    const std::size_t begin = place(current_);
    for (std::size_t w = 0; w <= filled_.size() && earliest_ < 0; ++w) {
      const std::size_t word = (begin / 64 + w) % filled_.size();
      std::uint64_t bits = filled_[word];
      if (w == 0) bits &= ~std::uint64_t{0} << (begin % 64);
      if (w == filled_.size()) bits &= ~(~std::uint64_t{0} << (begin % 64));
      if (bits == 0) continue;
      const auto at = static_cast<std::int64_t>(word * 64) + std::countr_zero(bits);
      earliest_ = current_ + ((at - static_cast<std::int64_t>(begin)) & (size - 1));
    }
    if (earliest_ < 0) return nullptr;
  }
  Slot& slot = slots_[place(earliest_)];
  if (!slot.sorted) {
    std::sort(slot.entries.begin() + static_cast<std::ptrdiff_t>(slot.taken), slot.entries.end(), before);
    slot.sorted = true;
  }
  return &slot;
}

std::int64_t Agenda::next_time() {
  if (count_ == 0) throw std::logic_error("an agenda without entries was asked for the next one");
  const Slot* slot = next();
  return slot == nullptr ? later_.front().time : slot->entries[slot->taken].time;
}

Agenda::Entry Agenda::take() {
  if (count_ == 0) throw std::logic_error("an agenda without entries was asked for the next one");
  Slot* slot = next();
  if (slot == nullptr) {
    move_to(number(later_.front().time));
    slot = next();
  }
  const Entry entry = slot->entries[slot->taken++];
  --count_;
  const std::int64_t own = number(entry.time);
  if (slot->taken == slot->entries.size()) {
    slot->entries.clear();
    slot->taken = 0;
    const std::size_t at = place(own);
    filled_[at / 64] &= ~(std::uint64_t{1} << (at % 64));
    earliest_ = -1;
  }
  if (own != current_) move_to(own);
  return entry;
}

}  // namespace mho::hw
