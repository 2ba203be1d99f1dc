#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "tiles/layer_tiles.h"
#include "tiles/parameters.h"
#include "tiles/weight_noise.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// The keys of a recipe file (RECIPE.yaml) with defaults, limits and sources.
base::Declarations recipe_declarations();

/// Kinds of networks for which published recipes differ (Rasch et al., Nat. Commun. 14:5282, 2023, Table 2 and Methods).
enum class NetworkKind { convolutional, recurrent, transformer, perceptron };
NetworkKind kind_of(const Network& network);
std::string kind_name(NetworkKind kind);

/// All settings of a training, resolved for one kind of network.
struct Recipe {
  int epochs = 0;
  int batch = 0;
  std::uint64_t seed = 1;

  struct Optimiser {
    enum class Kind { sgd, adam, adamw } kind = Kind::sgd;
    double rate = 0;
    double momentum = 0;      ///< SGD
    double weight_decay = 0;  ///< of weights; biases, scales and ranges do not decay
    std::optional<double> gradient_limit;
  } optimiser;

  struct Schedule {
    enum class Kind { constant, linear, cosine, one_cycle } kind = Kind::cosine;
    double warmup = 0;  ///< share of the steps in which the rate rises from 0; one_cycle: at least 0.1
    double last = 0;    ///< share of the rate that is left at the end; not for constant
    /// Factor on the rate in step `step` of `steps`.
    [[nodiscard]] double factor(std::int64_t step, std::int64_t steps) const;
  } schedule;

  struct Noise {
    tiles::WeightNoiseKind kind = tiles::WeightNoiseKind::pcm;
    double scale = 0;
    double sigma = 0;   ///< standard deviation of kind constant, as a share of the column's largest weight
    double ramp = 0;    ///< share of the steps in which the noise rises to its scale
    double spread = 0;  ///< the scale of a batch is drawn from scale * [1 - spread, 1 + spread]
    double drop_connect = 0;
    /// Factor on the noise deviations in step `step` of `steps`; `lot` in (0, 1) is the random number of the batch.
    [[nodiscard]] double level(std::int64_t step, std::int64_t steps, double lot) const;
  } noise;

  struct Hardware {
    bool analog = true;  ///< false: the float network, every nonideality off
    bool converters = true, output_noise = true, read_noise = true, ir_drop = false;
    /// The design's tile without the nonidealities that are switched off here.
    [[nodiscard]] tiles::TileParameters apply(tiles::TileParameters tile) const;
  } hardware;

  struct Scales {
    bool learned = true;
    double rate = 0.001;
    int remap = 100;  ///< number of steps between updates of scales to the columns' maxima
  } scales;

  struct Ranges {
    bool learned = true;
    double rate = 0.01;
    int initial_batches = 100;
    double initial_sigmas = 3;
    double decay = 1e-3;
    double inside = 0.95;
  } ranges;

  struct Clip {
    enum class Kind { off, fixed, gaussian } kind = Kind::fixed;
    double sigmas = 2.5;  ///< gaussian: limit in standard deviations of the column's weights
  } clip;

  struct Distillation {
    double weight = 0;
    double temperature = 1;
    double hidden = 0;  ///< factor on the distance of hidden layers from those of the float network
    /// Whether outputs or hidden layers are compared with the float network.
    [[nodiscard]] bool compares() const { return weight > 0 || hidden > 0; }
  } distillation;

  /// Validation while the training runs.
  struct Validation {
    enum class Keep { best, last };
    std::optional<double> share;  ///< share of the training split that is held out if the data describe no validation split; empty: none is held out
    std::size_t samples = 1000;   ///< at most
    int repeats = 3;              ///< programming instances
    double age_s = 3600;          ///< time after programming at which the tiles are scored, in seconds
    Keep keep = Keep::best;       ///< which state is written
    std::optional<std::int64_t> patience;  ///< epochs without a better score after which the training stops
  } validation;

  std::optional<std::int64_t> averaging_steps;  ///< length of the running mean of states that is scored and written; empty: no mean
  int normalisation_samples = 0;                ///< samples for re-estimating the channels' means and deviations after training; 0: none
  int crop = 0;                                 ///< pixels of padding around an image before a random crop; 0: no crop
  bool mirror = false;
  /// Digital low-rank paths beside layers, which are trained instead of the layers.
  struct Adapters {
    std::int64_t rank = 0;  ///< 0: none
    std::string layers;     ///< patterns of layers, separated by commas
  } adapters;
  std::string frozen;  ///< patterns of layers that are not trained, separated by commas; empty: none

  /// All keys resolved, as JSON.
  std::string json;
  /// The same JSON with epochs set to 1: a training may be continued with more epochs.
  std::string identity;
  /// Keys that were set but have no effect: one sentence for the user for each, with the reason.
  std::vector<std::string> without_effect;
};

/// The optimiser that `auto` selects for a kind of network.
Recipe::Optimiser::Kind usual_optimiser(NetworkKind kind);

/// Network, tiles and data that a recipe is read for: they decide which keys have an effect.
struct RecipeSubject {
  const Network& network;
  const tiles::LayerTiles& tiles;
  std::size_t training_samples = 0;  ///< size of the whole training split
  bool has_validation = false;       ///< the data describe a validation split
};

/// Reads a recipe file (`path` empty: all defaults), then applies "key=value" assignments. Values `auto` are replaced by those for the kind of the
/// network. Throws UserError for bad keys or values.
Recipe read_recipe(const std::optional<std::string>& path, const std::vector<std::string>& assignments, const RecipeSubject& subject);

}  // namespace mho::workloads
