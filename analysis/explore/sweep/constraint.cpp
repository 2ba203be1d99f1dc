#include "analysis/explore/sweep/constraint.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/error.h"

namespace mho::analysis {

struct Constraint::Prepared {
  SQLite::Database database{":memory:", SQLite::OPEN_READWRITE};
  std::optional<SQLite::Statement> statement;
};

namespace {

bool of_name(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' || letter == '.'; }

/// The index after the quoted text that begins at `begin`; the size of the text if the quotes do not end.
std::size_t end_of_quotes(const std::string& text, std::size_t begin) {
  const std::size_t end = text.find(text[begin], begin + 1);
  return end == std::string::npos ? text.size() : end + 1;
}

}  // namespace

Constraint::Constraint(std::string text, const base::Declarations& declarations, const std::string& where)
    : text_(std::move(text)), where_(where), prepared_(std::make_unique<Prepared>()) {
  std::vector<std::string> known;
  for (const base::Declaration& declaration : declarations) known.push_back(declaration.key);
  std::string sql;
  for (std::size_t i = 0; i < text_.size();) {
    if (text_[i] == '\'' || text_[i] == '"') {
      const std::size_t end = end_of_quotes(text_, i);
      sql += text_.substr(i, end - i);
      i = end;
      continue;
    }
    std::size_t end = i;
    while (end < text_.size() && of_name(text_[end])) ++end;
    const std::string word = text_.substr(i, std::max(end, i + 1) - i);
    const bool letters = std::isalpha(static_cast<unsigned char>(text_[i])) != 0;
    if (letters && word.find('.') != std::string::npos) {
      if (std::ranges::find(known, word) == known.end()) {
        const std::string near = base::nearest_spelling(word, known);
        throw base::UserError(fmt::format("{}: '{}': there is no key '{}'{}; mho describe lists them", where_, text_, word,
                                          near.empty() ? "" : fmt::format(" (did you mean {}?)", near)));
      }
      auto found = std::ranges::find(keys_, word);
      if (found == keys_.end()) found = keys_.insert(keys_.end(), word);
      sql += fmt::format("?{}", found - keys_.begin() + 1);
    } else {
      sql += word;
    }
    i += word.size();
  }
  try {
    prepared_->statement.emplace(prepared_->database, fmt::format("SELECT ({})", sql));
  } catch (const SQLite::Exception& error) {
    throw base::UserError(
        fmt::format("{}: '{}' is no condition: {}. It is an expression of SQL over keys of the design, such as "
                    "chip.mesh.width * chip.mesh.height <= 48",
                    where_, text_, error.what()));
  }
  if (keys_.empty()) throw base::UserError(fmt::format("{}: '{}' contains no key of the design", where_, text_));
}

Constraint::~Constraint() = default;
Constraint::Constraint(Constraint&&) noexcept = default;

bool Constraint::holds(const std::vector<base::Value>& values) const {
  SQLite::Statement& statement = *prepared_->statement;
  statement.reset();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int mark = static_cast<int>(i) + 1;
    const base::Value& value = values[i];
    if (const auto* word = std::get_if<std::string>(&value)) {
      statement.bind(mark, *word);
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      statement.bind(mark, *flag ? 1 : 0);
    } else {
      const auto* whole = std::get_if<std::int64_t>(&value);
      statement.bind(mark, whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value));
    }
  }
  try {
    if (!statement.executeStep() || statement.getColumn(0).isNull()) {
      throw base::UserError(
          fmt::format("{}: '{}' is neither true nor false for a point: it comes out as NULL, as a division by 0 does", where_, text_));
    }
    return statement.getColumn(0).getDouble() != 0;
  } catch (const SQLite::Exception& error) {
    throw base::UserError(fmt::format("{}: '{}' cannot be computed: {}", where_, text_, error.what()));
  }
}

}  // namespace mho::analysis
