#include "analysis/experiment/sizing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "analysis/experiment/prepare.h"
#include "base/error.h"
#include "base/progress.h"
#include "mapper/copy_choice.h"
#include "mapper/placement/shortfall.h"

namespace mho::analysis {

namespace {

using Assignments = std::vector<std::string>;

constexpr int bytes_per_kibibyte = 1024;

std::string assigned(const std::string& key, int value, const char* unit = "") { return fmt::format("{}={}{}", key, value, unit); }

class Sizer {
 public:
  Sizer(const Design& design, const workloads::Network& network, const SizingTarget& target, const std::function<void(const ImprovementStep&)>& tell)
      : given_(design), network_(network), target_(target), tell_(tell), design_(design) {}

  Sizing run() {
    Sizing sizing{.as_it_is = as_it_is(given_), .best = {}, .changes = {}, .design = given_};
    if (begin()) {
      if (wants_speed()) {
        climb();
        if (distance(*step_) == 0) shrink();
      } else {
        if (step_->square_metre > *target_.square_metre) shrink();
        climb();
      }
    }
    sizing.best = step_;
    sizing.design = design_;
    sizing.changes = differences();
    sizing.why = why_.empty() && step_ ? missed() : why_;
    return sizing;
  }

 private:
  [[nodiscard]] bool wants_speed() const { return target_.throughput_per_s || target_.latency_s; }

  [[nodiscard]] std::optional<ImprovementStep> as_it_is(const Design& design) const {
    try {
      return measured("as it is", {}, design, network_);
    } catch (const base::UserError& error) {
      if (error.code() != base::ExitCode::does_not_fit) throw;
      return std::nullopt;
    }
  }

  /// Finds a chip that holds the network, with tiles for the throughput. Returns false, with a reason, if there is none.
  bool begin() {
    Assignments first;
    if (design_.mapper.copies.kind == mapper::CopyChoice::Kind::none) first.emplace_back("mapper.copies=auto");
    if (target_.throughput_per_s) {
      auto plan = tiles_wanted(design_.mapper.row_turns);
      if (!plan && design_.mapper.row_turns) {
        plan = tiles_wanted(false);
        first.emplace_back("mapper.turn=position");
      }
      if (!plan) {
        why_ = "no number of tiles reaches it: a product takes longer, or steps wait for each other";
        return false;
      }
      const hw::ChipParameters& chip = design_.chip;
      const auto cores = static_cast<int>((plan->tiles + chip.tiles_per_core - 1) / chip.tiles_per_core);
      const int nodes = cores + chip.digital_cores + static_cast<int>(chip.port.nodes.size());
      for (const Assignments& mesh : meshes(nodes, most_nodes)) {
        if (!takes(mesh)) continue;
        first.insert(first.end(), mesh.begin(), mesh.end());
        break;
      }
    }
    constexpr int attempts = 4;  // a change can require other buffers
    for (int attempt = 0; attempt < attempts; ++attempt) {
      try {
        design_ = changed(design_, first);
        keep(measured("the first that fits", first, design_, network_), design_);
        return true;
      } catch (const mapper::NoPlace& missing) {
        why_ = missing.what();
        first = missing.changes();
        if (first.empty()) return false;
      }
    }
    return false;
  }
  [[nodiscard]] std::optional<mapper::CopyPlan> tiles_wanted(bool row_turns) const {
    const workloads::TiledNetwork tiled = prepare(design_, network_, {.copies = false});
    return mapper::fewest_tiles(mapper::turn_demands(tiled, design_.chip, row_turns), 1 / *target_.throughput_per_s);
  }

  void keep(ImprovementStep step, Design design) {
    why_.clear();
    step_ = std::move(step);
    design_ = std::move(design);
    tell_(*step_);
  }

  /// Distance of a chip from the target; 0 if it is reached. Without a target of speed: the logarithm of the interval.
  [[nodiscard]] double distance(const ImprovementStep& step) const {
    if (!wants_speed()) return std::log(step.interval_s);
    double sum = 0;
    if (target_.throughput_per_s) sum += std::max(0.0, std::log(step.interval_s * *target_.throughput_per_s));
    if (target_.latency_s) sum += std::max(0.0, std::log(step.latency_s / *target_.latency_s));
    return sum;
  }

  /// Adds the resource that reduces the distance most per area, until none reduces it.
  void climb() {
    constexpr double worth = 0.01, least_area = 1e-3;  // shares
    constexpr int most_steps = 20;
    for (int bought = 0; bought < most_steps; ++bought) {
      const double now = distance(*step_);
      if (wants_speed() && now == 0) return;
      std::optional<std::pair<ImprovementStep, Design>> best;
      double best_gain = 0;
      for (const Purchase& purchase : purchases(design_, network_)) {
        auto [step, design] = tried(purchase, design_, network_);
        if (!design || step.full_links) continue;
        if (target_.square_metre && step.square_metre > *target_.square_metre) continue;
        const double left = distance(step), gain = (now - left) / std::max(step.square_metre / step_->square_metre - 1, least_area);
        if (left > now - worth && (left > 0 || !wants_speed())) continue;
        if (gain <= best_gain) continue;
        best_gain = gain;
        best.emplace(step, std::move(*design));
      }
      if (!best) return;
      keep(best->first, std::move(best->second));
    }
  }

  /// Reduces cores, mesh and buffers to the least that reaches the target. Repeats, because less of one resource can allow less of another.
  void shrink() {
    if (given_.mapper.copies.kind == mapper::CopyChoice::Kind::none) take({"mapper.copies=none"});
    constexpr int rounds = 3;
    for (int round = 0; round < rounds; ++round) {
      const std::string before = design_.hash();
      take_least("chip.digital_cores", design_.chip.digital_cores, "");
      take_least(meshes(1, design_.chip.nodes() - 1));
      take_least("chip.input_buffer", design_.chip.input_buffer_bytes / bytes_per_kibibyte, " KiB");
      take_least("chip.digital_buffer", design_.chip.digital_buffer_bytes / bytes_per_kibibyte, " KiB");
      if (design_.hash() == before) return;
    }
  }
  void take_least(const std::string& key, int now, const char* unit) {
    std::vector<Assignments> less;
    less.reserve(static_cast<std::size_t>(std::max(0, now)));
    for (int value = 0; value < now; ++value) less.push_back({assigned(key, value, unit)});
    take_least(less);
  }
  /// Applies the smallest sufficient one of `candidates`, which are in ascending order: by bisection, then by trying the next smaller ones.
  void take_least(const std::vector<Assignments>& candidates) {
    std::size_t too_few = 0, enough = candidates.size() + 1;  // numbered from 1
    if (enough > 1 && !take(candidates.back())) return;       // usually the present value is the minimum already
    if (enough > 1) enough = candidates.size();
    while (enough - too_few > 1) {
      const std::size_t middle = too_few + (enough - too_few) / 2;
      (take(candidates[middle - 1]) ? enough : too_few) = middle;
    }
    // Sufficiency is not monotonic: the places of the cores change with their number. So smaller candidates are tried too.
    while (enough > 1 && too_few > 0 && take(candidates[too_few - 1])) --too_few;
  }
  /// Applies the change and keeps it if the target is still reached and the area does not grow. Returns whether it was kept.
  bool take(const Assignments& change) {
    auto [step, design] = tried({"less", change}, design_, network_);
    if (!design || step.full_links || (wants_speed() && distance(step) > 0) || step.square_metre > step_->square_metre) return false;
    keep(step, std::move(*design));
    return true;
  }

  static constexpr int most_nodes = 4096;  // chip.mesh.width and height are at most 64 each

  /// Meshes of `least` to `most` nodes, the smallest first. As square as possible if node 0 is the only port; else of the present width, so that the
  /// ports keep their places.
  [[nodiscard]] std::vector<Assignments> meshes(int least, int most) const {
    constexpr int longest = 64;
    const bool anywhere = design_.chip.port.nodes == std::vector<int>{0};
    std::vector<std::pair<int, int>> sizes;
    for (int height = 1; height <= longest; ++height) {
      for (int width = anywhere ? height : design_.chip.mesh_width; width <= (anywhere ? std::min(height + 1, longest) : design_.chip.mesh_width);
           ++width) {
        if (width * height >= least && width * height <= most) sizes.emplace_back(width, height);
      }
    }
    std::ranges::sort(sizes, {}, [](const auto& size) { return size.first * size.second; });
    std::vector<Assignments> all;
    all.reserve(sizes.size());
    for (const auto& [width, height] : sizes) all.push_back({assigned("chip.mesh.width", width), assigned("chip.mesh.height", height)});
    return all;
  }
  /// Whether these values are legal in the design.
  [[nodiscard]] bool takes(const Assignments& change) const {
    try {
      static_cast<void>(changed(design_, change));
      return true;
    } catch (const base::UserError&) {
      return false;
    }
  }

  [[nodiscard]] std::vector<SizedKey> differences() const {
    std::vector<SizedKey> all;
    const auto text = [](const base::Value& value, const std::string& unit) {
      return std::visit([](const auto& held) { return fmt::format("{}", held); }, value) +
             (unit.empty() || std::holds_alternative<std::string>(value) ? "" : " " + unit);
    };
    for (const base::Declaration& declaration : design_.config.declarations()) {
      const base::Value &before = given_.config.value(declaration.key), &after = design_.config.value(declaration.key);
      if (before != after) all.push_back({declaration.key, text(before, declaration.unit), text(after, declaration.unit)});
    }
    return all;
  }

  /// Why the last chip does not reach the target; empty if it does.
  [[nodiscard]] std::string missed() const {
    if (wants_speed() && distance(*step_) > 0) return fmt::format("no additional resource brings the chip closer; it is bound by {}", step_->bound);
    if (target_.square_metre && step_->square_metre > *target_.square_metre) return "the smallest chip that was found takes more area";
    return "";
  }

  const Design& given_;
  const workloads::Network& network_;
  const SizingTarget& target_;
  const std::function<void(const ImprovementStep&)>& tell_;
  Design design_;
  std::optional<ImprovementStep> step_;
  std::string why_;
};

}  // namespace

Sizing size_chip(const Design& design, const workloads::Network& network, const SizingTarget& target,
                 const std::function<void(const ImprovementStep&)>& tell) {
  if (design.chip.chips > 1) {
    throw base::UserError(fmt::format("the smallest chip is searched for one chip, and chip.count is {}; set it to 1", design.chip.chips));
  }
  return Sizer(design, network, target, tell).run();
}

}  // namespace mho::analysis
