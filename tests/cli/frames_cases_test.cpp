// Small networks from practice that merge another axis into the batch, with values computed independently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;

class FramesInTheBatchData : public CommandTest {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder of networks and data";
    CommandTest::SetUp();
    cases_ = std::string(folder) + "/cases/";
  }
  void TearDown() override {
    if (!folder_.empty()) CommandTest::TearDown();
  }
  std::string cases_;
};

TEST_F(FramesInTheBatchData, HaveTheirRightValuesInFloatAndOnTheChip) {
  struct Case {
    std::string name;
    double variance;  ///< of the right values
  };
  const std::vector<Case> cases{{"frames_in_batch_conv", 24.7}, {"tokens_in_batch_norm", 0.754}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const std::string network = cases_ + one.name + ".onnx", data = cases_ + one.name + ".yaml";
    const Outcome run = mho({"run", network, "--data", data, "--times", "1s", "--repeats", "1", "--json"});
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_LT(std::stod(base::read_yaml_text(run.out, "run").find("float_accuracy")->scalar), 1e-9 * one.variance);
    EXPECT_EQ(mho({"network", network}).code, 0);
    EXPECT_EQ(mho({"simulate", network}).code, 0);
    const Outcome computed = mho({"simulate", network, "--data", data, "--functional", "--inferences", "3"});
    ASSERT_EQ(computed.code, 0) << computed.err;
    EXPECT_THAT(computed.out, HasSubstr("equal the accuracy path bit for bit: yes"));
  }
}

}  // namespace
}  // namespace mho::cli::test
