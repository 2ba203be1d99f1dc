#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

// CONTRIBUTING.md names files, functions, verbs and targets of make: all of them exist.

namespace mho::architecture {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What a page can speak of.
struct Checkout {
  fs::path root = MHO_SOURCE_FOLDER;
  std::set<std::string> names;  ///< of files, without their folders
  std::set<std::string> words;  ///< of C++, CMake, Python and make
  Checkout() {
    static const std::set<std::string> sources{".h", ".cpp", ".py", ".json", ".txt", ".cmake", ".sql", ""};
    for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
      const std::string name = entry->path().filename().string();
      if (entry->is_directory()) {
        if (name == "build" || name.starts_with(".")) entry.disable_recursion_pending();
        continue;
      }
      names.insert(name);
      // This file would know the words that its own cases make up.
      if (name == "contributing_test.cpp" || !sources.contains(entry->path().extension().string()) || !entry->is_regular_file()) continue;
      const std::string text = text_of(entry->path());
      static const std::regex word("[A-Za-z_][A-Za-z0-9_.]*");
      for (auto found = std::sregex_iterator(text.begin(), text.end(), word); found != std::sregex_iterator(); ++found) add(found->str());
    }
  }
  void add(const std::string& word) {
    words.insert(word);
    std::istringstream parts(word);
    for (std::string part; std::getline(parts, part, '.');) words.insert(part);
  }
  [[nodiscard]] bool has_verb(const std::string& verb) const {
    static const std::string list = text_of(root / "cli/verbs.h");
    return verb == "db" || verb == "help" || list.find(" " + verb + "_verb()") != std::string::npos;
  }
  [[nodiscard]] bool has_target(const std::string& target) const {
    static const std::string makefile = "\n" + text_of(root / "Makefile");
    return makefile.find("\n" + target + ":") != std::string::npos;
  }
};

/// What is wrong with a word between backticks, or a line of a shell; empty: nothing.
std::string wrong(const Checkout& checkout, const std::string& word) {
  static const std::regex command("(mho|make) ([a-z-]+).*"), identifier("([A-Za-z_]+::)*([A-Za-z_][A-Za-z0-9_.]*)(: .*|:|=.*)?");
  std::smatch found;
  if (std::regex_match(word, found, command)) {
    const bool known = found[1] == "mho" ? checkout.has_verb(found[2]) : checkout.has_target(found[2]);
    return known ? "" : word + ": there is no such " + (found[1] == "mho" ? "verb" : "target");
  }
  if (word.find('/') != std::string::npos && word.find(' ') == std::string::npos) {
    const std::string path = word.substr(0, word.find('<'));
    return fs::exists(checkout.root / path) || path.starts_with("build/") ? "" : word + ": there is no such file";
  }
  if (checkout.names.contains(word) || word.starts_with("--") || word.find(' ') != std::string::npos) return "";
  if (!std::regex_match(word, found, identifier)) return word + ": neither a file nor a name of the code";
  return checkout.words.contains(found[2]) ? "" : word + ": no source has this name";
}

std::vector<std::string> wrong_words(const Checkout& checkout, const std::string& page) {
  std::vector<std::string> list;
  const auto check = [&](const std::string& word) {
    if (const std::string text = wrong(checkout, word); !text.empty()) list.push_back(text);
  };
  static const std::regex code("`([^`]+)`"), link("\\]\\(([A-Za-z][^)#:]*)\\)");
  for (const std::regex* pattern : {&code, &link}) {
    for (auto found = std::sregex_iterator(page.begin(), page.end(), *pattern); found != std::sregex_iterator(); ++found) {
      check(std::regex_replace((*found)[1].str(), std::regex("\\s+"), " "));
    }
  }
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("    make ")) check(line.substr(4));
  }
  return list;
}

TEST(Contributing, NamesWhatExists) {
  const Checkout checkout;
  EXPECT_THAT(wrong_words(checkout, text_of(checkout.root / "CONTRIBUTING.md")), IsEmpty());
}

TEST(Contributing, HasARecipeForEachPart) {
  const std::string page = text_of(fs::path(MHO_SOURCE_FOLDER) / "CONTRIBUTING.md");
  for (const char* part : {"device", "converter", "operator", "topology", "cost component", "chip", "verb"}) {
    EXPECT_TRUE(std::regex_search(page, std::regex(std::string("\n## An? ") + part + "\n"))) << part;
  }
}

TEST(Contributing, PresetsAreThoseOfCMake) {
  const std::string page = text_of(fs::path(MHO_SOURCE_FOLDER) / "CONTRIBUTING.md"),
                    presets = text_of(fs::path(MHO_SOURCE_FOLDER) / "CMakePresets.json");
  for (const char* preset : {"release", "debug", "clang", "asan", "tsan", "coverage", "tidy"}) {
    EXPECT_THAT(page, HasSubstr(std::string("| `") + preset + "` |"));
    EXPECT_THAT(presets, HasSubstr(std::string("{\"name\": \"") + preset + "\", \"inherits\""));
  }
}

TEST(Contributing, AWordThatIsGoneIsFound) {
  const Checkout checkout;
  EXPECT_THAT(wrong_words(checkout, "`tiles/device/gone.cpp`, `made_up_function_name`, `tiles/device/device.h`, `make_device`"),
              ElementsAre("tiles/device/gone.cpp: there is no such file", "made_up_function_name: no source has this name"));
  EXPECT_THAT(wrong_words(checkout, "`mho describe x`, `mho conjure`\n    make format\n    make tea\n"),
              ElementsAre("mho conjure: there is no such verb", "make tea: there is no such target"));
  EXPECT_THAT(wrong_words(checkout, "[page](docs/gone.md) [page](DESIGN.md)"), ElementsAre("docs/gone.md: there is no such file"));
}

TEST(Citation, HasTheVersionOfTheProject) {
  EXPECT_THAT(text_of(fs::path(MHO_SOURCE_FOLDER) / "CITATION.cff"), HasSubstr("\nversion: " MHO_PROJECT_VERSION "\n"));
}

TEST(Continuous, IntegrationRunsTheTwoCommands) {
  const std::string workflow = text_of(fs::path(MHO_SOURCE_FOLDER) / ".github/workflows/test.yml");
  EXPECT_THAT(workflow, HasSubstr("run: make run\n"));
  EXPECT_THAT(workflow, HasSubstr("run: make test\n"));
}

}  // namespace
}  // namespace mho::architecture
