#include "mapper/saved/saved_mapping.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <tuple>
#include <utility>

#include "base/design_file/config.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/index.h"
#include "base/json.h"

namespace mho::mapper {

namespace {

using base::YamlNode;

constexpr int layout_of_file = 1;  // raised when the meaning of a key changes
constexpr int most_of_file = std::numeric_limits<int>::max();

// Writing.

/// "  "key": [" and one entry a line.
void append_list(std::string& text, const char* key, const std::vector<base::Json>& entries, bool last) {
  text += fmt::format("  \"{}\": [", key);
  for (std::size_t i = 0; i < entries.size(); ++i) text += fmt::format("{}\n    {}", i == 0 ? "" : ",", entries[i].dump());
  text += fmt::format("{}]{}\n", entries.empty() ? "" : "\n  ", last ? "" : ",");
}

std::string matrix_text(const SavedMatrix& matrix) {
  const auto quoted = [](const std::string& name) { return base::Json(name).dump(); };
  std::string text = fmt::format("    {{\"name\": {}, \"outputs\": {}, \"inputs\": {}, \"copies\": {}, \"turn\": {}, \"blocks\": [",
                                 quoted(matrix.name), matrix.outputs, matrix.inputs, matrix.copies, matrix.turn);
  for (std::size_t b = 0; b < matrix.blocks.size(); ++b) {
    const SavedBlock& block = matrix.blocks[b];
    text += fmt::format("{}\n      {{\"copy\": {}, \"outputs\": [{}, {}], \"inputs\": [{}, {}], \"core\": {}{}}}", b == 0 ? "" : ",", block.copy + 1,
                        block.output_begin, block.output_end, block.input_begin, block.input_end, block.core,
                        block.place ? fmt::format(", \"tile\": {}, \"at\": [{}, {}]", block.place->tile, block.place->row, block.place->column) : "");
  }
  return text + "]}";
}

// Reading.

[[noreturn]] void refuse(const YamlNode& node, const std::string& why) { throw base::UserError(fmt::format("{}: {}", node.where(), why)); }

/// A section of the file, and its name for messages.
class Section {
 public:
  /// Throws if the node is not a section or has other keys.
  Section(const YamlNode& node, std::string what, const std::vector<std::string>& keys) : node_(node), what_(std::move(what)) {
    const std::string legal = fmt::format("{} has the keys {}", what_, fmt::join(keys, ", "));
    if (node.kind != YamlNode::Kind::map) refuse(node, legal);
    for (const YamlNode::Entry& entry : node.entries) {
      if (std::ranges::find(keys, entry.key) != keys.end()) continue;
      const std::string nearest = base::nearest_spelling(entry.key, keys);
      throw base::UserError(fmt::format("{}:{}:{}: unknown key '{}'{}; {}", node.file, entry.line, entry.column, entry.key,
                                        nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest), legal));
    }
  }
  [[nodiscard]] const YamlNode& operator[](const std::string& key) const {
    const YamlNode* found = node_.find(key);
    if (found == nullptr) refuse(node_, fmt::format("'{}' of {} is missing", key, what_));
    return *found;
  }
  [[nodiscard]] int whole(const std::string& key, int least, int most = most_of_file) const { return number((*this)[key], key, least, most); }
  [[nodiscard]] std::string text(const std::string& key) const {
    const YamlNode& node = (*this)[key];
    if (node.kind != YamlNode::Kind::scalar) refuse(node, fmt::format("'{}' of {} is a name", key, what_));
    return node.scalar;
  }
  [[nodiscard]] const std::vector<YamlNode>& list(const std::string& key) const {
    const YamlNode& node = (*this)[key];
    if (node.kind != YamlNode::Kind::list) refuse(node, fmt::format("'{}' of {} is a list", key, what_));
    return node.items;
  }
  [[nodiscard]] bool has(const std::string& key) const { return node_.find(key) != nullptr; }
  [[nodiscard]] std::pair<int, int> range(const std::string& key) const { return pair(key, "[first, behind the last]"); }
  /// Two numbers; `meaning` is for messages.
  [[nodiscard]] std::pair<int, int> pair(const std::string& key, const char* meaning) const {
    const std::vector<YamlNode>& both = list(key);
    if (both.size() != 2) refuse((*this)[key], fmt::format("'{}' of {} is {}", key, what_, meaning));
    return {number(both[0], key, 0, most_of_file), number(both[1], key, 0, most_of_file)};
  }
  [[nodiscard]] std::string where() const { return node_.where(); }

 private:
  [[nodiscard]] int number(const YamlNode& node, const std::string& key, int least, int most) const {
    std::int64_t value = 0;
    const char* const end = node.scalar.data() + node.scalar.size();
    const auto [stop, error] = std::from_chars(node.scalar.data(), end, value);
    if (node.kind != YamlNode::Kind::scalar || error != std::errc() || stop != end || value < least || value > most) {
      refuse(node, fmt::format("'{}' of {} is '{}'; it must be a whole number {}", key, what_, node.scalar,
                               most == most_of_file ? fmt::format("from {} on", least) : fmt::format("from {} to {}", least, most)));
    }
    return static_cast<int>(value);
  }

  const YamlNode& node_;
  std::string what_;
};

SavedBlock read_block(const YamlNode& node, const std::string& matrix) {
  const Section section(node, fmt::format("a block of matrix '{}'", matrix), {"copy", "outputs", "inputs", "core", "tile", "at"});
  SavedBlock block{.copy = section.whole("copy", 1) - 1, .core = section.whole("core", 0), .where = section.where()};
  std::tie(block.output_begin, block.output_end) = section.range("outputs");
  std::tie(block.input_begin, block.input_end) = section.range("inputs");
  if (section.has("tile") || section.has("at")) {
    block.place = {.tile = section.whole("tile", 0)};
    std::tie(block.place->row, block.place->column) = section.pair("at", "[first row, first column] on its tile");
  }
  return block;
}

SavedMatrix read_matrix(const YamlNode& node) {
  const Section section(node, "an entry of 'matrices'", {"name", "outputs", "inputs", "copies", "turn", "blocks"});
  SavedMatrix matrix{.name = section.text("name"),
                     .outputs = section.whole("outputs", 1),
                     .inputs = section.whole("inputs", 1),
                     .copies = section.whole("copies", 1),
                     .turn = section.whole("turn", 1),
                     .blocks = {},
                     .where = section.where()};
  for (const YamlNode& block : section.list("blocks")) matrix.blocks.push_back(read_block(block, matrix.name));
  return matrix;
}

InferenceMode read_mode(const Section& file) {
  InferenceMode mode{.kind = InferenceMode::Kind::whole, .context = file.whole("tokens", 0)};
  std::vector<std::string> names;
  for (const auto kind : {InferenceMode::Kind::whole, InferenceMode::Kind::prefill, InferenceMode::Kind::decode}) {
    names.emplace_back(mode_name(kind));
    if (file.text("mode") != names.back()) continue;
    mode.kind = kind;
    return mode;
  }
  refuse(file["mode"], fmt::format("'mode' is '{}'; it must be one of {}", file.text("mode"), fmt::join(names, ", ")));
}

}  // namespace

SavedMapping saved_mapping(const workloads::TiledNetwork& tiled, const hw::Program& program, const std::vector<TilePlacement>& tiles,
                           const std::map<std::string, int>& divided, const InferenceMode& mode) {
  if (!program.phases.empty()) {
    throw base::UserError("a network whose weights are programmed in turn has no one mapping to save (mapper.weights: reloaded)",
                          base::ExitCode::usage);
  }
  SavedMapping saved{.file = {}, .hash = {}, .network = tiled.network.name, .mode = mode, .matrices = {}, .divided = {}, .stages = {}, .edges = {}};
  std::map<int, int> core_of_tile;
  for (const TilePlacement& placed : tiles) core_of_tile[placed.tile] = placed.node;
  for (const tiles::MatrixLayout& layout : tiled.layout.matrices) {
    SavedMatrix matrix{
        .name = layout.node, .outputs = layout.outputs, .inputs = layout.inputs, .copies = layout.copies, .turn = layout.turn, .blocks = {}};
    for (std::size_t b = 0; b < layout.all_blocks(); ++b) {
      const tiles::Block block = layout.block(b);
      matrix.blocks.push_back({.copy = block.copy,
                               .output_begin = block.output_begin,
                               .output_end = block.output_end,
                               .input_begin = block.input_begin,
                               .input_end = block.input_end,
                               .core = core_of_tile.at(block.tile),
                               .place = layout.places.empty() ? std::nullopt : std::optional(layout.places.at(b))});
    }
    saved.matrices.push_back(std::move(matrix));
  }
  for (const auto& [node, stages] : divided) saved.divided.push_back({.node = node, .stages = stages});
  for (const hw::Stage& stage : program.stages) {
    if (!stage.mvm) saved.stages.push_back({.name = stage.name, .core = stage.core});
  }
  for (const hw::Edge& edge : program.edges) {
    saved.edges.push_back(
        {.from = program.stages[base::index(edge.producer)].name, .to = program.stages[base::index(edge.consumer)].name, .capacity = edge.capacity});
  }
  return saved;
}

std::string mapping_text(const SavedMapping& mapping) {
  std::string text = fmt::format("{{\n  \"format\": {},\n  \"network\": {},\n  \"mode\": \"{}\",\n  \"tokens\": {},\n  \"matrices\": [",
                                 layout_of_file, base::Json(mapping.network).dump(), mode_name(mapping.mode.kind), mapping.mode.context);
  for (std::size_t m = 0; m < mapping.matrices.size(); ++m) text += (m == 0 ? "\n" : ",\n") + matrix_text(mapping.matrices[m]);
  text += "\n  ],\n";
  std::vector<base::Json> divided, stages, edges;
  for (const SavedDivision& node : mapping.divided) {
    base::Json& one = divided.emplace_back();
    one["node"] = node.node;
    one["stages"] = node.stages;
  }
  for (const SavedStage& stage : mapping.stages) {
    base::Json& one = stages.emplace_back();
    one["name"] = stage.name;
    one["core"] = stage.core;
  }
  for (const SavedEdge& edge : mapping.edges) {
    base::Json& one = edges.emplace_back();
    one["from"] = edge.from;
    one["to"] = edge.to;
    one["capacity"] = edge.capacity;
  }
  append_list(text, "divided", divided, false);
  append_list(text, "stages", stages, false);
  append_list(text, "edges", edges, true);
  return text + "}\n";
}

namespace {

SavedMapping mapping_of(const YamlNode& root, const std::string& path) {
  if (root.kind == YamlNode::Kind::null) throw base::UserError(fmt::format("{}: the file is empty; mho map --save writes a mapping", path));
  const Section file(root, "a mapping", {"format", "network", "mode", "tokens", "matrices", "divided", "stages", "edges"});
  static_cast<void>(file.whole("format", layout_of_file, layout_of_file));
  SavedMapping saved{
      .file = path, .hash = {}, .network = file.text("network"), .mode = read_mode(file), .matrices = {}, .divided = {}, .stages = {}, .edges = {}};
  for (const YamlNode& node : file.list("matrices")) saved.matrices.push_back(read_matrix(node));
  for (const YamlNode& node : file.list("divided")) {
    const Section entry(node, "an entry of 'divided'", {"node", "stages"});
    saved.divided.push_back({.node = entry.text("node"), .stages = entry.whole("stages", 1), .where = entry.where()});
  }
  for (const YamlNode& node : file.list("stages")) {
    const Section entry(node, "an entry of 'stages'", {"name", "core"});
    saved.stages.push_back({.name = entry.text("name"), .core = entry.whole("core", 0), .where = entry.where()});
  }
  for (const YamlNode& node : file.list("edges")) {
    const Section entry(node, "an entry of 'edges'", {"from", "to", "capacity"});
    saved.edges.push_back({.from = entry.text("from"), .to = entry.text("to"), .capacity = entry.whole("capacity", 1), .where = entry.where()});
  }
  return saved;
}

}  // namespace

SavedMapping read_mapping(const std::string& path) { return mapping_from_text(base::read_file(path), path); }

SavedMapping mapping_from_text(const std::string& text, const std::string& name) {
  SavedMapping mapping = mapping_of(base::read_yaml_text(text, name), name);
  mapping.hash = base::content_hash(text);
  return mapping;
}

}  // namespace mho::mapper
