#pragma once

#include <memory>
#include <string>
#include <vector>

#include "workloads/array_files.h"
#include "workloads/dataset.h"

namespace mho::workloads {

/// x = (v / divide - mean[c]) / deviation[c], c the first axis of a sample; one entry serves all channels.
struct SampleScaling {
  float divide = 1.0F;
  std::vector<float> mean{0.0F};
  std::vector<float> deviation{1.0F};
};

/// A data set held in memory. `images` [n][...], `labels` [n] whole numbers from 0, `sample_shape` with as many elements as one image; `hash` covers
/// files and scaling. Sizes that disagree are a programmer error.
std::unique_ptr<Dataset> array_dataset(std::string name, std::string hash, FileArray images, std::vector<int> labels, Shape sample_shape,
                                       const SampleScaling& scaling);

}  // namespace mho::workloads
