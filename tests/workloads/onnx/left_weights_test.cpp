// Weights that are left in the file are those that are read at once, and others stand in for those that a file lacks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/onnx/onnx_stored.h"
#include "workloads/onnx/onnx_values.h"

namespace mho::workloads {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LeftWeights : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("mho-left-" + std::to_string(getpid()));
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const OnnxModel& model, const std::string& name = "net.onnx") const {
    std::ofstream(folder_ / name, std::ios::binary) << model.bytes();
    return (folder_ / name).string();
  }
  static Network left(const std::string& path) { return import_onnx(path, ImportOptions{.leave_weights = true}); }
  std::filesystem::path folder_;
};

/// Numbers that repeat after a prime, so that no two rows are alike.
std::vector<float> distinct(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i * 7919 % 65537) * 1e-5F - 0.3F;
  return values;
}

OnnxModel& large(OnnxModel& model, const std::string& name, const Shape& shape, bool raw) {
  model.floats(name, shape, distinct(static_cast<std::size_t>(element_count(shape))));
  if (!raw) return model;
  auto& tensor = *model.proto().mutable_graph()->mutable_initializer()->rbegin();
  std::string bytes(static_cast<std::size_t>(tensor.float_data_size()) * sizeof(float), '\0');
  std::memcpy(bytes.data(), tensor.float_data().data(), bytes.size());
  tensor.clear_float_data();
  tensor.set_raw_data(bytes);
  return model;
}

/// One of each way from a tensor to a matrix.
std::vector<OnnxModel> networks(bool raw) {
  std::vector<OnnxModel> made;
  OnnxModel gemm;
  gemm.input("x", {1, 300}).output("y").node("Gemm", {"x", "w"}, "h").attribute("alpha", 0.3F).attribute("transB", 1).node("MatMul", {"h", "v"}, "p");
  gemm.node("Transpose", {"t"}, "u").node("MatMul", {"p", "u"}, "y");
  large(large(large(gemm, "w", {310, 300}, raw), "v", {310, 320}, raw), "t", {400, 320}, raw);
  made.push_back(gemm);
  OnnxModel conv;
  conv.input("x", {1, 128, 4, 4})
      .output("y")
      .node("Conv", {"x", "k"}, "c")
      .attribute("group", 2)
      .node("BatchNormalization", {"c", "s", "b", "m", "v"}, "n");
  conv.node("ConvTranspose", {"n", "kt"}, "y");
  for (const char* name : {"s", "b", "m"}) conv.floats(name, {130}, ramp(130));
  conv.floats("v", {130}, std::vector<float>(130, 0.7F));
  large(large(conv, "k", {130, 64, 3, 3}, raw), "kt", {130, 64, 3, 3}, raw);
  made.push_back(conv);
  OnnxModel lstm;
  lstm.input("x", {3, 1, 140}).output("y").node("LSTM", {"x", "w", "r"}, "y").attribute("hidden_size", 150);
  large(large(lstm, "w", {1, 600, 140}, raw), "r", {1, 600, 150}, raw);
  made.push_back(lstm);
  OnnxModel turned;  // reshaped, turned, and turned so that no view shows it
  turned.input("x", {1, 5, 260})
      .output("y")
      .ints("flat", {260, 270})
      .ints("merged", {270, 260})
      .node("Reshape", {"w", "flat"}, "a")
      .node("MatMul", {"x", "a"}, "p");
  turned.node("Transpose", {"v"}, "turned").attribute("perm", std::vector<std::int64_t>{2, 0, 1}).node("Reshape", {"turned", "merged"}, "b");
  turned.node("MatMul", {"p", "b"}, "y");
  large(large(turned, "w", {26, 10, 270}, raw), "v", {27, 260, 10}, raw);
  made.push_back(turned);
  return made;
}

TEST_F(LeftWeights, AreThoseThatAreReadAtOnce) {
  for (const bool raw : {false, true}) {
    for (const OnnxModel& model : networks(raw)) {
      const std::string path = write(model);
      const Network whole = import_onnx(path), apart = left(path);
      EXPECT_EQ(apart.hash, whole.hash);
      ASSERT_EQ(apart.matrices.size(), whole.matrices.size());
      int read = 0;
      for (std::size_t m = 0; m < whole.matrices.size(); ++m) {
        const Matrix &a = apart.matrices[m], &b = whole.matrices[m];
        EXPECT_EQ(a.name, b.name);
        read += a.reader ? 1 : 0;
        EXPECT_EQ(a.reader ? a.reader() : a.weights, b.weights) << a.name;
        EXPECT_EQ(a.reader ? a.weights.size() : 0, 0U);
      }
      EXPECT_GT(read, 0);
      for (std::size_t n = 0; n < whole.nodes.size(); ++n) EXPECT_EQ(apart.nodes[n].bias, whole.nodes[n].bias);
    }
  }
}

TEST_F(LeftWeights, MustBeFiniteToo) {
  OnnxModel model;
  model.input("x", {1, 300}).output("y").node("Transpose", {"w"}, "t").node("MatMul", {"x", "t"}, "y");
  large(model, "w", {300, 300}, false);
  model.proto().mutable_graph()->mutable_initializer(0)->set_float_data(70'000, std::nanf(""));
  const std::string path = write(model);
  try {
    static_cast<void>(left(path));
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::bad_input);
    EXPECT_THAT(error.what(), HasSubstr("tensor 'w' holds nan at element 70000"));
  }
}

TEST_F(LeftWeights, DamagedFilesAreExplainedAsEver) {
  OnnxModel model;
  model.input("x", {1, 300}).output("y").node("MatMul", {"x", "w"}, "y");
  large(model, "w", {300, 300}, true);
  const auto message = [](const auto& import) {
    try {
      static_cast<void>(import());
    } catch (const base::UserError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  std::string bytes = model.bytes();
  for (const std::size_t size : {bytes.size() / 2, std::size_t{10}, std::size_t{0}}) {
    std::ofstream(folder_ / "cut.onnx", std::ios::binary) << bytes.substr(0, size);
    const std::string path = (folder_ / "cut.onnx").string();
    EXPECT_EQ(message([&] { return left(path); }), message([&] { return import_onnx(path); }));
  }
  model.proto().mutable_graph()->mutable_initializer(0)->set_dims(0, 301);
  const std::string path = write(model);
  EXPECT_EQ(message([&] { return left(path); }), message([&] { return import_onnx(path); }));
}

TEST_F(LeftWeights, ThatAreInputs) {
  OnnxModel model;
  model.input("x", {0, 3, 8, 8}).input("k", {5, 3, 3, 3}).input("b", {5}).input("w", {10, 180}).output("y");
  model.node("Conv", {"x", "k", "b"}, "c").node("Flatten", {"c"}, "f").node("Gemm", {"f", "w"}, "y").attribute("transB", 1);
  const std::string path = write(model);
  const Network network = left(path);
  EXPECT_THAT(network.absent_weights, ElementsAre("k", "b", "w"));
  EXPECT_EQ(network.values[static_cast<std::size_t>(network.input)].name, "x");
  EXPECT_EQ(network.weights(), 5 * 27 + 1800);
  try {
    static_cast<void>(import_onnx(path));
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("input 'k' is a trained weight, and the file has no values for it; samples cannot be computed without"));
  }
}

TEST_F(LeftWeights, TheInputOfTheSamplesCanBeNamed) {
  OnnxModel model;
  model.input("a", {1, 4, 4})
      .input("b", {1, 4, 4})
      .output("y")
      .node("Mul", {"a", "b"}, "p")
      .node("MatMul", {"p", "w"}, "y")
      .floats("w", {4, 4}, ramp(16));
  const std::string path = write(model);
  EXPECT_THROW(static_cast<void>(left(path)), base::UserError);
  const Network network = import_onnx(path, ImportOptions{.leave_weights = true, .data_input = "b"});
  EXPECT_EQ(network.values[static_cast<std::size_t>(network.input)].name, "b");
  EXPECT_THAT(network.absent_weights, ElementsAre("a"));
  EXPECT_THROW(static_cast<void>(import_onnx(path, ImportOptions{.leave_weights = true, .data_input = "c"})), base::UserError);
}

/// Places in a table lie beside the network as well; lengths and axes cannot be replaced.
TEST_F(LeftWeights, WholeNumbersThatAreAbsent) {
  const auto network = [&](std::int64_t length) {
    OnnxModel model;
    model.input("x", {1, length, 4}).output("y").floats("table", {length, 4}, ramp(static_cast<std::size_t>(length) * 4));
    model.node("Gather", {"table", "places"}, "p").node("Add", {"x", "p"}, "s").node("MatMul", {"s", "w"}, "y").floats("w", {4, 4}, ramp(16));
    auto& places = *model.proto().mutable_graph()->add_initializer();
    places.set_name("places");
    places.set_data_type(onnx::TensorProto::INT64);
    places.add_dims(1);
    places.add_dims(length);
    places.set_data_location(onnx::TensorProto::EXTERNAL);
    auto* location = places.add_external_data();
    location->set_key("location");
    location->set_value("lost.data");
    return write(model);
  };
  EXPECT_THAT(left(network(128)).absent_weights, ElementsAre("places"));
  EXPECT_THROW(static_cast<void>(left(network(8))), base::UserError);
}

TEST(StandIn, HasTheDeviationThatItsShapeSays) {
  const auto numbers = read(whole_view(stand_in("w", {400, 900}, float32_type), {400, 900}));
  double sum = 0, squares = 0;
  for (const float number : numbers) {
    sum += number;
    squares += static_cast<double>(number) * number;
  }
  const auto count = static_cast<double>(numbers.size());
  EXPECT_NEAR(sum / count, 0, 4 / 30.0 / std::sqrt(count));
  EXPECT_NEAR(std::sqrt(squares / count) * 30, 1, 4 / std::sqrt(2 * count));
  EXPECT_NE(read(whole_view(stand_in("v", {400, 900}, float32_type), {400, 900})), numbers);
  EXPECT_THAT(read(whole_view(stand_in("b", {3}, float32_type), {3})), ElementsAre(1, 1, 1));
}

}  // namespace
}  // namespace mho::workloads
