#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/input_limit.h"

namespace mho::base {

/// A YAML document as a plain tree with positions. Scalars stay text, so "off" and "1e3" are read by whoever knows the type.
/// Aliases are expanded. Duplicate keys, keys that are no scalars, merge keys, anchors to nowhere, several documents and bytes
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

/// Whole file as bytes, also those that a pipe gives; UserError when it cannot be read (missing, a folder, a device, no permission, more than `limit`
/// has left), Interrupted for a Ctrl-C while a pipe keeps it waiting.
std::string read_file(const std::string& path, const InputLimit& limit = InputLimit());
/// 64-bit content hash as 16 hex digits: XXH64 with seed 0, so that `xxhsum -H1 FILE` prints the same.
std::string content_hash(std::string_view bytes);
/// The same of a file, which is never held as a whole; UserError when it cannot be read.
std::string file_hash(const std::string& path);

}  // namespace mho::base
