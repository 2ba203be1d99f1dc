#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/experiment/improvement.h"
#include "analysis/experiment/training_record.h"
#include "analysis/store/identity.h"
#include "analysis/study/sensitivity.h"
#include "base/error.h"

namespace mho::analysis {

/// What a row needs beside the result.
struct RunInfo {
  std::string version;  ///< of mho
  std::string command;  ///< as the user typed it
  ExperimentOptions options;
  Label label{};
};

/// The same beside a chip without accuracy.
struct SimulationInfo {
  std::string version;
  std::string command;
  ChipRunOptions options;
  Label label{};
};

/// A run that was refused once its design, network and data were known.
struct RefusedRun {
  std::string network, network_hash;
  std::optional<std::string> data{}, data_hash{};
  std::string reason{};                                  ///< as the user reads it
  base::ExitCode exit_code = base::ExitCode::bad_input;  ///< never ok
  double wall_s = 0;
};

/// Where a result is.
struct Stored {
  std::int64_t id = 0;  ///< of its row; 0: nowhere
  std::string path;     ///< the database, or the one that was made in its place
  std::string problem;  ///< why it is not where it should be, and what to do; empty: it is
  /// Throws `problem` as UserError with code not_stored; to be called once the result was printed.
  void check() const;
};

class RowWriter;

/// The SQLite database of results. A run is one transaction: it is there whole or not at all.
class Store {
 public:
  static constexpr int application_id = 0x6D686F31;  ///< "mho1" in ASCII, in the file's header
  static constexpr int schema_version = 21;          ///< user_version in the file's header
  static constexpr int oldest_schema_version = 10;   ///< from which files are migrated
  /// base::content_hash of the statements of schema.sql and views.sql without comments. A change of them needs a new schema_version: see DESIGN.md.
  static constexpr std::string_view schema_hash = "adf3bba2ff5c38c4";

  /// Checks, before the long computation, that a run can be stored at `path`: an existing file is a database of this program, not newer, writable,
  /// and of schema_version or open to migration; a missing one can be created. Creates and changes nothing. Throws UserError saying which and what to
  /// do.
  /// Rows of every table are tried and rolled back in an existing file of schema_version. `longest_wait`: for another program that holds a lock.
  explicit Store(std::string path, std::chrono::milliseconds longest_wait = usual_wait);
  static constexpr std::chrono::milliseconds usual_wait{60'000};

  /// Stores one run and returns its id; creates the file and its tables if they are missing, and migrates an older file first, in a transaction of
  /// its own. Waits for another writer, a minute at most. Throws UserError (disk full, input/output error, busy, a value that is no number, the file
  /// changed since) and Interrupted, and then leaves the database as it was.
  std::int64_t add(const Design& design, const Result& result, const RunInfo& info) const;

  /// The same for a chip simulated without accuracy: a row of `run` whose scores are NULL.
  std::int64_t add(const Design& design, const ChipResult& result, const SimulationInfo& info) const;

  /// A row of `run` without figures, and its settings.
  std::int64_t add(const Design& design, const RefusedRun& run, const RunInfo& info) const;
  std::int64_t add(const Design& design, const RefusedRun& run, const SimulationInfo& info) const;

  /// The same for a study of sensitivities. `version` of mho, `command` as the user typed it.
  std::int64_t add(const Design& design, const Sensitivity& study, const std::string& version, const std::string& command, const Label& label) const;

  /// The same for the course of a training. One that was interrupted before and has been gone on with is replaced.
  std::int64_t add(const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version, const std::string& command,
                   const Label& label) const;

  /// Adds to a stored run what one more of each resource brings, the chip as it is first; what was there before goes. Throws as `add`.
  void add_marginal(std::int64_t run, const std::vector<ImprovementStep>& steps) const;

  /// Several results, or other rows, in one transaction. Throws as `add`.
  void write(const std::function<void(RowWriter&)>& rows) const;

  /// Stores like `add` with the same arguments. Where the database does not take the result any more (moved, full, locked for too long), it goes into
  /// a small one beside it, in the current folder or in that of temporary files: nothing that was computed is lost. Throws UserError only for a
  /// result that is not to be trusted (failed_check). After a Ctrl-C that came too late to stop anything it stores all the same.
  template <class... Arguments>
  [[nodiscard]] Stored keep(const Arguments&... arguments) const {
    return kept([&](const Store& store) { return store.add(arguments...); });
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  /// Runs `insert` in one transaction and returns the id it gives.
  template <class Insert>
  std::int64_t in_transaction(const Insert& insert) const;
  [[nodiscard]] Stored kept(const std::function<std::int64_t(const Store&)>& add) const;
  std::string path_;
  std::chrono::milliseconds longest_wait_;
};

}  // namespace mho::analysis
