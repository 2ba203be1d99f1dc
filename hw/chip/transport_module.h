#pragma once

#include <cstdint>
#include <exception>
#include <systemc>
#include <vector>

#include "hw/chip/assembly_module.h"
#include "hw/chip/clock_domain_crossing_module.h"
#include "hw/chip/observer.h"
#include "hw/chip/packet_faults.h"
#include "hw/chip/payload_store.h"
#include "hw/cores/transport.h"
#include "hw/noc/system_network_module.h"

namespace mho::hw {

/// Transport over the network on chip. It packs positions and credits into packets and delivers arriving packets to their channels and cores. It owns
/// the network, the clock domain crossings and the values of packets in the network.
class NocTransport : public Transport, private MeshClient {
 public:
  /// Call it within the constructor of a SystemC module, which becomes the parent of the network. `clocks` and `program` outlive the transport.
  NocTransport(const Clocks& clocks, const Program& program, const ChipParameters& chip);
  /// Sets the receivers of packets. Call it before the first packet.
  void connect(Assembly& assembly) { assembly_ = &assembly; }
  /// Sets the faults of packets. Call it before the first packet.
  void apply(PacketFaults faults) { faults_ = std::move(faults); }
  /// The observer outlives the run.
  void observe(Observer& observer) { observer_ = &observer; }

  void send_position(Channel& channel, std::int64_t position, Values values) override;
  void send_position(const std::vector<Channel*>& channels, std::int64_t position, std::vector<Values> values) override;
  void send_credits(Channel& channel, std::int64_t credits) override;
  /// Packets are not shared in runs with faults.
  [[nodiscard]] bool multicast() const override { return multicast_ && faults_.empty(); }
  /// Whether both edges carry equal activations to other nodes (same content, size and positions) and the packet fits into a router's buffer.
  [[nodiscard]] bool share_packet(const Channel& one, const Channel& other) const override;
  void fail(std::exception_ptr why) override;
  [[nodiscard]] bool failed() const override { return failure_ != nullptr; }

  /// The exception that ended the run early; null without a failure.
  [[nodiscard]] std::exception_ptr failure() const { return failure_; }
  [[nodiscard]] const SystemNetworkModule& network() const { return network_; }
  /// By node: flits that it injected, of packets within one chip.
  [[nodiscard]] const std::vector<std::uint64_t>& injected() const { return injected_; }

 private:
  void packet_sent(const Packet& packet) override;
  void packet_arrived(const Packet& packet) override;
  void position_arrived(const Packet& packet);
  [[nodiscard]] Packet packet_of(const Channel& channel, std::int64_t position) const;
  [[nodiscard]] int node_of(int stage) const { return program_.stages[static_cast<std::size_t>(stage)].core; }
  [[nodiscard]] Channel& channel(int edge) { return assembly_->channels()[static_cast<std::size_t>(edge)]; }

  const Clocks& clocks_;
  const Program& program_;
  int flit_bits_;
  bool multicast_;
  int buffer_flits_;
  SystemNetworkModule network_;
  ClockDomainCrossingsModule crossings_;
  Assembly* assembly_ = nullptr;
  PacketFaults faults_;
  PayloadStore payloads_;
  std::vector<std::uint64_t> injected_;  ///< by node
  std::exception_ptr failure_;
  Observer* observer_ = nullptr;
};

}  // namespace mho::hw
