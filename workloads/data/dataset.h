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

/// Samples with their targets. `load` may read from disk.
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
  /// Value of the metric for guessing.
  [[nodiscard]] virtual double chance() const { return chance_level(Metric::top1, classes(), 0); }
  /// Number of targets of one sample: 1 (the label); or one for each position, ignored_target for positions that do not count; or the numbers to
  /// approximate (mse).
  [[nodiscard]] virtual std::size_t targets() const { return 1; }
  /// Writes the targets of a sample to `out` [targets()].
  virtual void load_targets(std::size_t index, std::span<float> out) const { out[0] = static_cast<float>(label(index)); }
  /// Number of valid time steps of a padded sequence; empty: all.
  [[nodiscard]] virtual std::optional<std::int64_t> length(std::size_t /*index*/) const { return std::nullopt; }
  /// Number of consecutive samples that form one stream, for networks that carry a state from sample to sample. Default: all samples.
  [[nodiscard]] virtual std::size_t stream_length() const { return size(); }
};

/// The splits that a data description (DATA.yaml) lists.
struct DataDescription {
  std::unique_ptr<Dataset> test;         ///< null: not described and not demanded
  std::unique_ptr<Dataset> training;     ///< null: none is described
  std::unique_ptr<Dataset> validation;   ///< scores a training while it runs; null: not described
  std::unique_ptr<Dataset> calibration;  ///< null: `training` is used if read, else the first test samples, which are then not scored
};

/// The name that `read_data` accepts for the data of the built-in network, unless a file has that name.
constexpr std::string_view built_in_data = "strokes";

/// The split that must be described.
enum class DemandedSplit { test, training };

/// Reads a data description (DATA.yaml; ${NAME} is replaced by environment variables). Throws UserError with file:line:column, also if the demanded
/// split is not described. The bytes of its files count against the limit. The validation split is read only if the training split is demanded.
/// Numbers that are not finite are refused; in large files that stay on disk only if `looks_through` is set, which reads them once.
DataDescription read_data(const std::string& path, const base::InputLimit& limit = base::InputLimit(), DemandedSplit demanded = DemandedSplit::test,
                          bool looks_through = false);
/// The procedural stroke digits: computed without files, equal bits on every machine. `split`: 0 test, 1 calibration, 2 training.
std::unique_ptr<Dataset> stroke_digits(std::size_t count, std::uint64_t seed, int split);
/// The data of the built-in network: 2000 test images and 1000 calibration images.
DataDescription default_data();
/// The training data of the built-in network: 20000 images. They are generated on demand only.
std::unique_ptr<Dataset> default_training_data();

}  // namespace mho::workloads
