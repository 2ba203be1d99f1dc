#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <random>
#include <set>

#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string strokes_network = MHO_SOURCE_DIR "/examples/default_network/strokes.onnx";

bool is_running(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return stat >> number >> name >> state && state != "Z" && state != "X";
}

void wait_for_end(pid_t pid) {
  for (int wait = 0; wait < 400 && is_running(pid); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

/// How a training and the command that started it end.
class RetrainEnds : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    fs::create_directory(folder_ / "bin");
    fs::copy_file(MHO_BINARY, folder_ / "bin/mho");
  }
  /// Puts a shell script in the place of mho-train.
  void make_child(const std::string& script) const {
    write("bin/mho-train", "#!/bin/sh\n" + script + "\n");
    fs::permissions(folder_ / "bin/mho-train", fs::perms::owner_all);
  }
  [[nodiscard]] Outcome with_child(const std::string& script) const {
    make_child(script);
    return finish(start((folder_ / "bin/mho").string(), {"retrain", strokes_network, "--out", "x.onnx", "--threads", "1"}));
  }
};

TEST_F(RetrainEnds, LinesThatCannotBeRead) {
  for (const std::string line :
       {"no json", "[]", "{}", "{\"step\": \"three\"}", "{\"step\": 1}", "{\"step\": {}, \"steps\": 3}", "7", "{\"error\": 3}"}) {
    const Outcome outcome = with_child("echo $$ > pid; echo '" + line + "'; exec sleep 100");
    EXPECT_EQ(outcome.code, 5) << line << outcome.err;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("mho-train sent a line"), Not(HasSubstr("internal error")))) << line;
    EXPECT_FALSE(is_running(std::stoi(base::read_file((folder_ / "pid").string())))) << line;
  }
}

TEST_F(RetrainEnds, ASignalIsNamedWithTheCheckpointThatIsLeft) {
  const Outcome none = with_child("kill -KILL $$");
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.err, AllOf(HasSubstr("was ended by signal 9 (SIGKILL"), HasSubstr("there is no checkpoint")));
  const Outcome left = with_child("touch x.onnx.checkpoint; kill -SEGV $$");
  EXPECT_EQ(left.code, 5);
  EXPECT_THAT(left.err, AllOf(HasSubstr("was ended by signal 11 (SIGSEGV"), HasSubstr("x.onnx.checkpoint holds the training so far")));
}

TEST_F(RetrainEnds, SilenceIsNoSuccess) {
  const Outcome silent = with_child("exit 9");
  EXPECT_EQ(silent.code, 5);
  EXPECT_THAT(silent.err, HasSubstr("mho-train ended with code 9 without a message"));
  const Outcome told = with_child("echo '{\"error\": \"the reason\"}'; exit 3");
  EXPECT_EQ(told.code, 3);
  EXPECT_THAT(told.err, HasSubstr("the reason"));
}

TEST_F(RetrainEnds, SuccessWithoutAFileIsNone) {
  const Outcome nothing = with_child("exit 0");
  EXPECT_EQ(nothing.code, 5);
  EXPECT_THAT(nothing.err, HasSubstr("did not write x.onnx"));
  write("x.onnx", "of last week");
  EXPECT_EQ(with_child("exit 0").code, 5);
}

/// With its reason and the code of the command, where there is a database.
TEST_F(RetrainEnds, ARefusedTrainingIsARow) {
  const auto train = [&](const std::string& child, const std::vector<std::string>& more) {
    make_child(child);
    std::vector<std::string> line{"retrain", strokes_network, "--out", "x.onnx", "--threads", "1", "--db", "results.db"};
    line.insert(line.end(), more.begin(), more.end());
    return finish(start((folder_ / "bin/mho").string(), line));
  };
  const std::vector<std::string> small{"--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2"};
  EXPECT_EQ(train("exit 0", small).code, 4);
  EXPECT_FALSE(exists("results.db"));
  ASSERT_EQ(mho({"simulate"}).code, 0);
  EXPECT_EQ(train("exit 0", small).code, 4);
  EXPECT_EQ(train("echo '{\"error\": \"the reason\"}'; exit 3", {}).code, 3);
  EXPECT_EQ(
      mho({"db", "query", "SELECT training, ended, exit_code, instr(reason, '2 are missing') > 0 AS small FROM v_training", "--format", "csv"}).out,
      "training,ended,exit_code,small\n1,failed,4,1\n2,failed,3,0\n");
  EXPECT_THAT(mho({"db", "show", "training:2"}).out, HasSubstr("the reason"));
  EXPECT_EQ(mho({"db", "check"}).code, 0);
}

/// The child here is ended by the signal, as a training is by a second signal.
TEST_F(RetrainEnds, AnInterruptedCommandTrainsNothingMore) {
  make_child("echo >> started\nexec sleep 100");
  const std::vector<std::vector<std::string>> lines{{"sweep", strokes_network, "--data", "strokes", "--vary", "recipe.epochs=1,2"},
                                                    {"retrain", strokes_network, "--out", "x.onnx"}};
  for (const std::vector<std::string>& line : lines) {
    const pid_t pid = start((folder_ / "bin/mho").string(), line);
    for (int wait = 0; wait < 1200 && !exists("started"); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill(pid, SIGTERM);
    const Outcome outcome = finish(pid);
    EXPECT_EQ(outcome.code, 130) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("interrupted before the first step"));
    EXPECT_EQ(base::read_file((folder_ / "started").string()), "\n");
    fs::remove(folder_ / "started");
  }
}

class RetrainKilled : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    if (!fs::exists(fs::path(MHO_BINARY).parent_path() / "mho-train")) GTEST_SKIP() << "mho-train is not built";
    // Few samples, so that an epoch, and the checkpoint after it, takes milliseconds.
    constexpr unsigned samples = 60;
    std::vector<float> values, labels;
    for (unsigned i = 0; i < samples; ++i) {
      for (unsigned pixel = 0; pixel < 256; ++pixel) values.push_back(pixel / 16 == i % 10 ? 0.9F : 0.1F);
      labels.push_back(static_cast<float>(i % 10));
    }
    write("x.npy", npy<float>("<f4", "(" + std::to_string(samples) + ", 1, 16, 16)", values));
    write("y.npy", npy<float>("<f4", "(" + std::to_string(samples) + ",)", labels));
    write("data.yaml", "test: {inputs: x.npy, labels: y.npy, format: npy}\ntraining: {inputs: x.npy, labels: y.npy, format: npy}\n");
  }
  [[nodiscard]] pid_t start_training(const std::string& out, int epochs) const {
    return start(MHO_BINARY, {"retrain", strokes_network, "--data", "data.yaml", "--threads", "1", "--recipe-set", "epochs=" + std::to_string(epochs),
                              "--recipe-set", "validation.repeats=1", "--out", out});
  }
  [[nodiscard]] std::string bytes(const std::string& name) const { return base::read_file((folder_ / name).string()); }
  void wait_for(const std::string& name) const {
    for (int wait = 0; wait < 1200 && !exists(name); ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(exists(name));
  }
  /// With a network that is any good, or none: what counts here are its bits.
  static void expect_trained(int code) { EXPECT_THAT(code, testing::AnyOf(0, 5)); }
  /// Kills `count` trainings with one output at random moments and lets the last one end: the bits are those of an undisturbed one.
  void kill_often(int count) const {
    constexpr int epochs = 150;
    const auto begin = std::chrono::steady_clock::now();
    expect_trained(finish(start_training("whole.onnx", epochs)).code);
    const auto whole = std::chrono::steady_clock::now() - begin;
    std::mt19937 random(7);
    for (int i = 0; i < count; ++i) {
      const pid_t parent = start_training("parts.onnx", epochs);
      std::this_thread::sleep_for(whole * (random() % 100) / 120);
      const std::vector<pid_t> children = children_of(parent);
      const bool the_child = random() % 2 == 0;
      for (const pid_t child : children) kill(child, SIGKILL);
      if (!the_child) kill(parent, SIGKILL);
      int status = 0;
      waitpid(parent, &status, 0);
      if (exists("parts.onnx")) {
        EXPECT_EQ(bytes("whole.onnx"), bytes("parts.onnx"));
        fs::remove(folder_ / "parts.onnx");
      }
    }
    const Outcome last = finish(start_training("parts.onnx", epochs));
    expect_trained(last.code);
    EXPECT_EQ(bytes("whole.onnx"), bytes("parts.onnx"));
    EXPECT_FALSE(exists("parts.onnx.checkpoint"));
    for (const auto& entry : fs::directory_iterator(folder_)) {
      EXPECT_THAT(entry.path().filename().string(), AllOf(Not(HasSubstr(".part-")), Not(HasSubstr(".lock"))));
    }
  }
};

class RetrainKilledLong : public RetrainKilled {};

TEST_F(RetrainKilled, TheChildEndsWithItsParent) {
  for (const int number : {SIGKILL, SIGSEGV}) {
    const pid_t parent = start_training("x" + std::to_string(number) + ".onnx", 10000);
    wait_for("x" + std::to_string(number) + ".onnx.checkpoint");
    const std::vector<pid_t> children = children_of(parent);
    ASSERT_EQ(children.size(), 1U);
    kill(parent, number);
    int status = 0;
    waitpid(parent, &status, 0);
    wait_for_end(children[0]);
    EXPECT_FALSE(is_running(children[0]));
  }
}

TEST_F(RetrainKilled, TwoTrainingsWithOneOutput) {
  const pid_t one = start_training("x.onnx", 40);
  wait_for("x.onnx.lock");
  // The second has files of its own for its words.
  fs::create_directory(folder_ / "two");
  const pid_t two =
      start("/bin/sh",
            {"-c", "exec " MHO_BINARY " retrain " + strokes_network +
                       " --data data.yaml --threads 1 --recipe-set epochs=40 --recipe-set validation.repeats=1 --out x.onnx > two/out 2> two/err"});
  int status_one = 0, status_two = 0;
  waitpid(one, &status_one, 0);
  waitpid(two, &status_two, 0);
  expect_trained(WEXITSTATUS(status_one));
  EXPECT_EQ(WEXITSTATUS(status_two), 3);
  EXPECT_THAT(bytes("two/err"), HasSubstr("x.onnx: another process of mho is writing it"));
  EXPECT_FALSE(exists("x.onnx.lock"));
  expect_trained(finish(start_training("alone.onnx", 40)).code);
  EXPECT_EQ(bytes("x.onnx"), bytes("alone.onnx"));
}

TEST_F(RetrainKilled, AFolderThatCannotBeWrittenIsRefusedBeforeTheFirstStep) {
  for (const std::string& out : {std::string("missing/x.onnx"), std::string("/proc/x.onnx")}) {
    const Outcome outcome = finish(start_training(out, 10000));
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(out));
    EXPECT_THAT(outcome.err, Not(HasSubstr("epoch 1 ")));
  }
  fs::create_directory(folder_ / "closed");
  fs::permissions(folder_ / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  if (access((folder_ / "closed").c_str(), W_OK) == 0) return;  // as root
  EXPECT_EQ(finish(start_training("closed/x.onnx", 10000)).code, 3);
}

/// A sweep is killed once in each of its trainings. It continues from the checkpoint: no point is lost or stored twice, and the figures are the same.
TEST_F(RetrainKilled, ASweepThatIsKilledWhileItTrainsGoesOn) {
  const auto sweep = [](const std::string& db) {
    return std::vector<std::string>{"sweep",      strokes_network,
                                    "--data",     "data.yaml",
                                    "--db",       db,
                                    "--jobs",     "1",
                                    "--vary",     "recipe.epochs=90,120",
                                    "--vary",     "recipe.validation.repeats=1",
                                    "--vary",     "tile.adc.bits=6,8",
                                    "--accuracy", "--times",
                                    "1d",         "--repeats",
                                    "2",          "--samples",
                                    "60"};
  };
  const Outcome whole = mho(sweep("whole.db"));
  ASSERT_EQ(whole.code, 0) << whole.err;
  const fs::path networks = folder_ / "parts.db.networks";
  std::set<fs::path> interrupted;
  const auto fresh_checkpoint = [&] {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(networks, none)) {
      if (entry.path().extension() == ".checkpoint" && interrupted.insert(entry.path()).second) return true;
    }
    return false;
  };
  for (int training = 0; training < 2; ++training) {
    const pid_t pid = start(MHO_BINARY, sweep("parts.db"));
    bool found = false;
    while (!(found = fresh_checkpoint()) && is_running(pid)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(found);
    const std::vector<pid_t> children = children_of(pid);
    kill(pid, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    for (const pid_t child : children) wait_for_end(child);
  }
  const Outcome last = mho(sweep("parts.db"));
  EXPECT_EQ(last.code, 0) << last.err;
  for (const char* sql : {"SELECT count(*) AS points, count(DISTINCT number) AS numbers, count(run) AS runs FROM point",
                          "SELECT p.number, a.repeat, a.value FROM point p JOIN accuracy a ON a.run = p.run ORDER BY 1, 2"}) {
    EXPECT_EQ(mho({"db", "query", sql, "--db", "parts.db"}).out, mho({"db", "query", sql, "--db", "whole.db"}).out) << sql;
  }
  std::size_t trained = 0;
  for (const auto& entry : fs::directory_iterator(networks)) {
    EXPECT_EQ(entry.path().extension(), ".onnx") << "left there: " << entry.path();
    EXPECT_EQ(bytes(fs::relative(entry.path(), folder_)), bytes("whole.db.networks/" + entry.path().filename().string()));
    ++trained;
  }
  EXPECT_EQ(trained, 2U);
}

/// More bits of this converter are legal only with a longer time. A training gets both, although it depends on the bits alone.
TEST_F(RetrainKilled, ATrainingForEachChipGetsAllSettingsOfItsTiles) {
  const Outcome outcome = mho({"sweep", strokes_network, "--data", "data.yaml", "--jobs", "1", "--retrain-for", "each", "--set", "tile.adc.kind=cco",
                               "--set", "tile.adc.conversion_time=80 ns", "--vary", "recipe.epochs=1", "--vary", "recipe.validation.repeats=1",
                               "--vary", "tile.adc.bits/tile.adc.conversion_time=8/80 ns,9/200 ns,9/300 ns"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("3 evaluated now"), HasSubstr("0 refused"), HasSubstr("2 networks were retrained")));
  EXPECT_EQ(mho({"db", "query", "SELECT count(*) AS n FROM point WHERE exit_code <> 0", "--format", "csv"}).out, "n\n0\n");
}

TEST_F(RetrainKilled, ADamagedCheckpointIsRefusedByName) {
  const pid_t parent = start_training("x.onnx", 10000);
  wait_for("x.onnx.checkpoint");
  kill(parent, SIGTERM);
  EXPECT_EQ(finish(parent).code, 130);
  const std::string whole = bytes("x.onnx.checkpoint");
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
  for (const std::string& damaged :
       {std::string(), std::string("x"), whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1), flipped}) {
    write("x.onnx.checkpoint", damaged);
    const Outcome outcome = finish(start_training("x.onnx", 10000));
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("x.onnx.checkpoint: this checkpoint is damaged"));
  }
}

TEST_F(RetrainKilled, AFullDiskNamesCauseAndCheckpoint) {
  const auto limited = [&](int blocks, int epochs) {
    return shell("ulimit -f " + std::to_string(blocks) + "; exec $MHO retrain " + strokes_network +
                 " --data data.yaml --threads 1 --keep-checkpoint --out x.onnx --recipe-set epochs=" + std::to_string(epochs));
  };
  // Files of 50 KB at most: no checkpoint of 42 k weights fits.
  const Outcome none = limited(100, 2);
  EXPECT_EQ(none.code, 3) << none.err;
  EXPECT_THAT(none.err, AllOf(HasSubstr("x.onnx.checkpoint: cannot write this file: File too large"), HasSubstr("there is no checkpoint yet")));
  EXPECT_FALSE(exists("x.onnx.checkpoint"));
  expect_trained(limited(1 << 20, 2).code);
  const std::string checkpoint = bytes("x.onnx.checkpoint");
  const Outcome later = limited(100, 4);
  EXPECT_EQ(later.code, 3) << later.err;
  EXPECT_THAT(later.err, HasSubstr("the checkpoint before this one stays"));
  EXPECT_EQ(bytes("x.onnx.checkpoint"), checkpoint);
  // Finished by its checkpoint, but the network does not fit.
  fs::remove(folder_ / "x.onnx");
  const Outcome network = limited(100, 2);
  EXPECT_EQ(network.code, 3) << network.err;
  EXPECT_THAT(network.err, AllOf(HasSubstr("x.onnx: cannot write this file"), HasSubstr("x.onnx.checkpoint holds it")));
  EXPECT_FALSE(exists("x.onnx"));
  for (const auto& entry : fs::directory_iterator(folder_)) EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr(".part-")));
}

TEST_F(RetrainKilled, KilledAtAnyMomentItGoesOnToTheSameBits) { kill_often(3); }
TEST_F(RetrainKilledLong, ThirtyTimes) { kill_often(30); }

}  // namespace
}  // namespace mho::cli::test
