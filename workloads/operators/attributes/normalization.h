#pragma once

#include <cstdint>

namespace mho::workloads {

/// Scales and shifts each channel by the second and third input: a batch normalisation after training.
struct ChannelScale {};

/// Normalises over all axes from `axis` to the last.
struct LayerNormalization {
  int axis = 0;
  float epsilon = 0;
};

struct InstanceNormalization {
  float epsilon = 0;
};

/// x / (bias + alpha / size * sum of the squares of the `size` nearest channels) ^ beta.
struct LocalResponse {
  std::int64_t size = 1;
  float alpha = 0, beta = 0, bias = 0;
};

}  // namespace mho::workloads
