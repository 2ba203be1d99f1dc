#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/chip/clock_domain_crossing_module.h"
#include "hw/chip/observer.h"
#include "hw/cores/channel.h"
#include "hw/cores/clocks_module.h"
#include "hw/cores/core_module.h"
#include "hw/cores/port_module.h"
#include "hw/cores/stage_controller.h"
#include "hw/noc/mesh_module.h"
#include "hw/program/activity.h"
#include "hw/program/functional_interface.h"
#include "hw/program/program.h"
#include "hw/spec/parameters.h"
#include "tiles/parameters.h"

namespace mho::hw {

/// The whole chip with a program on it: one core module for each node that runs stages, the mesh between them. It carries positions and credits and
/// keeps count; when to begin and to stop is the caller's.
class ChipModule : public sc_core::sc_module, private Transport, private MeshClient {
 public:
  /// `program` must pass the structural rules of verify() and outlive the chip.
  ChipModule(sc_core::sc_module_name name, const Clocks& clocks, const Program& program, const ChipParameters& chip,
             const tiles::TileParameters& tile);
  /// Lets the stages compute with `functional` and packets carry values, some of them with faults; before anything has begun.
  void compute_with(FunctionalInterface& functional, std::vector<PacketFault> faults);
  /// Why the run is over although it was not done; null while it goes on.
  [[nodiscard]] std::exception_ptr failure() const { return failure_; }
  /// What left the chip so far, position after position; empty without a functional.
  [[nodiscard]] const std::deque<Values>& left() const;
  /// Called in the cycle an inference's last element leaves through the last sink that waits for one, with the number that left so far.
  void when_inference_left(std::function<void(std::int64_t)> action) { inference_left_ = std::move(action); }

  /// The source may begin `count` inferences, counted since the beginning.
  void allow_inferences(std::int64_t count);
  [[nodiscard]] std::int64_t inferences_begun() const;
  [[nodiscard]] std::int64_t inferences_left() const;
  /// Waiting counts from the present time.
  void restart_waiting();
  /// All counts since the beginning; `elapsed` is the caller's. Waits that go on do not count.
  [[nodiscard]] Activity activity();
  /// The same with waits up to the present cycle.
  [[nodiscard]] Activity activity_now();
  /// What power gates did since the beginning, up to the present cycle.
  [[nodiscard]] std::vector<GateActivity> gates() const;
  /// Before anything has begun; the observer outlives the run.
  void observe(Observer& observer);

  /// Who waits for whom, one clause for each stage that has not done its share of `inferences`; empty when all have.
  [[nodiscard]] std::string waiting_list(std::int64_t inferences) const;
  /// What does not add up after `inferences` have drained: flits, credits, positions; empty when all do.
  [[nodiscard]] std::string imbalance(std::int64_t inferences) const;

 private:
  void send_position(Channel& stream, std::int64_t position, Values values) override;
  [[nodiscard]] bool together(const Channel& one, const Channel& other) const override;
  void send_position(const std::vector<Channel*>& streams, std::int64_t position, std::vector<Values> values) override;
  [[nodiscard]] Packet packet_of(const Channel& stream, std::int64_t position) const;
  void send_credits(Channel& stream, std::int64_t credits) override;
  void fail(std::exception_ptr why) override;
  [[nodiscard]] bool failed() const override { return failure_ != nullptr; }
  void packet_sent(const Packet& packet) override;
  void packet_arrived(const Packet& packet) override;
  /// Does to a packet what the faults say; false where it is not sent.
  [[nodiscard]] bool apply_faults(Packet& packet, std::int64_t position, Values& values) const;
  /// The edge as whose packet one arrives.
  [[nodiscard]] Channel& received_on(const Packet& packet);
  [[nodiscard]] int keep(Values values);
  [[nodiscard]] Values give(int payload);
  void make_gates(const ChipParameters& chip);
  void make_cores(const ChipParameters& chip, const tiles::TileParameters& tile);
  [[nodiscard]] std::string text(const Edge& edge) const;
  [[nodiscard]] StageController& producer(const Channel& stream) { return controllers_[static_cast<std::size_t>(stream.edge().producer)]; }
  [[nodiscard]] StageController& consumer(const Channel& stream) { return controllers_[static_cast<std::size_t>(stream.edge().consumer)]; }
  [[nodiscard]] CoreModule& core(int stage) const { return *core_of_[static_cast<std::size_t>(stage)]; }

  [[nodiscard]] std::vector<LinkActivity> links() const;
  [[nodiscard]] std::vector<int> indices(const std::vector<const StageController*>& controllers) const;
  [[nodiscard]] static base::SimTime present();

  const Clocks& clocks_;
  const Program& program_;
  int flit_bits_;
  bool multicast_;
  int buffer_flits_;
  MeshModule mesh_;
  ClockDomainCrossingsModule crossings_;
  std::vector<Channel> streams_;
  std::exception_ptr failure_;
  std::vector<PacketFault> faults_;
  std::vector<Values> payloads_;  ///< of the packets on their way, by handle
  std::vector<int> free_payloads_;
  std::vector<StageController> controllers_;        ///< as Program::stages
  std::vector<std::unique_ptr<CoreModule>> cores_;  ///< in order of creation
  std::vector<CoreModule*> core_of_;                ///< by stage
  struct GatedCore {
    int node = 0;
    const periphery::Timeline* timeline = nullptr;
    const CoreModule* module = nullptr;  ///< null: no stage on it, so it stays gated
  };
  std::vector<GatedCore> gated_cores_;  ///< by node
  struct OwnUnit {
    Unit unit;
    periphery::UnitRecord* record = nullptr;
    const CoreModule* core = nullptr;
  };
  std::vector<OwnUnit> units_;
  std::vector<std::uint64_t> injected_;  ///< flits by node
  Observer* observer_ = nullptr;
  std::vector<std::size_t> sources_, sinks_;
  std::int64_t last_reported_ = 0;  ///< inferences whose leaving has been told
  std::function<void(std::int64_t)> inference_left_;
};

}  // namespace mho::hw
