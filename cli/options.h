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

/// A verb as the list of verbs shows it.
struct VerbText {
  std::string name, sentence;
};

/// The help that a line asked for; thrown by Options::read().
struct HelpAsked {
  std::string text;
  base::Json json;
  std::string usage{};
  std::vector<OptionText> options{};
};

/// What one verb takes on its line: declared first, then read. Names with dashes are options, names without are words at their place.
/// `shown` is what the help prints for the value. A target of text that is empty beforehand must be given; others keep what they hold.
/// Only options.cpp knows the library that reads command lines.
///
/// An option that is given several times has its last value, but for lists, which gather.
class Options {
 public:
  /// `argv` begins with the program and the verb. The footer ends the help of the verb.
  Options(int argc, const char* const* argv, const VerbText& verb, const std::string& footer);
  ~Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  void text(const std::string& name, std::string& target, const std::string& sentence, const std::string& shown);
  void text(const std::string& name, std::optional<std::string>& target, const std::string& sentence, const std::string& shown);
  /// The name of a file, which is never empty.
  void file(const std::string& name, std::string& target, const std::string& sentence);
  void file(const std::string& name, std::optional<std::string>& target, const std::string& sentence);
  /// The name of a file that is written. Once the line is read, an ending that stands for something else than `kind`, a key of output_endings(),
  /// is refused (code usage), and a place where nothing can be written (code bad_input), before the verb does anything.
  void output(const std::string& name, std::string& target, const std::string& sentence, const std::string& kind);
  void output(const std::string& name, std::optional<std::string>& target, const std::string& sentence, const std::string& kind);
  /// An option that may be repeated.
  void list(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown);
  /// Words at the end of the line, at least so many.
  void several(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown, int least);
  /// One of a few words.
  void word(const std::string& name, std::string& target, const std::vector<std::string>& words, const std::string& sentence,
            const std::string& shown);
  void word(const std::string& name, std::optional<std::string>& target, const std::vector<std::string>& words, const std::string& sentence,
            const std::string& shown);
  /// A whole number from `least` to `largest`.
  template <class Target>
  void whole(const std::string& name, Target& target, const std::string& sentence, const std::string& shown, std::int64_t least,
             std::int64_t largest = std::numeric_limits<std::int64_t>::max()) {
    add_whole(name, sentence, shown, least, largest, [&target](std::int64_t value) { target = static_cast<Plain<Target>>(value); });
  }
  /// A finite number from `least` to `largest`.
  void number(const std::string& name, double& target, const std::string& sentence, const std::string& shown,
              double least = std::numeric_limits<double>::lowest(), double largest = std::numeric_limits<double>::max());
  void flag(const std::string& name, bool& target, const std::string& sentence);
  /// Values of `name` that a shell may propose; asked for only by the help.
  void propose(const std::string& name, const std::function<std::vector<std::string>()>& words) { proposed_[name] = words; }
  /// `old` was once an option; who still writes it is told `now`, what to write instead.
  void renamed(const std::string& old, const std::string& now);
  /// `spelling` on the line is read as the option `name`.
  void also(const std::string& spelling, const std::string& name);

  /// What --help prints.
  [[nodiscard]] std::string help() const;
  /// What was declared: usage, and of every option name, value and sentence.
  [[nodiscard]] base::Json json() const;
  /// The same with what shells propose.
  [[nodiscard]] std::vector<OptionText> declared() const;

  /// Fills the targets. Throws base::UserError with code usage where the line does not fit what was declared, HelpAsked for --help.
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
  /// An option that stands where the value of another one should.
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
  std::vector<std::function<void()>> checks_;  ///< of a line that was read
  std::vector<std::string> words_;             ///< of the line, behind the verb
};

/// Names and what they mean, in two columns of the terminal's width.
std::string help_rows(const std::vector<VerbText>& rows);

}  // namespace mho::cli
