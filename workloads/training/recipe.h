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

/// Keys of a RECIPE.yaml.
base::Declarations recipe_declarations();

/// What published recipes differ by (Rasch et al., Nat. Commun. 14:5282, 2023, Table 2 and Methods).
enum class NetworkKind { convolutional, recurrent, transformer, perceptron };
NetworkKind kind_of(const Network& network);
std::string kind_name(NetworkKind kind);

/// How a network is trained: every choice, resolved for one kind of network.
struct Recipe {
  int epochs = 0;
  int batch = 0;
  std::uint64_t seed = 1;

  struct Optimiser {
    enum class Kind { sgd, adam, adamw } kind = Kind::sgd;
    double rate = 0;
    double momentum = 0;      ///< SGD
    double weight_decay = 0;  ///< of weights; not of biases, scales and ranges
    std::optional<double> gradient_limit;
  } optimiser;

  struct Schedule {
    enum class Kind { constant, linear, cosine, one_cycle } kind = Kind::cosine;
    double warmup = 0;  ///< share of the steps in which the rate rises from 0
    double last = 0;    ///< share of the rate that is left at the end
    /// Factor on the rate in step `step` of `steps`.
    [[nodiscard]] double factor(std::int64_t step, std::int64_t steps) const;
  } schedule;

  struct Noise {
    tiles::WeightNoiseKind kind = tiles::WeightNoiseKind::pcm;
    double scale = 0;
    double sigma = 0;   ///< of kind constant
    double ramp = 0;    ///< share of the steps in which the noise rises to its scale
    double spread = 0;  ///< the scale of a batch is drawn from scale * [1 - spread, 1 + spread]
    double drop_connect = 0;
    /// Factor on the deviations in step `step` of `steps`; `lot` in (0, 1) is the batch's draw.
    [[nodiscard]] double level(std::int64_t step, std::int64_t steps, double lot) const;
  } noise;

  struct Hardware {
    bool analog = true;  ///< false: the float network, every nonideality off
    bool converters = true, output_noise = true, read_noise = true, ir_drop = false;
    /// The design's tile with what is off taken out.
    [[nodiscard]] tiles::TileParameters apply(tiles::TileParameters tile) const;
  } hardware;

  struct Scales {
    bool learned = true;
    double rate = 0.001;
    int remap = 100;  ///< steps after which scales become the columns' maxima again
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
    double sigmas = 2.5;  ///< gaussian: of the column's weights
  } clip;

  struct Distillation {
    double weight = 0;
    double temperature = 1;
    double hidden = 0;  ///< weight of the distance of hidden layers
    /// Whether anything is compared with the float network.
    [[nodiscard]] bool compares() const { return weight > 0 || hidden > 0; }
  } distillation;

  /// What the training is judged by while it runs.
  struct Validation {
    enum class Keep { best, last };
    std::optional<double> share;           ///< of the training split, where the data describe no validation split; empty: none is held out
    std::size_t samples = 1000;            ///< at most
    int repeats = 3;                       ///< programmings
    double age_s = 3600;                   ///< of the tiles
    Keep keep = Keep::best;                ///< the state that is written
    std::optional<std::int64_t> patience;  ///< epochs without a better score after which the training stops
  } validation;

  std::optional<std::int64_t> averaging_steps;  ///< of the mean of states that is scored and written; empty: the state itself
  int normalisation_samples = 0;                ///< re-estimation of the channels' means and deviations after training; 0: none
  int crop = 0;                                 ///< pixels of padding out of which images are cut again
  bool mirror = false;
  /// Digital low-rank paths beside layers, which are trained in their place.
  struct Adapters {
    std::int64_t rank = 0;  ///< 0: none
    std::string layers;     ///< patterns of layers, separated by commas
  } adapters;
  std::string frozen;  ///< patterns of layers that are not trained, separated by commas; empty: none

  /// All keys resolved, as JSON.
  std::string json;
  /// The same but for the number of epochs, which a training may be given more of.
  std::string identity;
  /// Keys that were given and change nothing, each with the reason; sentences for the user.
  std::vector<std::string> without_effect;
};

/// What optimiser.kind `auto` means for a kind of network.
Recipe::Optimiser::Kind usual_optimiser(NetworkKind kind);

/// What a recipe is for: which keys act depends on it.
struct RecipeSubject {
  const Network& network;
  const tiles::LayerTiles& tiles;
  std::size_t training_samples = 0;  ///< of the whole training split
  bool has_validation = false;       ///< the data describe a validation split
};

/// Reads a recipe (`path` empty: all defaults) and "key=value" assignments; words `auto` become what suits the network. Throws UserError.
Recipe read_recipe(const std::optional<std::string>& path, const std::vector<std::string>& assignments, const RecipeSubject& subject);

}  // namespace mho::workloads
