#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/cost/full_load.h"
#include "analysis/report/published_cloud.h"
#include "analysis/store/stored_costs.h"
#include "base/design_file/config.h"
#include "base/json.h"
#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

using analysis::CostLine;
using analysis::CostTable;
using base::format_si;

constexpr double square_millimetres = analysis::square_millimetres_per_square_metre;

struct CostArguments {
  std::optional<std::string> run;  ///< number of the run; empty: a design at full load
  std::optional<std::string> design;
  std::vector<std::string> set;
  std::optional<std::string> against;  ///< another run or design, or "published"
  std::optional<std::string> svg;
  std::optional<std::string> db;  ///< empty: results.db
  bool json = false;
};

/// A run or a design with its costs and its name.
struct Costed {
  analysis::Design design;
  CostTable table;
  std::string title;
  bool of_run = false;
  std::string data{};   ///< of a run; empty: full-scale inputs
  bool single = false;  ///< of a run: costs of a single inference
};

Costed costed_run(const std::string& db, std::int64_t run) {
  analysis::StoredCosts stored = analysis::stored_costs(db, run);
  const std::string title = fmt::format("run {} ({} on {})", run, stored.network, stored.design.name);
  return {std::move(stored.design), std::move(stored.load), title, true, stored.data, stored.single};
}

Costed costed_design(const std::optional<std::string>& file, const std::vector<std::string>& set) {
  analysis::Design design = analysis::load_design(file, set);
  CostTable table = analysis::full_load(design);
  std::string title = design.name;
  return {std::move(design), std::move(table), std::move(title), false};
}

std::string area_text(double square_metre) { return square_metre > 0 ? fmt::format("{:.4g} mm2", square_metre * square_millimetres) : "-"; }
std::string figure(double value, std::string_view unit) { return value > 0 ? format_si(value, unit, 4) : "-"; }

/// Integers without decimals; means over several inferences with one decimal.
std::string events_count(double events) { return events == std::floor(events) ? fmt::format("{:.0f}", events) : fmt::format("{:.1f}", events); }

std::string events_text(const CostTable& load) {
  using enum Table::Align;
  Table table({left, left, right, left, right, right, right, right, right});
  table.add({"component", "per", "count", "event", "events", "each", "energy", "area", "leakage"});
  for (const CostLine& line : load.lines) {
    table.add({line.component + (line.note.user.empty() ? "" : " *"), periphery::per_name(line.per), fmt::format("{}", line.count),
               line.event.empty() ? "-" : line.event, line.event.empty() ? "-" : events_count(line.events), figure(line.joule_per_event, "J"),
               figure(line.joule, "J"), area_text(line.square_metre), figure(line.leakage_w, "W")});
  }
  table.add({"chip", "", "", "", "", "", figure(load.joule, "J"), area_text(load.square_metre), figure(load.leakage_w, "W")});
  return table.text();
}

std::string with_ends(const analysis::CostBand& band, double scale, std::string_view unit) {
  if (band.nominal <= 0) return "-";
  const auto text = [&](double value) { return scale == 1 ? format_si(value, unit, 3) : fmt::format("{:.3g} {}", value * scale, unit); };
  return band.low < band.high ? fmt::format("{} ({} to {})", text(band.nominal), text(band.low), text(band.high)) : text(band.nominal);
}

std::string levels_text(const CostTable& load) {
  using enum Table::Align;
  Table table({left, right, right, right, right});
  table.add({"each", "count", "energy", "area", "leakage"});
  for (const analysis::CostLevel& level : load.levels) {
    table.add({level.name, fmt::format("{}", level.count), with_ends(level.energy, 1, "J"), with_ends(level.area, square_millimetres, "mm2"),
               with_ends(level.leakage, 1, "W")});
  }
  return table.text();
}

std::string sources_text(const CostTable& load) {
  using enum Table::Align;
  Table table({left, right, left});
  table.add({"component", "energy within", "source"});
  for (const analysis::ComponentCost& component : load.components) {
    constexpr double quantile = 1.645;  // of the normal distribution, 5 % on each side
    const double spread = component.note.spread.energy;
    table.add({component.name, spread > 0 ? fmt::format("x{:.2g}", std::exp(quantile * spread)) : "exact", component.source});
  }
  return table.text();
}

std::string costs_text(const Costed& costed) {
  const CostTable& load = costed.table;
  std::string text =
      costed.of_run ? fmt::format("{}: costs of {}, by the events that it had\n{}\n", costed.title,
                                  costed.single ? "a single inference" : "an inference in steady state", events_text(load))
                    : fmt::format("{}: costs of one full product on every tile, one operation on every lane, one flit through every router\n{}\n",
                                  costed.title, events_text(load));
  std::string delays;
  for (const analysis::UnitDelay& delay : load.delays) {
    delays += fmt::format("{}{} {}", delays.empty() ? "" : ", ", delay.unit, format_si(delay.seconds, "s"));
  }
  text += costed.of_run ? fmt::format("an inference every {}\n", format_si(load.interval_s, "s"))
                        : fmt::format("delays: {}; a tile takes a product every {}\n", delays, format_si(load.interval_s, "s"));
  const analysis::CostBand& band = load.tops_per_watt;
  text += fmt::format(
      "{}: {:.4g} TOPS, {:.3g} TOPS/W ({:.3g} to {:.3g} in 90 % of such chips), {:.3g} TOPS/mm2, {} (2 operations a "
      "multiply-accumulate)\n",
      costed.single   ? "single"
      : costed.of_run ? "sustained"
                      : "peak",
      load.tops(), band.nominal, band.low, band.high, load.tops_per_mm2(), format_si(load.power_w(), "W"));
  if (!band.main_component.empty()) {
    text += fmt::format("{:.0f} % of the variance of the energy is that of {}\n", 100 * band.main_share, band.main_component);
  }
  text += fmt::format("\neach with all that lies in it; energy of {} with leakage over {}; 90 % of such chips lie in the brackets\n{}",
                      costed.of_run ? "an inference" : "a full load", format_si(load.interval_s, "s"), levels_text(load));
  text += "\n" + sources_text(load);
  std::set<std::string> given;
  for (const analysis::ComponentCost& component : load.components) {
    for (const std::string& key : component.note.user) {
      if (given.insert(key).second) text += fmt::format("* user figure: {}\n", key);
    }
  }
  return text;
}

/// Prints the warnings of a design. Warnings of a run are stored with it.
void warn(const Costed& costed) {
  std::vector<std::string> warnings;
  for (const analysis::ComponentCost& component : costed.table.components) {
    for (const std::string& outside : component.note.outside) warnings.push_back(fmt::format("costs of {}: {}", component.name, outside));
  }
  print_warnings(warnings);
}

/// Figures of two chips side by side.
struct Compared {
  const char* name;
  const char* key;
  const char* unit;
  double first = 0, second = 0;
  analysis::CostComparison comparison{};
};

std::vector<Compared> compared(const Costed& first, const Costed& second) {
  const analysis::CostSums a = first.table.sums(), b = second.table.sums();
  const analysis::CostComparisons all = analysis::compare_costs(first.table.components, a, second.table.components, b);
  return {{"energy", "energy_j", "J", a.energy_j, b.energy_j, all.energy},
          {"leakage", "leakage_w", "W", a.leakage_w, b.leakage_w, all.leakage},
          {"area", "area_mm2", "mm2", a.area_m2 * square_millimetres, b.area_m2 * square_millimetres, all.area},
          {"efficiency", "tops_per_watt", "TOPS/W", a.tops_per_watt, b.tops_per_watt, all.tops_per_watt}};
}

std::string figure_text(const Compared& row, double value) {
  return row.unit == std::string_view("J") || row.unit == std::string_view("W") ? format_si(value, row.unit, 3)
                                                                                : fmt::format("{:.3g} {}", value, row.unit);
}

std::string comparison_text(const Costed& first, const Costed& second) {
  using enum Table::Align;
  Table table({left, right, right, right, right});
  table.add({"", "A", "B", "A / B", "A is better"});
  for (const Compared& row : compared(first, second)) {
    const analysis::CostComparison& c = row.comparison;
    table.add({row.name, figure_text(row, row.first), figure_text(row, row.second),
               c.low < c.high ? fmt::format("{:.3g} ({:.3g} to {:.3g})", c.ratio, c.low, c.high) : fmt::format("{:.3g}", c.ratio),
               fmt::format("{:.0f} %", 100 * c.better)});
  }
  std::string text = fmt::format("A: {}\nB: {}\n{}", first.title, second.title, table.text());
  text += "in 90 % of such pairs the ratio lies in the brackets; what a model gets wrong for a component it gets wrong in both\n";
  if (first.of_run && first.data != second.data) {
    const auto inputs = [](const Costed& costed) { return costed.data.empty() ? std::string("inputs at full scale") : "inputs of " + costed.data; };
    text += fmt::format("A has {}, B {}: the energies of their arrays do not compare\n", inputs(first), inputs(second));
  }
  if (!first.of_run && first.table.multiply_accumulates != second.table.multiply_accumulates) {
    text += fmt::format("a full load of A is {} multiply-accumulates, one of B {}: only efficiency compares\n",
                        format_si(first.table.multiply_accumulates, ""), format_si(second.table.multiply_accumulates, ""));
  }
  Table parts({left, right, right, right, right});
  parts.add({"component", "energy A", "energy B", "area A", "area B"});
  std::vector<std::string> names;
  for (const Costed* each : {&first, &second}) {
    for (const analysis::ComponentCost& component : each->table.components) {
      if (std::ranges::find(names, component.name) == names.end()) names.push_back(component.name);
    }
  }
  for (const std::string& name : names) {
    const auto cells = [&](const Costed& costed) {
      const CostTable& load = costed.table;
      const double on_s = load.leakage_w > 0 ? load.standing_j / load.leakage_w : 0;  // on-time per inference, reduced by power gating
      const auto found = std::ranges::find(costed.table.components, name, &analysis::ComponentCost::name);
      if (found == costed.table.components.end()) return std::pair<std::string, std::string>{"-", "-"};
      return std::pair{figure(found->joule + found->leakage_w * on_s, "J"), area_text(found->square_metre)};
    };
    const auto a = cells(first), b = cells(second);
    parts.add({name, a.first, b.first, a.second, b.second});
  }
  return text + "\ncomponents, leakage over an interval included\n" + parts.text();
}

base::Json comparison_json(const Costed& first, const Costed& second) {
  base::Json json;
  json["a"] = first.title;
  json["b"] = second.title;
  base::Json figures;
  for (const Compared& row : compared(first, second)) {
    base::Json& one = figures[row.key];
    one["a"] = row.first;
    one["b"] = row.second;
    one["ratio"] = row.comparison.ratio;
    one["ratio_low"] = row.comparison.low;
    one["ratio_high"] = row.comparison.high;
    one["probability_a_is_better"] = row.comparison.better;
  }
  json["figures"] = figures;
  return json;
}

/// Adds the value and, with the suffixes _low and _high, the ends of its band.
void add_band(base::Json& json, const std::string& key, const analysis::CostBand& band, double scale) {
  json[key] = band.nominal * scale;
  json[key + "_low"] = band.low * scale;
  json[key + "_high"] = band.high * scale;
}

base::Json to_json(const Costed& costed) {
  const CostTable& load = costed.table;
  base::Json json;
  json["design_name"] = costed.design.name;
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
  const std::string kind = costed.of_run ? "" : "peak_";
  json[kind + "tops"] = load.tops();
  add_band(json, kind + "tops_per_watt", load.tops_per_watt, 1);
  json[kind + "tops_per_mm2"] = load.tops_per_mm2();
  return json;
}

constexpr const char* published_word = "published";

std::string cloud_text(const analysis::PublishedCloud& cloud) {
  using enum Table::Align;
  constexpr double percent = 100;
  Table places({left, right, right});
  places.add({"normalised to 1 bit x 1 bit", "TOPS/W", "TOPS/mm2"});
  const auto add = [&](const analysis::CloudPlace& place) {
    places.add({place.design, fmt::format("{:.4g}", place.tops_per_watt), fmt::format("{:.4g}", place.tops_per_mm2)});
  };
  add(cloud.own);
  for (const analysis::CloudPlace& chip : cloud.chips) add(chip);
  Table kinds({left, right, right, right});
  kinds.add({"converter", "figures", "ours / published, median", "spread"});
  for (const analysis::KindAgreement& one : cloud.agreement) {
    kinds.add(
        {one.kind, fmt::format("{}", one.figures), fmt::format("{:.2f}", one.median), one.figures > 1 ? fmt::format("x{:.2g}", one.factor) : "-"});
  }
  return fmt::format(
      "tiles of {} at full load among {} published macros: {:.0f} % of them do more operations a joule, {:.0f} % more in a square millimetre\n{}\n"
      "bits of weights: of their slices, else tile.program.weight_bits\n\n"
      "how the models agree with papers: figures that are predicted, as energy or area of an operation, by kind of converter\n{}",
      cloud.own.design, cloud.macros, percent * cloud.more_efficient, percent * cloud.denser, places.text(), kinds.text());
}

base::Json place_json(const analysis::CloudPlace& place) {
  base::Json json;
  json["design"] = place.design;
  json["tops_per_watt_1_bit"] = place.tops_per_watt;
  json["tops_per_mm2_1_bit"] = place.tops_per_mm2;
  return json;
}

base::Json cloud_json(const analysis::PublishedCloud& cloud) {
  base::Json json = place_json(cloud.own);
  json["macros"] = cloud.macros;
  json["share_more_efficient"] = cloud.more_efficient;
  json["share_denser"] = cloud.denser;
  base::Json::Array chips, kinds;
  for (const analysis::CloudPlace& chip : cloud.chips) chips.push_back(place_json(chip));
  json["published_chips"] = chips;
  for (const analysis::KindAgreement& one : cloud.agreement) {
    base::Json kind;
    kind["converter"] = one.kind;
    kind["quantity"] = one.quantity;
    kind["figures"] = one.figures;
    kind["median_ours_over_published"] = one.median;
    kind["spread_factor"] = one.factor;
    kinds.push_back(kind);
  }
  json["agreement"] = kinds;
  return json;
}

void place_among_published(const CostArguments& arguments, const Costed& costed, const Invocation& invocation) {
  const analysis::PublishedCloud cloud = analysis::published_cloud(costed.design, costed.table);
  if (arguments.svg) {
    base::OutputFile file(*arguments.svg, {arguments.design});
    file.write(analysis::cloud_svg(cloud));
    file.commit();
  }
  if (arguments.json) return print_json(invocation, std::nullopt, cloud_json(cloud));
  print_text(cloud_text(cloud) + (arguments.svg ? fmt::format("\nthe cloud in {}\n", *arguments.svg) : ""));
}

void cost(const CostArguments& arguments, const Invocation& invocation) {
  const auto costed = [&](const std::string& run) { return costed_run(arguments.db.value_or("results.db"), parse_whole("RUN", run, 1, most)); };
  const Costed first = arguments.run ? costed(*arguments.run) : costed_design(arguments.design, arguments.set);
  warn(first);
  if (arguments.against == published_word) return place_among_published(arguments, first, invocation);
  if (!arguments.against) return arguments.json ? print_json(invocation, std::nullopt, to_json(first)) : print_text(costs_text(first));
  const Costed second = arguments.run ? costed(*arguments.against) : costed_design(arguments.against, {});
  warn(second);
  arguments.json ? print_json(invocation, std::nullopt, comparison_json(first, second)) : print_text(comparison_text(first, second));
}

bool is_run_number(const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }

Action read_cost_line(Options& options) {
  CostArguments arguments;
  options.text("RUN", arguments.run, "number of a run in the database: costs of its own events; without it a design at full load", "RUN");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  options.text("--against", arguments.against, "comparison with another run or another design (file or name); published: with all published macros",
               "WHAT");
  options.output("--svg", arguments.svg, "plot of the result; with --against published", "SVG");
  options.file("--db", arguments.db, "database of results; of RUN, without it results.db");
  add_json(options, arguments.json);
  options.read();
  if (arguments.db && !arguments.run) usage("--db holds runs: give the number of one, as in mho cost 3 --db results.db");
  if (arguments.run && (arguments.design || !arguments.set.empty()))
    usage("a run has the chip that it was stored with; leave out --design and --set");
  if (arguments.run && arguments.against && *arguments.against != published_word && !is_run_number(*arguments.against)) {
    usage(fmt::format("--against {}: a run is set beside another run, by its number", *arguments.against));
  }
  if (arguments.run && !is_run_number(*arguments.run)) {
    usage(fmt::format("RUN {}: the number of a run is needed; a design is given with --design {}", *arguments.run, *arguments.run));
  }
  if (arguments.run && arguments.svg) usage("--svg is the cloud of published macros, which looks at designs: leave RUN out");
  if (arguments.run && arguments.against == published_word) usage("--against published looks at full loads: give a design instead of a run");
  if (arguments.svg && arguments.against != published_word) usage("--svg is the cloud of published macros: give --against published too");
  return [arguments](const Invocation& invocation) { cost(arguments, invocation); };
}

}  // namespace

Verb cost_verb() {
  return {.name = "cost",
          .sentence = "list the costs of each component of a chip, at full load or in a run: events, energy, area, leakage, delay, source",
          .examples = {{"mho cost --design chip.yaml", "the costs of a chip, component by component"},
                       {"mho cost 3 --against 5", "the differences of two runs in results.db, with their certainty"}},
          .read = read_cost_line};
}

}  // namespace mho::cli
