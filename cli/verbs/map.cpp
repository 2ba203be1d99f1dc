#include <fmt/format.h>

#include <optional>
#include <string>

#include "analysis/experiment/prepare.h"
#include "analysis/experiment/tile_bounds.h"
#include "base/design_file/config.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/network_file.h"

namespace mho::cli {

namespace {

using analysis::TileBounds;
using analysis::TileBudget;
using base::format_si;

struct MapArguments : NetworkFile {
  double throughput_per_s = 0;  ///< asked for; 0: none
  bool json = false;
};

std::string map_text(const TileBounds& all, const MapArguments& arguments) {
  using enum Table::Align;
  constexpr double percent = 100;
  const TileBudget& chip = all.budgets.at(1);
  Table table({left, right, right, right, right, right, right, right});
  table.add({"matrix", "size", "tiles", "cells used", "products", "each", "one copy", "copies on this chip"});
  for (std::size_t m = 0; m < all.matrices.size(); ++m) {
    const auto& matrix = all.matrices[m];
    const auto& demand = matrix.demand;
    table.add({matrix.name, fmt::format("{}x{}", matrix.outputs, matrix.inputs), fmt::format("{}", demand.tiles),
               fmt::format("{:.1f} %", percent * matrix.utilisation), fmt::format("{}", demand.positions), format_si(demand.tile_time_s, "s"),
               format_si(static_cast<double>(demand.positions) * demand.tile_time_s, "s"),
               demand.one_copy ? "1, its steps wait for each other"
               : chip.plan     ? fmt::format("{}", chip.plan->copies[m])
                               : "-"});
  }
  Table bounds({left, right, right, right, right});
  bounds.add({"tiles", "there are", "used", "an inference every", "speed-up"});
  const double alone = all.budgets.front().plan->interval_s;
  for (const TileBudget& budget : all.budgets) {
    bounds.add({budget.name, fmt::format("{}", budget.tiles), budget.plan ? fmt::format("{}", budget.plan->tiles) : "does not fit",
                budget.plan ? format_si(budget.plan->interval_s, "s") : "-",
                budget.plan ? fmt::format("{:.3g}", alone / budget.plan->interval_s) : "-"});
  }
  std::string text =
      fmt::format("tiles and the shortest intervals that they allow, exact; digital units, network, ports and buffers may set longer ones\n{}\n{}",
                  table.text(), bounds.text());
  if (arguments.throughput_per_s > 0) {
    text += all.wanted ? fmt::format("{} inferences a second take {} tiles at least, an inference every {}\n",
                                     format_si(arguments.throughput_per_s, ""), all.wanted->tiles, format_si(all.wanted->interval_s, "s"))
                       : fmt::format("no number of tiles reaches {} inferences a second: a product takes longer, or steps wait for each other\n",
                                     format_si(arguments.throughput_per_s, ""));
  }
  return text + "the mapper lays out one copy of each matrix: mho simulate says what that takes cycle by cycle\n";
}

template <class Plan>
base::Json plan_json(const std::optional<Plan>& plan) {
  if (!plan) return {};
  base::Json json;
  json["tiles"] = plan->tiles;
  json["interval_s"] = plan->interval_s;
  json["copies"] = base::Json::Array(plan->copies.begin(), plan->copies.end());
  return json;
}

base::Json map_json(const TileBounds& all) {
  base::Json json;
  base::Json::Array list, bounds;
  for (const auto& matrix : all.matrices) {
    base::Json one;
    one["name"] = matrix.name;
    one["outputs"] = matrix.outputs;
    one["inputs"] = matrix.inputs;
    one["tiles"] = matrix.demand.tiles;
    one["utilisation"] = matrix.utilisation;
    one["products"] = matrix.demand.positions;
    one["product_s"] = matrix.demand.tile_time_s;
    one["one_copy_only"] = matrix.demand.one_copy;
    list.push_back(one);
  }
  for (const TileBudget& budget : all.budgets) {
    base::Json one;
    one["name"] = budget.name;
    one["tiles"] = budget.tiles;
    one["plan"] = plan_json(budget.plan);
    bounds.push_back(one);
  }
  json["matrices"] = list;
  json["bounds"] = bounds;
  json["throughput"] = plan_json(all.wanted);
  return json;
}

void map(const MapArguments& arguments, const Invocation& invocation) {
  auto [design, network] = read_network_file(arguments, true);
  const workloads::TiledNetwork tiled = analysis::prepare(design, std::move(network), {.copies = false});
  const TileBounds bounds =
      analysis::tile_bounds(design, tiled, arguments.throughput_per_s > 0 ? std::optional(arguments.throughput_per_s) : std::nullopt);
  arguments.json ? print_json(invocation, std::nullopt, map_json(bounds)) : print_text(map_text(bounds, arguments));
}

Action read_map_line(Options& options) {
  MapArguments arguments;
  std::optional<std::string> throughput;
  add_network_file(options, arguments);
  add_data_input(options, arguments.data_input);
  options.text("--throughput", throughput, "inferences a second: the fewest tiles that reach it", "X");
  add_json(options, arguments.json);
  options.read();
  constexpr double least = 1e-9, largest = 1e15;
  if (throughput) arguments.throughput_per_s = parse_number("--throughput", *throughput, least, largest);
  return [arguments](const Invocation& invocation) { map(arguments, invocation); };
}

}  // namespace

Verb map_verb() {
  return {.name = "map",
          .sentence = "tiles of each layer, and the shortest intervals that copies of layers allow",
          .examples = {{"mho map net.onnx", "how many tiles, and what more of them would bring"}},
          .read = read_map_line};
}

}  // namespace mho::cli
