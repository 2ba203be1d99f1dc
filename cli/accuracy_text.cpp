#include "cli/accuracy_text.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/index.h"
#include "cli/summary.h"
#include "cli/table.h"

namespace mho::cli {

namespace {

using base::percent;
using enum Table::Align;

std::string metric_title(workloads::Metric metric) {
  switch (metric) {
    case workloads::Metric::top1:
      return "accuracy";
    case workloads::Metric::top5:
      return "accuracy among the first five";
    case workloads::Metric::f1:
      return "F1, mean over the classes";
    case workloads::Metric::nats:
      return "nats per token (less is better)";
    case workloads::Metric::mse:
      break;
  }
  return "mean squared error (less is better)";
}

}  // namespace

std::string accuracy_text(const analysis::Result& result) {
  Table table({left, right, right, right, right, right, right, right, right});
  const auto& plan = result.samples;
  const auto text = [&](double value) { return metric_text(result.metric, value); };
  const std::size_t repeats = result.accuracy.empty() ? 0 : result.accuracy.front().by_repeat.size();
  if (repeats > 1) {
    table.add({"after", "mean", "+- chips", "+- samples", "worst", "5 %", "median", "normalised", "yield"});
  } else {
    table.add({"after", "mean", "normalised"});
  }
  table.add({"float", text(result.float_accuracy)});
  if (result.float_accuracy != result.float_accuracy_scored) table.add({"float, scored samples", text(result.float_accuracy_scored)});
  for (const auto& time : result.accuracy) {
    const auto [mean, sem] = analysis::mean_and_error(time.by_repeat);
    const auto share = analysis::normalised(mean, result.yardstick());
    const std::string part = share ? fmt::format("{:.1f} %", percent * *share) : "-";
    const std::string name = time_text(time.time_s);
    if (!sem) {
      table.add({name, text(mean), part});
      continue;
    }
    const auto chips = analysis::spread(time.by_repeat, result.yardstick(), result.yield_threshold);
    const auto error = [&](const std::optional<double>& value) {
      if (!value) return std::string("-");
      return workloads::is_share(result.metric) ? fmt::format("{:.2f}", percent * *value) : fmt::format("{:.2g}", *value);
    };
    table.add({name, text(mean), error(sem), error(time.sampling_sem), text(chips.worst), text(chips.percentile5), text(chips.median), part,
               chips.yield ? fmt::format("{:.0f} %", percent * *chips.yield) : "-"});
  }
  table.add({"chance", text(result.chance)});
  std::string all = fmt::format("{}, {} samples", metric_title(result.metric), plan.scored);
  if (repeats > 1) {
    all += fmt::format(
        ", {} programmings; +- are standard errors, over chips and over samples; yield is the share of chips that come {:.0f} % of the way "
        "from chance to float",
        repeats, percent * result.yield_threshold);
  }
  all += "\n" + table.text();
  if (result.metric == workloads::Metric::nats) all += fmt::format("  perplexity of the float network: {:.4g}\n", std::exp(result.float_accuracy));
  if (result.interrupted) all += fmt::format("  Interrupted: {} programming{} finished.\n", repeats, repeats == 1 ? " was" : "s were");
  if (result.learned_ranges > 0) {
    all += fmt::format("  Input ranges of {} matri{} were learned in retraining.\n", result.learned_ranges, result.learned_ranges == 1 ? "x" : "ces");
  }
  if (plan.calibrated_on_test) {
    all += fmt::format("  The data has no training split: the first {} test samples calibrated the input ranges and are not scored.\n",
                       plan.calibration_samples);
  }
  if (plan.carrying > 0) {
    all += fmt::format("  Scoring begins inside a stream: the {} sample{} of it before are run to carry the state, and not scored.\n", plan.carrying,
                       plan.carrying == 1 ? "" : "s");
  }
  return all;
}

}  // namespace mho::cli
