#pragma once

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The rules of the house as functions over file texts, so that the test can also be shown made-up violations.
namespace mho::house {

struct SourceFile {
  std::string path;  ///< relative to the root, "tiles/layout.h"
  std::string text;
};

/// The street of DESIGN.md: what each room may include besides itself.
inline const std::map<std::string, std::set<std::string>>& street() {
  static const std::map<std::string, std::set<std::string>> rooms{
      {"base", {}},
      {"periphery", {"base"}},
      {"tiles", {"base", "periphery"}},
      {"hw", {"base", "periphery", "tiles"}},
      {"workloads", {"base", "periphery", "tiles"}},
      {"mapper", {"base", "periphery", "tiles", "hw", "workloads"}},
      {"analysis", {"base", "periphery", "tiles", "hw", "workloads", "mapper"}},
      {"cli", {"base", "periphery", "tiles", "hw", "workloads", "mapper", "analysis"}},
  };
  return rooms;
}

/// Where a library's header may be seen. `folders`: top-level folders; `most`: how many files in each folder may include it.
struct HeaderRule {
  std::string header;  ///< regular expression over the name between <> or ""
  std::set<std::string> folders;
  int most = 1;
  bool sources_only = true;  ///< not from a header of ours
};

/// Headers that cost seconds in every file that sees them, or that would tie a room to a library it must not know.
inline const std::vector<HeaderRule>& header_rules() {
  constexpr int any = 1000;
  static const std::vector<HeaderRule> rules{
      {"nlohmann/.*", {"base"}, 1, true},
      {"CLI/.*", {"cli"}, 1, true},
      {"(torch|ATen|c10)/.*", {"workloads", "tests", "examples", "bench"}, 14, false},  // training, and the files that compare with it
      {"pagmo/.*", {"analysis"}, 1, true},
      {"yaml-cpp/.*", {"base"}, 1, true},
      {"onnx/.*|google/protobuf/.*", {"workloads", "tests", "examples"}, any, false},
      {"SQLiteCpp/.*|sqlite3\\.h", {"analysis", "tests"}, any, true},
      {"hwy/.*", {"base", "tiles", "tests"}, any, false},
      {"(gtest|gmock|rapidcheck)[./].*", {"tests"}, any, false},
      {"benchmark/.*|oneapi/.*", {"bench"}, any, true},
      {"dnnl\\.h(pp)?", {"bench", "workloads"}, any, true},
  };
  return rules;
}

inline std::string top_folder(const std::string& path) { return path.substr(0, path.find('/')); }
inline bool is_header(const std::string& path) { return path.ends_with(".h"); }
inline bool is_source(const std::string& path) { return path.ends_with(".cpp") || is_header(path); }
inline bool is_module(std::string_view path) { return path.ends_with("_module.h") || path.ends_with("_module.cpp"); }

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct Include {
  std::string name;
  bool quoted = false;
  std::size_t line = 0;  ///< from 1
};

inline std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  std::vector<Include> includes;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (lines[i].find('#') != std::string::npos && std::regex_match(lines[i], match, pattern)) {
      includes.push_back({match[2], match[1] == "\"", i + 1});
    }
  }
  return includes;
}

inline std::string at(const SourceFile& file, std::size_t line) { return file.path + ":" + std::to_string(line) + ": "; }

/// Includes point left, and SystemC is seen only by modules.
inline std::vector<std::string> layering(const std::vector<SourceFile>& files) {
  static const std::set<std::string> beside{"tests", "bench", "examples"};
  std::vector<std::string> found;
  for (const auto& file : files) {
    if (!is_source(file.path)) continue;
    const std::string room = top_folder(file.path);
    const auto place = street().find(room);
    if (place == street().end() && !beside.contains(room)) {
      found.push_back(file.path + ": the street has no room '" + room + "'");
      continue;
    }
    for (const auto& include : includes_of(file)) {
      const bool may_see_modules = is_module(file.path) || room == "tests";
      if (include.name.starts_with("systemc") && !may_see_modules) found.push_back(at(file, include.line) + "SystemC outside a *_module file");
      if (!include.quoted) continue;
      if (is_module(include.name) && !may_see_modules) found.push_back(at(file, include.line) + "a *_module header outside a *_module file");
      if (place == street().end()) continue;
      const std::string target = top_folder(include.name);
      if (include.name.find('/') == std::string::npos || !street().contains(target)) {
        found.push_back(at(file, include.line) + "'" + include.name + "' is not written room/file.h");
      } else if (target != room && !place->second.contains(target)) {
        found.push_back(at(file, include.line) + room + " includes " + target + ", which is not on its left");
      }
    }
  }
  return found;
}

/// Library headers stay in the rooms, and in as many files, as header_rules() says.
inline std::vector<std::string> libraries(const std::vector<SourceFile>& files) {
  std::vector<std::string> found;
  for (const auto& rule : header_rules()) {
    const std::regex pattern(rule.header);
    std::map<std::string, std::set<std::string>> seen;  // folder -> files
    for (const auto& file : files) {
      if (!is_source(file.path)) continue;
      for (const auto& include : includes_of(file)) {
        if (!std::regex_match(include.name, pattern)) continue;
        const std::string folder = top_folder(file.path);
        seen[folder].insert(file.path);
        if (!rule.folders.contains(folder)) found.push_back(at(file, include.line) + "<" + include.name + "> does not belong in " + folder);
        if (rule.sources_only && is_header(file.path)) found.push_back(at(file, include.line) + "<" + include.name + "> in a header");
      }
    }
    for (const auto& [folder, paths] : seen) {
      if (static_cast<int>(paths.size()) > rule.most) {
        std::string list;
        for (const auto& path : paths) list += " " + path;
        found.push_back(folder + ": " + rule.header + " is included by more than " + std::to_string(rule.most) + " file(s):" + list);
      }
    }
  }
  return found;
}

/// Headers have their guard and open no namespace for their includers; no source file grows beyond 500 lines.
inline std::vector<std::string> form(const std::vector<SourceFile>& files) {
  constexpr std::size_t longest = 500;
  static const std::regex opened(R"(^\s*using\s+namespace\b.*)");
  std::vector<std::string> found;
  for (const auto& file : files) {
    if (!is_source(file.path)) continue;
    const auto lines = lines_of(file.text);
    if (lines.size() > longest) found.push_back(file.path + ": " + std::to_string(lines.size()) + " lines, at most 500");
    if (!is_header(file.path)) continue;
    // A header that is compiled once for every SIMD target guards itself by a toggle.
    const bool repeated = file.path.ends_with("-inl.h") && file.text.find("HWY_TARGET_TOGGLE") != std::string::npos;
    if (!repeated && std::find(lines.begin(), lines.end(), "#pragma once") == lines.end()) found.push_back(file.path + ": no #pragma once");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].find("using") != std::string::npos && std::regex_match(lines[i], opened))
        found.push_back(at(file, i + 1) + "using namespace in a header");
    }
  }
  return found;
}

/// No path of one machine in any text of the project: it works from every checkout.
inline std::vector<std::string> machine_paths(const std::vector<SourceFile>& files) {
  // Written in two halves so that this file does not find itself.
  static const std::vector<std::string> roots{std::string("/ho") + "me/", std::string("/ro") + "ot/",  std::string("/wo") + "rk/",
                                              std::string("/tm") + "p/",  std::string("/Us") + "ers/", std::string("/farm") + "/"};
  static const std::string before = " \t\"'=:(<`,[";  // a path begins a word; "my/work/x" is none
  std::vector<std::string> found;
  for (const auto& file : files) {
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (const auto& root : roots) {
        const auto position = lines[i].find(root);
        if (position == std::string::npos) continue;
        if (position == 0 || before.find(lines[i][position - 1]) != std::string::npos) found.push_back(at(file, i + 1) + "machine path " + root);
      }
    }
  }
  return found;
}

}  // namespace mho::house
