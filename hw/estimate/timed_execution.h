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

/// Timed execution of a program, position by position. Stages and channels behave as on the chip, cores are modelled as units that hold positions,
/// and the network as the travel time of packets. A stage with a unit of its own advances as far as the times of its inputs, credits and free space
/// are known. Requests to shared units, and positions that enter the chip, are handled in order of time from an agenda. This order is correct: times
/// that are not yet known follow from later events of the agenda.
class TimedExecution {
 public:
  /// `program` has no phases. All references outlive the execution. `interval_s`: as for TimedNetwork. `unhurried`: for one inference with unlimited
  /// edges, whose stages start positions no faster than an inference every interval_s requires.
  TimedExecution(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, double interval_s, bool unhurried = false);

  /// Calls `work` from now on as described for EstimateOptions::hears_work; an empty function ends the calls.
  void tell_work(std::function<void(int stage, int unit, std::int64_t begin, std::int64_t end)> work) { work_ = std::move(work); }

  /// Permits `count` inferences in total; the new ones begin at now() or later.
  void allow_inferences(std::int64_t count);
  /// Runs until the next inference has left. Returns false if no event is left.
  bool next_inference();
  /// Runs until no event is left. now() is then the time of the last event.
  void finish();
  [[nodiscard]] std::int64_t now() const { return now_; }  ///< in fs; time at which the last inference left
  [[nodiscard]] std::int64_t left() const { return left_; }

  /// Waiting cycles of stages and edges in the inferences from `first` to `end`, exclusive, and packets of credits by edge.
  struct Waits {
    std::vector<StageActivity> stages;
    std::vector<EdgeActivity> edges;
    std::vector<std::uint64_t> credits;
  };
  [[nodiscard]] Waits waits(std::int64_t first, std::int64_t end) const;

  /// Only if `unhurried`: times in fs at which the positions of an edge were sent, and those of a stage computed.
  [[nodiscard]] const std::vector<std::int64_t>& sent_at(std::size_t edge) const { return sent_at_[edge]; }
  [[nodiscard]] const std::vector<std::int64_t>& computed_at(std::size_t stage) const { return computed_at_[stage]; }
  [[nodiscard]] const TimedNetwork& network() const { return network_; }

 private:
  /// A unit that several clients share. Vector units and converters serve the client that has waited longest; the others serve clients round robin.
  struct Server {
    enum class Kind { vector_unit, port_in, port_out, drivers, converters } kind = Kind::vector_unit;
    std::vector<int> clients{};  ///< stages; clients of converters: tiles
    std::vector<int> waiting{};  ///< indices in `clients`, in order of their requests
    std::size_t last = 0;
    std::int64_t free = 0;   ///< end of its present work
    bool open = true;        ///< whether `free` is known
    bool announced = false;  ///< whether the agenda holds the time `free`
  };
  struct Entry {
    std::int64_t time;
    std::uint64_t order;
    int server;
    int client;  ///< client that requests service; -1: the server is free
  };
  struct Item {
    int stage;
    std::int64_t position;
  };
  /// Drivers, array and sample-and-hold of a tile.
  struct Tile {
    std::vector<int> stages{};
    int bank = 0;
    int drivers = -1;  ///< server of the drivers if several stages share them; -1: none
    std::optional<Item> in_drivers{}, in_array{}, held{};
    bool sampled = false, in_turn = false;  ///< product in the array is also in `held`; `held` has requested, or is in, the converters
    std::int64_t drivers_until = 0, array_until = 0, held_since = 0, drivers_free = 0, array_free = 0, held_free = 0;
  };
  /// A bank of converters with its output stage.
  struct Bank {
    std::vector<int> tiles{};
    int server = -1;  ///< server of the converters if several tiles share them; -1: none
    bool pipelined = true;
    int converting = -1;  ///< tile in the converters; -1: none
    std::optional<Item> in_scale{};
    bool has_place = false;  ///< whether the position in the output stage has space in the output buffer
    std::int64_t converters_until = 0, scale_until = 0, scale_free = 0;
  };
  /// Waiting times of one inference in fs.
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
  /// Adds to the agenda: `client` requests the server at `time`; -1: the server is free.
  void push(std::int64_t time, int server, int client);

  /// Time at which all inputs of the next position have arrived; `unknown` if not yet known.
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
  std::vector<Entry> agenda_;  ///< heap, earliest first
  std::uint64_t order_ = 0;
  std::vector<int> tile_of_, server_of_, client_of_;  ///< by stage; -1: none
  std::vector<char> asked_;                           ///< by stage
  std::vector<int> woken_;                            ///< tiles, then stages
  std::vector<char> is_woken_;
  std::vector<InferenceWaits> waits_;
  std::vector<std::size_t> sinks_, sources_;
  std::vector<std::vector<std::int64_t>> completions_;  ///< by sink: times at which inferences left
  std::int64_t allowed_ = 0, since_ = 0;                ///< inferences that may begin, and the earliest time for the last permitted ones
  std::int64_t now_ = 0, left_ = 0, latest_ = 0;
};

}  // namespace mho::hw
