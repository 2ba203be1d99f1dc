#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <vector>

#include "analysis/store/result_rows.h"
#include "analysis/store/rows.h"
#include "base/design_file/document.h"
#include "base/json.h"

namespace mho::analysis {

namespace {

/// The present time: UTC, ISO 8601.
std::string now_text() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

base::Json study_json(const SensitivityOptions& options) {
  base::Json json;
  json["samples"] = options.samples ? base::Json(static_cast<std::int64_t>(*options.samples)) : base::Json();
  json["only"] = options.only;
  json["tiles"] = options.tiles;
  json["vectors"] = options.vectors;
  return json;
}

std::int64_t insert_study(RowWriter& writer, const Design& design, const Sensitivity& study, const RowInfo& info) {
  const SensitivityOptions& options = study.options;
  std::vector<Field> row = identity_fields(writer, info.label);
  const std::vector<Field> found{{"version", info.version},
                                 {"command", info.command},
                                 {"options", study_json(options).dump()},
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
                                 {"interrupted", study.interrupted}};
  row.insert(row.end(), found.begin(), found.end());
  writer.insert("study", row);
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

void insert_training_end(RowWriter& writer, std::int64_t training, const TrainingInputs& inputs, const TrainingRecord& record) {
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
                                 {"tiles_after", part(record.after, &ScoreRecord::on_tiles)},
                                 {"reason", record.reason},
                                 {"exit_code", record.exit_code}});
}

std::int64_t insert_training(RowWriter& writer, const TrainingInputs& inputs, const TrainingRecord& record, const RowInfo& info) {
  const workloads::Dataset& data = *inputs.data.training;
  std::vector<Field> row = identity_fields(writer, info.label);
  const std::vector<Field> found{{"version", info.version},
                                 {"command", info.command},
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
                                 {"out_hash", record.out_hash}};
  row.insert(row.end(), found.begin(), found.end());
  writer.insert("training", row);
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
  insert_training_end(writer, training, inputs, record);
  return training;
}

/// Removes the row of an interrupted or failed training that this one continued: the new row contains its epochs.
void remove_interrupted(SQLite::Database& database, const TrainingInputs& inputs, const TrainingRecord& record) {
  SQLite::Statement remove(database,
                           "DELETE FROM training WHERE out = ? AND id IN (SELECT training FROM training_end WHERE fingerprint = ? AND ended IN "
                           "('interrupted', 'failed'))");
  remove.bind(1, record.job.out);
  remove.bind(2, inputs.fingerprint);
  remove.exec();
}

}  // namespace

std::vector<Field> identity_fields(RowWriter& writer, const Label& label) {
  if (label.keep_inputs) {
    for (const InputFile& file : label.inputs) {
      if (writer.has("kept_file", "hash", file.hash)) continue;
      writer.insert("kept_file", {{"hash", file.hash}, {"content", Value::Bytes{base::read_file(file.path)}}});
    }
  }
  return {{"id", std::nullopt},        {"created", now_text()}, {"name", label.name}, {"tags", label.tags_json()}, {"inputs", label.inputs_json()},
          {"machine", machine_text()}, {"uid", new_uid()}};
}

std::int64_t insert_rows(RowWriter& writer, const Design& design, const Sensitivity& study, const RowInfo& info) {
  const std::int64_t id = insert_study(writer, design, study, info);
  insert_nonidealities(writer, id, study.nonidealities);
  insert_sensitive_layers(writer, id, study.layers);
  return id;
}

std::int64_t insert_rows(RowWriter& writer, const TrainingInputs& inputs, const TrainingRecord& record, const RowInfo& info) {
  remove_interrupted(writer.database(), inputs, record);
  return insert_training(writer, inputs, record, info);
}

}  // namespace mho::analysis
