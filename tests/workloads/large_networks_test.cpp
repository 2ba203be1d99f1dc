// The script that writes networks of large shapes, at small sizes. ONNX's own checker says whether its files are what the standard wants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/design_file/document.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {
namespace {

using testing::HasSubstr;

class LargeNetworks : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(MHO_PYTHON).empty()) GTEST_SKIP() << "there is no Python 3";
    std::string pattern = (std::filesystem::temp_directory_path() / "mho-large-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern + "/";
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  /// What the script prints, errors included.
  static std::string script(const std::string& arguments, bool succeeds = true) {
    const std::string command = std::string("'") + MHO_PYTHON + "' '" + MHO_SOURCE_FOLDER + "/examples/large_networks/write_network.py' " + arguments;
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return "";
    std::string text;
    std::array<char, 512> block{};
    while (const std::size_t count = fread(block.data(), 1, block.size(), pipe)) text.append(block.data(), count);
    EXPECT_EQ(pclose(pipe) == 0, succeeds) << text;
    return text;
  }
  [[nodiscard]] onnx::ModelProto model(const std::string& name) const {
    onnx::ModelProto result;
    EXPECT_TRUE(result.ParseFromString(base::read_file(folder_ + name)));
    return result;
  }
  /// Writes a small variant; it is legal, its data fits it, its activations stay of order one.
  [[nodiscard]] Network written(const std::string& arguments) const {
    script(arguments + " --samples 3 -o " + folder_ + "net.onnx");
    onnx::ModelProto proto = model("net.onnx");
    EXPECT_NO_THROW(onnx::checker::check_model(proto));
    EXPECT_NO_THROW(onnx::shape_inference::InferShapes(proto, onnx::OpSchemaRegistry::Instance(), onnx::ShapeInferenceOptions(true, 1, true)));
    Network network = import_onnx(folder_ + "net.onnx");
    const DataDescription data = read_data(folder_ + "net.yaml");
    EXPECT_EQ(data.test->size(), 3U);
    EXPECT_NO_THROW(check_fit(network, *data.test));
    std::vector<float> x(static_cast<std::size_t>(element_count(data.test->sample_shape())));
    data.test->load(2, x);
    double squares = 0;
    const std::vector<float> y = run_float(network, x);
    for (const float value : y) squares += static_cast<double>(value) * value;
    const double size = std::sqrt(squares / static_cast<double>(y.size()));
    EXPECT_TRUE(size > 0.05 && size < 20) << size;
    return network;
  }
  static Shape output_shape(const Network& network) { return network.values[static_cast<std::size_t>(network.output)].shape; }

  std::string folder_;
};

TEST_F(LargeNetworks, ParameterCountsAreTheKnownOnes) {
  // Those of torchvision and of the published checkpoints: BERT and ALBERT with their pooler (109482240, 11683584) and a classifier of two classes.
  EXPECT_EQ(script("resnet18 --count-only"), "11689512\n");
  EXPECT_EQ(script("resnet50 --count-only"), "25557032\n");
  EXPECT_EQ(script("resnet50 --count-only --fold-batch-norm"), "25557032\n");
  EXPECT_EQ(script("bert-base --count-only"), std::to_string(109482240 + 2 * 768 + 2) + "\n");
  EXPECT_EQ(script("gpt2-small --count-only"), "124439808\n");
  EXPECT_EQ(script("albert-base --count-only"), std::to_string(11683584 + 2 * 768 + 2) + "\n");
}

TEST_F(LargeNetworks, ResidualNetworks) {
  const std::string small = " --layers 1 --width 8 --image 32 --classes 10";
  const Network eighteen = written("resnet18" + small);
  EXPECT_EQ(output_shape(eighteen), (Shape{1, 10}));
  EXPECT_EQ(eighteen.weights(), 8 * 147 + 2 * 8 * 72 + (1152 + 2304 + 128) + (4608 + 9216 + 512) + (18432 + 36864 + 2048) + 64 * 10);
  // Folded here or by the importer: the same matrices, and no normalisation is left.
  const Network fifty = written("resnet50" + small), folded = written("resnet50 --fold-batch-norm" + small);
  EXPECT_EQ(fifty.weights(), folded.weights());
  EXPECT_EQ(fifty.nodes.size(), folded.nodes.size());
}

TEST_F(LargeNetworks, Transformers) {
  const std::string small = " --width 64 --vocabulary 100 --tokens 8";
  constexpr std::int64_t layer = 4 * 64 * 64 + 2 * 64 * 256, head = 64 * 64 + 64 * 2;
  for (const char* norm : {"", " --primitive-norm"}) {
    const Network bert = written("bert-base --layers 1" + small + norm);
    EXPECT_EQ(output_shape(bert), (Shape{1, 2}));
    EXPECT_EQ(bert.weights(), layer + head);
  }
  EXPECT_EQ(written("albert-base --layers 3 --classes 5" + small).weights(), 128 * 64 + layer + 64 * 64 + 64 * 5);
  const Network gpt = written("gpt2-small --layers 2" + small);
  EXPECT_EQ(output_shape(gpt), (Shape{1, 100}));
  EXPECT_EQ(gpt.weights(), 2 * layer + 64 * 100);
}

TEST_F(LargeNetworks, SharedAndTiedTensorsAreInTheFileOnce) {
  const std::string small = " --width 64 --vocabulary 100 --tokens 8 -o " + folder_ + "net.onnx";
  script("albert-base --layers 1" + small);
  const int once = model("net.onnx").graph().initializer_size();
  script("albert-base --layers 4" + small);
  EXPECT_EQ(model("net.onnx").graph().initializer_size(), once);
  script("gpt2-small --layers 1" + small);
  int tables = 0;
  const onnx::ModelProto tied = model("net.onnx");
  for (const auto& tensor : tied.graph().initializer()) tables += tensor.dims_size() == 2 && tensor.dims(0) == 100 ? 1 : 0;
  EXPECT_EQ(tables, 1);
}

TEST_F(LargeNetworks, TheSameSeedGivesTheSameFileWhereverTheWeightsLie) {
  const std::string small = "bert-base --layers 1 --width 64 --vocabulary 100 --tokens 8 -o " + folder_;
  script(small + "a.onnx");
  script(small + "b.onnx");
  script(small + "other.onnx --seed 2");
  script(small + "outside.onnx --external");
  EXPECT_EQ(base::read_file(folder_ + "a.onnx"), base::read_file(folder_ + "b.onnx"));
  EXPECT_NE(base::read_file(folder_ + "a.onnx"), base::read_file(folder_ + "other.onnx"));
  EXPECT_NO_THROW(onnx::checker::check_model(folder_ + "outside.onnx"));
  const Network one = import_onnx(folder_ + "a.onnx"), other = import_onnx(folder_ + "outside.onnx");
  ASSERT_EQ(one.matrices.size(), other.matrices.size());
  for (std::size_t m = 0; m < one.matrices.size(); ++m) EXPECT_EQ(one.matrices[m].weights, other.matrices[m].weights);
  const std::string data = base::read_file(folder_ + "outside.onnx.data");
  std::map<std::string, std::string> inside;
  const onnx::ModelProto whole = model("a.onnx");
  for (const auto& tensor : whole.graph().initializer()) inside[tensor.name()] = tensor.raw_data();
  const onnx::ModelProto outside = model("outside.onnx");
  ASSERT_EQ(outside.graph().initializer_size(), static_cast<int>(inside.size()));
  int found = 0;
  for (const auto& tensor : outside.graph().initializer()) {
    std::string bytes = tensor.raw_data();
    std::map<std::string, std::string> entries;
    for (const auto& entry : tensor.external_data()) entries[entry.key()] = entry.value();
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
      EXPECT_EQ(entries["location"], "outside.onnx.data");
      bytes = data.substr(std::stoul(entries["offset"]), std::stoul(entries["length"]));
      ++found;
    }
    EXPECT_EQ(bytes, inside[tensor.name()]) << tensor.name();
  }
  EXPECT_GE(found, 10);
}

TEST_F(LargeNetworks, WhatDoesNotGoIsSaid) {
  EXPECT_THAT(script("gpt2-small --layers 80 -o " + folder_ + "huge.onnx", false), HasSubstr("--external"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "huge.onnx"));
  EXPECT_THAT(script("gpt2-small --classes 3 --count-only", false), HasSubstr("--vocabulary"));
  EXPECT_THAT(script("bert-base --width 100 --count-only", false), HasSubstr("multiple of 64"));
}

}  // namespace
}  // namespace mho::workloads
