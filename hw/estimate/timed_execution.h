#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "hw/estimate/timed_edge.h"
#include "hw/estimate/timed_network.h"
#include "hw/estimate/timed_stage.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"

namespace mho::hw {

/// A program position by position: stages and channels as on the chip, cores as the units that keep positions, the network as the time of its
/// packets. Each stage that has its unit to itself goes on as far as the times of its inputs, credits and room are known; only where several want
/// one unit, and where positions enter the chip, things are done in the order of their times. That order is right: whatever is not known yet follows
/// from something that is done later.
class TimedExecution {
 public:
  /// A program without phases; all references outlive it. `interval_s`: as for TimedNetwork. `unhurried`: for one inference that takes what room it
  /// likes, no stage faster than it has to be where one follows every interval_s.
  TimedExecution(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s, bool unhurried = false);

  /// `work` hears when units of a stage work, from now on, as EstimateOptions says; an empty one nothing any more.
  void tell_work(std::function<void(int stage, int unit, std::int64_t begin, std::int64_t end)> work) { work_ = std::move(work); }

  /// Lets `count` inferences in, in all, those that are new from now() on.
  void allow_inferences(std::int64_t count);
  /// Goes on until the next inference has left; false where nothing can happen any more.
  bool next_inference();
  /// Goes on until nothing happens any more; now() is the end then.
  void finish();
  [[nodiscard]] std::int64_t now() const { return now_; }  ///< femtoseconds; when the last inference left
  [[nodiscard]] std::int64_t left() const { return left_; }

  /// What stages and edges waited for in the inferences from `first` up to `end`, and packets of credits by edge.
  struct Waits {
    std::vector<StageActivity> stages;
    std::vector<EdgeActivity> edges;
    std::vector<std::uint64_t> credits;
  };
  [[nodiscard]] Waits waits(std::int64_t first, std::int64_t end) const;

  /// Where it is unhurried: when each position of an edge was sent, and each of a stage computed.
  [[nodiscard]] const std::vector<std::int64_t>& sent_at(std::size_t edge) const { return sent_at_[edge]; }
  [[nodiscard]] const std::vector<std::int64_t>& computed_at(std::size_t stage) const { return computed_at_[stage]; }
  [[nodiscard]] const TimedNetwork& network() const { return network_; }

 private:
  /// A unit that several clients want. It serves whoever has waited the longest, or one after the other.
  struct Server {
    enum class Kind { vector_unit, port_in, port_out, drivers, converters } kind = Kind::vector_unit;
    std::vector<int> clients{};  ///< stages; of converters: tiles
    std::vector<int> waiting{};  ///< indices of clients, the longest first
    std::size_t last = 0;
    std::int64_t free = 0;   ///< when it has done what it was given
    bool open = true;        ///< whether that is known
    bool announced = false;  ///< the agenda has that time
  };
  struct Entry {
    std::int64_t time;
    std::uint64_t order;
    int server;
    int client;  ///< that may be served; -1: the server is free
  };
  struct Item {
    int stage;
    std::int64_t position;
  };
  /// Drivers and array of a tile, and the capacitors that hold what they read.
  struct Tile {
    std::vector<int> stages{};
    int bank = 0;
    int drivers = -1;  ///< their server, where several stages share them
    std::optional<Item> in_drivers{}, in_array{}, held{};
    bool sampled = false, in_turn = false;  ///< the array's product is held; the held one has asked for the converters, or is in them
    std::int64_t drivers_until = 0, array_until = 0, held_since = 0, drivers_free = 0, array_free = 0, held_free = 0;
  };
  /// Converters and output stage of one tile, or of several.
  struct Bank {
    std::vector<int> tiles{};
    int server = -1;  ///< of the converters, where several tiles share them
    bool pipelined = true;
    int converting = -1;  ///< tile
    std::optional<Item> in_scale{};
    bool has_place = false;  ///< of what is in the output stage
    std::int64_t converters_until = 0, scale_until = 0, scale_free = 0;
  };
  /// Of one inference, femtoseconds.
  struct InferenceWaits {
    std::vector<std::int64_t> input, output, awaited, lacking;
    std::vector<std::uint64_t> credits;
  };

  void make_cores();
  void make_analog_core(const std::vector<int>& stages);
  int make_server(Server::Kind kind, std::vector<int> clients);

  void wake(int stage);
  void run_woken();
  void advance_tile(int tile);
  bool advance_bank(int bank);
  bool pass(Tile& tile, Bank& bank);
  bool drive(Tile& tile);
  bool ask_converters(int tile);
  void leave_array(Tile& tile);
  void advance_unit(int stage);

  void opened(int server, std::int64_t time);
  void handle(const Entry& entry);
  void serve(int server, std::size_t client, std::int64_t time);
  /// From `time` on `client` wants the server; -1: the server is free then.
  void push(std::int64_t time, int server, int client);

  /// When all inputs of the next position are there; `unknown` where that is not known yet.
  std::int64_t inputs_there(int stage);
  void begin(int stage, std::int64_t inputs, std::int64_t when);
  void computed(int stage, std::int64_t when);
  void offer(int stage, std::int64_t when);
  void send(int edge);
  void complete(int stage, std::int64_t when);
  InferenceWaits& waits_of(std::int64_t inference);
  enum Unit { drivers_or_only, array, converters, scale };
  void works(int stage, Unit unit, std::int64_t from, std::int64_t until) const {
    if (work_) work_(stage, unit, from, until);
  }

  const Program& program_;
  const ChipParameters& chip_;
  const tiles::TileParameters& tile_;
  TimedNetwork network_;
  bool unhurried_;
  std::function<void(int, int, std::int64_t, std::int64_t)> work_;
  std::vector<std::vector<std::int64_t>> sent_at_, computed_at_;
  std::vector<TimedEdge> edges_;
  std::vector<TimedStage> stages_;
  std::vector<Tile> tiles_;
  std::vector<Bank> banks_;
  std::vector<Server> servers_;
  std::vector<Entry> agenda_;  ///< a heap
  std::uint64_t order_ = 0;
  std::vector<int> tile_of_, server_of_, client_of_;  ///< by stage; -1: none
  std::vector<char> asked_;                           ///< by stage
  std::vector<int> woken_;                            ///< tiles, then stages
  std::vector<char> is_woken_;
  std::vector<InferenceWaits> waits_;
  std::vector<std::size_t> sinks_, sources_;
  std::vector<std::vector<std::int64_t>> completions_;  ///< by sink: when inferences left
  std::int64_t allowed_ = 0, since_ = 0;                ///< inferences that may begin, the last of them from that time on
  std::int64_t now_ = 0, left_ = 0, latest_ = 0;
};

}  // namespace mho::hw
