#include "analysis/query/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mho::analysis {

namespace {

constexpr std::size_t most_shown = 20;

HealthCheck asked(const Reader& reader, std::string what, const std::string& count, const std::string& problems) {
  HealthCheck check{.what = std::move(what), .looked_at = std::get<std::int64_t>(reader.value(count)), .problems = {}};
  for (const auto& row : reader.select(problems).rows) {
    if (check.problems.size() < most_shown) {
      check.problems.push_back(std::get<std::string>(row.front()));
    } else {
      ++check.more;
    }
  }
  return check;
}

/// Compares sums of parts with their totals for each run. `parts`: SQL that gives run and sum; `total`: an expression over run r. Runs without parts
/// are omitted.
HealthCheck sums(const Reader& reader, const std::string& what, const std::string& parts, const std::string& total) {
  const std::string joined = fmt::format("FROM run r JOIN ({}) p ON p.run = r.id WHERE r.exit_code = 0", parts);
  // Sums in another order differ by rounding errors.
  const std::string differs = fmt::format("abs(p.sum - {0}) > 1e-9 * abs({0})", total);
  return asked(reader, what, fmt::format("SELECT count(*) {}", joined),
               fmt::format("SELECT 'run ' || r.id || ': ' || p.sum || ' instead of ' || {} {} AND {} ORDER BY r.id", total, joined, differs));
}

}  // namespace

std::vector<HealthCheck> check_health(const Reader& reader) {
  std::vector<HealthCheck> checks;
  HealthCheck file =
      asked(reader, "integrity of the file, pages", "SELECT page_count FROM pragma_page_count", "SELECT integrity_check FROM pragma_integrity_check");
  std::erase(file.problems, "ok");
  checks.push_back(std::move(file));
  checks.push_back(asked(reader, "rows that refer to others, tables", "SELECT count(*) FROM sqlite_master WHERE type = 'table'",
                         "SELECT 'table ' || \"table\" || ': ' || count(*) || ' rows refer to a row of ' || parent || ' that is gone' "
                         "FROM pragma_foreign_key_check GROUP BY \"table\", parent"));
  checks.push_back(asked(reader, "identities, results",
                         "SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM study) + (SELECT count(*) FROM training)",
                         "SELECT 'run ' || id || ' has no uid' FROM run WHERE uid IS NULL UNION ALL "
                         "SELECT 'study ' || id || ' has no uid' FROM study WHERE uid IS NULL UNION ALL "
                         "SELECT 'training ' || id || ' has no uid' FROM training WHERE uid IS NULL"));
  checks.push_back(asked(reader, "parameters, runs", "SELECT count(*) FROM run",
                         "SELECT 'run ' || id || ': its declarations are gone' FROM run WHERE declarations IS NOT NULL AND "
                         "declarations NOT IN (SELECT hash FROM declaration)"));
  checks.push_back(
      sums(reader, "energies of layers and blocks, runs", "SELECT run, sum(joule) AS sum FROM energy GROUP BY run", "r.energy_per_inference_j"));
  checks.push_back(sums(reader, "energies of components and leakage, runs",
                        "SELECT c.run, sum(c.joule) + coalesce((SELECT sum(joule) FROM energy e WHERE e.run = c.run AND e.block IN "
                        "('leakage', 'gating')), 0) AS sum FROM component c GROUP BY c.run",
                        "r.energy_per_inference_j"));
  checks.push_back(sums(reader, "energies of events, runs", "SELECT run, sum(joule) AS sum FROM event GROUP BY run",
                        "(SELECT sum(joule) FROM component c WHERE c.run = r.id)"));
  checks.push_back(sums(reader, "energies of layers, runs", "SELECT run, sum(energy_j) AS sum FROM layer GROUP BY run",
                        "(SELECT sum(joule) FROM energy e WHERE e.run = r.id AND e.layer IS NOT NULL)"));
  checks.push_back(sums(reader, "areas, runs", "SELECT run, sum(mm2) AS sum FROM area GROUP BY run", "r.area_mm2"));
  checks.push_back(sums(reader, "latencies of layers, runs", "SELECT run, sum(latency_s) AS sum FROM layer_time GROUP BY run", "r.latency_s"));
  checks.push_back(sums(reader, "bands of the energy, runs", "SELECT run, nominal AS sum FROM band WHERE figure = 'energy_per_inference_j'",
                        "r.energy_per_inference_j"));
  checks.push_back(asked(reader, "programmings, runs", "SELECT count(*) FROM run WHERE repeats IS NOT NULL",
                         "SELECT 'run ' || r.id || ': ' || count(*) || ' accuracies at an age, not ' || r.repeats FROM run r "
                         "JOIN accuracy a ON a.run = r.id GROUP BY r.id, a.time_s HAVING count(*) <> r.repeats"));
  return checks;
}

}  // namespace mho::analysis
