#include "analysis/query/stored_figures.h"

#include <sstream>
#include <string>
#include <utility>

#include "analysis/query/stored_row.h"

namespace mho::analysis {

namespace {

void read_bands(const Reader& reader, std::int64_t run, CostBands& bands) {
  each_row(reader, "SELECT * FROM band WHERE run = ?", run, [&](const StoredRow& row) {
    const std::string name = row.text("figure");
    const double factor = name == "area_mm2" ? 1 / square_millimetres_per_square_metre : 1;
    const CostBand band{row.real("nominal") * factor, row.real("low") * factor, row.real("high") * factor,
                        row.optional_text("main_component").value_or(""), row.real("main_share")};
    CostBand& place = name == "energy_per_inference_j" ? bands.energy
                      : name == "average_power_w"      ? bands.power
                      : name == "leakage_w"            ? bands.leakage
                      : name == "area_mm2"             ? bands.area
                                                       : bands.tops_per_watt;
    place = band;
  });
}

void read_component_rows(const Reader& reader, std::int64_t run, RollUp& costs) {
  each_row(reader, "SELECT * FROM component WHERE run = ?", run, [&](const StoredRow& row) {
    ComponentCost one;
    one.name = row.text("component");
    one.per = periphery::per_of(row.text("per"));
    one.count = row.whole("count");
    one.joule = row.real("joule");
    one.leakage_w = row.real("leakage_w");
    one.square_metre = row.real("mm2") / square_millimetres_per_square_metre;
    one.note.spread = {.energy = row.real("energy_spread"), .area = row.real("area_spread"), .leakage = row.real("leakage_spread")};
    std::istringstream words(row.text("user_figures"));
    for (std::string word; words >> word;) one.note.user.push_back(word);
    one.source = row.text("source");
    costs.components.push_back(std::move(one));
  });
  each_row(reader, "SELECT block, sum(joule) AS joule FROM energy WHERE run = ? GROUP BY block ORDER BY min(rowid)", run, [&](const StoredRow& row) {
    costs.blocks.push_back({row.text("block"), row.real("joule")});
  });
  each_row(reader, "SELECT * FROM area WHERE run = ?", run, [&](const StoredRow& row) {
    costs.areas.push_back({row.text("block"), row.whole("count"), row.real("mm2") / square_millimetres_per_square_metre});
  });
  each_row(reader, "SELECT * FROM event WHERE run = ?", run, [&](const StoredRow& row) {
    costs.events.push_back({row.text("component"), row.text("event"), row.real("count"), row.real("joule")});
  });
  each_row(reader, "SELECT * FROM efficiency WHERE run = ?", run, [&](const StoredRow& row) {
    const std::string scope = row.text("scope");
    const Efficiency one{.tops = row.real("tops"), .tops_per_watt = row.real("tops_per_watt"), .tops_per_mm2 = row.real("tops_per_mm2")};
    Efficiency& place = scope == "peak" ? costs.efficiencies.peak : scope == "sustained" ? costs.efficiencies.sustained : costs.efficiencies.used;
    place = one;
  });
  each_row(reader, "SELECT * FROM gate WHERE run = ? ORDER BY unit = 'core', number", run, [&](const StoredRow& row) {
    if (!costs.gating) costs.gating.emplace();
    GateUse gate;
    gate.unit = row.text("unit") == "router" ? hw::GateActivity::Unit::router : hw::GateActivity::Unit::core;
    gate.number = row.whole<int>("number");
    gate.gated_share = row.real("gated_share");
    gate.wakes = row.real("wakes");
    gate.not_leaked_j = row.real("not_leaked_j");
    gate.switched_j = row.real("switched_j");
    costs.gating->not_leaked_j += gate.not_leaked_j;
    costs.gating->switched_j += gate.switched_j;
    costs.gating->gates.push_back(gate);
  });
}

}  // namespace

void read_costs(const Reader& reader, std::int64_t run, RollUp& costs) {
  read_bands(reader, run, costs.bands);
  read_component_rows(reader, run, costs);
}

}  // namespace mho::analysis
