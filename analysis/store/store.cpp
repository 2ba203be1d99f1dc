#include "analysis/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <utility>

#include "analysis/store/chip_rows.h"
#include "analysis/store/rows.h"
#include "analysis/store/schema.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// Another run stores its rows in milliseconds; longer than this means somebody holds the database open in a transaction.
constexpr int busy_timeout_ms = 60'000;
constexpr int primary_code_mask = 0xff;  // SQLite's extended result codes carry the primary code in the low byte
/// What the user reads for an SQLite error.
base::UserError refusal(const std::string& path, const SQLite::Exception& error) {
  const std::string_view nothing = "Nothing of this run was stored.";
  switch (error.getErrorCode() & primary_code_mask) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return base::UserError(fmt::format("{} is not an SQLite database, or a damaged one; give --db another file. {}", path, nothing));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return base::UserError(
          fmt::format("{} cannot be written ({}); mend its permissions or give --db another file. {}", path, error.what(), nothing));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::UserError(
          fmt::format("{} is locked by another program for more than {} s; close it there and run again. {}", path, busy_timeout_ms / 1000, nothing));
    case SQLITE_FULL:
      return base::UserError(fmt::format("the disk is full: {} cannot grow. Free some space or give --db a file on another disk. {}", path, nothing));
    case SQLITE_IOERR:
      return base::UserError(
          fmt::format("{} cannot be written: {} (a full disk, a size limit or a failing device). Give --db a file on another disk. {}", path,
                      error.what(), nothing));
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return base::UserError(fmt::format("a result of this run is not a legal value ({}); it is not to be trusted. {}", error.what(), nothing),
                             base::ExitCode::failed_check);
    default:
      return base::UserError(fmt::format("{}: {}. {}", path, error.what(), nothing));
  }
}

enum class Contents { fresh, ours };

/// Whose file it is; throws UserError for a foreign or newer one.
Contents contents(SQLite::Database& database, const std::string& path) {
  const int id = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (id == Store::application_id) {
    if (version > Store::schema_version) {
      throw base::UserError(
          fmt::format("{} was written by a newer mho (schema version {}, this one knows {}); use that version, or give --db another file", path,
                      version, Store::schema_version));
    }
    if (version < Store::schema_version) {
      throw base::UserError(fmt::format(
          "{} was written by an older mho (schema version {}, this one writes {}); it was left alone and can still be read with sqlite3. Give "
          "--db another file",
          path, version, Store::schema_version));
    }
    return Contents::ours;
  }
  if (id == 0 && version == 0 && database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0) return Contents::fresh;
  throw base::UserError(
      fmt::format("{} is a database of another program (application_id {:#x}, expected {:#x}); it was left alone. Give --db another file", path,
                  static_cast<unsigned>(id), static_cast<unsigned>(Store::application_id)));
}

/// SQLite writes its journal beside the database, so the folder must take new files; asking is surer than reading permission bits.
void require_writable_folder(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw base::UserError(fmt::format("{} cannot be created: {} is not a folder. Create it, or give --db another file", path, folder.string()));
  }
  std::string probe = (folder / ".mho-probe-XXXXXX").string();
  const int file = mkstemp(probe.data());
  if (file < 0) {
    throw base::UserError(fmt::format("{} cannot be written: the folder {} takes no new files. Mend its permissions, or give --db a file elsewhere",
                                      path, folder.string()));
  }
  close(file);
  unlink(probe.c_str());
}

/// UTC, ISO 8601.
std::string now_text() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

/// What the columns of `run` say about how a network was scored; none of it for a chip simulated alone.
struct Scores {
  std::optional<std::size_t> first, scored, calibration_samples, repeats;
  std::optional<bool> calibrated_on_test;
  std::optional<std::string> metric;
  std::optional<double> chance, yield_threshold, float_accuracy, float_accuracy_scored;
};

Scores scores(const Result& result) {
  return {.first = result.samples.first,
          .scored = result.samples.scored,
          .calibration_samples = result.samples.calibration_samples,
          .repeats = result.accuracy.empty() ? 0 : result.accuracy.front().by_repeat.size(),
          .calibrated_on_test = result.samples.calibrated_on_test,
          .metric = std::string(workloads::metric_name(result.metric)),
          .chance = result.chance,
          .yield_threshold = result.yield_threshold,
          .float_accuracy = result.float_accuracy,
          .float_accuracy_scored = result.float_accuracy_scored};
}

/// How the user asked for a run.
struct Asked {
  std::string version, command;
  std::uint64_t seed = 0;
  int threads = 0;
};

std::int64_t insert_run(SQLite::Database& database, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  constexpr int columns = 49;
  auto statement = insertion(database, "run", columns);
  const std::optional<std::int64_t> next_id;
  const RollUp& costs = result.costs;
  const hw::SimulationResult& simulation = result.simulation;
  Row(statement) << next_id << asked.version << now_text() << asked.command << asked.seed << asked.threads << result.wall_s << result.network
                 << result.network_hash << result.weights << result.macs << result.data << result.data_hash << scores.first << scores.scored
                 << scores.calibration_samples << scores.calibrated_on_test << scores.repeats << scores.metric << scores.chance
                 << scores.yield_threshold << design.name << design.hash() << design.json() << scores.float_accuracy << scores.float_accuracy_scored
                 << costs.latency_s << costs.interval_s << costs.throughput_per_s << simulation.converged << simulation.steady_inferences
                 << simulation.cycles << simulation.wall_s << simulation.flit_hops() << result.bottleneck.text
                 << std::string(kind_name(result.bottleneck.kind)) << simulation.window.elapsed.seconds() << simulation.window_inferences
                 << simulation.single.packets << simulation.single.flit_hops << costs.energy_per_inference_j << costs.single_shot_energy_j
                 << costs.average_power_w << costs.leakage_w << costs.area_m2 * square_millimetres_per_square_metre << costs.tops_per_watt
                 << result.tiles_used << result.tiles_available << result.utilisation;
  statement.exec();
  return database.getLastInsertRowid();
}

std::int64_t insert_chip(SQLite::Database& database, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  const std::int64_t run = insert_run(database, design, result, scores, asked);
  insert_chip_rows(database, run, design, result);
  return run;
}

void insert_accuracy(SQLite::Database& database, std::int64_t run, const Result& result) {
  auto statement = insertion(database, "accuracy", 4);
  for (const auto& time : result.accuracy) {
    for (std::size_t repeat = 0; repeat < time.by_repeat.size(); ++repeat) {
      Row row(statement);
      row << run << time.time_s << repeat << time.by_repeat[repeat];
      row.insert();
    }
  }
}

std::int64_t insert_study(SQLite::Database& database, const Design& design, const Sensitivity& study, const std::string& version,
                          const std::string& command) {
  auto statement = insertion(database, "study", 29);
  const std::optional<std::int64_t> next_id;
  const SensitivityOptions& options = study.options;
  Row(statement) << next_id << version << now_text() << command << options.seed << options.threads << study.wall_s << study.network
                 << study.network_hash << study.weights << study.data << study.data_hash << study.samples.first << study.samples.scored
                 << study.samples.calibration_samples << study.samples.calibrated_on_test << options.repeats << options.time_s
                 << workloads::metric_name(study.metric) << study.chance << options.threshold << options.error << design.name << design.hash()
                 << design.json() << study.float_accuracy << study.reference.mean << study.reference.sem << study.interrupted;
  statement.exec();
  return database.getLastInsertRowid();
}

void insert_nonidealities(SQLite::Database& database, std::int64_t study, const std::vector<NonidealitySensitivity>& rows) {
  auto statement = insertion(database, "sensitivity", 14);
  const auto why_not = [](const ThresholdSearch& crossing) { return crossing.at ? std::nullopt : std::optional(crossing.why); };
  for (const NonidealitySensitivity& one : rows) {
    const auto& accuracy = one.accuracy_at_error;
    Row row(statement);
    row << study << one.name << fmt::format("{}", fmt::join(one.keys, " ")) << one.unit << one.at_threshold.at << why_not(one.at_threshold)
        << one.certain << one.possible << one.error_at_threshold << one.at_error.at << why_not(one.at_error)
        << (accuracy ? std::optional(accuracy->mean) : std::nullopt) << (accuracy ? accuracy->sem : std::nullopt) << one.normalised_at_error;
    row.insert();
  }
}

void insert_sensitive_layers(SQLite::Database& database, std::int64_t study, const std::vector<LayerSensitivity>& rows) {
  auto statement = insertion(database, "sensitivity_layer", 11);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row row(statement);
    row << study << i << rows[i].name;
    for (const PairedDifference& one : {rows[i].lost, rows[i].won}) row << one.mean << one.sem << one.low << one.high;
    row.insert();
  }
}

std::int64_t insert_training(SQLite::Database& database, const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version,
                             const std::string& command) {
  auto statement = insertion(database, "training", 17);
  const std::optional<std::int64_t> next_id;
  Row(statement) << next_id << version << now_text() << command << record.job.threads << record.wall_s << inputs.tiled.network.name
                 << inputs.tiled.network.hash << inputs.tiled.network.weights() << inputs.data.training->name() << inputs.data.training->hash()
                 << workloads::metric_name(inputs.data.training->metric()) << inputs.design.json() << inputs.recipe.json << record.job.from_scratch
                 << record.job.out << record.out_hash;
  statement.exec();
  const std::int64_t training = database.getLastInsertRowid();
  auto epochs = insertion(database, "epoch", 7);
  for (const EpochRecord& epoch : record.epochs) {
    Row row(epochs);
    row << training << epoch.epoch << epoch.loss << epoch.metric << epoch.rate << epoch.noise << epoch.seconds;
    row.insert();
  }
  return training;
}

}  // namespace

Store::Store(std::string path) : path_(std::move(path)) {
  // The library would take these for a database in memory, or for an address; a user means a file.
  if (path_.starts_with(":") || path_.starts_with("file:")) path_.insert(0, "./");
  if (path_.empty()) throw base::UserError("--db needs the name of a file", base::ExitCode::usage);
  std::error_code error;
  const auto status = fs::status(path_, error);
  if (fs::is_directory(status)) throw base::UserError(fmt::format("{} is a folder; give --db the name of a file", path_));
  if (fs::exists(status) && !fs::is_regular_file(status)) throw base::UserError(fmt::format("{} is no ordinary file; give --db another name", path_));
  require_writable_folder(path_);
  if (!fs::exists(status)) return;
  try {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE, busy_timeout_ms);
    contents(database, path_);
    if (sqlite3_db_readonly(database.getHandle(), "main") != 0) {
      throw base::UserError(fmt::format("{} is read-only; mend its permissions or give --db another file", path_));
    }
  } catch (const SQLite::Exception& exception) {
    throw refusal(path_, exception);
  }
}

template <class Insert>
std::int64_t Store::in_transaction(const Insert& insert) const {
  const bool created = !fs::exists(path_);
  try {
    SQLite::Database database(path_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_timeout_ms);
    database.exec("PRAGMA foreign_keys = ON");
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (contents(database, path_) == Contents::fresh) {
      database.exec(std::string(schema_sql()));
      database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, schema_version));
    }
    const std::int64_t id = insert(database);
    base::check_interrupt();
    transaction.commit();
    return id;
  } catch (...) {
    // A file that this call created and that got no row is empty after the roll-back; leave no trace of it.
    std::error_code error;
    if (created && fs::file_size(path_, error) == 0 && !error) fs::remove(path_, error);
    try {
      throw;
    } catch (const SQLite::Exception& exception) {
      throw refusal(path_, exception);
    }
  }
}

std::int64_t Store::add(const Design& design, const Result& result, const RunInfo& info) const {
  return in_transaction([&](SQLite::Database& database) {
    const std::int64_t run =
        insert_chip(database, design, result, scores(result), {info.version, info.command, info.options.seed, info.options.threads});
    insert_accuracy(database, run, result);
    return run;
  });
}

std::int64_t Store::add(const Design& design, const ChipResult& result, const SimulationInfo& info) const {
  return in_transaction([&](SQLite::Database& database) {
    return insert_chip(database, design, result, {}, {info.version, info.command, info.options.seed, info.options.threads});
  });
}

std::int64_t Store::add(const Design& design, const Sensitivity& study, const std::string& version, const std::string& command) const {
  return in_transaction([&](SQLite::Database& database) {
    const std::int64_t id = insert_study(database, design, study, version, command);
    insert_nonidealities(database, id, study.nonidealities);
    insert_sensitive_layers(database, id, study.layers);
    return id;
  });
}

std::int64_t Store::add(const TrainingInputs& inputs, const TrainingRecord& record, const std::string& version, const std::string& command) const {
  return in_transaction([&](SQLite::Database& database) { return insert_training(database, inputs, record, version, command); });
}

}  // namespace mho::analysis
