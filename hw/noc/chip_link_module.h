#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <systemc>
#include <utility>

#include "hw/noc/packet.h"
#include "hw/spec/parameters.h"
#include "periphery/timing/timeline_module.h"

namespace mho::hw {

/// One direction of a link between two chips, with a memory at each end. It sends one packet at a time, without a pause between waiting packets. Each
/// message class has a queue; the queues are served round robin. A packet of b bits that begins at time t arrives at t + b / bandwidth + latency, at
/// the next edge of the network's clock. The link has no flow control: the memories have space for all packets that the end-to-end credits of the
/// edges over the link permit (hw/program/chip_links.h).
class ChipLinkModule : public sc_core::sc_module {
 public:
  /// Calls `arrived` with each packet in the cycle in which its last bit has arrived. `network` outlives the module.
  ChipLinkModule(sc_core::sc_module_name name, const periphery::Timeline& network, const ChipLinkParameters& link, int flit_bits,
                 std::function<void(const Packet&)> arrived);
  /// Puts a whole packet into the memory of the sending end in the present cycle.
  void put(const Packet& packet);

  [[nodiscard]] std::uint64_t flits() const { return flits_; }      ///< sent since the start
  [[nodiscard]] std::uint64_t packets() const { return packets_; }  ///< sent since the start
  /// Whether no packet waits or travels.
  [[nodiscard]] bool drained() const;

 private:
  void run() {
    network_.run([this] { step(); });
  }
  void step();
  void send_next();
  [[nodiscard]] bool waiting() const;
  [[nodiscard]] std::int64_t now_fs() const;
  void arm(std::int64_t cycle);

  const periphery::Timeline& network_;
  double fs_per_flit_;
  std::int64_t latency_fs_;
  std::function<void(const Packet&)> arrived_;
  std::array<std::deque<Packet>, message_classes> queues_;
  int turn_ = 0;  ///< message class to serve first
  /// Time from which the link can send another packet, not rounded to cycles, so that no bandwidth is lost between packets.
  std::int64_t free_fs_ = 0;
  double free_rest_ = 0;                                   ///< fraction of a femtosecond to add to it
  std::deque<std::pair<std::int64_t, Packet>> under_way_;  ///< with their cycles of arrival, ascending
  std::int64_t armed_;
  std::uint64_t flits_ = 0, packets_ = 0;
  sc_core::sc_event event_;
};

}  // namespace mho::hw
