#include "analysis/study/sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/store/store.h"
#include "base/error.h"
#include "base/index.h"
#include "base/output_file.h"
#include "base/version.h"
#include "cli/common_options.h"
#include "cli/embedded.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::cli {

namespace {

struct SensitivityArguments {
  std::optional<std::string> input_limit;
  std::optional<std::string> network;  ///< empty: the embedded default
  std::optional<std::string> data;
  std::optional<std::string> design;
  std::vector<std::string> set, layer, scalar;
  double time_s = 1;
  std::optional<int> repeats;          ///< empty: 5, or 10 by layer
  std::optional<std::size_t> samples;  ///< empty: 1000, or all if there are fewer
  std::uint64_t seed = 1;
  int threads = 1;
  double threshold = 0.99;
  double error = 0.2;
  std::string only;  ///< empty: all nonidealities
  bool by_layer = false;
  std::optional<std::string> svg;
  LabelArguments label;
  std::string db = "results.db";
  bool json = false;
};

using base::percent;
using enum Table::Align;

/// A difference or a standard error without a unit.
std::string plain_text(workloads::Metric metric, double value) {
  if (!workloads::is_share(metric)) return fmt::format("{:.3g}", value);
  // A sum of differences that is zero up to rounding must not print as -0.00.
  constexpr double rounds_to_nothing = 0.00005;
  return fmt::format("{:.2f}", std::abs(value) < rounds_to_nothing ? 0.0 : percent * value);
}

std::string mean_text(workloads::Metric metric, const std::optional<analysis::MeanAndError>& value) {
  if (!value) return "-";
  const std::string mean = metric_text(metric, value->mean);
  return value->sem ? fmt::format("{} +- {}", mean, plain_text(metric, *value->sem)) : mean;
}

std::string percent_text(const std::optional<double>& share) { return share ? fmt::format("{:.1f} %", percent * *share) : "-"; }

std::string value_text(const analysis::ThresholdSearch& crossing, const std::string& unit) {
  const std::string value = crossing.at ? fmt::format("{:.3g}", *crossing.at) : crossing.why;
  return unit.empty() ? value : value + " " + unit;
}

/// "0.013 to 0.015", the smaller value first. One-sided if only one end was found; "-" for one programming or equal ends.
std::string interval_text(const analysis::NonidealitySensitivity& row, int repeats) {
  if (!row.at_threshold.at || repeats == 1) return "-";
  if (!row.certain && !row.possible) return "undecided";
  if (!row.possible) return fmt::format("{:.3g} and worse", *row.certain);
  if (!row.certain) return fmt::format("{:.3g} and better", *row.possible);
  constexpr double rounding = 1e-6;  // relative rounding error of a mean of equal numbers
  if (std::abs(*row.certain - *row.possible) <= rounding * std::abs(*row.possible)) return "-";
  return fmt::format("{:.3g} to {:.3g}", std::min(*row.certain, *row.possible), std::max(*row.certain, *row.possible));
}

std::string nonidealities_text(const analysis::Sensitivity& study) {
  Table table({left, right, right, right, right, right, right});
  table.add({"alone", fmt::format("{:g} % kept to", percent * study.options.threshold), "95 % interval", "MVM error",
             fmt::format("{:g} % error at", percent * study.options.error), workloads::metric_name(study.metric), "normalised"});
  for (const auto& row : study.nonidealities) {
    table.add({row.name, value_text(row.at_threshold, row.unit), interval_text(row, study.options.repeats), percent_text(row.error_at_threshold),
               value_text(row.at_error, row.unit), mean_text(study.metric, row.accuracy_at_error), percent_text(row.normalised_at_error)});
  }
  return table.text() + "\nbits and levels with a fraction lie between two settings that can be built; intervals are over programmings\n";
}

/// Cells such as "1.30 +- 0.21", "0.72 to 1.88" and "undecided"; without a standard error only the mean.
std::vector<std::string> difference_cells(workloads::Metric metric, const analysis::PairedDifference& difference) {
  const std::string mean = plain_text(metric, difference.mean);
  if (!difference.sem) return {mean, "-", "-"};
  const std::string interval = fmt::format("{} to {}", plain_text(metric, *difference.low), plain_text(metric, *difference.high));
  return {fmt::format("{} +- {}", mean, plain_text(metric, *difference.sem)), interval, difference.decided() ? "" : "undecided"};
}

std::string layer_rows_text(const analysis::Sensitivity& study) {
  Table table({left, right, right, left, right, right, left});
  table.add({"layer", "lost, alone analog", "95 % interval", "", "won, alone digital", "95 % interval", ""});
  for (const auto& row : study.layers) {
    std::vector<std::string> cells{row.name};
    for (const auto* difference : {&row.lost, &row.won}) std::ranges::copy(difference_cells(study.metric, *difference), std::back_inserter(cells));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string text(const analysis::Sensitivity& study, const analysis::Design& design, bool by_layer) {
  std::string out = fmt::format("{} ({} weights on tiles) on {}, chip {}, {} after programming\n", study.network, study.weights, study.data,
                                design.name, time_text(study.options.time_s));
  out += fmt::format("{} samples, {} programmings{}: {} {} float, {} {}, {} by guessing\n\n", study.samples.scored, study.options.repeats,
                     study.options.repeats > 1 ? " (+- is the standard error)" : "", workloads::metric_name(study.metric),
                     metric_text(study.metric, study.float_accuracy), mean_text(study.metric, study.reference),
                     by_layer ? "with every layer as designed" : "on ideal tiles", metric_text(study.metric, study.chance));
  return out + (by_layer ? layer_rows_text(study) : nonidealities_text(study));
}

/// Studies the effect of every nonideality alone, or of every layer alone, and stores the study.
void sensitivity(const SensitivityArguments& arguments, const Invocation& invocation) {
  analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  analysis::add_layer_rules(design, arguments.layer);
  const analysis::Store store(arguments.db);
  const base::InputLimit limit = input_limit(arguments.input_limit);
  std::optional<base::OutputFile> svg;
  if (arguments.svg) svg.emplace(*arguments.svg, std::vector{arguments.network, arguments.data, arguments.design, std::optional(arguments.db)});
  const workloads::DataDescription data = arguments.data ? workloads::read_data(*arguments.data, limit) : workloads::default_data();
  const workloads::Network network =
      arguments.network
          ? workloads::import_onnx(
                *arguments.network,
                workloads::ImportOptions{.sample_shape = data.test->sample_shape(), .scalars = parse_scalars(arguments.scalar), .limit = limit})
          : workloads::import_onnx_bytes(default_network_bytes(), "strokes");
  // A layer is evaluated twice, a nonideality about a dozen times; and the effect of one layer is smaller.
  const int usual_repeats = arguments.by_layer ? 10 : 5;
  const analysis::SensitivityOptions options{.time_s = arguments.time_s,
                                             .repeats = arguments.repeats.value_or(usual_repeats),
                                             .samples = arguments.samples,
                                             .seed = arguments.seed,
                                             .threads = arguments.threads,
                                             .threshold = arguments.threshold,
                                             .only = arguments.only,
                                             .error = arguments.error};
  const auto study = arguments.by_layer ? analysis::study_layers : analysis::study_nonidealities;
  const analysis::Sensitivity result = study(design, network, data, options);
  const analysis::Stored stored = store.keep(design, result, base::version(), invocation.command_line, label(arguments.label, limit.files()));
  if (arguments.json) {
    print_json(invocation, arguments.seed, analysis::sensitivity_json(result, design.name, stored.id));
  } else {
    print_text(text(result, design, arguments.by_layer) + stored_text("study", stored.id, stored.path));
  }
  std::optional<base::UserError> failed;
  try {
    if (svg) {
      svg->write(analysis::sensitivity_svg(result, design.name));
      svg->commit();
    }
  } catch (const base::UserError& error) {
    failed = error;
  }
  stored.check();
  if (failed) throw *failed;
  if (result.interrupted) {
    throw base::UserError(
        fmt::format("interrupted; study {} in {} holds the {} {} that were finished", stored.id, stored.path,
                    arguments.by_layer ? result.layers.size() : result.nonidealities.size(), arguments.by_layer ? "layers" : "nonidealities"),
        base::ExitCode::interrupted);
  }
}

Action read_sensitivity_line(Options& options) {
  SensitivityArguments arguments;
  std::string time = "1s";
  options.file("NETWORK", arguments.network, "trained network, ONNX; without it the built-in one on its own data");
  add_data(options, arguments.data, "");
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_layer(options, arguments.layer);
  add_scalar(options, arguments.scalar);
  options.flag("--by-layer", arguments.by_layer,
               "evaluate the design as it is, with a single layer analog, and with a single layer digital, for each layer");
  std::optional<std::string> only;
  options.text("--only", only, "nonidealities to evaluate: patterns with * and ?, separated by commas; without it all", "NAMES");
  options.number("--threshold", arguments.threshold, "normalised accuracy that must be kept", fmt::format("X ({})", arguments.threshold));
  options.number("--error", arguments.error, "relative error of an MVM at which accuracies are compared", fmt::format("X ({})", arguments.error));
  add_one_time(options, time);
  options.whole("--repeats", arguments.repeats, "number of programming instances", "N (5, by layer 10)", 1, most);
  options.whole("--samples", arguments.samples, "number of test samples to score; without it 1000, or all if there are fewer", "N", 1);
  add_seed(options, arguments.seed);
  add_threads(options, arguments.threads);
  add_input_limit(options, arguments.input_limit);
  add_database(options, arguments.db, "study");
  add_label(options, arguments.label);
  options.output("--svg", arguments.svg, "plot of the result; bars", "SVG");
  add_json(options, arguments.json);
  options.read();
  check_pair("sensitivity", arguments.network, arguments.data);
  check_scalar(arguments.network, arguments.scalar);
  check(arguments.label);
  if (!(arguments.threshold > 0 && arguments.threshold < 1)) usage("--threshold: a normalised accuracy between 0 and 1 is needed, such as 0.99");
  if (!(arguments.error > 0 && arguments.error <= 1)) usage("--error: a relative error above 0 and at most 1 is needed, such as 0.2");
  if (only) arguments.only = *only;
  if (arguments.by_layer && !arguments.only.empty()) usage("--only chooses nonidealities, and --by-layer looks at none of them; leave one out");
  arguments.time_s = parse_one_time(time);
  return [arguments](const Invocation& invocation) { sensitivity(arguments, invocation); };
}

}  // namespace

Verb sensitivity_verb() {
  return {.name = "sensitivity",
          .sentence = "find how much of each single nonideality a network tolerates, or how much accuracy each layer costs",
          .examples = {{"mho sensitivity --svg borne.svg", "how much of each nonideality the built-in network tolerates"}},
          .read = read_sensitivity_line};
}

}  // namespace mho::cli
