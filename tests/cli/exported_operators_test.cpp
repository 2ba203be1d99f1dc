// Small files as today's exporters and optimisers write them: right values in floating point, and the commands that need no values.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

/// Cases of the folder that MHO_DATA names.
class ExportedOperatorsData : public CommandTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder with networks and data";
    cases_ = std::string(folder) + "/cases/";
  }
  /// Variance of a file of float32 numbers, version 1 of NumPy's format.
  static double variance(const std::string& path) {
    const std::string bytes = base::read_file(path);
    const std::size_t begin = 10 + static_cast<unsigned char>(bytes.at(8)) + 256U * static_cast<unsigned char>(bytes.at(9));
    std::vector<float> values((bytes.size() - begin) / sizeof(float));
    std::memcpy(values.data(), bytes.data() + begin, values.size() * sizeof(float));
    double mean = 0, squares = 0;
    for (const float value : values) mean += static_cast<double>(value) / static_cast<double>(values.size());
    for (const float value : values) squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
    return squares / static_cast<double>(values.size());
  }
  /// The number behind a key of a JSON text.
  static double number(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":");
    return at == std::string::npos ? std::nan("") : std::strtod(json.c_str() + at + key.size() + 3, nullptr);
  }

  std::string cases_;
};

TEST_P(ExportedOperatorsData, TheFloatNetworkGivesTheRightValuesAndEveryCommandTakesIt) {
  const std::string network = cases_ + GetParam() + ".onnx", data = cases_ + GetParam() + ".yaml";
  const Outcome run = mho({"run", network, "--data", data, "--times", "1s", "--repeats", "1", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_LT(number(run.out, "float_accuracy"), 1e-9 * variance(cases_ + GetParam() + "_y.npy")) << run.out;
  for (const std::vector<std::string>& more : {std::vector<std::string>{"network", network},
                                               {"network", network, "--data", data},
                                               {"simulate", network, "--data", data},
                                               {"simulate", network, "--data", data, "--functional"}}) {
    const Outcome outcome = mho(more);
    EXPECT_EQ(outcome.code, 0) << testing::PrintToString(more) << outcome.err;
  }
}

using ScalarInputs = CommandTest;

TEST_F(ScalarInputs, WhatCannotBeMeantIsRefused) {
  const std::string network = std::string(MHO_SOURCE_DIR) + "/examples/default_network/strokes.onnx";
  const auto refused = [&](const std::vector<std::string>& arguments, int code, const std::string& says) {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
  };
  refused({"network", network, "--scalar", "rate=8000"}, 3, "no input 'rate'");
  refused({"network", network, "--scalar", "rate"}, 2, "NAME=VALUE");
  refused({"network", network, "--scalar", "rate=fast"}, 2, "--scalar");
  refused({"network", network, "--scalar", "rate=1", "--scalar", "rate=2"}, 2, "given twice");
  refused({"run", "--scalar", "rate=1"}, 2, "goes with a network");
  refused({"simulate", "--scalar", "rate=1"}, 2, "goes with a network");
}

INSTANTIATE_TEST_SUITE_P(Cases, ExportedOperatorsData,
                         testing::Values("opset21_mlp", "sdpa_isnan", "if_constant", "local_function", "microsoft_gelu", "einsum_trained_weights",
                                         "qlinear_conv"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace mho::cli::test
