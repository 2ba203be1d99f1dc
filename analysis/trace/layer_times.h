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

/// Working times of a layer, or of the ports for inputs and outputs. A layer works while at least one of its units works. A tile that several layers
/// share works for each of them.
struct LayerTime {
  std::string name{};          ///< name of the layer, or "input", "output"
  std::optional<int> layer{};  ///< index in Program::layers
  /// One inference on an idle chip: begin of the first unit's work, end of the last unit's work, and the time in which the layer works between.
  double begin_s = 0, end_s = 0, working_s = 0;
  /// The layer's share of the latency: time in which the last output waited for it. Shares of all layers add up to the latency.
  double latency_s = 0;
  double latency_working_s = 0;     ///< part of latency_s in which the layer worked; in the rest it waited for packets, a free unit or space
  std::vector<int> alone{};         ///< for equal parts of the latency: percent of each in which the layer worked
  std::vector<int> back_to_back{};  ///< the same for the back-to-back inferences, until the last one has left; empty: unknown
};

struct LayerTimes {
  std::vector<LayerTime> layers;                       ///< input, the layers of the program in its order, output; without layers that have no stage
  double alone_width_s = 0, back_to_back_width_s = 0;  ///< duration of a part
};

/// Intervals [first, second) in femtoseconds, in order and without overlaps.
using Intervals = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Records when layers work. Shares of the latency come from a walk back in time from the last output. While the busiest unit of a layer works
/// without a pause, the time belongs to the layer. At the start of that work, the walk continues at the layer, among those that send data to it,
/// whose work ended last; the time between also belongs to the layer. At the input, which has no sender, it continues at the layer that made space.
class LayerTimeRecorder final : public hw::Observer {
 public:
  /// The program must outlive this object.
  explicit LayerTimeRecorder(const hw::Program& program);
  void begin(const hw::Program& program, const std::vector<hw::Unit>& units, const base::Clock& network) override;
  void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override;
  void packet_sent(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void packet_arrived(const hw::Packet& /*packet*/, base::SimTime /*time*/) override {}
  void inference_left(std::int64_t count, base::SimTime time) override;
  /// For an estimate: reports that a unit of a stage works for the first inference in this interval, in femtoseconds. Calls may come in any order;
  /// `unit` is any number that identifies the unit.
  void worked(int stage, int unit, std::int64_t begin_fs, std::int64_t end_fs);

  /// The working times; `latency`: that of the first inference.
  [[nodiscard]] LayerTimes times(base::SimTime latency) const;

 private:
  /// A unit of the stage that represents its kind in a layer.
  struct Candidate {
    std::optional<base::Clock> clock{};  ///< clock of the times; empty: times in femtoseconds
    Intervals works{};                   ///< working times for the first inference
    std::int64_t since = 0;
    int unit = 0;
  };
  /// The stages of a layer in a phase.
  struct Group {
    int phase = 0;
    std::size_t row = 0;                         ///< row in LayerTimes::layers
    std::vector<std::size_t> before{}, after{};  ///< groups that send data to it, and groups that it sends to
    std::vector<int> stages{};                   ///< one stage of each kind, which represents all
    std::vector<Candidate> candidates{};
    Intervals works{};  ///< working times of all its units for the first inference
    int working = 0;    ///< number of working units
    std::int64_t since = 0;
    std::size_t joined = 0;  ///< number of intervals when they were last joined
  };
  struct TrackedUnit {
    base::Clock clock;
    std::vector<std::vector<std::size_t>> groups;  ///< by kind of work
    /// By kind of work: group and candidate, if the unit is a candidate.
    std::vector<std::optional<std::pair<std::size_t, std::size_t>>> candidates;
    std::vector<bool> begins;           ///< by kind of work: whether it begins an inference
    std::optional<std::size_t> kind{};  ///< kind that it works on
  };
  /// Working times of groups, and of the busiest unit of each, up to the latency.
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
  std::int64_t origin_ = 0;  ///< begin of the back-to-back inferences
  std::int64_t left_ = 0;    ///< time of the last inference that left, from the origin
  FoldingBins bins_;         ///< columns as the rows
};

}  // namespace mho::analysis
