#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>

#include "analysis/experiment/chip_run.h"
#include "analysis/experiment/conductance_file.h"
#include "analysis/experiment/improvement.h"
#include "analysis/experiment/mapping_bounds.h"
#include "analysis/experiment/prepare.h"
#include "analysis/experiment/sizing.h"
#include "analysis/report/floorplan.h"
#include "base/design_file/config.h"
#include "base/error.h"
#include "base/input_limit.h"
#include "base/json.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/saved_mapping_file.h"
#include "cli/verbs.h"
#include "cli/verbs/map_tables.h"
#include "cli/verbs/network_file.h"

namespace mho::cli {

namespace {

using base::format_si;

struct MapArguments : NetworkFile {
  SequenceArguments sequence;
  bool improve = false, move_cores = false;
  std::optional<std::string> out;  ///< file for the design that is found
  analysis::SizingTarget target;   ///< requested throughput and limits
  MappingFiles mapping;
  std::optional<std::string> svg;
  std::optional<std::string> conductances;  ///< file for target conductances
  bool json = false;
};

/// Opens an output file of the verb; empty if it was not requested.
std::optional<base::OutputFile>& open_file(std::optional<base::OutputFile>& file, const std::optional<std::string>& path,
                                           const MapArguments& arguments) {
  if (path)
    file.emplace(*path, std::vector<std::optional<std::string>>{arguments.network, arguments.data, arguments.design, arguments.mapping.given});
  return file;
}

Mapped map_onto(const analysis::Design& design, const workloads::TiledNetwork& tiled, const mapper::InferenceMode& mode) {
  try {
    return {.bounds = analysis::mapping_bounds(design, tiled, mode)};
  } catch (const base::UserError& error) {
    if (error.code() != base::ExitCode::does_not_fit && error.code() != base::ExitCode::usage) throw;
    return {.bounds = {}, .why = error.what(), .code = error.code()};
  }
}

/// Improves the design step by step from that of the arguments, simulates the result and writes it.
void improve(const MapArguments& arguments, const Invocation& invocation) {
  std::optional<base::OutputFile> file;
  open_file(file, arguments.out, arguments);
  auto [design, network] = read_network_file(arguments, true);
  constexpr int most_steps = 20;
  base::Progress progress("steps", most_steps);
  const analysis::Ladder ladder = analysis::improve(design, network, most_steps, [&](const analysis::ImprovementStep& step) {
    progress.note(
        fmt::format("{}: {}", step.change.empty() ? step.resource : fmt::format("{}", fmt::join(step.change, " ")), format_si(step.interval_s, "s")));
    progress.advance();
  });
  std::optional<analysis::ChipResult> simulated;
  if (!ladder.interrupted) {
    simulated = analysis::run_chip(ladder.best, analysis::prepare(ladder.best, network), {.reference = analysis::parse_reference("none")});
  }
  if (file) {
    file->write(ladder.best.text());
    file->commit();
  }
  if (arguments.json) {
    print_json(invocation, std::nullopt, ladder_json(ladder, simulated ? &*simulated : nullptr));
  } else {
    print_text(ladder_text(ladder, simulated ? &*simulated : nullptr) + (arguments.out ? fmt::format("design written to {}\n", *arguments.out) : ""));
  }
  if (ladder.interrupted) {
    throw base::UserError(
        fmt::format("interrupted; the best of {} steps is {}", ladder.rungs.size() - 1, arguments.out ? "in " + *arguments.out : "shown above"),
        base::ExitCode::interrupted);
  }
}

bool sizes(const MapArguments& arguments) { return arguments.target.throughput_per_s || arguments.target.latency_s || arguments.target.square_metre; }

/// Finds the smallest chip for the target, simulates it and writes it.
void size(const MapArguments& arguments, const Invocation& invocation) {
  std::optional<base::OutputFile> file;
  open_file(file, arguments.out, arguments);
  auto [design, network] = read_network_file(arguments, true);
  const analysis::TileBounds bounds =
      analysis::tile_bounds(design, analysis::prepare(design, network, {.copies = false}), arguments.target.throughput_per_s);
  constexpr int most_chips = 100;  // limit of the progress display; a sizing keeps fewer chips
  base::Progress progress("chips", most_chips);
  const analysis::Sizing sizing = analysis::size_chip(design, network, arguments.target, [&](const analysis::ImprovementStep& step) {
    constexpr double square_millimetre = 1e-6;
    progress.note(
        fmt::format("{}: {}, {:.4g} mm2", fmt::join(step.change, " "), format_si(step.interval_s, "s"), step.square_metre / square_millimetre));
    progress.advance();
  });
  std::optional<analysis::ChipResult> simulated;
  if (sizing.why.empty()) {
    simulated = analysis::run_chip(sizing.design, analysis::prepare(sizing.design, network), {.reference = analysis::parse_reference("none")});
  }
  if (file && sizing.best) {
    file->write(sizing.design.text());
    file->commit();
  }
  const analysis::ChipResult* const result = simulated ? &*simulated : nullptr;
  if (arguments.json) {
    base::Json json = tile_bounds_json(bounds);
    json["sizing"] = sizing_json(sizing, result);
    print_json(invocation, std::nullopt, json);
  } else {
    print_text(tile_bounds_text(bounds, arguments.target.throughput_per_s) + sizing_text(sizing, result) +
               (file && sizing.best ? fmt::format("design written to {}\n", *arguments.out) : ""));
  }
  if (!sizing.why.empty())
    throw base::UserError(fmt::format("no chip was found that reaches what was asked: {}", sizing.why), base::ExitCode::does_not_fit);
}

/// Writes the target conductances of all devices of every tile. Returns a description of the file.
std::string write_conductances(const workloads::TiledNetwork& tiled, const std::string& path, base::OutputFile& file) {
  file.write(analysis::conductance_file(tiled, analysis::target_conductances(tiled)));
  file.commit();
  std::size_t arrays = 0;
  for (const tiles::MatrixLayout& matrix : tiled.layout.matrices) arrays += matrix.all_blocks();
  return fmt::format("{} arrays {} [rows][columns][polarity] in siemens written to {}\n", arrays,
                     tiled.layout.packed() ? "tile_NNNN_row_R_column_C" : "tile_NNNN", path);
}

/// Draws the floorplan. Returns a description of the file.
std::string draw(const analysis::Design& design, const workloads::TiledNetwork& tiled, const analysis::MappingBounds& mapped, const std::string& path,
                 base::OutputFile& file) {
  const analysis::Heading heading{fmt::format("{} on {}", tiled.network.name, design.name),
                                  {fmt::format("{} tiles on {} analog cores, an inference every {} as estimated", mapped.tiles, mapped.analog_cores,
                                               format_si(mapped.interval_s, "s"))}};
  file.write(analysis::floorplan_svg(heading, mapped.program, design.chip, mapped.single));
  file.commit();
  return fmt::format("floorplan in {}\n", path);
}

void map(const MapArguments& arguments, const Invocation& invocation) {
  if (arguments.improve) return improve(arguments, invocation);
  if (sizes(arguments)) return size(arguments, invocation);
  std::optional<base::OutputFile> out;
  open_file(out, arguments.out, arguments);
  std::optional<base::OutputFile> conductances;
  open_file(conductances, arguments.conductances, arguments);
  std::optional<base::OutputFile> svg;
  open_file(svg, arguments.svg, arguments);
  std::optional<SavedMappingFile> saved;
  if (arguments.mapping.saved) saved.emplace(arguments.mapping, std::vector{arguments.network, arguments.data, arguments.design});
  auto [design, network] = read_network_file(arguments, !arguments.conductances);
  if (arguments.mapping.given) analysis::use_mapping(design, *arguments.mapping.given, base::InputLimit());
  const analysis::TileBounds bounds =
      analysis::tile_bounds(design, analysis::prepare(design, network, {.copies = false}), arguments.target.throughput_per_s);
  const workloads::TiledNetwork tiled = analysis::prepare(design, network);
  if (arguments.move_cores) design = analysis::with_digital_cores_moved(design, tiled, inference_mode(arguments.sequence));
  const Mapped mapped = map_onto(design, tiled, inference_mode(arguments.sequence));
  if (!mapped.bounds && (saved || svg || arguments.mapping.given)) throw base::UserError(mapped.why, mapped.code);
  std::string files;
  if (out) {
    out->write(design.text());
    out->commit();
    files += fmt::format("design written to {}\n", *arguments.out);
  }
  if (saved) files += saved->commit(mapped.bounds->mapping);
  if (svg) files += draw(design, tiled, *mapped.bounds, *arguments.svg, *svg);
  if (conductances) files += "\n" + blocks_text(tiled.layout) + write_conductances(tiled, *arguments.conductances, *conductances);
  if (arguments.json) {
    base::Json json = tile_bounds_json(bounds);
    json["mapping"] = mapped_json(mapped);
    json["tiles"] = blocks_json(tiled.layout);
    print_json(invocation, std::nullopt, json);
  } else {
    print_text(tile_bounds_text(bounds, arguments.target.throughput_per_s) + mapped_text(mapped) + files);
  }
  print_warnings(analysis::copy_warnings(design, tiled));
}

Action read_map_line(Options& options) {
  MapArguments arguments;
  std::optional<std::string> throughput, latency, area;
  add_network_file(options, arguments);
  add_data_input(options, arguments.data_input);
  options.text("--throughput", throughput, "inferences per second: find the smallest chip that reaches this rate", "X");
  options.text("--latency", latency, "time from the first input to the last output: find the smallest chip that meets it", "TIME");
  options.text("--area", area, "largest area of the chip: find the fastest chip, or limit the search for --throughput and --latency", "MM2");
  options.flag("--improve", arguments.improve,
               "step by step, enlarge the resource that shortens the interval most for its area, and simulate the final design");
  options.flag("--move-digital-cores", arguments.move_cores,
               "place digital cores by simulated annealing for the least traffic (chip.digital_nodes, mapper.placement: annealed)");
  options.output("--out", arguments.out, "final design of --improve, --throughput, --latency, --area or --move-digital-cores, YAML", "YAML");
  add_sequence(options, arguments.sequence);
  add_mapping(options, arguments.mapping);
  options.output("--svg", arguments.svg, "plot of the result; floorplan with nodes coloured by layer and links by traffic", "SVG");
  options.output("--write-conductances", arguments.conductances, "write the target conductance of every device: siemens by tile, .npz",
                 "NumPy arrays");
  add_json(options, arguments.json);
  options.read();
  check(arguments);
  check(arguments.sequence);
  constexpr double least = 1e-9, largest = 1e15;
  if (throughput) arguments.target.throughput_per_s = parse_number("--throughput", *throughput, least, largest);
  if (latency) arguments.target.latency_s = parse_span("--latency", *latency);
  if (area) arguments.target.square_metre = parse_area("--area", *area);
  if (arguments.target.latency_s == 0.0) usage("--latency 0: nothing is that fast; give a time above 0");
  if (arguments.out && !arguments.improve && !sizes(arguments) && !arguments.move_cores) {
    usage("--out writes the design that a search finds: give --improve, --throughput, --latency, --area or --move-digital-cores too");
  }
  if (arguments.move_cores && (arguments.improve || sizes(arguments))) {
    usage(
        "--move-digital-cores works on one given chip: leave --improve, --throughput, --latency and --area out; write their design with --out, and "
        "give it with --design");
  }
  if (arguments.move_cores && arguments.mapping.given) usage("--mapping says which cores the network has: leave --move-digital-cores out");
  if (arguments.improve && sizes(arguments)) usage("--improve goes on as long as it helps: leave --throughput, --latency and --area out");
  if ((arguments.improve || sizes(arguments)) &&
      (arguments.mapping.given || arguments.mapping.saved || arguments.svg || arguments.conductances || arguments.sequence.mode)) {
    usage(
        "a search maps many chips, but --mapping, --save, --svg, --write-conductances and --mode refer to one: write the design that is found with "
        "--out, and map it without a search");
  }
  return [arguments](const Invocation& invocation) { map(arguments, invocation); };
}

}  // namespace

Verb map_verb() {
  return {.name = "map",
          .sentence = "map a network onto a chip: tiles, copies, buffers, and the distance to the bound for any mapping",
          .examples = {{"mho map net.onnx", "the number of tiles, and the gain from more tiles"},
                       {"mho map net.onnx --save mapping.json", "write its mapping, to be edited and used with --mapping"},
                       {"mho map net.onnx --write-conductances target.npz", "the target conductance of every device"}},
          .read = read_map_line};
}

}  // namespace mho::cli
