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

/// One direction of a link between two chips, from the memory at one end to that at the other. It sends one packet at a time, bit after bit without a
/// pause where one waits, from a queue for each message class in turn. A packet of b bits that begins at time t has arrived at t + b / bandwidth +
/// latency, at the next edge of the network's clock. It asks for no credits: the memories at both ends hold whatever the end-to-end credits of the
/// edges over it allow (hw/program/chip_links.h).
class ChipLinkModule : public sc_core::sc_module {
 public:
  /// `arrived` gets packets in the cycle in which their last bit is there. References outlive the module.
  ChipLinkModule(sc_core::sc_module_name name, const periphery::Timeline& network, const ChipLinkParameters& link, int flit_bits,
                 std::function<void(const Packet&)> arrived);
  /// A whole packet is in the memory of the sending end, from the present cycle on.
  void put(const Packet& packet);

  [[nodiscard]] std::uint64_t flits() const { return flits_; }      ///< that were sent since the beginning
  [[nodiscard]] std::uint64_t packets() const { return packets_; }  ///< that were sent
  /// No packet waits, and none is on its way.
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
  int turn_ = 0;  ///< class that is asked first
  /// When it can begin with another packet: exact, so that no part of a cycle is lost between packets.
  std::int64_t free_fs_ = 0;
  double free_rest_ = 0;                                   ///< and what is less than a femtosecond of it
  std::deque<std::pair<std::int64_t, Packet>> under_way_;  ///< by the cycle in which they arrive
  std::int64_t armed_;
  std::uint64_t flits_ = 0, packets_ = 0;
  sc_core::sc_event event_;
};

}  // namespace mho::hw
