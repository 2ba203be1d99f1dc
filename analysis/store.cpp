#include "analysis/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "analysis/schema.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

namespace fs = std::filesystem;

/// Another run stores its rows in milliseconds; longer than this means somebody holds the database open in a transaction.
constexpr int busy_timeout_ms = 60'000;
constexpr int primary_code_mask = 0xff;  // SQLite's extended result codes carry the primary code in the low byte
constexpr double square_millimetres_per_square_metre = 1e6;

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

/// Binds the columns of one row in order; nothing is converted silently.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) { statement_.reset(); }
  template <std::integral T>
  Row& operator<<(T value) {
    statement_.bind(++column_, static_cast<std::int64_t>(value));
    return *this;
  }
  Row& operator<<(bool value) { return *this << static_cast<int>(value); }
  /// NaN and infinity become NULL, which the NOT NULL of the column refuses: SQLite itself would store an infinity.
  Row& operator<<(double value) {
    if (std::isfinite(value)) {
      statement_.bind(++column_, value);
    } else {
      statement_.bind(++column_);
    }
    return *this;
  }
  Row& operator<<(const std::string& value) {
    statement_.bind(++column_, value);
    return *this;
  }
  template <typename T>
  Row& operator<<(const std::optional<T>& value) {
    if (value) return *this << *value;
    statement_.bind(++column_);
    return *this;
  }
  void insert() { statement_.exec(); }

 private:
  SQLite::Statement& statement_;
  int column_ = 0;
};

/// "INSERT INTO table VALUES (?, ...)" with one mark for each column.
SQLite::Statement insertion(SQLite::Database& database, std::string_view table, int columns) {
  std::string marks = "?";
  for (int i = 1; i < columns; ++i) marks += ",?";
  return {database, fmt::format("INSERT INTO {} VALUES ({})", table, marks)};
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

void insert_parameters(SQLite::Database& database, std::int64_t run, const base::Config& config) {
  auto statement = insertion(database, "parameter", 5);
  for (const auto& declaration : config.declarations()) {
    Row row(statement);
    row << run << declaration.key;
    std::visit([&row](const auto& value) { row << value; }, config.value(declaration.key));
    row << declaration.unit << config.origin(declaration.key).text();
    row.insert();
  }
}

void insert_layers(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  auto statement = insertion(database, "layer", 18);
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerResult& layer = result.layers[i];
    Row row(statement);
    row << run << i << layer.name << layer.operation << layer.shape << layer.matrix << layer.tiles << layer.positions << layer.mvms
        << layer.busy_cycles << layer.waiting_input_cycles << layer.waiting_output_cycles << layer.energy_j << layer.clipped_inputs
        << layer.clipped_outputs << layer.adc_bits_used << layer.snr_db << layer.snr_last_db;
    row.insert();
  }
}

void insert_stages(SQLite::Database& database, std::int64_t run, const Design& design, const ChipResult& result) {
  auto statement = insertion(database, "stage", 12);
  for (std::size_t i = 0; i < result.program.stages.size(); ++i) {
    const hw::Stage& stage = result.program.stages[i];
    const hw::StageActivity& activity = result.simulation.window.stages.at(i);
    Row row(statement);
    row << run << i << stage.name << std::string(hw::kind_name(stage.kind)) << stage.phase << stage.core
        << (stage.layer < 0 ? std::nullopt : std::optional(stage.layer)) << activity.positions << design.chip.clock_at(stage.core).si()
        << activity.busy_cycles << activity.waiting_input_cycles << activity.waiting_output_cycles;
    row.insert();
  }
}

void insert_phases(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  auto statement = insertion(database, "phase", 7);
  for (std::size_t k = 0; k < result.program.phases.size(); ++k) {
    const hw::PhaseTime& time = result.simulation.phases.at(k);
    Row row(statement);
    row << run << k << result.program.phases[k].name << result.program.phases[k].programs << time.single.seconds() << time.batch.seconds()
        << result.simulation.window_inferences;
    row.insert();
  }
}

void insert_window(SQLite::Database& database, std::int64_t run, const hw::ChipParameters& chip, const hw::Activity& window) {
  auto units = insertion(database, "unit", 7);
  for (std::size_t i = 0; i < window.units.size(); ++i) {
    const hw::UnitActivity& unit = window.units[i];
    Row row(units);
    row << run << i << unit.node << unit.name << chip.clock_at(unit.node).si() << unit.worked_cycles << unit.held_cycles;
    row.insert();
  }
  auto links = insertion(database, "link", 7);
  for (std::size_t i = 0; i < window.links.size(); ++i) {
    const hw::LinkActivity& link = window.links[i];
    Row row(links);
    row << run << i << std::string(hw::kind_name(link.kind)) << link.from << link.to << chip.network_clock.value_or(chip.clock).si() << link.flits;
    row.insert();
  }
}

void insert_gates(SQLite::Database& database, std::int64_t run, const RollUp& costs) {
  if (!costs.gating) return;
  auto statement = insertion(database, "gate", 7);
  for (const GateUse& gate : costs.gating->gates) {
    Row row(statement);
    row << run << std::string(hw::unit_name(gate.unit)) << gate.number << gate.gated_share << gate.wakes << gate.not_leaked_j << gate.switched_j;
    row.insert();
  }
}

void insert_sequence(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  if (const auto& tokens = result.token_run) {
    auto statement = insertion(database, "token_run", 8);
    Row(statement) << run << std::string(mode_name(tokens->decode ? SequenceOptions::Mode::decode : SequenceOptions::Mode::prefill)) << tokens->tokens
                   << tokens->context << (result.simulation.single_only ? std::nullopt : std::optional(tokens->tokens_per_s))
                   << tokens->energy_per_token_j << tokens->cache_read_bits << tokens->cache_written_bits;
    statement.exec();
  }
  if (const auto batch = batch_of(result)) {
    auto statement = insertion(database, "back_to_back", 3);
    Row(statement) << run << batch->inferences << batch->seconds;
    statement.exec();
  }
}

void insert_computed(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  if (!result.computed) return;
  auto statement = insertion(database, "computed", 10);
  const Computed& computed = *result.computed;
  Row(statement) << run << computed.inferences << computed.first_sample << computed.time_s << computed.outputs << true
                 << computed.costs.energy_per_inference_j << computed.pulses << computed.conversions << computed.expected_conversions;
  statement.exec();
  auto energy = insertion(database, "computed_energy", 3);
  for (const auto& [block, joule] : computed.costs.blocks) (Row(energy) << run << std::string(block_name(block)) << joule).insert();
}

void insert_tiles(SQLite::Database& database, std::int64_t run, const ChipResult& result) {
  auto statement = insertion(database, "tile", 14);
  for (std::size_t i = 0; i < result.tiles.size(); ++i) {
    const auto& [tile, node, layer, block, phase] = result.tiles[i];
    Row row(statement);
    row << run << i << tile << node << phase << layer << block.row_part << block.column_part << block.input_begin << block.output_begin
        << block.inputs() << block.outputs() << block.tile_row << block.tile_column;
    row.insert();
  }
}

void insert_costs(SQLite::Database& database, std::int64_t run, const RollUp& costs) {
  auto energy = insertion(database, "energy", 4);
  const auto store = [&](std::optional<std::size_t> layer, const std::vector<BlockEnergy>& blocks) {
    for (const auto& [block, joule] : blocks) {
      Row row(energy);
      row << run << layer << std::string(block_name(block)) << joule;
      row.insert();
    }
  };
  for (std::size_t i = 0; i < costs.layers.size(); ++i) store(i, costs.layers[i].blocks);
  store(std::nullopt, costs.shared);
  auto area = insertion(database, "area", 4);
  for (const auto& [part, count, square_metre] : costs.areas) {
    Row row(area);
    row << run << part << count << square_metre * square_millimetres_per_square_metre;
    row.insert();
  }
}

std::int64_t insert_chip(SQLite::Database& database, const Design& design, const ChipResult& result, const Scores& scores, const Asked& asked) {
  const std::int64_t run = insert_run(database, design, result, scores, asked);
  insert_parameters(database, run, design.config);
  insert_layers(database, run, result);
  insert_stages(database, run, design, result);
  insert_phases(database, run, result);
  insert_window(database, run, design.chip, result.simulation.window);
  insert_gates(database, run, result.costs);
  insert_sequence(database, run, result);
  insert_computed(database, run, result);
  insert_tiles(database, run, result);
  insert_costs(database, run, result.costs);
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
  const auto why_not = [](const Crossing& crossing) { return crossing.at ? std::nullopt : std::optional(crossing.why); };
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
  Row(statement) << next_id << version << now_text() << command << record.job.threads << record.wall_s << inputs.network.name << inputs.network.hash
                 << inputs.network.weights() << inputs.data.training->name() << inputs.data.training->hash()
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
