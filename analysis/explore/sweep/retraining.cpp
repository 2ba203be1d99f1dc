#include "analysis/explore/sweep/retraining.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "analysis/reuse/dependence.h"
#include "analysis/reuse/work_cache.h"
#include "base/design_file/document.h"
#include "base/output_file.h"
#include "base/progress.h"
#include "base/version.h"

namespace mho::analysis {

namespace {

constexpr std::string_view recipe_word = "recipe", no_recipe = "none";

bool is_retrained(const NumberedPoint& point) {
  return std::ranges::any_of(std::get<base::Json::Object>(point.settings.value()), [](const auto& setting) { return is_recipe_axis(setting.first); });
}

/// Whether the chip of a training needs a setting: all those of the tiles, because some are legal only together (converter bits and their time), and
/// the division of matrices over tiles. All copies have the same weights.
bool training_depends_on(std::string_view assignment) {
  const std::string_view key = assignment.substr(0, assignment.find('='));
  return accuracy_depends_on(key) || key.starts_with("tile.") || (key.starts_with("mapper.") && key != "mapper.copies");
}

/// The training of a point, without its output file; empty if `recipe` is none.
std::optional<TrainingJob> job_of(const SweepRequest& request, const NumberedPoint& point, const std::string& built_in_file) {
  const EvaluationTask& task = request.task;
  TrainingJob job{.network = point.point.network.value_or(task.network.value_or(built_in_file)),
                  .data = point.point.data ? point.point.data : task.data,
                  .design = point.point.design ? point.point.design : task.design,
                  .set = task.set,
                  .layer = task.layer,
                  .recipe = {},
                  .recipe_set = {},
                  .out = "",
                  .threads = {}};
  if (request.retrains_each) {
    std::ranges::copy_if(point.point.set, std::back_inserter(job.set), training_depends_on);
    job.layer.insert(job.layer.end(), point.point.layer.begin(), point.point.layer.end());
  }
  bool none = false;
  for (const auto& [name, value] : std::get<base::Json::Object>(point.settings.value())) {
    if (!is_recipe_axis(name)) continue;
    const std::string& text = std::get<std::string>(value.value());
    if (name != recipe_word) {
      job.recipe_set.push_back(name.substr(recipe_word.size() + 1) + "=" + text);
    } else if (text == no_recipe) {
      none = true;
    } else {
      job.recipe = text;
    }
  }
  if (!none) return job;
  if (!job.recipe_set.empty()) {
    throw base::UserError(fmt::format("point {}: recipe none leaves the network as it is, but {} is set; give the network as it is a point of its "
                                      "own ('points' in a file, with recipe: none)",
                                      point.number, job.recipe_set.front().substr(0, job.recipe_set.front().find('='))),
                          base::ExitCode::usage);
  }
  return std::nullopt;
}

/// Text of everything that the trained weights depend on.
std::string training_depends_on(const TrainingInputs& inputs) {
  return tiles_depend_on(inputs.design, inputs.tiled) + weights_text(inputs.tiled.network) +
         fmt::format("\ntraining {} {} {} epochs {} threads {}", inputs.training().hash(), inputs.validation().hash(), inputs.recipe.identity,
                     inputs.recipe.epochs, inputs.threads);
}

std::string file_of(const TrainingJob& job, const std::string& folder) {
  constexpr std::size_t digits = 16;
  const std::string key = dependence_key(training_depends_on(read_inputs(job, false)));
  return (std::filesystem::path(folder) / fmt::format("{}-{}.onnx", std::filesystem::path(job.network).stem().string(), key.substr(0, digits)))
      .string();
}

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw base::UserError(fmt::format("{}: the folder of trained networks cannot be made: {}", folder, error.message()));
}

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

/// One training, and its failure if it failed.
struct SharedTraining {
  TrainingJob job;
  std::optional<base::UserError> failure;
};
using Trainings = std::map<std::string, SharedTraining>;  ///< by the text of the job

/// The file of the built-in network, which a training reads; empty if the task names a network.
std::string built_in_network_file(const SweepRequest& request, const RetrainingSettings& settings) {
  if (request.task.network) return "";
  std::string path = (std::filesystem::path(settings.folder) / "strokes.onnx").string();
  if (!is_there(path)) {
    base::OutputFile file(path);
    file.write(settings.built_in_network);
    file.commit();
  }
  return path;
}

/// Sets the output file of every training. Returns the trainings whose file does not exist, each file once.
std::vector<SharedTraining*> missing_networks(Trainings& trainings, const std::string& folder, std::size_t& found) {
  std::vector<SharedTraining*> missing;
  std::set<std::string> files;
  for (auto& [text, training] : trainings) {
    try {
      training.job.out = file_of(training.job, folder);
    } catch (const base::UserError& error) {
      if (error.code() == base::ExitCode::interrupted) throw;
      training.failure = error;
      continue;
    }
    if (!files.insert(training.job.out).second) continue;  // the same training, written differently
    if (is_there(training.job.out)) {
      ++found;
    } else {
      missing.push_back(&training);
    }
  }
  return missing;
}

/// Runs the missing trainings. Returns the errors of those that failed, by file.
std::map<std::string, base::UserError> train_missing(const std::vector<SharedTraining*>& missing, const RetrainingSettings& settings) {
  std::map<std::string, base::UserError> failed;
  if (missing.empty()) return failed;
  const Trainer train = settings.trainer();
  for (const SharedTraining* const training : missing) {
    base::check_interrupt();
    try {
      train(training->job, read_inputs(training->job, true));
    } catch (const base::UserError& error) {
      if (error.code() == base::ExitCode::interrupted) throw;
      failed.emplace(training->job.out, error);
    }
  }
  return failed;
}

}  // namespace

bool asks_for_retraining(const std::vector<NumberedPoint>& points) { return std::ranges::any_of(points, is_retrained); }

RetrainedPoints retrained(const SweepRequest& request, std::vector<NumberedPoint> points, const RetrainingSettings& settings) {
  make_folder(settings.folder);
  const std::string built_in_file = built_in_network_file(request, settings);
  Trainings trainings;
  std::vector<std::string> of_point;  // text of the job; empty if the point is not retrained
  for (const NumberedPoint& point : points) {
    const std::optional<TrainingJob> job = is_retrained(point) ? job_of(request, point, built_in_file) : std::nullopt;
    of_point.push_back(job ? job->json() : "");
    if (job) trainings.try_emplace(of_point.back(), SharedTraining{*job, std::nullopt});
  }
  RetrainedPoints result;
  const std::vector<SharedTraining*> missing = missing_networks(trainings, settings.folder, result.found);
  if (settings.say && !missing.empty()) {
    settings.say(fmt::format("{} network{} retrained before the points are evaluated, {} there already; they are kept in {}", missing.size(),
                             missing.size() == 1 ? " is" : "s are", result.found, settings.folder));
  }
  const std::map<std::string, base::UserError> failed = train_missing(missing, settings);
  result.trained = missing.size() - failed.size();
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (of_point[i].empty()) {
      result.points.push_back(std::move(points[i]));
      continue;
    }
    const SharedTraining& training = trainings.at(of_point[i]);
    const auto found = failed.find(training.job.out);
    const base::UserError* const why = training.failure ? &*training.failure : found == failed.end() ? nullptr : &found->second;
    if (why != nullptr) {
      Evaluation evaluation{.reason = fmt::format("its network was not retrained: {}", why->what()), .exit_code = why->code()};
      result.refused.emplace_back(std::move(points[i]), std::move(evaluation));
      continue;
    }
    points[i].point.network = training.job.out;
    if (!points[i].point.data && !request.task.data) points[i].point.data = std::string(workloads::built_in_data);
    result.points.push_back(std::move(points[i]));
  }
  return result;
}

}  // namespace mho::analysis
