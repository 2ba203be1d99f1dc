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

/// In which form rows are printed.
enum class RowFormat { table, csv, json, markdown, latex };

/// --format with its words, and --json, which means --format json.
struct FormatArguments {
  std::string format = "table";
  bool json = false;
  [[nodiscard]] RowFormat chosen() const;
};
void add_format(Options& options, FormatArguments& format);
/// Throws base::UserError with code usage where --json goes with another --format.
void check(const FormatArguments& format);

/// Units of columns by their names.
using Units = std::map<std::string, std::string>;
Units units_of(const analysis::Reader& reader, const std::string& view);

/// A value as people read it: with the prefix of its unit, shares as per cent. `metric` is that of the row, where there is one.
std::string people_text(const analysis::Cell& cell, const std::string& unit, const std::string& metric = "");

/// A value as it is, with every digit; NULL is empty.
std::string raw_text(const analysis::Cell& cell);

/// Rows as text. In a table values are as people read them, where `units` knows their columns; in all others as they are. Of JSON the array of
/// objects.
std::string rows_text(const analysis::ResultTable& table, RowFormat format, const Units& units = {});

/// Prints rows_text: tables fitted to the terminal, all other formats as they are. Not for JSON.
void print_rows(const analysis::ResultTable& table, RowFormat format, const Units& units = {});

/// Rows as an array of objects.
base::Json::Array rows_json(const analysis::ResultTable& table);
base::Json cell_json(const analysis::Cell& cell);

/// --db of a verb that reads.
void add_results(Options& options, std::string& database);

/// "a,b,c" in its parts, without blanks around them; throws base::UserError with code usage for an empty one.
std::vector<std::string> parse_names(const std::string& option, const std::string& text);

/// The number of a run.
std::int64_t parse_run(const std::string& name, const std::string& text);

}  // namespace mho::cli
