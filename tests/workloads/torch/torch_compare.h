#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {

using Reference = std::function<torch::Tensor(const torch::Tensor&)>;

inline torch::Tensor tensor(const std::vector<float>& values, const Shape& shape) { return torch::tensor(values).reshape(shape); }

/// Runs `model` (input "x" of `shape`) and the reference on the same numbers; every output within 1e-5 of its size.
inline void expect_same(const OnnxModel& model, const Shape& shape, const Reference& reference) {
  const auto x = ramp(static_cast<std::size_t>(element_count(shape)), 0.07F);
  const Network network = import_onnx_bytes(model.bytes(), "test.onnx");
  const auto y = run_float(network, x);
  const torch::Tensor expected = reference(tensor(x, shape)).contiguous();
  ASSERT_EQ(network.values[static_cast<std::size_t>(network.output)].shape, expected.sizes().vec());
  ASSERT_EQ(static_cast<std::int64_t>(y.size()), expected.numel());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const float wanted = expected.data_ptr<float>()[i];
    EXPECT_NEAR(y[i], wanted, 1e-5F * std::max(1.0F, std::abs(wanted))) << i;
  }
}

using Ints = std::vector<std::int64_t>;

}  // namespace mho::workloads
