#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analysis/design/design.h"
#include "analysis/experiment/experiment.h"
#include "analysis/store/store.h"
#include "base/error.h"
#include "workloads/data/dataset.h"
#include "workloads/graph/network.h"

namespace mho::analysis {

/// Source of times and costs of a chip: hw::estimate or the simulation.
enum class Fidelity { estimate, simulate };

/// The settings that all points of an exploration share, as for `mho run` or, without accuracy, `mho simulate`.
struct EvaluationTask {
  std::optional<std::string> network{};  ///< ONNX; empty: the built-in one
  std::optional<std::string> data{};     ///< data description (DATA.yaml), or workloads::built_in_data; empty: none, inputs have full scale
  std::optional<std::string> design{};   ///< file or name of a shipped design; empty: the default
  std::vector<std::string> set{};        ///< "key=value", applied before those of a point
  std::vector<std::string> layer{};      ///< rules as in --layer, applied before those of a point
  std::vector<std::string> scalar{};     ///< "name=value"
  Fidelity fidelity = Fidelity::estimate;
  bool accuracy = false;                 ///< also evaluate on tiles; needs data, except for the built-in network
  std::vector<double> times_s{};         ///< ages at which accuracy is evaluated, in seconds, increasing
  int repeats = 10;                      ///< programming instances
  std::optional<std::size_t> samples{};  ///< scored samples; empty: all
  double yield_threshold = 0.99;
  std::uint64_t seed = 1;
  int threads = 1;
  mapper::InferenceMode mode{};
};

/// A design to evaluate: its differences from the shared settings.
struct DesignPoint {
  std::vector<std::string> set{};    ///< "key=value"; the last one of equal keys counts
  std::vector<std::string> layer{};  ///< rules as in --layer
  /// Replace those of the task.
  std::optional<std::string> network{}, data{}, design{};
  std::vector<double> times_s{};  ///< replaces that of the task; empty: that of the task
};

/// The evaluation of a point.
struct Evaluation {
  /// Figures by name. Columns of v_run: latency_s, interval_s, throughput_per_s, energy_per_inference_j, single_shot_energy_j, average_power_w,
  /// leakage_w, area_mm2, tops_per_watt, tiles, utilisation, macs, weights; with accuracy float_accuracy, first_accuracy, last_accuracy. For each
  /// age, such as 1d: accuracy@1d, normalised@1d (1: as good as float), yield@1d, accuracy_sem@1d, worst@1d, percentile5@1d and median@1d over
  /// programming instances, good_chips@1d; normalised and yield without age are those of the last age. For energy, area, power and efficiency the
  /// ends of the band that holds 90 % of chips: energy_per_inference_j@low, energy_per_inference_j@high.
  std::map<std::string, double> figures{};
  std::optional<std::string> reason{};  ///< reason why there are no figures
  base::ExitCode exit_code = base::ExitCode::ok;
  bool out_of_memory = false;  ///< the reason is lack of memory; only set for points computed by this process
  double wall_s = 0;
  std::int64_t run = 0;  ///< number of its row in the database; 0: not stored
  bool found = false;    ///< the result was stored before, nothing was computed
  [[nodiscard]] bool ok() const { return exit_code == base::ExitCode::ok; }
};

/// The age as --times accepts it, "1d" for 86400: the largest unit that gives an integer.
std::string age_text(double seconds);

/// The figures of a result, with the names of Evaluation::figures.
std::map<std::string, double> figures_of(const ChipResult& result);
std::map<std::string, double> figures_of(const Result& result);

/// Adds the accuracy figures of one age, from the accuracies of the programming instances.
void add_accuracy_figures(std::map<std::string, double>& figures, double time_s, const std::vector<double>& by_repeat, const Yardstick& by,
                          double yield_threshold);

/// Adds good_chips@AGE to accuracy figures: the share of chips that reach the threshold and have enough working tiles (Upkeep::tile_yield).
void add_good_chips(std::map<std::string, double>& figures, double tile_yield);

/// Evaluates points, possibly several at the same time and in any order.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// Returns an evaluation for each point, in their order. A refused point has a reason and does not stop the others. Throws Interrupted after a
  /// Ctrl-C.
  virtual std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) = 0;
};

/// Networks and data by path, each read once.
class Inputs {
 public:
  /// A value and the files that it was read from.
  template <class Kind>
  struct Held {
    Kind value;
    std::vector<InputFile> files;
  };
  using Network = Held<workloads::Network>;
  using Data = Held<workloads::DataDescription>;

  /// `built_in`: bytes of the built-in network; they must outlive this object.
  explicit Inputs(std::string_view built_in) : built_in_(built_in) {}
  /// An empty path means the built-in network. Throws UserError as import_onnx does.
  const Network& network(const std::optional<std::string>& path, const Data* data, const std::vector<std::string>& scalars);
  /// Returns null for an empty path. Throws UserError as read_data does.
  const Data* data(const std::optional<std::string>& path);

 private:
  std::string_view built_in_;
  std::map<std::string, std::unique_ptr<const Network>> networks_;
  std::map<std::string, std::unique_ptr<const Data>> data_;
};

/// An evaluated point: the data for its rows in a database.
struct EvaluatedPoint {
  std::optional<Design> design;  ///< empty: the settings are not valid, and there is no row for the point
  std::variant<ChipResult, Result, RefusedRun> outcome;
  std::variant<SimulationInfo, RunInfo> info;
  Evaluation evaluation;
};

/// Evaluates in this process, one point after the other. At most one simulated point, because a process can simulate once.
class LocalEvaluator final : public Evaluator {
 public:
  /// `cache` must outlive this object; null: everything is computed.
  LocalEvaluator(EvaluationTask task, std::string_view built_in_network, WorkCache* cache = nullptr);
  ~LocalEvaluator() override;
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override;

  /// The part of a point that is known before any computation.
  struct Prepared {
    std::optional<Design> design;
    const workloads::Network* network = nullptr;
    const workloads::DataDescription* data = nullptr;
    std::variant<SimulationInfo, RunInfo> info;
    std::optional<Evaluation> refused;  ///< set if the point cannot be evaluated
    RefusedRun known;                   ///< data for the row of a refused run
  };
  Prepared prepare(const DesignPoint& point);
  /// Computes one point with all data for its rows. Throws Interrupted.
  EvaluatedPoint compute(Prepared prepared);

 private:
  EvaluationTask task_;
  Inputs inputs_;
  WorkCache* cache_;
  CostFactors factors_;
};

}  // namespace mho::analysis
