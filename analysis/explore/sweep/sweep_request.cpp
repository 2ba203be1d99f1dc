#include "analysis/explore/sweep/sweep_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "analysis/explore/task_file.h"
#include "base/design_file/document.h"
#include "base/design_file/number_text.h"

namespace mho::analysis {

namespace {

using base::ExitCode;
using base::YamlNode;

SweepAxis axis_at(const std::string& name, const YamlNode& node, const base::Declarations& declarations) {
  return read_axis(name, axis_values(node, name), declarations, node.where(), ExitCode::bad_input);
}

void check_group(const AxisGroup& group, const std::string& where, ExitCode code) {
  for (const SweepAxis& axis : group) {
    if (group.size() > 1 && axis.interval) {
      throw base::UserError(fmt::format("{}: {}: axes that change together need values, not an interval", where, axis.name), code);
    }
    if (axis.values.size() != group.front().values.size()) {
      throw base::UserError(fmt::format("{}: {} has {} values and {} has {}; axes that change together need the same number of values", where,
                                        group.front().name, group.front().values.size(), axis.name, axis.values.size()),
                            code);
    }
  }
  std::set<std::vector<std::string>> seen;
  for (std::size_t i = 0; i < group.front().values.size(); ++i) {
    std::vector<std::string> together;
    for (const SweepAxis& axis : group) together.push_back(axis.values[i]);
    if (!seen.insert(together).second)
      throw base::UserError(fmt::format("{}: {}: {} stands there twice", where, group.front().name, fmt::join(together, "/")), code);
  }
}

class SweepFileReader {
 public:
  SweepFileReader(SweepRequest& request, const std::string& path) : request_(request), root_(base::read_yaml_file(path)) {}

  void read() {
    if (root_.kind != YamlNode::Kind::map) {
      throw base::UserError(fmt::format("{}: a sweep is a section with 'axes', such as axes: {{tile.adc.bits: 4..8}}", root_.where()));
    }
    for (const auto& entry : root_.entries) read_entry(entry);
  }

 private:
  void read_entry(const YamlNode::Entry& entry) {
    EvaluationTask& task = request_.task;
    const std::string& key = entry.key;
    const YamlNode& value = entry.value;
    if (read_task_entry(task, entry)) return;
    if (key == "accuracy") {
      task.accuracy = truth_of(value, key);
    } else if (key == "fidelity") {
      const std::string& word = scalar_of(value, key);
      if (word != "estimate" && word != "simulate") refuse_at(value, fmt::format("'fidelity' is estimate or simulate, not '{}'", word));
      task.fidelity = word == "estimate" ? Fidelity::estimate : Fidelity::simulate;
    } else if (key == "retrain_for") {
      const std::string& word = scalar_of(value, key);
      if (word != "base" && word != "each") refuse_at(value, fmt::format("'retrain_for' is base or each, not '{}'", word));
      request_.retrains_each = word == "each";
    } else if (key == "axes") {
      read_axes(value);
    } else if (key == "zip") {
      read_zip(value);
    } else if (key == "points") {
      read_points(value);
    } else if (key == "constraints") {
      for (const std::string& text : texts_of(value, key)) request_.constraints.push_back(text);
    } else if (key == "sampling") {
      read_sampling(value);
    } else {
      refuse_entry(value, entry, "sweep", {"accuracy", "fidelity", "axes", "zip", "points", "constraints", "sampling", "retrain_for"});
    }
  }

  void read_axes(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::map) refuse_at(node, "'axes' is a section of axes and their values, such as {tile.adc.bits: 4..8}");
    for (const auto& [name, values] : leaves_of(node)) {
      request_.axes.push_back({axis_at(name, *values, declarations_)});
      check_group(request_.axes.back(), values->where(), ExitCode::bad_input);
    }
  }

  void read_zip(const YamlNode& node) {
    const std::vector<const YamlNode*> groups = [&] {
      std::vector<const YamlNode*> all;
      if (node.kind == YamlNode::Kind::list) {
        for (const YamlNode& item : node.items) all.push_back(&item);
      } else {
        all.push_back(&node);
      }
      return all;
    }();
    for (const YamlNode* group : groups) {
      if (group->kind != YamlNode::Kind::map) refuse_at(*group, "an entry of 'zip' is a section of axes with equally many values");
      AxisGroup together;
      for (const auto& [name, values] : leaves_of(*group)) together.push_back(axis_at(name, *values, declarations_));
      check_group(together, group->where(), ExitCode::bad_input);
      request_.axes.push_back(std::move(together));
    }
  }

  void read_points(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::list) refuse_at(node, "'points' is a list of sections, such as {tile.adc.bits: 6, tile.rows: 128}");
    for (const YamlNode& item : node.items) {
      if (item.kind != YamlNode::Kind::map) refuse_at(item, "a point is a section of axes with a value each");
      std::vector<std::pair<std::string, std::string>> point;
      for (const auto& [name, value] : leaves_of(item)) {
        const std::string& text = scalar_of(*value, name);
        const SweepAxis axis = read_axis(name, {text}, declarations_, value->where(), ExitCode::bad_input);
        if (axis.values.size() != 1) refuse_at(*value, fmt::format("'{}' has one value in a point", name));
        point.emplace_back(name, axis.values.front());
      }
      request_.written.push_back(std::move(point));
    }
  }

  void read_sampling(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::map) refuse_at(node, "'sampling' is a section, such as {kind: latin, points: 64, seed: 1}");
    for (const auto& entry : node.entries) {
      if (entry.key == "kind") {
        const std::string& word = scalar_of(entry.value, entry.key);
        if (word != "grid" && word != "random" && word != "latin")
          refuse_at(entry.value, fmt::format("'kind' is grid, random or latin, not '{}'", word));
        request_.sampling = word == "grid" ? Sampling::grid : word == "random" ? Sampling::random : Sampling::latin;
      } else if (entry.key == "points") {
        request_.samples = whole_of(entry.value, entry.key, 1);
      } else if (entry.key == "seed") {
        request_.sampling_seed = static_cast<std::uint64_t>(whole_of(entry.value, entry.key, 0));
      } else {
        throw base::UserError(
            fmt::format("{}:{}:{}: unknown key '{}' of 'sampling'; legal are kind, points and seed", node.file, entry.line, entry.column, entry.key));
      }
    }
    if (request_.sampling != Sampling::grid && request_.samples == 0) refuse_at(node, "'points' is missing: how many are drawn");
  }

  SweepRequest& request_;
  YamlNode root_;
  base::Declarations declarations_ = axis_declarations();
};

base::Json texts_json(const std::vector<std::string>& texts) { return base::Json::Array(texts.begin(), texts.end()); }
base::Json optional_text(const std::optional<std::string>& text) { return text ? base::Json(*text) : base::Json(); }

}  // namespace

base::Json SweepRequest::json() const {
  base::Json json;
  json["network"] = optional_text(task.network);
  json["data"] = optional_text(task.data);
  json["design"] = optional_text(task.design);
  json["set"] = texts_json(task.set);
  json["layer"] = texts_json(task.layer);
  json["scalar"] = texts_json(task.scalar);
  json["accuracy"] = task.accuracy;
  json["fidelity"] = task.fidelity == Fidelity::estimate ? "estimate" : "simulate";
  if (task.accuracy) {
    json["times_s"] = base::Json::Array(task.times_s.begin(), task.times_s.end());
    json["repeats"] = task.repeats;
    json["samples"] = task.samples ? base::Json(static_cast<std::int64_t>(*task.samples)) : base::Json();
  }
  json["mode"] = std::string(mapper::mode_name(task.mode.kind));
  json["context"] = task.mode.context;
  json["seed"] = std::to_string(task.seed);
  if (retrains_each) json["retrain_for"] = "each";
  base::Json::Array groups;
  for (const AxisGroup& group : axes) {
    base::Json one;
    for (const SweepAxis& axis : group) {
      if (axis.interval) {
        one[axis.name] = fmt::format("{}..{}{}{}", axis.interval->low, axis.interval->high, axis.interval->logarithmic ? "^" : "",
                                     axis.interval->unit.empty() ? "" : " " + axis.interval->unit);
      } else {
        one[axis.name] = texts_json(axis.values);
      }
    }
    groups.push_back(one);
  }
  json["axes"] = groups;
  if (!written.empty()) {
    base::Json::Array points;
    for (const auto& point : written) {
      base::Json one;
      for (const auto& [name, value] : point) one[name] = value;
      points.push_back(one);
    }
    json["points"] = points;
  }
  if (!constraints.empty()) json["constraints"] = texts_json(constraints);
  if (sampling != Sampling::grid) {
    json["sampling"] = sampling == Sampling::random ? "random" : "latin";
    json["samples_drawn"] = samples;
    json["sampling_seed"] = std::to_string(sampling_seed);
  }
  return json;
}

void read_sweep_file(SweepRequest& request, const std::string& path) { SweepFileReader(request, path).read(); }

void add_variation(SweepRequest& request, const std::string& text) {
  const std::string where = "--vary " + text;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    throw base::UserError(fmt::format("{}: write KEY=VALUES, such as tile.adc.bits=4..8 or chip.mesh.width=4,6,8", where), ExitCode::usage);
  }
  const std::vector<std::string> names = parts_of(text.substr(0, equals), '/');
  std::vector<std::vector<std::string>> values(names.size());
  for (const std::string& part : parts_of(text.substr(equals + 1), ',')) {
    const std::vector<std::string> each = names.size() == 1 ? std::vector{part} : parts_of(part, '/');
    if (each.size() != names.size()) {
      throw base::UserError(
          fmt::format("{}: {} keys go together, and '{}' has {} values; write one for each, with / between", where, names.size(), part, each.size()),
          ExitCode::usage);
    }
    for (std::size_t i = 0; i < each.size(); ++i) values[i].push_back(each[i]);
  }
  AxisGroup group;
  const base::Declarations declarations = axis_declarations();
  for (std::size_t i = 0; i < names.size(); ++i) group.push_back(read_axis(names[i], values[i], declarations, where, ExitCode::usage));
  check_group(group, where, ExitCode::usage);
  request.axes.push_back(std::move(group));
}

void set_sampling(SweepRequest& request, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const auto refuse = [&] {
    throw base::UserError(fmt::format("--sampling {}: it is grid, random:N or latin:N, such as latin:64", text), ExitCode::usage);
  };
  if (text == "grid") {
    request.sampling = Sampling::grid;
    return;
  }
  if ((kind != "random" && kind != "latin") || colon == std::string::npos) refuse();
  const std::string count = text.substr(colon + 1);
  std::int64_t samples = 0;
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), samples);
  if (error != std::errc() || end != count.data() + count.size() || samples < 1) refuse();
  request.sampling = kind == "random" ? Sampling::random : Sampling::latin;
  request.samples = samples;
}

}  // namespace mho::analysis
