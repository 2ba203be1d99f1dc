#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workloads/data/array_files.h"
#include "workloads/data/dataset.h"
#include "workloads/data/sample_shape.h"

namespace mho::workloads {

/// x = (v / divide - mean[c]) / deviation[c], c the place along the axis of channels; one entry serves all channels.
struct SampleScaling {
  float divide = 1.0F;
  std::vector<float> mean{0.0F};
  std::vector<float> deviation{1.0F};
};

/// A data set of arrays.
struct ArraySamples {
  std::string name;
  std::string hash;  ///< covers files and scaling
  std::size_t count = 0;
  FileArray inputs;     ///< [count or more][...]
  std::size_t row = 0;  ///< elements of `inputs` from one sample to the next; 0: as many as a sample has
  Shape sample_shape;
  AxisOrder order;  ///< of a stored sample; without axes: as stored, channels first
  SampleScaling scaling;
  std::vector<float> targets;  ///< [count][targets of a sample]
  int classes = 0;             ///< 0: targets are numbers to meet
  Metric metric = Metric::top1;
  std::optional<double> chance;   ///< empty: from classes or targets
  std::vector<float> lengths;     ///< [count] or empty
  std::size_t stream_length = 0;  ///< 0: all samples
};

/// Sizes that disagree are a programmer error.
std::unique_ptr<Dataset> array_dataset(ArraySamples samples);

}  // namespace mho::workloads
