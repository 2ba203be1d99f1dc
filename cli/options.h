#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mho::cli {

/// A verb as the list of verbs shows it.
struct VerbText {
  std::string name, sentence;
};

/// The help that a line asked for; thrown by Options::read().
struct HelpAsked {
  std::string text;
};

/// What one verb takes on its line: declared first, then read. Names with dashes are options, names without are words at their place.
/// `shown` is what the help prints for the value. A target of text that is empty beforehand must be given; others keep what they hold.
/// Only options.cpp knows the library that reads command lines.
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
  /// An option that may be repeated.
  void list(const std::string& name, std::vector<std::string>& target, const std::string& sentence, const std::string& shown);
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
  void add(const std::string& name, const Setter& set, const std::string& sentence, const std::string& shown, bool required);
  void add_whole(const std::string& name, const std::string& sentence, const std::string& shown, std::int64_t least, std::int64_t largest,
                 const std::function<void(std::int64_t)>& set);
  [[noreturn]] void refuse_extra(const std::vector<std::string>& extra) const;
  [[noreturn]] void refuse_missing(const std::string& name) const;
  void refuse_unknown() const;
  [[nodiscard]] std::vector<std::string> names(bool with_dashes) const;

  struct Library;
  std::unique_ptr<Library> library_;
  int argc_;
  const char* const* argv_;
};

/// What `mho --help` prints: about the program, its verbs, the footer.
std::string program_help(const std::string& about, const std::vector<VerbText>& verbs, const std::string& footer);

}  // namespace mho::cli
