#include <fmt/format.h>

#include <stdexcept>
#include <variant>

#include "analysis/explore/worker.h"

namespace mho::analysis {

namespace {

using base::Json;

const Json& json_member(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  if (found == nullptr) throw base::UserError(fmt::format("a line between processes of mho has no '{}'", key), base::ExitCode::failed_check);
  return *found;
}

template <class Kind>
const Kind& json_as(const Json& json) {
  const Kind* held = std::get_if<Kind>(&json.value());
  if (held == nullptr) throw base::UserError("a line between processes of mho holds a value of another kind", base::ExitCode::failed_check);
  return *held;
}

double json_number(const Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  return json_as<double>(json);
}

bool holds_nothing(const Json& json) { return std::holds_alternative<std::monostate>(json.value()); }

Json texts_json_of(const std::vector<std::string>& list) { return Json::Array(list.begin(), list.end()); }
Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }
Json numbers_json_of(const std::vector<double>& list) { return Json::Array(list.begin(), list.end()); }

std::vector<std::string> texts_in(const Json& json) {
  std::vector<std::string> list;
  for (const Json& item : json_as<Json::Array>(json)) list.push_back(json_as<std::string>(item));
  return list;
}
std::optional<std::string> text_in(const Json& json) {
  if (holds_nothing(json)) return std::nullopt;
  return json_as<std::string>(json);
}
std::vector<double> numbers_in(const Json& json) {
  std::vector<double> list;
  for (const Json& item : json_as<Json::Array>(json)) list.push_back(json_number(item));
  return list;
}

}  // namespace

std::string line_of(const WorkerTask& worker) {
  const EvaluationTask& task = worker.task;
  Json json;
  json["network"] = text_or_null(task.network);
  json["data"] = text_or_null(task.data);
  json["design"] = text_or_null(task.design);
  json["set"] = texts_json_of(task.set);
  json["layer"] = texts_json_of(task.layer);
  json["scalar"] = texts_json_of(task.scalar);
  json["estimate"] = task.fidelity == Fidelity::estimate;
  json["accuracy"] = task.accuracy;
  json["times_s"] = numbers_json_of(task.times_s);
  json["repeats"] = task.repeats;
  json["samples"] = task.samples ? Json(static_cast<std::int64_t>(*task.samples)) : Json();
  json["yield_threshold"] = task.yield_threshold;
  json["seed"] = std::to_string(task.seed);
  json["threads"] = task.threads;
  json["mode"] = static_cast<int>(task.mode.kind);
  json["context"] = task.mode.context;
  json["exploration"] = worker.exploration;
  json["database"] = worker.database;
  json["name"] = text_or_null(worker.name);
  Json::Array tags;
  for (const auto& [key, value] : worker.tags) tags.emplace_back(Json::Array{key, value});
  json["tags"] = tags;
  json["keep_inputs"] = worker.keep_inputs;
  json["cache"] = worker.cache;
  return json.dump();
}

WorkerTask worker_task(const std::string& line) {
  const Json json = Json::parse(line, "a worker's task");
  WorkerTask worker;
  EvaluationTask& task = worker.task;
  task.network = text_in(json_member(json, "network"));
  task.data = text_in(json_member(json, "data"));
  task.design = text_in(json_member(json, "design"));
  task.set = texts_in(json_member(json, "set"));
  task.layer = texts_in(json_member(json, "layer"));
  task.scalar = texts_in(json_member(json, "scalar"));
  task.fidelity = json_as<bool>(json_member(json, "estimate")) ? Fidelity::estimate : Fidelity::simulate;
  task.accuracy = json_as<bool>(json_member(json, "accuracy"));
  task.times_s = numbers_in(json_member(json, "times_s"));
  task.repeats = static_cast<int>(json_as<std::int64_t>(json_member(json, "repeats")));
  if (const Json& samples = json_member(json, "samples"); !holds_nothing(samples))
    task.samples = static_cast<std::size_t>(json_as<std::int64_t>(samples));
  task.yield_threshold = json_number(json_member(json, "yield_threshold"));
  task.seed = std::stoull(json_as<std::string>(json_member(json, "seed")));
  task.threads = static_cast<int>(json_as<std::int64_t>(json_member(json, "threads")));
  task.mode.kind = static_cast<mapper::InferenceMode::Kind>(json_as<std::int64_t>(json_member(json, "mode")));
  task.mode.context = static_cast<int>(json_as<std::int64_t>(json_member(json, "context")));
  worker.exploration = json_as<std::string>(json_member(json, "exploration"));
  worker.database = json_as<std::string>(json_member(json, "database"));
  worker.name = text_in(json_member(json, "name"));
  for (const Json& tag : json_as<Json::Array>(json_member(json, "tags"))) {
    const auto& both = json_as<Json::Array>(tag);
    worker.tags.emplace_back(json_as<std::string>(both.at(0)), json_as<std::string>(both.at(1)));
  }
  worker.keep_inputs = json_as<bool>(json_member(json, "keep_inputs"));
  worker.cache = json_as<bool>(json_member(json, "cache"));
  return worker;
}

std::string line_of(const std::vector<NumberedPoint>& points) {
  Json::Array list;
  for (const NumberedPoint& one : points) {
    Json json;
    json["number"] = one.number;
    json["settings"] = one.settings;
    json["set"] = texts_json_of(one.point.set);
    json["layer"] = texts_json_of(one.point.layer);
    json["network"] = text_or_null(one.point.network);
    json["data"] = text_or_null(one.point.data);
    json["design"] = text_or_null(one.point.design);
    json["times_s"] = numbers_json_of(one.point.times_s);
    list.push_back(json);
  }
  return Json(list).dump();
}

std::vector<NumberedPoint> numbered_points(const std::string& line) {
  std::vector<NumberedPoint> points;
  const Json parsed = Json::parse(line, "points for a worker");
  for (const Json& json : json_as<Json::Array>(parsed)) {
    NumberedPoint one{.number = json_as<std::int64_t>(json_member(json, "number")), .settings = json_member(json, "settings"), .point = {}};
    one.point.set = texts_in(json_member(json, "set"));
    one.point.layer = texts_in(json_member(json, "layer"));
    one.point.network = text_in(json_member(json, "network"));
    one.point.data = text_in(json_member(json, "data"));
    one.point.design = text_in(json_member(json, "design"));
    one.point.times_s = numbers_in(json_member(json, "times_s"));
    points.push_back(std::move(one));
  }
  return points;
}

std::string line_of(const WorkerWord& word) {
  Json json;
  switch (word.kind) {
    case WorkerWord::Kind::begun:
      json["begun"] = word.number;
      break;
    case WorkerWord::Kind::evaluated: {
      json["evaluated"] = word.number;
      const Evaluation& evaluation = word.evaluation;
      Json figures{Json::Object{}};
      for (const auto& [name, value] : evaluation.figures) figures[name] = value;
      json["figures"] = figures;
      json["reason"] = text_or_null(evaluation.reason);
      json["exit_code"] = static_cast<int>(evaluation.exit_code);
      json["wall_s"] = evaluation.wall_s;
      json["run"] = evaluation.run;
      json["found"] = evaluation.found;
      break;
    }
    case WorkerWord::Kind::stored: {
      Json::Array runs;
      for (const auto& [number, run] : word.runs) runs.emplace_back(Json::Array{number, run});
      json["stored"] = runs;
      break;
    }
    case WorkerWord::Kind::failed:
      json["failed"] = word.reason;
      json["exit_code"] = static_cast<int>(word.exit_code);
      break;
  }
  return json.dump();
}

WorkerWord worker_word(const std::string& line) {
  const Json json = Json::parse(line, "a worker's line");
  WorkerWord word;
  if (const Json* begun = json.find("begun")) {
    word.number = json_as<std::int64_t>(*begun);
  } else if (const Json* evaluated = json.find("evaluated")) {
    word.kind = WorkerWord::Kind::evaluated;
    word.number = json_as<std::int64_t>(*evaluated);
    for (const auto& [name, value] : json_as<Json::Object>(json_member(json, "figures"))) word.evaluation.figures[name] = json_number(value);
    word.evaluation.reason = text_in(json_member(json, "reason"));
    word.evaluation.exit_code = static_cast<base::ExitCode>(json_as<std::int64_t>(json_member(json, "exit_code")));
    word.evaluation.wall_s = json_number(json_member(json, "wall_s"));
    word.evaluation.run = json_as<std::int64_t>(json_member(json, "run"));
    word.evaluation.found = json_as<bool>(json_member(json, "found"));
  } else if (const Json* stored = json.find("stored")) {
    word.kind = WorkerWord::Kind::stored;
    for (const Json& pair : json_as<Json::Array>(*stored)) {
      const auto& both = json_as<Json::Array>(pair);
      word.runs.emplace_back(json_as<std::int64_t>(both.at(0)), json_as<std::int64_t>(both.at(1)));
    }
  } else {
    word.kind = WorkerWord::Kind::failed;
    word.reason = json_as<std::string>(json_member(json, "failed"));
    word.exit_code = static_cast<base::ExitCode>(json_as<std::int64_t>(json_member(json, "exit_code")));
  }
  return word;
}

}  // namespace mho::analysis
