#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "analysis/store/store.h"
#include "tests/analysis/store/fixture.h"

namespace mho::analysis {
namespace {

class TrainingRowsTest : public test::DatabaseTest {
 protected:
  /// Two epochs of a training of the built-in network, not run.
  [[nodiscard]] static TrainingRecord record(const std::string& out) {
    TrainingRecord made;
    made.job = job(out);
    made.epochs = {{1, 0.5, 0.8, 1e-3, 1, 2, {0.7, 0.6}}, {2, 0.25, 0.9, 5e-4, 2, 3, {0.9, std::numeric_limits<double>::quiet_NaN()}}};
    made.wall_s = 12.5;
    made.before = ScoreRecord{0.5, 0.4};
    made.after = ScoreRecord{0.875, 0.75};
    made.samples = 1000;
    made.kept_epoch = 2;
    made.out_hash = "abc";
    return made;
  }
  [[nodiscard]] static TrainingRecord interrupted(const std::string& out) {
    TrainingRecord made = record(out);
    made.end = TrainingEnd::interrupted;
    made.epochs.pop_back();
    made.after.reset();
    made.kept_epoch = 0;
    made.out_hash.clear();
    return made;
  }
  [[nodiscard]] static TrainingJob job(const std::string& out) {
    TrainingJob made;
    made.network = MHO_STORE_DATA "/../../../../examples/default_network/strokes.onnx";
    made.recipe_set = {"epochs=2"};
    made.out = out;
    made.threads = 1;
    return made;
  }
  std::int64_t add(const TrainingRecord& record) const { return Store(path_).add(inputs_, record, "0.2.0", "mho retrain", {}); }

  TrainingInputs inputs_ = read_inputs(job("x.onnx"), false);
};

TEST_F(TrainingRowsTest, HoldTheCourseAndTheEnd) {
  EXPECT_EQ(add(record("x.onnx")), 1);
  EXPECT_EQ(query("SELECT ended || kept_epoch || float_before || tiles_before || float_after || tiles_after FROM v_training"),
            "finished20.50.40.8750.75");
  EXPECT_EQ(query("SELECT judged_by || ' ' || samples || ' ' || repeats || ' ' || age_s FROM training_end"),
            "stroke digits (seed 2024, split 2), held out 1000 3 3600.0");
  EXPECT_EQ(query("SELECT group_concat(epoch || ':' || in_float || ':' || coalesce(on_tiles, 'none')) FROM epoch_score"), "1:0.7:0.6,2:0.9:none");
  EXPECT_EQ(query("SELECT wall_s || out_hash FROM training"), "12.5abc");
}

TEST_F(TrainingRowsTest, AnInterruptedTrainingIsARowUntilItGoesOn) {
  EXPECT_EQ(add(interrupted("x.onnx")), 1);
  EXPECT_EQ(query("SELECT ended || (kept_epoch IS NULL) || (float_after IS NULL) || count(*) FROM training_end"), "interrupted111");
  // Of another output, which stays, and a finished one.
  add(interrupted("other.onnx"));
  add(record("x.onnx"));
  EXPECT_EQ(query("SELECT group_concat(out || ' ' || ended, ', ') FROM (SELECT * FROM v_training ORDER BY out)"),
            "other.onnx interrupted, x.onnx finished");
  // Finished ones stay beside each other.
  add(record("x.onnx"));
  EXPECT_EQ(query("SELECT count(*) FROM training WHERE out = 'x.onnx'"), "2");
  EXPECT_EQ(query("SELECT count(*) FROM pragma_foreign_key_check"), "0");
}

TEST_F(TrainingRowsTest, ARuinedNetworkIsCalledSo) {
  TrainingRecord made = record("x.onnx");
  EXPECT_EQ(ruin(inputs_, made), "");
  // Nine tenths of what 0.4 is better than guessing, which is 0.1.
  made.after = ScoreRecord{0.9, 0.3701};
  EXPECT_EQ(ruin(inputs_, made), "");
  made.after = ScoreRecord{0.9, 0.3699};
  EXPECT_EQ(ruin(inputs_, made), "is far worse on tiles than the network it began with");
  made.before.reset();
  EXPECT_EQ(ruin(inputs_, made), "");
  made.after = ScoreRecord{0.9, 0.105};
  EXPECT_EQ(ruin(inputs_, made), "is no better than guessing on tiles");
}

}  // namespace
}  // namespace mho::analysis
