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

/// How times and costs of a chip are found.
enum class Fidelity { estimate, simulate };

/// What all points of an exploration share: as `mho run` or, without accuracy, `mho simulate` takes it.
struct EvaluationTask {
  std::optional<std::string> network{};  ///< ONNX; empty: the built-in one
  std::optional<std::string> data{};     ///< DATA.yaml, or workloads::built_in_data; empty: none, inputs have full scale
  std::optional<std::string> design{};   ///< file, or name of a shipped design; empty: the default
  std::vector<std::string> set{};        ///< "key=value", before those of a point
  std::vector<std::string> layer{};      ///< rules as --layer takes them, before those of a point
  std::vector<std::string> scalar{};     ///< "name=value"
  Fidelity fidelity = Fidelity::estimate;
  bool accuracy = false;                 ///< evaluated on tiles too; needs data, but for the built-in network
  std::vector<double> times_s{};         ///< ages at which accuracy is evaluated, increasing
  int repeats = 10;                      ///< programmings
  std::optional<std::size_t> samples{};  ///< scored; empty: all
  double yield_threshold = 0.99;
  std::uint64_t seed = 1;
  int threads = 1;
  mapper::InferenceMode mode{};
};

/// One design to be evaluated: how it differs from what is shared.
struct DesignPoint {
  std::vector<std::string> set{};    ///< "key=value"; of equal keys the last one counts
  std::vector<std::string> layer{};  ///< rules as --layer takes them
  /// In place of the task's.
  std::optional<std::string> network{}, data{}, design{};
  std::vector<double> times_s{};  ///< in place of the task's; empty: the task's
};

/// What is known of a point.
struct Evaluation {
  /// By name: the columns of v_run that are figures (latency_s, interval_s, throughput_per_s, energy_per_inference_j, single_shot_energy_j,
  /// average_power_w, leakage_w, area_mm2, tops_per_watt, tiles, utilisation, macs, weights; with accuracy float_accuracy, first_accuracy,
  /// last_accuracy), and of every age, such as 1d: accuracy@1d, normalised@1d (1: as good as float), yield@1d, accuracy_sem@1d, and worst@1d,
  /// percentile5@1d and median@1d over programmings, good_chips@1d; normalised and yield are those of the last age. Of energy, area, power and
  /// efficiency the ends of the band that holds 90 % of chips: energy_per_inference_j@low, energy_per_inference_j@high.
  std::map<std::string, double> figures{};
  std::optional<std::string> reason{};  ///< why there are no figures
  base::ExitCode exit_code = base::ExitCode::ok;
  bool out_of_memory = false;  ///< why there are no figures; only of what this process computed
  double wall_s = 0;
  std::int64_t run = 0;  ///< of its row in the database; 0: not stored
  bool found = false;    ///< it was there already, nothing was computed
  [[nodiscard]] bool ok() const { return exit_code == base::ExitCode::ok; }
};

/// "1d" for 86400: the largest unit that gives a whole number, as --times takes it.
std::string age_text(double seconds);

/// The figures of a result, by the names of Evaluation::figures.
std::map<std::string, double> figures_of(const ChipResult& result);
std::map<std::string, double> figures_of(const Result& result);

/// Adds those of one age to them, from accuracies by programming.
void add_accuracy_figures(std::map<std::string, double>& figures, double time_s, const std::vector<double>& by_repeat, const Yardstick& by,
                          double yield_threshold);

/// Adds good_chips@AGE to figures of accuracy: the share of chips that reach the threshold there and have enough working tiles (Upkeep::tile_yield).
void add_good_chips(std::map<std::string, double>& figures, double tile_yield);

/// Evaluates points, some of them at the same time, in whatever order.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// An evaluation for each point, in their order. A point that is refused has a reason: it stops nothing. Throws Interrupted after a Ctrl-C.
  virtual std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) = 0;
};

/// Networks and data by their paths, each read once.
class Inputs {
 public:
  /// What was read, and from which files.
  template <class Kind>
  struct Held {
    Kind value;
    std::vector<InputFile> files;
  };
  using Network = Held<workloads::Network>;
  using Data = Held<workloads::DataDescription>;

  /// `built_in`: bytes of the built-in network, which outlive this.
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

/// A point, evaluated: what its rows in a database are made from.
struct EvaluatedPoint {
  std::optional<Design> design;  ///< empty: the settings make none, and there is no row of it
  std::variant<ChipResult, Result, RefusedRun> outcome;
  std::variant<SimulationInfo, RunInfo> info;
  Evaluation evaluation;
};

/// Evaluates in this process, one point after the other. Of simulated points only one: a process simulates once.
class LocalEvaluator final : public Evaluator {
 public:
  /// `cache` outlives this; null: everything is computed.
  LocalEvaluator(EvaluationTask task, std::string_view built_in_network, WorkCache* cache = nullptr);
  ~LocalEvaluator() override;
  std::vector<Evaluation> evaluate(std::span<const DesignPoint> points) override;

  /// The part of a point that is known before anything is computed.
  struct Prepared {
    std::optional<Design> design;
    const workloads::Network* network = nullptr;
    const workloads::DataDescription* data = nullptr;
    std::variant<SimulationInfo, RunInfo> info;
    std::optional<Evaluation> refused;  ///< it cannot be evaluated
    RefusedRun known;                   ///< of what a refusal is
  };
  Prepared prepare(const DesignPoint& point);
  /// One point with all that its rows need. Throws Interrupted.
  EvaluatedPoint compute(Prepared prepared);

 private:
  EvaluationTask task_;
  Inputs inputs_;
  WorkCache* cache_;
  CostFactors factors_;
};

}  // namespace mho::analysis
