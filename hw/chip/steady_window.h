#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mho::hw {

/// Finds the steady state of inferences that are fed back to back. It searches from the first completion, when all stages have worked, to the last
/// injection; later intervals belong to the draining. Times in cycles of chip.clock.
class SteadyWindow {
 public:
  /// `least`: work of the busiest unit or link for one inference in cycles, a lower bound of the mean interval; 0: no bound.
  explicit SteadyWindow(double least) : least_(least) {}
  /// Adds the completion of an inference. `fed`: further inferences are still to begin.
  void add(std::int64_t cycle, bool fed);
  [[nodiscard]] std::size_t count() const { return cycles_.size(); }
  [[nodiscard]] std::int64_t last() const { return cycles_.back(); }

  /// A range of completions, both ends included.
  struct Window {
    std::size_t from = 0, to = 0;
    bool settled = false;
    [[nodiscard]] std::size_t intervals() const { return to - from; }
  };
  /// The settled window, the first of: the last intervals that equal `least` within one cycle; the last 4 intervals, if they agree within 1 %; for
  /// intervals that alternate, the last 3 groups of equally many intervals whose sums agree within 1 %. The last two kinds may not undercut `least`
  /// by more than 1 %. If there is none: whole(), not settled.
  [[nodiscard]] Window find() const;
  /// All fed completions, or all completions if fewer than 2 were fed; not settled.
  [[nodiscard]] Window whole() const;
  /// Whether the mean interval of whole() is more than 1 % below `least`. This occurs when positions that queued before a slow start leave in a
  /// burst, as behind a core that woke late.
  [[nodiscard]] bool undercuts() const;
  [[nodiscard]] std::int64_t cycle(std::size_t completion) const { return cycles_.at(completion); }

 private:
  [[nodiscard]] std::int64_t interval(std::size_t to) const { return cycles_[to] - cycles_[to - 1]; }
  [[nodiscard]] bool is_least(std::size_t to) const;
  /// Whether the last `groups` groups of `size` fed intervals have sums that agree within 1 % and do not undercut `least`.
  [[nodiscard]] bool agree(std::size_t groups, std::size_t size) const;

  double least_;
  std::vector<std::int64_t> cycles_;
  std::size_t fed_ = 0;  ///< completions before the last injection
};

}  // namespace mho::hw
