#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <variant>

#include "analysis/cost/full_load.h"
#include "analysis/design/design.h"
#include "analysis/design/resolved.h"
#include "analysis/design/shipped.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "workloads/training/recipe.h"

namespace mho::cli {

namespace {

struct DescribeArguments {
  std::optional<std::string> word;  ///< a key, the beginning of keys, or a word of their descriptions; empty: all keys
  std::optional<std::string> design;
  std::vector<std::string> set;
  bool recipe = false;  ///< keys of a recipe instead of a design
  bool json = false;
  [[nodiscard]] bool of_a_design() const { return design || !set.empty(); }
};

constexpr const char* designs_word = "designs";

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

std::string text_of(const base::Declaration& declaration, const base::Value& value) {
  const std::string text = std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
  const bool word = std::holds_alternative<std::string>(value);
  return word || declaration.unit.empty() ? text : text + " " + declaration.unit;
}

base::Json json_of(const base::Value& value) {
  return std::visit([](const auto& held) { return base::Json(held); }, value);
}

/// `design`: the design with the values of the keys, or null.
base::Json to_json(const base::Declaration& declaration, const analysis::Design* design) {
  base::Json json;
  json["key"] = declaration.key;
  json["type"] = std::string(type_name(declaration.type));
  json["unit"] = declaration.unit;
  json["default"] = json_of(declaration.default_value);
  if (design != nullptr) {
    const base::Value& value = design->config.value(declaration.key);
    const std::optional<double> resolved = analysis::resolved_number(*design, declaration.key);
    json["value"] = json_of(value);
    json["effective"] = resolved ? base::Json(*resolved) : json_of(value);
    json["origin"] = design->config.origin(declaration.key).text();
  }
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

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Whether the key contains `word`, or a word of its texts begins with it.
bool speaks_of(const base::Declaration& declaration, const std::string& word) {
  if (const std::string plural = word.ends_with('y') ? word.substr(0, word.size() - 1) + "ies" : "";
      !plural.empty() && speaks_of(declaration, plural))
    return true;
  const std::string wanted = lower(word);
  if (lower(declaration.key).find(wanted) != std::string::npos) return true;
  for (const std::string& text :
       {lower(declaration.sentence), lower(declaration.source), lower(fmt::format("{}", fmt::join(declaration.words, " ")))}) {
    for (std::size_t at = text.find(wanted); at != std::string::npos; at = text.find(wanted, at + 1)) {
      if (at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0) return true;
    }
  }
  return false;
}

/// Declarations whose key begins with `word`; if there is none, declarations that contain it (speaks_of).
base::Declarations selected(const std::optional<std::string>& word, bool recipe) {
  base::Declarations all = recipe ? workloads::recipe_declarations() : analysis::all_declarations();
  if (!word) return all;
  base::Declarations chosen, speaking;
  std::set<std::string> spellings;
  for (const auto& declaration : all) {
    if (declaration.key.starts_with(*word)) chosen.push_back(declaration);
    if (speaks_of(declaration, *word)) speaking.push_back(declaration);
    for (std::size_t dot = declaration.key.find('.'); dot != std::string::npos; dot = declaration.key.find('.', dot + 1)) {
      spellings.insert(declaration.key.substr(0, dot));
    }
    spellings.insert(declaration.key);
  }
  if (!chosen.empty()) return chosen;
  if (!speaking.empty()) return speaking;
  const std::string nearest = base::nearest_spelling(*word, {spellings.begin(), spellings.end()});
  throw base::UserError(fmt::format("no parameter is called {}, begins so or speaks of it{}; mho describe{} without a word lists all of them", *word,
                                    nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest), recipe ? " --recipe-keys" : ""));
}

/// "tile.adc.energy = survey, which comes to 0.36 pJ (default)"
std::string headline(const base::Declaration& declaration, const analysis::Design* design) {
  const std::string usual = text_of(declaration, declaration.default_value);
  if (design == nullptr) return fmt::format("{} = {}", declaration.key, usual);
  const base::Value& value = design->config.value(declaration.key);
  const std::optional<double> resolved = analysis::resolved_number(*design, declaration.key);
  const std::string comes_to =
      resolved ? fmt::format(", which comes to {:.6g}{}{}", *resolved, declaration.unit.empty() ? "" : " ", declaration.unit) : "";
  const bool changed = value != declaration.default_value;
  return fmt::format("{} = {}{} ({}{})", declaration.key, text_of(declaration, value), comes_to, design->config.origin(declaration.key).text(),
                     changed ? "; default " + usual : "");
}

/// The first sentence of the comment of a shipped design.
std::string sentence_of(const analysis::ShippedDesign& design) {
  std::string_view line = design.text.substr(0, design.text.find('\n'));
  line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
  return std::string(line);
}

void describe_designs(const DescribeArguments& arguments, const Invocation& invocation) {
  base::Json::Array list;
  std::string text = "designs that come with mho, in its folder designs/, to be given by name: --design NAME; without it mho takes default\n";
  for (const analysis::ShippedDesign& design : analysis::shipped_designs()) {
    const analysis::CostTable load = analysis::full_load(analysis::design_from_text(std::string(design.text), std::string(design.file)));
    const double tops = load.tops(), area = load.square_metre * analysis::square_millimetres_per_square_metre;
    base::Json one;
    one["peak_tops"] = tops;
    one["peak_tops_per_watt"] = load.tops_per_watt.nominal;
    one["area_mm2"] = area;
    // The first level is the tile with its share of converters, called a macro in publications.
    const double of_tile =
        2 * load.multiply_accumulates / static_cast<double>(load.levels.front().count) / load.levels.front().energy.nominal / analysis::tera;
    one["tile_tops_per_watt"] = of_tile;
    one["name"] = analysis::name_of(design);
    one["file"] = std::string(design.file);
    one["sentence"] = sentence_of(design);
    one["text"] = std::string(design.text);
    list.push_back(one);
    text += fmt::format("{} ({})\n    {}\n    peak {:.3g} TOPS, {:.3g} TOPS/W, {:.3g} mm2; its tiles alone {:.3g} TOPS/W\n",
                        analysis::name_of(design), design.file, sentence_of(design), tops, load.tops_per_watt.nominal, area, of_tile);
  }
  if (!arguments.json) return print_text(text);
  base::Json json;
  json["designs"] = list;
  print_json(invocation, std::nullopt, json);
}

/// Prints declared parameters: name, value, sentence, type, range, source.
void describe(const DescribeArguments& arguments, const Invocation& invocation) {
  if (arguments.word == designs_word) return describe_designs(arguments, invocation);
  const base::Declarations declarations = selected(arguments.word, arguments.recipe);
  std::optional<analysis::Design> design;
  if (arguments.of_a_design()) design = analysis::load_design(arguments.design, arguments.set);
  const analysis::Design* const values = design ? &*design : nullptr;
  if (arguments.json) {
    base::Json::Array list;
    for (const auto& declaration : declarations) list.push_back(to_json(declaration, values));
    base::Json object;
    object["parameters"] = list;
    print_json(invocation, std::nullopt, object);
    return;
  }
  std::string text;
  for (const auto& declaration : declarations) {
    text += fmt::format("{}\n    {}\n    {}, {}; source: {}\n", headline(declaration, values), declaration.sentence, type_name(declaration.type),
                        base::legal_text(declaration), declaration.source);
  }
  print_text(text);
}

Action read_describe_line(Options& options) {
  DescribeArguments arguments;
  options.text("WORD", arguments.word, "a key, the beginning of several keys (tile.adc), a word to search for (leakage), or: designs", "WORD");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  options.renamed("--recipe", "--recipe-keys; --recipe is a file");
  options.flag("--recipe-keys", arguments.recipe, "describe the keys of a retraining recipe instead of those of a design");
  add_json(options, arguments.json);
  options.read();
  if (arguments.word == designs_word && (arguments.recipe || arguments.of_a_design())) {
    usage("mho describe designs lists what comes with mho; leave out --design, --set and --recipe-keys");
  }
  if (arguments.recipe && arguments.of_a_design()) usage("--recipe-keys are those of a training, and --design and --set a chip; leave one out");
  return [arguments](const Invocation& invocation) { describe(arguments, invocation); };
}

}  // namespace

Verb describe_verb() {
  return {.name = "describe",
          .sentence = "list the parameters with their meanings and their values in a design",
          .examples = {{"mho describe tile.adc", "what the parameters of the converter mean"},
                       {"mho describe leakage", "all parameters related to a word"},
                       {"mho describe tile.adc --set tile.adc.bits=6", "the values of 'model' in a design"}},
          .read = read_describe_line};
}

}  // namespace mho::cli
