#include "hw/chip/phased_run_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "hw/chip/drain_module.h"

namespace mho::hw {

/// Maps the stages and edges of a phase to their numbers in the whole program.
class PhaseFunctional final : public FunctionalInterface {
 public:
  PhaseFunctional(FunctionalInterface& whole, const PhaseProgram& phase) : whole_(whole), phase_(phase) {}
  Values compute(int stage, std::int64_t inference, int position, const Received& received) override {
    return whole_.compute(phase_.stages[static_cast<std::size_t>(stage)], inference, position, received);
  }
  int products(int stage) const override { return whole_.products(phase_.stages[static_cast<std::size_t>(stage)]); }
  Values payload(int edge, int position, const Values& values) const override {
    return whole_.payload(phase_.edges[static_cast<std::size_t>(edge)], position, values);
  }

 private:
  FunctionalInterface& whole_;
  const PhaseProgram& phase_;
};

/// The units of the chip, merged from those of all phases: a unit of several phases has the kinds of work of all of them.
class PhaseUnits {
 public:
  struct Place {
    int unit = 0;
    std::size_t kind = 0;  ///< of the unit's first kind of work in this phase
  };
  Place add(const Unit& unit, const PhaseProgram& phase) {
    const std::size_t index = unit_of_chip(all_, unit);
    std::vector<std::vector<int>>& kinds = all_[index].stages;
    const Place place{static_cast<int>(index), kinds.size()};
    for (const std::vector<int>& kind : unit.stages) kinds.push_back(phase.in_whole(kind));
    return place;
  }
  [[nodiscard]] const std::vector<Unit>& all() const { return all_; }

 private:
  std::vector<Unit> all_;
};

/// Reports all phases to one observer as one program.
class PhaseObservers {
 public:
  explicit PhaseObservers(Observer& observer, const Program& whole) : observer_(observer), whole_(whole) {}
  Observer& of(const PhaseProgram& phase, bool last) {
    adapters_.push_back(std::make_unique<ObserverAdapter>(observer_, units_, phase, last));
    return *adapters_.back();
  }
  /// To be called after every phase has reported its units.
  void begin() { observer_.begin(whole_, units_.all(), adapters_.front()->network()); }

 private:
  class ObserverAdapter final : public Observer {
   public:
    ObserverAdapter(Observer& observer, PhaseUnits& units, const PhaseProgram& phase, bool last)
        : observer_(observer), units_(units), phase_(phase), last_(last) {}
    void begin(const Program& /*program*/, const std::vector<Unit>& units, const base::Clock& network) override {
      for (const Unit& unit : units) places_.push_back(units_.add(unit, phase_));
      network_ = network;
    }
    void changed(int unit, std::size_t kind, periphery::UnitState state, std::int64_t cycle) override {
      const PhaseUnits::Place& place = places_[static_cast<std::size_t>(unit)];
      observer_.changed(place.unit, place.kind + kind, state, cycle);
    }
    void packet_sent(const Packet& packet, base::SimTime time) override { observer_.packet_sent(in_whole(packet), time); }
    void packet_arrived(const Packet& packet, base::SimTime time) override { observer_.packet_arrived(in_whole(packet), time); }
    void inference_left(std::int64_t count, base::SimTime time) override {
      if (last_) observer_.inference_left(count, time);
    }
    [[nodiscard]] const base::Clock& network() const { return *network_; }

   private:
    [[nodiscard]] Packet in_whole(Packet packet) const {
      packet.edge = phase_.edges[static_cast<std::size_t>(packet.edge)];
      for (auto& receiver : packet.receivers) receiver.edge = phase_.edges[static_cast<std::size_t>(receiver.edge)];
      return packet;
    }
    Observer& observer_;
    PhaseUnits& units_;
    const PhaseProgram& phase_;
    bool last_;
    std::optional<base::Clock> network_;
    std::vector<PhaseUnits::Place> places_;
  };
  Observer& observer_;
  const Program& whole_;
  PhaseUnits units_;
  std::vector<std::unique_ptr<ObserverAdapter>> adapters_;
};

PhasedRun::PhasedRun(const Program& program, const ChipParameters& chip, const tiles::TileParameters& tile, const SimulationOptions& options)
    : program_(program), options_(options), clocks_(chip), parts_(program.phases.size()) {
  if (options.observer != nullptr) observers_ = std::make_unique<PhaseObservers>(*options.observer, program);
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    Part& part = parts_[k];
    part.phase = phase_program(program, static_cast<int>(k));
    part.chip = std::make_unique<ChipModule>(fmt::format("phase_{}", k).c_str(), clocks_, part.phase.program, chip, tile);
    part.chip->when_inference_left([this, &part](std::int64_t) {
      left_ = timeline_.now();
      part.gates_left = part.chip->gates();
    });
    if (observers_) part.chip->observe(observers_->of(part.phase, k + 1 == parts_.size()));
    if (options.functional != nullptr) {
      part.functional = std::make_unique<PhaseFunctional>(*options.functional, part.phase);
      part.chip->compute_with(*part.functional, faults_of(part.phase));
    }
    part.before = part.chip->activity();
  }
  if (observers_) observers_->begin();
}

PhasedRun::~PhasedRun() = default;

std::vector<PacketFault> PhasedRun::faults_of(const PhaseProgram& phase) const {
  const auto here = [&](int edge) { return std::ranges::find(phase.edges, edge); };
  std::vector<PacketFault> faults;
  for (PacketFault fault : options_.faults) {
    if (here(fault.edge) == phase.edges.end()) continue;
    fault.edge = static_cast<int>(here(fault.edge) - phase.edges.begin());
    if (fault.kind == PacketFault::Kind::redirect) {
      if (here(fault.target) == phase.edges.end()) throw std::logic_error("a packet cannot arrive on an edge of another phase");
      fault.target = static_cast<int>(here(fault.target) - phase.edges.begin());
    }
    faults.push_back(fault);
  }
  return faults;
}

std::vector<Activity> PhasedRun::pass(std::int64_t inferences) {
  std::vector<Activity> activities;
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    Part& part = parts_[k];
    const std::int64_t begin = timeline_.now();
    part.before.gates = part.gates_before = part.chip->gates();  // the gated cycles of an idle phase keep counting
    part.allowed += program_.phases[k].programs ? 1 : inferences;
    drain(*part.chip, timeline_, part.allowed);
    const Activity all = part.chip->activity();
    activities.push_back(since(all, part.before));
    activities.back().elapsed = timeline_.time(timeline_.now()) - timeline_.time(begin);
    part.before = all;
  }
  return activities;
}

Activity PhasedRun::sum(const std::vector<Activity>& of_phases) const {
  Activity all;
  for (std::size_t k = 0; k < of_phases.size(); ++k) add_phase(all, of_phases[k], parts_[k].phase, program_);
  return all;
}

SimulationResult PhasedRun::run() {
  if (options_.functional != nullptr && options_.inferences.value_or(1) % program_.batch != 0) {
    throw std::logic_error("PhasedRun: the inferences after the first are no whole batches");
  }
  SimulationResult result;
  std::vector<Activity> single = pass(1);
  single.back().gates = since(parts_.back().gates_left, parts_.back().gates_before);
  result.single = sum(single);
  result.latency = timeline_.time(left_);
  result.single.elapsed = result.latency;
  // A functional simulation runs the given number of inferences, in whole batches.
  const std::int64_t batches = options_.functional != nullptr ? options_.inferences.value_or(program_.batch) / program_.batch : 1,
                     wanted = batches * program_.batch;
  for (std::int64_t number = 0; number < batches; ++number) {
    const std::vector<Activity> batch = pass(program_.batch);
    for (std::size_t k = 0; k < batch.size(); ++k) add_phase(result.steady, batch[k], parts_[k].phase, program_);
    if (number > 0) continue;
    result.window = result.steady;
    result.window_inferences = program_.batch;
    for (std::size_t k = 0; k < batch.size(); ++k) result.phases.push_back({single[k].elapsed, batch[k].elapsed, batch[k]});
  }
  // All batches take the same time, unless products are repeated.
  const bool repeats = result.steady.repeats();
  result.interval_s =
      repeats ? result.steady.elapsed.seconds() / static_cast<double>(wanted) : result.window.elapsed.seconds() / static_cast<double>(program_.batch);
  result.steady_inferences = static_cast<int>(wanted);
  result.converged = !repeats;
  result.cycles = timeline_.now();
  const auto& left = parts_.back().chip->left();
  result.left.assign(left.begin(), left.end());
  return result;
}

}  // namespace mho::hw
