#pragma once

#include <string>
#include <vector>

namespace mho::cli {

/// An option, or a word at its place, as help and shells show it.
struct OptionText {
  std::string name;      ///< with dashes: an option; without: a word at its place
  std::string value;     ///< what stands for its value; empty: a switch
  std::string sentence;  ///< what it means
  bool required = false, repeated = false;
  int least = 1;                     ///< how many words are needed at the least, of those that may be repeated
  bool file = false;                 ///< its value names a file
  std::vector<std::string> words{};  ///< values that a shell may propose; one that ends in = wants more behind it
  [[nodiscard]] bool is_place() const { return !name.starts_with("-"); }
};

/// A line that shows what a verb is good for.
struct Example {
  std::string line, sentence;
};

/// What a shell and a manual page show of a verb.
struct VerbHelp {
  std::string name;  ///< of a verb in a group both words: "db list"
  std::string sentence, usage;
  std::vector<OptionText> options;
  std::vector<Example> examples;
};

/// A group of verbs, or a topic of mho help.
struct NamedText {
  std::string name, sentence, text;
};

/// All that `mho help` knows.
struct ProgramHelp {
  std::string version, date, about;
  std::vector<VerbHelp> verbs;
  std::vector<NamedText> groups, topics;
};

}  // namespace mho::cli
