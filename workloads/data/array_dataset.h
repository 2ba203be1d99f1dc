#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workloads/data/array_files.h"
#include "workloads/data/dataset.h"
#include "workloads/data/sample_shape.h"

namespace mho::workloads {

/// x = (v / divide - mean[c]) / deviation[c], where c is the index along the axis of channels. A list with one entry serves all channels.
struct SampleScaling {
  float divide = 1.0F;
  std::vector<float> mean{0.0F};
  std::vector<float> deviation{1.0F};
};

/// Arrays and settings of a data set.
struct ArraySamples {
  std::string name;
  std::string hash;  ///< covers files and scaling
  std::size_t count = 0;
  FileArray inputs;     ///< [count or more][...]
  std::size_t row = 0;  ///< elements of `inputs` between the starts of consecutive samples; 0: the elements of one sample
  Shape sample_shape;
  AxisOrder order;  ///< order of the axes of a stored sample; empty: as stored, channels first
  SampleScaling scaling;
  std::vector<float> targets;  ///< [count][targets of a sample]
  int classes = 0;             ///< 0: targets are numbers to approximate
  Metric metric = Metric::top1;
  std::optional<double> chance;   ///< empty: computed from classes or targets
  std::vector<float> lengths;     ///< [count] or empty
  std::size_t stream_length = 0;  ///< samples per stream; 0: all samples are one stream
};

/// Makes a data set of the arrays. Throws std::logic_error if sizes disagree.
std::unique_ptr<Dataset> array_dataset(ArraySamples samples);

}  // namespace mho::workloads
