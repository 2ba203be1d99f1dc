#include "hw/noc/chip_link_module.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mho::hw {

namespace {

constexpr double femtoseconds = 1e15;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

}  // namespace

ChipLinkModule::ChipLinkModule(sc_core::sc_module_name name, const periphery::Timeline& network, const ChipLinkParameters& link, int flit_bits,
                               std::function<void(const Packet&)> arrived)
    : sc_module(name),
      network_(network),
      fs_per_flit_(flit_bits / link.bits_per_second * femtoseconds),
      latency_fs_(base::SimTime::from(link.latency).femtoseconds()),
      arrived_(std::move(arrived)),
      armed_(never),
      event_("event") {
  SC_HAS_PROCESS(ChipLinkModule);
  SC_METHOD(run);
  sensitive << event_;
  dont_initialize();
}

bool ChipLinkModule::waiting() const {
  return std::ranges::any_of(queues_, [](const std::deque<Packet>& queue) { return !queue.empty(); });
}

bool ChipLinkModule::drained() const { return !waiting() && under_way_.empty(); }

std::int64_t ChipLinkModule::now_fs() const { return network_.time(network_.now()).femtoseconds(); }

void ChipLinkModule::arm(std::int64_t cycle) {
  if (cycle >= armed_) return;
  armed_ = cycle;
  network_.notify(event_, cycle);
}

void ChipLinkModule::put(const Packet& packet) {
  queues_[static_cast<std::size_t>(packet.message_class)].push_back(packet);
  // All packets of this cycle have arrived when the event fires, so the turn of the classes does not depend on their order.
  arm(std::max(network_.now(), network_.clock().edge_index(base::SimTime::from_femtoseconds(free_fs_))));
}

/// Begins the next packet when the previous one has been sent.
void ChipLinkModule::send_next() {
  while (queues_[static_cast<std::size_t>(turn_)].empty()) turn_ = (turn_ + 1) % message_classes;
  std::deque<Packet>& queue = queues_[static_cast<std::size_t>(turn_)];
  Packet packet = std::move(queue.front());
  queue.pop_front();
  turn_ = (turn_ + 1) % message_classes;
  if (const std::int64_t now = now_fs(); free_fs_ < now) {
    free_fs_ = now;
    free_rest_ = 0;
  }
  const double takes = packet.flits * fs_per_flit_ + free_rest_;
  const double whole = std::floor(takes);
  free_fs_ += static_cast<std::int64_t>(whole);
  free_rest_ = takes - whole;
  flits_ += static_cast<std::uint64_t>(packet.flits);
  ++packets_;
  // Rounded to a femtosecond, as any duration, so that n whole cycles do not become n + 1.
  const std::int64_t there = free_fs_ + std::llround(free_rest_) + latency_fs_;
  // At least one cycle, so that the packets put in a cycle do not depend on those that arrive in it.
  const std::int64_t cycle = std::max(network_.clock().next_edge_index(base::SimTime::from_femtoseconds(there)), network_.now() + 1);
  under_way_.emplace_back(cycle, std::move(packet));
}

void ChipLinkModule::step() {
  armed_ = never;
  const std::int64_t now = network_.now();
  while (!under_way_.empty() && under_way_.front().first <= now) {
    const Packet packet = std::move(under_way_.front().second);
    under_way_.pop_front();
    arrived_(packet);
  }
  const std::int64_t next_edge_fs = network_.time(now + 1).femtoseconds();
  while (waiting() && free_fs_ < next_edge_fs) send_next();
  if (!under_way_.empty()) arm(std::max(under_way_.front().first, now + 1));
  if (waiting()) arm(std::max(now + 1, network_.clock().edge_index(base::SimTime::from_femtoseconds(free_fs_))));
}

}  // namespace mho::hw
