#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hw/cores/channel.h"
#include "hw/cores/stage_controller.h"
#include "hw/cores/transport.h"
#include "hw/estimate/timed_core.h"
#include "hw/estimate/timed_network.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// A program position by position: stages and channels as on the chip, cores as the units that keep positions, the network as the time of its
/// packets. Nothing happens between two events, so it takes a fraction of the time of a simulation.
class TimedExecution : public Transport {
 public:
  /// A program without phases; all references outlive it.
  TimedExecution(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile);
  ~TimedExecution() override;

  /// Lets `count` inferences in, in all.
  void allow_inferences(std::int64_t count);
  /// Goes on until the next inference has left; false where nothing can happen any more.
  bool next_inference();
  /// Goes on until nothing happens any more.
  void finish();
  [[nodiscard]] std::int64_t now() const { return now_; }  ///< in femtoseconds
  [[nodiscard]] std::int64_t left() const { return left_; }
  [[nodiscard]] std::int64_t begun() const;

  /// What stages and edges waited for so far, and packets of credits by edge.
  struct Counts {
    std::vector<StageActivity> stages;
    std::vector<EdgeActivity> edges;
    std::vector<std::uint64_t> credits;
  };
  [[nodiscard]] Counts counts();

  void send_position(Channel& channel, std::int64_t position, Values values) override;
  [[nodiscard]] bool multicast() const override { return false; }
  [[nodiscard]] bool share_packet(const Channel& /*one*/, const Channel& /*other*/) const override { return false; }
  void send_position(const std::vector<Channel*>& channels, std::int64_t position, std::vector<Values> values) override;
  void send_credits(Channel& channel, std::int64_t credits) override;
  void fail(std::exception_ptr why) override;
  [[nodiscard]] bool failed() const override { return false; }

 private:
  void make_cores();
  void handle(const Agenda::Entry& entry);
  void wake(int stage);
  void look();
  [[nodiscard]] std::int64_t inferences_left() const;

  const Program& program_;
  const ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  TimedNetwork network_;
  Agenda agenda_;
  std::int64_t now_ = 0, left_ = 0;
  bool position_left_ = false;
  std::vector<Channel> channels_;
  std::vector<StageController> controllers_;
  std::vector<std::unique_ptr<TimedCore>> cores_;
  std::vector<std::int64_t> periods_;  ///< by core
  std::vector<int> core_of_;           ///< by stage
  std::vector<std::size_t> place_of_;  ///< by stage: its number on its core
  std::vector<std::size_t> sources_, sinks_;
  std::vector<int> woken_;
  std::vector<char> is_woken_;
  std::vector<std::uint64_t> credits_;
};

}  // namespace mho::hw
