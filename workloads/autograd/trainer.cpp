#include "workloads/autograd/trainer.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

#include "base/design_file/patterns.h"
#include "base/error.h"
#include "base/progress.h"
#include "workloads/autograd/checkpoint.h"
#include "workloads/autograd/re_estimation.h"
#include "workloads/autograd/torch_network.h"
#include "workloads/autograd/training_batches.h"
#include "workloads/autograd/training_step.h"
#include "workloads/execution/calibration.h"
#include "workloads/execution/evaluation.h"
#include "workloads/graph/adapters.h"
#include "workloads/training/initial_weights.h"
#include "workloads/training/shared_elements.h"

namespace mho::workloads {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class Training {
 public:
  Training(const TiledNetwork& tiled, const Dataset& data, const TrainingOptions& options)
      : design_(tiled),
        tiled_{tiled.network, hardware(tiled, options.recipe), tiled.layout, {}},
        data_(data),
        options_(options),
        recipe_(options.recipe),
        validation_(tiled, options.validation != nullptr ? *options.validation : data, calibration_data(), options.recipe, options.threads) {
    Network& network = tiled_.network;
    check_fit(network, data);
    at::set_num_threads(options.threads);
    if (recipe_.distillation.weight > 0 && data.metric() == Metric::mse) {
      throw base::UserError(
          "distillation.weight: a network whose metric is mse has no classes to compare; leave it at 0, and give distillation.hidden a number "
          "instead");
    }
    if (recipe_.distillation.compares() || recipe_.normalisation_samples > 0) teacher_ = std::make_unique<TorchNetwork>(network);
    if (options.from_scratch) set_initial_weights(network, recipe_.seed);
    make_model();
    batches_ = std::make_unique<TrainingBatches>(data, recipe_);
    steps_ = batches_->per_epoch() * recipe_.epochs;
    one_step_ = std::make_unique<TrainingSteps>(TrainingState{recipe_, tiled_, data_, *model_, teacher_.get(), options.threads},
                                                design_.tiles.standard().device);
    if (has_checkpoint()) {
      go_on();
    } else {
      set_first_ranges();
    }
  }

  /// May be called once.
  [[nodiscard]] TrainedNetwork run() {
    // Reports the epochs before an interruption too, so that the report covers the whole training.
    for (const TrainingProgress& epoch : course_.epochs) report(epoch);
    if (!course_.before && !options_.from_scratch) {
      course_.before = validation_.score(design_.network, Validation::Programmings::of_every_epoch, "scoring the network as it is");
    }
    try {
      train_epochs();
    } catch (const base::Interrupted&) {
      save();
      throw;
    } catch (const Diverged& failure) {
      diverged(failure);
    }
    TrainedNetwork trained;
    trained.stopped = course_.step < steps_;
    trained.epochs = static_cast<int>(course_.epochs.size());
    trained.kept_epoch = keeps_best() && course_.best_epoch > 0 ? course_.best_epoch : trained.epochs;
    trained.before = course_.before;
    trained.samples = validation_.samples();
    if (trained.kept_epoch != trained.epochs) {
      restore_state(*model_, course_.best);
    } else if (!course_.mean.empty()) {
      restore_state(*model_, course_.mean);
    }
    if (recipe_.normalisation_samples > 0) {
      one_step_->draw(static_cast<std::uint32_t>(steps_), recipe_.noise.scale > 0 ? 1.0 : 0.0, false);
      re_estimate_channels(*teacher_, *model_, batches_->plain(0, std::min(static_cast<std::size_t>(recipe_.normalisation_samples), data_.size())));
    }
    trained.network = snapshot();
    trained.after = validation_.score(trained.network, Validation::Programmings::final_ones, "");
    return trained;
  }

 private:
  [[nodiscard]] const Dataset& calibration_data() const { return options_.calibration != nullptr ? *options_.calibration : data_; }

  void make_model() {
    const bool analog = recipe_.hardware.analog;
    const Network& network = tiled_.network;
    model_ = analog ? std::make_unique<TorchNetwork>(tiled_, recipe_.seed) : std::make_unique<TorchNetwork>(network);
    const bool any_tiles = std::ranges::any_of(model_->matrices(), [](const TrainedMatrix& m) { return m.tiles != nullptr; });
    const SharedElements shared(network);
    model_->set_trainable([&](const Parameter& parameter) { return !is_frozen(parameter) && shared.is_single(origin_of(parameter)); });
    check_patterns();
    const bool any_weights = std::ranges::any_of(model_->parameters(), [](const Parameter& p) { return p.kind == Parameter::Kind::weight; });
    if (any_weights && (!analog || any_tiles)) return;
    throw base::UserError(fmt::format("network '{}' has no trainable analog layer: {}", network.name,
                                      network.matrices.empty() ? "it has no product with a constant matrix"
                                      : any_weights            ? "the design makes all of them digital; leave some of them on tiles"
                                                               : "layers.frozen of the recipe holds all of them"));
  }

  /// Sets calibrated ranges. If ranges are learned, only those of the first step are needed, and one batch is calibrated.
  void set_first_ranges() {
    bool any = false;
    for (std::size_t m = 0; m < tiled_.network.matrices.size(); ++m) any |= has_static_ranges(tiled_, *model_, m);
    if (!any) return;
    const std::size_t most = recipe_.ranges.learned ? static_cast<std::size_t>(recipe_.batch) : calibration_limit;
    const Dataset& data = calibration_data();
    const InputCalibration calibration = calibrate(tiled_, data, 0, std::min(most, data.size()), options_.threads);
    for (std::size_t m = 0; m < tiled_.network.matrices.size(); ++m) {
      if (!has_static_ranges(tiled_, *model_, m)) continue;
      const auto& parts = calibration.parts.at(tiled_.network.matrices[m].name);
      for (std::size_t p = 0; p < parts.size(); ++p) model_->matrices()[m].ranges.data_ptr<float>()[p] = parts[p].range;
    }
  }

  /// Continues from the checkpoint.
  void go_on() {
    LoadedCheckpoint loaded = load_checkpoint(options_.checkpoint, options_.fingerprint, *model_, one_step_->optimiser());
    course_ = std::move(loaded.course);
    if (course_.step > steps_) {
      throw base::UserError(fmt::format("{} holds a training of {} steps, and {} epochs are {}; raise epochs, or remove the checkpoint to begin anew",
                                        options_.checkpoint, course_.step, recipe_.epochs, steps_));
    }
    const auto note = [&](const std::string& sentence) {
      if (options_.note) options_.note(sentence);
    };
    if (loaded.writer != options_.writer) {
      note(fmt::format("{} was written by {}, and this is {}: roundings differ, so the bits are not those of a training without interruption",
                       options_.checkpoint, loaded.writer, options_.writer));
    }
    if (!course_.epochs.empty() && course_.epochs.front().steps != steps_) {
      note(fmt::format("{} holds {} of {} epochs; it is gone on with to {}, over which schedule and ramp now reach", options_.checkpoint,
                       course_.epochs.size(), course_.epochs.front().steps / batches_->per_epoch(), recipe_.epochs));
      for (TrainingProgress& epoch : course_.epochs) epoch.steps = steps_;
    }
    if (options_.resume) options_.resume(course_.seconds);
  }

  void report(const TrainingProgress& progress) const {
    if (options_.report) options_.report(progress);
  }

  [[nodiscard]] bool keeps_best() const { return recipe_.validation.keep == Recipe::Validation::Keep::best; }
  /// Whether an epoch has ended that has not been scored.
  [[nodiscard]] bool owes_score() const { return course_.step / batches_->per_epoch() > static_cast<std::int64_t>(course_.epochs.size()); }
  [[nodiscard]] bool is_out_of_patience() const {
    const auto& patience = recipe_.validation.patience;
    return patience && course_.best_epoch > 0 && static_cast<std::int64_t>(course_.epochs.size()) - course_.best_epoch >= *patience;
  }

  void train_epochs() {
    epoch_begin_ = Clock::now();
    while ((course_.step < steps_ && !is_out_of_patience()) || owes_score()) {
      if (!owes_score()) train_step();
      if (owes_score()) end_epoch();
    }
  }

  [[nodiscard]] double epoch_seconds() const { return course_.epoch_seconds + seconds_since(epoch_begin_); }

  void train_step() {
    const std::int64_t per_epoch = batches_->per_epoch();
    const auto batch = batches_->load(course_.step / per_epoch, course_.step % per_epoch, options_.threads);
    const TrainingSteps::Result result = one_step_->run(course_.step, steps_, batch);
    course_.loss_sum += result.loss;
    course_.score_sum += result.score;
    course_.rate = result.rate;
    course_.noise = result.noise;
    ++course_.step;
    // While there are fewer steps than averaging_steps, the mean weights all steps equally.
    if (recipe_.averaging_steps) move_mean(course_.mean, *model_, 1.0 / static_cast<double>(std::min(*recipe_.averaging_steps, course_.step)));
    if (course_.step % per_epoch != 0) report(progress());
  }

  [[nodiscard]] TrainingProgress progress() const {
    const std::int64_t per_epoch = batches_->per_epoch();
    const auto in_epoch = static_cast<double>((course_.step - 1) % per_epoch + 1);
    return {course_.step,
            steps_,
            static_cast<int>((course_.step - 1) / per_epoch) + 1,
            course_.loss_sum / in_epoch,
            course_.score_sum / in_epoch,
            course_.rate,
            course_.noise,
            false,
            epoch_seconds()};
  }

  void end_epoch() {
    TrainingProgress epoch = progress();
    NetworkState present;
    if (!course_.mean.empty()) {
      present = copy_state(*model_);
      restore_state(*model_, course_.mean);
    }
    epoch.ends_epoch = true;
    epoch.validation = validation_.score(snapshot(), Validation::Programmings::of_every_epoch, "");
    epoch.seconds = epoch_seconds();
    const auto chosen_by = [&](const ValidationScore& score) { return recipe_.hardware.analog ? score.on_tiles : score.in_float; };
    if (course_.best_epoch == 0 || is_better(data_.metric(), chosen_by(*epoch.validation),
                                             chosen_by(*course_.epochs[static_cast<std::size_t>(course_.best_epoch) - 1].validation))) {
      course_.best_epoch = epoch.epoch;
      if (keeps_best()) course_.best = copy_state(*model_);
    }
    if (!present.empty()) restore_state(*model_, present);
    course_.epochs.push_back(epoch);
    course_.loss_sum = course_.score_sum = 0;
    course_.epoch_seconds = 0;
    epoch_begin_ = Clock::now();
    report(epoch);
    save();
  }

  [[noreturn]] void diverged(const Diverged& failure) const {
    throw base::UserError(
        fmt::format("the training diverged: {} is not a finite number in step {} (epoch {}) at a learning rate of {:.3g}. Lower optimiser.rate, give "
                    "optimiser.gradient_limit a number such as 1, or lengthen schedule.warmup. {}",
                    failure.what(), course_.step + 1, course_.step / batches_->per_epoch() + 1, failure.rate,
                    has_checkpoint() ? fmt::format("The last good state is kept in {}", options_.checkpoint) : "No epoch was finished"),
        base::ExitCode::failed_check);
  }

  /// Throws UserError for a pattern of layers.frozen that no layer has.
  void check_patterns() const {
    for (const std::string& pattern : base::listed(recipe_.frozen)) {
      const auto fits = [&](const std::string& name) { return base::matches_any(pattern, name); };
      std::vector<std::string> names;
      for (const Matrix& matrix : tiled_.network.matrices) names.push_back(matrix.name);
      if (std::ranges::any_of(names, fits) || std::ranges::any_of(tiled_.network.nodes, fits, &Node::name) ||
          std::ranges::any_of(tiled_.network.values, fits, &ValueInfo::name)) {
        continue;
      }
      throw base::UserError(fmt::format("layers.frozen: no layer is called '{}'; there are {}", pattern, fmt::join(names, ", ")));
    }
  }

  /// The tiles with the nonidealities that the recipe keeps.
  static tiles::LayerTiles hardware(const TiledNetwork& tiled, const Recipe& recipe) {
    const tiles::LayerTiles& tiles = tiled.tiles;
    tiles::LayerTiles changed(recipe.hardware.apply(tiles.standard()));
    for (const Matrix& matrix : tiled.network.matrices) {
      if (tiles.index(matrix.name) != 0) changed.set(matrix.name, recipe.hardware.apply(tiles.of(matrix.name)));
    }
    return changed;
  }

  [[nodiscard]] bool is_frozen(const Parameter& parameter) const {
    if (recipe_.adapters.rank > 0) {
      return parameter.kind != Parameter::Kind::weight || !is_adapter(tiled_.network.matrices[parameter.index].name);
    }
    if (recipe_.frozen.empty()) return false;
    switch (parameter.kind) {
      case Parameter::Kind::weight:
        return base::matches_any(recipe_.frozen, tiled_.network.matrices[parameter.index].name);
      case Parameter::Kind::bias:
      case Parameter::Kind::candidate_bias:
        return base::matches_any(recipe_.frozen, tiled_.network.nodes[parameter.index].name);
      case Parameter::Kind::constant:
        return base::matches_any(recipe_.frozen, parameter.name);
    }
    return false;
  }

  [[nodiscard]] const InitializerSource& origin_of(const Parameter& parameter) const {
    switch (parameter.kind) {
      case Parameter::Kind::weight:
        return tiled_.network.matrices[parameter.index].origin;
      case Parameter::Kind::bias:
        return tiled_.network.nodes[parameter.index].bias_origin;
      case Parameter::Kind::candidate_bias:
        return tiled_.network.nodes[parameter.index].as<Recurrence>().candidate_origin;
      case Parameter::Kind::constant:
        break;
    }
    return tiled_.network.values[parameter.index].origin;
  }

  /// The network with the present weights and ranges.
  [[nodiscard]] Network snapshot() const {
    Network network = tiled_.network;
    model_->copy_into(network);
    for (std::size_t m = 0; m < network.matrices.size(); ++m) {
      // Ranges that an earlier training learned belong to other weights.
      network.input_ranges.erase(network.matrices[m].name);
      if (!has_static_ranges(tiled_, *model_, m)) continue;
      const torch::Tensor& ranges = model_->matrices()[m].ranges;
      network.input_ranges[network.matrices[m].name].assign(ranges.data_ptr<float>(), ranges.data_ptr<float>() + ranges.numel());
    }
    return network;
  }

  [[nodiscard]] bool has_checkpoint() const {
    std::error_code error;
    return !options_.checkpoint.empty() && std::filesystem::exists(options_.checkpoint, error);
  }

  void save() {
    if (options_.checkpoint.empty()) return;
    const double now = seconds_since(began_);
    course_.seconds += now - counted_;
    counted_ = now;
    TrainingCourse kept = course_;
    kept.epoch_seconds = epoch_seconds();
    try {
      save_checkpoint(options_.checkpoint, {options_.fingerprint, options_.writer}, kept, *model_, one_step_->optimiser());
    } catch (const base::UserError& error) {
      throw base::UserError(
          fmt::format("{}. The training ended after {} epochs; {}", error.what(), course_.epochs.size(),
                      has_checkpoint() ? "the checkpoint before this one stays, and the same command goes on with it" : "there is no checkpoint yet"),
          error.code());
    }
  }

  const TiledNetwork& design_;
  TiledNetwork tiled_;  ///< on the tiles of the training
  const Dataset& data_;
  const TrainingOptions& options_;
  const Recipe& recipe_;
  Validation validation_;
  std::unique_ptr<TorchNetwork> teacher_, model_;
  std::unique_ptr<TrainingBatches> batches_;
  std::unique_ptr<TrainingSteps> one_step_;
  std::int64_t steps_ = 0;
  TrainingCourse course_;
  Clock::time_point began_ = Clock::now(), epoch_begin_ = began_;
  double counted_ = 0;  ///< seconds of this process that are included in course_.seconds
};

}  // namespace

TrainedNetwork train(const TiledNetwork& tiled, const Dataset& data, const TrainingOptions& options) { return Training(tiled, data, options).run(); }

}  // namespace mho::workloads
