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
  [[nodiscard]] std::chrono::microseconds shortest(const std::string& program, const std::vector<std::string>& arguments) const {
    constexpr int starts = 20;
    std::vector<std::chrono::microseconds> times;
    for (int i = 0; i < starts; ++i) {
      const Outcome outcome = finish(start(program, arguments));
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
  // Where the machine takes long to start anything, as virtual ones with costly page faults do, twelve times an empty program.
  constexpr int empty_programs = 12;
  const auto limit = std::max(std::chrono::microseconds(milliseconds(10)), empty_programs * shortest("/bin/true", {}));
  const auto version = shortest(MHO_BINARY, {"--version"}), help = shortest(MHO_BINARY, {"--help"}),
             described = shortest(MHO_BINARY, {"describe", "tile.adc"});
  RecordProperty("version_us", static_cast<int>(version.count()));
  EXPECT_LT(version, limit) << version.count() << " us for mho --version";
  EXPECT_LT(help, limit) << help.count() << " us for mho --help";
  EXPECT_LT(described, limit) << described.count() << " us for mho describe";
}

}  // namespace
}  // namespace mho::cli::test
