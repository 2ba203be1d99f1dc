#include "analysis/store/stored_costs.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "analysis/store/database.h"
#include "analysis/store/design_rows.h"
#include "base/error.h"
#include "hw/spec/components.h"

namespace mho::analysis {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<ComponentCost> read_components(SQLite::Database& database, std::int64_t run) {
  SQLite::Statement rows(database,
                         "SELECT component, per, count, joule, leakage_w, mm2, energy_spread, leakage_spread, area_spread, user_figures, source "
                         "FROM component WHERE run = ? ORDER BY joule + leakage_w * (SELECT interval_s FROM run WHERE id = ?1) DESC, component");
  rows.bind(1, run);
  std::vector<ComponentCost> all;
  while (rows.executeStep()) {
    ComponentCost one;
    one.name = rows.getColumn(0).getString();
    one.per = periphery::per_of(rows.getColumn(1).getString());
    one.count = rows.getColumn(2).getInt64();
    one.joule = rows.getColumn(3).getDouble();
    one.leakage_w = rows.getColumn(4).getDouble();
    one.square_metre = rows.getColumn(5).getDouble() / square_millimetres_per_square_metre;
    one.note.spread = {.energy = rows.getColumn(6).getDouble(), .area = rows.getColumn(8).getDouble(), .leakage = rows.getColumn(7).getDouble()};
    one.note.user = words_of(rows.getColumn(9).getString());
    one.source = rows.getColumn(10).getString();
    all.push_back(std::move(one));
  }
  return all;
}

/// A line for every event, and one for each component without events.
std::vector<CostLine> read_lines(SQLite::Database& database, std::int64_t run, const std::vector<ComponentCost>& components) {
  std::vector<CostLine> lines;
  for (const ComponentCost& component : components) {
    CostLine line{.component = component.name,
                  .per = component.per,
                  .count = component.count,
                  .event = {},
                  .square_metre = component.square_metre,
                  .leakage_w = component.leakage_w,
                  .note = component.note,
                  .source = component.source};
    SQLite::Statement rows(database, "SELECT event, count, joule FROM event WHERE run = ? AND component = ?");
    rows.bind(1, run);
    rows.bind(2, component.name);
    bool any = false;
    while (rows.executeStep()) {
      any = true;
      line.event = rows.getColumn(0).getString();
      line.events = rows.getColumn(1).getDouble();
      line.joule = rows.getColumn(2).getDouble();
      line.joule_per_event = line.joule / line.events;
      lines.push_back(line);
      line.square_metre = line.leakage_w = 0;
    }
    if (!any) lines.push_back(line);
  }
  return lines;
}

}  // namespace

StoredCosts stored_costs(const std::string& path, std::int64_t run) {
  try {
    SQLite::Database database = open_for_reading(path);
    SQLite::Statement found(database,
                            "SELECT network, reason, exit_code, interval_s, energy_per_inference_j, macs, version, command, coalesce(data, ''), "
                            "EXISTS (SELECT 1 FROM efficiency WHERE run = r.id), EXISTS (SELECT 1 FROM event WHERE run = r.id) "
                            "FROM run r WHERE id = ?");
    found.bind(1, run);
    if (!found.executeStep()) {
      const std::string largest = database.execAndGet("SELECT coalesce(max(id), 0) FROM run").getString();
      throw base::UserError(fmt::format("{} has no run {}; the largest number is {}", path, run, largest));
    }
    if (found.getColumn(2).getInt() != 0) {
      throw base::UserError(fmt::format("run {} of {} was refused, so it has no costs: {}", run, path, found.getColumn(1).getString()));
    }
    const std::string version = found.getColumn(6).getString(), command = found.getColumn(7).getString();
    const std::vector<ComponentCost> components = read_components(database, run);
    const bool has_events = found.getColumn(10).getInt() != 0;
    if (components.empty() || !has_events) {
      throw base::UserError(fmt::format("run {} of {} was stored by mho {}, before events were; run it again: {}", run, path, version, command));
    }
    StoredCosts costs{.design = design_of_run(database, run), .network = found.getColumn(0).getString(), .load = {}};
    costs.data = found.getColumn(8).getString();
    costs.single = found.getColumn(9).getInt() == 0;
    CostTable& load = costs.load;
    load.interval_s = found.getColumn(3).getDouble();
    load.multiply_accumulates = found.getColumn(5).getDouble();
    load.components = components;
    // The model of a converter is not stored with the component.
    const std::vector<periphery::Component> listed = hw::components(costs.design.chip, costs.design.tile, {});
    for (ComponentCost& component : load.components) {
      const auto same = std::ranges::find(listed, component.name, &periphery::Component::name);
      if (same != listed.end()) component.note.model = same->note.model;
    }
    // Leakage, less the savings of the power gates, plus the energy of their switching.
    load.standing_j = found.getColumn(4).getDouble();
    for (const ComponentCost& component : components) load.standing_j -= component.joule;
    load.lines = read_lines(database, run, load.components);
    add_sums(costs.design.chip, load);
    return costs;
  } catch (const SQLite::Exception& exception) {
    throw base::UserError(fmt::format("{} cannot be read: {}", path, exception.what()));
  }
}

}  // namespace mho::analysis
