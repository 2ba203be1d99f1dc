#include "cli/command_line.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/version.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Verb& verb : all_verbs()) list.push_back(verb.name);
  return list;
}

/// Examples, and what the command returns to a shell.
std::string footer(const std::vector<Example>& examples) {
  constexpr std::size_t widest = 60;
  std::string text = "Examples:\n";
  for (const Example& example : examples) {
    text += example.line.size() <= widest ? fmt::format("  {:<{}}  {}\n", example.line, widest, example.sentence)
                                          : fmt::format("  {}\n  {:<{}}  {}\n", example.line, "", widest, example.sentence);
  }
  return text + R"(
Exit codes:
  0 ok   2 usage   3 bad configuration or input   4 the network does not fit the chip
  5 a run failed its own checks   6 printed, not stored   130 interrupted)";
}

std::string help() {
  std::vector<VerbText> texts;
  std::vector<Example> examples;
  for (const Verb& verb : all_verbs()) {
    texts.push_back({verb.name, verb.sentence});
    examples.insert(examples.end(), verb.examples.begin(), verb.examples.end());
  }
  return program_help(
      "mho simulates analog in-memory-computing accelerators: how accurate a trained network is on a chip, how long an inference\n"
      "takes cycle by cycle, and where energy and area go. Every run is a row in an SQLite database.",
      texts, footer(examples));
}

std::optional<Verb> find_verb(const std::string& name) {
  for (const Verb& verb : all_verbs()) {
    if (verb.name == name) return verb;
  }
  return std::nullopt;
}

Action print(const std::string& text) {
  return [text](const Invocation&) { fmt::print("{}", text); };
}

}  // namespace

std::string help_command(int argc, const char* const* argv) {
  return argc > 1 && find_verb(argv[1]) ? fmt::format("mho {} --help", argv[1]) : "mho --help";
}

Action parse(int argc, const char* const* argv) {
  if (argc < 2) usage(fmt::format("say what to do: {}", fmt::join(names(), ", ")));
  const std::string first(argv[1]);
  if (first == "--help" || first == "-h") return print(help());
  if (first == "--version") return print(fmt::format("mho {}\n", base::version()));
  const std::optional<Verb> verb = find_verb(first);
  if (!verb && first.starts_with("-")) {
    usage(fmt::format("unknown option {}: those of a verb stand after it, as in mho run --seed 3; say what to do: {}", first,
                      fmt::join(names(), ", ")));
  }
  if (!verb) usage(fmt::format("unknown verb {}{}; there are {}", first, spelling_hint(first, names()), fmt::join(names(), ", ")));
  try {
    Options options(argc, argv, {verb->name, verb->sentence}, footer(verb->examples));
    return verb->read(options);
  } catch (const HelpAsked& asked) {
    return print(asked.text);
  }
}

}  // namespace mho::cli
