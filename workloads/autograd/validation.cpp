#include "workloads/autograd/validation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/progress.h"
#include "base/random.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {

Validation::Validation(const TiledNetwork& tiled, const Dataset& data, const Dataset& calibration, const Recipe& recipe, int threads)
    : tiled_(tiled),
      data_(data),
      calibration_(calibration),
      recipe_(recipe.validation),
      seed_(recipe.seed),
      threads_(threads),
      samples_(std::min(recipe.validation.samples, data.size())) {}

InputCalibration Validation::calibration_of(const TiledNetwork& tiled) const {
  InputCalibration known;
  bool complete = tiled.tiles.standard().digital.result_format.kind != periphery::NumberFormat::Kind::integer;
  for (const Matrix& matrix : tiled.network.matrices) {
    if (matrix.digital || !tiled.tiles.of(matrix.name).input_range.is_static()) continue;
    const std::vector<float>* ranges = learned_ranges(tiled, matrix);
    complete = complete && ranges != nullptr;
    for (std::size_t p = 0; ranges != nullptr && p < ranges->size(); ++p) known.parts[matrix.name].push_back({.range = (*ranges)[p]});
  }
  if (complete) return known;
  return calibrate(tiled, calibration_, 0, std::min(calibration_limit, calibration_.size()), threads_, "");
}

ValidationScore Validation::score(const Network& network, Programmings which, const std::string& label) const {
  TiledNetwork tiled{network, tiled_.tiles, tiled_.layout, {}};
  tiled.calibration = calibration_of(tiled);
  const char* purpose = which == Programmings::of_every_epoch ? "validation" : "final validation";
  const EvaluationOptions options{.times_s = {recipe_.age_s},
                                  .repeats = recipe_.repeats,
                                  .seed = seed_ ^ base::hash_name(purpose),
                                  .threads = threads_,
                                  .samples = samples_,
                                  .label = label};
  ValidationScore score;
  score.in_float = evaluate_float(network, data_, 0, samples_, threads_, "");
  const AnalogEvaluation evaluation = evaluate_analog(tiled, data_, options);
  if (evaluation.interrupted) throw base::Interrupted();
  const std::vector<double>& values = evaluation.times[0].by_repeat;
  score.on_tiles = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return score;
}

bool is_better(Metric metric, double score, double best) {
  if (!std::isfinite(score) || !std::isfinite(best)) return std::isfinite(score);
  return is_share(metric) ? score > best : score < best;
}

}  // namespace mho::workloads
