#include "cli/output.h"

#include <fmt/format.h>

#include <cstdio>
#include <variant>

#include "base/printable.h"
#include "base/progress.h"
#include "base/version.h"

namespace mho::cli {

void print_json(const Invocation& invocation, std::optional<std::uint64_t> seed, const base::Json& object) {
  base::Json json;
  json["schema"] = json_schema;
  json["version"] = std::string(base::version());
  json["command"] = invocation.command_line;
  json["seed"] = seed ? base::Json(*seed) : base::Json();
  for (const auto& [key, value] : std::get<base::Json::Object>(object.value())) {
    if (key != "seed") json[key] = value;
  }
  fmt::print("{}\n", json.dump(2));
}

void print_warnings(const std::vector<std::string>& warnings) {
  // If both streams go to one file, results precede the warnings about them.
  static_cast<void>(std::fflush(stdout));
  for (const std::string& warning : warnings) fmt::print(stderr, "mho: warning: {}\n", warning);
}

void print_note(const std::string& note) { fmt::print(stderr, "mho: {}\n", note); }

void print_exactly(const std::string& text) { fmt::print("{}", text); }

void print_text(const std::string& text) { fmt::print("{}", base::fitted_lines(text, base::terminal_columns())); }

}  // namespace mho::cli
