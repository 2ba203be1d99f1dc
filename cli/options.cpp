#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/design_file/config.h"
#include "cli/option_values.h"

namespace mho::cli {

struct Options::Library {
  ::CLI::App program{"", "mho"};
  ::CLI::App* verb = nullptr;
};

Options::Options(int argc, const char* const* argv, const VerbText& verb, const std::string& footer)
    : library_(std::make_unique<Library>()), argc_(argc), argv_(argv) {
  library_->verb = library_->program.add_subcommand(verb.name, verb.sentence);
  library_->verb->footer(footer);
}

Options::~Options() = default;

void Options::add(const std::string& name, const Setter& set, const std::string& sentence, const std::string& shown, bool required) {
  library_->verb->add_option_function<std::string>(name, set, sentence)->option_text(shown)->required(required);
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
      name, [&target, name](const std::string& value) { target = parse_file(name, value); }, sentence, shown, target.empty());
}

void Options::file(const std::string& name, std::optional<std::string>& target, const std::string& sentence) {
  add(
      name, [&target, name](const std::string& value) { target = parse_file(name, value); }, sentence, "FILE", false);
}

void Options::list(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown) {
  library_->verb->add_option(name, target, sentence)->allow_extra_args(false)->take_all()->option_text(shown);
}

void Options::word(const std::string& name, std::string& target, const std::vector<std::string>& words, const std::string& sentence,
                   const std::string& shown) {
  add(
      name, [&target, name, words](const std::string& value) { target = parse_word(name, value, words); }, sentence, shown, target.empty());
}

void Options::word(const std::string& name, std::optional<std::string>& target, const std::vector<std::string>& words, const std::string& sentence,
                   const std::string& shown) {
  add(
      name, [&target, name, words](const std::string& value) { target = parse_word(name, value, words); }, sentence, shown, false);
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
  library_->verb->add_flag(name, target, sentence)->disable_flag_override();
}

std::vector<std::string> Options::names(bool with_dashes) const {
  std::vector<std::string> list;
  for (const ::CLI::Option* option : library_->verb->get_options()) {
    if (option->get_positional()) {
      if (!with_dashes) list.push_back(option->get_name());
    } else if (with_dashes) {
      for (const std::string& name : option->get_lnames()) list.push_back(fmt::format("--{}", name));
    }
  }
  return list;
}

void Options::refuse_unknown() const {
  const auto known = names(true);
  for (int i = 2; i < argc_; ++i) {
    const std::string word(argv_[i]);
    if (!word.starts_with("--") || word == "--") continue;
    const std::string name = word.substr(0, word.find('='));
    if (std::ranges::find(known, name) == known.end()) usage(fmt::format("unknown option {}{}", name, spelling_hint(name, known)));
  }
}

void Options::refuse_extra(const std::vector<std::string>& extra) const {
  const std::string& word = extra.front();
  const std::string verb = fmt::format("mho {}", library_->verb->get_name());
  if (word.starts_with("-") && word.size() > 1) usage(fmt::format("unknown option {}{}", word, spelling_hint("-" + word, names(true))));
  const auto places = names(false);
  if (places.empty()) {
    usage(fmt::format("'{}' belongs to no option: {} takes nothing but options, which begin with --", word, verb));
  }
  usage(fmt::format("'{}' is one too many: {} takes {} and options, which begin with --", word, verb, fmt::join(places, ", ")));
}

void Options::refuse_missing(const std::string& name) const {
  const ::CLI::Option* option = library_->verb->get_option_no_throw(name);
  const std::string what = option == nullptr ? "" : fmt::format(": {}", option->get_description());
  usage(fmt::format("{} is missing{}", name, what));
}

void Options::read() {
  try {
    library_->program.parse(argc_, argv_);
  } catch (const ::CLI::CallForHelp&) {
    throw HelpAsked{fmt::format("{}\n", library_->program.help())};
  } catch (const ::CLI::ParseError& error) {
    refuse_unknown();
    const std::string message = error.what();
    const std::string name = message.substr(0, message.find(':'));
    if (message.find("At Most 1 required") != std::string::npos) usage(fmt::format("{} is given more than once", name));
    if (message.find("flag override") != std::string::npos) usage("a switch takes no value: write it alone, as in --json");
    if (dynamic_cast<const ::CLI::ArgumentMismatch*>(&error) != nullptr) usage(fmt::format("{} needs a value after it", name));
    if (dynamic_cast<const ::CLI::ExtrasError*>(&error) != nullptr) refuse_extra(library_->verb->remaining());
    if (dynamic_cast<const ::CLI::RequiredError*>(&error) != nullptr) refuse_missing(message.substr(0, message.find(' ')));
    usage(message);
  }
}

std::string program_help(const std::string& about, const std::vector<VerbText>& verbs, const std::string& footer) {
  ::CLI::App program(about, "mho");
  program.set_version_flag("--version", "");
  program.footer(footer);
  for (const VerbText& verb : verbs) program.add_subcommand(verb.name, verb.sentence);
  return fmt::format("{}\n", program.help());
}

}  // namespace mho::cli
