#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string strokes_file = MHO_SOURCE_DIR "/examples/default_network/strokes.onnx";

class RetrainAdapters : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    if (!std::filesystem::exists(std::filesystem::path(MHO_BINARY).parent_path() / "mho-train")) GTEST_SKIP() << "mho-train is not built";
  }
  [[nodiscard]] Outcome train(std::vector<std::string> more) const {
    more.insert(more.begin(), {"retrain", strokes_file, "--threads", "1", "--out", "adapted.onnx", "--recipe-set", "adapters.rank=4", "--recipe-set",
                               "epochs=1", "--recipe-set", "validation.samples=200"});
    return mho(more);
  }
  [[nodiscard]] base::Json json(std::vector<std::string> line) const {
    line.emplace_back("--json");
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::Json::parse(outcome.out, "out");
  }
  static double number(const base::Json& json, const char* key) {
    const base::Json* found = json.find(key);
    if (found == nullptr) throw std::runtime_error(std::string(key) + " is missing");
    const auto* whole = std::get_if<std::int64_t>(&found->value());
    return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(found->value());
  }
};

TEST_F(RetrainAdapters, AreLayersOfDigitalCoresEverywhere) {
  const Outcome trained = train({});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const base::Json before = json({"network", strokes_file}), after = json({"network", "adapted.onnx"});
  EXPECT_EQ(number(before, "weights"), number(after, "weights"));  // on tiles
  EXPECT_THAT(mho({"network", "adapted.onnx"}).out, AllOf(HasSubstr("first.adapter.down"), HasSubstr("first.adapter.up")));
  // Two more products in digital cores cost energy there.
  const base::Json plain = json({"simulate", strokes_file}), adapted = json({"simulate", "adapted.onnx"});
  EXPECT_EQ(number(plain, "tiles"), number(adapted, "tiles"));
  EXPECT_GT(number(adapted, "energy_per_inference_j"), number(plain, "energy_per_inference_j"));
  const Outcome ran = mho({"run", "adapted.onnx", "--data", "strokes", "--times", "1h", "--repeats", "2", "--samples", "200"});
  EXPECT_EQ(ran.code, 0) << ran.err;
}

/// first and last are the layers, not what stands beside them.
TEST_F(RetrainAdapters, AreNeitherFirstNorLast) {
  ASSERT_EQ(train({}).code, 0);
  const auto on_tiles = [&](const std::string& file, const std::string& rule) {
    return number(json({"simulate", file, "--layer", rule + "=digital"}), "tiles");
  };
  for (const std::string rule : {"first", "last"}) EXPECT_EQ(on_tiles(strokes_file, rule), on_tiles("adapted.onnx", rule)) << rule;
}

TEST_F(RetrainAdapters, Mistakes) {
  const Outcome scratch = train({"--from-scratch"});
  EXPECT_EQ(scratch.code, 3);
  EXPECT_THAT(scratch.err, HasSubstr("leave --from-scratch out"));
  const Outcome unknown = train({"--recipe-set", "adapters.layers=gru*"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("no layer that can have an adapter is called 'gru*'"));
  EXPECT_THAT(train({"--recipe-set", "layers.frozen=first"}).err, HasSubstr("layers.frozen (--recipe-set) has no effect: adapters.rank leaves"));
}

}  // namespace
}  // namespace mho::cli::test
