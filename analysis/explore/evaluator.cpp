#include "analysis/explore/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <new>
#include <numeric>

#include "analysis/cost/bands.h"
#include "analysis/experiment/reference_choice.h"
#include "base/progress.h"
#include "base/version.h"

namespace mho::analysis {

namespace {

struct AgeUnit {
  double seconds;
  const char* name;
};

/// The word in the quotes that a shell needs.
std::string shell_word(const std::string& word) {
  const std::string plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+%@";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) c == '\'' ? text.append("'\\''") : text.append(1, c);
  return text + "'";
}

/// The data of a point. The built-in network has its own data, used if samples are needed.
std::optional<std::string> data_path(const EvaluationTask& task, const DesignPoint& point) {
  if (point.data || task.data) return point.data ? point.data : task.data;
  if (task.accuracy && !point.network && !task.network) return std::string(workloads::built_in_data);
  return std::nullopt;
}

/// The command line that computes this point alone.
std::string command_of(const EvaluationTask& task, const DesignPoint& point, const std::vector<double>& times_s) {
  std::string line = task.accuracy ? "mho run" : "mho simulate";
  const auto add = [&](const std::string& option, const std::string& value) { line += fmt::format(" {} {}", option, shell_word(value)); };
  const std::optional<std::string>& network = point.network ? point.network : task.network;
  if (network) line += " " + shell_word(*network);
  if (const auto data = data_path(task, point); data && (network || task.data)) add("--data", *data);
  if (const auto& design = point.design ? point.design : task.design) add("--design", *design);
  for (const auto* list : {&task.set, &point.set}) {
    for (const std::string& assignment : *list) add("--set", assignment);
  }
  for (const auto* list : {&task.layer, &point.layer}) {
    for (const std::string& rule : *list) add("--layer", rule);
  }
  for (const std::string& scalar : task.scalar) add("--scalar", scalar);
  if (task.fidelity == Fidelity::estimate) add("--fidelity", "estimate");
  if (task.accuracy) {
    std::string times;
    for (const double time_s : times_s) times += (times.empty() ? "" : ",") + age_text(time_s);
    add("--times", times);
    add("--repeats", std::to_string(task.repeats));
    if (task.samples) add("--samples", std::to_string(*task.samples));
  }
  if (task.mode.kind != mapper::InferenceMode::Kind::whole) {
    add("--mode", std::string(mapper::mode_name(task.mode.kind)));
    if (task.mode.context != 0) add("--tokens", std::to_string(task.mode.context));
  }
  add("--seed", std::to_string(task.seed));
  return line;
}

void add_band(std::map<std::string, double>& figures, const std::string& name, const CostBand& band, double factor = 1) {
  figures[name + "@low"] = band.low * factor;
  figures[name + "@high"] = band.high * factor;
}

std::map<std::string, float> scalar_values(const std::vector<std::string>& texts) {
  std::map<std::string, float> values;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    try {
      values[text.substr(0, equals)] = std::stof(text.substr(equals + 1));
    } catch (const std::exception&) {
      throw base::UserError(fmt::format("--scalar {}: an input of one number is written NAME=VALUE", text), base::ExitCode::usage);
    }
  }
  return values;
}

}  // namespace

std::string age_text(double seconds) {
  constexpr std::array<AgeUnit, 5> units{{{31'536'000, "y"}, {86'400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  for (const AgeUnit& unit : units) {
    const double count = seconds / unit.seconds;
    if (count >= 1 && count * unit.seconds == seconds && count == std::floor(count)) return fmt::format("{}{}", count, unit.name);
  }
  return fmt::format("{}s", seconds);
}

std::map<std::string, double> figures_of(const ChipResult& result) {
  const RollUp& costs = result.costs;
  std::map<std::string, double> figures{
      {"latency_s", costs.latency_s},
      {"interval_s", costs.interval_s},
      {"throughput_per_s", costs.throughput_per_s},
      {"energy_per_inference_j", costs.energy_per_inference_j},
      {"single_shot_energy_j", costs.single_shot_energy_j},
      {"average_power_w", costs.average_power_w},
      {"leakage_w", costs.leakage_w},
      {"area_mm2", costs.area_m2 * square_millimetres_per_square_metre},
      {"tops_per_watt", costs.tops_per_watt},
      {"tiles", result.tiles_used},
      {"utilisation", result.utilisation},
      {"macs", static_cast<double>(result.macs)},
      {"weights", static_cast<double>(result.weights)},
  };
  add_band(figures, "energy_per_inference_j", costs.bands.energy);
  add_band(figures, "average_power_w", costs.bands.power);
  add_band(figures, "leakage_w", costs.bands.leakage);
  add_band(figures, "area_mm2", costs.bands.area, square_millimetres_per_square_metre);
  add_band(figures, "tops_per_watt", costs.bands.tops_per_watt);
  return figures;
}

void add_accuracy_figures(std::map<std::string, double>& figures, double time_s, const std::vector<double>& by_repeat, const Yardstick& by,
                          double yield_threshold) {
  if (by_repeat.empty()) return;
  const std::string age = "@" + age_text(time_s);
  const MeanAndError mean = mean_and_error(by_repeat);
  figures["accuracy" + age] = mean.mean;
  if (mean.sem) figures["accuracy_sem" + age] = *mean.sem;
  if (const auto share = normalised(mean.mean, by)) figures["normalised" + age] = figures["normalised"] = *share;
  const Spread chips = spread(by_repeat, by, yield_threshold);
  figures["worst" + age] = chips.worst;
  figures["percentile5" + age] = chips.percentile5;
  figures["median" + age] = chips.median;
  if (chips.yield) figures["yield" + age] = figures["yield"] = *chips.yield;
  figures.try_emplace("first_accuracy", mean.mean);
  figures["last_accuracy"] = mean.mean;
}

void add_good_chips(std::map<std::string, double>& figures, double tile_yield) {
  const std::string of_accuracy = "yield@";
  std::map<std::string, double> good;
  for (const auto& [name, share] : figures) {
    if (name.starts_with(of_accuracy)) good["good_chips@" + name.substr(of_accuracy.size())] = share * tile_yield;
  }
  figures.merge(good);
}

std::map<std::string, double> figures_of(const Result& result) {
  std::map<std::string, double> figures = figures_of(static_cast<const ChipResult&>(result));
  figures["float_accuracy"] = result.float_accuracy;
  for (const workloads::AnalogAccuracy& time : result.accuracy) {
    add_accuracy_figures(figures, time.time_s, time.by_repeat, result.yardstick(), result.yield_threshold);
  }
  add_good_chips(figures, result.upkeep.tile_yield);
  return figures;
}

const Inputs::Data* Inputs::data(const std::optional<std::string>& path) {
  if (!path) return nullptr;
  auto& held = data_[*path];
  if (!held) {
    const base::InputLimit limit;
    workloads::DataDescription data = *path == workloads::built_in_data ? workloads::default_data() : workloads::read_data(*path, limit);
    held = std::make_unique<const Data>(Data{std::move(data), input_files(limit.files())});
  }
  return held.get();
}

const Inputs::Network& Inputs::network(const std::optional<std::string>& path, const Data* data, const std::vector<std::string>& scalars) {
  auto& held = networks_[path.value_or("")];
  if (held) return *held;
  if (!path) {
    held = std::make_unique<const Network>(Network{workloads::import_onnx_bytes(built_in_, "strokes"), {}});
    return *held;
  }
  const base::InputLimit limit;
  workloads::ImportOptions options;
  if (data != nullptr) options.sample_shape = data->value.test->sample_shape();
  options.scalars = scalar_values(scalars);
  // The weights are kept in memory even if no sample is computed, because many mappings read them.
  options.limit = limit;
  workloads::Network network = workloads::import_onnx(*path, options);
  held = std::make_unique<const Network>(Network{std::move(network), input_files(limit.files())});
  return *held;
}

LocalEvaluator::LocalEvaluator(EvaluationTask task, std::string_view built_in_network, WorkCache* cache)
    : task_(std::move(task)), inputs_(built_in_network), cache_(cache) {}
LocalEvaluator::~LocalEvaluator() = default;

LocalEvaluator::Prepared LocalEvaluator::prepare(const DesignPoint& point) {
  Prepared prepared;
  Label label;
  const std::vector<double>& times_s = point.times_s.empty() ? task_.times_s : point.times_s;
  const std::string command = command_of(task_, point, times_s);
  const std::optional<std::string>& path = point.network ? point.network : task_.network;
  std::optional<std::string> data = data_path(task_, point);
  try {
    std::vector<std::string> assignments = task_.set;
    assignments.insert(assignments.end(), point.set.begin(), point.set.end());
    const Inputs::Data* const held_data = inputs_.data(data);
    if (held_data != nullptr) {
      prepared.data = &held_data->value;
      label.inputs = held_data->files;
    }
    const Inputs::Network& held = inputs_.network(path, held_data, task_.scalar);
    prepared.network = &held.value;
    label.inputs.insert(label.inputs.end(), held.files.begin(), held.files.end());
    prepared.known.network = prepared.network->name;
    prepared.known.network_hash = prepared.network->hash;
    if (prepared.data != nullptr) {
      prepared.known.data = prepared.data->test->name();
      prepared.known.data_hash = prepared.data->test->hash();
    }
    prepared.design = load_design(point.design ? point.design : task_.design, assignments);
    add_layer_rules(*prepared.design, task_.layer);
    add_layer_rules(*prepared.design, point.layer);
  } catch (const base::UserError& error) {
    if (error.code() == base::ExitCode::interrupted) throw;
    prepared.design.reset();
    prepared.refused = Evaluation{.reason = error.what(), .exit_code = error.code()};
  }
  const std::string version(base::version());
  if (task_.accuracy) {
    RunInfo info{.version = version, .command = command, .options = {}, .label = label};
    info.options = {.times_s = times_s,
                    .repeats = task_.repeats,
                    .samples = task_.samples,
                    .seed = task_.seed,
                    .threads = task_.threads,
                    .conductances = {},
                    .mode = task_.mode,
                    .estimated = task_.fidelity == Fidelity::estimate,
                    .yield_threshold = task_.yield_threshold,
                    .cache = cache_,
                    .factors = &factors_};
    prepared.info = std::move(info);
  } else {
    SimulationInfo info{.version = version, .command = command, .options = {}, .label = label};
    info.options.seed = task_.seed;
    info.options.threads = task_.threads;
    info.options.mode = task_.mode;
    info.options.estimated = task_.fidelity == Fidelity::estimate;
    info.options.cache = cache_;
    info.options.factors = &factors_;
    prepared.info = std::move(info);
  }
  return prepared;
}

EvaluatedPoint LocalEvaluator::compute(Prepared prepared) {
  const auto begin = std::chrono::steady_clock::now();
  EvaluatedPoint done{.design = std::move(prepared.design), .outcome = prepared.known, .info = std::move(prepared.info), .evaluation = {}};
  Evaluation& evaluation = done.evaluation;
  if (prepared.refused) {
    evaluation = *prepared.refused;
    return done;
  }
  try {
    if (const auto* run = std::get_if<RunInfo>(&done.info)) {
      if (prepared.data == nullptr) {
        throw base::UserError(fmt::format("{} needs data to be scored on: give --data DATA.yaml", prepared.network->name), base::ExitCode::usage);
      }
      Result result = run_experiment(*done.design, *prepared.network, *prepared.data, run->options);
      if (result.interrupted) throw base::Interrupted();
      evaluation.figures = figures_of(result);
      done.outcome = std::move(result);
    } else {
      ChipResult result = simulate_network(*done.design, *prepared.network, prepared.data, std::get<SimulationInfo>(done.info).options);
      evaluation.figures = figures_of(result);
      done.outcome = std::move(result);
    }
  } catch (const base::UserError& error) {
    if (error.code() == base::ExitCode::interrupted) throw;
    evaluation.reason = error.what();
    evaluation.exit_code = error.code();
  } catch (const std::bad_alloc&) {
    evaluation.out_of_memory = true;
    evaluation.reason = "out of memory; fewer --jobs leave more for each";
    evaluation.exit_code = base::ExitCode::failed_check;
  }
  evaluation.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (evaluation.reason) {
    prepared.known.reason = *evaluation.reason;
    prepared.known.exit_code = evaluation.exit_code;
    prepared.known.wall_s = evaluation.wall_s;
    done.outcome = prepared.known;
  }
  return done;
}

std::vector<Evaluation> LocalEvaluator::evaluate(std::span<const DesignPoint> points) {
  std::vector<Evaluation> all;
  all.reserve(points.size());
  for (const DesignPoint& point : points) {
    base::check_interrupt();
    all.push_back(compute(prepare(point)).evaluation);
  }
  return all;
}

}  // namespace mho::analysis
