#pragma once

#include <string>
#include <vector>

#include "tests/workloads/onnx_model.h"
#include "workloads/graph/network.h"

namespace mho::mapper::test {

/// One head of attention over `tokens` tokens of `width` values: products queries, keys, values and out on tiles, scores and head of activations.
inline workloads::Network attention(int tokens = 16, int width = 8) {
  workloads::OnnxModel model;
  model.input("x", {0, tokens, width}).output("y");
  for (const char* name : {"wq", "wk", "wv", "wo"}) model.floats(name, {width, width}, workloads::ramp(static_cast<std::size_t>(width * width)));
  model.node("MatMul", {"x", "wq"}, "q", "queries").node("MatMul", {"x", "wk"}, "k", "keys").node("MatMul", {"x", "wv"}, "v", "values");
  model.node("Transpose", {"k"}, "kt", "turned").attribute("perm", std::vector<std::int64_t>{0, 2, 1});
  model.node("MatMul", {"q", "kt"}, "s", "scores").node("Softmax", {"s"}, "p", "weights").attribute("axis", 2);
  model.node("MatMul", {"p", "v"}, "h", "head").node("MatMul", {"h", "wo"}, "y", "out");
  return model.import();
}

/// Two heads that share keys and values, which Concat repeats.
inline workloads::Network shared_keys(int tokens = 16, int width = 8) {
  workloads::OnnxModel model;
  model.input("x", {0, tokens, width}).output("y");
  model.floats("wq", {width, 2 * width}, workloads::ramp(static_cast<std::size_t>(2 * width * width)))
      .floats("wk", {width, width}, workloads::ramp(static_cast<std::size_t>(width * width)));
  model.floats("wo", {2 * width, width}, workloads::ramp(static_cast<std::size_t>(2 * width * width)));
  model.ints("split", {1, tokens, 2, width}).ints("one", {1, tokens, 1, width}).ints("flat", {1, tokens, 2 * width});
  model.node("MatMul", {"x", "wq"}, "q", "queries").node("MatMul", {"x", "wk"}, "k", "keys");
  model.node("Reshape", {"q", "split"}, "q4", "heads").node("Reshape", {"k", "one"}, "k4", "one_head");
  model.node("Concat", {"k4", "k4"}, "k2", "repeated").attribute("axis", std::int64_t{2});
  model.node("Transpose", {"q4"}, "qh", "by_head").attribute("perm", std::vector<std::int64_t>{0, 2, 1, 3});
  model.node("Transpose", {"k2"}, "kt", "turned").attribute("perm", std::vector<std::int64_t>{0, 2, 3, 1});
  model.node("Transpose", {"k2"}, "v", "values").attribute("perm", std::vector<std::int64_t>{0, 2, 1, 3});
  model.node("MatMul", {"qh", "kt"}, "s", "scores").node("Softmax", {"s"}, "p", "weights").attribute("axis", std::int64_t{3});
  model.node("MatMul", {"p", "v"}, "h", "head").node("Transpose", {"h"}, "ht", "by_token").attribute("perm", std::vector<std::int64_t>{0, 2, 1, 3});
  model.node("Reshape", {"ht", "flat"}, "hf", "joined").node("MatMul", {"hf", "wo"}, "y", "out");
  return model.import();
}

}  // namespace mho::mapper::test
