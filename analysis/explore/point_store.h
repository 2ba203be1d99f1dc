#pragma once

#include <cstdint>
#include <functional>
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

/// A row of `exploration`.
struct Exploration {
  std::string kind = "sweep";  ///< "sweep" or "search"
  std::optional<std::string> name{};
  std::string command{};                 ///< as typed
  base::Json request{};                  ///< everything that its points depend on; the same request with the same version is the same exploration
  std::optional<std::int64_t> points{};  ///< total number of points
  std::vector<std::pair<std::string, std::string>> tags{};  ///< tags of its runs
  /// Hash of kind, request and version.
  [[nodiscard]] std::string hash() const;
};

/// A point of an exploration.
struct NumberedPoint {
  std::int64_t number = 0;
  base::Json settings{};  ///< values by axis
  DesignPoint point{};
};

/// The points of an exploration in a database. Results are stored with Store::write: many in one transaction, each whole or not at all.
class PointStore {
 public:
  /// Throws as Store.
  explicit PointStore(const std::string& path);
  ~PointStore();
  PointStore(const PointStore&) = delete;
  PointStore& operator=(const PointStore&) = delete;
  [[nodiscard]] const std::string& path() const { return store_.path(); }

  /// Writes the row of the exploration if it is missing.
  void begin(const Exploration& exploration) const;
  /// The evaluated points by number, except those whose run was deleted.
  [[nodiscard]] std::map<std::int64_t, Evaluation> evaluated(const std::string& exploration);

  /// Adds figures of views to an evaluation whose run is stored. A figure without a row in its view is left out. Throws as value_of and Store.
  void add_view_figures(Evaluation& evaluation, std::span<const ViewFigure> figures);

  /// The stored run with the same design, network, data, seed, options and version; interrupted runs do not count.
  [[nodiscard]] std::optional<Evaluation> find(const LocalEvaluator::Prepared& point);

  /// A point and its result.
  struct Kept {
    NumberedPoint point{};
    EvaluatedPoint done{};
  };
  /// Stores points without a row, and their runs if they are missing; sets Evaluation::run. Throws as Store::write.
  void keep(const std::string& exploration, std::span<Kept> points, const Label& label) const;
  /// Stores a point without a run, such as one whose process died.
  void keep_failed(const std::string& exploration, const NumberedPoint& point, const Evaluation& evaluation) const;

 private:
  /// The database for reading, kept open; null if there is none with the current schema.
  [[nodiscard]] SQLite::Database* reader();
  /// Calls `work` with reader(), as read_beside_kills.
  void read(const std::function<void(SQLite::Database*)>& work);
  Store store_;
  struct Reading;
  std::unique_ptr<Reading> reading_;
};

/// The figures of a stored run, equal to those of figures_of() bit for bit.
Evaluation evaluation_of_run(SQLite::Database& database, std::int64_t run);

}  // namespace mho::analysis
