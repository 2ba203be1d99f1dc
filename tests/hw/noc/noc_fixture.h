#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "hw/noc/noc.h"

namespace mho::hw {

/// A network alone, with packets sent at given cycles and their arrivals recorded. Counts every flit and credit after every step.
class NetworkBench : public NocClient {
 public:
  struct Arrival {
    Packet packet;
    std::int64_t cycle = 0;
    [[nodiscard]] std::int64_t latency() const { return cycle - packet.created; }
  };

  NetworkBench(int width, int height, const NocParameters& parameters, const NocOptions& options = {})
      : topology(width, height, parameters), network(Noc::make(topology, parameters, options)) {
    network->connect(*this);
  }
  void packet_sent(const Packet& /*packet*/) override {}
  void packet_arrived(const Packet& packet) override { arrivals.push_back({packet, now_}); }

  void send(const Packet& packet) {
    network->send(packet, now_);
    due_ = std::min(due_, now_ + 1);
  }
  /// Calls `body` in each cycle from 0 until it returns false, then lets the network drain. Answers the first imbalance, and says so when it does
  /// not drain within a million cycles.
  std::string run(const std::function<bool(std::int64_t)>& body, bool audit = true) {
    constexpr std::int64_t patience = 1000000;
    bool more = true;
    for (now_ = 0; (more || due_ != Noc::never) && now_ < patience; ++now_) {
      if (more) more = body(now_);
      if (due_ != now_) continue;
      due_ = network->step(now_);
      ++steps;
      if (!audit) continue;
      const std::string wrong = network->imbalance();
      if (!wrong.empty()) return wrong;
    }
    return due_ == Noc::never ? "" : "does not drain";
  }
  /// Sends `packets`, one every 200 cycles, in which each arrives before the next is sent; answers as the other.
  std::string run(const std::vector<Packet>& packets) {
    constexpr std::int64_t spacing = 200;
    const auto last = static_cast<std::int64_t>(packets.size() - 1) * spacing;
    return run([&](std::int64_t now) {
      if (now % spacing == 0) send(packets[static_cast<std::size_t>(now / spacing)]);
      return now < last;
    });
  }
  /// The cycle after the last one that was run.
  [[nodiscard]] std::int64_t now() const { return now_; }
  /// Events of all routers.
  [[nodiscard]] RouterActivity activity() const {
    RouterActivity all;
    for (int router = 0; router < topology.routers(); ++router) all += network->activity(router);
    return all;
  }

  Topology topology;
  std::unique_ptr<Noc> network;
  std::vector<Arrival> arrivals;
  std::int64_t steps = 0;

 private:
  std::int64_t now_ = 0;
  std::int64_t due_ = Noc::never;
};

}  // namespace mho::hw
