#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

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

TEST_F(MessagesTest, AnOptionIsNoValueOfAnother) {
  expect({"run", "--db", "--json"}, 2, "--db needs a value after it, and --json is an option; a value that begins so is written --db=--json");
  expect({"run", "--set", "--samples", "3"}, 2, "--set needs a value after it");
  expect({"simulate", "--trace", "--functional"}, 2, "--trace needs a value after it");
  EXPECT_EQ(mho({"validate", "--help", "--db"}).code, 0);
}

TEST_F(MessagesTest, NamesThatAreNoFiles) {
  expect({"simulate", "--db", ":memory:"}, 2, "--db ':memory:': results are kept in a file");
  expect({"simulate", "--db", "file:x?mode=ro"}, 2, "neither in memory nor at an address");
  expect({"mvm", "--weights", "W.npy", "--inputs", "X.npy", "--out", "-"}, 2, "--out -: standard input and output are no files here");
  std::filesystem::create_symlink("nowhere/x.db", folder_ / "link.db");
  expect({"run", "--db", "link.db"}, 3, "nowhere/x.db cannot be created");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()), 3) << "out, err and the link";
}

TEST_F(MessagesTest, WhatWouldChangeNothing) {
  expect({"simulate", "--calibration", "5"}, 2, "--calibration says how many samples of the data calibrate the inputs: give --data too");
  expect({"describe", "designs", "--set", "tile.rows=3"}, 2, "leave out --design, --set");
  expect({"--version", "--json"}, 2, "--version stands alone");
  expect({"simulate", "--layer", "first=digital", "--layer", "first:tile.adc.bits=6"}, 3, "every layer that 'first' matches is digital");
  write("chip.yaml", "layers:\n  - {match: first, digital: true, set: {tile.adc.bits: 9}}\n");
  expect({"validate", "chip.yaml"}, 3, "chip.yaml:2:5: a digital layer has no tiles");
  const Outcome late = mho({"simulate", "--trace", "t.json", "--trace-from", "1s"});
  EXPECT_THAT(late.out, HasSubstr("0 events traced in t.json; nothing happened in the part that was asked for"));
}

TEST_F(MessagesTest, RulesOfLayersPointAtThemselves) {
  expect({"run", "--layer", "first:chip.clock=1GHz"}, 3, "--layer first:chip.clock=1GHz: 'chip.clock=1GHz' cannot differ between layers");
  expect({"run", "--layer", "first:tile.adc.bitz=6"}, 3, "--layer first:tile.adc.bitz=6: unknown key 'tile.adc.bitz'");
  write("chip.yaml", "layers:\n  - {match: first, set: {tile.adc.bits: 99}}\n");
  expect({"validate", "chip.yaml"}, 3, "chip.yaml:2:5: tile.adc.bits = 99 is out of range");
}

TEST_F(MessagesTest, ANameOfADesignMeansTheSameInEveryFolder) {
  write("default", "tile.rows: 3\n");
  EXPECT_THAT(mho({"describe", "tile.rows", "--design", "default"}).out, HasSubstr("tile.rows = 128"));
  EXPECT_THAT(mho({"describe", "tile.rows", "--design", "./default"}).out, HasSubstr("tile.rows = 3"));
}

TEST_F(MessagesTest, APipeThatNobodyWritesInto) {
  ASSERT_EQ(mkfifo((folder_ / "pipe.yaml").c_str(), 0600), 0);
  const pid_t pid = start(MHO_BINARY, {"validate", "pipe.yaml"});
  std::string said;
  for (int i = 0; i < 100 && said.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    said = exists("err") ? base::read_file((folder_ / "err").string()) : "";
  }
  EXPECT_THAT(said, HasSubstr("waiting for another program that writes to pipe.yaml"));
  kill(pid, SIGINT);
  EXPECT_EQ(finish(pid).code, 130);
}

TEST_F(MessagesTest, DataOfTheBuiltInNetworkMayBeNamed) {
  EXPECT_EQ(mho({"run", "--data", "strokes", "--samples", "5", "--repeats", "1", "--times", "1s"}).code, 0);
  expect({"run", "--data", "x.yaml"}, 2, "The built-in network has data of its own, strokes");
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
