#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "base/json.h"
#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string strokes = MHO_SOURCE_DIR "/examples/default_network/strokes.onnx";

class RetrainTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    if (!std::filesystem::exists(std::filesystem::path(MHO_BINARY).parent_path() / "mho-train")) GTEST_SKIP() << "mho-train is not built";
  }
  [[nodiscard]] Outcome retrain(std::vector<std::string> more) const {
    // Fewer samples to score than usual: most cases are about something else.
    more.insert(more.begin(), {"retrain", strokes, "--threads", "1", "--recipe-set", "validation.samples=100"});
    return mho(more);
  }
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database((folder_ / "t.db").string());
    return database.execAndGet(sql).getString();
  }
  [[nodiscard]] std::string bytes(const std::string& name) const { return base::read_file((folder_ / name).string()); }
  /// 40 images of the built-in shape with `labels`, described in data.yaml.
  void write_data(const std::vector<float>& labels) const {
    write("x.npy", npy<float>("<f4", "(40, 1, 16, 16)", std::vector<float>(40 * 256, 0.5F)));
    write("y.npy", npy<float>("<f4", "(40,)", labels));
    write("data.yaml",
          "name: own\nmetric: top1\ntest: {inputs: x.npy, labels: y.npy, format: npy}\ntraining: {inputs: x.npy, labels: y.npy, format: npy}\n");
  }
};

TEST_F(RetrainTest, WritesANetworkThatRunsAndStoresItsCourse) {
  const Outcome trained = retrain(
      {"--out", "hwa.onnx", "--recipe-set", "epochs=2", "--recipe-set", "noise.scale=1", "--db", "t.db", "--recipe-set", "validation.samples=1000"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.out,
              AllOf(HasSubstr("written to hwa.onnx"), HasSubstr("training 1 in t.db"), HasSubstr("next: mho run hwa.onnx --data strokes --db t.db")));
  EXPECT_FALSE(exists("hwa.onnx.checkpoint"));
  EXPECT_EQ(query("SELECT count(*) FROM epoch WHERE training = 1"), "2");
  EXPECT_EQ(query("SELECT json_extract(recipe_json, '$.noise.scale') FROM training"), "1.0");
  EXPECT_EQ(query("SELECT min(metric) > 0.8 AND max(loss) < 1 FROM epoch"), "1");
  EXPECT_EQ(trained.err, "");  // a line a minute, and this takes less
  const Outcome ran = mho({"run", "hwa.onnx", "--data", "strokes", "--times", "1s", "--repeats", "2", "--samples", "200", "--json", "--db", "t.db"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const base::Json json = base::Json::parse(ran.out, "out");
  EXPECT_GT(std::get<double>(json.find("float_accuracy_scored")->value()), 0.9);
  EXPECT_GT(std::get<std::int64_t>(json.find("learned_input_ranges")->value()), 0);
  EXPECT_NE(bytes("hwa.onnx"), base::read_file(strokes));
  EXPECT_EQ(query("SELECT run || ' after ' || epochs FROM v_training WHERE training = 1"), "1 after 2");
  // The final evaluation: on samples that were held out, near what mho run finds on the test set.
  EXPECT_THAT(trained.out, AllOf(HasSubstr("scores on 1000 samples held out of the training split, tiles 1 h after programming, mean of 3"),
                                 HasSubstr("of 2 is kept")));
  EXPECT_EQ(query("SELECT ended || (float_after > 0.9) || (tiles_after > 0.9) || (tiles_before > 0.9) FROM v_training"), "finished111");
  EXPECT_EQ(query("SELECT count(*) || ' ' || (min(on_tiles) > 0.9) FROM epoch_score"), "2 1");
}

TEST_F(RetrainTest, JsonHoldsTheCourse) {
  const Outcome trained = retrain({"--out", "hwa.onnx", "--recipe-set", "epochs=2", "--recipe-set", "seed=5", "--json"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const base::Json json = base::Json::parse(trained.out, "out");
  for (const char* key : {"schema", "version", "command"}) EXPECT_NE(json.find(key), nullptr) << key;
  EXPECT_EQ(std::get<std::int64_t>(json.find("seed")->value()), 5);
  EXPECT_EQ(std::get<base::Json::Array>(json.find("epochs")->value()).size(), 2U);
  const base::Json* validation = json.find("validation");
  ASSERT_NE(validation, nullptr);
  for (const char* state : {"before", "after"}) {
    for (const char* where : {"float", "tiles"}) EXPECT_GT(std::get<double>(validation->find(state)->find(where)->value()), 0.9) << state << where;
  }
  EXPECT_THAT(std::get<std::int64_t>(json.find("kept_epoch")->value()), testing::AnyOf(1, 2));
}

TEST_F(RetrainTest, SaysWhichKeysChangeNothing) {
  write_data(std::vector<float>(40, 3.0F));
  const std::vector<std::string> idle{
      "--out",         "x.onnx",       "--data",        "data.yaml",    "--recipe-set",       "epochs=1",     "--recipe-set",
      "clip.sigmas=3", "--recipe-set", "noise.scale=1", "--recipe-set", "optimiser.kind=sgd", "--recipe-set", "optimiser.momentum=0.5"};
  const Outcome outcome = retrain(idle);
  EXPECT_THAT(outcome.err,
              AllOf(HasSubstr("note: clip.sigmas (--recipe-set) has no effect: only clip.kind gaussian"), Not(HasSubstr("noise.scale (")),
                    Not(HasSubstr("momentum (")), HasSubstr("the training and the test split are the same samples")));
  std::vector<std::string> more = idle;
  for (const char* setting : {"hardware.analog=false", "clip.kind=gaussian", "optimiser.kind=adam"})
    more.insert(more.end(), {"--recipe-set", setting});
  EXPECT_THAT(retrain(more).err, AllOf(HasSubstr("noise.scale (--recipe-set) has no effect: hardware.analog is false"),
                                       HasSubstr("clip.sigmas (--recipe-set) has no effect: hardware.analog is false"),
                                       HasSubstr("optimiser.momentum (--recipe-set) has no effect")));
}

TEST_F(RetrainTest, AnInterruptedTrainingGoesOnToTheSameBits) {
  const std::vector<std::string> recipe{"--recipe-set", "validation.samples=100", "--recipe-set", "epochs=6", "--out"};
  const auto with_out = [&](const std::string& out) {
    std::vector<std::string> arguments = recipe;
    arguments.push_back(out);
    return arguments;
  };
  ASSERT_EQ(retrain(with_out("whole.onnx")).code, 0);
  std::vector<std::string> arguments = with_out("parts.onnx");
  arguments.insert(arguments.begin(), {"retrain", strokes, "--threads", "1", "--db", "t.db"});
  const pid_t pid = start(MHO_BINARY, arguments);
  for (int wait = 0; wait < 600 && !exists("parts.onnx.checkpoint"); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  // mho alone hears it, as from `kill`, and hands it on.
  kill(pid, SIGINT);
  const Outcome stopped = finish(pid);
  ASSERT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("parts.onnx.checkpoint holds the training so far"));
  EXPECT_FALSE(exists("parts.onnx"));
  const Outcome other = retrain({"--recipe-set", "batch=32", "--out", "parts.onnx"});
  EXPECT_EQ(other.code, 3);
  EXPECT_THAT(other.err, AllOf(HasSubstr("checkpoint of another training"), HasSubstr("with 1 thread on a processor with")));
  EXPECT_EQ(query("SELECT ended || (out_hash = '') || (wall_s > 0) FROM training JOIN training_end ON training = id"), "interrupted11");
  const double first = std::stod(query("SELECT wall_s FROM training"));
  ASSERT_EQ(mho(arguments).code, 0);
  EXPECT_EQ(query("SELECT count(*) || ' ' || min(epoch) FROM epoch"), "6 1");
  // One row, with the time of both processes.
  EXPECT_EQ(query("SELECT group_concat(ended) FROM v_training"), "finished");
  EXPECT_GT(std::stod(query("SELECT wall_s - (SELECT sum(seconds) FROM epoch) FROM training")), 0);
  EXPECT_GT(std::stod(query("SELECT wall_s FROM training")), first);
  EXPECT_EQ(bytes("whole.onnx"), bytes("parts.onnx"));
}

TEST_F(RetrainTest, ACheckpointIsExtendedToMoreEpochs) {
  const std::vector<std::string> arguments{"--out", "x.onnx", "--keep-checkpoint", "--recipe-set"};
  const auto epochs = [&](const std::string& count) {
    std::vector<std::string> more = arguments;
    more.push_back("epochs=" + count);
    return retrain(more);
  };
  ASSERT_EQ(epochs("1").code, 0);
  ASSERT_TRUE(exists("x.onnx.checkpoint"));
  const std::string one = bytes("x.onnx");
  // Finished, so nothing is trained anew.
  ASSERT_EQ(epochs("1").code, 0);
  EXPECT_EQ(bytes("x.onnx"), one);
  std::vector<std::string> more = arguments;
  more.insert(more.end(), {"epochs=3", "--db", "t.db"});
  const Outcome extended = retrain(more);
  ASSERT_EQ(extended.code, 0) << extended.err;
  EXPECT_THAT(extended.err, HasSubstr("x.onnx.checkpoint holds 1 of 1 epochs; it is gone on with to 3, over which schedule and ramp now reach"));
  EXPECT_EQ(query("SELECT count(*) FROM epoch"), "3");
  const Outcome fewer = epochs("2");
  EXPECT_EQ(fewer.code, 3);
  EXPECT_THAT(fewer.err, HasSubstr("raise epochs"));
  // Another number of threads rounds otherwise: allowed, and said.
  const Outcome threads = finish(start(MHO_BINARY, {"retrain", strokes, "--threads", "2", "--out", "x.onnx", "--keep-checkpoint", "--recipe-set",
                                                    "validation.samples=100", "--recipe-set", "epochs=4"}));
  EXPECT_EQ(threads.code, 0) << threads.err;
  EXPECT_THAT(threads.err, AllOf(HasSubstr("was written by mho"), HasSubstr("with 1 thread on"), HasSubstr("with 2 threads on")));
}

TEST_F(RetrainTest, StopsWhereNothingImproves) {
  write_data(std::vector<float>(40, 3.0F));
  const Outcome outcome = retrain({"--data", "data.yaml", "--out", "x.onnx", "--json", "--recipe-set", "epochs=40", "--recipe-set", "batch=8",
                                   "--recipe-set", "validation.patience=2", "--recipe-set", "hardware.analog=false"});
  const base::Json json = base::Json::parse(outcome.out, "out");
  EXPECT_EQ(std::get<std::string>(json.find("ended")->value()), "stopped");
  // All images are alike, so the first epoch that has learned them is the best one.
  const std::int64_t kept = std::get<std::int64_t>(json.find("kept_epoch")->value());
  EXPECT_EQ(std::get<base::Json::Array>(json.find("epochs")->value()).size(), static_cast<std::size_t>(kept) + 2);
}

TEST_F(RetrainTest, NeedsNoTestSplitAndTakesAValidationSplit) {
  write_data(std::vector<float>(40, 3.0F));
  write("train.yaml",
        "name: own\ntraining: {inputs: x.npy, labels: y.npy, format: npy}\nvalidation: {inputs: x.npy, labels: y.npy, format: npy, samples: 30}\n");
  const Outcome outcome =
      retrain({"--data", "train.yaml", "--out", "x.onnx", "--recipe-set", "epochs=1", "--recipe-set", "validation.share=0.5", "--db", "t.db"});
  EXPECT_THAT(outcome.out, HasSubstr("scores on 30 samples of the validation split")) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("validation.share (--recipe-set) has no effect: the data describe a validation split"));
  EXPECT_EQ(query("SELECT judged_by || samples FROM training_end"), "own (validation)30");
}

TEST_F(RetrainTest, SamplesThatAreScoredAreSpreadOverSortedFiles) {
  // Equal images, sorted by class: whatever the network says, one of ten samples spread evenly is right.
  std::vector<float> labels;
  for (int image = 0; image < 40; ++image) labels.push_back(static_cast<float>(image / 4));
  write_data(labels);
  write("judged.yaml", "name: own\ntraining: {inputs: x.npy, labels: y.npy, format: npy}\nvalidation: {inputs: x.npy, labels: y.npy, format: npy}\n");
  for (const char* data : {"data.yaml", "judged.yaml"}) {
    const Outcome outcome =
        mho({"retrain", strokes, "--threads", "1", "--data", data, "--out", "x.onnx", "--json", "--recipe-set", "epochs=1", "--recipe-set", "batch=8",
             "--recipe-set", "hardware.analog=false", "--recipe-set", "validation.share=0.5", "--recipe-set", "validation.samples=10"});
    const base::Json json = base::Json::parse(outcome.out, "out");
    const base::Json* validation = json.find("validation");
    ASSERT_NE(validation, nullptr) << outcome.err;
    EXPECT_NEAR(std::get<double>(validation->find("before")->find("float")->value()), 0.1, 1e-12) << data;
    std::filesystem::remove(folder_ / "x.onnx");
  }
}

TEST_F(RetrainTest, RefusesBeforeTheFirstStep) {
  std::vector<float> values(40 * 256, 0.5F);
  values[300] = std::numeric_limits<float>::infinity();
  write("x.npy", npy<float>("<f4", "(40, 1, 16, 16)", values));
  write("y.npy", npy<float>("<f4", "(40,)", std::vector<float>(40, 3.0F)));
  write("data.yaml", "training: {inputs: x.npy, labels: y.npy, format: npy}\n");
  const Outcome infinite = retrain({"--out", "x.onnx", "--data", "data.yaml"});
  EXPECT_EQ(infinite.code, 3);
  EXPECT_THAT(infinite.err, AllOf(HasSubstr("sample 1"), HasSubstr("inf")));
  const Outcome small = retrain({"--out", "x.onnx", "--set", "tile.rows=16", "--set", "tile.columns=16"});
  EXPECT_EQ(small.code, 4) << small.err;
  // Without tiles the chip does not count.
  EXPECT_EQ(retrain({"--out", "x.onnx", "--set", "tile.rows=16", "--set", "tile.columns=16", "--recipe-set", "hardware.analog=false", "--recipe-set",
                     "epochs=1"})
                .code,
            0);
}

TEST_F(RetrainTest, DivergenceIsNoSuccess) {
  const Outcome outcome =
      retrain({"--out", "x.onnx", "--recipe-set", "epochs=1", "--recipe-set", "optimiser.rate=1000", "--recipe-set", "optimiser.kind=adam"});
  EXPECT_EQ(outcome.code, 5) << outcome.out;
}

TEST_F(RetrainTest, ADivergingTrainingKeepsTheLastGoodState) {
  const Outcome outcome = retrain({"--out", "x.onnx", "--recipe-set", "epochs=4", "--recipe-set", "optimiser.kind=sgd", "--recipe-set",
                                   "optimiser.rate=1000", "--recipe-set", "schedule.kind=constant", "--recipe-set", "clip.kind=off", "--recipe-set",
                                   "hardware.analog=false", "--recipe-set", "optimiser.weight_decay=1"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("diverged"), HasSubstr("Lower optimiser.rate"), HasSubstr("epoch")));
  EXPECT_FALSE(exists("x.onnx"));
}

TEST_F(RetrainTest, ARuinedNetworkIsNoSuccess) {
  const Outcome outcome = retrain({"--out", "x.onnx", "--recipe-set", "epochs=1", "--recipe-set", "noise.scale=100", "--recipe-set", "noise.ramp=0",
                                   "--recipe-set", "optimiser.rate=1"});
  EXPECT_EQ(outcome.code, 5) << outcome.out;
  EXPECT_THAT(outcome.err, HasSubstr("no better than guessing"));
}

TEST_F(RetrainTest, NeverReplacesWhatItReads) {
  write("net.onnx", base::read_file(strokes));
  const Outcome outcome = mho({"retrain", "net.onnx", "--out", "./net.onnx"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("is an input"));
  EXPECT_EQ(bytes("net.onnx"), base::read_file(strokes));
}

TEST_F(RetrainTest, Mistakes) {
  std::vector<float> labels(40, 3.0F);
  labels[17] = 12.0F;
  write_data(labels);
  write("recipe.yaml", "epochs: 3\nnoise: {scal: 3}\n");
  write("test_only.yaml", "name: own\nmetric: top1\ntest: {inputs: x.npy, labels: y.npy, format: npy}\n");
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string says;
  };
  const std::vector<Mistake> mistakes{
      {{}, 2, "--out is missing: retrained network, ONNX"},
      {{"--out", "x.onnx", "--recipe-set", "optimizer.rate=1"},
       3,
       "--recipe-set optimizer.rate=1: unknown key 'optimizer.rate'; did you mean 'optimiser.rate'"},
      {{"--out", "x.onnx", "--recipe-set", "epochs=0"}, 3, "legal is 1 to"},
      {{"--out", "x.onnx", "--recipe", "recipe.yaml"}, 3, "recipe.yaml:2:9: unknown key 'noise.scal'"},
      {{"--out", "x.onnx", "--data", "test_only.yaml"}, 3, "the key 'training' is missing"},
      {{"--out", "x.onnx", "--recipe-set", "clip.kind=none"}, 3, "legal is 'off', 'fixed' or 'gaussian'"},
      {{"--out", "x.onnx", "--data", "data.yaml"}, 3, "labels of 13 classes"},
      {{"--out", "missing/x.onnx"}, 3, "there is no folder missing"},
      {{"--out", "x.onnx", "--recipe-set", "layers.frozen=*"}, 3, "no trainable analog layer"},
      {{"--out", "x.onnx", "--recipe-set", "layers.frozen=gru*"}, 3, "no layer is called 'gru*'; there are first"},
      {{"--out", "x.onnx", "--layer", "*=digital"}, 3, "nothing would run on a tile"},
      {{"--out", "x.onnx", "--design", "nowhere.yaml"}, 3, "nowhere.yaml"},
  };
  for (const Mistake& mistake : mistakes) {
    const Outcome outcome = retrain(mistake.arguments);
    EXPECT_EQ(outcome.code, mistake.code) << mistake.says << "\n" << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(mistake.says));
    EXPECT_FALSE(exists("x.onnx"));
  }
}

}  // namespace
}  // namespace mho::cli::test
