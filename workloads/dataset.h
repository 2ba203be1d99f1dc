#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "workloads/network.h"

namespace mho::workloads {

/// Labelled samples. Implementations stream: `load` may read from disk.
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
};

/// What a DATA.yaml describes: the test set, and where there is one, the training split to calibrate on.
struct DataDescription {
  std::unique_ptr<Dataset> test;
  std::unique_ptr<Dataset> calibration;  ///< null: calibrate on the first test samples, which are then excluded from the score
};

/// Reads a DATA.yaml (environment variables as ${NAME}). Throws UserError with file:line:column.
DataDescription read_data(const std::string& path);
/// The procedural stroke digits: no files, identical bits on every machine. split 0 test, 1 calibration, 2 training.
std::unique_ptr<Dataset> stroke_digits(std::size_t count, std::uint64_t seed, int split);
/// The embedded default's data: 2000 test images and a calibration split.
DataDescription default_data();

}  // namespace mho::workloads
