#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/query/reader.h"
#include "analysis/query/result_table.h"
#include "base/json.h"
#include "cli/options.h"

namespace mho::cli {

/// Format of printed rows.
enum class RowFormat { table, csv, json, markdown, latex };

/// The options --format and --json; --json means --format json.
struct FormatArguments {
  std::string format = "table";
  bool json = false;
  [[nodiscard]] RowFormat chosen() const;
};
void add_format(Options& options, FormatArguments& format);
/// Throws base::UserError with code usage if --json is given with another --format.
void check(const FormatArguments& format);

/// Units by name of the column.
using Units = std::map<std::string, std::string>;
Units units_of(const analysis::Reader& reader, const std::string& view);

/// A value for reading: with the prefix of its unit, shares in percent. `metric`: the metric of the row, if any.
std::string people_text(const analysis::Cell& cell, const std::string& unit, const std::string& metric = "");

/// A value with all digits; NULL is empty.
std::string raw_text(const analysis::Cell& cell);

/// Rows as text. In tables, values of columns in `units` are printed for reading (people_text); in other formats with all digits. JSON: an array of
/// objects.
std::string rows_text(const analysis::ResultTable& table, RowFormat format, const Units& units = {});

/// Prints rows_text: tables fitted to the terminal, other formats unchanged. Not for JSON.
void print_rows(const analysis::ResultTable& table, RowFormat format, const Units& units = {});

/// Rows as an array of objects.
base::Json::Array rows_json(const analysis::ResultTable& table);
base::Json cell_json(const analysis::Cell& cell);

/// Adds --db to a verb that reads a database.
void add_results(Options& options, std::string& database);

/// Splits "a,b,c" and trims the parts. Throws base::UserError with code usage for an empty part.
std::vector<std::string> parse_names(const std::string& option, const std::string& text);

/// Parses the number of a run.
std::int64_t parse_run(const std::string& name, const std::string& text);

}  // namespace mho::cli
