#include "hw/mesh_module.h"

#include <algorithm>
#include <cassert>

namespace mho::hw {
namespace {

/// From winning the switch to arrival at the next router or ejection: the rest of that cycle, the crossbar, the link.
constexpr std::int64_t switch_to_arrival = 3;
/// From a buffer slot becoming free to its credit being usable upstream: channel there and back in step, and one cycle of processing. With the
/// above it makes the credit loop of 7 cycles for a head and 6 for a body flit.
constexpr std::int64_t credit_delay = 3;
constexpr std::int64_t injection_channel = 1;
/// Port of a Credit that belongs to the network interface.
constexpr std::int16_t interface_port = Router::ports;

enum Port { local = Router::local, east, west, south, north };

int opposite(int port) {
  switch (port) {
    case east:
      return west;
    case west:
      return east;
    case south:
      return north;
    case north:
      return south;
    default:
      return local;
  }
}

}  // namespace

MeshModule::MeshModule(sc_core::sc_module_name name, const periphery::Timeline& timeline, int width, int height, const NocParameters& parameters)
    : sc_module(name),
      timeline_(timeline),
      width_(width),
      height_(height),
      parameters_(parameters),
      channels_(parameters.virtual_channels * message_classes),
      event_("event") {
  const auto nodes = static_cast<std::size_t>(width * height);
  routers_.assign(nodes, Router(parameters.router_stages, parameters.virtual_channels, parameters.buffer_flits));
  wakes_.assign(nodes, Router::never);
  activity_.resize(nodes);
  Interface interface;
  interface.queues.resize(message_classes);
  for (auto& queue : interface.queues) queue.last_vc = parameters.virtual_channels - 1;
  interface.credits.assign(static_cast<std::size_t>(channels_), parameters.buffer_flits);
  interfaces_.assign(nodes, interface);
  SC_HAS_PROCESS(MeshModule);
  SC_METHOD(step);
  sensitive << event_;
  dont_initialize();
}

void MeshModule::arm(std::int64_t cycle) {
  if (cycle >= armed_) return;
  armed_ = cycle;
  timeline_.notify(event_, cycle);
}

std::int32_t MeshModule::keep(const Packet& packet) {
  if (free_slots_.empty()) {
    packets_.push_back(packet);
    return static_cast<std::int32_t>(packets_.size() - 1);
  }
  const std::int32_t index = free_slots_.back();
  free_slots_.pop_back();
  packets_[static_cast<std::size_t>(index)] = packet;
  return index;
}

void MeshModule::send(Packet packet) {
  const std::int64_t now = timeline_.now();
  packet.created = now;
  if (packet.from == packet.to) {
    locals_.push_back({now + 1, packet});
    arm(now + 1);
    return;
  }
  ++packets_sent_;
  Interface& interface = interfaces_[static_cast<std::size_t>(packet.from)];
  interface.queues[static_cast<std::size_t>(packet.message_class)].packets.push_back(keep(packet));
  interface.wake = std::min(interface.wake, now + 1);
  arm(now + 1);
}

int MeshModule::output_towards(int node, int destination) const {
  const int dx = destination % width_ - node % width_;
  const int dy = destination / width_ - node / width_;
  if (dx != 0) return dx > 0 ? east : west;
  if (dy != 0) return dy > 0 ? south : north;
  return local;
}

int MeshModule::neighbour(int node, int port) const {
  switch (port) {
    case east:
      return node + 1;
    case west:
      return node - 1;
    case south:
      return node + width_;
    case north:
      return node - width_;
    default:
      return node;
  }
}

void MeshModule::apply_credits(std::int64_t now) {
  for (; !credits_.empty() && credits_.front().cycle <= now; credits_.pop_front()) {
    const Credit& credit = credits_.front();
    const auto node = static_cast<std::size_t>(credit.node);
    if (credit.port == interface_port) {
      ++interfaces_[node].credits[static_cast<std::size_t>(credit.vc)];
    } else {
      routers_[node].return_credit(credit.port, credit.vc);
    }
  }
}

void MeshModule::eject(std::int64_t now) {
  for (; !ejections_.empty() && ejections_.front().cycle <= now;) {
    const Ejection ejection = ejections_.front();
    ejections_.pop_front();
    ++flits_ejected_;
    credits_.push_back({now + credit_delay, ejection.node, Router::local, ejection.vc});
    if (!ejection.tail) continue;
    const Packet packet = packets_[static_cast<std::size_t>(ejection.packet)];
    free_slots_.push_back(ejection.packet);
    client_->packet_arrived(packet);
  }
  for (; !locals_.empty() && locals_.front().cycle <= now;) {
    const Packet packet = locals_.front().packet;
    locals_.pop_front();
    client_->packet_sent(packet);
    client_->packet_arrived(packet);
  }
}

void MeshModule::inject(int node, std::int64_t now) {
  Interface& interface = interfaces_[static_cast<std::size_t>(node)];
  const int per_class = parameters_.virtual_channels;
  interface.wake = Router::never;
  for (int i = 0; i < message_classes; ++i) {
    const int turn = (interface.turn + i) % message_classes;
    Interface::Queue& queue = interface.queues[static_cast<std::size_t>(turn)];
    if (queue.packets.empty()) continue;
    interface.wake = now + 1;
    const std::int32_t slot = queue.packets.front();
    const Packet packet = packets_[static_cast<std::size_t>(slot)];
    if (packet.created >= now) continue;
    const bool head = queue.next_flit == 0;
    if (head) {
      int tries = 1;
      for (; tries <= per_class; ++tries) {
        queue.vc = turn * per_class + (queue.last_vc + tries) % per_class;
        if (interface.credits[static_cast<std::size_t>(queue.vc)] > 0) break;
      }
      if (tries > per_class) continue;
      queue.last_vc = queue.vc % per_class;
    } else if (interface.credits[static_cast<std::size_t>(queue.vc)] == 0) {
      continue;
    }
    const bool tail = queue.next_flit + 1 == packet.flits;
    const Router::Flit flit{now + injection_channel,        slot, static_cast<std::int8_t>(output_towards(node, packet.to)),
                            static_cast<std::int8_t>(turn), head, tail};
    --interface.credits[static_cast<std::size_t>(queue.vc)];
    ++flits_injected_;
    ++activity_[static_cast<std::size_t>(node)].buffer_writes;
    routers_[static_cast<std::size_t>(node)].push(local, queue.vc, flit);
    wakes_[static_cast<std::size_t>(node)] = std::min(wakes_[static_cast<std::size_t>(node)], flit.arrival);
    interface.turn = (turn + 1) % message_classes;
    ++queue.next_flit;
    if (tail) {
      queue.next_flit = 0;
      queue.packets.pop_front();
      client_->packet_sent(packet);
    }
    return;
  }
}

void MeshModule::forward(int node, const Router::Departure& departure, std::int64_t now) {
  RouterActivity& activity = activity_[static_cast<std::size_t>(node)];
  ++activity.buffer_reads;
  ++activity.crossbar_traversals;
  ++activity.arbitrations;
  ++flit_hops_;
  const bool from_interface = departure.input == local;
  credits_.push_back({now + credit_delay, from_interface ? node : neighbour(node, departure.input),
                      from_interface ? interface_port : static_cast<std::int16_t>(opposite(departure.input)), departure.input_vc});
  if (departure.output == local) {
    ejections_.push_back({now + switch_to_arrival, node, departure.flit.packet, departure.output_vc, departure.flit.tail});
    return;
  }
  ++activity.link_flits;
  const auto next = static_cast<std::size_t>(neighbour(node, departure.output));
  Router::Flit flit = departure.flit;
  flit.arrival = now + switch_to_arrival;
  if (flit.head) {
    flit.output = static_cast<std::int8_t>(output_towards(static_cast<int>(next), packets_[static_cast<std::size_t>(flit.packet)].to));
  }
  ++activity_[next].buffer_writes;
  routers_[next].push(opposite(departure.output), departure.output_vc, flit);
  wakes_[next] = std::min(wakes_[next], flit.arrival);
}

void MeshModule::route(int node, std::int64_t now) {
  departures_.clear();
  wakes_[static_cast<std::size_t>(node)] = routers_[static_cast<std::size_t>(node)].step(now, departures_);
  for (const Router::Departure& departure : departures_) forward(node, departure, now);
}

void MeshModule::step() {
  const std::int64_t now = timeline_.now();
  armed_ = Router::never;
  apply_credits(now);
  // All delays between nodes are at least a cycle, so the order of nodes does not matter.
  eject(now);
  const int nodes = width_ * height_;
  for (int node = 0; node < nodes; ++node) {
    if (interfaces_[static_cast<std::size_t>(node)].wake <= now) inject(node, now);
    if (wakes_[static_cast<std::size_t>(node)] <= now) route(node, now);
  }
  std::int64_t next = Router::never;
  for (int node = 0; node < nodes; ++node) {
    next = std::min({next, interfaces_[static_cast<std::size_t>(node)].wake, wakes_[static_cast<std::size_t>(node)]});
  }
  if (!ejections_.empty()) next = std::min(next, ejections_.front().cycle);
  if (!locals_.empty()) next = std::min(next, locals_.front().cycle);
  if (!credits_.empty()) next = std::min(next, credits_.back().cycle);
  if (next != Router::never) arm(std::max(next, now + 1));
}

bool MeshModule::drained() const {
  if (!credits_.empty() || !ejections_.empty() || !locals_.empty() || flits_injected_ != flits_ejected_) return false;
  for (const Interface& interface : interfaces_) {
    for (int credits : interface.credits) {
      if (credits != parameters_.buffer_flits) return false;
    }
    for (const auto& queue : interface.queues) {
      if (!queue.packets.empty()) return false;
    }
  }
  return std::all_of(routers_.begin(), routers_.end(), [](const Router& router) { return router.restored(); });
}

}  // namespace mho::hw
