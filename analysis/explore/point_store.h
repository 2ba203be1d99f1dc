#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/explore/evaluator.h"
#include "analysis/explore/view_figure.h"
#include "analysis/store/store.h"
#include "base/json.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): named by the library
class Database;
}

namespace mho::analysis {

/// What a row of `exploration` says.
struct Exploration {
  std::string kind = "sweep";  ///< "sweep" or "search"
  std::optional<std::string> name{};
  std::string command{};                 ///< as the user typed it
  base::Json request{};                  ///< what its points depend on; the same request of the same version is the same exploration
  std::optional<std::int64_t> points{};  ///< in all
  std::vector<std::pair<std::string, std::string>> tags{};  ///< of its runs
  /// Of kind, request and version.
  [[nodiscard]] std::string hash() const;
};

/// A point of an exploration.
struct NumberedPoint {
  std::int64_t number = 0;
  base::Json settings{};  ///< by axis
  DesignPoint point{};
};

/// The points of one exploration in a database. Results are stored with Store::write: many in one transaction, each whole or not at all.
class PointStore {
 public:
  /// Throws as Store.
  explicit PointStore(const std::string& path);
  ~PointStore();
  PointStore(const PointStore&) = delete;
  PointStore& operator=(const PointStore&) = delete;
  [[nodiscard]] const std::string& path() const { return store_.path(); }

  /// Writes the row of the exploration where there is none yet.
  void begin(const Exploration& exploration) const;
  /// The points that were evaluated, by their numbers; without those whose run was deleted since.
  [[nodiscard]] std::map<std::int64_t, Evaluation> evaluated(const std::string& exploration);

  /// Adds figures of views to an evaluation whose run is stored; one without a row there is left out. Throws as value_of, Store.
  void add_view_figures(Evaluation& evaluation, std::span<const ViewFigure> figures);

  /// The run of the same design, network, data, seed, options and version, if it is there; nothing of an interrupted one.
  [[nodiscard]] std::optional<Evaluation> find(const LocalEvaluator::Prepared& point);

  /// A point and what came out.
  struct Kept {
    NumberedPoint point{};
    EvaluatedPoint done{};
  };
  /// Stores points that have no row yet, and their runs where they are not there; fills Evaluation::run. Throws as Store::write.
  void keep(const std::string& exploration, std::span<Kept> points, const Label& label) const;
  /// A point without a run, such as one whose process died.
  void keep_failed(const std::string& exploration, const NumberedPoint& point, const Evaluation& evaluation) const;

 private:
  /// The database for reading, kept open; null while there is none of this schema.
  [[nodiscard]] SQLite::Database* reader();
  Store store_;
  struct Reading;
  std::unique_ptr<Reading> reading_;
};

/// The figures of a stored run, bit for bit those of figures_of().
Evaluation evaluation_of_run(SQLite::Database& database, std::int64_t run);

}  // namespace mho::analysis
