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
  /// Its share of the latency, in which the last output waited for it. Shares of all layers add up to the latency.
  double latency_s = 0;
  double latency_working_s = 0;     ///< of that, it worked; else it waited for packets, a free unit, room
  std::vector<int> alone{};         ///< equal parts of the latency: percent of each in which it worked
  std::vector<int> back_to_back{};  ///< the same from when inferences follow one another, until the last one has left; empty: not known
};

struct LayerTimes {
  std::vector<LayerTime> layers;                       ///< input, those of the program in its order, output; without those that no stage works for
  double alone_width_s = 0, back_to_back_width_s = 0;  ///< of a part
};

/// Femtoseconds from the first to the second, in order and without overlaps.
using Intervals = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Hears when layers work. Shares of the latency are those of a walk back in time from the last output. As long as the busiest unit of a layer works
/// without a pause the time is the layer's own; where it began to work, the walk goes on with the layer whose work ended last of those that send it
/// something, and the time between is the layer's as well. At the input, where nothing sends, it goes on with who made room.
class LayerTimeRecorder final : public hw::Observer {
 public:
  /// The program outlives it.
  explicit LayerTimeRecorder(const hw::Program& program);
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override;
  void packet_sent(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void packet_arrived(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void inference_left(std::int64_t count, base::SimTime time) override;
  /// An estimate says that a unit of a stage works for the first inference, femtoseconds. Calls may come in any order; any number names a unit.
  void worked(int stage, int unit, std::int64_t begin_fs, std::int64_t end_fs);

  /// `latency`: of the first inference.
  [[nodiscard]] LayerTimes times(base::SimTime latency) const;

 private:
  /// A unit of the stage that stands for its kind in a layer.
  struct Candidate {
    std::optional<base::Clock> clock{};  ///< of the times; empty: they are femtoseconds
    Intervals works{};                   ///< for the first inference
    std::int64_t since = 0;
    int unit = 0;
  };
  /// The stages of a layer in a phase.
  struct Group {
    int phase = 0;
    std::size_t row = 0;                         ///< in LayerTimes::layers
    std::vector<std::size_t> before{}, after{};  ///< groups that send it something, and that it sends to
    std::vector<int> stages{};                   ///< one of each kind, which stand for all
    std::vector<Candidate> candidates{};
    Intervals works{};  ///< of all its units, for the first inference
    int working = 0;    ///< units
    std::int64_t since = 0;
    std::size_t joined = 0;  ///< intervals after the last time that they were joined
  };
  struct TrackedUnit {
    base::Clock clock;
    std::vector<std::vector<std::size_t>> groups;  ///< by kind of work
    /// By kind of work: group and candidate, where the unit is one.
    std::vector<std::optional<std::pair<std::size_t, std::size_t>>> candidates;
    std::vector<bool> begins;           ///< by kind of work: an inference
    std::optional<std::size_t> kind{};  ///< that it works on
  };
  /// When groups work, and the busiest unit of each, up to the latency.
  struct Works {
    std::vector<Intervals> all, busiest;  ///< by group
  };
  enum class Part { alone, between, back_to_back };

  void choose_stages();
  void add(Group& group, std::int64_t begin, std::int64_t end);
  [[nodiscard]] Works works_until(std::int64_t latency) const;
  [[nodiscard]] std::optional<std::pair<std::size_t, std::int64_t>> cause(const Works& works, std::size_t group, std::int64_t time) const;
  void add_shares(std::vector<LayerTime>& layers, const Works& works, std::int64_t latency) const;

  const hw::Program& program_;
  std::vector<LayerTime> rows_;  ///< without times
  std::vector<Group> groups_;
  std::vector<std::size_t> group_of_;  ///< by stage
  std::vector<TrackedUnit> units_;
  Part part_ = Part::alone;
  std::int64_t origin_ = 0;  ///< of back to back
  std::int64_t left_ = 0;    ///< the last inference that left, from the origin
  FoldingBins bins_;         ///< columns as rows
};

}  // namespace mho::analysis
