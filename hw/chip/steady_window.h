#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mho::hw {

/// Where inferences that are fed back to back have settled. Steady state is looked for from the first completion, when every stage has worked, to the
/// last injection: what drains later is faster or slower than what follows one after the other.
class SteadyWindow {
 public:
  /// `least`: cycles that the busiest unit or link works for one inference, which no interval undercuts for long; 0 where it says nothing.
  explicit SteadyWindow(double least) : least_(least) {}
  /// An inference left; `fed`: another one is still to begin.
  void add(std::int64_t cycle, bool fed);
  [[nodiscard]] std::size_t count() const { return cycles_.size(); }
  [[nodiscard]] std::int64_t last() const { return cycles_.back(); }

  /// Completions: from the one to the other.
  struct Window {
    std::size_t from = 0, to = 0;
    bool settled = false;
    [[nodiscard]] std::size_t intervals() const { return to - from; }
  };
  /// Settled are the last intervals that each equal the least one; else the last four that agree within 1 %; else, where intervals alternate, the
  /// last three groups of equally many whose sums agree within 1 %. Neither may undercut the least one. Not settled is the whole stretch, or all
  /// completions where fewer than two were fed.
  [[nodiscard]] Window find() const;
  /// What find() answers where nothing has settled.
  [[nodiscard]] Window whole() const;
  /// The whole stretch is faster than its busiest unit works: what units before have piled up leaves in a burst, as behind one that woke late.
  [[nodiscard]] bool undercuts() const;
  [[nodiscard]] std::int64_t cycle(std::size_t completion) const { return cycles_.at(completion); }

 private:
  [[nodiscard]] std::int64_t interval(std::size_t to) const { return cycles_[to] - cycles_[to - 1]; }
  [[nodiscard]] bool is_least(std::size_t to) const;
  /// `groups` groups of `size` intervals that end at the last fed completion have sums that agree.
  [[nodiscard]] bool agree(std::size_t groups, std::size_t size) const;

  double least_;
  std::vector<std::int64_t> cycles_;
  std::size_t fed_ = 0;  ///< completions before the last injection
};

}  // namespace mho::hw
