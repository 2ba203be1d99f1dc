#pragma once

#include "tests/workloads/onnx_model.h"

namespace mho::workloads {

/// Conv (81 positions, no multiple of a chunk of rows), pool, grouped Conv, sigmoid, residual add, Gemm: values that live for different times.
inline OnnxModel small_network() {
  OnnxModel model;
  model.input("x", {0, 2, 9, 9}).output("y");
  model.floats("w1", {4, 2, 3, 3}, ramp(72)).floats("b1", {4}, {0.1F, 0.2F, -0.1F, 0.3F});
  model.node("Conv", {"x", "w1", "b1"}, "c1").attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1}).node("Relu", {"c1"}, "r1");
  model.node("MaxPool", {"r1"}, "p1")
      .attribute("kernel_shape", std::vector<std::int64_t>{2, 2})
      .attribute("strides", std::vector<std::int64_t>{2, 2});
  model.floats("w2", {4, 2, 3, 3}, ramp(72, 0.05F)).node("Conv", {"p1", "w2"}, "c2");
  model.attribute("group", 2).attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1});
  model.node("Sigmoid", {"c2"}, "s").node("Add", {"s", "p1"}, "a").node("Relu", {"a"}, "r2").node("Flatten", {"r2"}, "f");
  model.floats("w3", {5, 64}, ramp(320, 0.02F)).node("Gemm", {"f", "w3"}, "y").attribute("transB", 1);
  return model;
}

}  // namespace mho::workloads
