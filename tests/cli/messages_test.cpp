#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class MessagesTest : public CommandTest {
 protected:
  void expect(const std::vector<std::string>& line, int code, const std::string& says) const {
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(line) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says)) << testing::PrintToString(line);
  }
  void write_network() const { write("net.onnx", base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx")); }
  /// Samples of 1x16x16 whose values go from 0 to `most`, in no pattern a network knows.
  void write_samples(const std::string& name, int count, float most) const {
    std::vector<float> values;
    for (int i = 0; i < count * 256; ++i) values.push_back(most * static_cast<float>(i * 7919 % 256) / 255.0F);
    write(name, npy<float>("<f4", fmt::format("({}, 1, 16, 16)", count), values));
  }
};

TEST_F(MessagesTest, Shapes) {
  for (const char* shape : {"1,16,16", "1, 16, 16", "(1, 16, 16)", "[1,16,16]", "1*16*16", "1X16X16", "1x16x16x"}) {
    expect({"network", "net.onnx", "--shape", shape}, 2, "write --shape 1x16x16");
  }
  expect({"network", "net.onnx", "--shape", "1x16xN"}, 2, "--shape N: a whole number");
}

TEST_F(MessagesTest, CommasInNumbers) {
  expect({"describe", "--set", "tile.adc.conversion_time=0,5 ns"}, 3, "for a decimal comma write 0.5 ns");
  expect({"describe", "--set", "tile.adc.bits=4,6,8"}, 3, "one value is needed; to try several, run the command once for each");
  expect({"sensitivity", "--threshold", "0,9"}, 2, "for a decimal comma write 0.9");
  expect({"run", "--repeats", "1,000,000"}, 2, "one value is needed");
  expect({"run", "--times", "1,5h"}, 2, "For a decimal comma write 1.5h");
  expect({"simulate", "--trace", "t.json", "--trace-from", "1,5us"}, 2, "write 1.5us");
  expect({"wires", "--conductances", "g.npy", "--voltages", "v.npy", "--out", "i.npy", "--r-in", "0,35", "--r-out", "1"}, 2, "write 0.35");
  write("chip.yaml", "tile.adc.bits: 4,6,8\n");
  expect({"validate", "chip.yaml"}, 3, "one value is needed");
}

TEST_F(MessagesTest, Spellings) {
  expect({"run", "--sed", "3"}, 2, "did you mean --set or --seed?");
  expect({"run", "--seeed", "3"}, 2, "did you mean --seed?");
}

TEST_F(MessagesTest, Limits) {
  expect({"run", "--samples", "0"}, 2, "--samples 0: a whole number of at least 1 is needed");
  expect({"run", "--repeats", "0"}, 2, "--repeats 0: a whole number from 1 to 1000000 is needed");
}

TEST_F(MessagesTest, LargeLabelsAreShownAsTheyAre) {
  write_network();
  write_samples("x.npy", 2, 1);
  write("y.npy", npy<std::int64_t>("<i8", "(2,)", {1, 536870912}));
  write("data.yaml", "test: {format: npy, inputs: x.npy, labels: y.npy}\n");
  expect({"run", "net.onnx", "--data", "data.yaml"}, 3, "label 1 is 536870912;");
}

TEST_F(MessagesTest, ConductancesOfSiemens) {
  const auto wires = [&](double siemens, double volts) {
    write("G.npy", npy<double>("<f8", "(2, 2)", {siemens, siemens, siemens, siemens / 2}));
    write("V.npy", npy<double>("<f8", "(1, 2)", {volts, volts}));
    return mho({"wires", "--conductances", "G.npy", "--voltages", "V.npy", "--r-in", "1", "--r-out", "1", "--out", "I.npy"});
  };
  EXPECT_EQ(wires(25e-6, 0.2).err, "");
  EXPECT_THAT(wires(25, 0.2).err, AllOf(HasSubstr("warning: G.npy holds conductances up to 25 S"), HasSubstr("25 uS are 25e-6")));
  EXPECT_THAT(wires(0.2, 25e-6).err, HasSubstr("are the two files swapped?"));
}

TEST_F(MessagesTest, SamplesThatAreNotScaled) {
  write_network();
  write_samples("pixels.npy", 200, 255);
  write_samples("scaled.npy", 200, 1);
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 200; ++i) labels.push_back(i % 10);
  write("y.npy", npy<std::int64_t>("<i8", "(200,)", labels));
  write("data.yaml", "test: {format: npy, inputs: pixels.npy, labels: y.npy}\ntraining: {format: npy, inputs: scaled.npy, labels: y.npy}\n");
  const Outcome outcome = mho({"run", "net.onnx", "--data", "data.yaml", "--repeats", "1", "--times", "1s", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("no better than guessing"), HasSubstr("its inputs reach from 0 to 255"),
                    HasSubstr("of the inputs of conv1, the first layer on tiles, lie outside what calibration saw"), HasSubstr("(scale in")));
  EXPECT_EQ(std::get<base::Json::Array>(base::Json::parse(outcome.out, "out").find("warnings")->value()).size(), 2U);
  EXPECT_THAT(mho(quick_run()).err, Not(HasSubstr("guessing")));
}

}  // namespace
}  // namespace mho::cli::test
