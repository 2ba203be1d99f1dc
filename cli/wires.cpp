#include "tiles/wires.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/matrix_file.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "cli/verbs.h"
#include "tiles/line_network.h"
#include "workloads/array_files.h"

namespace mho::cli {

void wires(const WiresArguments& arguments) {
  const analysis::Matrix conductances = analysis::read_matrix(arguments.conductances, "conductances", "[outputs][inputs]", false);
  analysis::check_not_negative(conductances, "conductances");
  const analysis::Matrix voltages = analysis::read_matrix(arguments.voltages, "voltages", "[batch][inputs]", true);
  analysis::check_inputs(conductances, voltages);
  base::OutputFile file(arguments.out, {arguments.conductances, arguments.voltages});

  const tiles::WireParameters parameters{
      .input_ohm = arguments.input_ohm,
      .output_ohm = arguments.output_ohm,
      .driver_ohm = arguments.driver_ohm,
      .sense_ohm = arguments.sense_ohm,
      .topology = arguments.separate_source ? tiles::WireParameters::Topology::separate_source : tiles::WireParameters::Topology::input_source};
  const std::size_t outputs = conductances.rows, inputs = conductances.columns;
  std::vector<double> currents(voltages.rows * outputs);
  base::Progress progress("circuits", voltages.rows);
  // A few vectors are solved one by one; the matrix of many costs what an eighth as many vectors as outputs do.
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
}

}  // namespace mho::cli
