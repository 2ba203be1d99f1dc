#include "cli/training/training_report.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <variant>

#include "base/error.h"
#include "cli/summary.h"
#include "cli/table.h"

namespace mho::cli {

namespace {

const base::Json& member(const base::Json& json, const char* key) {
  const base::Json* found = json.find(key);
  if (found == nullptr) throw base::UserError(fmt::format("mho-train sent a line without '{}'", key), base::ExitCode::failed_check);
  return *found;
}

/// null stands for a number that is not finite.
double real(const base::Json& json, const char* key) {
  const auto& value = member(json, key).value();
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? 1 : 0;
  if (std::holds_alternative<std::monostate>(value)) return std::numeric_limits<double>::quiet_NaN();
  return std::get<double>(value);
}

analysis::ScoreRecord score(const base::Json& json, const char* key) {
  const base::Json& both = member(json, key);
  return {real(both, "float"), real(both, "tiles")};
}

[[noreturn]] void unreadable(const std::string& text) {
  constexpr std::size_t most = 80;
  throw base::UserError(fmt::format("mho-train sent a line that cannot be read ('{}'); is it of the same version as mho?", text.substr(0, most)),
                        base::ExitCode::failed_check);
}

base::Json number_json(double value) { return std::isfinite(value) ? base::Json(value) : base::Json(); }

base::Json score_json(const analysis::ScoreRecord& score) {
  base::Json json;
  json["float"] = number_json(score.in_float);
  json["tiles"] = number_json(score.on_tiles);
  return json;
}

/// The data that the network was scored on, in words.
std::string judge_text(const analysis::TrainingInputs& inputs, std::size_t samples) {
  if (inputs.data.validation) return fmt::format("{} samples of the validation split", samples);
  return fmt::format("{} samples {}", samples, inputs.learned_from ? "held out of the training split" : "that it has learned from");
}

}  // namespace

void TrainingReport::hear(const std::string& text) {
  try {
    read(text);
  } catch (const std::bad_variant_access&) {
    unreadable(text);
  } catch (const base::UserError& error) {
    if (error.code() == base::ExitCode::bad_input) unreadable(text);
    throw;
  }
}

void TrainingReport::read(const std::string& text) {
  const base::Json line = base::Json::parse(text, "mho-train");
  if (const base::Json* error = line.find("error")) {
    failure_ = std::get<std::string>(error->value());
    return;
  }
  if (const base::Json* note = line.find("note")) {
    fmt::print(stderr, "mho: note: {}\n", std::get<std::string>(note->value()));
    return;
  }
  if (line.find("earlier_s") != nullptr) {
    record_.wall_s = real(line, "earlier_s");
    return;
  }
  if (const base::Json* end = line.find("end")) return read_end(*end);
  show_step(line);
  if (real(line, "ends_epoch") == 0) return;
  record_.epochs.push_back({static_cast<int>(real(line, "epoch")), real(line, "loss"), real(line, "metric"), real(line, "rate"), real(line, "noise"),
                            real(line, "seconds"), score(line, "validation")});
}

void TrainingReport::read_end(const base::Json& end) {
  if (end.find("before") != nullptr) record_.before = score(end, "before");
  record_.after = score(end, "after");
  record_.samples = static_cast<std::size_t>(real(end, "samples"));
  record_.kept_epoch = static_cast<int>(real(end, "kept_epoch"));
  record_.end = real(end, "stopped") != 0 ? analysis::TrainingEnd::stopped : analysis::TrainingEnd::finished;
}

void TrainingReport::show_step(const base::Json& line) {
  const auto step = static_cast<std::int64_t>(real(line, "step"));
  begun_ = true;
  if (!progress_) progress_ = std::make_unique<base::Progress>("retraining", static_cast<std::uint64_t>(real(line, "steps")));
  std::string note = fmt::format("epoch {}  loss {:.4f}  {} {}", real(line, "epoch"), real(line, "loss"), workloads::metric_name(metric_),
                                 metric_text(metric_, real(line, "metric")));
  if (!record_.epochs.empty()) note += fmt::format("  on tiles {}", metric_text(metric_, record_.epochs.back().validation.on_tiles));
  progress_->note(note);
  try {
    progress_->advance(static_cast<std::uint64_t>(step - done_));
  } catch (const base::Interrupted&) {
    // The child process received the interrupt too; the parent waits for its end.
  }
  done_ = step;
}

std::string training_summary(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record) {
  const workloads::Metric metric = inputs.data.training->metric();
  std::string text = fmt::format("{} retrained in {:.0f} s, written to {}\n", inputs.tiled.network.name, record.wall_s, record.job.out);
  if (record.epochs.empty() || !record.after) return text;
  const analysis::EpochRecord& last = record.epochs.back();
  if (record.end == analysis::TrainingEnd::stopped) {
    text += fmt::format("  stopped after epoch {} of {}: no better score in the last {}\n", last.epoch, inputs.recipe.epochs,
                        *inputs.recipe.validation.patience);
  }
  text += fmt::format("  the state after epoch {} of {} is kept\n", record.kept_epoch, last.epoch);
  text += fmt::format("  scores on {}, tiles {} after programming, mean of {}\n", judge_text(inputs, record.samples),
                      time_text(inputs.recipe.validation.age_s), inputs.recipe.validation.repeats);
  Table table({Table::Align::left, Table::Align::right, Table::Align::right});
  table.add({"", "float", "on tiles"});
  const auto add = [&](const char* name, const analysis::ScoreRecord& score) {
    table.add({name, metric_text(metric, score.in_float), metric_text(metric, score.on_tiles)});
  };
  if (record.before) add("    before", *record.before);
  add("    after", *record.after);
  return text + table.text() +
         fmt::format("  last epoch, on the training samples{}: loss {:.4f}, {} {}\n",
                     inputs.recipe.hardware.analog ? " and under the noise of training" : "", last.loss, workloads::metric_name(metric),
                     metric_text(metric, last.metric));
}

base::Json training_json(const analysis::TrainingInputs& inputs, const analysis::TrainingRecord& record, std::optional<std::int64_t> id) {
  base::Json json;
  json["training_id"] = id ? base::Json(*id) : base::Json();
  json["network"] = inputs.tiled.network.name;
  json["out"] = record.job.out;
  json["hash"] = record.out_hash;
  json["metric"] = workloads::metric_name(inputs.data.training->metric());
  json["wall_s"] = record.wall_s;
  json["threads"] = inputs.threads;
  json["ended"] = analysis::end_name(record.end);
  json["kept_epoch"] = record.kept_epoch;
  base::Json validation;
  validation["judged_by"] = inputs.validation().name();
  validation["samples"] = static_cast<std::int64_t>(record.samples);
  validation["repeats"] = inputs.recipe.validation.repeats;
  validation["age_s"] = inputs.recipe.validation.age_s;
  validation["before"] = record.before ? score_json(*record.before) : base::Json();
  validation["after"] = record.after ? score_json(*record.after) : base::Json();
  json["validation"] = validation;
  base::Json::Array epochs;
  for (const analysis::EpochRecord& epoch : record.epochs) {
    base::Json one;
    one["epoch"] = epoch.epoch;
    one["loss"] = epoch.loss;
    one["metric"] = epoch.metric;
    one["rate"] = epoch.rate;
    one["noise"] = epoch.noise;
    one["seconds"] = epoch.seconds;
    one["validation"] = score_json(epoch.validation);
    epochs.push_back(one);
  }
  json["epochs"] = epochs;
  return json;
}

}  // namespace mho::cli
