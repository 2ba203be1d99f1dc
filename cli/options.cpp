#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/printable.h"
#include "base/progress.h"
#include "cli/option_values.h"

namespace mho::cli {

struct Options::Library {
  ::CLI::App app;
};

Options::Options(int argc, const char* const* argv, const VerbText& verb, const std::string& footer)
    : library_(std::make_unique<Library>()), verb_(verb), footer_(footer), words_(argv + std::min(argc, 2), argv + argc) {
  library_->app.name("mho " + verb.name);
}

Options::~Options() = default;

OptionText& Options::add(const std::string& name, const Setter& set, const std::string& sentence, const std::string& shown, bool required) {
  ::CLI::Option* option = library_->app.add_option_function<std::string>(name, set, sentence)->required(required);
  shown_.push_back({.name = name, .value = shown, .sentence = sentence, .required = required});
  if (!shown_.back().is_place()) option->take_last();
  return shown_.back();
}

void Options::text(const std::string& name, std::string& target, const std::string& sentence, const std::string& shown) {
  add(
      name, [&target](const std::string& value) { target = value; }, sentence, shown, target.empty());
}

void Options::text(const std::string& name, std::optional<std::string>& target, const std::string& sentence, const std::string& shown) {
  add(
      name, [&target](const std::string& value) { target = value; }, sentence, shown, false);
}

void Options::file(const std::string& name, std::string& target, const std::string& sentence) {
  const std::string shown = target.empty() ? "FILE" : fmt::format("FILE ({})", target);
  add(
      name, [&target, name](const std::string& value) { target = parse_file(name, value); }, sentence, shown, target.empty())
      .file = true;
}

void Options::file(const std::string& name, std::optional<std::string>& target, const std::string& sentence) {
  add(
      name, [&target, name](const std::string& value) { target = parse_file(name, value); }, sentence, "FILE", false)
      .file = true;
}

void Options::output(const std::string& name, std::string& target, const std::string& sentence, const std::string& kind) {
  file(name, target, sentence);
  checks_.emplace_back([name, kind, &target] { check_output_file(name, target, kind); });
}

void Options::output(const std::string& name, std::optional<std::string>& target, const std::string& sentence, const std::string& kind) {
  file(name, target, sentence);
  checks_.emplace_back([name, kind, &target] {
    if (target) check_output_file(name, *target, kind);
  });
}

void Options::list(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown) {
  library_->app.add_option(name, target, sentence)->allow_extra_args(false)->take_all();
  shown_.push_back({.name = name, .value = shown, .sentence = sentence, .repeated = true});
}

void Options::several(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown, int least) {
  constexpr int most = 1 << 20;
  library_->app.add_option(name, target, sentence)->expected(least, most)->required();
  shown_.push_back({.name = name, .value = shown, .sentence = sentence, .required = true, .repeated = true, .least = least});
}

void Options::word(const std::string& name, std::string& target, const std::vector<std::string>& words, const std::string& sentence,
                   const std::string& shown) {
  add(
      name, [&target, name, words](const std::string& value) { target = parse_word(name, value, words); }, sentence, shown, target.empty())
      .words = words;
}

void Options::word(const std::string& name, std::optional<std::string>& target, const std::vector<std::string>& words, const std::string& sentence,
                   const std::string& shown) {
  add(
      name, [&target, name, words](const std::string& value) { target = parse_word(name, value, words); }, sentence, shown, false)
      .words = words;
}

void Options::add_whole(const std::string& name, const std::string& sentence, const std::string& shown, std::int64_t least, std::int64_t largest,
                        const std::function<void(std::int64_t)>& set) {
  add(
      name, [set, name, least, largest](const std::string& value) { set(parse_whole(name, value, least, largest)); }, sentence, shown, false);
}

void Options::number(const std::string& name, double& target, const std::string& sentence, const std::string& shown, double least, double largest) {
  add(
      name, [&target, name, least, largest](const std::string& value) { target = parse_number(name, value, least, largest); }, sentence, shown,
      false);
}

void Options::flag(const std::string& name, bool& target, const std::string& sentence) {
  library_->app.add_flag(name, target, sentence)->disable_flag_override();
  shown_.push_back({.name = name, .value = "", .sentence = sentence});
}

void Options::renamed(const std::string& old, const std::string& now) { renamed_[old] = now; }

void Options::also(const std::string& spelling, const std::string& name) {
  for (std::string& word : words_) {
    if (word == "--") return;
    if (word == spelling || word.starts_with(spelling + "=")) word.replace(0, spelling.size(), name);
  }
}

std::vector<std::string> Options::names(bool with_dashes) const {
  std::vector<std::string> list;
  for (const OptionText& each : shown_) {
    if (each.is_place() != with_dashes) list.push_back(each.name);
  }
  if (with_dashes) list.emplace_back("--help");
  return list;
}

void Options::refuse_unknown() const {
  const auto known = names(true);
  for (const std::string& word : words_) {
    if (word == "--") return;  // the remaining words are not options
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(0, word.find('='));
    if (const auto old = renamed_.find(name); old != renamed_.end()) usage(fmt::format("{} is now {}", name, old->second));
    if (std::ranges::find(known, name) == known.end()) usage(fmt::format("unknown option {}{}", name, spelling_hint(name, known)));
  }
}

void Options::refuse_swallowed() const {
  for (std::size_t i = 0; i + 1 < words_.size() && words_[i] != "--"; ++i) {
    const auto option = std::ranges::find(shown_, words_[i], &OptionText::name);
    if (option == shown_.end() || option->is_place() || option->value.empty()) continue;
    const std::string& value = words_[++i];
    constexpr std::size_t dashes = 2;
    if (!value.starts_with("--") || value.size() == dashes) continue;
    usage(fmt::format("{0} needs a value after it, and {1} is an option; a value that begins so is written {0}={1}", option->name, value));
  }
}

void Options::refuse_extra() const {
  const std::vector<std::string> remaining = library_->app.remaining();
  const auto found = std::ranges::find_if(remaining, [](const std::string& word) { return word != "--"; });
  const std::string word = found == remaining.end() ? "--" : *found;
  // The words after -- are not options; -- itself is not reported as the extra word.
  const auto mark = std::ranges::find(words_, "--");
  const bool marked = std::find(mark, words_.end(), word) != words_.end();
  const std::string verb = fmt::format("mho {}", verb_.name);
  if (!marked && word.starts_with("-") && word.size() > 1) usage(fmt::format("unknown option {}{}", word, spelling_hint("-" + word, names(true))));
  const auto places = names(false);
  if (places.empty()) {
    usage(fmt::format("'{}' belongs to no option: {} takes nothing but options, which begin with --", word, verb));
  }
  usage(fmt::format("'{}' is one too many: {} takes {} and options, which begin with --", word, verb, fmt::join(places, ", ")));
}

void Options::refuse_missing(const std::string& name) const {
  const auto found = std::ranges::find(shown_, name, &OptionText::name);
  usage(fmt::format("{} is missing{}", name, found == shown_.end() ? "" : ": " + found->sentence));
}

void Options::refuse_too_few(const std::string& name) const {
  const auto found = std::ranges::find(shown_, name, &OptionText::name);
  if (found == shown_.end() || !found->is_place()) usage(fmt::format("{} needs a value after it", name));
  usage(fmt::format("{}: at least {} are needed: {}", name, found->least, found->sentence));
}

std::string Options::usage_line() const {
  std::string line = "Usage: mho " + verb_.name;
  for (const OptionText& each : shown_) {
    if (each.is_place()) line += each.required ? " " + each.name : fmt::format(" [{}]", each.name);
  }
  for (const OptionText& each : shown_) {
    if (!each.is_place() && each.required) line += fmt::format(" {} {}", each.name, each.value);
  }
  return line + " [OPTIONS]";
}

std::string Options::help() const {
  std::vector<VerbText> rows;
  for (const bool places : {true, false}) {
    for (const OptionText& each : shown_) {
      if (each.is_place() == places) rows.push_back({places || each.value.empty() ? each.name : each.name + " " + each.value, each.sentence});
    }
  }
  rows.push_back({"-h, --help", "print this"});
  const std::string head = fmt::format("mho {}: {}\n{}\n", verb_.name, verb_.sentence, usage_line());
  return fmt::format("{}\n{}\n{}\n", base::fitted_lines(head, base::terminal_columns()), help_rows(rows), footer_);
}

base::Json Options::json() const {
  base::Json json;
  json["verb"] = verb_.name;
  json["sentence"] = verb_.sentence;
  json["usage"] = usage_line();
  base::Json::Array options;
  for (const OptionText& each : shown_) {
    base::Json option;
    option["name"] = each.name;
    option["value"] = each.value;
    option["sentence"] = each.sentence;
    option["required"] = each.required;
    option["repeated"] = each.repeated;
    options.push_back(option);
  }
  json["options"] = options;
  return json;
}

std::vector<OptionText> Options::declared() const {
  std::vector<OptionText> list = shown_;
  for (OptionText& option : list) {
    if (const auto words = proposed_.find(option.name); words != proposed_.end()) option.words = words->second();
  }
  return list;
}

void Options::read() {
  const bool helps = std::ranges::any_of(words_, [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (!helps) refuse_swallowed();
  try {
    std::vector<std::string> reversed(words_.rbegin(), words_.rend());  // CLI11 requires the words in reverse order
    library_->app.parse(std::move(reversed));
  } catch (const ::CLI::CallForHelp&) {
    throw HelpAsked{help(), json(), usage_line(), declared()};
  } catch (const ::CLI::ParseError& error) {
    refuse_unknown();
    const std::string message = error.what();
    const std::string name = message.substr(0, message.find(':'));
    if (message.find("flag override") != std::string::npos) usage("a switch takes no value: write it alone, as in --json");
    if (dynamic_cast<const ::CLI::ArgumentMismatch*>(&error) != nullptr) refuse_too_few(name);
    if (dynamic_cast<const ::CLI::ExtrasError*>(&error) != nullptr) refuse_extra();
    if (dynamic_cast<const ::CLI::RequiredError*>(&error) != nullptr) refuse_missing(message.substr(0, message.find(' ')));
    usage(message);
  }
  for (const auto& check : checks_) check();
}

std::string help_rows(const std::vector<VerbText>& rows) {
  const std::size_t width = base::terminal_columns();
  constexpr std::size_t gap = 2, widest = 28;
  std::size_t column = 0;
  for (const VerbText& row : rows) {
    if (row.name.size() <= std::min(widest, width / 3)) column = std::max(column, row.name.size());
  }
  const std::size_t indent = gap + column + gap;
  std::string text;
  for (const VerbText& row : rows) {
    const std::string sentence = base::wrapped(row.sentence, width - indent, indent);
    const std::string name = base::wrapped(row.name, width - gap, 2 * gap);
    text += row.name.size() <= column ? fmt::format("  {:<{}}  {}\n", name, column, sentence)
                                      : fmt::format("  {}\n{:<{}}{}\n", name, "", indent, sentence);
  }
  return text;
}

}  // namespace mho::cli
