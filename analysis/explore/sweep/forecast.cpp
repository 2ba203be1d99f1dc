#include "analysis/explore/sweep/forecast.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/experiment/prepare.h"
#include "analysis/experiment/wire_time.h"
#include "analysis/explore/sweep/schedule.h"
#include "analysis/reuse/dependence.h"
#include "analysis/store/cache.h"
#include "mapper/mapper.h"

namespace mho::analysis {

namespace {

constexpr double hour_s = 3600, minute_s = 60;
/// Seconds per multiply-accumulate in whole networks on one thread, with every nonideality on (docs/benchmarks.md, "Whole networks").
constexpr double accuracy_s_per_mac = 1.5e-10;
/// Seconds per flit-hop, and number of inferences of a simulation (docs/benchmarks.md, "Whole networks, cycle by cycle").
constexpr double simulation_s_per_flit_hop = 1e-7, simulated_inferences = 12;

std::string span_text(double seconds) {
  if (seconds < 2 * minute_s) return fmt::format("{:.0f} s", seconds);
  if (seconds < 2 * hour_s) return fmt::format("{:.0f} min", seconds / minute_s);
  return fmt::format("{:.0f} h", seconds / hour_s);
}

std::string settings_text(const base::Json& settings) {
  std::string text;
  for (const auto& [name, value] : std::get<base::Json::Object>(settings.value())) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, std::get<std::string>(value.value()));
  }
  return text;
}

class Forecaster {
 public:
  Forecaster(const EvaluationTask& task, const SweepSettings& settings)
      : task_(task), evaluator_(task, settings.built_in_network), shares_(settings.cache), store_(settings.database), cache_(settings.database) {}

  /// Expected seconds of computing one point.
  double seconds(const NumberedPoint& point) {
    double all = 0;
    LocalEvaluator::Prepared prepared = evaluator_.prepare(point.point);
    if (prepared.refused) {
      if (!why_) why_.emplace(*prepared.refused->reason, prepared.refused->exit_code);
      return 0;
    }
    readable_ = true;
    if (store_.find(prepared)) return 0;
    const std::string group = sharing_group(point);
    if (task_.accuracy && prepared.data != nullptr && (!shares_ || groups_.insert(group).second)) all += accuracy_seconds(point, prepared);
    if (task_.fidelity == Fidelity::simulate) all += simulation_seconds(point, std::move(prepared));
    return all;
  }
  /// Throws the first refusal if every examined point was refused.
  void check() const {
    if (!readable_ && why_) throw *why_;
  }

 private:
  /// Whether the cache holds the accuracy of a point.
  bool knows_accuracy(const LocalEvaluator::Prepared& prepared) {
    if (!shares_) return false;
    const ExperimentOptions& options = std::get<RunInfo>(prepared.info).options;
    const workloads::DataDescription& data = *prepared.data;
    try {
      const SamplePlan plan = plan_samples(data, options);
      const workloads::TiledNetwork tiled = prepare(*prepared.design, *prepared.network);
      const std::string calibration = calibration_key(*prepared.design, tiled, data, plan);
      return cache_
          .find("accuracy", dependence_key(accuracy_depends_on(*prepared.design, tiled, calibration, *data.test, evaluation_of(options, plan), "")))
          .has_value();
    } catch (const base::UserError&) {
      return false;  // it will be refused
    }
  }
  bool knows_simulation(const LocalEvaluator::Prepared& prepared) {
    if (!shares_) return false;
    try {
      const workloads::TiledNetwork tiled = prepare(*prepared.design, *prepared.network);
      return cache_.find("simulation", dependence_key(simulation_depends_on(*prepared.design, tiled, task_.mode, 0, false))).has_value();
    } catch (const base::UserError&) {
      return false;
    }
  }

  double accuracy_seconds(const NumberedPoint& point, const LocalEvaluator::Prepared& prepared) {
    if (knows_accuracy(prepared)) return 0;
    const std::size_t times = point.point.times_s.empty() ? task_.times_s.size() : point.point.times_s.size();
    const auto samples = static_cast<double>(task_.samples.value_or(prepared.data->test->size()));
    const double runs = static_cast<double>(times) * task_.repeats;
    double seconds = static_cast<double>(prepared.network->macs()) * samples * runs * accuracy_s_per_mac;
    if (prepared.design->tile.wires.kind == tiles::Wires::Kind::exact) {
      const tiles::LayerTiles tiles(prepared.design->tile);
      try {
        const std::size_t read = readings(prepared.design->tile, times) * static_cast<std::size_t>(task_.repeats);
        seconds += exact_wire_seconds(prepared.design->tile, mapper::single_layout(*prepared.network, tiles), read, task_.threads);
      } catch (const base::UserError&) {
        return seconds;  // it will be refused
      }
    }
    return seconds;
  }

  /// Expected seconds of a simulation, from the flit-hops in an estimate of the first point with this network.
  double simulation_seconds(const NumberedPoint& point, LocalEvaluator::Prepared prepared) {
    if (knows_simulation(prepared)) return 0;
    const std::string network = point.point.network.value_or("");
    const auto found = hops_.find(network);
    if (found != hops_.end()) return found->second;
    prepared.info = SimulationInfo{.version = "", .command = "", .options = {}};
    std::get<SimulationInfo>(prepared.info).options.estimated = true;
    std::get<SimulationInfo>(prepared.info).options.mode = task_.mode;
    prepared.data = nullptr;
    const EvaluatedPoint estimate = evaluator_.compute(std::move(prepared));
    const auto* chip = std::get_if<ChipResult>(&estimate.outcome);
    if (chip == nullptr) return 0;
    return hops_[network] = static_cast<double>(chip->simulation.single.flit_hops) * simulation_s_per_flit_hop * simulated_inferences;
  }

  const EvaluationTask& task_;
  LocalEvaluator evaluator_;
  bool shares_;
  PointStore store_;
  StoredCache cache_;
  bool readable_ = false;
  std::optional<base::UserError> why_;
  std::set<std::string> groups_;
  std::map<std::string, double> hops_;
};

}  // namespace

Forecast forecast(const EvaluationTask& task, const std::vector<NumberedPoint>& points, const SweepSettings& settings) {
  Forecast all;
  Forecaster forecaster(task, settings);
  // Estimates take milliseconds. A few points show whether networks and data can be read.
  const bool quick = !task.accuracy && task.fidelity == Fidelity::estimate;
  constexpr std::size_t most = 2000;
  const std::size_t looked = quick ? std::min<std::size_t>(points.size(), 16) : std::min(points.size(), most);
  for (std::size_t i = 0; i < looked; ++i) {
    const NumberedPoint& point = points[i * points.size() / looked];
    const double seconds = forecaster.seconds(point);
    all.seconds += seconds;
    if (seconds < hour_s) continue;
    ++all.long_points;
    all.longest.push_back({settings_text(point.settings), seconds});
  }
  forecaster.check();
  const double scale = static_cast<double>(points.size()) / static_cast<double>(looked);
  all.seconds *= scale;
  all.long_points = static_cast<std::int64_t>(static_cast<double>(all.long_points) * scale);
  std::ranges::stable_sort(all.longest, std::ranges::greater{}, &Forecast::Long::seconds);
  constexpr std::size_t shown = 3;
  if (all.longest.size() > shown) all.longest.resize(shown);
  return all;
}

void say_forecast(const EvaluationTask& task, const std::vector<NumberedPoint>& points, const SweepSettings& settings) {
  const Forecast all = forecast(task, points, settings);
  if (!settings.say || (all.seconds / settings.jobs < minute_s && all.long_points == 0)) return;
  std::string text = fmt::format("{} points will take about {} with {} job{}", points.size(), span_text(all.seconds / settings.jobs), settings.jobs,
                                 settings.jobs == 1 ? "" : "s");
  if (all.long_points > 0) {
    text += fmt::format("; {} of them more than an hour each, such as", all.long_points);
    for (const Forecast::Long& one : all.longest) text += fmt::format(" {} (about {})", one.settings, span_text(one.seconds));
    text += ". Fewer --samples, --repeats or --times, or --fidelity estimate, make it shorter";
  }
  settings.say(text);
}

}  // namespace mho::analysis
