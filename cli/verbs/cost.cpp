#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/cost/full_load.h"
#include "base/design_file/config.h"
#include "base/json.h"
#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

using analysis::CostLine;
using analysis::FullLoad;
using base::format_si;

constexpr double tera = 1e12, square_millimetres = 1e6;

struct CostArguments {
  std::optional<std::string> design;
  std::vector<std::string> set;
  bool json = false;
};

std::string area_text(double square_metre) { return square_metre > 0 ? fmt::format("{:.4g} mm2", square_metre * square_millimetres) : "-"; }
std::string figure(double value, std::string_view unit) { return value > 0 ? format_si(value, unit, 4) : "-"; }

std::string events_text(const FullLoad& load) {
  using enum Table::Align;
  Table table({left, left, right, left, right, right, right, right, right});
  table.add({"component", "per", "count", "event", "events", "each", "energy", "area", "leakage"});
  for (const CostLine& line : load.lines) {
    table.add({line.component + (line.note.user.empty() ? "" : " *"), periphery::per_name(line.per), fmt::format("{}", line.count),
               line.event.empty() ? "-" : line.event, line.event.empty() ? "-" : fmt::format("{:.0f}", line.events),
               figure(line.joule_per_event, "J"), figure(line.joule, "J"), area_text(line.square_metre), figure(line.leakage_w, "W")});
  }
  table.add({"chip", "", "", "", "", "", figure(load.joule, "J"), area_text(load.square_metre), figure(load.leakage_w, "W")});
  return table.text();
}

std::string with_ends(const analysis::CostBand& band, double scale, std::string_view unit) {
  if (band.nominal <= 0) return "-";
  const auto text = [&](double value) { return scale == 1 ? format_si(value, unit, 3) : fmt::format("{:.3g} {}", value * scale, unit); };
  return band.low < band.high ? fmt::format("{} ({} to {})", text(band.nominal), text(band.low), text(band.high)) : text(band.nominal);
}

std::string levels_text(const FullLoad& load) {
  using enum Table::Align;
  Table table({left, right, right, right, right});
  table.add({"each", "count", "energy", "area", "leakage"});
  for (const analysis::CostLevel& level : load.levels) {
    table.add({level.name, fmt::format("{}", level.count), with_ends(level.energy, 1, "J"), with_ends(level.area, square_millimetres, "mm2"),
               with_ends(level.leakage, 1, "W")});
  }
  return table.text();
}

std::string sources_text(const FullLoad& load) {
  using enum Table::Align;
  Table table({left, right, left});
  table.add({"component", "energy within", "source"});
  for (const analysis::ComponentCost& component : load.components) {
    constexpr double quantile = 1.645;  // of the normal distribution, 5 % on either side
    const double spread = component.note.spread.energy;
    table.add({component.name, spread > 0 ? fmt::format("x{:.2g}", std::exp(quantile * spread)) : "exact", component.source});
  }
  return table.text();
}

void print(const analysis::Design& design, const FullLoad& load) {
  std::string text = fmt::format("{}: costs of one full product on every tile, one operation on every lane, one flit through every router\n{}\n",
                                 design.name, events_text(load));
  std::string delays;
  for (const analysis::UnitDelay& delay : load.delays) {
    delays += fmt::format("{}{} {}", delays.empty() ? "" : ", ", delay.unit, format_si(delay.seconds, "s"));
  }
  text += fmt::format("delays: {}; a tile takes a product every {}\n", delays, format_si(load.interval_s, "s"));
  const analysis::CostBand& band = load.peak_tops_per_watt;
  text += fmt::format(
      "peak: {:.4g} TOPS, {:.3g} TOPS/W ({:.3g} to {:.3g} in 90 % of such chips), {:.3g} TOPS/mm2, {} (2 operations a "
      "multiply-accumulate)\n",
      load.peak_operations_per_s() / tera, band.nominal, band.low, band.high,
      load.peak_operations_per_s() / tera / (load.square_metre * square_millimetres), format_si(load.peak_power_w(), "W"));
  if (!band.main_component.empty()) {
    text += fmt::format("{:.0f} % of the variance of the energy is that of {}\n", 100 * band.main_share, band.main_component);
  }
  text += fmt::format("\neach with all that lies in it; energy of a full load with leakage over {}; 90 % of such chips lie in the brackets\n{}",
                      format_si(load.interval_s, "s"), levels_text(load));
  text += "\n" + sources_text(load);
  std::set<std::string> given;
  for (const analysis::ComponentCost& component : load.components) {
    for (const std::string& key : component.note.user) {
      if (given.insert(key).second) text += fmt::format("* user figure: {}\n", key);
    }
    for (const std::string& outside : component.note.outside) fmt::print(stderr, "mho: warning: costs of {}: {}\n", component.name, outside);
  }
  print_text(text);
}

/// Three numbers: the figure, and its ends with _low and _high.
void add_band(base::Json& json, const std::string& key, const analysis::CostBand& band, double scale) {
  json[key] = band.nominal * scale;
  json[key + "_low"] = band.low * scale;
  json[key + "_high"] = band.high * scale;
}

base::Json to_json(const analysis::Design& design, const FullLoad& load) {
  base::Json json;
  json["design_name"] = design.name;
  base::Json::Array lines;
  for (const CostLine& line : load.lines) {
    base::Json one;
    one["component"] = line.component;
    one["per"] = periphery::per_name(line.per);
    one["count"] = line.count;
    one["event"] = line.event.empty() ? base::Json() : base::Json(line.event);
    one["events"] = line.events;
    one["energy_per_event_j"] = line.joule_per_event;
    one["energy_j"] = line.joule;
    one["area_mm2"] = line.square_metre * square_millimetres;
    one["leakage_w"] = line.leakage_w;
    one["source"] = line.source;
    lines.push_back(one);
  }
  json["components"] = lines;
  base::Json::Array levels;
  for (const analysis::CostLevel& level : load.levels) {
    base::Json one;
    one["level"] = level.name;
    one["count"] = level.count;
    add_band(one, "energy_j", level.energy, 1);
    add_band(one, "area_mm2", level.area, square_millimetres);
    add_band(one, "leakage_w", level.leakage, 1);
    levels.push_back(one);
  }
  json["levels"] = levels;
  json["energy_j"] = load.joule;
  json["area_mm2"] = load.square_metre * square_millimetres;
  json["leakage_w"] = load.leakage_w;
  json["interval_s"] = load.interval_s;
  json["peak_tops"] = load.peak_operations_per_s() / tera;
  add_band(json, "peak_tops_per_watt", load.peak_tops_per_watt, 1);
  json["peak_tops_per_mm2"] = load.peak_operations_per_s() / tera / (load.square_metre * square_millimetres);
  return json;
}

Action read_cost_line(Options& options) {
  CostArguments arguments;
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_json(options, arguments.json);
  options.read();
  return [arguments](const Invocation& invocation) {
    const analysis::Design design = analysis::load_design(arguments.design, arguments.set);
    const FullLoad load = analysis::full_load(design);
    if (arguments.json) {
      print_json(invocation, std::nullopt, to_json(design, load));
    } else {
      print(design, load);
    }
  };
}

}  // namespace

Verb cost_verb() {
  return {.name = "cost",
          .sentence = "what each component of a chip costs at full load: events, energy, area, leakage, delay, source",
          .examples = {{"mho cost --design chip.yaml", "the costs of a chip, component by component"}},
          .read = read_cost_line};
}

}  // namespace mho::cli
