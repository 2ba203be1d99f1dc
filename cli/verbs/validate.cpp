#include <fmt/format.h>

#include <variant>

#include "analysis/design/design.h"
#include "cli/common_options.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct ValidateArguments {
  std::string design;
  std::vector<std::string> set;
};

/// Checks a design file and says what differs from the defaults.
void validate(const ValidateArguments& arguments) {
  const analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  const auto& config = design.config;
  std::size_t changed = 0;
  for (const auto& declaration : config.declarations()) {
    const base::Value& value = config.value(declaration.key);
    if (value == declaration.default_value) continue;
    ++changed;
    const auto text = [](const base::Value& any) { return std::visit([](const auto& held) { return fmt::format("{}", held); }, any); };
    const std::string unit = declaration.unit.empty() ? "" : " " + declaration.unit;
    fmt::print("{} = {}{} (default {}; {})\n", declaration.key, text(value), std::holds_alternative<std::string>(value) ? "" : unit,
               text(declaration.default_value), config.origin(declaration.key).text());
  }
  for (const analysis::LayerRule& rule : design.layers) {
    const std::string digital = rule.digital ? (*rule.digital ? "digital" : "analog") : "";
    fmt::print("layers matching '{}': {}{}{} ({})\n", rule.match, digital, rule.digital && !rule.set.empty() ? ", " : "", fmt::join(rule.set, ", "),
               rule.where);
  }
  const std::string rules = design.layers.empty() ? ""
                                                  : fmt::format("; {} rule{} for layers, whose names a network has to have", design.layers.size(),
                                                                design.layers.size() == 1 ? "" : "s");
  fmt::print("{}: valid; {} of {} parameters differ from the defaults{}\n", arguments.design, changed, config.declarations().size(), rules);
}

Action read_validate_line(Options& options) {
  ValidateArguments arguments;
  options.file("DESIGN", arguments.design, "chip, YAML");
  add_set(options, arguments.set);
  options.read();
  return [arguments](const Invocation&) { validate(arguments); };
}

}  // namespace

Verb validate_verb() {
  return {.name = "validate",
          .sentence = "check a design file and print what differs from the defaults",
          .examples = {{"mho validate chip.yaml", "check a design file"}},
          .read = read_validate_line};
}

}  // namespace mho::cli
