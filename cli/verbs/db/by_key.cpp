#include "cli/verbs/db/by_key.h"

#include <fmt/format.h>

#include <cmath>

#include "analysis/query/reader.h"
#include "analysis/query/run_list.h"
#include "analysis/store/design_rows.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/version.h"
#include "cli/table.h"
#include "cli/verbs/db/format.h"
#include "cli/verbs/db/replay.h"

namespace mho::cli {

namespace {

constexpr const char* interaction = "interaction";
constexpr const char* all_keys = "all of them";

/// A key in which two runs differ.
struct DifferentKey {
  std::string key;
  analysis::Cell first, second;
  std::string unit;
};

std::vector<DifferentKey> different_keys(const analysis::Reader& reader, std::int64_t first, std::int64_t second) {
  std::vector<DifferentKey> keys;
  for (const auto& row : reader
                             .select("SELECT a.key, a.value, b.value, a.unit FROM parameter a JOIN parameter b ON b.run = ?2 AND b.key = a.key "
                                     "WHERE a.run = ?1 AND a.value IS NOT b.value ORDER BY a.key",
                                     {first, second})
                             .rows) {
    keys.push_back({raw_text(row[0]), row[1], row[2], raw_text(row[3])});
  }
  return keys;
}

void require_comparable(const analysis::Reader& reader, std::int64_t first, std::int64_t second) {
  for (const char* column : {"network_hash", "data_hash", "seed", "options", "rules"}) {
    const std::string sql = fmt::format("SELECT {} FROM run WHERE id = ?", column);
    if (reader.value(sql, {first}) == reader.value(sql, {second})) continue;
    throw base::UserError(
        fmt::format("runs {} and {} differ in their {}; --by-key changes keys of a design, one at a time, and nothing else", first, second, column));
  }
}

std::vector<std::optional<double>> figures_of(const analysis::Reader& reader, std::int64_t run) {
  std::vector<std::optional<double>> figures;
  for (const std::string& figure : by_key_figures()) {
    const analysis::Cell cell = reader.value(fmt::format("SELECT {} FROM v_run WHERE run = ?", figure), {run});
    figures.push_back(analysis::is_number(cell) ? std::optional(analysis::number(cell)) : std::nullopt);
  }
  return figures;
}

std::vector<std::optional<double>> minus(const std::vector<std::optional<double>>& a, const std::vector<std::optional<double>>& b) {
  std::vector<std::optional<double>> difference;
  for (std::size_t i = 0; i < a.size(); ++i) difference.push_back(a[i] && b[i] ? std::optional(*a[i] - *b[i]) : std::nullopt);
  return difference;
}

/// The design of the first run with one key of the second.
analysis::Design with_key(const analysis::Design& first, const DifferentKey& key, const std::string& value) {
  analysis::Design design = analysis::design_from_text(first.json(), first.name, {fmt::format("{}={}", key.key, value)});
  return design;
}

/// The effect of one key: finds or computes the run whose design differs from the first run in this key only.
KeyEffect effect_of(const std::string& db, const Replay& replay, std::int64_t first, const DifferentKey& key, const TemporaryFolder& folder) {
  KeyEffect effect{.key = key.key, .first = raw_text(key.first), .second = raw_text(key.second)};
  try {
    const analysis::Design design = with_key(replay.design, key, effect.second);
    {
      const analysis::Reader reader(db);
      const analysis::Cell stored = reader.value(
          "SELECT b.id FROM run a JOIN run b ON b.network_hash = a.network_hash AND b.data_hash IS a.data_hash AND b.seed = a.seed AND "
          "b.options = a.options WHERE a.id = ?1 AND b.design_hash = ?2 AND b.version = ?3 AND b.exit_code = 0 AND b.interrupted = 0",
          {first, design.hash(), base::version()});
      if (!analysis::is_null(stored)) {
        effect.run = std::get<std::int64_t>(stored);
        effect.found = true;
      }
    }
    if (!effect.run) {
      const std::string assignment = fmt::format("{}={}", key.key, effect.second);
      effect.run = run_again(replay, replay.design, db, {"--set", assignment, "--tag", fmt::format("by_key={}", first)}, folder);
    }
  } catch (const base::UserError& error) {
    if (error.code() == base::ExitCode::interrupted) throw;
    effect.refused = error.what();
  }
  return effect;
}

}  // namespace

const std::vector<std::string>& by_key_figures() {
  static const std::vector<std::string> figures{"energy_per_inference_j", "area_mm2", "interval_s", "latency_s", "last_accuracy"};
  return figures;
}

std::vector<KeyEffect> by_key(const std::string& db, std::int64_t first, std::int64_t second) {
  const TemporaryFolder folder;
  std::vector<DifferentKey> keys;
  std::optional<Replay> replay;
  std::vector<std::optional<double>> before, after;
  {
    const analysis::Reader reader(db);
    reader.require_run(first);
    reader.require_run(second);
    require_comparable(reader, first, second);
    keys = different_keys(reader, first, second);
    replay = replay_of(reader, analysis::ResultKind::run, first, folder);
    before = figures_of(reader, first);
    after = figures_of(reader, second);
  }
  std::vector<KeyEffect> effects;
  KeyEffect all{.key = all_keys, .run = second, .difference = minus(after, before)}, left{.key = interaction, .difference = all.difference};
  for (const DifferentKey& key : keys) {
    base::check_interrupt();
    KeyEffect effect = effect_of(db, *replay, first, key, folder);
    if (effect.run) {
      const analysis::Reader reader(db);
      effect.difference = minus(figures_of(reader, *effect.run), before);
    } else {
      effect.difference.resize(by_key_figures().size());
    }
    left.difference = minus(left.difference, effect.difference);
    effects.push_back(std::move(effect));
  }
  effects.push_back(std::move(left));
  effects.push_back(std::move(all));
  return effects;
}

std::string effects_text(const std::vector<KeyEffect>& effects, const std::string& metric) {
  using enum Table::Align;
  Table table({left, right, right, right, right, right, right, right, right});
  table.add({"one key at a time", "from", "to", "run", "energy", "area", "interval", "latency", "accuracy"});
  std::string notes;
  for (const KeyEffect& effect : effects) {
    std::vector<std::string> cells{effect.key, effect.first, effect.second,
                                   effect.run ? fmt::format("{}{}", *effect.run, effect.found ? " *" : "") : "-"};
    const std::vector<std::string> units{"J", "mm2", "s", "s", "metric"};
    for (std::size_t i = 0; i < units.size(); ++i) {
      const auto& value = effect.difference.at(i);
      // Differences below this share of the whole are rounding errors and print as zero.
      constexpr double rounding = 1e-9;
      const auto& whole = effects.back().difference.at(i);
      const bool nothing = value && whole && std::abs(*value) < rounding * std::abs(*whole);
      cells.push_back(nothing ? people_text(0.0, units[i], metric) : value ? people_text(*value, units[i], metric) : "-");
    }
    table.add(std::move(cells));
    if (!effect.refused.empty()) notes += fmt::format("{} alone: {}\n", effect.key, effect.refused);
    if (effect.found && !notes.starts_with('*')) notes.insert(0, "* stored before\n");
  }
  return table.text() + notes;
}

base::Json::Array effects_json(const std::vector<KeyEffect>& effects) {
  base::Json::Array list;
  for (const KeyEffect& effect : effects) {
    base::Json json;
    json["key"] = effect.key;
    json["first"] = effect.first;
    json["second"] = effect.second;
    json["run"] = effect.run ? base::Json(*effect.run) : base::Json();
    json["found"] = effect.found;
    json["refused"] = effect.refused.empty() ? base::Json() : base::Json(effect.refused);
    base::Json difference;
    for (std::size_t i = 0; i < by_key_figures().size(); ++i) {
      const auto& value = effect.difference.at(i);
      difference[by_key_figures()[i]] = value ? base::Json(*value) : base::Json();
    }
    json["difference"] = difference;
    list.push_back(json);
  }
  return list;
}

}  // namespace mho::cli
