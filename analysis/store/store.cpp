#include "analysis/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <utility>

#include "analysis/store/chip_rows.h"
#include "analysis/store/database.h"
#include "analysis/store/migrate.h"
#include "analysis/store/rescue.h"
#include "analysis/store/result_rows.h"
#include "analysis/store/rows.h"
#include "analysis/store/tables.h"
#include "analysis/store/waiting.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// Text that explains how to copy the rows of a rescue database.
std::string rescued(const std::string& path, const std::string& why, const std::string& place) {
  std::error_code error;
  const std::string copy = fmt::format("sqlite3 '{}' \"SELECT statements FROM copy_rows\" | sqlite3 '{}'", place, path);
  const std::string how = fs::exists(path, error)
                              ? fmt::format("copy them there: {}", copy)
                              : fmt::format("move it there: mv -n '{}' '{}', or where there is one by then: {}", place, path, copy);
  return fmt::format("the result is not in {0}: {1} It was printed, and its rows are in {2}, a database like any other. Once {0} can be written, {3}",
                     path, why, place, how);
}

}  // namespace

Store::Store(std::string path, std::chrono::milliseconds longest_wait)
    : path_(writable_path(std::move(path), longest_wait)), longest_wait_(longest_wait) {}

void Stored::check() const {
  if (!problem.empty()) throw base::UserError(problem, base::ExitCode::not_stored);
}

Stored Store::kept(const std::function<std::int64_t(const Store&)>& add) const {
  // The result is complete. A Ctrl-C before this point must not prevent the storing, which is quick.
  if (base::is_interrupted()) base::acknowledge_interrupt();
  std::string why;
  try {
    return {add(*this), path_, ""};
  } catch (const base::Interrupted&) {
    base::acknowledge_interrupt();
    why = fmt::format("interrupted while {} was written", path_);
  } catch (const base::UserError& error) {
    if (error.code() == base::ExitCode::failed_check) throw;
    why = error.what();
  }
  if (base::is_interrupted()) base::acknowledge_interrupt();
  for (const std::string& place : rescue_places(path_)) {
    try {
      const std::int64_t id = add(Store(place, longest_wait_));
      add_copy_statements(place);
      return {id, place, rescued(path_, why, place)};
    } catch (const base::UserError&) {
      continue;
    } catch (const SQLite::Exception&) {
      continue;
    }
  }
  return {0, path_,
          fmt::format("the result was printed, and is stored nowhere: {} Nor could a database be made beside it or in {}", why,
                      "the folder of temporary files")};
}

template <class Insert>
std::int64_t Store::in_transaction(const Insert& insert) const {
  std::error_code error;
  const bool created = !fs::exists(path_, error);
  Waiting waiting(path_, longest_wait_);
  try {
    // One thread uses the connection, so it needs no locks.
    SQLite::Database database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
    waiting.attach(database);
    if (contents(database, path_) == Contents::older) migrate(database, path_, Migrate::keep);
    database.exec("PRAGMA foreign_keys = ON");
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (contents(database, path_) == Contents::fresh) create_tables(database);
    RowWriter writer(database);
    const std::int64_t id = insert(writer);
    base::check_interrupt();
    transaction.commit();
    return id;
  } catch (...) {
    // A file that this call created and that got no row is empty after the roll-back. Remove it.
    if (created && fs::file_size(path_, error) == 0 && !error) fs::remove(path_, error);
    try {
      throw;
    } catch (const SQLite::Exception& exception) {
      throw refusal(path_, exception, longest_wait_);
    }
  }
}

std::int64_t Store::add(const Design& design, const Result& result, const RunInfo& info) const {
  return in_transaction([&](RowWriter& writer) { return insert_rows(writer, design, result, info); });
}

std::int64_t Store::add(const Design& design, const ChipResult& result, const SimulationInfo& info) const {
  return in_transaction([&](RowWriter& writer) { return insert_rows(writer, design, result, info); });
}

std::int64_t Store::add(const Design& design, const RefusedRun& run, const RunInfo& info) const {
  return in_transaction([&](RowWriter& writer) { return insert_rows(writer, design, run, info); });
}

std::int64_t Store::add(const Design& design, const RefusedRun& run, const SimulationInfo& info) const {
  return in_transaction([&](RowWriter& writer) { return insert_rows(writer, design, run, info); });
}

std::int64_t Store::add(const Design& design, const Sensitivity& study, const std::string& version, const std::string& command,
                        const Label& label) const {
  return in_transaction([&](RowWriter& writer) { return insert_rows(writer, design, study, {version, command, label}); });
}

std::int64_t Store::add(const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version, const std::string& command,
                        const Label& label) const {
  return in_transaction([&](RowWriter& writer) { return insert_rows(writer, inputs, record, {version, command, label}); });
}

void Store::write(const std::function<void(RowWriter&)>& rows) const {
  in_transaction([&](RowWriter& writer) {
    rows(writer);
    return std::int64_t{0};
  });
}

void Store::add_marginal(std::int64_t run, const std::vector<ImprovementStep>& steps) const {
  in_transaction([&](RowWriter& writer) {
    insert_marginal_rows(writer, run, steps);
    return run;
  });
}

}  // namespace mho::analysis
