#include "cli/shell/man_page.h"

#include <fmt/format.h>

namespace mho::cli {

namespace {

/// Text of one line in roff: escapes backslashes and dashes, and a line that begins like a request.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
      escaped += c;
    }
  }
  return escaped;
}

std::string option_entry(const OptionText& option) {
  const std::string value = option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(option.value));
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(option.name), value, roff(option.sentence));
}

std::string verb_section(const VerbHelp& verb) {
  std::string text = fmt::format(".SS mho {}\n{}.\n.PP\n{}\n", roff(verb.name), roff(verb.sentence), roff(verb.usage));
  for (const bool places : {true, false}) {
    for (const OptionText& option : verb.options) {
      if (option.is_place() == places) text += option_entry(option);
    }
  }
  return text;
}

}  // namespace

std::string man_page(const ProgramHelp& help) {
  std::string text = fmt::format(".TH MHO 1 \"{}\" \"mho {}\" \"User commands\"\n", roff(help.date), roff(help.version));
  text += ".SH NAME\nmho \\- simulator of analog in\\-memory\\-computing accelerators\n";
  text +=
      ".SH SYNOPSIS\n\\fBmho\\fR \\fIVERB\\fR [\\fIOPTIONS\\fR]\n.br\n\\fBmho help\\fR [\\fIVERB\\fR | \\fITOPIC\\fR]\n.br\n\\fBmho "
      "\\-\\-version\\fR\n";
  text += fmt::format(".SH DESCRIPTION\n{}\n.SH VERBS\n", roff(help.about));
  for (const VerbHelp& verb : help.verbs) text += verb_section(verb);
  text += ".SH TOPICS\n";
  for (const NamedText& topic : help.topics) text += fmt::format(".SS {}: {}\n{}\n", roff(topic.name), roff(topic.sentence), roff(topic.text));
  text += ".SH EXAMPLES\n";
  for (const VerbHelp& verb : help.verbs) {
    for (const Example& example : verb.examples) text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff(example.line), roff(example.sentence));
  }
  return text;
}

}  // namespace mho::cli
