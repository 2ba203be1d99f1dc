#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>

#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

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
  EXPECT_THAT(study("--claims 9").err, HasSubstr("no claim 9"));
  EXPECT_THAT(shell(std::string("'") + MHO_PYTHON + "' '" + script + "' --mho ./nowhere").err, HasSubstr("nowhere"));
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
