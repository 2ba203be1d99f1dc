#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/input_limit.h"

namespace mho::base {

/// A YAML document as a plain tree with positions. Scalars stay text; code that knows the type of "off" or "1e3" converts them.
/// Aliases are expanded. Duplicate keys, keys that are not scalars, merge keys, undefined anchors, several documents and bytes
/// that are not UTF-8 text are refused.
struct YamlNode {
  enum class Kind { null, scalar, list, map } kind = Kind::null;
  std::string file;
  int line = 0;                 ///< from 1
  int column = 0;               ///< from 1
  std::string scalar;           ///< scalars
  bool quoted = false;          ///< scalar was written in quotes
  std::vector<YamlNode> items;  ///< lists
  struct Entry;
  std::vector<Entry> entries;                                        ///< maps, in file order
  [[nodiscard]] const YamlNode* find(const std::string& key) const;  ///< value of a map entry or null
  [[nodiscard]] std::string where() const;                           ///< "file:line:column"
};
struct YamlNode::Entry {
  std::string key;
  int line = 0, column = 0;  ///< of the key
  YamlNode value;
};

/// Throws UserError with file:line:column. An empty document is Kind::null. A text has at most 16 MiB.
YamlNode read_yaml_file(const std::string& path);
YamlNode read_yaml_text(const std::string& text, const std::string& name);

/// The bytes of a whole file or pipe. Throws UserError if it cannot be read (missing, a folder, a device, no permission, more bytes than `limit`
/// has left), and Interrupted on a Ctrl-C while it waits for a pipe.
std::string read_file(const std::string& path, const InputLimit& limit = InputLimit());
/// 64-bit content hash as 16 hex digits: XXH64 with seed 0, so that `xxhsum -H1 FILE` prints the same.
std::string content_hash(std::string_view bytes);
/// The same for a file, without holding it in memory as a whole. Throws UserError if it cannot be read.
std::string file_hash(const std::string& path);

}  // namespace mho::base
