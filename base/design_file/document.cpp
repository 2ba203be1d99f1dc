#include "base/design_file/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "base/error.h"

namespace mho::base {
namespace {

// A chain of aliases can expand a few lines to billions of nodes. Designs and data descriptions have far fewer than this limit.
constexpr std::size_t most_aliased_nodes = 100000;
constexpr std::size_t most_anchored_nodes = 10 * most_aliased_nodes;
constexpr std::size_t longest_tag = 1024;  // bytes of an anchor or a tag
constexpr std::size_t longest_text = std::size_t{1} << 24U;

std::string at(const std::string& file, int line, int column) { return fmt::format("{}:{}:{}", file, line, column); }

/// Column numbers from 1 in characters; the parser counts bytes. A text may be one long line, so the characters before each block of bytes are
/// counted once.
class Columns {
 public:
  explicit Columns(std::string_view text) : text_(text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % block == 0) before_.push_back(count);
      count += begins_character(text[i]) ? std::size_t{1} : 0;
    }
  }
  [[nodiscard]] int at(const YAML::Mark& mark) const {
    const auto end = std::min(static_cast<std::size_t>(mark.pos), text_.size());
    const auto begin = end - std::min(static_cast<std::size_t>(mark.column), end);
    return 1 + static_cast<int>(characters(end) - characters(begin));
  }

 private:
  static constexpr std::size_t block = 64;
  static bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }
  /// Number of characters that begin before byte `end`.
  [[nodiscard]] std::size_t characters(std::size_t end) const {
    if (end == 0) return 0;
    const std::size_t whole = (end - 1) / block;
    const std::string_view rest = text_.substr(whole * block, end - whole * block);
    return before_[whole] + static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), begins_character));
  }
  std::string_view text_;
  std::vector<std::size_t> before_;  ///< characters before every block of bytes
};

std::size_t count_nodes(const YamlNode& node) {
  std::size_t count = 1;
  for (const YamlNode& item : node.items) count += count_nodes(item);
  for (const YamlNode::Entry& entry : node.entries) count += count_nodes(entry.value);
  return count;
}

/// Builds the tree from the parser's events, because the parser's own tree does not record duplicate keys.
class Builder : public YAML::EventHandler {
 public:
  Builder(const std::string& text, const Columns& columns, std::string file) : text_(text), columns_(columns), file_(std::move(file)) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) {
      fail(mark, "a second document starts here, but a file holds one; remove the '---' or split the file");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(start(mark, YamlNode::Kind::null), anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(mark, "this alias stands inside the very value it names; write the value out");
    aliased_ += count_nodes(found->second);
    if (aliased_ > most_aliased_nodes) {
      fail(mark, fmt::format("aliases repeat more than {} values; write fewer of them", most_aliased_nodes));
    }
    YamlNode copy = found->second;
    add(std::move(copy), 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    YamlNode node = start(mark, YamlNode::Kind::scalar);
    node.scalar = value;
    node.quoted = tag != "?";
    require_closed_quote(mark);
    add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(start(mark, YamlNode::Kind::list), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(start(mark, YamlNode::Kind::map), anchor);
  }
  void OnMapEnd() override { close(); }

  /// The finished tree; a null node when there was no document.
  [[nodiscard]] YamlNode take() {
    if (root_) return std::move(*root_);
    YamlNode empty;
    empty.file = file_;
    empty.line = 1;
    empty.column = 1;
    return empty;
  }

 private:
  struct Key {
    std::string text;
    int line;
    int column;
  };
  struct Level {
    YamlNode node;
    YAML::anchor_t anchor;
    std::optional<Key> key;                                ///< a key whose value has not been read yet
    std::map<std::string, std::pair<int, int>> positions;  ///< line and column of the keys so far
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& why) const {
    throw UserError(fmt::format("{}: {}", at(file_, mark.line + 1, columns_.at(mark)), why));
  }
  [[noreturn]] static void fail(const YamlNode& node, const std::string& why) { throw UserError(fmt::format("{}: {}", node.where(), why)); }

  [[nodiscard]] YamlNode start(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.file = file_;
    node.line = mark.line + 1;
    node.column = columns_.at(mark);
    return node;
  }

  /// Throws if a quote is not closed on its line. The parser would end it silently where the indentation ends, and continue within the text.
  void require_closed_quote(const YAML::Mark& mark) const {
    std::string_view rest = std::string_view(text_).substr(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
    while (!rest.empty() && (rest[0] == '&' || rest[0] == '!')) {  // skips an anchor or a tag before the value
      const std::size_t end = rest.substr(0, longest_tag).find_first_of(" \t\r\n");
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end);
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    }
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) return;
    const char quote = rest[0];
    for (std::size_t i = 1; i < rest.size() && rest[i] != '\n'; ++i) {
      const bool escape = quote == '"' ? rest[i] == '\\' : rest.substr(i, 2) == "''";
      if (rest[i] == quote && !escape) return;
      if (escape) ++i;
    }
    fail(mark, "this quote is not closed on its line; close it, or write text of several lines after a '|'");
  }

  [[nodiscard]] bool key_expected() const { return !levels_.empty() && levels_.back().node.kind == YamlNode::Kind::map && !levels_.back().key; }

  void open(YamlNode node, YAML::anchor_t anchor) {
    if (key_expected()) fail(node, "a key must be one word, not a list or a map");
    levels_.push_back({std::move(node), anchor, std::nullopt, {}});
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    add(std::move(level.node), level.anchor);
  }

  [[nodiscard]] std::string dotted(const std::string& last) const {
    std::string path;
    for (const Level& level : levels_) {
      if (level.key) path += level.key->text + ".";
    }
    return path + last;
  }

  void add_key(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) fail(node, "a key must be one word; nothing stands before this ':'");
    if (node.scalar == "<<" && !node.quoted) fail(node, "merge keys ('<<') are not read; write the keys out");
    Level& level = levels_.back();
    const auto [known, fresh] = level.positions.emplace(node.scalar, std::pair(node.line, node.column));
    if (!fresh) {
      fail(node, fmt::format("duplicate key '{}', first set at {}; keep one of them", dotted(node.scalar),
                             at(file_, known->second.first, known->second.second)));
    }
    level.key = Key{node.scalar, node.line, node.column};
  }

  void add(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) note(node, anchor);
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    if (key_expected()) {
      add_key(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::list) {
      level.node.items.push_back(std::move(node));
      return;
    }
    // The parser gives a missing value the position of the next token, often lines below. Messages point to the key instead.
    if (node.kind == YamlNode::Kind::null && node.line != level.key->line) {
      node.line = level.key->line;
      node.column = level.key->column;
    }
    level.node.entries.push_back({level.key->text, level.key->line, level.key->column, std::move(node)});
    level.key.reset();
  }

  /// Stores the node of an anchor. Nodes within nested anchors are stored once for each anchor.
  void note(const YamlNode& node, YAML::anchor_t anchor) {
    anchored_ += count_nodes(node);
    if (anchored_ > most_anchored_nodes) fail(node, fmt::format("anchors hold more than {} values; write fewer of them", most_anchored_nodes));
    anchors_[anchor] = node;
  }

  const std::string& text_;
  const Columns& columns_;
  std::string file_;
  std::vector<Level> levels_;
  std::optional<YamlNode> root_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t aliased_ = 0, anchored_ = 0;
};

/// Length of the UTF-8 sequence at the start of `text` by RFC 3629, or 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool beyond = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

/// Refuses binary files with a clear message, before the parser reads them.
void require_text(const std::string& text, const std::string& name) {
  const std::string_view rest(text);
  int line = 1;
  int column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(rest.substr(i));
    const bool control = static_cast<unsigned char>(text[i]) < 0x20 && text[i] != '\n' && text[i] != '\r' && text[i] != '\t';
    if (length == 0 || control) {
      throw UserError(fmt::format("{}: byte 0x{:02x} is not UTF-8 text; is this really a YAML file?", at(name, line, column),
                                  static_cast<unsigned>(static_cast<unsigned char>(text[i]))));
    }
    column = text[i] == '\n' ? 1 : column + 1;
    line += text[i] == '\n' ? 1 : 0;
    i += length;
  }
}

}  // namespace

const YamlNode* YamlNode::find(const std::string& key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string YamlNode::where() const { return at(file, line, column); }

namespace {

bool indents_with_tab(const std::string& text) {
  bool in_indentation = true;
  for (const char c : text) {
    if (in_indentation && c == '\t') return true;
    in_indentation = c == '\n' || (in_indentation && c == ' ');
  }
  return false;
}

}  // namespace

YamlNode read_yaml_text(const std::string& bytes, const std::string& name) {
  require_text(bytes, name);
  // The parser's positions do not count a byte order mark.
  const std::string text = bytes.starts_with("\ufeff") ? bytes.substr(3) : bytes;
  const Columns columns(text);
  Builder builder(text, columns, name);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const std::string place = error.mark.is_null() ? name : at(name, error.mark.line + 1, columns.at(error.mark));
    throw UserError(fmt::format("{}: not valid YAML: {}{}", place, error.msg,
                                indents_with_tab(text) ? "; a line is indented with a tab, which YAML does not take: use spaces" : ""));
  }
  return builder.take();
}

YamlNode read_yaml_file(const std::string& path) {
  return naming_file(path, [&] {
    const std::string text = read_file(path);
    if (text.size() > longest_text) {
      throw UserError(
          fmt::format("{}: {} MiB of YAML; a design or a data description has at most {} MiB", path, text.size() >> 20U, longest_text >> 20U));
    }
    return read_yaml_text(text, path);
  });
}

}  // namespace mho::base
