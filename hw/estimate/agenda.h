#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace mho::hw {

/// What happens next, in the order of its time; what happens at one time in the order in which it was asked for. A wheel of slots, so that an entry
/// costs as much whatever else is to come.
class Agenda {
 public:
  enum class What : std::uint8_t { unit, sent, arrived, granted };
  struct Entry {
    std::int64_t time;
    std::uint64_t order;
    std::int64_t value;
    std::int32_t target;  ///< core, or edge
    What what;
  };
  /// `slot`: femtoseconds, about those between two entries that follow each other.
  explicit Agenda(std::int64_t slot);
  /// Not before the time of the entry that was taken last.
  void add(std::int64_t time, What what, int target, std::int64_t value);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// Of one that is not empty.
  [[nodiscard]] std::int64_t next_time();
  Entry take();

 private:
  static constexpr std::int64_t size = 4096;
  struct Slot {
    std::vector<Entry> entries;
    std::size_t taken = 0;
    bool sorted = true;
  };
  void put(const Entry& entry);
  /// Takes in what lies beyond and is now within the circle.
  void move_to(std::int64_t slot);
  /// The slot of the next entry, sorted; null where all lies beyond.
  Slot* next();
  [[nodiscard]] std::int64_t number(std::int64_t time) const { return time >> shift_; }
  static std::size_t place(std::int64_t number) { return static_cast<std::size_t>(number & (size - 1)); }
  int shift_;                   ///< slots are as long as a power of two
  std::int64_t current_ = 0;    ///< number of the slot of the entries taken last
  std::int64_t earliest_ = -1;  ///< number of the first slot that holds anything; -1: not known
  std::vector<Slot> slots_;     ///< of the numbers from current_ on, in a circle
  std::array<std::uint64_t, size / 64> filled_{};
  std::vector<Entry> later_;  ///< a heap of what lies beyond
  std::size_t count_ = 0;
  std::uint64_t order_ = 0;
};

}  // namespace mho::hw
