#include "tiles/wires/wires.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/study/matrix_file.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "tiles/wires/line_network.h"
#include "workloads/data/array_files.h"

namespace mho::cli {

namespace {

struct WiresArguments {
  std::optional<std::string> input_limit;
  std::string conductances, voltages, out;
  double input_ohm = 0, output_ohm = 0, driver_ohm = 0, sense_ohm = 0;
  bool separate_source = false;
  int threads = 1;
  bool json = false;
};

/// Warns of a probable mistake: conductances of siemens, although devices have microsiemens, or swapped files.
std::string doubt(const analysis::Matrix& conductances, const analysis::Matrix& voltages) {
  constexpr double large_siemens = 0.01, small_volts = 1e-3;
  const double most_siemens = std::ranges::max(conductances.values);
  double most_volts = 0;
  for (const double volt : voltages.values) most_volts = std::max(most_volts, std::abs(volt));
  if (most_siemens < large_siemens) return "";
  const std::string reach = fmt::format("{} holds conductances up to {:.3g} S", conductances.name, most_siemens);
  if (most_volts > 0 && most_volts < small_volts) {
    return fmt::format("{} and {} voltages of at most {:.3g} V; are the two files swapped?", reach, voltages.name, most_volts);
  }
  return reach + ": they are taken as siemens; devices have microsiemens, and 25 uS are 25e-6";
}

/// Computes the exact currents of a crossbar with resistive lines and writes them to a file.
void wires(const WiresArguments& arguments, const Invocation& invocation) {
  const base::InputLimit limit = input_limit(arguments.input_limit);
  const analysis::Matrix conductances = analysis::read_matrix(arguments.conductances, "conductances", "[outputs][inputs]", false, limit);
  analysis::check_not_negative(conductances, "conductances");
  const analysis::Matrix voltages = analysis::read_matrix(arguments.voltages, "voltages", "[batch][inputs]", true, limit);
  analysis::check_inputs(conductances, voltages);
  base::OutputFile file(arguments.out, {arguments.conductances, arguments.voltages});
  if (const std::string warning = doubt(conductances, voltages); !warning.empty()) print_warnings({warning});

  const tiles::WireParameters parameters{
      .input_ohm = arguments.input_ohm,
      .output_ohm = arguments.output_ohm,
      .driver_ohm = arguments.driver_ohm,
      .sense_ohm = arguments.sense_ohm,
      .topology = arguments.separate_source ? tiles::WireParameters::Topology::separate_source : tiles::WireParameters::Topology::input_source};
  const std::size_t outputs = conductances.rows, inputs = conductances.columns;
  std::vector<double> currents(voltages.rows * outputs);
  base::Progress progress("circuits", voltages.rows);
  // Few vectors are solved one by one. The effective matrix costs as much as outputs / wire_lanes vectors, so many vectors use it.
  const bool many = !arguments.separate_source && voltages.rows * tiles::wire_lanes > outputs;
  std::vector<double> matrix;
  if (many) matrix = tiles::effective_matrix(parameters, static_cast<int>(outputs), static_cast<int>(inputs), conductances.values, arguments.threads);
  base::parallel_for(voltages.rows, arguments.threads, [&](std::size_t v) {
    if (many) {
      for (std::size_t i = 0; i < outputs; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < inputs; ++j) sum += matrix[i * inputs + j] * voltages.values[v * inputs + j];
        currents[v * outputs + i] = sum;
      }
      progress.advance();
      return;
    }
    const auto one = tiles::currents(parameters, static_cast<int>(outputs), static_cast<int>(inputs), conductances.values,
                                     std::span(voltages.values).subspan(v * inputs, inputs));
    std::ranges::copy(one, currents.begin() + static_cast<std::ptrdiff_t>(v * outputs));
    progress.advance();
  });
  const auto bad = std::ranges::find_if_not(currents, [](double i) { return std::isfinite(i); });
  if (bad != currents.end()) {
    const auto at = static_cast<std::size_t>(bad - currents.begin());
    throw base::UserError(fmt::format("the current of output {} for vector {} of {} came out as {}; this circuit cannot be solved", at % outputs,
                                      at / outputs, voltages.name, *bad),
                          base::ExitCode::failed_check);
  }
  file.write(workloads::npy_bytes({static_cast<std::int64_t>(voltages.rows), static_cast<std::int64_t>(outputs)}, currents));
  file.commit();
  if (arguments.json) {
    base::Json json;
    json["out"] = arguments.out;
    json["inputs"] = static_cast<std::int64_t>(inputs);
    json["outputs"] = static_cast<std::int64_t>(outputs);
    json["vectors"] = static_cast<std::int64_t>(voltages.rows);
    print_json(invocation, std::nullopt, json);
    return;
  }
  print_text(fmt::format("currents of {} output{} for {} vector{} written to {}\n", outputs, outputs == 1 ? "" : "s", voltages.rows,
                         voltages.rows == 1 ? "" : "s", arguments.out));
}

Action read_wires_line(Options& options) {
  WiresArguments arguments;
  std::string input, output, driver = "0", sense = "0", topology = "input_source";
  options.file("--conductances", arguments.conductances, "siemens [outputs][inputs], .npy");
  options.file("--voltages", arguments.voltages, "volts [batch][inputs], or one [inputs], .npy");
  options.text("--r-in", input, "resistance of the input line, from cell to cell and from the driver to the first cell", "OHM");
  options.text("--r-out", output, "resistance of the output line, from cell to cell and from the last cell to the sense end", "OHM");
  options.text("--driver", driver, "resistance between a source and its line", "OHM (0)");
  options.text("--sense", sense, "resistance between a line and virtual ground", "OHM (0)");
  options.word("--topology", topology, {"input_source", "separate_source"}, "source of the cells' current: the input line, or a separate source line",
               "input_source | separate_source (input_source)");
  options.output("--out", arguments.out, "amperes [batch][outputs], .npy", "a NumPy array");
  add_threads(options, arguments.threads);
  add_json(options, arguments.json);
  add_input_limit(options, arguments.input_limit);
  options.read();
  arguments.input_ohm = parse_resistance("--r-in", input);
  arguments.output_ohm = parse_resistance("--r-out", output);
  arguments.driver_ohm = parse_resistance("--driver", driver);
  arguments.sense_ohm = parse_resistance("--sense", sense);
  arguments.separate_source = topology == "separate_source";
  return [arguments](const Invocation& invocation) { wires(arguments, invocation); };
}

}  // namespace

Verb wires_verb() {
  return {.name = "wires",
          .sentence = "compute the exact currents of a crossbar with resistive lines",
          .examples = {{"mho wires --conductances G.npy --voltages V.npy --r-in 0.35 --r-out 0.35 --out I.npy", "currents of resistive lines"}},
          .read = read_wires_line};
}

}  // namespace mho::cli
