#pragma once

#include <string>
#include <vector>

namespace mho::cli {

/// An option or a positional argument, as shown by help and shells.
struct OptionText {
  std::string name;      ///< with dashes: an option; without: a positional argument
  std::string value;     ///< placeholder of its value; empty: a switch
  std::string sentence;  ///< its meaning
  bool required = false, repeated = false;
  int least = 1;                     ///< for repeated arguments: the least number of words
  bool file = false;                 ///< its value names a file
  std::vector<std::string> words{};  ///< values that a shell may propose; after one that ends in = more text follows
  [[nodiscard]] bool is_place() const { return !name.starts_with("-"); }
};

/// An example line for a verb.
struct Example {
  std::string line, sentence;
};

/// Help of a verb, for shells and the manual page.
struct VerbHelp {
  std::string name;  ///< for a verb in a group both words: "db list"
  std::string sentence, usage;
  std::vector<OptionText> options;
  std::vector<Example> examples;
};

/// A group of verbs, or a topic of mho help.
struct NamedText {
  std::string name, sentence, text;
};

/// All texts of `mho help`.
struct ProgramHelp {
  std::string version, date, about;
  std::vector<VerbHelp> verbs;
  std::vector<NamedText> groups, topics;
};

}  // namespace mho::cli
