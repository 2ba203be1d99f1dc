#include "periphery/technology/technology.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "base/elementary.h"
#include "periphery/technology/scaling.h"

namespace mho::periphery {

base::Declarations technology_declarations() {
  return {
      base::number("chip.technology", "nm", 14.0, 3.0, 250.0, "Technology node that all costs are scaled to.", base::choice),
      base::number_or("chip.vdd", "V", std::string("nominal"), 0.3, 3.6, {"nominal"}, "Supply voltage; 'nominal' follows chip.technology.",
                      "high-performance logic of the ITRS and IRDS tables, rounded: 0.8 V at 14 nm, 0.9 V at 32 nm, 1.0 V at 45 and 65 nm"),
      base::number("chip.temperature", "", 25.0, -40.0, 150.0, "Temperature of the chip in degrees Celsius; leakage depends on it.", base::choice),
      base::steps(base::word("chip.threshold", "high", {"low", "standard", "high"},
                             "Threshold voltage of the transistors; a lower threshold leaks more and allows a faster clock.",
                             "architect's choice: libraries of several thresholds, 60 mV apart"),
                  {{"high", "standard"}, {"standard", "low"}}),
  };
}

double nominal_vdd(double node_nm) {
  struct Row {
    double node_nm, volt;
  };
  constexpr std::array rows{Row{3, 0.6},  Row{5, 0.65}, Row{7, 0.7},  Row{10, 0.75}, Row{14, 0.8},  Row{22, 0.85}, Row{32, 0.9},
                            Row{45, 1.0}, Row{65, 1.0}, Row{90, 1.1}, Row{130, 1.2}, Row{180, 1.8}, Row{250, 2.5}};
  if (node_nm <= rows.front().node_nm) return rows.front().volt;
  const auto above = std::ranges::find_if(rows, [&](const Row& row) { return row.node_nm >= node_nm; });
  if (above == rows.end()) return rows.back().volt;
  const Row& below = *(above - 1);
  const double share = base::logarithm(node_nm / below.node_nm) / base::logarithm(above->node_nm / below.node_nm);
  return below.volt + share * (above->volt - below.volt);
}

Technology Technology::read(const base::Config& config) {
  Technology t;
  t.node_nm = config.real("chip.technology");
  t.vdd_v = config.optional_real("chip.vdd", "nominal").value_or(nominal_vdd(t.node_nm));
  t.temperature_c = config.real("chip.temperature");
  const std::string& threshold = config.word("chip.threshold");
  t.threshold = threshold == "low" ? Threshold::low : (threshold == "standard" ? Threshold::standard : Threshold::high);
  if (overdrive(t) < least_overdrive_v) {
    config.refuse("chip.vdd",
                  "transistors of this threshold (chip.threshold) do not switch at so low a supply; raise chip.vdd or lower chip.threshold");
  }
  return t;
}

std::string beyond_the_laws(const Technology& technology) {
  constexpr double least_nm = 7, most_nm = 65, least_v = 0.5, most_v = 1.2;
  if (technology.node_nm < least_nm || technology.node_nm > most_nm) {
    return fmt::format("chip.technology: {:g} nm is outside the {:g} to {:g} nm that the laws of scaling are fitted to; bands are wider",
                       technology.node_nm, least_nm, most_nm);
  }
  if (technology.vdd_v >= least_v && technology.vdd_v <= most_v) return "";
  return fmt::format("chip.vdd: {:g} V is outside the {:g} to {:g} V that the laws of scaling are fitted to; bands are wider", technology.vdd_v,
                     least_v, most_v);
}

Spread extrapolated(const Spread& spread) {
  constexpr double more = 0.35;  // 90 % within a factor of 1.8: differences of the laws from node to node
  const auto wider = [](double own) { return own > 0 ? std::hypot(own, more) : 0; };
  return {wider(spread.energy), wider(spread.area), wider(spread.leakage)};
}

double cost_or(const base::Config& config, const std::string& key, CostNote& note, double Spread::*kind, const std::string& si_unit, double model) {
  if (std::holds_alternative<std::string>(config.value(key))) return model;
  note.spread.*kind = 0;
  note.user.push_back(key);
  return config.si(key, si_unit);
}

}  // namespace mho::periphery
