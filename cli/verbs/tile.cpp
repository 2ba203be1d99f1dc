#include <fmt/format.h>

#include <optional>

#include "analysis/study/tile_study.h"
#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct TileArguments {
  std::optional<std::string> design;
  std::vector<std::string> set;
  int tiles = 10;
  int vectors = 64;
  std::optional<int> size;  ///< rows and columns; empty: those of the design
  std::vector<double> times_s;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> svg;
  bool json = false;
};

std::string errors_text(const std::optional<analysis::MeanAndError>& errors) {
  if (!errors) return "-";
  const std::string mean = fmt::format("{:.2f} %", 100.0 * errors->mean);
  return errors->sem ? fmt::format("{} +- {:.2f}", mean, 100.0 * *errors->sem) : mean;
}

std::string sources_text(const analysis::TileStudy& study) {
  Table table({Table::Align::left, Table::Align::right, Table::Align::right, Table::Align::right});
  table.add({"source", "alone", "with the converters", "all but it"});
  for (const auto& row : study.sources) {
    table.add({std::string(2 * static_cast<std::size_t>(row.depth), ' ') + row.name, errors_text(row.alone), errors_text(row.with_converters),
               errors_text(row.without)});
  }
  table.add({"all together", "", "", errors_text(study.times.front().designed)});
  return fmt::format("relative error by source, {} after programming\n{}", time_text(study.times.front().time_s), table.text());
}

std::string times_text(const analysis::TileStudy& study) {
  Table table({Table::Align::left, Table::Align::right, Table::Align::right});
  table.add({"after", "as designed", "without drift compensation"});
  for (const auto& row : study.times) table.add({time_text(row.time_s), errors_text(row.designed), errors_text(row.uncompensated)});
  return fmt::format("relative error over time\n{}", table.text());
}

/// Studies one tile of a design: errors by source and over time.
void tile(const TileArguments& arguments, const Invocation& invocation) {
  std::vector<std::string> set = arguments.set;
  if (arguments.size) {
    set.push_back(fmt::format("tile.rows={}", *arguments.size));
    set.push_back(fmt::format("tile.columns={}", *arguments.size));
  }
  const analysis::Design design = analysis::load_design(arguments.design, set);
  std::optional<base::OutputFile> svg;
  if (arguments.svg) svg.emplace(*arguments.svg, std::vector{arguments.design});
  const analysis::TileStudy study = analysis::study_tile(
      design,
      {.tiles = arguments.tiles, .vectors = arguments.vectors, .times_s = arguments.times_s, .seed = arguments.seed, .threads = arguments.threads});
  if (arguments.json) {
    print_json(invocation, arguments.seed, analysis::tile_study_json(study));
  } else {
    print_text(fmt::format("tile of {} inputs x {} outputs, chip {}; mean over {} tiles of {} vectors, seed {}{}\n\n{}\n{}", study.inputs,
                           study.outputs, study.design, arguments.tiles, arguments.vectors, arguments.seed,
                           arguments.tiles > 1 ? ", +- standard error" : "", sources_text(study), times_text(study)));
  }
  if (svg) {
    svg->write(analysis::tile_study_svg(study));
    svg->commit();
    if (!arguments.json) print_text(fmt::format("\nscatter of the outputs and histogram of their error written to {}\n", *arguments.svg));
  }
}

Action read_tile_line(Options& options) {
  constexpr int most_rows = 65536;
  TileArguments arguments;
  std::string times = usual_times;
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  options.whole("--tiles", arguments.tiles, "number of tiles to average over", fmt::format("N ({})", arguments.tiles), 1, most);
  options.whole("--vectors", arguments.vectors, "number of input vectors for each tile", fmt::format("N ({})", arguments.vectors), 1, most);
  options.whole("--size", arguments.size, "rows and columns; without it those of the design", "N", 1, most_rows);
  add_times(options, times);
  add_seed(options, arguments.seed);
  add_threads(options, arguments.threads);
  options.output("--svg", arguments.svg, "plot of the result; scatter of the outputs and histogram of their error", "SVG");
  add_json(options, arguments.json);
  options.read();
  arguments.times_s = parse_times(times);
  return [arguments](const Invocation& invocation) { tile(arguments, invocation); };
}

}  // namespace

Verb tile_verb() {
  return {.name = "tile",
          .sentence = "evaluate one tile: the error of its products by source and over time",
          .examples = {{"mho tile --set tile.adc.bits=6 --svg tile.svg", "the errors of one tile, by source and over time"}},
          .read = read_tile_line};
}

}  // namespace mho::cli
