#include "cli/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/printable.h"
#include "base/progress.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/shell/completion.h"
#include "cli/shell/man_page.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

/// First words that a command line may have: verbs and groups of verbs.
std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Verb& verb : all_verbs()) {
    if (verb.name.find(' ') == std::string::npos) list.push_back(verb.name);
  }
  for (const VerbGroup& group : verb_groups()) list.push_back(group.name);
  return list;
}

/// The verbs of a group.
std::vector<Verb> verbs_of(const std::string& group) {
  std::vector<Verb> list = all_verbs();
  std::erase_if(list, [&](const Verb& verb) { return !verb.name.starts_with(group + " "); });
  return list;
}

std::optional<VerbGroup> find_group(const std::string& name) {
  for (const VerbGroup& group : verb_groups()) {
    if (group.name == name) return group;
  }
  return std::nullopt;
}

constexpr const char* about =
    "mho simulates analog in-memory-computing accelerators: how accurate a trained network is on a chip, how long an inference takes cycle by cycle, "
    "and where energy and area go. Every run is a row in an SQLite database.";

/// A command line for a shell, broken into lines of at most `width` characters.
std::string command_lines(const std::string& line, std::size_t width) {
  constexpr std::size_t indent = 6, mark = 2;
  std::string text = base::wrapped(line, width - indent - mark, indent);
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 3)) text.insert(at, " \\");
  return text;
}

/// Text below the options: examples and exit codes.
std::string footer(const std::vector<Example>& examples) {
  const std::size_t width = base::terminal_columns();
  std::size_t widest = 0;
  for (const Example& example : examples) widest = std::max(widest, example.line.size());
  const bool side_by_side = std::ranges::all_of(examples, [&](const Example& example) { return 4 + widest + example.sentence.size() <= width; });
  std::string text = "Examples:\n";
  for (const Example& example : examples) {
    text += side_by_side ? fmt::format("  {:<{}}  {}\n", example.line, widest, example.sentence)
                         : fmt::format("  {}\n      {}\n", command_lines(example.line, width), base::wrapped(example.sentence, width - 6, 6));
  }
  return text + R"(
Exit codes:
  0 ok   2 usage   3 bad configuration, input or output
  4 the network does not fit the chip
  5 a run failed its own checks   6 printed, not stored
  130 interrupted)";
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

/// A topic of `mho help` that is not a verb.
struct Topic {
  VerbText text;
  std::string explanation;
};

const std::vector<Topic>& topics() {
  static const std::vector<Topic> all{
      {{"designs", "how a chip is described"},
       "A design is a YAML file with the differences from the built-in chip: 'tile: {adc: {bits: 6}}' or 'tile.adc.bits: 6'. Numbers may have a "
       "unit: 40 ns, 1.2 GHz, 64 KiB, 2 %. --set KEY=VALUE changes one key, and the last value counts. mho describe lists the keys, mho describe "
       "WORD the keys related to a word, mho describe designs the designs that come with mho; mho validate FILE checks a file."},
      {{"layers", "settings of single layers"},
       "--layer MATCH=digital computes layers digitally, MATCH=analog reverses that, and --layer MATCH:KEY=VALUE sets a key for the tiles of these "
       "layers only. MATCH is a layer's name as mho network prints it, a pattern with * and ?, first or last. --layer may be repeated; later rules "
       "win. In a design file the rules are under 'layers'."},
      {{"data", "which samples a network is scored on"},
       "--data takes a YAML file that names arrays of inputs and labels, how they are scaled, and the metric; docs/data.md has its keys. It also "
       "takes "
       "the name of a description that comes with mho, such as fsdd: its files lie in the folder that the variable MHO_DATA names. --data strokes "
       "are "
       "the samples of the built-in network."},
      {{"times", "ages of a chip"},
       "--times is the age of the chip after programming, in every verb: 1s, 90 min, 1h, 1d, 1y. mho run and mho tile take several, increasing."},
      {{"json", "results for programs"},
       "--json prints one object on standard output, in every verb. It begins with schema (the layout of the object, a number that is raised when a "
       "key is "
       "renamed), version (of mho), command (the line as typed) and seed (null where nothing is drawn). Messages go to standard error."},
      {{"outputs", "files that are written"},
       "An output file is written completely or not at all. Its folder and its ending are checked before anything is computed: an ending of another "
       "format, such as x.png for an SVG, is refused. Rows are written to the database of --db."},
      {{"exit-codes", "meaning of the exit codes"},
       "0 done; 2 the command line is wrong; 3 bad configuration, input or output: a file, a key, a value, an operator, the database, a full "
       "disk; 4 the network does not fit the chip; 5 a run failed its own checks; 6 the result was printed but could not be stored, and a rescue "
       "database holds its rows; 130 interrupted."},
  };
  return all;
}

constexpr const char* help_name = "help";

VerbText help_text() { return {help_name, "explain a verb or a topic"}; }

/// The verbs of a group, each with an example.
std::string group_help(const VerbGroup& group) {
  std::vector<VerbText> texts;
  std::vector<Example> examples;
  for (const Verb& verb : verbs_of(group.name)) {
    texts.push_back({verb.name, verb.sentence});
    if (!verb.examples.empty()) examples.push_back(verb.examples.front());
  }
  return fmt::format("mho {0}: {1}\nUsage: mho {0} VERB [OPTIONS]\n\n{2}\n{3}\n", group.name, group.sentence, help_rows(texts), footer(examples));
}

std::string program_help() {
  std::vector<VerbText> texts, more;
  std::vector<Example> examples;
  for (const Verb& verb : all_verbs()) {
    if (verb.name.find(' ') != std::string::npos) continue;
    texts.push_back({verb.name, verb.sentence});
    if (!verb.examples.empty()) examples.push_back(verb.examples.front());
  }
  for (const VerbGroup& group : verb_groups()) {
    texts.push_back({group.name, fmt::format("{}: mho {} VERB", group.sentence, group.name)});
    const std::vector<Verb> verbs = verbs_of(group.name);
    if (!verbs.empty() && !verbs.front().examples.empty()) examples.push_back(verbs.front().examples.front());
  }
  texts.push_back(help_text());
  for (const Topic& topic : topics()) more.push_back(topic.text);
  return fmt::format(
      "{}\n\nUsage: mho VERB [OPTIONS]\n       mho help [VERB | TOPIC]\n       mho --version\n\nVerbs:\n{}\nTopics of mho help:\n{}\n{}\n",
      base::wrapped(about, base::terminal_columns()), help_rows(texts), help_rows(more), footer(examples));
}

/// Text and declaration of a verb. Its options are read from a line with --help.
HelpAsked help_of(const Verb& verb) {
  const std::array<const char*, 3> line{"mho", verb.name.c_str(), "--help"};  // the name contains all words of the verb
  try {
    Options options(line.size(), line.data(), {verb.name, verb.sentence}, footer(verb.examples));
    static_cast<void>(verb.read(options));
  } catch (const HelpAsked& asked) {
    return asked;
  }
  throw std::logic_error("the verb " + verb.name + " does not read its line");
}

HelpAsked help_on(const std::string& word) {
  if (const auto verb = find_verb(word)) return help_of(*verb);
  if (const auto group = find_group(word)) {
    base::Json json;
    base::Json::Array verbs;
    for (const Verb& verb : verbs_of(group->name)) verbs.push_back(help_of(verb).json);
    json["group"] = group->name;
    json["sentence"] = group->sentence;
    json["verbs"] = verbs;
    return {group_help(*group), json};
  }
  const auto topic = std::ranges::find(topics(), word, [](const Topic& each) { return each.text.name; });
  if (topic != topics().end()) {
    base::Json json;
    json["topic"] = word;
    json["text"] = topic->explanation;
    return {base::wrapped(topic->explanation, base::terminal_columns()) + "\n", json};
  }
  std::vector<std::string> legal = names();
  for (const Topic& each : topics()) legal.push_back(each.text.name);
  throw base::UserError(
      fmt::format("no help on {}{}; verbs are {}, topics {}. Keys of a design: mho describe {}", word, spelling_hint(word, legal),
                  fmt::join(names(), ", "), fmt::join(legal.begin() + static_cast<std::ptrdiff_t>(names().size()), legal.end(), ", "), word),
      base::ExitCode::usage);
}

/// Help on all verbs and topics, for the manual page and for completion.
ProgramHelp whole_help() {
  ProgramHelp help{.version = base::version(), .date = base::release_date(), .about = about, .verbs = {}, .groups = {}, .topics = {}};
  for (const Verb& verb : all_verbs()) {
    HelpAsked asked = help_of(verb);
    help.verbs.push_back({verb.name, verb.sentence, std::move(asked.usage), std::move(asked.options), verb.examples});
  }
  for (const VerbGroup& group : verb_groups()) help.groups.push_back({group.name, group.sentence, ""});
  for (const Topic& topic : topics()) help.topics.push_back({topic.text.name, topic.text.sentence, topic.explanation});
  return help;
}

std::string formatted_help(const std::string& format) {
  if (format == "man") return man_page(whole_help());
  if (format == "bash") return bash_completion(whole_help());
  return format == "zsh" ? zsh_completion(whole_help()) : fish_completion(whole_help());
}

Action read_help_line(Options& options) {
  std::optional<std::string> word;
  std::string format = "text";
  bool json = false;
  options.text("WORD", word, "a verb or a topic; without it all verbs", "WORD");
  options.word("--format", format, {"text", "man", "bash", "zsh", "fish"}, "text, a manual page, or a completion script for a shell",
               fmt::format("FORMAT ({})", format));
  add_json(options, json);
  options.read();
  if (format != "text") {
    if (json) usage(fmt::format("--json and --format {} exclude each other", format));
    if (word) usage(fmt::format("--format {} is of all verbs; leave out {}", format, *word));
    return [format](const Invocation&) { print_exactly(formatted_help(format)); };
  }
  if (word == help_name) word.reset();
  if (word && !json) return print(help_on(*word).text);
  if (!json) return print(program_help());
  base::Json object;
  if (word) {
    object = help_on(*word).json;
  } else {
    base::Json::Array verbs, list;
    for (const Verb& verb : all_verbs()) verbs.push_back(help_of(verb).json);
    for (const Topic& topic : topics()) list.push_back(help_on(topic.text.name).json);
    object["verbs"] = verbs;
    object["topics"] = list;
  }
  return [object](const Invocation& invocation) { print_json(invocation, std::nullopt, object); };
}

}  // namespace

std::string help_command(int argc, const char* const* argv) {
  if (argc > 2 && find_verb(fmt::format("{} {}", argv[1], argv[2]))) return fmt::format("mho {} {} --help", argv[1], argv[2]);
  if (argc > 1 && find_group(argv[1])) return fmt::format("mho {} --help", argv[1]);
  return argc > 1 && find_verb(argv[1]) ? fmt::format("mho {} --help", argv[1]) : "mho --help";
}

namespace {

/// Reads a line whose first word is a group; the second word selects a verb of the group.
Action parse_group(const VerbGroup& group, int argc, const char* const* argv) {
  std::vector<std::string> legal;
  for (const Verb& verb : verbs_of(group.name)) legal.push_back(verb.name.substr(group.name.size() + 1));
  if (argc < 3) usage(fmt::format("say what to do: mho {} {}", group.name, fmt::join(legal, ", ")));
  const std::string second(argv[2]);
  if (second == "--help" || second == "-h") return print(group_help(group));
  const auto verb = find_verb(fmt::format("{} {}", group.name, second));
  if (!verb) {
    usage(fmt::format("mho {} has no verb {}{}; there are {}", group.name, second, spelling_hint(second, legal), fmt::join(legal, ", ")));
  }
  try {
    // The name of the group is not part of the verb's line.
    Options options(argc - 1, argv + 1, {verb->name, verb->sentence}, footer(verb->examples));
    return verb->read(options);
  } catch (const HelpAsked& asked) {
    return print(asked.text);
  }
}

/// "; did you mean run?" for a verb with a similar spelling, or "; did you mean mho db compare?" if the verb belongs to a group.
std::string verb_hint(const std::string& word) {
  for (const VerbGroup& group : verb_groups()) {
    if (find_verb(fmt::format("{} {}", group.name, word))) return fmt::format("; did you mean mho {} {}?", group.name, word);
  }
  return spelling_hint(word, names());
}

}  // namespace

Action parse(int argc, const char* const* argv) {
  if (argc < 2) usage(fmt::format("say what to do: {}", fmt::join(names(), ", ")));
  const std::string first(argv[1]);
  const bool alone = first == "--help" || first == "-h" || first == "--version";
  if (alone && argc > 2) usage(fmt::format("{} stands alone; leave out {}, or write mho VERB {}", first, argv[2], "--help"));
  if (first == "--help" || first == "-h") return print(program_help());
  if (first == "--version") return print(fmt::format("mho {}\n", base::version()));
  if (const auto group = find_group(first)) return parse_group(*group, argc, argv);
  std::optional<Verb> verb = find_verb(first);
  if (first == help_name) {
    verb = Verb{help_name,
                help_text().sentence,
                {{"mho help run", "the options of a verb"}, {"mho help layers", "settings of single layers"}},
                read_help_line};
  }
  if (first == "import") usage("mho import is now mho run --conductances FILE");
  if (first == "export") usage("mho export is now mho map --write-conductances FILE");
  if (!verb && first.starts_with("-")) {
    usage(fmt::format("unknown option {}: those of a verb stand after it, as in mho run --seed 3; say what to do: {}", first,
                      fmt::join(names(), ", ")));
  }
  if (!verb) usage(fmt::format("unknown verb {}{}; there are {}", first, verb_hint(first), fmt::join(names(), ", ")));
  try {
    Options options(argc, argv, {verb->name, verb->sentence}, footer(verb->examples));
    return verb->read(options);
  } catch (const HelpAsked& asked) {
    return print(asked.text);
  }
}

}  // namespace mho::cli
