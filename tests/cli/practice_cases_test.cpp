// Small files from practice, one for each kind. Right values were computed independently of any of this.
#include <gmock/gmock.h>

#include "tests/cli/practice_case.h"

namespace mho::cli::test {
namespace {

class PracticeCasesData : public PracticeCase, public testing::WithParamInterface<const char*> {};

TEST_P(PracticeCasesData, IsRightInFloatAndTakenByEveryCommand) {
  const std::string base = cases_ + GetParam(), network = base + ".onnx", data = base + ".yaml";
  const Outcome run = mho({"run", network, "--data", data, "--times", "1s", "--repeats", "1", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_LT(json_number(run.out, "float_accuracy"), 1e-9 * npy_variance(base + "_y.npy")) << run.out;
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"network", network},
                                                    {"network", network, "--data", data},
                                                    {"simulate", network},
                                                    {"simulate", network, "--data", data}}) {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, 0) << testing::PrintToString(arguments) << outcome.err;
  }
  const Outcome computed = mho({"simulate", network, "--data", data, "--functional"});
  ASSERT_EQ(computed.code, 0) << computed.err;
  EXPECT_THAT(computed.out, testing::HasSubstr("equal the accuracy path bit for bit: yes"));
}

INSTANTIATE_TEST_SUITE_P(Cases, PracticeCasesData,
                         testing::Values("frames_in_batch_conv", "tokens_in_batch_norm", "state_scaled_add", "state_slice_add", "lstm_hn_cn_outputs",
                                         "state_passthrough", "state_layers_first", "rnn_without_name", "batch4_lstm_h0", "batch_axis_inside_gru",
                                         "opset21_mlp", "sdpa_isnan", "if_constant", "local_function", "microsoft_gelu", "einsum_trained_weights",
                                         "qlinear_conv"),
                         [](const auto& one) { return std::string(one.param); });

using StatesData = PracticeCase;

/// Half of the samples calibrate where the data has no split for it, and one stream holds them all.
TEST_F(StatesData, ScoringInsideAStreamBeginsWithItsState) {
  const std::string base = cases_ + "state_scaled_add";
  write("data.yaml", "metric: mse\ntest: {inputs: " + base + "_x.npy, labels: " + base + "_y.npy, format: npy}\n");
  std::vector<std::string> arguments{"run", base + ".onnx", "--data", "data.yaml", "--times", "1s", "--repeats", "1"};
  const Outcome table = mho(arguments);
  ASSERT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, testing::HasSubstr("Scoring begins inside a stream: the 3 samples of it before are run to carry the state"));
  arguments.emplace_back("--json");
  const Outcome json = mho(arguments);
  EXPECT_EQ(json_number(json.out, "samples_that_carry_the_state"), 3);
  EXPECT_LT(json_number(json.out, "float_accuracy"), 1e-9 * npy_variance(base + "_y.npy"));
  EXPECT_THAT(mho({"network", base + ".onnx"}).out, testing::HasSubstr("  batch   axis 0, b in the file: samples are run one by one\n"));
}

using NamesData = PracticeCase;

TEST_F(NamesData, ControlCharactersReachNoTerminal) {
  for (const char* verb : {"network", "simulate"}) {
    const Outcome outcome = mho({verb, cases_ + "reliability/name_ctrl.onnx"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    for (const char c : outcome.out + outcome.err) {
      EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << verb << ": character " << static_cast<int>(c);
    }
    EXPECT_NE(outcome.out.find("\\x1b]0;pwned\\x07"), std::string::npos) << outcome.out;
  }
}

}  // namespace
}  // namespace mho::cli::test
