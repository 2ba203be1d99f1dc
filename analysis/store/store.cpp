#include "analysis/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <optional>
#include <utility>

#include "analysis/store/chip_rows.h"
#include "analysis/store/database.h"
#include "analysis/store/migrate.h"
#include "analysis/store/rescue.h"
#include "analysis/store/rows.h"
#include "analysis/store/schema.h"
#include "analysis/store/waiting.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// UTC, ISO 8601.
std::string now_text() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

/// What the columns of `run` say about how a network was scored; none of it for a chip simulated alone.
struct Scores {
  std::optional<std::size_t> first, scored, calibration_samples, repeats;
  std::optional<bool> calibrated_on_test;
  std::optional<std::string> metric;
  std::optional<double> chance, yield_threshold, float_accuracy, float_accuracy_scored;
};

Scores scores(const Result& result) {
  return {.first = result.samples.first,
          .scored = result.samples.scored,
          .calibration_samples = result.samples.calibration_samples,
          .repeats = result.accuracy.empty() ? 0 : result.accuracy.front().by_repeat.size(),
          .calibrated_on_test = result.samples.calibrated_on_test,
          .metric = std::string(workloads::metric_name(result.metric)),
          .chance = result.chance,
          .yield_threshold = result.yield_threshold,
          .float_accuracy = result.float_accuracy,
          .float_accuracy_scored = result.float_accuracy_scored};
}

/// How the user asked for a run.
struct Asked {
  std::string version, command;
  std::uint64_t seed = 0;
  int threads = 0;
};

std::int64_t insert_run(RowWriter& writer, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  const RollUp& costs = result.costs;
  const hw::SimulationResult& simulation = result.simulation;
  writer.insert("run", {{"id", std::nullopt},
                        {"version", asked.version},
                        {"created", now_text()},
                        {"command", asked.command},
                        {"seed", asked.seed},
                        {"threads", asked.threads},
                        {"wall_s", result.wall_s},
                        {"network", result.network},
                        {"network_hash", result.network_hash},
                        {"weights", result.weights},
                        {"macs", result.macs},
                        {"data", result.data},
                        {"data_hash", result.data_hash},
                        {"first_sample", scores.first},
                        {"samples", scores.scored},
                        {"calibration_samples", scores.calibration_samples},
                        {"calibrated_on_test", scores.calibrated_on_test},
                        {"repeats", scores.repeats},
                        {"metric", scores.metric},
                        {"chance", scores.chance},
                        {"yield_threshold", scores.yield_threshold},
                        {"design", design.name},
                        {"design_hash", design.hash()},
                        {"design_json", design.json()},
                        {"float_accuracy", scores.float_accuracy},
                        {"float_accuracy_scored", scores.float_accuracy_scored},
                        {"latency_s", costs.latency_s},
                        {"interval_s", costs.interval_s},
                        {"throughput_per_s", costs.throughput_per_s},
                        {"converged", simulation.converged},
                        {"steady_inferences", simulation.steady_inferences},
                        {"cycles", simulation.cycles},
                        {"simulation_wall_s", simulation.wall_s},
                        {"simulated_flit_hops", simulation.flit_hops()},
                        {"bottleneck", result.bottleneck.text},
                        {"bottleneck_kind", kind_name(result.bottleneck.kind)},
                        {"window_s", simulation.window.elapsed.seconds()},
                        {"window_inferences", simulation.window_inferences},
                        {"packets", simulation.single.packets},
                        {"flit_hops", simulation.single.flit_hops},
                        {"energy_per_inference_j", costs.energy_per_inference_j},
                        {"single_shot_energy_j", costs.single_shot_energy_j},
                        {"average_power_w", costs.average_power_w},
                        {"leakage_w", costs.leakage_w},
                        {"area_mm2", costs.area_m2 * square_millimetres_per_square_metre},
                        {"tops_per_watt", costs.tops_per_watt},
                        {"tiles", result.tiles_used},
                        {"tiles_available", result.tiles_available},
                        {"utilisation", result.utilisation}});
  return writer.last_id();
}

std::int64_t insert_chip(RowWriter& writer, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  const std::int64_t run = insert_run(writer, design, result, scores, asked);
  insert_chip_rows(writer, run, design, result);
  for (std::size_t i = 0; i < result.warnings.size(); ++i) {
    writer.insert("warning", {{"run", run}, {"warning", i}, {"text", result.warnings[i]}});
  }
  return run;
}

void insert_accuracy(RowWriter& writer, std::int64_t run, const Result& result) {
  for (const auto& time : result.accuracy) {
    writer.insert("accuracy_time", {{"run", run}, {"time_s", time.time_s}, {"sampling_sem", time.sampling_sem}});
    for (std::size_t repeat = 0; repeat < time.by_repeat.size(); ++repeat) {
      writer.insert("accuracy", {{"run", run}, {"time_s", time.time_s}, {"repeat", repeat}, {"value", time.by_repeat[repeat]}});
    }
  }
}

/// What to do with a rescue database.
std::string rescued(const std::string& path, const std::string& why, const std::string& place) {
  std::error_code error;
  const std::string copy = fmt::format("sqlite3 '{}' \"SELECT statements FROM copy_rows\" | sqlite3 '{}'", place, path);
  const std::string how = fs::exists(path, error)
                              ? fmt::format("copy them there: {}", copy)
                              : fmt::format("move it there: mv -n '{}' '{}', or where there is one by then: {}", place, path, copy);
  return fmt::format("the result is not in {0}: {1} It was printed, and its rows are in {2}, a database like any other. Once {0} can be written, {3}",
                     path, why, place, how);
}

std::int64_t insert_study(RowWriter& writer, const Design& design, const Sensitivity& study, const std::string& version, const std::string& command) {
  const SensitivityOptions& options = study.options;
  writer.insert("study", {{"id", std::nullopt},
                          {"version", version},
                          {"created", now_text()},
                          {"command", command},
                          {"seed", options.seed},
                          {"threads", options.threads},
                          {"wall_s", study.wall_s},
                          {"network", study.network},
                          {"network_hash", study.network_hash},
                          {"weights", study.weights},
                          {"data", study.data},
                          {"data_hash", study.data_hash},
                          {"first_sample", study.samples.first},
                          {"samples", study.samples.scored},
                          {"calibration_samples", study.samples.calibration_samples},
                          {"calibrated_on_test", study.samples.calibrated_on_test},
                          {"repeats", options.repeats},
                          {"time_s", options.time_s},
                          {"metric", workloads::metric_name(study.metric)},
                          {"chance", study.chance},
                          {"threshold", options.threshold},
                          {"error", options.error},
                          {"design", design.name},
                          {"design_hash", design.hash()},
                          {"design_json", design.json()},
                          {"float_accuracy", study.float_accuracy},
                          {"reference", study.reference.mean},
                          {"reference_sem", study.reference.sem},
                          {"interrupted", study.interrupted}});
  return writer.last_id();
}

void insert_nonidealities(RowWriter& writer, std::int64_t study, const std::vector<NonidealitySensitivity>& rows) {
  const auto why_not = [](const ThresholdSearch& search) { return search.at ? std::nullopt : std::optional(search.why); };
  for (const NonidealitySensitivity& one : rows) {
    const auto& accuracy = one.accuracy_at_error;
    writer.insert("sensitivity", {{"study", study},
                                  {"nonideality", one.name},
                                  {"keys", fmt::format("{}", fmt::join(one.keys, " "))},
                                  {"unit", one.unit},
                                  {"at_threshold", one.at_threshold.at},
                                  {"at_threshold_why_not", why_not(one.at_threshold)},
                                  {"certain", one.certain},
                                  {"possible", one.possible},
                                  {"error_at_threshold", one.error_at_threshold},
                                  {"at_error", one.at_error.at},
                                  {"at_error_why_not", why_not(one.at_error)},
                                  {"accuracy_at_error", accuracy ? std::optional(accuracy->mean) : std::nullopt},
                                  {"accuracy_at_error_sem", accuracy ? accuracy->sem : std::nullopt},
                                  {"normalised_at_error", one.normalised_at_error}});
  }
}

void insert_sensitive_layers(RowWriter& writer, std::int64_t study, const std::vector<LayerSensitivity>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PairedDifference &lost = rows[i].lost, &won = rows[i].won;
    writer.insert("sensitivity_layer", {{"study", study},
                                        {"layer", i},
                                        {"name", rows[i].name},
                                        {"lost", lost.mean},
                                        {"lost_sem", lost.sem},
                                        {"lost_low", lost.low},
                                        {"lost_high", lost.high},
                                        {"won", won.mean},
                                        {"won_sem", won.sem},
                                        {"won_low", won.low},
                                        {"won_high", won.high}});
  }
}

std::int64_t insert_training(RowWriter& writer, const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version,
                             const std::string& command) {
  const workloads::Dataset& data = *inputs.data.training;
  writer.insert("training", {{"id", std::nullopt},
                             {"version", version},
                             {"created", now_text()},
                             {"command", command},
                             {"threads", inputs.threads},
                             {"wall_s", record.wall_s},
                             {"network", inputs.tiled.network.name},
                             {"network_hash", inputs.tiled.network.hash},
                             {"weights", inputs.tiled.network.weights()},
                             {"data", data.name()},
                             {"data_hash", data.hash()},
                             {"metric", workloads::metric_name(data.metric())},
                             {"design_json", inputs.design.json()},
                             {"recipe_json", inputs.recipe.json},
                             {"from_scratch", record.job.from_scratch},
                             {"out", record.job.out},
                             {"out_hash", record.out_hash}});
  const std::int64_t training = writer.last_id();
  for (const EpochRecord& epoch : record.epochs) {
    writer.insert("epoch", {{"training", training},
                            {"epoch", epoch.epoch},
                            {"loss", epoch.loss},
                            {"metric", epoch.metric},
                            {"rate", epoch.rate},
                            {"noise", epoch.noise},
                            {"seconds", epoch.seconds}});
    writer.insert("epoch_score",
                  {{"training", training}, {"epoch", epoch.epoch}, {"in_float", epoch.validation.in_float}, {"on_tiles", epoch.validation.on_tiles}});
  }
  const workloads::Recipe::Validation& validation = inputs.recipe.validation;
  const auto part = [](const std::optional<ScoreRecord>& score, double ScoreRecord::*which) {
    return score ? std::optional<double>((*score).*which) : std::nullopt;
  };
  writer.insert("training_end", {{"training", training},
                                 {"ended", end_name(record.end)},
                                 {"fingerprint", inputs.fingerprint},
                                 {"judged_by", inputs.validation().name()},
                                 {"judged_by_hash", inputs.validation().hash()},
                                 {"samples", std::min(validation.samples, inputs.validation().size())},
                                 {"repeats", validation.repeats},
                                 {"age_s", validation.age_s},
                                 {"kept_epoch", record.kept_epoch > 0 ? std::optional<int>(record.kept_epoch) : std::nullopt},
                                 {"float_before", part(record.before, &ScoreRecord::in_float)},
                                 {"tiles_before", part(record.before, &ScoreRecord::on_tiles)},
                                 {"float_after", part(record.after, &ScoreRecord::in_float)},
                                 {"tiles_after", part(record.after, &ScoreRecord::on_tiles)}});
  return training;
}

/// The row of a training that ended too early and that this one went on with: what it holds is part of the new one.
void remove_interrupted(SQLite::Database& database, const TrainingInputs& inputs, const TrainingRecord& record) {
  SQLite::Statement remove(database,
                           "DELETE FROM training WHERE out = ? AND id IN (SELECT training FROM training_end WHERE fingerprint = ? AND ended IN "
                           "('interrupted', 'failed'))");
  remove.bind(1, record.job.out);
  remove.bind(2, inputs.fingerprint);
  remove.exec();
}

}  // namespace

Store::Store(std::string path, std::chrono::milliseconds longest_wait)
    : path_(writable_path(std::move(path), longest_wait)), longest_wait_(longest_wait) {}

void Stored::check() const {
  if (!problem.empty()) throw base::UserError(problem, base::ExitCode::not_stored);
}

Stored Store::kept(const std::function<std::int64_t(const Store&)>& add) const {
  // The result is finished: a Ctrl-C can only stop what is left, which takes no time.
  if (base::is_interrupted()) base::acknowledge_interrupt();
  std::string why;
  try {
    return {add(*this), path_, ""};
  } catch (const base::Interrupted&) {
    base::acknowledge_interrupt();
    why = fmt::format("interrupted while {} was written", path_);
  } catch (const base::UserError& error) {
    if (error.code() == base::ExitCode::failed_check) throw;
    why = error.what();
  }
  if (base::is_interrupted()) base::acknowledge_interrupt();
  for (const std::string& place : rescue_places(path_)) {
    try {
      const std::int64_t id = add(Store(place, longest_wait_));
      add_copy_statements(place);
      return {id, place, rescued(path_, why, place)};
    } catch (const base::UserError&) {
      continue;
    } catch (const SQLite::Exception&) {
      continue;
    }
  }
  return {0, path_,
          fmt::format("the result was printed, and is stored nowhere: {} Nor could a database be made beside it or in {}", why,
                      "the folder of temporary files")};
}

template <class Insert>
std::int64_t Store::in_transaction(const Insert& insert) const {
  std::error_code error;
  const bool created = !fs::exists(path_, error);
  Waiting waiting(path_, longest_wait_);
  try {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    waiting.attach(database);
    if (contents(database, path_) == Contents::older) migrate(database, path_, Migrate::keep);
    database.exec("PRAGMA foreign_keys = ON");
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (contents(database, path_) == Contents::fresh) {
      database.exec(std::string(schema_sql()));
      database.exec(std::string(views_sql()));
      database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, schema_version));
    }
    RowWriter writer(database);
    const std::int64_t id = insert(writer, database);
    base::check_interrupt();
    transaction.commit();
    return id;
  } catch (...) {
    // A file that this call created and that got no row is empty after the roll-back; leave no trace of it.
    if (created && fs::file_size(path_, error) == 0 && !error) fs::remove(path_, error);
    try {
      throw;
    } catch (const SQLite::Exception& exception) {
      throw refusal(path_, exception, longest_wait_);
    }
  }
}

std::int64_t Store::add(const Design& design, const Result& result, const RunInfo& info) const {
  return in_transaction([&](RowWriter& writer, SQLite::Database& /*database*/) {
    const std::int64_t run =
        insert_chip(writer, design, result, scores(result), {info.version, info.command, info.options.seed, info.options.threads});
    insert_accuracy(writer, run, result);
    return run;
  });
}

std::int64_t Store::add(const Design& design, const ChipResult& result, const SimulationInfo& info) const {
  return in_transaction([&](RowWriter& writer, SQLite::Database& /*database*/) {
    return insert_chip(writer, design, result, {}, {info.version, info.command, info.options.seed, info.options.threads});
  });
}

std::int64_t Store::add(const Design& design, const Sensitivity& study, const std::string& version, const std::string& command) const {
  return in_transaction([&](RowWriter& writer, SQLite::Database& /*database*/) {
    const std::int64_t id = insert_study(writer, design, study, version, command);
    insert_nonidealities(writer, id, study.nonidealities);
    insert_sensitive_layers(writer, id, study.layers);
    return id;
  });
}

std::int64_t Store::add(const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version, const std::string& command) const {
  return in_transaction([&](RowWriter& writer, SQLite::Database& database) {
    remove_interrupted(database, inputs, record);
    return insert_training(writer, inputs, record, version, command);
  });
}

}  // namespace mho::analysis
