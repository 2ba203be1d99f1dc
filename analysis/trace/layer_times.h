#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/trace/folding_bins.h"
#include "hw/chip/observer.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// When a layer works; or the ports, for what comes in and goes out. A layer works while at least one of its units does; a tile that several layers
/// share works for each of them.
struct LayerTime {
  std::string name{};          ///< of the layer; "input", "output"
  std::optional<int> layer{};  ///< index in Program::layers
  /// One inference, chip idle before: when the first unit begins, when the last one ends, and how long it works between.
  double begin_s = 0, end_s = 0, working_s = 0;
  /// Its share of the latency: from the end of what it waits for the longest to its own end. Shares of all layers add up to the latency.
  double latency_s = 0;
  double latency_working_s = 0;     ///< of that, it worked; else it waited for packets, a free unit, room
  std::vector<int> alone{};         ///< equal parts of the latency: percent of each in which it worked
  std::vector<int> back_to_back{};  ///< the same from when inferences follow one another, until the last one has left; empty: not known
};

struct LayerTimes {
  std::vector<LayerTime> layers;                       ///< input, those of the program in its order, output; without those that no stage works for
  double alone_width_s = 0, back_to_back_width_s = 0;  ///< of a part
};

/// Hears when layers work.
class LayerTimeRecorder final : public hw::Observer {
 public:
  /// The program outlives it.
  explicit LayerTimeRecorder(const hw::Program& program);
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override;
  void packet_sent(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void packet_arrived(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void inference_left(std::int64_t count, base::SimTime time) override;
  /// Of an estimate: a unit of a stage works for the first inference. In any order.
  void worked(int stage, std::int64_t begin_fs, std::int64_t end_fs);

  /// `latency`: of the first inference.
  [[nodiscard]] LayerTimes times(base::SimTime latency) const;

 private:
  /// Femtoseconds from the first to the second.
  using Interval = std::pair<std::int64_t, std::int64_t>;
  /// The stages of a layer in a phase.
  struct Group {
    int phase = 0;
    std::size_t row = 0;                ///< in LayerTimes::layers
    std::vector<std::size_t> before{};  ///< groups that send it something
    std::vector<Interval> works{};      ///< for the first inference
    int working = 0;                    ///< units
    std::int64_t since = 0;
  };
  struct TrackedUnit {
    base::Clock clock;
    std::vector<std::vector<std::size_t>> groups;  ///< by kind of work
    std::vector<bool> begins;                      ///< by kind of work: an inference
    std::optional<std::size_t> kind{};             ///< that it works on
  };
  enum class Part { alone, between, back_to_back };

  void add(Group& group, Interval works);
  void add_shares(std::vector<LayerTime>& layers, const std::vector<std::vector<Interval>>& works, std::int64_t latency) const;
  [[nodiscard]] std::optional<std::size_t> group_before(const std::vector<std::vector<Interval>>& works, std::size_t group,
                                                        const std::vector<bool>& seen) const;

  const hw::Program& program_;
  std::vector<LayerTime> rows_;  ///< without times
  std::vector<Group> groups_;
  std::vector<std::size_t> group_of_;  ///< by stage
  std::vector<TrackedUnit> units_;
  std::vector<std::size_t> compacted_;  ///< by group: intervals after the last time that they were joined
  Part part_ = Part::alone;
  std::int64_t origin_ = 0;  ///< of back to back
  std::int64_t left_ = 0;    ///< the last inference that left, from the origin
  FoldingBins bins_;         ///< columns as rows
};

}  // namespace mho::analysis
