#pragma once

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The rules of the project as functions over file texts, so that the test can also be shown made-up violations.
namespace mho::architecture {

struct SourceFile {
  std::string path;  ///< relative to the root, "tiles/layout.h"
  std::string text;
};

/// What each layer may include besides itself. A layer is a folder; a file belongs to the layer with the longest prefix of its path. An entry names
/// one folder, or with "/..." a folder and everything below it.
inline const std::map<std::string, std::set<std::string>>& layers() {
  static const std::map<std::string, std::set<std::string>> table{
      {"base", {}},
      {"base/design_file", {"base"}},

      {"periphery/digital", {"base"}},
      {"periphery/timing", {"base"}},
      {"periphery/technology", {"base/..."}},
      {"periphery/converters", {"base/...", "periphery/timing", "periphery/technology"}},
      {"periphery", {"base/...", "periphery/..."}},

      {"tiles/device", {"base/..."}},
      {"tiles/wires", {"base"}},
      {"tiles", {"base/...", "periphery/...", "tiles/..."}},

      {"hw/spec", {"base/...", "periphery", "periphery/technology", "tiles"}},
      {"hw/program", {"base", "periphery", "tiles", "hw/spec"}},
      {"hw/noc", {"base", "periphery/timing", "hw/spec"}},
      {"hw/cores", {"base", "periphery/...", "tiles", "hw/spec", "hw/program"}},
      {"hw/chip", {"base", "periphery/timing", "tiles", "hw/spec", "hw/program", "hw/noc", "hw/cores"}},

      {"hw/estimate", {"base", "tiles", "hw/spec", "hw/program", "hw/cores", "hw/chip"}},

      {"workloads/operators/attributes", {"periphery/digital"}},
      {"workloads/graph", {"base/...", "workloads/operators/attributes"}},
      {"workloads/data", {"base/...", "workloads/graph"}},
      {"workloads/execution", {"base", "periphery/...", "tiles", "workloads/graph", "workloads/data"}},
      {"workloads/onnx", {"base/...", "workloads/graph"}},
      {"workloads/onnx/adapters", {"base/...", "workloads/graph", "workloads/onnx"}},
      {"workloads/operators/shapes", {"periphery/digital", "workloads/graph", "workloads/onnx"}},
      {"workloads/operators/elements", {"periphery/digital", "workloads/graph", "workloads/onnx", "workloads/operators/shapes"}},
      {"workloads/operators/rows",
       {"periphery/digital", "workloads/graph", "workloads/onnx", "workloads/operators/shapes", "workloads/operators/elements"}},
      {"workloads/operators/products",
       {"periphery/digital", "workloads/graph", "workloads/onnx", "workloads/operators/shapes", "workloads/operators/elements",
        "workloads/operators/rows"}},
      {"workloads/operators/composed", {"workloads/graph", "workloads/onnx"}},
      {"workloads/operators", {"workloads/graph", "workloads/onnx", "workloads/operators/..."}},
      {"workloads/onnx/import", {"base/...", "workloads/graph", "workloads/onnx", "workloads/operators"}},
      {"workloads/training", {"base/...", "tiles", "workloads/graph"}},
      {"workloads/autograd",
       {"base/...", "periphery/...", "tiles", "workloads/graph", "workloads/data", "workloads/execution", "workloads/training"}},

      {"mapper/lowering", {"base", "tiles", "hw/spec", "hw/program", "workloads/graph", "workloads/execution"}},
      {"mapper/placement", {"base", "tiles", "hw/spec", "hw/program", "hw/estimate", "mapper/lowering"}},
      {"mapper/saved",
       {"base/...", "tiles", "hw/spec", "hw/program", "workloads/graph", "workloads/execution", "mapper/lowering", "mapper/placement"}},
      {"mapper",
       {"base/...", "tiles", "hw/spec", "hw/program", "hw/estimate", "workloads/graph", "workloads/execution", "mapper/lowering", "mapper/placement",
        "mapper/saved"}},
      {"mapper/functional", {"base", "periphery/digital", "hw/program", "workloads/graph", "workloads/execution", "mapper", "mapper/lowering"}},

      {"analysis/design", {"base/...", "periphery", "periphery/technology", "tiles", "hw/spec", "workloads/graph", "workloads/training", "mapper"}},
      {"analysis/cost", {"base", "periphery/...", "tiles", "hw/spec", "hw/program", "analysis/design"}},
      {"analysis/reuse",
       {"base/...", "tiles", "hw/program", "mapper/lowering", "mapper/saved", "workloads/graph", "workloads/data", "workloads/execution",
        "analysis/design", "analysis/trace"}},
      {"analysis/experiment",
       {"base/...", "tiles/...", "hw/spec", "hw/program", "hw/chip", "hw/estimate", "workloads/graph", "workloads/data", "workloads/execution",
        "workloads/onnx", "workloads/onnx/adapters", "workloads/training", "mapper/...", "analysis/design", "analysis/cost", "analysis/trace",
        "analysis/reuse"}},
      {"analysis/plot", {"base"}},
      {"analysis/study",
       {"base/...", "tiles", "hw/noc", "workloads/data", "workloads/execution", "analysis/design", "analysis/experiment", "analysis/plot"}},
      {"analysis/report",
       {"base", "hw/spec", "hw/program", "analysis/design", "analysis/cost", "analysis/experiment", "analysis/study", "analysis/plot"}},
      {"analysis/store", {"base/...", "hw/spec", "analysis/design", "analysis/cost", "analysis/experiment", "analysis/study", "analysis/reuse"}},
      {"analysis/explore",
       {"base/...", "tiles", "hw/program", "mapper/...", "workloads/graph", "workloads/data", "workloads/execution", "analysis/design",
        "analysis/cost", "analysis/experiment", "analysis/study", "analysis/store", "analysis/query"}},
      {"analysis/explore/sweep",
       {"base/...", "tiles", "mapper", "workloads/training", "workloads/execution", "workloads/data", "analysis/design", "analysis/experiment",
        "analysis/store", "analysis/explore", "analysis/reuse"}},
      {"analysis/query",
       {"base/...", "hw/spec", "hw/program", "hw/chip", "tiles", "mapper", "workloads/data", "analysis/design", "analysis/cost",
        "analysis/experiment", "analysis/study", "analysis/plot", "analysis/store"}},
      {"analysis/search",
       {"base/...", "tiles", "workloads/graph", "workloads/data", "workloads/execution", "mapper", "analysis/design", "analysis/experiment",
        "analysis/store", "analysis/explore", "analysis/explore/sweep", "analysis/reuse"}},
      {"analysis/trace", {"base/...", "hw/program", "hw/chip"}},
      {"analysis/page", {"base", "analysis/store"}},

      {"cli/shell", {}},
      {"cli", {"base/...", "hw/spec", "hw/chip", "workloads/data", "analysis/...", "cli/shell"}},
      {"cli/training", {"base/...", "workloads/data", "analysis/experiment", "cli"}},
      {"cli/verbs", {"base/...", "tiles/...", "workloads/graph", "workloads/data", "workloads/training", "analysis/...", "cli", "cli/training"}},
      {"cli/verbs/explore",
       {"base/...", "tiles/...", "workloads/graph", "workloads/data", "workloads/training", "analysis/...", "cli", "cli/training", "cli/verbs"}},
      {"cli/verbs/db", {"base/...", "workloads/data", "analysis/...", "cli", "cli/verbs"}},
      {"python/native", {"base/...", "hw/chip", "tiles", "workloads/graph", "workloads/data", "analysis/...", "cli"}},
      {"cli/train",
       {"base/...", "workloads/graph", "workloads/onnx", "workloads/execution", "workloads/training", "workloads/autograd", "analysis/experiment"}},
  };
  return table;
}

/// Folders whose files may include every layer.
inline const std::set<std::string>& beside() {
  static const std::set<std::string> folders{"tests", "bench", "examples"};
  return folders;
}

/// The layer with the longest prefix of a path; empty where there is none.
inline std::string layer_of(const std::string& path) {
  for (std::size_t end = path.rfind('/'); end != std::string::npos; end = end == 0 ? std::string::npos : path.rfind('/', end - 1)) {
    if (const std::string folder = path.substr(0, end); layers().contains(folder)) return folder;
  }
  return {};
}

/// Whether an entry of layers() names the layer.
inline bool names(const std::string& entry, const std::string& layer) {
  if (!entry.ends_with("/...")) return entry == layer;
  const std::string folder = entry.substr(0, entry.size() - 4);
  return layer == folder || layer.starts_with(folder + "/");
}

/// Where a library's header may be seen. `folders`: top-level folders; `most`: how many files in each folder may include it.
struct HeaderRule {
  std::string header;  ///< regular expression over the name between <> or ""
  std::set<std::string> folders;
  int most = 1;
  bool sources_only = true;  ///< not from a header of ours
};

/// Headers that cost seconds in every file that sees them, or that would tie a layer to a library it must not know.
inline const std::vector<HeaderRule>& header_rules() {
  constexpr int any = 1000;
  static const std::vector<HeaderRule> rules{
      {"nlohmann/.*", {"base"}, 1, true},
      {"CLI/.*", {"cli"}, 1, true},
      {"pybind11/.*", {"python"}, 2, true},
      {"(torch|ATen|c10)/.*", {"workloads", "tests", "examples", "bench"}, 16, false},  // training, and the files that compare with it
      {"cereal/.*", {"analysis"}, 1, true},
      {"boost/asio.*", {"analysis"}, 1, true},
      {"pagmo/.*", {"analysis"}, 1, true},
      {"yaml-cpp/.*", {"base"}, 1, true},
      {"boost/math/.*", {"base"}, 1, true},
      {"boost/graph/.*", {"mapper"}, 1, true},
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

/// Includes name a layer that layers() allows, and SystemC is seen only by modules.
inline std::vector<std::string> layering(const std::vector<SourceFile>& files) {
  std::vector<std::string> found;
  for (const auto& file : files) {
    if (!is_source(file.path)) continue;
    const bool is_beside = beside().contains(top_folder(file.path));
    const std::string layer = layer_of(file.path);
    if (!is_beside && (layer.empty() || file.path.substr(0, file.path.rfind('/')) != layer)) {
      found.push_back(file.path + ": its folder is no layer; add the folder to layers() with what it may include");
      continue;
    }
    for (const auto& include : includes_of(file)) {
      const bool may_see_modules = is_module(file.path) || top_folder(file.path) == "tests";
      if (include.name.starts_with("systemc") && !may_see_modules) found.push_back(at(file, include.line) + "SystemC outside a *_module file");
      if (!include.quoted) continue;
      if (is_module(include.name) && !may_see_modules) found.push_back(at(file, include.line) + "a *_module header outside a *_module file");
      if (is_beside) continue;
      const std::string target = layer_of(include.name);
      if (target.empty()) {
        found.push_back(at(file, include.line) + "'" + include.name + "' is not written layer/file.h");
      } else if (target != layer && std::ranges::none_of(layers().at(layer), [&](const std::string& entry) { return names(entry, target); })) {
        found.push_back(at(file, include.line) + layer + " includes " + target + ", which it may not know");
      }
    }
  }
  return found;
}

/// Layers whose includes lead back to themselves, over any number of layers.
inline std::vector<std::string> cycles() {
  std::vector<std::string> found;
  for (const auto& [start, unused] : layers()) {
    std::set<std::string> reached;
    std::vector<std::string> open{start};
    while (!open.empty()) {
      const std::string layer = open.back();
      open.pop_back();
      for (const std::string& entry : layers().at(layer)) {
        for (const auto& [target, also_unused] : layers()) {
          if (target != layer && names(entry, target) && reached.insert(target).second) open.push_back(target);
        }
      }
    }
    if (reached.contains(start)) found.push_back(start);
  }
  return found;
}

/// A folder holds at most 16 pairs of header and source, so that its listing can be read.
inline std::vector<std::string> width(const std::vector<SourceFile>& files) {
  constexpr std::size_t most = 16;
  std::map<std::string, std::set<std::string>> pairs;  // folder -> names without ending
  for (const auto& file : files) {
    if (!is_source(file.path) || beside().contains(top_folder(file.path))) continue;
    std::string name = file.path.substr(0, file.path.rfind('.'));
    if (name.ends_with("-inl")) name.resize(name.size() - 4);
    pairs[file.path.substr(0, file.path.rfind('/'))].insert(name);
  }
  std::vector<std::string> found;
  for (const auto& [folder, names] : pairs) {
    if (names.size() > most) found.push_back(folder + ": " + std::to_string(names.size()) + " file pairs, at most " + std::to_string(most));
  }
  return found;
}

/// Library headers stay in the layers, and in as many files, as header_rules() says.
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

/// The text of a call's arguments, from behind its opening bracket to the closing one.
inline std::string arguments_of(const std::string& text, std::size_t begin) {
  int depth = 1;
  std::size_t end = begin;
  for (; end < text.size() && depth > 0; ++end) depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
  return text.substr(begin, end - begin - 1);
}

/// Functions of std::filesystem throw for a name of 300 characters, links in a circle, a folder that may not be read. The product calls the forms
/// that take an error code (`error` or `ignored`) or a status that was asked for so.
inline std::vector<std::string> throwing_file_calls(const std::vector<SourceFile>& files) {
  static const std::regex call(R"(\b(?:std::filesystem|fs)::(?!path\b|file_type\b|perms\b)([a-z_]+)(?:\s+[a-z_]+)?[({])");
  static const std::regex safe(R"([^]*,\s*(error|ignored)\s*|\s*(error|ignored|status)\s*)");
  std::vector<std::string> found;
  for (const auto& file : files) {
    if (!is_source(file.path) || beside().contains(top_folder(file.path))) continue;
    for (auto match = std::sregex_iterator(file.text.begin(), file.text.end(), call); match != std::sregex_iterator(); ++match) {
      const auto begin = static_cast<std::size_t>(match->position() + match->length());
      if (std::regex_match(arguments_of(file.text, begin), safe)) continue;
      const auto line = 1 + std::count(file.text.begin(), file.text.begin() + match->position(), '\n');
      found.push_back(at(file, static_cast<std::size_t>(line)) + "std::filesystem::" + (*match)[1].str() + " without an error code throws");
    }
  }
  return found;
}

/// A process of SystemC is a function that hands its work to Timeline::run, which lets no exception out; threads of SystemC have no such function.
inline std::vector<std::string> open_processes(const std::vector<SourceFile>& files) {
  static const std::regex other(R"(\b(SC_THREAD|SC_CTHREAD|sc_spawn)\b)"), process(R"(\bSC_METHOD\((\w+)\))");
  std::vector<std::string> found;
  for (const auto& file : files) {
    if (!is_module(file.path) || beside().contains(top_folder(file.path))) continue;
    for (std::sregex_iterator match(file.text.begin(), file.text.end(), other), end; match != end; ++match) {
      found.push_back(file.path + ": " + (*match)[1].str() + " is no process that Timeline::run can guard; use SC_METHOD");
    }
    for (std::sregex_iterator match(file.text.begin(), file.text.end(), process), end; match != end; ++match) {
      const std::regex guarded("void " + (*match)[1].str() + R"(\(\)\s*\{\s*\w+\.run\(\[this\]\s*\{\s*\w+\(\);\s*\}\);\s*\})");
      const std::string header = file.path.substr(0, file.path.rfind('.')) + ".h";
      const auto declares = [&](const SourceFile& other_file) { return other_file.path == header && std::regex_search(other_file.text, guarded); };
      if (std::ranges::none_of(files, declares)) {
        found.push_back(file.path + ": the process " + (*match)[1].str() + " does not hand its work to Timeline::run, so exceptions may leave it");
      }
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

}  // namespace mho::architecture
