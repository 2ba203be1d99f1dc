#include "hw/chip/transport_module.h"

#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace mho::hw {

NocTransport::NocTransport(const Clocks& clocks, const Program& program, const ChipParameters& chip)
    : clocks_(clocks),
      program_(program),
      flit_bits_(chip.noc.flit_bits),
      multicast_(chip.noc.multicast),
      buffer_flits_(chip.noc.buffer_flits),
      network_("network", clocks.network, chip),
      crossings_("crossings", clocks, chip, network_),
      injected_(static_cast<std::size_t>(chip.nodes())) {
  crossings_.connect(*this);
}

Packet NocTransport::packet_of(const Channel& channel, std::int64_t position) const {
  const Edge& edge = channel.edge();
  Packet packet;
  packet.from = node_of(edge.producer);
  packet.to = node_of(edge.consumer);
  packet.message_class = edge.message_class;
  packet.flits = edge.flits(flit_bits_);
  packet.edge = channel.index();
  packet.value = position;
  return packet;
}

void NocTransport::send_position(Channel& channel, std::int64_t position, Values values) {
  Packet packet = packet_of(channel, position);
  if (!faults_.empty() && !faults_.apply(packet, values)) {
    channel.end_send();
    return;
  }
  if (!values.empty()) packet.payload = payloads_.keep(std::move(values));
  crossings_.send(packet);
}

bool NocTransport::share_packet(const Channel& one, const Channel& other) const {
  if (!multicast()) return false;
  const auto may = [&](const Edge& edge) {
    return edge.content >= 0 && edge.message_class == MessageClass::activation && node_of(edge.producer) != node_of(edge.consumer);
  };
  const Edge& a = one.edge();
  const Edge& b = other.edge();
  return may(a) && may(b) && a.content == b.content && a.bits_per_position == b.bits_per_position && a.carried == b.carried &&
         packet_of(one, 0).flits <= buffer_flits_;
}

void NocTransport::send_position(const std::vector<Channel*>& channels, std::int64_t position, std::vector<Values> values) {
  Packet packet = packet_of(*channels.front(), position);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    packet.receivers.push_back({.node = node_of(channels[i]->edge().consumer),
                                .edge = channels[i]->index(),
                                .payload = values[i].empty() ? -1 : payloads_.keep(std::move(values[i]))});
  }
  crossings_.send(packet);
}

void NocTransport::send_credits(Channel& channel, std::int64_t credits) {
  Packet packet;
  packet.from = node_of(channel.edge().consumer);
  packet.to = node_of(channel.edge().producer);
  packet.message_class = MessageClass::control;
  packet.edge = channel.index();
  packet.value = credits;
  crossings_.send(packet);
}

void NocTransport::fail(std::exception_ptr why) {
  if (failure_ != nullptr) return;
  failure_ = std::move(why);
  sc_core::sc_stop();
}

void NocTransport::packet_sent(const Packet& packet) {
  if (packet.from != packet.to || !packet.receivers.empty()) {
    const Topology& topology = network_.topology();
    if (topology.address(packet.from).chip == topology.address(packet.to).chip) {
      injected_[static_cast<std::size_t>(packet.from)] += static_cast<std::uint64_t>(packet.flits);
    }
    if (observer_ != nullptr) observer_->packet_sent(packet, present_time());
  }
  if (packet.message_class == MessageClass::control) return;
  for (std::size_t i = 1; i < packet.receivers.size(); ++i) channel(packet.receivers[i].edge).end_send();
  Channel& sent = channel(packet.edge);
  sent.end_send();
  assembly_->producer_core(sent).wake();
}

void NocTransport::packet_arrived(const Packet& packet) {
  if (observer_ != nullptr && packet.from != packet.to) observer_->packet_arrived(packet, present_time());
  if (packet.message_class != MessageClass::control) return position_arrived(packet);
  Channel& granted = channel(packet.edge);
  granted.grant(packet.value);
  assembly_->producer_core(granted).wake();
}

void NocTransport::position_arrived(const Packet& packet) {
  Channel& arrived = channel(faults_.arrival_edge(packet));
  const Edge& edge = arrived.edge();
  const bool right_node = packet.to == node_of(edge.consumer);
  if (!right_node || !arrived.arrive(packet.value, payloads_.take(packet.payload))) {
    const Stage& reader = program_.stages[static_cast<std::size_t>(edge.consumer)];
    const std::string why =
        right_node ? "which had received it before" : fmt::format("which does not run '{}' (node {} does)", reader.name, reader.core);
    return fail(std::make_exception_ptr(
        base::UserError(fmt::format("position {} of edge {} reached node {} in cycle {}, {}; the network or the program is at fault", packet.value,
                                    edge_text(program_, edge), packet.to, clocks_.network.now(), why),
                        base::ExitCode::failed_check)));
  }
  CoreModule& core = assembly_->consumer_core(arrived);
  core.store(assembly_->consumer(arrived), edge.bits_per_position);
  core.wake();
}

}  // namespace mho::hw
