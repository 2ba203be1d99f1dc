#include "analysis/query/front.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/db/format.h"

namespace mho::cli {

namespace {

struct FrontArguments {
  std::string db = "results.db";
  analysis::FrontRequest request;
  std::optional<std::string> svg;
  bool all = false, json = false;
};

std::string band_text(const std::optional<double>& low, const std::optional<double>& high, const std::string& unit, const std::string& metric) {
  return low && high ? fmt::format("{} to {}", people_text(*low, unit, metric), people_text(*high, unit, metric)) : "-";
}

std::string direction_text(const analysis::FrontAxis& axis) { return fmt::format("{} {}", axis.more_is_better ? "more" : "less", axis.column); }

std::string front_text(const analysis::Front& front, bool all, const std::string& metric) {
  using enum Table::Align;
  Table table({right, left, right, right, right, right, left});
  table.add({"run", "name", front.x.column, "", front.y.column, "", ""});
  for (const analysis::FrontPoint& point : front.points) {
    if (!point.on_front && !all) continue;
    table.add({fmt::format("{}", point.run), point.name, people_text(point.x, front.x.unit, metric),
               band_text(point.x_low, point.x_high, front.x.unit, metric), people_text(point.y, front.y.unit, metric),
               band_text(point.y_low, point.y_high, front.y.unit, metric),
               point.knee       ? "knee"
               : point.on_front ? ""
                                : "behind the front"});
  }
  const auto best = std::ranges::count_if(front.points, &analysis::FrontPoint::on_front);
  const std::string mixed = front.works < 2
                                ? ""
                                : fmt::format(
                                      "note: the runs are of {} pairs of network and data, and chips can only be compared on the same work; "
                                      "choose one with --where \"network = 'NAME'\"\n",
                                      front.works);
  return fmt::format("{}{} of {} runs are on the front of {} and {}{}\n{}", table.text(), best, front.points.size(), direction_text(front.x),
                     direction_text(front.y), front.left_out > 0 ? fmt::format("; {} have no such figures", front.left_out) : "", mixed);
}

base::Json axis_json(const analysis::FrontAxis& axis) {
  base::Json json;
  json["column"] = axis.column;
  json["unit"] = axis.unit;
  json["more_is_better"] = axis.more_is_better;
  return json;
}

base::Json front_json(const analysis::Front& front) {
  base::Json json;
  json["x"] = axis_json(front.x);
  json["y"] = axis_json(front.y);
  json["left_out"] = front.left_out;
  json["works"] = static_cast<std::int64_t>(front.works);
  const auto end = [](const std::optional<double>& value) { return value ? base::Json(*value) : base::Json(); };
  base::Json::Array points;
  for (const analysis::FrontPoint& point : front.points) {
    base::Json one;
    one["run"] = point.run;
    one["name"] = point.name;
    one["x"] = point.x;
    one["x_low"] = end(point.x_low);
    one["x_high"] = end(point.x_high);
    one["y"] = point.y;
    one["y_low"] = end(point.y_low);
    one["y_high"] = end(point.y_high);
    one["on_front"] = point.on_front;
    one["knee"] = point.knee;
    points.push_back(one);
  }
  json["points"] = points;
  return json;
}

void print_front(const FrontArguments& arguments, const Invocation& invocation) {
  const analysis::Reader reader(arguments.db);
  const analysis::Front front = analysis::pareto_front(reader, arguments.request);
  if (arguments.svg) {
    base::OutputFile file(*arguments.svg, {arguments.db});
    file.write(analysis::front_svg(front, fmt::format("{} runs of {}", front.points.size(), arguments.db)));
    file.commit();
  }
  if (arguments.json) return print_json(invocation, std::nullopt, front_json(front));
  const analysis::Cell metric = reader.value("SELECT metric FROM run WHERE id = ?", {front.points.front().run});
  print_text(front_text(front, arguments.all, raw_text(metric)) + (arguments.svg ? fmt::format("drawn in {}\n", *arguments.svg) : ""));
}

Action read_front_line(Options& options) {
  FrontArguments arguments;
  std::optional<std::string> more, less;
  options.text("--x", arguments.request.x, "column of v_run, or key of a parameter", "NAME");
  options.text("--y", arguments.request.y, "column of v_run, or key of a parameter, for the other axis", "NAME");
  options.text("--more", more, "columns for which more is better, if this differs from the usual direction", "NAMES");
  options.text("--less", less, "columns for which less is better, if this differs from the usual direction", "NAMES");
  options.text("--where", arguments.request.where, "condition of SQL on columns of v_run; selects the runs", "CONDITION");
  options.flag("--behind", arguments.all, "also list the runs behind the front");
  options.output("--svg", arguments.svg, "plot of the result; the front", "SVG");
  add_results(options, arguments.db);
  add_json(options, arguments.json);
  options.read();
  if (more) arguments.request.more = parse_names("--more", *more);
  if (less) arguments.request.less = parse_names("--less", *less);
  return [arguments](const Invocation& invocation) { print_front(arguments, invocation); };
}

}  // namespace

Verb db_front_verb() {
  return {.name = "db front",
          .sentence = "find the runs that no other run beats in both of two figures, and the knee of this front",
          .examples = {{"mho db front --x area_mm2 --y energy_per_inference_j --svg front.svg", "chips with small area and low energy"}},
          .read = read_front_line};
}

}  // namespace mho::cli
