#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

class StartupLong : public CommandTest {
 protected:
  /// Processor time of the shortest of several starts: what others do on the machine only lengthens them.
  [[nodiscard]] std::chrono::microseconds shortest(const std::vector<std::string>& arguments) const {
    constexpr int starts = 20;
    std::vector<std::chrono::microseconds> times;
    for (int i = 0; i < starts; ++i) {
      const Outcome outcome = mho(arguments);
      times.push_back(outcome.processor);
      EXPECT_EQ(outcome.code, 0) << outcome.err;
    }
    return *std::ranges::min_element(times);
  }
};

TEST_F(StartupLong, TakesNoTime) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take their own time to start";
#endif
  using std::chrono::milliseconds;
  const auto version = shortest({"--version"}), help = shortest({"--help"}), described = shortest({"describe", "tile.adc"});
  RecordProperty("version_us", static_cast<int>(version.count()));
  EXPECT_LT(version, milliseconds(10)) << version.count() << " us for mho --version";
  EXPECT_LT(help, milliseconds(10)) << help.count() << " us for mho --help";
  EXPECT_LT(described, milliseconds(10)) << described.count() << " us for mho describe";
}

}  // namespace
}  // namespace mho::cli::test
