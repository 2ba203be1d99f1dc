#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/shell/declared.h"

namespace mho::cli {

/// An entry of the list of verbs.
struct VerbText {
  std::string name, sentence;
};

/// The help that a line requested; thrown by Options::read().
struct HelpAsked {
  std::string text;
  base::Json json;
  std::string usage{};
  std::vector<OptionText> options{};
};

/// The arguments of a verb: declared first, then read. Names with dashes are options; names without are positional arguments. `shown` is the
/// placeholder of the value in the help. An argument whose target is an empty std::string is required; other targets keep their values if it is
/// absent. Only options.cpp uses the library that parses command lines.
/// If an option is given several times, the last value counts; lists collect all values.
class Options {
 public:
  /// `argv` begins with the program and the verb. `footer` ends the help of the verb.
  Options(int argc, const char* const* argv, const VerbText& verb, const std::string& footer);
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  void text(const std::string& name, std::string& target, const std::string& sentence, const std::string& shown);
  void text(const std::string& name, std::optional<std::string>& target, const std::string& sentence, const std::string& shown);
  /// The name of a file; empty names are refused.
  void file(const std::string& name, std::string& target, const std::string& sentence);
  void file(const std::string& name, std::optional<std::string>& target, const std::string& sentence);
  /// The name of an output file. After the line is read and before the verb runs, the name is refused if its ending stands for another kind than
  /// `kind`, a value of output_endings() (code usage), or if nothing can be written there (code bad_input).
  void output(const std::string& name, std::string& target, const std::string& sentence, const std::string& kind);
  void output(const std::string& name, std::optional<std::string>& target, const std::string& sentence, const std::string& kind);
  /// An option that may be repeated.
  void list(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown);
  /// Words at the end of the line, at least `least`.
  void several(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown, int least);
  /// One of a few words.
  void word(const std::string& name, std::string& target, const std::vector<std::string>& words, const std::string& sentence,
            const std::string& shown);
  void word(const std::string& name, std::optional<std::string>& target, const std::vector<std::string>& words, const std::string& sentence,
            const std::string& shown);
  /// An integer from `least` to `largest`.
  template <class Target>
  void whole(const std::string& name, Target& target, const std::string& sentence, const std::string& shown, std::int64_t least,
             std::int64_t largest = std::numeric_limits<std::int64_t>::max()) {
    add_whole(name, sentence, shown, least, largest, [&target](std::int64_t value) { target = static_cast<Plain<Target>>(value); });
  }
  /// A finite number from `least` to `largest`.
  void number(const std::string& name, double& target, const std::string& sentence, const std::string& shown,
              double least = std::numeric_limits<double>::lowest(), double largest = std::numeric_limits<double>::max());
  void flag(const std::string& name, bool& target, const std::string& sentence);
  /// Values of `name` that a shell may propose. `words` is called only by the help.
  void propose(const std::string& name, const std::function<std::vector<std::string>()>& words) { proposed_[name] = words; }
  /// `old` is a former option: using it is refused with `now`, the replacement.
  void renamed(const std::string& old, const std::string& now);
  /// `spelling` on the line is read as the option `name`.
  void also(const std::string& spelling, const std::string& name);

  /// The text of --help.
  [[nodiscard]] std::string help() const;
  /// The declarations: usage, and for each option name, value and sentence.
  [[nodiscard]] base::Json json() const;
  /// The same with the values that shells propose.
  [[nodiscard]] std::vector<OptionText> declared() const;

  /// Fills the targets. Throws base::UserError with code usage if the line does not match the declarations, and HelpAsked for --help.
  void read();

 private:
  template <class Target>
  struct Held {
    using Type = Target;
  };
  template <class Value>
  struct Held<std::optional<Value>> {
    using Type = Value;
  };
  template <class Target>
  using Plain = typename Held<Target>::Type;

  using Setter = std::function<void(const std::string&)>;
  OptionText& add(const std::string& name, const Setter& set, const std::string& sentence, const std::string& shown, bool required);
  void add_whole(const std::string& name, const std::string& sentence, const std::string& shown, std::int64_t least, std::int64_t largest,
                 const std::function<void(std::int64_t)>& set);
  [[noreturn]] void refuse_extra() const;
  [[nodiscard]] std::string usage_line() const;
  /// Refuses an option in the place of another option's value.
  void refuse_swallowed() const;
  [[noreturn]] void refuse_missing(const std::string& name) const;
  [[noreturn]] void refuse_too_few(const std::string& name) const;
  void refuse_unknown() const;
  [[nodiscard]] std::vector<std::string> names(bool with_dashes) const;

  struct Library;
  std::unique_ptr<Library> library_;
  VerbText verb_;
  std::string footer_;
  std::vector<OptionText> shown_;
  std::map<std::string, std::function<std::vector<std::string>()>> proposed_;
  std::map<std::string, std::string> renamed_;
  std::vector<std::function<void()>> checks_;  ///< run after a line was read
  std::vector<std::string> words_;             ///< words of the line after the verb
};

/// Names and their meanings in two columns, fitted to the terminal.
std::string help_rows(const std::vector<VerbText>& rows);

}  // namespace mho::cli
