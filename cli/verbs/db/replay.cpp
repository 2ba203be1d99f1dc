#include "cli/verbs/db/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <variant>

#include "analysis/store/design_rows.h"
#include "base/child_process.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

namespace fs = std::filesystem;

/// Options that are not repeated (names, stored files, printed output, parts of the stored design), with their number of words.
const std::map<std::string, int>& left_out() {
  static const std::map<std::string, int> all{
      {"--db", 2},           {"--name", 2},    {"--tag", 2},          {"--keep-inputs", 1}, {"--json", 1}, {"--design", 2},     {"--set", 2},
      {"--layer", 2},        {"--trace", 2},   {"--vcd", 2},          {"--heatmap", 2},     {"--svg", 2},  {"--trace-from", 2}, {"--trace-to", 2},
      {"--trace-events", 2}, {"--signals", 2}, {"--list-signals", 1}, {"--per-sample", 2},  {"--save", 2}};
  return all;
}

struct StoredFile {
  std::string path, hash;
};

/// The inputs of a result, as stored in the database.
struct StoredInputs {
  std::string folder;
  std::vector<StoredFile> files;
};

StoredInputs inputs_of(const analysis::Reader& reader, const std::string& table, std::int64_t number) {
  StoredInputs inputs;
  const base::Json json = base::Json::parse(raw_text(reader.value(fmt::format("SELECT inputs FROM {} WHERE id = ?", table), {number})),
                                            fmt::format("inputs of {} {}", table, number));
  const auto text = [](const base::Json& object, std::string_view key) { return std::get<std::string>(object.find(key)->value()); };
  const base::Json* files = json.find("files");
  if (files == nullptr) return inputs;
  inputs.folder = text(json, "folder");
  for (const base::Json& file : std::get<base::Json::Array>(files->value())) inputs.files.push_back({text(file, "path"), text(file, "hash")});
  return inputs;
}

/// Path of a file with these bytes; empty if there is none.
std::string place_of(const StoredInputs& inputs, const StoredFile& file) {
  std::error_code error;
  for (const fs::path& place : {fs::path(inputs.folder) / file.path, fs::path(file.path)}) {
    if (fs::is_regular_file(place, error) && base::file_hash(place.string()) == file.hash) return fs::absolute(place, error).string();
  }
  return "";
}

/// Writes a file below `folder`; its full original path becomes a path below that folder.
std::string written_below(const TemporaryFolder& folder, const StoredInputs& inputs, const StoredFile& file, const std::string& bytes) {
  const fs::path whole = (fs::path(inputs.folder) / file.path).lexically_normal(), place = folder.path() / "inputs" / whole.relative_path();
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  std::ofstream(place, std::ios::binary) << bytes;
  return place.string();
}

/// Path of every input. If one of them exists only in the database, all are written to a temporary folder in their original arrangement.
std::map<std::string, std::string> found_files(const analysis::Reader& reader, const StoredInputs& inputs, const TemporaryFolder& folder) {
  std::map<std::string, std::string> places;
  for (const StoredFile& file : inputs.files) places[file.path] = place_of(inputs, file);
  if (std::ranges::none_of(places, [](const auto& place) { return place.second.empty(); })) return places;
  for (const StoredFile& file : inputs.files) {
    std::string& place = places[file.path];
    const analysis::Cell kept = reader.value("SELECT content FROM kept_file WHERE hash = ?", {file.hash});
    if (place.empty() && analysis::is_null(kept)) {
      std::error_code error;
      const fs::path whole = fs::path(inputs.folder) / file.path;
      throw base::UserError(
          fs::exists(whole, error)
              ? fmt::format("{} has changed since: its hash was {}, and is {}. Put the file of then back, or keep inputs with --keep-inputs",
                            whole.string(), file.hash, fs::is_regular_file(whole, error) ? base::file_hash(whole.string()) : "that of no file")
              : fmt::format("{} is gone; its hash was {}. Put it back, or keep inputs with --keep-inputs", whole.string(), file.hash));
    }
    place = written_below(folder, inputs, file, place.empty() ? std::get<std::string>(kept) : base::read_file(place));
  }
  return places;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  std::string pattern = (fs::temp_directory_path(error) / "mho-again-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw base::UserError(fmt::format("no folder can be made in {}", fs::temp_directory_path(error).string()));
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> words_of_line(const std::string& line) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (!quoted && letter == ' ') {
      if (word) words.push_back(*word);
      word.reset();
      continue;
    }
    if (!word) word.emplace();
    if (letter == '\'') {
      quoted = !quoted;
    } else if (!quoted && letter == '\\' && i + 1 < line.size()) {
      *word += line[++i];
    } else {
      *word += letter;
    }
  }
  if (word) words.push_back(*word);
  return words;
}

Replay replay_of(const analysis::Reader& reader, analysis::ResultKind kind, std::int64_t number, const TemporaryFolder& folder) {
  const std::string table = analysis::kind_word(kind);
  const analysis::Cell command = reader.value(fmt::format("SELECT command FROM {} WHERE id = ?", table), {number});
  if (analysis::is_null(command)) throw base::UserError(fmt::format("{} has no {} {}", reader.path(), table, number));
  const std::vector<std::string> words = words_of_line(raw_text(command));
  constexpr std::array<std::string_view, 3> verbs{"run", "simulate", "sensitivity"};
  constexpr std::size_t head = 2;
  if (words.size() < head || std::ranges::find(verbs, words[1]) == verbs.end()) {
    throw base::UserError(
        fmt::format("{} {} was made by '{}'; what can be made again are results of run, simulate and sensitivity", table, number, raw_text(command)));
  }
  const std::map<std::string, std::string> places = found_files(reader, inputs_of(reader, table, number), folder);
  const auto placed = [&](const std::string& word) {
    const auto found = places.find(word);
    return found == places.end() ? word : found->second;
  };
  const auto design = [&] {
    if (kind == analysis::ResultKind::run) return analysis::design_of_run(reader.database(), number);
    const auto row = reader.select("SELECT design_json, design FROM study WHERE id = ?", {number}).rows.at(0);
    analysis::Design read = analysis::design_from_text(raw_text(row[0]), raw_text(row[1]));
    read.name = raw_text(row[1]);
    return read;
  };
  Replay replay{.verb = words[1], .arguments = {}, .design = design()};
  for (std::size_t i = head; i < words.size(); ++i) {
    const std::size_t equals = words[i].starts_with("--") ? words[i].find('=') : std::string::npos;
    const std::string name = words[i].substr(0, equals);
    if (const auto found = left_out().find(name); found != left_out().end()) {
      if (equals == std::string::npos) i += static_cast<std::size_t>(found->second) - 1;
      continue;
    }
    replay.arguments.push_back(equals == std::string::npos ? placed(words[i]) : fmt::format("{}={}", name, placed(words[i].substr(equals + 1))));
  }
  return replay;
}

std::int64_t run_again(const Replay& replay, const analysis::Design& design, const std::string& db, const std::vector<std::string>& more,
                       const TemporaryFolder& folder) {
  // The printed output contains the name of the design.
  base::Json json = base::Json::parse(design.json(), "design");
  json["name"] = design.name;
  const fs::path file = folder.path() / "design.yaml";
  std::ofstream(file) << json.dump();
  std::vector<std::string> arguments{replay.verb, "--design", file.string(), "--db", db, "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.insert(arguments.end(), replay.arguments.begin(), replay.arguments.end());
  std::string out;
  const int status = base::run_child(base::main_program(), arguments, [&](const std::string& line) { out += line + "\n"; });
  if (status != 0) {
    throw base::UserError(fmt::format("mho {} ended with code {} when it was run again", replay.verb, status), static_cast<base::ExitCode>(status));
  }
  const base::Json result = base::Json::parse(out, "mho");
  for (const char* key : {"run_id", "study"}) {
    if (const base::Json* id = result.find(key)) return std::get<std::int64_t>(id->value());
  }
  throw base::UserError("mho printed no number of its result", base::ExitCode::failed_check);
}

}  // namespace mho::cli
