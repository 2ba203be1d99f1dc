#include "analysis/experiment/improvement.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/cost/roll_up.h"
#include "analysis/experiment/prepare.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

/// Additional rows of the mesh: enough tiles for copies that shorten the work of the tiles by a tenth, or a quarter more rows if copies cannot.
int more_rows(const Design& design, const workloads::Network& network) {
  constexpr int quarter = 4;
  constexpr double share = 0.9;
  const hw::ChipParameters& chip = design.chip;
  const int usual = (chip.mesh_height + quarter - 1) / quarter;
  if (design.mapper.copies.kind != mapper::CopyChoice::Kind::automatic) return usual;
  const auto wanted = mapper::tiles_for_shorter(prepare(design, network, {.copies = false}), chip, design.mapper.row_turns, share);
  if (!wanted) return usual;
  const std::int64_t there_are = static_cast<std::int64_t>(chip.nodes_of(hw::CoreKind::analog).size()) * chip.tiles_per_core;
  const std::int64_t of_row = std::int64_t{chip.mesh_width} * chip.tiles_per_core;
  return static_cast<int>(std::max<std::int64_t>(1, (*wanted - there_are + of_row - 1) / of_row));
}

}  // namespace

Design changed(const Design& design, const std::vector<std::string>& change) {
  std::vector<std::string> all = change;
  // A list of nodes is valid for one mesh and one number of cores only.
  const auto moves_cores = [](const std::string& assignment) {
    return assignment.starts_with("chip.mesh.") || assignment.starts_with("chip.digital_cores=");
  };
  if (!design.chip.digital_nodes.empty() && std::ranges::any_of(change, moves_cores)) all.insert(all.begin(), "chip.digital_nodes=spread");
  return design_from_text(design.json(), design.name, all);
}

std::vector<Purchase> purchases(const Design& design, const workloads::Network& network) {
  constexpr int quarter = 4;
  const hw::ChipParameters& chip = design.chip;
  const auto keys = [](const std::string& key, auto value, const char* unit = "") { return fmt::format("{}={}{}", key, value, unit); };
  const int rows = more_rows(design, network), cores = (chip.digital_cores + quarter - 1) / quarter;
  const int rows_of_cores = (cores + chip.mesh_width - 1) / chip.mesh_width;
  std::vector<Purchase> all{
      {"tiles", {keys("chip.mesh.height", chip.mesh_height + rows)}},
      {"digital cores", {keys("chip.digital_cores", chip.digital_cores + cores), keys("chip.mesh.height", chip.mesh_height + rows_of_cores)}},
      {"digital lanes", {keys("digital.lanes", 2 * design.tile.digital.lanes)}},
      {"output lanes", {keys("tile.scale.lanes", 2 * design.tile.scale.lanes)}},
      {"bits of flits", {keys("noc.flit_bits", 2 * chip.noc.flit_bits)}},
      {"bits of ports", {keys("port.bits_per_cycle", 2 * chip.port.bits_per_cycle)}},
      {"input buffers", {keys("chip.input_buffer", 2 * std::max(1, chip.input_buffer_bytes / 1024), " KiB")}},
      {"digital buffers", {keys("chip.digital_buffer", 2 * std::max(1, chip.digital_buffer_bytes / 1024), " KiB")}}};
  if (design.mapper.copies.kind == mapper::CopyChoice::Kind::none) all.push_back({"copies", {"mapper.copies=auto"}});
  if (design.mapper.row_turns && design.mapper.copies.kind != mapper::CopyChoice::Kind::none)
    all.push_back({"shorter turns", {"mapper.turn=position"}});
  if (design.tile.adc.mux > 1) all.push_back({"converters", {keys("tile.adc.mux", std::max(1, design.tile.adc.mux / 2))}});
  return all;
}

ImprovementStep measured(std::string resource, std::vector<std::string> change, const Design& design, const workloads::Network& network,
                         const mapper::InferenceMode& mode) {
  ImprovementStep step{.resource = std::move(resource), .change = std::move(change)};
  const MappingBounds bounds = mapping_bounds(design, prepare(design, network), mode);
  step.fits = true;
  step.interval_s = bounds.interval_s;
  step.latency_s = bounds.latency_s;
  step.square_metre = bounds.square_metre;
  step.energy_j = bounds.energy_j;
  const IntervalBound& longest = bounds.bounds.front();
  constexpr double close = 0.97, full = 0.95;
  step.full_links =
      std::ranges::any_of(bounds.bounds, [&](const IntervalBound& bound) { return bound.what == "links" && bound.seconds > full * step.interval_s; });
  step.bound = longest.seconds > close * step.interval_s ? fmt::format("{}: {}", longest.what, longest.where)
                                                         : fmt::format("waits, above {} ({})", longest.what, longest.where);
  return step;
}

std::pair<ImprovementStep, std::optional<Design>> tried(const Purchase& purchase, const Design& design, const workloads::Network& network,
                                                        const mapper::InferenceMode& mode) {
  base::check_interrupt();
  try {
    Design other = changed(design, purchase.second);
    return {measured(purchase.first, purchase.second, other, network, mode), std::move(other)};
  } catch (const base::Interrupted&) {
    throw;
  } catch (const base::UserError&) {
    return {ImprovementStep{.resource = purchase.first, .change = purchase.second}, std::nullopt};
  }
}

double gain(const ImprovementStep& now, const ImprovementStep& step) {
  constexpr double worth = 0.99;
  constexpr double least_area = 1e-3;  // share of the chip's area; smaller additions count as this one
  if (!step.fits || step.full_links || step.interval_s > worth * now.interval_s) return 0;
  return (1 - step.interval_s / now.interval_s) / std::max(step.square_metre / now.square_metre - 1, least_area);
}

std::vector<ImprovementStep> marginal_values(const Design& design, const workloads::Network& network, const mapper::InferenceMode& mode,
                                             const std::function<void(const ImprovementStep&, std::size_t)>& tell) {
  const std::vector<Purchase> all = purchases(design, network);
  std::vector<ImprovementStep> steps{measured("as it is", {}, design, network, mode)};
  tell(steps.back(), all.size() + 1);
  for (const Purchase& purchase : all) {
    steps.push_back(tried(purchase, design, network, mode).first);
    tell(steps.back(), all.size() + 1);
  }
  return steps;
}

namespace {

/// Adds the best step to the ladder; false if there is none.
bool climb(Ladder& ladder, const workloads::Network& network) {
  const ImprovementStep now = ladder.rungs.back();
  const bool first = ladder.rungs.size() == 1;
  std::optional<std::pair<ImprovementStep, Design>> best;
  double best_gain = 0;
  for (const Purchase& purchase : purchases(ladder.best, network)) {
    auto [step, design] = tried(purchase, ladder.best, network);
    if (first) ladder.choices.push_back(step);
    const double gained = design ? gain(now, step) : 0;
    if (gained <= best_gain) continue;
    best_gain = gained;
    best.emplace(step, std::move(*design));
  }
  if (!best) return false;
  ladder.rungs.push_back(best->first);
  ladder.best = std::move(best->second);
  return true;
}

}  // namespace

Ladder improve(const Design& design, const workloads::Network& network, int most, const std::function<void(const ImprovementStep&)>& tell) {
  Ladder ladder{.rungs = {measured("as it is", {}, design, network)}, .choices = {}, .best = design, .end = {}};
  try {
    tell(ladder.rungs.back());
    for (int rung = 0; rung < most; ++rung) {
      if (!climb(ladder, network)) {
        ladder.end = fmt::format("no single additional resource shortens the interval by 1 % without filling links; it is bound by {}",
                                 ladder.rungs.back().bound);
        return ladder;
      }
      tell(ladder.rungs.back());
    }
    ladder.end = fmt::format("{} steps were taken; more would go on", most);
  } catch (const base::Interrupted&) {
    base::acknowledge_interrupt();
    ladder.interrupted = true;
    ladder.end = fmt::format("Interrupted after {} step{}", ladder.rungs.size() - 1, ladder.rungs.size() == 2 ? "" : "s");
  }
  return ladder;
}

}  // namespace mho::analysis
