#include "analysis/search/search_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "analysis/design/design.h"
#include "analysis/explore/sweep/axis.h"
#include "analysis/explore/task_file.h"
#include "analysis/search/goals.h"
#include "analysis/search/space.h"
#include "base/design_file/document.h"

namespace mho::analysis {

namespace {

using base::ExitCode;
using base::YamlNode;

WrittenText written_at(const YamlNode& node, std::string text) { return {node.where() + ":", std::move(text), ExitCode::bad_input}; }

/// Calls `read`. Its UserErrors get the exit code of the text's place: option or file.
template <class Read>
auto reading(const WrittenText& written, const Read& read) {
  try {
    return read();
  } catch (const base::UserError& error) {
    if (error.code() != ExitCode::usage || written.code == ExitCode::usage) throw;
    throw base::UserError(error.what(), written.code);
  }
}

std::string figure_of(const WrittenText& written, const std::string& name, const std::vector<double>& times_s) {
  return reading(written, [&] {
    try {
      return figure_called(name, times_s);
    } catch (const base::UserError& error) {
      throw base::UserError(fmt::format("{} {}", written.where, error.what()), error.code());
    }
  });
}

/// The figures of a list separated by commas; commas inside brackets do not separate.
std::vector<std::string> figures_in(const std::string& list) {
  std::vector<std::string> names{""};
  int depth = 0;
  for (const char c : list) {
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c == ',' && depth == 0) {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

/// The entries of a section of free keys: {tile.adc.bits: 4..8, tile.rows: } or [tile.adc.bits, tile.rows].
std::vector<WrittenText> free_of(const YamlNode& node, const std::string& name) {
  std::vector<WrittenText> all;
  if (node.kind != YamlNode::Kind::map) {
    for (const std::string& text : texts_of(node, name)) all.push_back(written_at(node, text));
    return all;
  }
  for (const auto& [key, values] : leaves_of(node)) {
    all.push_back(
        written_at(*values, values->kind == YamlNode::Kind::null ? key : fmt::format("{}={}", key, fmt::join(axis_values(*values, key), ","))));
  }
  return all;
}

void add(std::vector<WrittenText>& all, const YamlNode& node, const std::string& key) {
  for (const std::string& text : texts_of(node, key)) all.push_back(written_at(node, text));
}

const std::string& word_of(const YamlNode& node, const std::string& key, const std::vector<std::string>& words) {
  const std::string& word = scalar_of(node, key);
  if (std::ranges::find(words, word) == words.end()) refuse_at(node, fmt::format("'{}' is {}, not '{}'", key, fmt::join(words, ", "), word));
  return word;
}

using EntryReader = std::function<void(SearchRequest&, const YamlNode&, const std::string&)>;

const std::vector<std::pair<std::string, EntryReader>>& search_entries() {
  static const std::vector<std::pair<std::string, EntryReader>> all{
      {"minimise", [](auto& request, const auto& node, const auto& key) { add(request.minimise, node, key); }},
      {"maximise", [](auto& request, const auto& node, const auto& key) { add(request.maximise, node, key); }},
      {"keep", [](auto& request, const auto& node, const auto& key) { request.keep = written_at(node, scalar_of(node, key)); }},
      {"throughput", [](auto& request, const auto& node, const auto& key) { request.throughput = written_at(node, scalar_of(node, key)); }},
      {"require", [](auto& request, const auto& node, const auto& key) { add(request.require, node, key); }},
      {"axes", [](auto& request, const auto& node, const auto& key) { request.free = free_of(node, key); }},
      {"per_layer", [](auto& request, const auto& node, const auto& key) { request.per_layer = free_of(node, key); }},
      {"constraints", [](auto& request, const auto& node, const auto& key) { request.conditions = texts_of(node, key); }},
      {"engine", [](auto& request, const auto& node, const auto& key) { request.engine = word_of(node, key, engine_words()); }},
      {"accuracy_by", [](auto& request, const auto& node, const auto& key) { request.accuracy_by = word_of(node, key, accuracy_words()); }},
      {"evaluations",
       [](auto& request, const auto& node, const auto& key) { request.evaluations = static_cast<std::size_t>(whole_of(node, key, 1)); }},
      {"confirm", [](auto& request, const auto& node, const auto& key) { request.confirm = static_cast<std::size_t>(whole_of(node, key, 0)); }},
  };
  return all;
}

void check_layer_key(const WrittenText& written, const FreeSetting& setting) {
  if (setting.key == "digital" || setting.key == "mapper.copies" || setting.key.starts_with("tile.")) return;
  throw base::UserError(fmt::format("{} {}: {} is the same for all layers; 'digital', keys of the tile (tile....) and mapper.copies can differ",
                                    written.where, written.text, setting.key),
                        written.code);
}

void check_names(const SearchProblem& problem) {
  std::set<std::string> names;
  for (const FreeSetting& setting : problem.free) {
    if (!names.insert(setting.name()).second) {
      throw base::UserError(fmt::format("{} is free twice; give all its values once", setting.name()), ExitCode::usage);
    }
  }
}

base::Json written_json(const std::vector<WrittenText>& all) {
  base::Json::Array texts;
  for (const WrittenText& one : all) texts.emplace_back(one.text);
  return texts;
}
base::Json written_json(const std::optional<WrittenText>& one) { return one ? base::Json(one->text) : base::Json(); }
base::Json list_json(const std::vector<std::string>& texts) { return base::Json::Array(texts.begin(), texts.end()); }
base::Json text_json(const std::optional<std::string>& text) { return text ? base::Json(*text) : base::Json(); }

}  // namespace

base::Json SearchRequest::json(const std::string& part) const {
  base::Json json;
  json["part"] = part;
  json["network"] = text_json(task.network);
  json["data"] = text_json(task.data);
  json["design"] = text_json(task.design);
  json["set"] = list_json(task.set);
  json["layer"] = list_json(task.layer);
  json["scalar"] = list_json(task.scalar);
  json["times_s"] = base::Json::Array(task.times_s.begin(), task.times_s.end());
  json["repeats"] = task.repeats;
  json["samples"] = task.samples ? base::Json(static_cast<std::int64_t>(*task.samples)) : base::Json();
  json["yield_threshold"] = task.yield_threshold;
  json["seed"] = task.seed;
  json["minimise"] = written_json(minimise);
  json["maximise"] = written_json(maximise);
  json["keep"] = written_json(keep);
  json["throughput"] = written_json(throughput);
  json["require"] = written_json(require);
  json["free"] = written_json(free);
  json["per_layer"] = written_json(per_layer);
  json["constraints"] = list_json(conditions);
  json["engine"] = engine;
  json["accuracy"] = accuracy_by;
  json["evaluations"] = static_cast<std::int64_t>(evaluations);
  json["check_proxy"] = static_cast<std::int64_t>(check_proxy.value_or(0));
  return json;
}

void read_search_file(SearchRequest& request, const std::string& path) {
  const YamlNode root = base::read_yaml_file(path);
  if (root.kind != YamlNode::Kind::map) {
    refuse_at(root, "a search is a section with 'axes' and what is to become better, such as axes: {tile.adc.bits: 4..8} and minimise: area");
  }
  for (const auto& entry : root.entries) {
    if (read_task_entry(request.task, entry)) continue;
    const auto reader = std::ranges::find(search_entries(), entry.key, [](const auto& one) { return one.first; });
    if (reader == search_entries().end()) {
      std::vector<std::string> legal;
      for (const auto& [name, read] : search_entries()) legal.push_back(name);
      refuse_entry(entry.value, entry, "search", std::move(legal));
    }
    reader->second(request, entry.value, entry.key);
  }
}

SearchProblem problem_of(const SearchRequest& request, const workloads::Network& network) {
  SearchProblem problem;
  const std::vector<double>& times_s = request.task.times_s;
  const Design base = load_design(request.task.design, request.task.set);
  for (const WrittenText& written : request.free) {
    const auto settings = reading(written, [&] { return parse_frees(written.where, written.text, base.config); });
    problem.free.insert(problem.free.end(), settings.begin(), settings.end());
  }
  for (const WrittenText& written : request.per_layer) {
    for (const FreeSetting& setting : reading(written, [&] { return parse_frees(written.where, written.text, base.config); })) {
      check_layer_key(written, setting);
      const auto settings = for_each_layer(setting, network);
      problem.free.insert(problem.free.end(), settings.begin(), settings.end());
    }
  }
  check_names(problem);
  for (const auto* list : {&request.minimise, &request.maximise}) {
    for (const WrittenText& written : *list) {
      for (const std::string& name : figures_in(written.text)) {
        problem.objectives.push_back({figure_of(written, name, times_s), list == &request.maximise});
      }
    }
  }
  const auto add_bound = [&](const std::optional<WrittenText>& written, const char* name) {
    if (!written) return;
    const std::string figure = figure_called(name, times_s);
    problem.constraints.push_back(
        {.figure = figure, .at_least = true, .bound = reading(*written, [&] { return parse_bound(written->where, written->text, figure); })});
  };
  add_bound(request.keep, "normalised");
  add_bound(request.throughput, "throughput");
  for (const WrittenText& written : request.require) {
    problem.constraints.push_back(reading(written, [&] { return parse_limit(written.where, written.text, times_s); }));
  }
  return problem;
}

}  // namespace mho::analysis
