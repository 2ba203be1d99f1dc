#include "cli/shell/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace mho::cli {

namespace {

/// Encloses text in single quotes. `inside` replaces a single quote in the text.
std::string quoted_by(const std::string& text, const std::string& inside) {
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted += inside : quoted += c;
  return quoted + "'";
}
std::string posix_quoted(const std::string& text) { return quoted_by(text, "'\\''"); }
std::string fish_quoted(const std::string& text) { return quoted_by(text, "\\'"); }

/// First words of command lines with their descriptions: verbs and groups.
std::vector<NamedText> first_words(const ProgramHelp& help) {
  std::vector<NamedText> words;
  for (const VerbHelp& verb : help.verbs) {
    if (verb.name.find(' ') == std::string::npos) words.push_back({verb.name, verb.sentence, ""});
  }
  for (const NamedText& group : help.groups) words.push_back(group);
  words.push_back({"help", "explain a verb or a topic", ""});
  return words;
}

/// Second words after a group.
std::vector<NamedText> second_words(const ProgramHelp& help, const std::string& group) {
  std::vector<NamedText> words;
  for (const VerbHelp& verb : help.verbs) {
    if (verb.name.starts_with(group + " ")) words.push_back({verb.name.substr(group.size() + 1), verb.sentence, ""});
  }
  return words;
}

/// Words after `mho help`.
std::vector<NamedText> help_words(const ProgramHelp& help) {
  std::vector<NamedText> words = first_words(help);
  words.pop_back();
  words.insert(words.end(), help.topics.begin(), help.topics.end());
  return words;
}

std::vector<std::string> names_of(const std::vector<NamedText>& words) {
  std::vector<std::string> names;
  for (const NamedText& word : words) names.push_back(word.name);
  return names;
}

/// Completion of a value: its words, and whether file names are completed too.
using Values = std::pair<std::vector<std::string>, bool>;

/// A word that needs a continuation is completed without a space.
bool is_begun(const Values& values) { return !values.first.empty() && values.first.front().ends_with("="); }

/// Places where values are completed, such as "run --design", grouped by kind of value.
std::map<Values, std::vector<std::string>> values_by_kind(const ProgramHelp& help) {
  std::map<Values, std::vector<std::string>> kinds;
  for (const VerbHelp& verb : help.verbs) {
    for (const OptionText& option : verb.options) {
      const bool switches = !option.is_place() && option.value.empty();
      if (!switches) kinds[{option.words, option.file}].push_back(option.is_place() ? verb.name : verb.name + " " + option.name);
    }
  }
  return kinds;
}

}  // namespace

std::string bash_completion(const ProgramHelp& help) {
  std::string text = fmt::format(R"(# Completion of mho for bash, written by `mho help --format bash`.
_mho() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}} options= words= files=
  COMPREPLY=()
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$cur"))
    return
  fi
)",
                                 fmt::join(names_of(first_words(help)), " "));
  const auto second = [&](const std::string& first, const std::vector<NamedText>& words) {
    text += fmt::format(
        "  if [[ $verb == {} ]]; then\n    if ((COMP_CWORD == 2)); then\n      COMPREPLY=($(compgen -W '{}' -- \"$cur\"))\n      return\n    fi\n    "
        "verb=\"{} ${{COMP_WORDS[2]}}\"\n  fi\n",
        first, fmt::join(names_of(words), " "), first);
  };
  for (const NamedText& group : help.groups) second(group.name, second_words(help, group.name));
  second("help", help_words(help));
  text += "  case $verb in\n";
  for (const VerbHelp& verb : help.verbs) {
    std::vector<std::string> names;
    for (const OptionText& option : verb.options) {
      if (!option.is_place()) names.push_back(option.name);
    }
    text += fmt::format("    {}) options='{} --help' ;;\n", posix_quoted(verb.name), fmt::join(names, " "));
  }
  text += "  esac\n  local place=$verb\n  [[ \" $options \" == *\" $prev \"* ]] && place=\"$verb $prev\"\n  case $place in\n";
  for (const auto& [values, places] : values_by_kind(help)) {
    std::vector<std::string> patterns;
    for (const std::string& place : places) patterns.push_back(posix_quoted(place));
    text += fmt::format("    {}) words='{}'{}{} ;;\n", fmt::join(patterns, "|"), fmt::join(values.first, " "), values.second ? " files=1" : "",
                        is_begun(values) ? "\n      compopt -o nospace 2>/dev/null" : "");
  }
  return text + R"(  esac
  if [[ $cur == -* ]]; then words=$options files=; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F _mho mho
)";
}

std::string zsh_completion(const ProgramHelp& help) {
  std::string text = "#compdef mho\n# Completion of mho for zsh, written by `mho help --format zsh`.\n";
  std::map<Values, std::string> functions;
  for (const auto& [values, places] : values_by_kind(help)) {
    if (values.first.empty()) {
      functions[values] = values.second ? "_files" : " ";
      continue;
    }
    const std::string name = fmt::format("_mho_values_{}", functions.size());
    functions[values] = name;
    text += fmt::format("{}() {{\n  compadd {}-- {}\n{}}}\n", name, is_begun(values) ? "-S '' " : "", fmt::join(values.first, " "),
                        values.second ? "  _files\n" : "");
  }
  // Brackets, colons and backslashes have a meaning in a specification of _arguments.
  const auto plain = [](const std::string& sentence) {
    std::string escaped;
    for (const char c : sentence) {
      if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
      escaped += c;
    }
    return escaped;
  };
  const auto described = [&](const std::vector<NamedText>& words) {
    std::vector<std::string> list;
    for (const NamedText& word : words) list.push_back(posix_quoted(word.name + ":" + plain(word.sentence)));
    return fmt::format("{}", fmt::join(list, " "));
  };
  text += fmt::format(
      "_mho() {{\n  local -a verbs\n  local verb=$words[2]\n  if (( CURRENT == 2 )); then\n    verbs=({})\n    _describe verb verbs\n    return\n  "
      "fi\n",
      described(first_words(help)));
  const auto second = [&](const std::string& first, const std::vector<NamedText>& words) {
    text += fmt::format(
        "  if [[ $verb == {} ]]; then\n    if (( CURRENT == 3 )); then\n      verbs=({})\n      _describe verb verbs\n      return\n    fi\n    "
        "verb=\"{} $words[3]\"\n    shift words\n    (( CURRENT-- ))\n  fi\n",
        first, described(words), first);
  };
  for (const NamedText& group : help.groups) second(group.name, second_words(help, group.name));
  second("help", help_words(help));
  text += "  shift words\n  (( CURRENT-- ))\n  case $verb in\n";
  for (const VerbHelp& verb : help.verbs) {
    text += fmt::format("    {})\n      _arguments", posix_quoted(verb.name));
    for (const OptionText& option : verb.options) {
      const std::string function = option.value.empty() && !option.is_place() ? "" : functions.at({option.words, option.file});
      std::string specification;
      if (option.is_place()) {
        specification = fmt::format("{}:{}:{}", option.repeated ? "*" : "", option.name, function);
      } else {
        specification = fmt::format("{}{}{}[{}]", option.repeated ? "*" : "", option.name, function.empty() ? "" : "=", plain(option.sentence));
        if (!function.empty()) specification += fmt::format(":{}:{}", plain(option.value), function);
      }
      text += " \\\n        " + posix_quoted(specification);
    }
    text += " \\\n        '--help[print this]'\n      ;;\n";
  }
  return text + "  esac\n}\n_mho \"$@\"\n";
}

std::string fish_completion(const ProgramHelp& help) {
  std::string text = R"(# Completion of mho for fish, written by `mho help --format fish`.
function __mho_begins
    set -l words (commandline -opc)
    test "$words[2..-1]" = "$argv"; or string match -q -- "$argv *" "$words[2..-1]"
end
function __mho_is
    set -l words (commandline -opc)
    test "$words[2..-1]" = "$argv"
end
complete -c mho -f
complete -c mho -n __mho_is -l version -d 'print the version'
)";
  const auto words_behind = [&](const std::string& before, const std::vector<NamedText>& words) {
    for (const NamedText& word : words) {
      text += fmt::format("complete -c mho -n {} -a {} -d {}\n", fish_quoted(before.empty() ? "__mho_is" : "__mho_is " + before), word.name,
                          fish_quoted(word.sentence));
    }
  };
  words_behind("", first_words(help));
  for (const NamedText& group : help.groups) words_behind(group.name, second_words(help, group.name));
  words_behind("help", help_words(help));
  for (const VerbHelp& verb : help.verbs) {
    for (const OptionText& option : verb.options) {
      text += fmt::format("complete -c mho -n {}", fish_quoted("__mho_begins " + verb.name));
      if (!option.is_place()) text += fmt::format(" -l {} -d {}", option.name.substr(2), fish_quoted(option.sentence));
      if (!option.is_place() && !option.value.empty()) text += option.file ? " -r" : " -x";
      if (!option.words.empty()) text += fmt::format(" -a {}", fish_quoted(fmt::format("{}", fmt::join(option.words, " "))));
      text += option.file ? " -F\n" : "\n";
    }
  }
  return text;
}

}  // namespace mho::cli
