#include "analysis/design/design.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "analysis/design/blocks.h"
#include "analysis/design/shipped.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "hw/spec/components.h"
#include "periphery/parameters.h"
#include "workloads/training/recipe.h"

namespace mho::analysis {

namespace {

constexpr int bits_per_byte = 8;

/// Rules over keys of more than one layer. Runs before the layers read their parameters, so that the message points at the key.
void check_across_keys(const base::Config& config) {
  if (config.optional_integer("tile.adc.bits", "ideal") && !config.optional_real("tile.adc.bound", "unlimited")) {
    config.refuse("tile.adc.bound",
                  "a converter with a number of bits needs a clip level; give tile.adc.bound a number, or set tile.adc.bits to ideal");
  }
  const std::int64_t columns = config.integer("tile.columns");
  const std::int64_t mux = config.integer("tile.adc.mux");
  if (mux > columns) {
    config.refuse("tile.adc.mux", fmt::format("{} columns share one converter, but the tile has only {} (tile.columns)", mux, columns));
  }
}

void check_chip(const Design& design) {
  const int ports = static_cast<int>(design.chip.port.nodes.size()), analog = design.chip.nodes_per_chip() - ports - design.chip.digital_cores;
  if (analog < 1) {
    design.config.refuse("chip.digital_cores", fmt::format("a mesh of {}x{} has {} nodes: {} and {} digital, which leaves no analog core. "
                                                           "Lower chip.digital_cores or enlarge the mesh",
                                                           design.chip.mesh_width, design.chip.mesh_height, design.chip.nodes_per_chip(),
                                                           ports == 1 ? "1 port" : fmt::format("{} ports", ports), design.chip.digital_cores));
  }
  const double vector_bits = static_cast<double>(design.tile.rows) * design.tile.digital.activation_format.bits();
  if (hw::input_buffer_bits(design.chip) < vector_bits) {
    design.config.refuse("chip.input_buffer",
                         fmt::format("the input buffer holds {} bytes, less than one input vector of the tile ({} rows of {} bits: {} bytes)",
                                     design.chip.input_buffer_bytes, design.tile.rows, design.tile.digital.activation_format.bits(),
                                     static_cast<std::int64_t>(vector_bits / bits_per_byte)));
  }
}

/// Throws UserError if a user's block has the name of a row of the tables: each block is a row of its own.
void check_blocks(const Design& design) {
  hw::ChipParameters without = design.chip;
  without.blocks.clear();
  for (const hw::UserBlock& block : design.chip.blocks) {
    if (block.name != "leakage" && block.name != "gating") continue;
    throw base::UserError(fmt::format("chip.blocks: '{}' is the name of a row of every table of energy; give the block another one", block.name));
  }
  for (const periphery::Component& component : hw::components(without, design.tile, {})) {
    if (std::ranges::find(design.chip.blocks, component.name, &hw::UserBlock::name) == design.chip.blocks.end()) continue;
    throw base::UserError(
        fmt::format("chip.blocks: '{}' is the name of a component of the models (see mho cost); give the block another one", component.name));
  }
}

/// Sets the length of a link to the pitch of the nodes, unless the design states a length.
void set_pitch(Design& design) {
  constexpr double least_share = 0.5;  // of the pitch, for layouts with elongated nodes
  const base::Length pitch = hw::node_pitch(design.chip, design.tile);
  const std::optional<base::Length> own = design.chip.noc.hop_length;
  if (!own) {
    hw::set_hop_length(design.chip.noc, pitch);
  } else if (own->si() < least_share * pitch.si()) {
    design.config.refuse("noc.hop_length",
                         fmt::format("nodes of this area lie {} apart, so links cannot be as short; give at least half of that, or 'pitch'",
                                     base::format_si(pitch.si(), "m")));
  }
}

Design resolve(base::Config config, const std::string& name, std::vector<hw::UserBlock> blocks) {
  check_across_keys(config);
  auto tile = tiles::TileParameters::read(config);
  auto chip = hw::ChipParameters::read(config);
  chip.blocks = std::move(blocks);
  auto mapper = mapper::MapperParameters::read(config);
  Design design{name, name, {}, std::move(config), std::move(tile), std::move(chip), mapper, {}};
  check_chip(design);
  check_blocks(design);
  hw::check_clocks(design.config, design.chip, design.tile);
  set_pitch(design);
  return design;
}

using base::YamlNode;

[[noreturn]] void fail(const YamlNode& node, const std::string& why) { throw base::UserError(fmt::format("{}: {}", node.where(), why)); }

const std::string& scalar(const YamlNode& node, const std::string& key) {
  if (node.kind != YamlNode::Kind::scalar) fail(node, fmt::format("'{}' must be a single value", key));
  return node.scalar;
}

/// Appends "tile.adc.bits=8" for each leaf; nested maps and dotted keys give the same text.
void flatten(const YamlNode& node, const std::string& prefix, std::vector<std::string>& assignments) {
  if (node.kind != YamlNode::Kind::map) {
    assignments.push_back(fmt::format("{}={}", prefix, scalar(node, prefix)));
    return;
  }
  for (const auto& entry : node.entries) flatten(entry.value, prefix.empty() ? entry.key : prefix + "." + entry.key, assignments);
}

LayerRule read_rule(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::map) fail(node, "an entry of 'layers' is a section with 'match' and 'digital' or 'set'");
  LayerRule rule;
  rule.origin = {base::ValueSource::Kind::file, node.file, node.line, node.column};
  for (const auto& [key, line, column, value] : node.entries) {
    if (key == "match") {
      rule.match = scalar(value, key);
    } else if (key == "digital") {
      const std::string& text = scalar(value, key);
      if (text != "true" && text != "false") fail(value, fmt::format("'digital' must be true or false, not '{}'", text));
      rule.digital = text == "true";
    } else if (key == "set") {
      if (value.kind != YamlNode::Kind::map) fail(value, "'set' is a section of keys of the tile, such as {tile.adc.bits: 8}");
      flatten(value, "", rule.set);
    } else {
      throw base::UserError(
          fmt::format("{}:{}:{}: unknown key '{}' in an entry of 'layers'; legal are match, digital and set", node.file, line, column, key));
    }
  }
  if (rule.match.empty()) fail(node, "'match' is missing: the name of a layer, a pattern of * and ?, first or last");
  if (!rule.digital && rule.set.empty()) fail(node, "the entry changes nothing; give it 'digital: true' or 'set'");
  return rule;
}

/// Removes the list 'layers' from a design file and returns its rules.
std::vector<LayerRule> take_layers(YamlNode& root) {
  std::vector<LayerRule> rules;
  const auto found = std::ranges::find(root.entries, "layers", &YamlNode::Entry::key);
  if (root.kind != YamlNode::Kind::map || found == root.entries.end()) return rules;
  if (found->value.kind != YamlNode::Kind::list) fail(found->value, "'layers' is a list of entries such as {match: first, digital: true}");
  for (const YamlNode& item : found->value.items) rules.push_back(read_rule(item));
  root.entries.erase(found);
  return rules;
}

/// Removes the key 'name' from a design file and returns its value, if there is one.
std::optional<std::string> take_name(YamlNode& root) {
  const auto found = std::ranges::find(root.entries, "name", &YamlNode::Entry::key);
  if (root.kind != YamlNode::Kind::map || found == root.entries.end()) return std::nullopt;
  std::string name = scalar(found->value, "name");
  if (name.empty()) fail(found->value, "'name' is empty; leave it out, or name the chip");
  root.entries.erase(found);
  return name;
}

bool of_tile(const std::string& assignment) { return assignment.starts_with("tile."); }

base::Config config_with(const Design& design, const std::vector<const LayerRule*>& rules) {
  base::Config config = design.config;
  for (const LayerRule* rule : rules) {
    for (const std::string& assignment : rule->set) config.set(assignment, rule->origin);
  }
  return config;
}

/// Appends a rule. Checks its keys immediately, so that a wrong key is reported before a network is read. Throws UserError.
void add_rule(Design& design, LayerRule rule) {
  static_cast<void>(config_with(design, {&rule}));  // throws for a key that does not exist
  for (const std::string& assignment : rule.set) {
    if (of_tile(assignment) || assignment.starts_with("mapper.copies=")) continue;
    throw base::UserError(
        fmt::format("{}: '{}' cannot differ between layers; keys of the tile (tile....) and mapper.copies can", rule.origin.text(), assignment));
  }
  if (rule.digital == true && !rule.set.empty()) {
    throw base::UserError(
        fmt::format("{}: a digital layer has no tiles, so '{}' changes nothing; keep one of them", rule.origin.text(), rule.set.front()));
  }
  static_cast<void>(tile_with(design, {&rule}));
  design.layers.push_back(std::move(rule));
}

}  // namespace

tiles::TileParameters tile_with(const Design& design, const std::vector<const LayerRule*>& rules) {
  const base::Config config = config_with(design, rules);
  check_across_keys(config);
  return tiles::TileParameters::read(config);
}

mapper::CopyChoice copies_with(const Design& design, const std::vector<const LayerRule*>& rules) {
  return mapper::MapperParameters::read(config_with(design, rules)).copies;
}

namespace {

/// The rule in the syntax of --layer.
std::string rule_text(const LayerRule& rule) {
  if (rule.digital) return fmt::format("{}={}", rule.match, *rule.digital ? "digital" : "analog");
  return fmt::format("{}:{}", rule.match, fmt::join(rule.set, ","));
}

std::string value_text(const base::Value& value) {
  const auto text = [](const auto& content) { return fmt::format("{}", content); };
  return std::visit(text, value);
}

}  // namespace

bool LayerRule::sets_tile() const { return std::ranges::any_of(set, of_tile); }

void add_layer_rules(Design& design, const std::vector<std::string>& rules) {
  for (const std::string& text : rules) {
    LayerRule rule;
    rule.origin = {base::ValueSource::Kind::command_line, "--layer " + text, 0, 0};
    const std::size_t equals = text.rfind('=');
    // The name of a layer may contain colons. The separator is the colon before a key, or else the last one.
    const std::size_t of_tile = text.rfind(":tile.", equals), key = of_tile != std::string::npos ? of_tile : text.rfind(":mapper.", equals),
                      colon = key != std::string::npos ? key : text.rfind(':', equals);
    const bool names_key =
        equals != std::string::npos && colon != std::string::npos && text.substr(colon, equals - colon).find('.') != std::string::npos;
    const auto refuse = [&] {
      throw base::UserError(
          fmt::format("{}: a rule is written MATCH=digital, MATCH=analog, MATCH:tile.key=value or MATCH:mapper.copies=N, such as first=digital",
                      rule.origin.text()),
          base::ExitCode::usage);
    };
    if (equals == std::string::npos) refuse();
    const std::string value = text.substr(equals + 1);
    // The name of a layer may contain a colon and a dot too.
    const bool says_where = key == std::string::npos && (value == "digital" || value == "analog");
    if (names_key && !says_where) {
      rule.match = text.substr(0, colon);
      rule.set = {text.substr(colon + 1)};
    } else {
      rule.match = text.substr(0, equals);
      if (value != "digital" && value != "analog") refuse();
      rule.digital = value == "digital";
    }
    if (rule.match.empty()) refuse();
    design.name += ", " + rule_text(rule);
    add_rule(design, std::move(rule));
  }
}

base::Declarations all_declarations() {
  static const base::Declarations made = [] {
    base::Declarations all;
    for (base::Declarations layer : {periphery::declarations(), tiles::declarations(), hw::declarations(), mapper::declarations()}) {
      std::move(layer.begin(), layer.end(), std::back_inserter(all));
    }
    return all;
  }();
  return made;
}

namespace {

base::Json::Array layers_json(const std::vector<LayerRule>& layers) {
  base::Json::Array rules;
  for (const LayerRule& rule : layers) {
    base::Json entry, set;
    entry["match"] = rule.match;
    if (rule.digital) entry["digital"] = *rule.digital;
    for (const std::string& assignment : rule.set) {
      const std::size_t equals = assignment.find('=');
      set[assignment.substr(0, equals)] = assignment.substr(equals + 1);
    }
    if (!rule.set.empty()) entry["set"] = set;
    rules.push_back(entry);
  }
  return rules;
}

/// "40 ns"
std::string value_text(const base::Value& value, const std::string& unit) {
  if (const auto* word = std::get_if<std::string>(&value)) return base::Json(*word).dump();
  return std::visit([](const auto& held) { return fmt::format("{}", held); }, value) + (unit.empty() ? "" : " " + unit);
}

/// "key:" and one line for each entry.
std::string list_text(const char* key, const base::Json::Array& entries) {
  if (entries.empty()) return "";
  std::string text = fmt::format("\n{}:\n", key);
  for (const base::Json& entry : entries) text += fmt::format("  - {}\n", entry.dump());
  return text;
}

void add_rules(base::Json& json, const Design& design) {
  if (!design.chip.blocks.empty()) json["chip"]["blocks"] = blocks_json(design.chip.blocks);
  if (!design.layers.empty()) json["layers"] = layers_json(design.layers);
}

}  // namespace

std::string Design::json() const {
  if (layers.empty() && chip.blocks.empty()) return config.json();
  base::Json json = base::Json::parse(config.json(), name);
  add_rules(json, *this);
  return json.dump();
}

std::string Design::rules_json() const {
  if (layers.empty() && chip.blocks.empty()) return "";
  base::Json json;
  add_rules(json, *this);
  return json.dump();
}

std::string Design::changes_json() const {
  base::Json json{base::Json::Object{}};
  for (const DesignChange& change : changes) json[change.key] = std::visit([](const auto& value) { return base::Json(value); }, change.value);
  base::Json::Array rules;
  for (const LayerRule& rule : layers) {
    if (rule.origin.kind == base::ValueSource::Kind::command_line) rules.emplace_back(rule_text(rule));
  }
  if (!rules.empty()) json["layers"] = rules;
  return json.dump();
}

std::string Design::text() const {
  std::string text = fmt::format("# {}: what differs from the declared defaults; mho describe KEY says what a key means.\n", name), section;
  for (const base::Declaration& declaration : config.declarations()) {
    const base::Value& value = config.value(declaration.key);
    if (value == declaration.default_value) continue;
    const std::string top = declaration.key.substr(0, declaration.key.find('.'));
    if (top != section) text += "\n";
    section = top;
    text += fmt::format("{}: {}\n", declaration.key, value_text(value, declaration.unit));
  }
  if (!chip.blocks.empty()) text += list_text("chip.blocks", std::get<base::Json::Array>(blocks_json(chip.blocks).value()));
  return text + list_text("layers", layers_json(layers));
}

std::string Design::hash() const { return base::content_hash(json()); }

namespace {

/// Throws UserError for a file of another kind (data, recipe ...). The message names the kind instead of the first unknown key.
void check_kind(const base::YamlNode& root) {
  const std::vector<std::string> data{"name", "metric", "chance", "test", "training", "validation", "calibration", "scale"};
  const base::Declarations recipe = workloads::recipe_declarations();
  const base::Declarations design = all_declarations();
  const auto begins = [](const base::Declarations& declarations, const std::string& key) {
    return std::ranges::any_of(declarations, [&](const base::Declaration& each) { return each.key == key || each.key.starts_with(key + "."); });
  };
  for (const auto& entry : root.entries) {
    if (begins(design, entry.key)) continue;
    const bool describes_data = std::ranges::find(data, entry.key) != data.end();
    if (!describes_data && !begins(recipe, entry.key)) return;
    throw base::UserError(
        fmt::format("{}:{}:{}: '{}' belongs to a {}, and this is read as the design of a chip; give it with {}, and with --design a "
                    "file of what `mho describe` lists, such as designs/default.yaml",
                    root.file, entry.line, entry.column, entry.key, describes_data ? "description of data" : "recipe of retraining",
                    describes_data ? "--data" : "--recipe"));
  }
}

Design design_from(base::YamlNode root, const std::string& name, const std::vector<std::string>& assignments) {
  base::Config config(all_declarations());
  std::vector<LayerRule> layers = take_layers(root);
  std::vector<hw::UserBlock> blocks = take_blocks(root);
  const std::optional<std::string> own_name = take_name(root);
  check_kind(root);
  config.load(root);
  std::vector<base::Value> before;  // in the order of the declarations
  for (const base::Declaration& declaration : config.declarations()) before.push_back(config.value(declaration.key));
  for (const std::string& assignment : assignments) config.set(assignment);
  Design design = resolve(std::move(config), own_name.value_or(name), std::move(blocks));
  for (std::size_t i = 0; i < before.size(); ++i) {
    const base::Declaration& declaration = design.config.declarations()[i];
    const base::Value& value = design.config.value(declaration.key);
    if (value == before[i]) continue;
    const bool number = !std::holds_alternative<std::string>(value) && !declaration.unit.empty();
    design.name += fmt::format(", {}={}{}{}", declaration.key, value_text(value), number ? " " : "", number ? declaration.unit : "");
    design.changes.push_back({declaration.key, value, declaration.unit});
  }
  for (LayerRule& rule : layers) add_rule(design, std::move(rule));
  return design;
}

/// Throws UserError for a word that is neither a file nor a shipped design, with the nearest name.
[[noreturn]] void no_such_design(const std::string& name) {
  std::vector<std::string> names;
  for (const ShippedDesign& design : shipped_designs()) names.push_back(name_of(design));
  const std::string near = base::nearest_spelling(name, names);
  throw base::UserError(
      fmt::format("there is no file {0}, and no design of that name comes with mho{1}; `mho describe designs` lists those that do: {2}", name,
                  near.empty() ? "" : fmt::format(" (did you mean {}?)", near), fmt::join(names, ", ")));
}

}  // namespace

Design load_design(const std::optional<std::string>& path, const std::vector<std::string>& assignments) {
  // Without a file, every parameter has its declared default. designs/default.yaml contains the same values (a test compares them).
  if (!path) return design_from({}, "default", assignments);
  std::error_code error;
  const bool is_word = path->find('/') == std::string::npos && !path->ends_with(".yaml") && !path->ends_with(".yml") && !path->ends_with(".json");
  // A shipped design has precedence over a file of the same name in the current folder; that file is ./NAME.
  if (const std::optional<ShippedDesign> shipped = is_word ? find_shipped(*path) : std::nullopt) {
    return design_from(base::read_yaml_text(std::string(shipped->text), fmt::format("designs/{}", shipped->file)), *path, assignments);
  }
  if (is_word && !std::filesystem::exists(*path, error)) no_such_design(*path);
  if (std::filesystem::is_directory(*path, error)) {
    throw base::UserError(fmt::format("{} is a folder; the design of a chip is a YAML file in it, such as designs/default.yaml", *path));
  }
  return design_from(base::read_yaml_file(*path), *path, assignments);
}

Design design_from_text(const std::string& text, const std::string& name, const std::vector<std::string>& assignments) {
  return design_from(base::read_yaml_text(text, name), name, assignments);
}

}  // namespace mho::analysis
