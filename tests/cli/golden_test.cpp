#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

/// A table of the database and the query that writes its deterministic columns in a fixed order.
struct Golden {
  std::string table;
  std::string query;
};

const std::vector<Golden> goldens{
    {"run",
     "SELECT seed, network, network_hash, weights, macs, data, data_hash, first_sample, samples, calibration_samples, calibrated_on_test, "
     "repeats, metric, chance, yield_threshold, "
     "design_hash, float_accuracy, float_accuracy_scored, latency_s, interval_s, throughput_per_s, converged, steady_inferences, cycles, packets, "
     "flit_hops, "
     "energy_per_inference_j, single_shot_energy_j, average_power_w, leakage_w, area_mm2, tops_per_watt, tiles, tiles_available, utilisation FROM "
     "run"},
    {"parameter", "SELECT key, value, unit FROM parameter ORDER BY key"},
    {"layer", "SELECT * FROM layer ORDER BY layer"},
    {"stage", "SELECT * FROM stage ORDER BY stage"},
    {"unit", "SELECT * FROM unit ORDER BY unit"},
    {"link", "SELECT * FROM link WHERE flits > 0 ORDER BY link"},
    {"tile", "SELECT * FROM tile ORDER BY part"},
    {"energy", "SELECT layer, block, joule FROM energy ORDER BY layer, rowid"},
    {"area", "SELECT * FROM area ORDER BY block"},
    {"accuracy", "SELECT * FROM accuracy ORDER BY time_s, repeat"},
};

/// Comma-separated values; numbers with all the digits of a double.
std::string csv(SQLite::Database& database, const std::string& query) {
  SQLite::Statement statement(database, query);
  std::string text;
  for (int i = 0; i < statement.getColumnCount(); ++i) text += fmt::format("{}{}", i > 0 ? "," : "", statement.getColumnName(i));
  text += "\n";
  while (statement.executeStep()) {
    for (int i = 0; i < statement.getColumnCount(); ++i) {
      const SQLite::Column column = statement.getColumn(i);
      if (i > 0) text += ",";
      if (column.isNull()) continue;
      text += column.isFloat() ? fmt::format("{:.17g}", column.getDouble()) : column.getString();
    }
    text += "\n";
  }
  return text;
}

class GoldenTest : public CommandTest {
 protected:
  /// Compares the tables of a quick run with the files in tests/cli/golden/`folder`.
  void compare(const std::string& folder, const std::vector<std::string>& options) {
    const Outcome outcome = mho(quick_run(options));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    SQLite::Database database((folder_ / "results.db").string());
    for (const auto& [table, query] : goldens) {
      const std::string path = fmt::format("{}/tests/cli/golden/{}{}.csv", MHO_SOURCE_DIR, folder, table);
      const std::string actual = csv(database, query);
      if (std::getenv("MHO_UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << actual;
      EXPECT_EQ(actual, base::read_file(path)) << table;
    }
  }
};

/// The whole product in one run, compared bit for bit with files made by an earlier one. A difference is either a mistake or a decision; after a
/// decision make the files again: MHO_UPDATE_GOLDEN=1 test_cli --gtest_filter='GoldenTest.*', read the differences, commit them with the change.
TEST_F(GoldenTest, TheDefaultRunTableByTable) { compare("", {"--threads", "2"}); }

/// The chip that the benchmarks of the mapper refer to, whatever the defaults become.
TEST_F(GoldenTest, TheMappingReferenceTableByTable) {
  compare("mapping_reference/",
          {"--threads", "2", "--design", "mapping_reference", "--data", "strokes", MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx"});
}

}  // namespace
}  // namespace mho::cli::test
