#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/data/metric.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// Samples with their targets. Implementations stream: `load` may read from disk.
class Dataset {
 public:
  virtual ~Dataset() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual const std::string& hash() const = 0;  ///< hex digest of contents and scaling
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual const Shape& sample_shape() const = 0;  ///< without batch axis, e.g. 3x32x32
  [[nodiscard]] virtual int classes() const = 0;
  /// Scaled float32 values of sample `index` into `out` [element_count(sample_shape())]. Thread-safe.
  virtual void load(std::size_t index, std::span<float> out) const = 0;
  [[nodiscard]] virtual int label(std::size_t index) const = 0;

  [[nodiscard]] virtual Metric metric() const { return Metric::top1; }
  /// What guessing gives in the metric.
  [[nodiscard]] virtual double chance() const { return chance_level(Metric::top1, classes(), 0); }
  /// Targets of one sample: its label; or one a position, ignored_target where none counts; or numbers to meet (mse).
  [[nodiscard]] virtual std::size_t targets() const { return 1; }
  /// Into `out` [targets()].
  virtual void load_targets(std::size_t index, std::span<float> out) const { out[0] = static_cast<float>(label(index)); }
  /// Time steps of a padded sequence that count; empty: all.
  [[nodiscard]] virtual std::optional<std::int64_t> length(std::size_t /*index*/) const { return std::nullopt; }
  /// Successive samples that continue each other, where a network carries its state: 1 and all of them where nothing else is said.
  [[nodiscard]] virtual std::size_t stream_length() const { return size(); }
};

/// What a DATA.yaml describes: the test set, and where there is one, the training split to calibrate on.
struct DataDescription {
  std::unique_ptr<Dataset> test;         ///< null: none is described, and none was demanded
  std::unique_ptr<Dataset> training;     ///< null: none is described
  std::unique_ptr<Dataset> validation;   ///< what a training is judged by while it runs; null: none is described
  std::unique_ptr<Dataset> calibration;  ///< null: calibrate on the first test samples, which are then excluded from the score, or on `training`
};

/// What `read_data` takes for the data of the built-in network, unless a file is called so.
constexpr std::string_view built_in_data = "strokes";

/// The split that a reader cannot do without.
enum class DemandedSplit { test, training };

/// Reads a DATA.yaml (environment variables as ${NAME}). Throws UserError with file:line:column, also where the demanded split is not described. The
/// bytes of its files count against the limit. The validation split is read where that of training is demanded. Numbers that are not finite are
/// refused; in large files that stay on disk only where `looks_through`, which reads them once.
DataDescription read_data(const std::string& path, const base::InputLimit& limit = base::InputLimit(), DemandedSplit demanded = DemandedSplit::test,
                          bool looks_through = false);
/// The procedural stroke digits: no files, identical bits on every machine. split 0 test, 1 calibration, 2 training.
std::unique_ptr<Dataset> stroke_digits(std::size_t count, std::uint64_t seed, int split);
/// The embedded default's data: 2000 test images and a calibration split.
DataDescription default_data();
/// What its network was trained on; as large as the rest ten times, so only on demand.
std::unique_ptr<Dataset> default_training_data();

}  // namespace mho::workloads
