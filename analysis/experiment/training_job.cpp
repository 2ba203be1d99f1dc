#include "analysis/experiment/training_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "analysis/experiment/prepare.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "workloads/data/subset.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/adapters/adapters_onnx.h"
#include "workloads/onnx/onnx_export.h"

namespace mho::analysis {

namespace {

base::Json list(const std::vector<std::string>& words) {
  base::Json json{base::Json::Array{}};
  for (const std::string& word : words) json.push_back(word);
  return json;
}

const base::Json& member(const base::Json& json, const char* key) {
  const base::Json* found = json.find(key);
  if (found == nullptr) throw base::UserError(fmt::format("the training job lacks '{}'", key));
  return *found;
}

std::optional<std::string> text(const base::Json& json, const char* key) {
  const base::Json* found = json.find(key);
  if (found == nullptr) return std::nullopt;
  return std::get<std::string>(found->value());
}

std::vector<std::string> words(const base::Json& json, const char* key) {
  std::vector<std::string> result;
  for (const base::Json& word : std::get<base::Json::Array>(member(json, key).value())) result.push_back(std::get<std::string>(word.value()));
  return result;
}

/// Samples of a training: those of the training itself and those of the validation.
struct Judged {
  std::unique_ptr<workloads::Dataset> learned_from, judges;
};

/// Divides the samples. No more are held out than are scored. The scored ones are spread evenly, because files may be sorted.
Judged judge(const workloads::DataDescription& data, const workloads::Recipe::Validation& validation, bool by_stream) {
  const bool holds_out = !data.validation && validation.share;
  const workloads::Dataset& whole = data.validation ? *data.validation : *data.training;
  const double most = static_cast<double>(validation.samples) / static_cast<double>(whole.size());
  const double share = holds_out ? std::min(*validation.share, most) : most;
  const std::string name = whole.name() + (holds_out ? ", held out" : "");
  if (!holds_out && share >= 1) {
    std::vector<std::uint32_t> all(whole.size());
    std::iota(all.begin(), all.end(), 0U);
    return {nullptr, workloads::subset_of(whole, std::move(all), name)};
  }
  workloads::DividedSamples divided = workloads::divide(whole, share, by_stream);
  Judged judged;
  if (holds_out) judged.learned_from = workloads::subset_of(whole, std::move(divided.rest), whole.name());
  judged.judges = workloads::subset_of(whole, std::move(divided.held_out), name);
  return judged;
}

/// Steps of a recurrent network are too short to be divided among threads.
int default_threads(const workloads::Network& network) {
  if (workloads::kind_of(network) == workloads::NetworkKind::recurrent) return 1;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Imports the file at `path` again as a network with adapters.
workloads::Network import_adapted(const std::string& bytes, const std::string& path, const workloads::Network& original,
                                  const base::InputLimit& limit) {
  workloads::Network adapted = workloads::import_onnx_bytes(
      bytes, path, {.sample_shape = original.sample_shape, .folder = workloads::folder_of(path), .trace = true, .limit = limit});
  adapted.name = original.name;
  return adapted;
}

}  // namespace

std::string TrainingJob::json() const {
  base::Json job;
  job["network"] = network;
  if (data) job["data"] = *data;
  if (design) job["design"] = *design;
  job["set"] = list(set);
  job["layer"] = list(layer);
  if (recipe) job["recipe"] = *recipe;
  job["recipe_set"] = list(recipe_set);
  job["out"] = out;
  if (threads) job["threads"] = *threads;
  job["from_scratch"] = from_scratch;
  job["keep_checkpoint"] = keep_checkpoint;
  job["input_limit"] = input_limit;
  return job.dump();
}

TrainingJob TrainingJob::parse(const std::string& json) {
  const base::Json job = base::Json::parse(json, "job");
  TrainingJob result;
  result.network = text(job, "network").value_or("");
  result.data = text(job, "data");
  result.design = text(job, "design");
  result.set = words(job, "set");
  result.layer = words(job, "layer");
  result.recipe = text(job, "recipe");
  result.recipe_set = words(job, "recipe_set");
  result.out = text(job, "out").value_or("");
  if (const base::Json* threads = job.find("threads")) result.threads = static_cast<int>(std::get<std::int64_t>(threads->value()));
  result.from_scratch = std::get<bool>(member(job, "from_scratch").value());
  result.keep_checkpoint = std::get<bool>(member(job, "keep_checkpoint").value());
  result.input_limit = static_cast<std::uint64_t>(std::get<std::int64_t>(member(job, "input_limit").value()));
  return result;
}

std::string weights_text(const workloads::Network& network) {
  std::string text;
  for (const workloads::Matrix& matrix : network.matrices) {
    text += base::content_hash({reinterpret_cast<const char*>(matrix.weights.data()), matrix.weights.size() * sizeof(float)});
  }
  return text;
}

TrainingInputs read_inputs(const TrainingJob& job, bool checked) {
  const base::InputLimit limit(job.input_limit);
  Design design = load_design(job.design, job.set);
  add_layer_rules(design, job.layer);
  workloads::DataDescription data =
      workloads::read_data(job.data.value_or(std::string(workloads::built_in_data)), limit, workloads::DemandedSplit::training, checked);
  workloads::Network network =
      workloads::import_onnx(job.network, workloads::ImportOptions{.sample_shape = data.training->sample_shape(), .trace = true, .limit = limit});
  workloads::check_fit(network, *data.training);
  if (data.validation) workloads::check_fit(network, *data.validation);
  workloads::TiledNetwork tiled = prepare(design, std::move(network), {.copies = false});
  workloads::Recipe recipe = workloads::read_recipe(
      job.recipe, job.recipe_set,
      {.network = tiled.network, .tiles = tiled.tiles, .training_samples = data.training->size(), .has_validation = data.validation != nullptr});
  std::string adapted;
  if (recipe.adapters.rank > 0) {
    if (job.from_scratch) throw base::UserError("adapters.rank: adapters belong to weights that are trained already; leave --from-scratch out");
    adapted = workloads::with_adapters(base::read_file(job.network), tiled.network, {recipe.adapters.rank, recipe.adapters.layers, recipe.seed});
    tiled = prepare(design, import_adapted(adapted, job.network, tiled.network, limit), {.copies = false});
  }
  Judged judged = judge(data, recipe.validation, !tiled.network.states.empty());
  const std::string everything = fmt::format("{} {} {} {} {} {} {}", tiled.network.hash, weights_text(tiled.network), data.training->hash(),
                                             judged.judges->hash(), design.hash(), recipe.identity, job.from_scratch);
  const int threads = job.threads.value_or(default_threads(tiled.network));
  return {std::move(design),
          std::move(data),
          std::move(judged.learned_from),
          std::move(judged.judges),
          std::move(tiled),
          std::move(recipe),
          threads,
          job.network,
          std::move(adapted),
          base::content_hash(everything),
          limit.files()};
}

void require_chip(const TrainingInputs& inputs) {
  if (inputs.recipe.hardware.analog) check_fits_chip(inputs.design, inputs.tiled, mapper::InferenceMode{});
}

}  // namespace mho::analysis
