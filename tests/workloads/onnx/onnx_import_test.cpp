#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Pointwise;

std::vector<float> run(const OnnxModel& model, const std::vector<float>& x) { return run_float(model.import(), x); }

Shape output_shape(const Network& network) { return network.values[static_cast<std::size_t>(network.output)].shape; }

TEST(OnnxImport, ConvolutionByHand) {
  auto model = one_operator("Conv", {0, 1, 3, 3}, {"w", "b"}).floats("w", {1, 1, 2, 2}, {1, 2, 3, 4}).floats("b", {1}, {10});
  EXPECT_THAT(run(model, {1, 2, 3, 4, 5, 6, 7, 8, 9}), ElementsAre(47, 57, 77, 87));
  const Network network = model.import();
  EXPECT_EQ(network.weights(), 4);
  EXPECT_EQ(network.macs(), 16);
  ASSERT_EQ(network.nodes.size(), 1U);
  EXPECT_EQ(network.positions(network.nodes[0]), 4);
  EXPECT_EQ(network.nodes[0].name, "y");
}

TEST(OnnxImport, ConvolutionPaddingStridesAndDilation) {
  auto padded = one_operator("Conv", {1, 1, 1, 3}, {"w"}).attribute("pads", std::vector<std::int64_t>{0, 1, 0, 2}).floats("w", {1, 1, 1, 2}, {1, 10});
  EXPECT_THAT(run(padded, {1, 2, 3}), ElementsAre(10, 21, 32, 3, 0));
  auto strided = one_operator("Conv", {1, 1, 5}, {"w"}).attribute("strides", std::vector<std::int64_t>{2}).floats("w", {1, 1, 2}, {1, 10});
  EXPECT_THAT(run(strided, {1, 2, 3, 4, 5}), ElementsAre(21, 43));
  auto dilated = one_operator("Conv", {1, 1, 5}, {"w"}).attribute("dilations", std::vector<std::int64_t>{3}).floats("w", {1, 1, 2}, {1, 10});
  EXPECT_THAT(run(dilated, {1, 2, 3, 4, 5}), ElementsAre(41, 52));
  for (const bool upper : {true, false}) {
    auto same = one_operator("Conv", {1, 1, 3}, {"w"}).attribute("auto_pad", upper ? "SAME_UPPER" : "SAME_LOWER").floats("w", {1, 1, 2}, {1, 10});
    EXPECT_THAT(run(same, {1, 2, 3}), upper ? ElementsAre(21, 32, 3) : ElementsAre(10, 21, 32));
  }
}

TEST(OnnxImport, GroupedConvolutionIsBlockDiagonal) {
  auto model = one_operator("Conv", {1, 2, 1, 2}, {"w"}).attribute("group", 2).floats("w", {4, 1, 1, 1}, {1, 2, 3, 4});
  const Network network = model.import();
  EXPECT_THAT(network.matrices[0].weights, ElementsAre(1, 0, 2, 0, 0, 3, 0, 4));
  EXPECT_EQ(network.weights(), 4);
  EXPECT_THAT(run_float(network, std::vector<float>{1, 2, 10, 20}), ElementsAre(1, 2, 2, 4, 30, 60, 40, 80));
}

TEST(OnnxImport, GemmAttributes) {
  auto model = one_operator("Gemm", {0, 2}, {"w", "b"}).attribute("alpha", 2.0F).attribute("beta", 0.5F).attribute("transB", 1);
  model.floats("w", {3, 2}, {1, 2, 3, 4, 5, 6}).floats("b", {3}, {2, 4, 6});
  EXPECT_THAT(run(model, {1, 10}), ElementsAre(43, 88, 133));
  auto plain = one_operator("Gemm", {0, 2}, {"w"}).floats("w", {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(run(plain, {1, 10}), ElementsAre(41, 52, 63));
}

TEST(OnnxImport, MatMulWithTheConstantOnEitherSide) {
  auto right = one_operator("MatMul", {0, 2, 2}, {"w"}).floats("w", {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(run(right, {1, 10, 100, 1000}), ElementsAre(41, 52, 63, 4100, 5200, 6300));
  OnnxModel left;
  left.input("x", {0, 2, 2}).output("y").floats("w", {3, 2}, {1, 2, 3, 4, 5, 6}).node("MatMul", {"w", "x"}, "y");
  EXPECT_THAT(run(left, {1, 10, 100, 1000}), ElementsAre(201, 2010, 403, 4030, 605, 6050));
  EXPECT_TRUE(left.import().nodes[0].on_tiles());
}

TEST(OnnxImport, ProductOfActivationsStaysDigital) {
  auto model = one_operator("MatMul", {0, 2, 2}, {"x"});
  EXPECT_FALSE(model.import().nodes[0].on_tiles());
  EXPECT_THAT(run(model, {1, 2, 3, 4}), ElementsAre(7, 10, 15, 22));
}

TEST(OnnxImport, BroadcastArithmetic) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6};
  EXPECT_THAT(run(one_operator("Add", {0, 2, 3}, {"c"}).floats("c", {3}, {10, 20, 30}), x), ElementsAre(11, 22, 33, 14, 25, 36));
  EXPECT_THAT(run(one_operator("Sub", {0, 2, 3}, {"c"}).floats("c", {2, 1}, {1, 2}), x), ElementsAre(0, 1, 2, 2, 3, 4));
  EXPECT_THAT(run(one_operator("Mul", {0, 2, 3}, {"c"}).floats("c", {}, {2}), x), ElementsAre(2, 4, 6, 8, 10, 12));
  EXPECT_THAT(run(one_operator("Div", {0, 2, 3}, {"c"}).floats("c", {1, 2, 1}, {2, 4}), x), ElementsAre(0.5, 1, 1.5, 1, 1.25, 1.5));
  OnnxModel reversed;
  reversed.input("x", {0, 3}).output("y").floats("c", {1}, {6}).node("Div", {"c", "x"}, "y");
  EXPECT_THAT(run(reversed, {1, 2, 3}), ElementsAre(6, 3, 2));
}

TEST(OnnxImport, Activations) {
  EXPECT_THAT(run(one_operator("Relu", {0, 3}), {-1, 0, 2}), ElementsAre(0, 0, 2));
  const auto sigmoid = run(one_operator("Sigmoid", {0, 3}), {-1, 0, 2}), tanh = run(one_operator("Tanh", {0, 3}), {-1, 0, 2});
  const std::vector<float> x{-1, 0, 2};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(sigmoid[i], 1 / (1 + std::exp(-x[i])), 1e-7);
    EXPECT_NEAR(tanh[i], std::tanh(x[i]), 1e-7);
  }
  EXPECT_THAT(run(one_operator("Clip", {0, 3}, {}, 7).attribute("min", 0.0F).attribute("max", 1.0F), {-1, 0.5, 2}), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(run(one_operator("Clip", {0, 3}, {"", "top"}).floats("top", {}, {1}), {-1, 0.5, 2}), ElementsAre(-1, 0.5, 1));
}

TEST(OnnxImport, SoftmaxFlattensBeforeVersion13) {
  const std::vector<float> x{0, 0, std::log(3.0F), 0};
  EXPECT_THAT(run(one_operator("Softmax", {0, 2, 2}, {}, 12), x), Pointwise(FloatNear(1e-6F), {1 / 6.0F, 1 / 6.0F, 0.5F, 1 / 6.0F}));
  EXPECT_THAT(run(one_operator("Softmax", {0, 2, 2}, {}, 13), x), Pointwise(FloatNear(1e-6F), {0.5F, 0.5F, 0.75F, 0.25F}));
  EXPECT_THAT(run(one_operator("Softmax", {0, 2, 2}, {}, 13).attribute("axis", 1), x), Pointwise(FloatNear(1e-6F), {0.25F, 0.5F, 0.75F, 0.5F}));
}

TEST(OnnxImport, Pooling) {
  const std::vector<float> x{1, 2, 3, 4, 5};
  const std::vector<std::int64_t> two{2}, one_zero{1, 0};
  EXPECT_THAT(run(one_operator("MaxPool", {0, 1, 5}).attribute("kernel_shape", two).attribute("strides", two), x), ElementsAre(2, 4));
  EXPECT_THAT(run(one_operator("MaxPool", {0, 1, 5}).attribute("kernel_shape", two).attribute("strides", two).attribute("ceil_mode", 1), x),
              ElementsAre(2, 4, 5));
  EXPECT_THAT(run(one_operator("AveragePool", {0, 1, 5}).attribute("kernel_shape", two).attribute("strides", two).attribute("pads", one_zero), x),
              ElementsAre(1, 2.5, 4.5));
  EXPECT_THAT(run(one_operator("AveragePool", {0, 1, 5})
                      .attribute("kernel_shape", two)
                      .attribute("strides", two)
                      .attribute("pads", one_zero)
                      .attribute("count_include_pad", 1),
                  x),
              ElementsAre(0.5, 2.5, 4.5));
  EXPECT_THAT(run(one_operator("GlobalAveragePool", {0, 2, 1, 2}), {1, 2, 3, 5}), ElementsAre(1.5, 4));
}

TEST(OnnxImport, ShapesOnly) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(output_shape(one_operator("Flatten", {0, 2, 3}).import()), (Shape{1, 6}));
  EXPECT_EQ(output_shape(one_operator("Reshape", {0, 2, 3}, {"s"}).ints("s", {0, 3, -1}).import()), (Shape{1, 3, 2}));
  // A batch of 8 in the file becomes one sample, also inside the target shape.
  EXPECT_EQ(output_shape(one_operator("Reshape", {8, 2, 3}, {"s"}).ints("s", {8, 6}).import()), (Shape{1, 6}));
  EXPECT_EQ(output_shape(one_operator("Unsqueeze", {0, 3}, {"a"}).ints("a", {1, -1}).import()), (Shape{1, 1, 3, 1}));
  EXPECT_EQ(output_shape(one_operator("Squeeze", {0, 1, 3}, {}, 11).attribute("axes", std::vector<std::int64_t>{1}).import()), (Shape{1, 3}));
  EXPECT_THAT(run(one_operator("Transpose", {0, 2, 3}).attribute("perm", std::vector<std::int64_t>{0, 2, 1}), x), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(run(one_operator("Pad", {0, 2}, {"p", "v"}).ints("p", {0, 1, 0, 2}).floats("v", {}, {9}), {1, 2}), ElementsAre(9, 1, 2, 9, 9));
  EXPECT_THAT(run(one_operator("Pad", {0, 2}, {}, 10).attribute("pads", std::vector<std::int64_t>{0, 0, 0, 1}), {1, 2}), ElementsAre(1, 2, 0));
  EXPECT_THAT(run(one_operator("Concat", {0, 2, 1}, {"x"}).attribute("axis", 2), {1, 2}), ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(run(one_operator("ReduceMean", {0, 2, 3}).attribute("axes", std::vector<std::int64_t>{2}).attribute("keepdims", 0), x),
              ElementsAre(2, 5));
  EXPECT_THAT(run(one_operator("ReduceMean", {0, 2, 3}, {"a"}, 18).ints("a", {1}), x), ElementsAre(2.5, 3.5, 4.5));
}

/// Conv followed by `more`, 1 channel to 2.
OnnxModel convolution_then(const std::string& conv_out) {
  OnnxModel model;
  model.input("x", {0, 1, 2, 2}).floats("w", {2, 1, 1, 1}, {2, 3}).node("Conv", {"x", "w"}, conv_out);
  return model;
}

TEST(OnnxImport, BatchNormalisationFoldsIntoItsOnlyProducer) {
  const std::vector<float> x{1, 2, 3, 4};
  const auto add_norm = [](OnnxModel& model) {
    model.floats("s", {2}, {2, 1}).floats("t", {2}, {1, 0}).floats("m", {2}, {4, 0}).floats("v", {2}, {4, 1});
    model.node("BatchNormalization", {"c", "s", "t", "m", "v"}, "n").attribute("epsilon", 0.0F);
  };
  OnnxModel folded = convolution_then("c");
  add_norm(folded);
  folded.output("n");
  const Network network = folded.import();
  ASSERT_EQ(network.nodes.size(), 1U);
  EXPECT_THAT(network.nodes[0].bias, ElementsAre(-3, 0));
  const auto y = run_float(network, x);
  EXPECT_THAT(y, ElementsAre(-1, 1, 3, 5, 3, 6, 9, 12));

  OnnxModel shared = convolution_then("c");
  add_norm(shared);
  shared.node("Add", {"n", "c"}, "y").output("y");
  EXPECT_EQ(shared.import().nodes.size(), 3U);
  EXPECT_THAT(run(shared, x), ElementsAre(1, 5, 9, 13, 6, 12, 18, 24));
}

TEST(OnnxImport, ConstantAddBecomesBiasWhereItIsOnePerOutput) {
  OnnxModel model = convolution_then("c");
  model.floats("b", {2, 1, 1}, {10, 20}).node("Add", {"c", "b"}, "y").output("y");
  EXPECT_EQ(model.import().nodes.size(), 1U);
  EXPECT_THAT(run(model, {1, 2, 3, 4}), ElementsAre(12, 14, 16, 18, 23, 26, 29, 32));
  OnnxModel other = convolution_then("c");
  other.floats("b", {1, 2, 1}, {10, 20}).node("Add", {"c", "b"}, "y").output("y");
  EXPECT_EQ(other.import().nodes.size(), 2U);
  EXPECT_THAT(run(other, {1, 2, 3, 4}), ElementsAre(12, 14, 26, 28, 13, 16, 29, 32));
  // A second reader sees the product without the constant.
  OnnxModel shared = convolution_then("c");
  shared.floats("b", {2, 1, 1}, {10, 20}).node("Add", {"c", "b"}, "d").node("Identity", {"c"}, "e").node("Sub", {"d", "e"}, "y").output("y");
  EXPECT_THAT(run(shared, {1, 2, 3, 4}), ElementsAre(10, 10, 10, 10, 20, 20, 20, 20));
}

TEST(OnnxImport, FoldsConstantsAndDropsIdentities) {
  OnnxModel model(8);
  model.input("x", {0, 4}).input("w", {2, 2, 2}).floats("w", {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}).ints("s", {4, 2});
  model.node("Reshape", {"w", "s"}, "m").node("Dropout", {"x"}, "d").node("MatMul", {"d", "m"}, "y").output("y");
  const Network network = model.import();
  ASSERT_EQ(network.nodes.size(), 1U);
  EXPECT_EQ(network.values.size(), 2U);
  EXPECT_THAT(run_float(network, std::vector<float>{1, 10, 100, 1000}), ElementsAre(7531, 8642));
}

TEST(OnnxImport, NodesOutOfOrderAndWithoutNames) {
  OnnxModel model;
  model.input("x", {0, 2}).output("y").node("Relu", {"a"}, "y", "twice").node("Relu", {"x"}, "a", "twice");
  const Network network = model.import();
  ASSERT_EQ(network.nodes.size(), 2U);
  EXPECT_EQ(network.nodes[0].name, "twice_2");
  EXPECT_EQ(network.nodes[1].name, "twice");
}

TEST(OnnxImport, ElementTypesOfInitialisers) {
  const auto with = [](auto fill, int type) {
    OnnxModel model = one_operator("Add", {0, 3}, {"c"});
    auto* tensor = model.proto().mutable_graph()->add_initializer();
    tensor->set_name("c");
    tensor->set_data_type(type);
    tensor->add_dims(3);
    fill(*tensor);
    return run(model, {0, 0, 0});
  };
  const auto raw = [](const auto& values) { return std::string(reinterpret_cast<const char*>(values.data()), sizeof(values)); };
  EXPECT_THAT(with([&](auto& t) { t.set_raw_data(raw(std::array<float, 3>{1, -2, 0.5F})); }, onnx::TensorProto::FLOAT), ElementsAre(1, -2, 0.5));
  EXPECT_THAT(with([&](auto& t) { t.set_raw_data(raw(std::array<double, 3>{1, -2, 0.5})); }, onnx::TensorProto::DOUBLE), ElementsAre(1, -2, 0.5));
  EXPECT_THAT(with([&](auto& t) { t.set_raw_data(raw(std::array<std::int64_t, 3>{1, -2, 5})); }, onnx::TensorProto::INT64), ElementsAre(1, -2, 5));
  EXPECT_THAT(with([&](auto& t) { t.set_raw_data(raw(std::array<std::int32_t, 3>{1, -2, 5})); }, onnx::TensorProto::INT32), ElementsAre(1, -2, 5));
  // 1, -2 and the smallest subnormal of binary16.
  EXPECT_THAT(with(
                  [&](auto& t) {
                    t.set_raw_data(raw(std::array<std::uint16_t, 3>{0x3C00, 0xC000, 0x0001}));
                  },
                  onnx::TensorProto::FLOAT16),
              ElementsAre(1, -2, 0x1p-24F));
  EXPECT_THAT(with(
                  [](auto& t) {
                    for (const int bits : {0x3C00, 0xC000, 0x7BFF}) t.add_int32_data(bits);
                  },
                  onnx::TensorProto::FLOAT16),
              ElementsAre(1, -2, 65504));
}

TEST(OnnxImportBadInput, FilesThatAreNoNetworks) {
  EXPECT_THAT(user_error([] { import_onnx("/nowhere/net.onnx"); }), HasSubstr("/nowhere/net.onnx"));
  EXPECT_THAT(user_error([] { import_onnx_bytes({}, "a.onnx"); }), HasSubstr("a.onnx: the file is empty"));
  const std::string words = "this is not a network at all";
  EXPECT_THAT(user_error([&] { import_onnx_bytes(words, "a.onnx"); }), HasSubstr("not an ONNX network"));
  const std::string whole = one_operator("Relu", {0, 3}).bytes();
  // However a file is cut, it is refused, never a crash.
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_NE(user_error([&] { import_onnx_bytes(std::span(whole).first(length), "cut.onnx"); }), "") << length;
  }
}

TEST(OnnxImportBadInput, UnsupportedOperatorsAndVersions) {
  const auto message = user_error([] { one_operator("Bernoulli", {0, 3}).import(); });
  EXPECT_THAT(message, HasSubstr("test.onnx: node 'y' (Bernoulli)"));
  EXPECT_THAT(message, HasSubstr("supported are Abs, Add, And, ArgMax, ArgMin, AveragePool"));
  EXPECT_THAT(user_error([] { one_operator("Relu", {0, 3}, {}, 5).import(); }), HasSubstr("version 5"));
  EXPECT_THAT(user_error([] { one_operator("Relu", {0, 3}, {}, 25).import(); }), HasSubstr("versions 6 to 24"));
}

TEST(OnnxImportBadInput, BrokenGraphs) {
  OnnxModel cycle;
  cycle.input("x", {0, 2}).output("y").node("Add", {"x", "b"}, "a", "first").node("Relu", {"a"}, "b").node("Relu", {"b"}, "y");
  EXPECT_THAT(user_error([&] { cycle.import(); }), HasSubstr("node 'first' (Add): its output tensor 'a' depends on itself"));
  OnnxModel circle;
  circle.input("x", {0, 2}).output("y").node("Identity", {"b"}, "a").node("Identity", {"a"}, "b").node("Add", {"x", "b"}, "y");
  EXPECT_THAT(user_error([&] { circle.import(); }), HasSubstr("depends on itself"));
  EXPECT_THAT(user_error([] { one_operator("Add", {0, 3}, {"ghost"}).import(); }), HasSubstr("input tensor 'ghost'"));
  EXPECT_THAT(user_error([] { one_operator("Add", {0, 3}).import(); }), HasSubstr("input 1 is missing"));
  EXPECT_THAT(user_error([] { one_operator("Relu", {0, 3}).node("Relu", {"x"}, "y").import(); }), HasSubstr("produced twice"));
  OnnxModel nowhere = one_operator("Relu", {0, 3});
  nowhere.proto().mutable_graph()->mutable_output(0)->set_name("z");
  EXPECT_THAT(user_error([&] { nowhere.import(); }), HasSubstr("output 'z'"));
  EXPECT_THAT(user_error([] {
                one_operator("Relu", {0, 3}).input("z", {0, 1}).import();
              }),
              HasSubstr("inputs 'x', 'z' and 1 output. One input takes the samples"));
  EXPECT_THAT(user_error([] { one_operator("Relu", {0, 0}).import(); }), HasSubstr("axis 1 ('N') is dynamic; its length comes from the data"));
  EXPECT_THAT(user_error([] {
                OnnxModel ids;
                ids.input("x", {0, 3}, onnx::TensorProto::STRING).output("y").node("Relu", {"x"}, "y").import();
              }),
              HasSubstr("string"));
}

TEST(OnnxImportBadInput, TensorsThatLie) {
  EXPECT_THAT(user_error([] {
                one_operator("Add", {0, 3}, {"c"}).floats("c", {3}, {1}).import();
              }),
              HasSubstr("initialiser 'c': shape 3 of float needs 3 values"));
  EXPECT_THAT(user_error([] { one_operator("Add", {0, 3}, {"c"}).floats("c", {1 << 30, 1 << 30}, {1}).import(); }), HasSubstr("more than"));
  EXPECT_THAT(user_error([] { one_operator("Add", {0, 3}, {"c"}).floats("c", {-1}, {1}).import(); }), HasSubstr("negative"));
  OnnxModel raw = one_operator("Add", {0, 3}, {"c"}).floats("c", {3}, {});
  raw.proto().mutable_graph()->mutable_initializer(0)->set_raw_data("12345");
  EXPECT_THAT(user_error([&] { raw.import(); }), HasSubstr("needs 12 bytes, but the file holds 5"));
}

TEST(OnnxImportBadInput, ExternalDataStaysInItsFolder) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "external";
  fs::create_directories(folder / "inside");
  const std::vector<float> values{1, 2, 3};
  for (const fs::path& path : {folder / "w.data", folder / "inside" / "w.data"}) {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(values.data()), 12);
  }
  std::uint64_t most = 12;
  const auto read = [&](const std::string& location, const std::map<std::string, std::string>& more = {}) {
    OnnxModel model = one_operator("Add", {0, 3}, {"c"}).floats("c", {3}, {});
    auto* tensor = model.proto().mutable_graph()->mutable_initializer(0);
    tensor->set_data_location(onnx::TensorProto::EXTERNAL);
    const auto entry = [&](const std::string& key, const std::string& value) {
      auto* made = tensor->add_external_data();
      made->set_key(key);
      made->set_value(value);
    };
    entry("location", location);
    for (const auto& [key, value] : more) entry(key, value);
    return import_onnx_bytes(model.bytes(), "net.onnx",
                             {.sample_shape = {}, .folder = (folder / "inside").string(), .limit = base::InputLimit(most)});
  };
  EXPECT_EQ(run_float(read("w.data"), std::vector<float>{0, 0, 0}), values);
  EXPECT_EQ(run_float(read("./w.data", {{"offset", "0"}, {"length", "12"}}), std::vector<float>{0, 0, 0}), values);
  fs::remove(folder / "inside" / "link");
  fs::create_symlink(folder / "w.data", folder / "inside" / "link");
  for (const std::string outside : {"../w.data", "/etc/hostname", "inside/../../w.data", "link", ""}) {
    EXPECT_THAT(user_error([&] { read(outside); }), HasSubstr("outside the folder of the network")) << outside;
  }
  EXPECT_THAT(user_error([&] { read("missing.data"); }), HasSubstr("cannot be read; copy it beside"));
  EXPECT_THAT(user_error([&] { read("w.data", {{"offset", "4"}}); }), HasSubstr("12 bytes from byte 4 on), but that file has 12 bytes"));
  EXPECT_THAT(user_error([&] { read("w.data", {{"offset", "-4"}}); }), HasSubstr("offset '-4'"));
  EXPECT_THAT(user_error([&] { read("w.data", {{"offset", "18446744073709551615"}}); }), HasSubstr("but that file has 12 bytes"));
  EXPECT_THAT(user_error([&] { read("w.data", {{"length", "8"}}); }), HasSubstr("have 8 bytes where its shape needs 12"));
  fs::remove(folder / "inside" / "pipe");
  ASSERT_EQ(mkfifo((folder / "inside" / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(user_error([&] { read("pipe"); }), HasSubstr("cannot be read"));
  most = 11;
  EXPECT_THAT(user_error([&] { read("w.data"); }), HasSubstr("w.data: the files of this run hold more than"));
}

TEST(OnnxImportBadInput, ShapesGivenAsNumbersThatHoldNoTensor) {
  const auto made = [](const std::string& op, const std::vector<std::int64_t>& shape) {
    OnnxModel model;
    model.input("x", {0, 1}).output("y").floats("c", {}, {1}).ints("s", shape);
    model.node(op, op == "Expand" ? std::vector<std::string>{"c", "s"} : std::vector<std::string>{"s"}, "z").node("Mul", {"x", "z"}, "y");
    return user_error([&] { model.import(); });
  };
  for (const char* op : {"Expand", "ConstantOfShape"}) {
    EXPECT_THAT(made(op, {2, -1}), HasSubstr("shape 2x-1 has a negative length")) << op;
    EXPECT_THAT(made(op, {1 << 20, 1 << 20}), HasSubstr("more than 268435456 elements")) << op;
    // So many that their product is 0 in 64 bits.
    EXPECT_THAT(made(op, {1 << 22, 1 << 22, 1 << 22}), HasSubstr("more than 268435456 elements")) << op;
  }
}

TEST(OnnxImportBadInput, IndicesThatAreNoWholeNumbers) {
  const auto sliced = [](float begin, float axis, float step) {
    OnnxModel model = one_operator("Slice", {0, 6}, {"b", "e", "a", "s"});
    return user_error([&] { model.floats("b", {1}, {begin}).floats("e", {1}, {5}).floats("a", {1}, {axis}).floats("s", {1}, {step}).import(); });
  };
  EXPECT_THAT(sliced(1, 1, 0.5F), HasSubstr("steps holds 0.5, which is no whole number"));
  EXPECT_THAT(sliced(NAN, 1, 1), HasSubstr("starts holds nan, which is no whole number"));
  EXPECT_THAT(sliced(1, -INFINITY, 1), HasSubstr("axes holds -inf, which is no whole number"));
  EXPECT_THAT(sliced(1, 1e19F, 1), HasSubstr("axis 2147483648 is outside"));
  for (const float index : {NAN, 1e19F, 0.5F, 6.0F, -7.0F}) {
    const auto gather = [&] { one_operator("Gather", {0, 6}, {"i"}).attribute("axis", 1).floats("i", {1}, {index}).import(); };
    EXPECT_THAT(user_error(gather), HasSubstr("is outside axis 1")) << index;
  }
}

TEST(OnnxImportBadInput, ShapesThatDoNotFit) {
  EXPECT_THAT(user_error([] { one_operator("Add", {0, 3}, {"c"}).floats("c", {2}, {1, 2}).import(); }), HasSubstr("shapes 1x3 and 2"));
  EXPECT_THAT(user_error([] {
                one_operator("Gemm", {0, 3}, {"w"}).floats("w", {2, 1}, {1, 2}).import();
              }),
              HasSubstr("1x3 does not fit weights of shape 2x1"));
  EXPECT_THAT(user_error([] { one_operator("Conv", {0, 3, 2, 2}, {"w"}).floats("w", {1, 2, 1, 1}, {1, 2}).import(); }), HasSubstr("do not fit"));
  EXPECT_THAT(user_error([] {
                one_operator("Conv", {0, 1, 2, 2}, {"w"}).floats("w", {1, 1, 3, 1}, {1, 2, 3}).import();
              }),
              HasSubstr("larger than its padded input"));
  EXPECT_THAT(user_error([] { one_operator("Reshape", {0, 3}, {"s"}).ints("s", {1, 2}).import(); }), HasSubstr("target shape 1x2"));
  EXPECT_THAT(user_error([] {
                one_operator("Pad", {0, 3}, {"p"}).ints("p", {0, -1, 0, -2}).import();
              }),
              HasSubstr("leave nothing of axis 1 of length 3"));
  EXPECT_THAT(user_error([] {
                one_operator("Transpose", {0, 3}).attribute("perm", std::vector<std::int64_t>{0, 0}).import();
              }),
              HasSubstr("perm 0x0"));
  EXPECT_THAT(user_error([] { one_operator("Gemm", {0, 3}, {"w"}).attribute("transA", 1).floats("w", {1, 1}, {1}).import(); }), HasSubstr("transA"));
  EXPECT_THAT(user_error([] { one_operator("Conv", {0, 1, 2, 2}, {"x"}).import(); }), HasSubstr("must be constant"));
  EXPECT_THAT(user_error([] { one_operator("Softmax", {0, 3}).attribute("axis", 2).import(); }), HasSubstr("axis 2"));
}

}  // namespace
}  // namespace mho::workloads
