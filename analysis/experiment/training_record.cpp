#include "analysis/experiment/training_record.h"

#include <fmt/format.h>

#include <cmath>

namespace mho::analysis {

std::string end_name(TrainingEnd end) {
  switch (end) {
    case TrainingEnd::finished:
      return "finished";
    case TrainingEnd::stopped:
      return "stopped";
    case TrainingEnd::interrupted:
      return "interrupted";
    case TrainingEnd::failed:
      return "failed";
  }
  return "";
}

std::string ruin(const TrainingInputs& inputs, const TrainingRecord& record) {
  if (!record.after) return "";
  const workloads::Dataset& data = *inputs.data.training;
  const bool analog = inputs.recipe.hardware.analog;
  const auto of = [&](const ScoreRecord& score) { return analog ? score.on_tiles : score.in_float; };
  const char* where = analog ? "on tiles" : "in float";
  // Gain over guessing; larger is better for every metric.
  const double sign = workloads::is_share(data.metric()) ? 1 : -1;
  const auto gained = [&](double value) { return sign * (value - data.chance()); };
  const double after = gained(of(*record.after));
  constexpr double as_good_as_chance = 0.1;  // of chance: a guessing network can reach this much more by accident
  if (!std::isfinite(after) || after <= (sign > 0 ? as_good_as_chance * data.chance() : 0))
    return fmt::format("is no better than guessing {}", where);
  if (!record.before) return "";
  constexpr double worth_keeping = 0.9;
  const double before = gained(of(*record.before));
  if (before > 0 && after < worth_keeping * before) return fmt::format("is far worse {} than the network it began with", where);
  return "";
}

}  // namespace mho::analysis
