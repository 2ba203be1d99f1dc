#include "analysis/explore/point_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>

#include "analysis/store/database.h"
#include "analysis/store/result_rows.h"
#include "analysis/store/rows.h"
#include "analysis/store/waiting.h"
#include "base/design_file/document.h"
#include "base/version.h"
#include "workloads/data/metric.h"

namespace mho::analysis {

namespace {

constexpr std::array<const char*, 13> figure_columns{
    "latency_s",       "interval_s", "throughput_per_s", "energy_per_inference_j", "single_shot_energy_j",
    "average_power_w", "leakage_w",  "area_mm2",         "tops_per_watt",          "tiles",
    "utilisation",     "macs",       "weights"};

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

void read_accuracy(SQLite::Database& database, std::int64_t run, const Yardstick& by, double threshold, std::map<std::string, double>& figures) {
  std::map<double, std::vector<double>> values;
  SQLite::Statement rows(database, "SELECT time_s, value FROM accuracy WHERE run = ? ORDER BY time_s, repeat");
  rows.bind(1, run);
  while (rows.executeStep()) values[rows.getColumn(0).getDouble()].push_back(rows.getColumn(1).getDouble());
  for (const auto& [time_s, by_repeat] : values) add_accuracy_figures(figures, time_s, by_repeat, by, threshold);
}

/// Number of the stored run that equals this point; 0 if there is none.
std::int64_t run_of(SQLite::Database& database, const LocalEvaluator::Prepared& point) {
  if (!point.design || point.network == nullptr) return 0;
  const auto options = std::visit([](const auto& info) { return options_json(info); }, point.info);
  const std::uint64_t seed = std::visit([](const auto& info) { return info.options.seed; }, point.info);
  SQLite::Statement found(database,
                          "SELECT id FROM run WHERE design_hash = ? AND network_hash = ? AND seed = ? AND data_hash IS ? AND options = ? AND "
                          "version = ? AND interrupted = 0 ORDER BY id LIMIT 1");
  int mark = 0;
  found.bind(++mark, point.design->hash());
  found.bind(++mark, point.known.network_hash);
  found.bind(++mark, static_cast<std::int64_t>(seed));
  ++mark;
  if (point.known.data_hash) found.bind(mark, *point.known.data_hash);
  found.bind(++mark, options);
  found.bind(++mark, std::string(base::version()));
  return found.executeStep() ? found.getColumn(0).getInt64() : 0;
}

std::string uid_of(SQLite::Database& database, std::int64_t run) {
  SQLite::Statement uid(database, "SELECT uid FROM run WHERE id = ?");
  uid.bind(1, run);
  return uid.executeStep() ? uid.getColumn(0).getString() : "";
}

bool has_point(SQLite::Database& database, const std::string& exploration, std::int64_t number) {
  SQLite::Statement found(database, "SELECT 1 FROM point WHERE exploration = ? AND number = ?");
  found.bind(1, exploration);
  found.bind(2, number);
  return found.executeStep();
}

void insert_point(RowWriter& writer, const std::string& exploration, const NumberedPoint& point, const Evaluation& evaluation,
                  const std::optional<std::string>& uid) {
  writer.insert("point", {{"exploration", exploration},
                          {"number", point.number},
                          {"settings", point.settings.dump()},
                          {"run_uid", uid},
                          {"exit_code", static_cast<int>(evaluation.exit_code)},
                          {"reason", evaluation.reason},
                          {"wall_s", evaluation.wall_s}});
}

}  // namespace

std::string Exploration::hash() const { return base::content_hash(fmt::format("{}\n{}\n{}", kind, request.dump(), base::version())); }

Evaluation evaluation_of_run(SQLite::Database& database, std::int64_t run) {
  Evaluation evaluation{.run = run, .found = true};
  std::string columns;
  for (const char* column : figure_columns) columns += fmt::format("{}, ", column);
  SQLite::Statement row(database, fmt::format("SELECT {} reason, exit_code, wall_s, metric, chance, float_accuracy, float_accuracy_scored, "
                                              "yield_threshold FROM run WHERE id = ?",
                                              columns));
  row.bind(1, run);
  if (!row.executeStep()) throw base::UserError(fmt::format("there is no run {}", run));
  int column = static_cast<int>(figure_columns.size());
  if (!row.getColumn(column).isNull()) evaluation.reason = row.getColumn(column).getString();
  evaluation.exit_code = static_cast<base::ExitCode>(row.getColumn(++column).getInt());
  evaluation.wall_s = row.getColumn(++column).getDouble();
  if (!evaluation.ok()) return evaluation;
  for (std::size_t i = 0; i < figure_columns.size(); ++i) evaluation.figures[figure_columns[i]] = row.getColumn(static_cast<int>(i)).getDouble();
  SQLite::Statement bands(database, "SELECT figure, low, high FROM band WHERE run = ?");
  bands.bind(1, run);
  while (bands.executeStep()) {
    const std::string name = bands.getColumn(0).getString();
    evaluation.figures[name + "@low"] = bands.getColumn(1).getDouble();
    evaluation.figures[name + "@high"] = bands.getColumn(2).getDouble();
  }
  if (row.getColumn(++column).isNull()) return evaluation;
  const workloads::Metric metric = workloads::metric_of(row.getColumn(column).getString());
  const double chance = row.getColumn(++column).getDouble();
  evaluation.figures["float_accuracy"] = row.getColumn(++column).getDouble();
  const double scored = row.getColumn(++column).getDouble(), threshold = row.getColumn(++column).getDouble();
  read_accuracy(database, run, {chance, scored, workloads::is_share(metric)}, threshold, evaluation.figures);
  SQLite::Statement upkeep(database, "SELECT tile_yield FROM upkeep WHERE run = ?");
  upkeep.bind(1, run);
  add_good_chips(evaluation.figures, upkeep.executeStep() ? upkeep.getColumn(0).getDouble() : 1.0);
  return evaluation;
}

struct PointStore::Reading {
  explicit Reading(const std::string& path) : waiting(path, Store::usual_wait), database(open_for_reading(path)) { waiting.attach(database); }
  Waiting waiting;
  SQLite::Database database;
};

PointStore::PointStore(const std::string& path) : store_(path), reading_(nullptr) {}
PointStore::~PointStore() = default;

SQLite::Database* PointStore::reader() {
  if (reading_) return &reading_->database;
  std::error_code error;
  const std::string& path = store_.path();
  if (!std::filesystem::exists(path, error) || std::filesystem::file_size(path, error) == 0 || error) return nullptr;
  if (contents_of_file(path) != Contents::current) return nullptr;
  reading_ = std::make_unique<Reading>(path);
  return &reading_->database;
}

void PointStore::read(const std::function<void(SQLite::Database*)>& work) {
  read_beside_kills(store_.path(), [&] { work(reader()); });
}

void PointStore::begin(const Exploration& exploration) const {
  const std::string hash = exploration.hash();
  store_.write([&](RowWriter& writer) {
    if (writer.has("exploration", "hash", hash)) return;
    writer.insert("exploration", {{"hash", hash},
                                  {"kind", exploration.kind},
                                  {"name", exploration.name},
                                  {"created", utc_now()},
                                  {"version", base::version()},
                                  {"command", exploration.command},
                                  {"request", exploration.request.dump()},
                                  {"points", exploration.points}});
  });
}

std::map<std::int64_t, Evaluation> PointStore::evaluated(const std::string& exploration) {
  std::map<std::int64_t, Evaluation> all;
  read([&](SQLite::Database* database) {
    all.clear();
    if (database == nullptr) return;
    SQLite::Statement rows(*database,
                           "SELECT p.number, p.exit_code, p.reason, p.wall_s, r.id, p.run_uid FROM point p LEFT JOIN run r ON r.uid = p.run_uid "
                           "WHERE p.exploration = ?");
    rows.bind(1, exploration);
    while (rows.executeStep()) {
      Evaluation evaluation{.exit_code = static_cast<base::ExitCode>(rows.getColumn(1).getInt()), .wall_s = rows.getColumn(3).getDouble()};
      if (!rows.getColumn(2).isNull()) evaluation.reason = rows.getColumn(2).getString();
      const bool deleted = rows.getColumn(4).isNull() && !rows.getColumn(5).isNull();
      if (deleted) continue;
      if (!rows.getColumn(4).isNull()) {
        evaluation = evaluation_of_run(*database, rows.getColumn(4).getInt64());
        evaluation.wall_s = rows.getColumn(3).getDouble();
      }
      evaluation.found = true;
      all.emplace(rows.getColumn(0).getInt64(), std::move(evaluation));
    }
  });
  return all;
}

void PointStore::add_view_figures(Evaluation& evaluation, std::span<const ViewFigure> figures) {
  if (evaluation.run == 0 || !evaluation.ok() || figures.empty()) return;
  read([&](SQLite::Database* database) {
    if (database == nullptr) return;
    for (const ViewFigure& figure : figures) {
      if (const auto value = value_of(*database, evaluation.run, figure)) evaluation.figures[figure.name] = *value;
    }
  });
}

std::optional<Evaluation> PointStore::find(const LocalEvaluator::Prepared& point) {
  std::optional<Evaluation> found;
  read([&](SQLite::Database* database) {
    const std::int64_t run = database == nullptr ? 0 : run_of(*database, point);
    if (run != 0) found = evaluation_of_run(*database, run);
  });
  return found;
}

void PointStore::keep(const std::string& exploration, std::span<Kept> points, const Label& label) const {
  store_.write([&](RowWriter& writer) {
    for (Kept& kept : points) {
      Evaluation& evaluation = kept.done.evaluation;
      // Another process may have stored the point meanwhile.
      if (has_point(writer.database(), exploration, kept.point.number)) continue;
      std::optional<std::string> uid;
      if (evaluation.run == 0 && kept.done.design) {
        std::visit(
            [&](auto info) {
              std::vector<InputFile> inputs = std::move(info.label.inputs);
              info.label = label;
              info.label.inputs = std::move(inputs);
              const auto insert = [&](const auto& outcome) {
                using Outcome = std::decay_t<decltype(outcome)>;
                constexpr bool scored = std::is_same_v<std::decay_t<decltype(info)>, RunInfo>;
                if constexpr (std::is_same_v<Outcome, RefusedRun> || std::is_same_v<Outcome, Result> == scored) {
                  evaluation.run = insert_rows(writer, *kept.done.design, outcome, info);
                }
              };
              std::visit(insert, kept.done.outcome);
            },
            kept.done.info);
      }
      if (evaluation.run != 0) uid = uid_of(writer.database(), evaluation.run);
      insert_point(writer, exploration, kept.point, evaluation, uid);
    }
  });
}

void PointStore::keep_failed(const std::string& exploration, const NumberedPoint& point, const Evaluation& evaluation) const {
  store_.write([&](RowWriter& writer) {
    if (!has_point(writer.database(), exploration, point.number)) insert_point(writer, exploration, point, evaluation, std::nullopt);
  });
}

}  // namespace mho::analysis
