#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <stdexcept>

#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string script = MHO_SOURCE_DIR "/examples/study/study.py";

/// The study's script, on the smallest of its networks.
class StudyData : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    if (std::getenv("MHO_DATA") == nullptr) GTEST_SKIP() << "MHO_DATA is not set";
    if (std::string(MHO_PYTHON).empty()) GTEST_SKIP() << "there is no Python 3";
    if (!std::filesystem::exists(std::filesystem::path(MHO_BINARY).parent_path() / "mho-train")) GTEST_SKIP() << "mho-train is not built";
  }
  [[nodiscard]] Outcome study(const std::string& options) const {
    return shell(std::string("'") + MHO_PYTHON + "' '" + script + "' --mho \"$MHO\" --quick --networks fsdd_gru " + options);
  }
  [[nodiscard]] std::string document() const { return base::read_file((folder_ / "study.md").string()); }
};

TEST_F(StudyData, RecoversByRetrainingAndRepeatsNothing) {
  const Outcome first = study("--claims 1,5");
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("claim 1: 5 of 5 commands to run"));
  const std::string tables = document();
  EXPECT_THAT(tables, HasSubstr("retrained on tiles"));
  // Points of accuracy won at one second, hour, day and year; even a short training keeps some of what a year takes.
  std::smatch won;
  ASSERT_TRUE(std::regex_search(tables, won, std::regex(R"(won by retraining \(%\) \|[^|]*\|[^|]*\|[^|]*\| ([+-][0-9.]+))"))) << tables;
  EXPECT_GT(std::stod(won[1]), 0.0);
  // Drift without compensation ruins the network, with it not.
  std::smatch kept, lost;
  ASSERT_TRUE(std::regex_search(tables, kept, std::regex(R"(\| global \|.*\| ([0-9.]+) % \|)"))) << tables;
  ASSERT_TRUE(std::regex_search(tables, lost, std::regex(R"(\| none \|.*\| (-?[0-9.]+) % \|)"))) << tables;
  EXPECT_GT(std::stod(kept[1]), std::stod(lost[1]) + 5);

  const Outcome second = study("--claims 1,5");
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.err, Not(HasSubstr("commands to run")));
  EXPECT_EQ(document(), tables);
  // One of the results is lost: that one alone is made again, to the same numbers.
  ASSERT_EQ(shell("rm \"$(ls study/*.json | head -1)\"").code, 0);
  const Outcome third = study("--claims 1,5");
  EXPECT_THAT(third.err, HasSubstr(": 1 of "));
  EXPECT_EQ(document(), tables);
}

TEST_F(StudyData, SaysWhatIsWrong) {
  EXPECT_THAT(shell(std::string("'") + MHO_PYTHON + "' '" + script + "' --mho \"$MHO\" --networks alexnet").err,
              HasSubstr("no network alexnet; there are"));
  EXPECT_THAT(study("--claims 99").err, HasSubstr("no claim 99"));
  EXPECT_THAT(shell(std::string("'") + MHO_PYTHON + "' '" + script + "' --mho ./nowhere").err, HasSubstr("nowhere"));
}

TEST_F(StudyData, StaysWithinItsBudget) {
  const auto minutes = [&](const std::string& options) {
    const Outcome outcome = shell(std::string("'") + MHO_PYTHON + "' '" + script + "' --mho \"$MHO\" --list --workers 2 " + options);
    std::smatch found;
    if (!std::regex_search(outcome.err, found, std::regex("budget: ([0-9.]+) (h|min)"))) throw std::runtime_error(outcome.err);
    return std::stod(found[1]) * (found[2] == "h" ? 60 : 1);
  };
  const double whole = minutes(""), quick = minutes("--quick"), measured = minutes("--post-training");
  EXPECT_LE(whole, 24 * 60);
  EXPECT_LE(quick, 10);
  EXPECT_GT(whole, 10 * quick);
  // Most of the time goes into training.
  EXPECT_LT(measured, whole / 2);
}

TEST_F(StudyData, ChoosesOnValidationDataAndThenScoresOnce) {
  const Outcome first = study("--claims 9");
  ASSERT_EQ(first.code, 0) << first.err;
  // Trainings of two folds, then the float references, and the test samples only when every choice is made.
  const std::size_t chosen = first.err.rfind("fine-tuned in float, seed 1"), scored = first.err.find("for a verdict");
  ASSERT_NE(chosen, std::string::npos);
  ASSERT_NE(scored, std::string::npos);
  EXPECT_LT(chosen, scored);
  EXPECT_THAT(document(), AllOf(HasSubstr("fsdd_gru, 1200 samples"), HasSubstr("(reference)"), HasSubstr("reached")));
  EXPECT_THAT(study("--claims 9").err, Not(HasSubstr("commands to run")));
}

TEST_F(StudyData, NamesTheCheapestMeasureThatSuffices) {
  const Outcome outcome = study("--claims 10 --post-training");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, Not(HasSubstr("fine-tuned in float, seed")));
  const std::string tables = document();
  EXPECT_THAT(tables,
              AllOf(HasSubstr("fsdd_gru (original) | 1 h |"), HasSubstr("| reprogrammed every day |"), HasSubstr("noisiest quarter digital")));
  // Twelve measures and daily reprogramming; four pairs draw more current than one.
  std::smatch energy;
  ASSERT_TRUE(std::regex_search(tables, energy, std::regex(R"(\| 4 pairs \|[^|]*\|[^|]*\|[^|]*\|[^|]*\| [0-9.]+ \| ([0-9.]+) \|)"))) << tables;
  EXPECT_GT(std::stod(energy[1]), 1);
}

TEST_F(StudyData, QuantilesAreStudents) {
  const Outcome outcome =
      shell(std::string("cd '") + MHO_SOURCE_DIR + "/examples/study' && PYTHONDONTWRITEBYTECODE=1 '" + MHO_PYTHON +
            "' -c 'from statistics_of import *; print(*[round(student_t(n), 3) for n in (1, 4, 9, 24)], Difference([1, 2, 3], [0, 1, 3]).text())'");
  // Tables of the distribution; 0.667 +- 4.303 / 3 = 1.434.
  EXPECT_EQ(outcome.out, "12.706 2.776 2.262 2.064 +0.67 ± 1.43 (undecided)\n") << outcome.err;
}

}  // namespace
}  // namespace mho::cli::test
