#include <fmt/format.h>

#include <variant>

#include "analysis/design/design.h"
#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct ValidateArguments {
  std::string design;
  std::vector<std::string> set;
  bool json = false;
};

/// Checks a design file and prints its differences from the defaults.
void validate(const ValidateArguments& arguments, const Invocation& invocation) {
  const analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  const auto& config = design.config;
  std::string lines;
  base::Json::Array changed;
  for (const auto& declaration : config.declarations()) {
    const base::Value& value = config.value(declaration.key);
    if (value == declaration.default_value) continue;
    const auto text = [](const base::Value& any) { return std::visit([](const auto& held) { return fmt::format("{}", held); }, any); };
    const std::string unit = declaration.unit.empty() ? "" : " " + declaration.unit;
    lines += fmt::format("{} = {}{} (default {}; {})\n", declaration.key, text(value), std::holds_alternative<std::string>(value) ? "" : unit,
                         text(declaration.default_value), config.origin(declaration.key).text());
    const auto json_of = [](const base::Value& any) { return std::visit([](const auto& held) { return base::Json(held); }, any); };
    base::Json one;
    one["key"] = declaration.key;
    one["value"] = json_of(value);
    one["unit"] = declaration.unit;
    one["default"] = json_of(declaration.default_value);
    one["origin"] = config.origin(declaration.key).text();
    changed.push_back(one);
  }
  if (arguments.json) {
    base::Json json;
    json["design"] = arguments.design;
    json["valid"] = true;
    json["changed"] = changed;
    json["parameters"] = static_cast<std::int64_t>(config.declarations().size());
    print_json(invocation, std::nullopt, json);
    return;
  }
  for (const analysis::LayerRule& rule : design.layers) {
    const std::string digital = rule.digital ? (*rule.digital ? "digital" : "analog") : "";
    lines += fmt::format("layers matching '{}': {}{}{} ({})\n", rule.match, digital, rule.digital && !rule.set.empty() ? ", " : "",
                         fmt::join(rule.set, ", "), rule.origin.text());
  }
  const std::string rules = design.layers.empty() ? ""
                                                  : fmt::format("; {} rule{} for layers, whose names a network has to have", design.layers.size(),
                                                                design.layers.size() == 1 ? "" : "s");
  print_text(fmt::format("{}{}: valid; {} of {} parameters differ from the defaults{}\n", lines, arguments.design, changed.size(),
                         config.declarations().size(), rules));
}

Action read_validate_line(Options& options) {
  ValidateArguments arguments;
  options.file("DESIGN", arguments.design, "chip, YAML");
  add_set(options, arguments.set);
  add_json(options, arguments.json);
  options.read();
  return [arguments](const Invocation& invocation) { validate(arguments, invocation); };
}

}  // namespace

Verb validate_verb() {
  return {.name = "validate",
          .sentence = "check a design file and print what differs from the defaults",
          .examples = {{"mho validate chip.yaml", "check a design file"}},
          .read = read_validate_line};
}

}  // namespace mho::cli
