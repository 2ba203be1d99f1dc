// Small files from practice: states, names, a frozen batch, sequences side by side. Right values were computed independently of any of this.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

/// The number after `"key": ` in JSON.
double number_after(const std::string& json, const std::string& key) {
  const std::size_t at = json.find('"' + key + "\": ");
  return at == std::string::npos ? std::nan("") : std::stod(json.substr(at + key.size() + 4));
}

/// Variance of the floats in an .npy file.
double variance(const std::string& bytes) {
  std::uint16_t header = 0;
  std::memcpy(&header, bytes.data() + 8, sizeof header);
  double sum = 0, squares = 0, count = 0;
  for (std::size_t at = 10 + std::size_t{header}; at + 4 <= bytes.size(); at += 4, ++count) {
    float value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  return squares / count - sum / count * sum / count;
}

class StateCasesData : public CommandTest, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const char* data = std::getenv("MHO_DATA");
    if (data == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder with networks and data";
    cases_ = std::string(data) + "/cases/";
  }
  std::string cases_;
};

TEST_P(StateCasesData, IsRight) {
  const std::string base = cases_ + GetParam(), network = base + ".onnx", data = base + ".yaml";
  const Outcome run = mho({"run", network, "--data", data, "--times", "1s", "--repeats", "1", "--json"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_LT(number_after(run.out, "float_accuracy"), 1e-9 * variance(base::read_file(base + "_y.npy")));
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"network", network}, {"simulate", network}, {"simulate", network, "--functional", "--data", data}}) {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, 0) << arguments.front() << ": " << outcome.err;
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, StateCasesData,
                         testing::Values("state_scaled_add", "state_slice_add", "lstm_hn_cn_outputs", "state_passthrough", "state_layers_first",
                                         "rnn_without_name", "batch4_lstm_h0", "batch_axis_inside_gru"),
                         [](const auto& file) { return std::string(file.param); });

class NamesData : public StateCasesData {};

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
