#include "analysis/experiment/functional_run.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "base/error.h"

namespace mho::analysis {

namespace {

/// The number of inferences that the options ask for; else the usual number, or the number of samples if that is smaller. One inference runs alone
/// and the others run in batches; throws UserError if the number that is asked for does not fit.
std::size_t inferences_of(const FunctionalOptions& options, const hw::Program& program, std::size_t available) {
  constexpr std::size_t usual = 9, least = 3;
  const std::size_t batch = program.phases.empty() ? 1 : static_cast<std::size_t>(program.batch);
  if (!options.inferences) {
    const std::size_t wanted = 1 + (usual - 1 + batch - 1) / batch * batch;
    const std::size_t possible = available == 0 ? 0 : 1 + (available - 1) / batch * batch;
    return possible < least ? wanted : std::min(wanted, possible);
  }
  const std::size_t given = *options.inferences;
  if ((given - 1) % batch == 0) return given;
  const std::size_t below = (given - 1) / batch * batch + 1;
  throw base::UserError(fmt::format("--inferences {}: one goes alone and the others in batches of mapper.reload_batch, {}; give {}{}", given, batch,
                                    below >= 3 ? fmt::format("{} or ", below) : "", below + batch),
                        base::ExitCode::usage);
}

std::vector<mapper::ChipSample> samples_of(const workloads::Network& network, const workloads::Dataset& test, std::size_t first, std::size_t count) {
  const std::size_t available = test.size() - std::min(first, test.size());
  if (count > available) {
    throw base::UserError(fmt::format("--inferences {}: the test set {} has {} samples to compute{}; ask for at most that many", count, test.name(),
                                      available, first > 0 ? fmt::format(" ({} less {} that calibrate)", test.size(), first) : ""),
                          base::ExitCode::usage);
  }
  std::vector<mapper::ChipSample> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i].id = static_cast<std::uint32_t>(first + i);
    samples[i].values.resize(static_cast<std::size_t>(workloads::element_count(test.sample_shape())));
    test.load(first + i, samples[i].values);
    const auto length = test.length(first + i);
    if (network.length_input >= 0 && length) samples[i].length = static_cast<float>(*length);
  }
  return samples;
}

workloads::ProgrammedMatrices aged(workloads::ProgrammedMatrices matrices, double seconds, int threads) {
  matrices.set_time(seconds, 0, threads);
  matrices.measure_conductances();
  return matrices;
}

}  // namespace

FunctionalRun::FunctionalRun(const workloads::TiledNetwork& tiled, const mapper::Mapping& mapping, const FunctionalRequest& request)
    : tiled_(tiled),
      options_(request.options),
      matrices_(aged({tiled, request.seed, 0, request.threads}, options_.time_s, request.threads)),
      samples_(samples_of(tiled.network, *request.test, request.first,
                          inferences_of(options_, mapping.program, request.test->size() - std::min(request.first, request.test->size())))),
      chip_(tiled, mapping, matrices_, samples_) {
  chip_.measure_power();
}

hw::SimulationOptions FunctionalRun::simulation() {
  hw::SimulationOptions simulation;
  simulation.inferences = static_cast<int>(samples_.size()) - 1;
  simulation.functional = &chip_;
  simulation.faults = options_.faults;
  return simulation;
}

std::vector<float> FunctionalRun::wanted(const mapper::ChipSample& sample) const {
  workloads::ProgrammedProducts products(tiled_.network, matrices_);
  const std::vector<std::uint32_t> ids{sample.id};
  std::vector<float> lengths;
  if (sample.length) lengths.push_back(*sample.length);
  const auto rounding = workloads::result_rounding(tiled_);
  return workloads::Execution(tiled_.network)
      .run({.ids = ids, .samples = sample.values, .lengths = lengths, .states = {}}, products, rounding ? &*rounding : nullptr)
      .scores;
}

FunctionalResult FunctionalRun::check(const hw::SimulationResult& result) const {
  FunctionalResult functional;
  functional.inferences = samples_.size();
  functional.time_s = options_.time_s;
  functional.first_sample = samples_.front().id;
  std::size_t differing = 0;
  std::string first;
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    const std::vector<float> left = chip_.scores(i, result.left), scores = wanted(samples_[i]);
    for (std::size_t o = 0; o < scores.size(); ++o) {
      ++functional.outputs;
      if (std::bit_cast<std::uint32_t>(left.at(o)) == std::bit_cast<std::uint32_t>(scores[o])) continue;
      if (differing++ == 0) first = fmt::format("output {} of sample {} is {} and should be {}", o, samples_[i].id, left[o], scores[o]);
    }
  }
  if (differing > 0) {
    throw base::UserError(
        fmt::format(
            "{} of {} numbers at the output of the chip differ from the accuracy path: {}; the cores read other data than the network defines",
            differing, functional.outputs, first),
        base::ExitCode::failed_check);
  }
  return functional;
}

void FunctionalRun::measure(const Design& design, const hw::Program& program, const hw::SimulationResult& result, std::int64_t macs,
                            FunctionalResult& functional) const {
  // The same events, with the mean measured consumption of each product.
  hw::Program measured = program;
  hw::SimulationResult simulation = result;
  const auto inferences = static_cast<double>(samples_.size());
  double conversions = 0, expected = 0;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    auto& work = measured.stages[s].mvm;
    if (!work) continue;
    const auto stage = static_cast<int>(s);
    const tiles::MvmStatistics& consumed = chip_.consumed(stage);
    const tiles::TileParameters& tile = work->settings == 0 ? design.tile : program.settings.at(static_cast<std::size_t>(work->settings));
    const double products = inferences * program.stages[s].positions, own = products * work->outputs * tile.conversions_per_output();
    work->conductance_sum_siemens = chip_.conductance_sum(stage);
    work->mean_drive = consumed.driven_siemens / (products * work->conductance_sum_siemens);
    functional.pulses += consumed.pulses / inferences;
    // The design decides whether columns without weights are converted too.
    const double all = static_cast<double>(tile.converted_outputs(work->outputs)) / work->outputs;
    conversions += static_cast<double>(consumed.outputs) * all;
    expected += own * all;
    for (hw::Activity* activity : {&simulation.single, &simulation.steady}) {
      auto& events = activity->stages[s];
      const double repeats = static_cast<double>(consumed.outputs) / own;
      events.adc_conversions = static_cast<std::uint64_t>(std::llround(static_cast<double>(events.adc_conversions) * repeats));
      events.dac_conversions = static_cast<std::uint64_t>(std::llround(static_cast<double>(events.dac_conversions) * repeats));
    }
  }
  functional.conversions = conversions / inferences;
  functional.expected_conversions = expected / inferences;
  functional.costs = roll_up(design, measured, simulation, macs);
}

}  // namespace mho::analysis
