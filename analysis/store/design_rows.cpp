#include "analysis/store/design_rows.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "analysis/store/rows.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"

namespace mho::analysis {

namespace {

Value stored_value(const base::Value& value) {
  return std::visit([](const auto& content) { return Value(content); }, value);
}

/// A stored value in the form of a design file. Booleans are stored as numbers.
base::Json file_value(const SQLite::Column& column, bool boolean) {
  if (column.isFloat()) return column.getDouble();
  if (column.isInteger()) return boolean ? base::Json(column.getInt64() != 0) : base::Json(static_cast<std::int64_t>(column.getInt64()));
  return column.getString();
}

/// The design as the text of a file: the parameters, and the entries that are no parameters (rules of layers, blocks).
std::string design_text(SQLite::Database& database, std::int64_t run, const std::optional<std::string>& rules) {
  const base::Declarations declarations = all_declarations();
  base::Json json = rules ? base::Json::parse(*rules, fmt::format("rules of run {}", run)) : base::Json(base::Json::Object{});
  SQLite::Statement rows(database, "SELECT key, value FROM parameter WHERE run = ? ORDER BY key");
  rows.bind(1, run);
  while (rows.executeStep()) {
    const std::string key = rows.getColumn(0).getString();
    const auto declared = std::ranges::find(declarations, key, &base::Declaration::key);
    const bool boolean = declared != declarations.end() && declared->type == base::ValueType::boolean;
    base::Json* place = &json;
    std::size_t begin = 0;
    for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', begin)) {
      place = &(*place)[key.substr(begin, dot - begin)];
      begin = dot + 1;
    }
    (*place)[key.substr(begin)] = file_value(rows.getColumn(1), boolean);
  }
  return json.dump();
}

}  // namespace

std::string declarations_hash(const base::Declarations& declarations) {
  std::string text;
  for (const base::Declaration& declaration : declarations) {
    text += fmt::format("{} {} ", declaration.key, declaration.unit);
    std::visit([&](const auto& value) { text += fmt::format("{}\n", value); }, declaration.default_value);
  }
  return base::content_hash(text);
}

void insert_design_rows(RowWriter& writer, std::int64_t run, const base::Config& config) {
  const std::string hash = declarations_hash(config.declarations());
  const bool known = writer.has("declaration", "hash", hash);
  for (const base::Declaration& declaration : config.declarations()) {
    if (!known) {
      writer.insert("declaration",
                    {{"hash", hash}, {"key", declaration.key}, {"value", stored_value(declaration.default_value)}, {"unit", declaration.unit}});
    }
    const base::ValueSource& origin = config.origin(declaration.key);
    if (origin.kind == base::ValueSource::Kind::declared_default) continue;
    writer.insert("setting", {{"run", run},
                              {"key", declaration.key},
                              {"value", stored_value(config.value(declaration.key))},
                              {"unit", declaration.unit},
                              {"origin", origin.text()}});
  }
}

Design design_of_run(SQLite::Database& database, std::int64_t run) {
  SQLite::Statement found(database, "SELECT design, design_json, rules, version, base FROM run WHERE id = ?");
  found.bind(1, run);
  if (!found.executeStep()) throw base::UserError(fmt::format("there is no run {}", run));
  const std::string name = found.getColumn(0).getString(), version = found.getColumn(3).getString();
  const auto text = [&](int column) {
    const SQLite::Column value = found.getColumn(column);
    return value.isNull() ? std::optional<std::string>() : std::optional(value.getString());
  };
  const std::optional<std::string> whole = text(1);
  try {
    Design design = design_from_text(whole ? *whole : design_text(database, run, text(2)), name);
    design.name = name;
    design.base = text(4).value_or(name);
    return design;
  } catch (const base::UserError& error) {
    throw base::UserError(fmt::format("run {} was stored by mho {}, whose design this version does not read ({})", run, version, error.what()));
  }
}

}  // namespace mho::analysis
