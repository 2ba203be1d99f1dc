#include "hw/noc/traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <ctime>

#include "base/elementary.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/random.h"

namespace mho::hw {
namespace {

constexpr std::array<std::pair<Traffic, std::string_view>, 6> names{{{Traffic::uniform, "uniform"},
                                                                     {Traffic::transpose, "transpose"},
                                                                     {Traffic::neighbor, "neighbor"},
                                                                     {Traffic::hotspot, "hotspot"},
                                                                     {Traffic::bit_complement, "bit_complement"},
                                                                     {Traffic::tornado, "tornado"}}};

double thread_seconds() {
  std::timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  constexpr double nanosecond = 1e-9;
  return static_cast<double>(time.tv_sec) + nanosecond * static_cast<double>(time.tv_nsec);
}

/// When each node creates its next packet. The gap to the next packet is sampled, instead of one trial for every node in every cycle: it has the
/// geometric distribution of gaps between successes of independent trials. A wheel of cycles lists the nodes; nodes that are due more than one turn
/// later stay in their place.
class Sources {
 public:
  Sources(int nodes, double probability, std::uint64_t seed) : random_({.seed = seed, .purpose = base::Purpose::traffic}), probability_(probability) {
    const auto count = static_cast<std::size_t>(nodes);
    due_.resize(count);
    next_.resize(count);
    packets_.resize(count);
    first_.fill(-1);
    if (probability_ <= 0) return;
    constexpr double tiny = 1e-8;  // below this, 1 - p loses too many digits of p
    per_log_ = probability_ < tiny ? -1 / probability_ : probability_ < 1 ? 1 / base::logarithm(1 - probability_) : 0;
    for (std::int32_t node = 0; node < nodes; ++node) schedule(node, -1);
  }

  /// Calls create(node, event) for every packet of this cycle. `event` identifies its random draws; number 0 is already used.
  template <class Create>
  void at(std::int64_t now, Create create) {
    const auto place = static_cast<std::size_t>(now) % turn;
    std::int32_t node = first_[place];
    if (node < 0) return;
    first_[place] = -1;
    occupied_[place / 64] &= ~(std::uint64_t{1} << (place % 64));
    while (node >= 0) {
      const auto index = static_cast<std::size_t>(node);
      const std::int32_t following = next_[index];
      if (due_[index] == now) {
        create(static_cast<int>(node), event(node));
        ++packets_[index];
        schedule(node, now);
      } else {
        insert(node);
      }
      node = following;
    }
  }

  /// First cycle after `now` in which a node may create a packet, or `never`.
  [[nodiscard]] std::int64_t next(std::int64_t now) const {
    const auto begin = static_cast<std::size_t>(now + 1) % turn;
    for (std::size_t i = 0; i <= occupied_.size(); ++i) {
      const std::size_t word = (begin / 64 + i) % occupied_.size();
      std::uint64_t places = occupied_[word];
      if (i == 0) places &= ~std::uint64_t{0} << (begin % 64);
      if (places == 0) continue;
      const auto place = word * 64 + static_cast<std::size_t>(std::countr_zero(places));
      return now + 1 + static_cast<std::int64_t>((place + turn - begin) % turn);
    }
    return Noc::never;
  }

  [[nodiscard]] const base::RandomStream& random() const { return random_; }

 private:
  static constexpr std::size_t turn = 4096;

  [[nodiscard]] base::EventId event(std::int32_t node) const { return {packets_[static_cast<std::size_t>(node)], static_cast<std::uint32_t>(node)}; }

  void schedule(std::int32_t node, std::int64_t now) {
    std::int64_t gap = 1;
    if (probability_ < 1) {
      constexpr double half = 0.5;
      const double u = (random_.bits(event(node), 0) + half) * 0x1p-32;
      gap += static_cast<std::int64_t>(base::logarithm(u) * per_log_);
    }
    due_[static_cast<std::size_t>(node)] = now + gap;
    insert(node);
  }

  void insert(std::int32_t node) {
    const auto place = static_cast<std::size_t>(due_[static_cast<std::size_t>(node)]) % turn;
    next_[static_cast<std::size_t>(node)] = first_[place];
    first_[place] = node;
    occupied_[place / 64] |= std::uint64_t{1} << (place % 64);
  }

  base::RandomStream random_;
  double probability_;
  double per_log_ = 0;
  std::vector<std::int64_t> due_;
  std::vector<std::int32_t> next_;      ///< next node in the list of its place in the wheel
  std::vector<std::uint32_t> packets_;  ///< created so far
  std::array<std::int32_t, turn> first_{};
  std::array<std::uint64_t, turn / 64> occupied_{};
};

class Bench final : public NocClient {
 public:
  Bench(const Topology& topology, const NocParameters& parameters, const TrafficLoad& load, const Measurement& measurement, std::uint64_t seed)
      : topology_(topology),
        load_(load),
        measurement_(measurement),
        network_(Noc::make(topology, parameters, {.bypass_self = false})),
        sources_(topology.nodes(), load.rate / load.packet_flits, seed) {
    network_->connect(*this);
    const auto nodes = static_cast<std::size_t>(topology.nodes());
    ejected_.resize(nodes);
    if (load.traffic == Traffic::uniform || load.traffic == Traffic::hotspot) return;
    for (int node = 0; node < topology.nodes(); ++node) partner_.push_back(partner(node));
  }

  TrafficResult run() {
    advance(measurement_.warm_up);
    measuring_ = true;
    std::fill(ejected_.begin(), ejected_.end(), 0);
    double before_latency = 0;
    double before_accepted = 0;
    int converged = 0;
    int samples = 0;
    bool stable = true;
    while (samples < measurement_.most_samples && converged < measurement_.converged && stable) {
      advance(now_ + measurement_.sample);
      ++samples;
      const double latency = mean_latency();
      const double accepted = mean_accepted(samples);
      const auto changes = [&](double before, double value) { return std::abs(value - before) > measurement_.tolerance * value; };
      const bool moves = changes(before_accepted, accepted) || (!measurement_.throughput && changes(before_latency, latency));
      converged = moves && samples > 1 ? 0 : converged + 1;
      before_latency = latency;
      before_accepted = accepted;
      stable = measurement_.throughput || latency <= measurement_.latency_limit;
    }
    TrafficResult result;
    const double cycles = static_cast<double>(samples) * static_cast<double>(measurement_.sample);
    result.accepted = mean_accepted(samples);
    result.accepted_least = static_cast<double>(*std::min_element(ejected_.begin(), ejected_.end())) / cycles;
    result.accepted_most = static_cast<double>(*std::max_element(ejected_.begin(), ejected_.end())) / cycles;
    measuring_ = false;
    measured_until_ = now_;
    if (!measurement_.throughput && stable) {
      constexpr int patience = 100;
      const std::int64_t last = now_ + patience * measurement_.sample;
      while (outstanding_ > 0 && now_ < last) advance(std::min(last, now_ + 64), true);
      stable = outstanding_ == 0;
    }
    // A load above the accepted traffic is not stable, even if the latencies of a short run do not show it.
    result.stable = measurement_.throughput ? result.accepted > (1 - measurement_.tolerance) * load_.rate : stable;
    const auto count = static_cast<double>(std::max<std::uint64_t>(arrived_, 1));
    result.packet_latency = static_cast<double>(latency_) / count;
    result.network_latency = static_cast<double>(network_latency_) / count;
    result.routers_traversed = static_cast<double>(routers_) / count;
    result.most_latency = most_latency_;
    result.packets = arrived_;
    result.cycles = now_;
    result.flit_hops = network_->flit_hops();
    std::int64_t gated = 0;
    const std::vector<GateActivity> gates = network_->gates(now_);
    for (const GateActivity& gate : gates) {
      gated += gate.gated_cycles;
      result.wakes += gate.wakes;
    }
    if (!gates.empty()) result.gated = static_cast<double>(gated) / (static_cast<double>(now_) * static_cast<double>(gates.size()));
    return result;
  }

  void packet_sent(const Packet& /*packet*/) override {}
  void packet_arrived(const Packet& packet) override {
    if (measuring_) ejected_[static_cast<std::size_t>(packet.to)] += static_cast<std::uint64_t>(packet.flits);
    if (packet.created < measurement_.warm_up || packet.created >= measured_until_) return;
    const std::int64_t latency = stepped_ - packet.created;
    latency_ += latency;
    network_latency_ += stepped_ - (packet.injected - 1);
    most_latency_ = std::max(most_latency_, latency);
    routers_ += topology_.hops(packet.from, packet.to);
    ++arrived_;
    --outstanding_;
    outstanding_created_ -= packet.created;
  }

 private:
  /// Simulates up to the beginning of cycle `end`; with `until_arrived` only until no measured packet is under way.
  void advance(std::int64_t end, bool until_arrived = false) {
    while (now_ < end && !(until_arrived && outstanding_ == 0)) {
      if (now_ >= look_up_) {
        base::check_interrupt();
        look_up_ = now_ + 1000;  // cycles between two checks for Ctrl-C: milliseconds of wall time
      }
      if (source_due_ == now_) {
        sources_.at(now_, [this](int node, const base::EventId& event) { create(node, event); });
        source_due_ = sources_.next(now_);
      }
      if (network_due_ == now_) {
        stepped_ = now_;
        network_due_ = network_->step(now_);
      }
      if (sent_) network_due_ = std::min(network_due_, now_ + 1);
      sent_ = false;
      now_ = std::min({end, source_due_, network_due_});
    }
  }

  void create(int node, const base::EventId& event) {
    Packet packet;
    packet.from = node;
    packet.to = receiver(node, event);
    packet.flits = load_.packet_flits;
    if (load_.all_classes) packet.message_class = static_cast<MessageClass>(sources_.random().bits(event, 2) % message_classes);
    network_->send(std::move(packet), now_);
    sent_ = true;
    if (!measuring_) return;
    ++outstanding_;
    outstanding_created_ += now_;
  }

  [[nodiscard]] int width() const { return topology_.width(); }
  [[nodiscard]] int height() const { return topology_.height(); }

  [[nodiscard]] int partner(int node) const {
    const int x = node % width();
    const int y = node / width();
    switch (load_.traffic) {
      case Traffic::transpose:
        return x * width() + y;
      case Traffic::neighbor:
        return (y + 1) % height() * width() + (x + 1) % width();
      case Traffic::bit_complement:
        return (height() - 1 - y) * width() + width() - 1 - x;
      case Traffic::tornado:
        return (y + (height() + 1) / 2 - 1) % height() * width() + (x + (width() + 1) / 2 - 1) % width();
      default:
        return node;
    }
  }

  [[nodiscard]] int receiver(int node, const base::EventId& event) const {
    if (!partner_.empty()) return partner_[static_cast<std::size_t>(node)];
    const auto share = [&](std::uint32_t bits, int count) {
      return static_cast<int>(static_cast<std::uint64_t>(bits) * static_cast<std::uint64_t>(count) >> 32U);
    };
    if (load_.traffic == Traffic::hotspot && sources_.random().bits(event, 3) * 0x1p-32 < load_.hotspot_share) {
      return height() / 2 * width() + width() / 2;
    }
    return share(sources_.random().bits(event, 1), topology_.nodes());
  }

  /// Mean latency in cycles of the packets created in samples. A packet that has not arrived counts with its age.
  [[nodiscard]] double mean_latency() const {
    const auto count = static_cast<double>(arrived_ + static_cast<std::uint64_t>(outstanding_));
    return count == 0 ? 0 : static_cast<double>(latency_ + outstanding_ * now_ - outstanding_created_) / count;
  }
  [[nodiscard]] double mean_accepted(int samples) const {
    std::uint64_t flits = 0;
    for (const std::uint64_t each : ejected_) flits += each;
    return static_cast<double>(flits) / (static_cast<double>(samples) * static_cast<double>(measurement_.sample) * topology_.nodes());
  }

  const Topology& topology_;
  TrafficLoad load_;
  Measurement measurement_;
  std::unique_ptr<Noc> network_;
  Sources sources_;
  std::vector<int> partner_;  ///< by node, where the receiver is always the same
  std::int64_t now_ = 0;
  std::int64_t look_up_ = 0;  ///< cycle of the next check for Ctrl-C
  std::int64_t source_due_ = 0, network_due_ = Noc::never;
  std::int64_t stepped_ = 0;  ///< cycle of the network's step
  bool sent_ = false;         ///< a packet was created in this cycle

  bool measuring_ = false;
  std::int64_t measured_until_ = Noc::never;
  std::int64_t latency_ = 0, network_latency_ = 0, most_latency_ = 0, routers_ = 0;
  std::uint64_t arrived_ = 0;
  std::int64_t outstanding_ = 0, outstanding_created_ = 0;
  std::vector<std::uint64_t> ejected_;  ///< flits by node, in samples
};

void check(const Topology& topology, const TrafficLoad& load) {
  if (!(load.rate > 0) || load.rate > load.packet_flits) {
    throw base::UserError(fmt::format("a rate of {} flits per node and cycle: above 0 and at most one packet of {} flits a cycle is needed",
                                      load.rate, load.packet_flits));
  }
  if (load.traffic == Traffic::transpose && topology.width() != topology.height()) {
    throw base::UserError(fmt::format("transpose traffic sends from (x, y) to (y, x) and needs a square grid of nodes; this one has {} x {}",
                                      topology.width(), topology.height()));
  }
}

}  // namespace

std::string_view traffic_name(Traffic traffic) {
  return std::find_if(names.begin(), names.end(), [traffic](const auto& entry) { return entry.first == traffic; })->second;
}

std::vector<Traffic> all_traffic() {
  std::vector<Traffic> list;
  list.reserve(names.size());
  for (const auto& [traffic, name] : names) list.push_back(traffic);
  return list;
}

TrafficResult measure(const Topology& topology, const NocParameters& parameters, const TrafficLoad& load, const Measurement& measurement,
                      std::uint64_t seed) {
  check(topology, load);
  const double begin = thread_seconds();
  Bench bench(topology, parameters, load, measurement, seed);
  TrafficResult result = bench.run();
  result.cpu_s = thread_seconds() - begin;
  return result;
}

}  // namespace mho::hw
