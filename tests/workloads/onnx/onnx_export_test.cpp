#include "workloads/onnx/onnx_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/output_file.h"
#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "tests/workloads/small_network.h"
#include "workloads/data/dataset.h"
#include "workloads/execution/evaluation.h"
#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// Several processes may run these tests at once.
std::string prefix() { return "mho_export_" + std::to_string(getpid()) + "_"; }
std::string temporary(const std::string& name) { return testing::TempDir() + prefix() + name; }

std::string write_model(const OnnxModel& model, const std::string& name) {
  const std::string path = temporary(name);
  base::OutputFile file(path);
  file.write(model.bytes());
  file.commit();
  return path;
}

/// Moves every number that can be written back by up to a percent, differently for each.
void perturb(Network& network) {
  std::uint32_t state = 1;
  for_each_tensor(network, [&](const std::string&, std::vector<float>& data, const InitializerSource& origin, const auto*) {
    for (std::size_t k = 0; k < origin.element.size(); ++k) {
      state = state * 1664525U + 1013904223U;
      if (origin.element[k] >= 0 && std::isfinite(data[k]))
        data[k] += (0.01F * data[k] + 0.001F) * (static_cast<float>(state >> 8U) * 0x1p-24F - 0.5F);
    }
  });
}

using Numbers = std::map<std::string, std::vector<float>>;

Numbers numbers_of(const Network& network) {
  Numbers numbers;
  for_each_tensor(network, [&](const std::string& name, const auto& data, const InitializerSource&, const auto*) { numbers[name] = data; });
  return numbers;
}

/// Where no factor or offset lies between, bit for bit.
void expect_same(const Network& wanted, const Network& found) {
  const Numbers other = numbers_of(found);
  for_each_tensor(wanted, [&](const std::string& name, const std::vector<float>& data, const InitializerSource& origin, const auto*) {
    ASSERT_TRUE(other.contains(name)) << name;
    ASSERT_EQ(data.size(), other.at(name).size()) << name;
    const bool exact = origin.factor == 1.0F && origin.factors.empty() && origin.offset.empty();
    double worst = 0;
    for (std::size_t k = 0; k < data.size(); ++k) {
      const double a = data[k], b = other.at(name)[k];
      if (a == b || (std::isnan(a) && std::isnan(b))) continue;
      const double offset = origin.offset.empty() ? 0.0 : std::abs(static_cast<double>(origin.offset[k]));
      worst = std::max(worst, exact ? 1.0 : std::abs(a - b) / std::max(std::abs(a), offset));
    }
    EXPECT_LE(worst, 1e-6) << name;
  });
}

Network traced(const std::string& path, const Shape& sample = {}) { return import_onnx(path, sample, true); }

/// Perturbed, written, read again; and untouched, where every number stays to the last bit. Returns what cannot be written.
std::vector<std::string> round_trip(const std::string& path, const Shape& sample = {}) {
  Network network = traced(path, sample);
  const std::string out = temporary("out.onnx");
  export_onnx(path, network, out);
  EXPECT_EQ(numbers_of(import_onnx(out, sample)), numbers_of(network)) << path;
  const Numbers before = numbers_of(network);
  perturb(network);
  for_each_tensor(network, [&](const std::string& name, const auto& data, const InitializerSource& origin, const auto*) {
    const bool masks = std::ranges::none_of(data, [](float v) { return std::isfinite(v); });
    EXPECT_EQ(origin.known() && !masks, data != before.at(name)) << name;
  });
  export_onnx(path, network, out);
  expect_same(network, import_onnx(out, sample));
  return not_writable(network);
}

std::vector<std::string> round_trip(const OnnxModel& model) { return round_trip(write_model(model, "in.onnx")); }

TEST(OnnxExport, GroupedConvolutionsPoolsAndGemm) {
  const auto path = write_model(small_network(), "small.onnx");
  EXPECT_THAT(round_trip(path), IsEmpty());
  const Network network = traced(path);
  ASSERT_EQ(network.matrices[1].groups, 2);
  EXPECT_EQ(std::ranges::count(network.matrices[1].origin.element, -1), 72);
  EXPECT_EQ(network.matrices[1].origin.element[0], 0);
}

TEST(OnnxExport, ChangedZerosBetweenGroupsAreRefused) {
  const auto path = write_model(small_network(), "small.onnx");
  Network network = traced(path);
  const auto zero = std::ranges::find(network.matrices[1].origin.element, -1) - network.matrices[1].origin.element.begin();
  network.matrices[1].weights[static_cast<std::size_t>(zero)] = 1.0F;
  EXPECT_THAT(user_error([&] { export_onnx(path, network, temporary("out.onnx")); }), HasSubstr("zero between groups"));
}

TEST(OnnxExport, Gemm) {
  for (const int transposed : {0, 1}) {
    OnnxModel model = one_operator("Gemm", {0, 3}, {"w", "c"});
    model.attribute("transB", transposed).attribute("alpha", 0.3F).attribute("beta", -1.7F);
    model.floats("w", transposed != 0 ? Shape{4, 3} : Shape{3, 4}, ramp(12)).floats("c", {4}, ramp(4));
    EXPECT_THAT(round_trip(model), IsEmpty());
    const Network network = traced(temporary("in.onnx"));
    EXPECT_EQ(network.matrices[0].origin.factor, 0.3F);
    EXPECT_EQ(network.matrices[0].origin.element[1], transposed != 0 ? 1 : 4);
    EXPECT_EQ(network.nodes[0].bias_origin.factor, -1.7F);
  }
}

TEST(OnnxExport, ARepeatedBiasCannotBeWritten) {
  OnnxModel model = one_operator("Gemm", {0, 3}, {"w", "c"});
  model.floats("w", {3, 4}, ramp(12)).floats("c", {1}, {0.5F});
  EXPECT_THAT(round_trip(model), ElementsAre("y bias"));
  Network network = traced(temporary("in.onnx"));
  network.nodes[0].bias[1] = 1.0F;
  EXPECT_THAT(user_error([&] { export_onnx(temporary("in.onnx"), network, temporary("out.onnx")); }), HasSubstr("'y bias' cannot be written"));
}

TEST(OnnxExport, MatMulOnBothSidesAndBiasesOfAdd) {
  OnnxModel model;
  model.input("x", {0, 5, 3}).output("y").floats("w", {3, 4}, ramp(12)).floats("v", {6, 5}, ramp(30)).floats("b", {4}, ramp(4));
  model.floats("c", {6, 1}, ramp(6)).floats("more", {4}, ramp(4, 0.3F));
  model.node("MatMul", {"x", "w"}, "a").node("Add", {"a", "b"}, "b1").node("Add", {"more", "b1"}, "b2").node("MatMul", {"v", "b2"}, "d");
  model.node("Add", {"d", "c"}, "y");
  EXPECT_THAT(round_trip(model), IsEmpty());
  // The last bias learns, the first is its constant offset.
  const Network network = traced(temporary("in.onnx"));
  EXPECT_EQ(network.nodes[0].bias_origin.initialiser, "more");
  EXPECT_EQ(network.nodes[0].bias_origin.offset, ramp(4));
}

TEST(OnnxExport, ASingleNumberForAllOutputsIsNoBiasToLearn) {
  const auto model = [](const std::vector<std::string>& terms) {
    OnnxModel made = one_operator("MatMul", {0, 3}, {"w"});
    made.floats("w", {3, 4}, ramp(12)).floats("s", {1}, {0.5F}).floats("b", {4}, ramp(4));
    std::string last = "y";
    for (const std::string& term : terms) {
      made.node("Add", {last, term}, last + "+");
      last += "+";
    }
    made.proto().mutable_graph()->mutable_output(0)->set_name(last);
    return made;
  };
  EXPECT_THAT(round_trip(model({"s"})), ElementsAre("y bias"));
  for (const auto& terms : {std::vector<std::string>{"s", "b"}, {"b", "s"}}) {
    EXPECT_THAT(round_trip(model(terms)), IsEmpty());
    const Network network = traced(temporary("in.onnx"));
    EXPECT_EQ(network.nodes[0].bias_origin.initialiser, "b");
    EXPECT_THAT(network.nodes[0].bias_origin.offset, AllOf(SizeIs(4), Each(0.5F)));
  }
}

OnnxModel recurrent(const std::string& op, std::int64_t gates, bool both, bool peepholes = false) {
  const std::int64_t count = both ? 2 : 1, hidden = 3, width = 2;
  OnnxModel model;
  model.input("x", {5, 0, width}).output("y");
  const auto size = [](const Shape& shape) { return static_cast<std::size_t>(element_count(shape)); };
  const Shape w{count, gates * hidden, width}, r{count, gates * hidden, hidden}, b{count, 2 * gates * hidden}, p{count, 3 * hidden};
  model.floats("w", w, ramp(size(w))).floats("r", r, ramp(size(r), 0.07F)).floats("b", b, ramp(size(b), 0.03F));
  std::vector<std::string> inputs{"x", "w", "r", "b"};
  if (peepholes) {
    model.floats("p", p, ramp(size(p)));
    inputs.insert(inputs.end(), {"", "", "", "p"});
  }
  model.node(op, inputs, "y").attribute("hidden_size", hidden).attribute("direction", both ? "bidirectional" : "forward");
  return model;
}

bool starts_with_initial(const std::string& name) { return name.find(".initial_") != std::string::npos; }

TEST(OnnxExport, RecurrentLayers) {
  std::map<std::string, OnnxModel> models{{"lstm", recurrent("LSTM", 4, false)},
                                          {"lstm of two directions", recurrent("LSTM", 4, true, true)},
                                          {"gru", recurrent("GRU", 3, true)},
                                          {"gru, linear", recurrent("GRU", 3, true)},
                                          {"rnn", recurrent("RNN", 1, false)}};
  models.at("gru, linear").attribute("linear_before_reset", 1);
  for (const auto& [name, model] : models) {
    auto left = round_trip(model);
    std::erase_if(left, starts_with_initial);
    EXPECT_THAT(left, IsEmpty()) << name;
  }
  round_trip(models.at("gru, linear"));
  const Network network = traced(temporary("in.onnx"));
  const auto backward = std::ranges::find_if(network.nodes, [](const Node& n) { return n.recurrence() != nullptr && n.recurrence()->reverse; });
  ASSERT_NE(backward, network.nodes.end());
  // B is [2][W of 9, R of 9]; the candidate's recurrent bias is the last of it.
  EXPECT_THAT(backward->recurrence()->candidate_origin.element, ElementsAre(33, 34, 35));
}

OnnxModel normalised(bool folds, bool bias) {
  OnnxModel model;
  model.input("x", {0, 3, 4, 4}).output("y").floats("w", {4, 3, 1, 1}, ramp(12)).floats("cb", {4}, ramp(4));
  model.node("Conv", bias ? std::vector<std::string>{"x", "w", "cb"} : std::vector<std::string>{"x", "w"}, "c");
  if (!folds) model.node("Relu", {"c"}, "r");
  model.floats("gain", {4}, {1.5F, -0.5F, 0.25F, 2.0F}).floats("shift", {4}, ramp(4, 0.2F)).floats("mean", {4}, {0.3F, -0.1F, 2.0F, 0.0F});
  model.floats("variance", {4}, {0.4F, 3.0F, 1.0F, 0.01F});
  model.node("BatchNormalization", {folds ? "c" : "r", "gain", "shift", "mean", "variance"}, "y");
  return model;
}

TEST(OnnxExport, BatchNormalisation) {
  for (const bool folds : {false, true}) {
    for (const bool bias : {false, true}) EXPECT_THAT(round_trip(normalised(folds, bias)), IsEmpty()) << folds << bias;
  }
  // What stays is written with the new scale in the shift; what went into the convolution leaves the normalisation alone.
  Network network = traced(write_model(normalised(false, false), "in.onnx"));
  perturb(network);
  export_onnx(temporary("in.onnx"), network, temporary("out.onnx"));
  expect_same(network, import_onnx(temporary("out.onnx")));
}

TEST(OnnxExport, AChannelThatANormalisationTurnsOffStaysOff) {
  OnnxModel model = normalised(true, true);
  model.proto().mutable_graph()->mutable_initializer(2)->set_float_data(1, 0.0F);
  ASSERT_EQ(model.proto().graph().initializer(2).name(), "gain");
  EXPECT_THAT(round_trip(model), IsEmpty());
  EXPECT_EQ(traced(temporary("in.onnx")).matrices[0].origin.element[3], -1);
}

TEST(OnnxExport, TransposedConvolution) {
  OnnxModel model = one_operator("ConvTranspose", {0, 4, 3, 3}, {"w", "b"});
  model.attribute("group", 2).floats("w", {4, 2, 2, 2}, ramp(32)).floats("b", {4}, ramp(4));
  EXPECT_THAT(round_trip(model), IsEmpty());
}

/// An initialiser turned into a node.
void make_node(OnnxModel& model, const std::string& name, bool floats) {
  auto* graph = model.proto().mutable_graph();
  for (int i = 0; i < graph->initializer_size(); ++i) {
    if (graph->initializer(i).name() != name) continue;
    auto* node = graph->add_node();
    node->set_op_type("Constant");
    node->add_output(name);
    auto* attribute = node->add_attribute();
    attribute->set_name(floats ? "value_floats" : "value");
    attribute->set_type(floats ? onnx::AttributeProto::FLOATS : onnx::AttributeProto::TENSOR);
    if (floats) {
      for (const float number : graph->initializer(i).float_data()) attribute->add_floats(number);
    } else {
      *attribute->mutable_t() = graph->initializer(i);
      attribute->mutable_t()->clear_name();
    }
    graph->mutable_initializer()->DeleteSubrange(i, 1);
    return;
  }
}

TEST(OnnxExport, WeightsInConstantNodes) {
  OnnxModel model = one_operator("Gemm", {0, 3}, {"w", "c"});
  model.floats("w", {3, 4}, ramp(12)).floats("c", {4}, ramp(4));
  make_node(model, "w", false);
  make_node(model, "c", true);
  EXPECT_THAT(round_trip(model), IsEmpty());
}

TEST(OnnxExport, ThroughWhatIsFolded) {
  OnnxModel model;
  model.input("x", {0, 6}).output("y").floats("w", {12, 3}, ramp(36)).floats("half", {1}, {0.5F}).ints("order", {2, 0, 1});
  model.ints("shape", {6, 6}).node("Gather", {"w", "order"}, "g").attribute("axis", 1).node("Transpose", {"g"}, "t");
  model.attribute("perm", std::vector<std::int64_t>{1, 0}).node("Reshape", {"t", "shape"}, "r").node("Mul", {"half", "r"}, "m");
  model.node("MatMul", {"x", "m"}, "y");
  EXPECT_THAT(round_trip(model), IsEmpty());
  EXPECT_EQ(traced(temporary("in.onnx")).matrices[0].origin.element[1], 6 * 3 + 2);
}

TEST(OnnxExport, SumsOfTwoTensorsCannotBeWritten) {
  OnnxModel model;
  model.input("x", {0, 3}).output("y").floats("v", {3, 3}, ramp(9)).floats("w", {3, 3}, ramp(9, 0.3F)).node("Add", {"v", "w"}, "s");
  model.node("MatMul", {"x", "s"}, "m").node("Mul", {"m", "u"}, "y").floats("u", {3}, ramp(3));
  EXPECT_THAT(round_trip(model), ElementsAre("m"));
}

OnnxModel tied() {
  OnnxModel model;
  model.input("x", {0, 3}).output("y").floats("w", {3, 3}, ramp(9)).node("MatMul", {"x", "w"}, "a", "first").node("Relu", {"a"}, "r");
  model.node("MatMul", {"r", "w"}, "b", "second").node("Tanh", {"b"}, "t").node("Gemm", {"t", "w"}, "y", "third").attribute("transB", 1);
  return model;
}

TEST(OnnxExport, TiedWeights) {
  const std::string path = write_model(tied(), "tied.onnx"), out = temporary("out.onnx");
  Network network = traced(path);
  ASSERT_EQ(network.matrices.size(), 2U);
  // Used twice as it is: one matrix. Transposed it is another, which must change in the same way.
  network.matrices[0].weights[1] = 7.0F;
  EXPECT_THAT(user_error([&] { export_onnx(path, network, out); }), HasSubstr("'w' is used by 'first' and by 'third', which want 7 and"));
  network.matrices[1].weights[3] = 7.0F;
  export_onnx(path, network, out);
  EXPECT_EQ(import_onnx(out).matrices[1].weights[3], 7.0F);
}

TEST(OnnxExport, KeepsTheElementType) {
  for (const int type : {onnx::TensorProto::FLOAT16, onnx::TensorProto::BFLOAT16, onnx::TensorProto::DOUBLE}) {
    OnnxModel model = one_operator("MatMul", {0, 2}, {"w"});
    auto* tensor = model.proto().mutable_graph()->add_initializer();
    tensor->set_name("w");
    tensor->set_data_type(type);
    tensor->add_dims(2);
    tensor->add_dims(3);
    for (int i = 0; i < 6; ++i) {
      if (type == onnx::TensorProto::DOUBLE) {
        tensor->add_double_data(0.1 * i);
      } else {
        tensor->add_int32_data(type == onnx::TensorProto::FLOAT16 ? 0x3C00 + i : 0x3F80 + i);
      }
    }
    const std::string path = write_model(model, "typed.onnx"), out = temporary("out.onnx");
    Network network = traced(path);
    // To [outputs][inputs] and back; a tie rounds to even, the smallest number of float16 stays.
    network.matrices[0].weights[0] = 1 + 0x1p-11F;
    network.matrices[0].weights[2] = -3 * 0x1p-24F;
    network.matrices[0].weights[4] = 0.3333F;
    export_onnx(path, network, out);
    onnx::ModelProto written;
    ASSERT_TRUE(written.ParseFromString(base::read_file(out)));
    EXPECT_EQ(written.graph().initializer(0).data_type(), type);
    const Network again = import_onnx(out);
    const auto& weights = again.matrices[0].weights;
    EXPECT_EQ(weights[0], type == onnx::TensorProto::DOUBLE ? 1 + 0x1p-11F : 1.0F);
    EXPECT_EQ(weights[2], -3 * 0x1p-24F);
    EXPECT_NEAR(weights[4], 0.3333F, type == onnx::TensorProto::BFLOAT16 ? 1e-3F : 1e-4F);
    EXPECT_EQ(weights[1], network.matrices[0].weights[1]);
    network.matrices[0].weights[0] = std::numeric_limits<float>::infinity();
    EXPECT_THAT(user_error([&] { export_onnx(path, network, out); }), HasSubstr("number 0 of 'y' is inf"));
    network.matrices[0].weights[0] = 65520.0F;
    if (type == onnx::TensorProto::FLOAT16) {
      EXPECT_THAT(user_error([&] { export_onnx(path, network, out); }), HasSubstr("65520 cannot be written as float16"));
    }
  }
}

TEST(OnnxExport, DataFromAnotherFileComeInside) {
  OnnxModel model = one_operator("Gemm", {0, 3}, {"w", "c"});
  model.floats("w", {3, 4}, ramp(12)).floats("c", {4}, ramp(4));
  auto* tensor = model.proto().mutable_graph()->mutable_initializer(0);
  const auto data = ramp(12);
  {
    base::OutputFile file(temporary("data.bin"));
    file.write({reinterpret_cast<const char*>(data.data()), data.size() * sizeof(float)});
    file.commit();
  }
  tensor->clear_float_data();
  tensor->set_data_location(onnx::TensorProto::EXTERNAL);
  auto* entry = tensor->add_external_data();
  entry->set_key("location");
  entry->set_value(prefix() + "data.bin");
  EXPECT_THAT(round_trip(model), IsEmpty());
  // Also when only the bias has changed.
  Network network = traced(temporary("in.onnx"));
  network.nodes[0].bias[0] = 9.0F;
  export_onnx(temporary("in.onnx"), network, temporary("out.onnx"));
  std::filesystem::remove(temporary("data.bin"));
  const Network again = import_onnx(temporary("out.onnx"));
  EXPECT_EQ(again.matrices[0].weights, network.matrices[0].weights);
  EXPECT_EQ(again.nodes[0].bias[0], 9.0F);
}

TEST(OnnxExport, Refusals) {
  const std::string path = write_model(small_network(), "small.onnx"), out = temporary("never.onnx");
  std::filesystem::remove(out);
  EXPECT_THAT(user_error([&] { export_onnx(path, import_onnx(path), out); }), HasSubstr("without trace"));
  Network network = traced(path);
  const std::string other = write_model(normalised(true, true), "other.onnx");
  EXPECT_THAT(user_error([&] { export_onnx(other, network, out); }), HasSubstr("not the file that the network was imported from"));
  network.nodes[0].bias[1] = std::nanf("");
  EXPECT_THAT(user_error([&] { export_onnx(path, network, out); }), HasSubstr("is nan"));
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST(OnnxExport, LearnedInputRanges) {
  const std::string path = write_model(small_network(), "small.onnx"), out = temporary("ranges.onnx");
  Network network = traced(path);
  network.input_ranges = {{network.matrices[0].name, {0.1F}}, {network.matrices[2].name, {1.5F, 0x1p-30F}}};
  export_onnx(path, network, out);
  Network again = traced(out);
  EXPECT_EQ(again.input_ranges, network.input_ranges);
  again.input_ranges.clear();
  export_onnx(out, again, temporary("none.onnx"));
  EXPECT_TRUE(import_onnx(temporary("none.onnx")).input_ranges.empty());
  network.input_ranges["y"] = {-1.0F};
  EXPECT_THAT(user_error([&] { export_onnx(path, network, out); }), HasSubstr("'y' is -1"));
}

TEST(OnnxImport, RefusesInputRangesThatCannotBe) {
  const auto message = [](const std::string& text) {
    OnnxModel model = small_network();
    auto* entry = model.proto().add_metadata_props();
    entry->set_key("mho.input_ranges");
    entry->set_value(text);
    return user_error([&] { static_cast<void>(model.import()); });
  };
  EXPECT_THAT(message("{"), HasSubstr("mho.input_ranges"));
  EXPECT_THAT(message("[1]"), HasSubstr("must be an object"));
  EXPECT_THAT(message(R"({"conv9": [1]})"), HasSubstr("no matrix 'conv9'; it has c1, c2, y"));
  EXPECT_THAT(message(R"({"c1": []})"), HasSubstr("'c1' has no list"));
  EXPECT_THAT(message(R"({"c1": 1})"), HasSubstr("'c1' has no list"));
  EXPECT_THAT(message(R"({"c1": [1, 0]})"), HasSubstr("range 2 of matrix 'c1' is 0"));
  EXPECT_THAT(message(R"({"c1": [1e99]})"), HasSubstr("range 1 of matrix 'c1'"));
  EXPECT_THAT(message(R"({"c1": ["a"]})"), HasSubstr("range 1 of matrix 'c1'"));
}

class OnnxExportData : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder of networks and data";
    folder_ = std::string(folder) + "/";
  }
  /// Values that the network knows nothing of, and constants of the graph.
  [[nodiscard]] std::vector<std::string> left(const std::string& network, const std::string& data) const {
    const auto description = read_data(std::string(MHO_SOURCE_FOLDER "/examples/data/") + data);
    std::vector<std::string> names = round_trip(folder_ + network, description.test->sample_shape());
    std::erase_if(names, starts_with_initial);
    return names;
  }
  std::string folder_;
};

// What is left: masks of truth values and a whole number, and in one the sum of two trained tensors, of a class token and its position.
TEST_F(OnnxExportData, Networks) {
  EXPECT_THAT(left("nets/fashion_cnn.onnx", "fashion_mnist.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/fashion_cnn_bn.onnx", "fashion_mnist.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/fashion_mlp.onnx", "fashion_mnist.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/fsdd_lstm.onnx", "fsdd.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/fsdd_gru.onnx", "fsdd.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/shakespeare_lstm.onnx", "shakespeare.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/shakespeare_transformer.onnx", "shakespeare.yaml"), ElementsAre("onnx::Where_340"));
  EXPECT_THAT(left("nets/stories260k.onnx", "stories.yaml"), IsEmpty());
  EXPECT_THAT(left("nets/stories260k_dyn.onnx", "stories.yaml"), ElementsAre("/Greater_output_0"));
  EXPECT_THAT(left("nets/trec_transformer.onnx", "trec.yaml"), ElementsAre("/Constant_output_0"));
  EXPECT_THAT(left("models/cifar10_resnet20_akamaster.onnx", "cifar10_akamaster.yaml"), IsEmpty());
  EXPECT_THAT(left("models/mlperf_tiny_resnet8_cifar10.onnx", "cifar10_raw.yaml"), IsEmpty());
  EXPECT_THAT(left("models/vit_cifar10_pgd_2_3_16.onnx", "cifar10_normalised.yaml"), ElementsAre("/0/Add_output_0"));
  EXPECT_THAT(left("models/mnist-8/model.onnx", "mnist_raw.yaml"), IsEmpty());
}

}  // namespace
}  // namespace mho::workloads
