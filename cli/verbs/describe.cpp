#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <variant>

#include "analysis/design/design.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/verbs.h"
#include "workloads/training/recipe.h"

namespace mho::cli {

namespace {

struct DescribeArguments {
  std::optional<std::string> key;  ///< a key or the beginning of keys; empty: all
  bool recipe = false;             ///< keys of a recipe instead of a design
  bool json = false;
};

std::string_view type_name(base::ValueType type) {
  switch (type) {
    case base::ValueType::boolean:
      return "boolean";
    case base::ValueType::integer:
      return "integer";
    case base::ValueType::real:
      return "number";
    case base::ValueType::choice:
      return "choice";
    case base::ValueType::text:
      return "text";
  }
  throw std::logic_error("type_name: not a type");
}

bool is_number(const base::Declaration& declaration) {
  return declaration.type == base::ValueType::integer || declaration.type == base::ValueType::real;
}

std::string default_text(const base::Declaration& declaration) {
  const std::string text = std::visit([](const auto& value) { return fmt::format("{}", value); }, declaration.default_value);
  const bool word = std::holds_alternative<std::string>(declaration.default_value);
  return word || declaration.unit.empty() ? text : text + " " + declaration.unit;
}

base::Json to_json(const base::Declaration& declaration) {
  base::Json json;
  json["key"] = declaration.key;
  json["type"] = std::string(type_name(declaration.type));
  json["unit"] = declaration.unit;
  json["default"] = std::visit([](const auto& value) { return base::Json(value); }, declaration.default_value);
  if (is_number(declaration) && std::isfinite(declaration.minimum)) json["minimum"] = declaration.minimum;
  if (is_number(declaration) && std::isfinite(declaration.maximum)) json["maximum"] = declaration.maximum;
  const base::Json::Array values(declaration.only.begin(), declaration.only.end());
  if (!values.empty()) json["values"] = values;
  base::Json::Array words(declaration.words.begin(), declaration.words.end());
  if (!words.empty()) json["words"] = words;
  json["sentence"] = declaration.sentence;
  json["source"] = declaration.source;
  return json;
}

/// Declarations whose key is `key` or begins with it at a dot or within a word.
base::Declarations selected(const std::optional<std::string>& key, bool recipe) {
  base::Declarations all = recipe ? workloads::recipe_declarations() : analysis::all_declarations();
  if (!key) return all;
  base::Declarations chosen;
  std::set<std::string> spellings;
  for (const auto& declaration : all) {
    if (declaration.key.starts_with(*key)) chosen.push_back(declaration);
    for (std::size_t dot = declaration.key.find('.'); dot != std::string::npos; dot = declaration.key.find('.', dot + 1)) {
      spellings.insert(declaration.key.substr(0, dot));
    }
    spellings.insert(declaration.key);
  }
  if (chosen.empty()) {
    std::string nearest = base::nearest_spelling(*key, {spellings.begin(), spellings.end()});
    for (const std::string& spelling : spellings) {
      if (nearest.empty() && spelling.ends_with("." + *key)) nearest = spelling;
    }
    throw base::UserError(fmt::format("no parameter is called {} or begins so{}; mho describe{} without a key lists all of them", *key,
                                      nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest), recipe ? " --recipe" : ""));
  }
  return chosen;
}

/// Prints declared parameters: name, type, unit, default, range, sentence, source.
void describe(const DescribeArguments& arguments) {
  const base::Declarations declarations = selected(arguments.key, arguments.recipe);
  if (arguments.json) {
    base::Json::Array list;
    for (const auto& declaration : declarations) list.push_back(to_json(declaration));
    base::Json object;
    object["parameters"] = list;
    fmt::print("{}\n", object.dump(2));
    return;
  }
  for (const auto& declaration : declarations) {
    fmt::print("{} = {}\n    {}\n    {}, {}; source: {}\n", declaration.key, default_text(declaration), declaration.sentence,
               type_name(declaration.type), base::legal_text(declaration), declaration.source);
  }
}

Action read_describe_line(Options& options) {
  DescribeArguments arguments;
  options.text("KEY", arguments.key, "a key, or the beginning of several: tile.adc", "KEY");
  options.flag("--recipe", arguments.recipe, "the keys of a recipe of retraining instead of those of a design");
  options.flag("--json", arguments.json, "print one JSON object instead of text");
  options.read();
  return [arguments](const Invocation&) { describe(arguments); };
}

}  // namespace

Verb describe_verb() {
  return {.name = "describe",
          .sentence = "print what parameters there are and what they mean",
          .examples = {{"mho describe tile.adc", "what the parameters of the converter mean"}},
          .read = read_describe_line};
}

}  // namespace mho::cli
