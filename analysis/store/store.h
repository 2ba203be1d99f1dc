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

/// Data for a row of `run` besides the result.
struct RunInfo {
  std::string version;  ///< version of mho
  std::string command;  ///< as the user typed it
  ExperimentOptions options;
  Label label{};
};

/// The same for a chip without accuracy.
struct SimulationInfo {
  std::string version;
  std::string command;
  ChipRunOptions options;
  Label label{};
};

/// A run that was refused after its design, network and data were known.
struct RefusedRun {
  std::string network, network_hash;
  std::optional<std::string> data{}, data_hash{};
  std::string reason{};                                  ///< the message to the user
  base::ExitCode exit_code = base::ExitCode::bad_input;  ///< never ok
  double wall_s = 0;
};

/// Place of a stored result.
struct Stored {
  std::int64_t id = 0;  ///< number of its row; 0: not stored
  std::string path;     ///< the database, or the rescue database
  std::string problem;  ///< reason why it is not in the database, and what to do; empty: it is stored there
  /// Throws `problem`, if any, as UserError with code not_stored. Call it after the result was printed.
  void check() const;
};

class RowWriter;

/// The SQLite database of results. A run is one transaction: stored whole or not at all.
class Store {
 public:
  static constexpr int application_id = 0x6D686F31;  ///< "mho1" in ASCII, in the file's header
  static constexpr int schema_version = 21;          ///< user_version in the file's header
  static constexpr int oldest_schema_version = 10;   ///< oldest version that can be migrated
  /// base::content_hash of the statements of schema.sql and views.sql without comments. Changed statements need a new schema_version: see DESIGN.md.
  static constexpr std::string_view schema_hash = "adf3bba2ff5c38c4";

  /// Checks, before the long computation, that a run can be stored at `path`: an existing file must be a writable database of this program, of
  /// schema_version or older and open to migration; a missing one must be possible to create. Nothing is created or changed: in an existing file of
  /// schema_version, rows of every table are tried and rolled back. `longest_wait`: longest time to wait for another program's lock. Throws UserError
  /// with the reason and what to do.
  explicit Store(std::string path, std::chrono::milliseconds longest_wait = usual_wait);
  static constexpr std::chrono::milliseconds usual_wait{60'000};

  /// Stores one run and returns its id. Creates the file and its tables if they are missing; migrates an older file first, in a transaction of its
  /// own. Waits for another writer as long as the constructor's `longest_wait`. Throws UserError (disk full, input/output error, busy, a value that
  /// is not finite, the file changed since the constructor) and Interrupted, and then leaves the database unchanged.
  std::int64_t add(const Design& design, const Result& result, const RunInfo& info) const;

  /// The same for a chip without accuracy: a row of `run` whose scores are NULL.
  std::int64_t add(const Design& design, const ChipResult& result, const SimulationInfo& info) const;

  /// The same for a refused run: a row of `run` without figures, and its settings.
  std::int64_t add(const Design& design, const RefusedRun& run, const RunInfo& info) const;
  std::int64_t add(const Design& design, const RefusedRun& run, const SimulationInfo& info) const;

  /// The same for a sensitivity study. `version`: of mho; `command`: as typed.
  std::int64_t add(const Design& design, const Sensitivity& study, const std::string& version, const std::string& command, const Label& label) const;

  /// The same for a training. A stored training that was interrupted and is now continued is replaced.
  std::int64_t add(const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version, const std::string& command,
                   const Label& label) const;

  /// Stores the effect of one more unit of each resource with a run, first the chip as it is; replaces earlier rows. Throws as `add`.
  void add_marginal(std::int64_t run, const std::vector<ImprovementStep>& steps) const;

  /// Writes several results, or other rows, in one transaction. Throws as `add`.
  void write(const std::function<void(RowWriter&)>& rows) const;

  /// Stores like `add` with the same arguments. If the database cannot take the result any more (moved, full, locked for too long), it is stored in a
  /// rescue database beside it, in the current folder or in the folder of temporary files, so that no computed result is lost. Throws UserError only
  /// for a result that is not trustworthy (failed_check). It also stores after a Ctrl-C that came too late to stop the computation.
  template <class... Arguments>
  [[nodiscard]] Stored keep(const Arguments&... arguments) const {
    return kept([&](const Store& store) { return store.add(arguments...); });
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  /// Runs `insert` in one transaction and returns its id.
  template <class Insert>
  std::int64_t in_transaction(const Insert& insert) const;
  [[nodiscard]] Stored kept(const std::function<std::int64_t(const Store&)>& add) const;
  std::string path_;
  std::chrono::milliseconds longest_wait_;
};

}  // namespace mho::analysis
