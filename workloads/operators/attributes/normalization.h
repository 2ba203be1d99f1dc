#pragma once

#include <cstdint>

namespace mho::workloads {

/// Scale and shift of each channel, the second and third input: a batch normalisation after training.
struct ChannelScale {};

/// Over the axes from `axis` on.
struct LayerNormalization {
  int axis = 0;
  float epsilon = 0;
};

struct InstanceNormalization {
  float epsilon = 0;
};

/// x / (bias + alpha / size * squares of the `size` channels around) ^ beta.
struct LocalResponse {
  std::int64_t size = 1;
  float alpha = 0, beta = 0, bias = 0;
};

}  // namespace mho::workloads
