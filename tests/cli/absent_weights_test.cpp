// Networks whose weights are large, absent or no numbers, as files beside the command.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class AbsentWeightsTest : public CommandTest {
 protected:
  void write_network(const std::string& arguments) const {
    const Outcome written = shell(std::string(MHO_PYTHON) + " " + MHO_SOURCE_DIR + "/examples/large_networks/write_network.py " + arguments);
    ASSERT_EQ(written.code, 0) << written.err;
  }
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getString();
  }
  static double figure(const std::string& json, const char* key) { return std::stod(base::read_yaml_text(json, "out").find(key)->scalar); }
};

constexpr const char* small_gpt = "gpt2-small --layers 1 --width 128 --vocabulary 700 --all-tokens --tokens 16 ";

TEST_F(AbsentWeightsTest, ShapesAreEnoughForTheChip) {
  write_network(small_gpt + std::string("-o whole.onnx"));
  write_network(small_gpt + std::string("-o beside.onnx --external"));
  write_network(small_gpt + std::string("-o lost.onnx --external"));
  write_network(small_gpt + std::string("-o shapes.onnx --shapes-only"));
  std::filesystem::remove(folder_ / "lost.onnx.data");
  const Outcome whole = mho({"simulate", "whole.onnx", "--json", "--set", "chip.mesh.width=8"});
  ASSERT_EQ(whole.code, 0) << whole.err;
  EXPECT_EQ(whole.err, "");
  const Outcome beside = mho({"simulate", "beside.onnx", "--json", "--set", "chip.mesh.width=8"});
  ASSERT_EQ(beside.code, 0) << beside.err;
  EXPECT_EQ(figure(beside.out, "energy_per_inference_j"), figure(whole.out, "energy_per_inference_j"));
  for (const char* file : {"lost.onnx", "shapes.onnx"}) {
    const Outcome absent = mho({"simulate", file, "--json", "--set", "chip.mesh.width=8"});
    ASSERT_EQ(absent.code, 0) << absent.err;
    EXPECT_THAT(absent.err, AllOf(HasSubstr("warning"), HasSubstr("tensors of weights"), HasSubstr("no values in the file")));
    EXPECT_THAT(absent.out, HasSubstr("\"warnings\""));
    EXPECT_EQ(figure(absent.out, "latency_s"), figure(whole.out, "latency_s")) << file;
    EXPECT_EQ(figure(absent.out, "interval_s"), figure(whole.out, "interval_s")) << file;
    // The written weights are normal numbers as well.
    EXPECT_NEAR(figure(absent.out, "energy_per_inference_j") / figure(whole.out, "energy_per_inference_j"), 1, 0.01) << file;
    const Outcome layers = mho({"network", file});
    ASSERT_EQ(layers.code, 0) << layers.err;
    EXPECT_THAT(layers.out, HasSubstr("without values"));
    const Outcome scored = mho({"run", file, "--data", std::string(file).substr(0, std::string(file).find('.')) + ".yaml"});
    EXPECT_EQ(scored.code, 3);
    EXPECT_THAT(scored.err, AllOf(HasSubstr("amples cannot be computed without the"), HasSubstr("`mho simulate` without data")));
  }
  EXPECT_EQ(query("SELECT group_concat(run) FROM warning WHERE text LIKE '%no values in the file%'"), "3,4");
}

TEST_F(AbsentWeightsTest, LargeWeightsAreNotHeld) {
  write_network("gpt2-small --layers 1 --width 256 --vocabulary 60000 --tokens 16 -o words.onnx");
  const auto file = static_cast<std::int64_t>(std::filesystem::file_size(folder_ / "words.onnx"));
  ASSERT_GT(file, 60'000'000);
  const Outcome layers = mho({"network", "words.onnx"});
  ASSERT_EQ(layers.code, 0) << layers.err;
  EXPECT_LT(layers.memory, file / 2);
}

TEST_F(AbsentWeightsTest, InfinityInWeightsIsRefusedByEveryVerb) {
  write_network(small_gpt + std::string("-o bad.onnx --external"));
  {
    std::fstream data(folder_ / "bad.onnx.data", std::ios::binary | std::ios::in | std::ios::out);
    const std::string infinity("\0\0\x80\x7f", 4);
    data.write(infinity.data(), 4);
  }
  const std::vector<std::vector<std::string>> commands{
      {"network", "bad.onnx"}, {"simulate", "bad.onnx"}, {"simulate", "bad.onnx", "--data", "bad.yaml"}, {"run", "bad.onnx", "--data", "bad.yaml"}};
  for (const auto& command : commands) {
    const Outcome outcome = mho(command);
    EXPECT_EQ(outcome.code, 3) << command.front();
    EXPECT_THAT(outcome.err, HasSubstr("tensor 'word.weight' holds inf at element 0")) << command.front();
  }
}

/// Scores of one token cannot be decoded: the message says which option gives those of all.
TEST_F(AbsentWeightsTest, ANetworkForTheLastTokenSaysHowToDecodeIt) {
  write_network("gpt2-small --layers 1 --width 64 --vocabulary 50 --tokens 16 --shapes-only -o last.onnx");
  const Outcome outcome = mho({"simulate", "last.onnx", "--mode", "decode"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("--all-tokens"));
}

}  // namespace
}  // namespace mho::cli::test
