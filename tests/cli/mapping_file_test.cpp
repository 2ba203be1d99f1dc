// --save and --mapping: the chip and the accuracy of a mapping that came from a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MappingFileTest : public CommandTest {
 protected:
  /// What --json prints, without what two equal runs differ in.
  static std::string figures(const std::string& out) {
    base::Json json = base::Json::parse(out, "out"), kept;
    for (const auto& [key, value] : std::get<base::Json::Object>(json.value())) {
      if (key != "command" && key != "run" && key != "warnings" && key.find("wall") == std::string::npos) kept[key] = value;
    }
    return kept.dump(2);
  }
  /// A verb on the network with copies, with its data or without.
  [[nodiscard]] std::vector<std::string> copied(const std::vector<std::string>& verb, bool with_data) const {
    std::vector<std::string> line = on_large_chip({"simulate"}, with_data);
    line.insert(line.end(), {"--set", "mapper.copies=2"});
    line.front() = verb.front();
    line.insert(line.end(), verb.begin() + 1, verb.end());
    return line;
  }
  std::string good(const std::vector<std::string>& line) const {
    const Outcome outcome = mho(line);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  }
};

/// The chip that computes has the same bits as the accuracy path, and the same cycles as before.
TEST_F(MappingFileTest, ALoadedMappingHasTheSameBitsAndCycles) {
  const std::vector<std::string> verb{"simulate", "--functional", "--inferences", "3", "--calibration", "50", "--json"};
  std::vector<std::string> save = copied(verb, true), load = save;
  save.insert(save.end(), {"--save", "mapping.json"});
  load.insert(load.end(), {"--mapping", "mapping.json"});
  const std::string first = good(save);
  // Two copies of the design are not asked for any more: the file has them.
  const Outcome second = mho(load);
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.err, HasSubstr("warning: the mapping is that of mapping.json (--mapping)"));
  EXPECT_EQ(figures(second.out), figures(first));
  EXPECT_THAT(first, HasSubstr("\"equal_bits\": true"));
}

/// map, simulate and run save the same mapping, and accuracy with it is what it was.
TEST_F(MappingFileTest, EveryVerbSavesAndLoadsTheSameMapping) {
  good(copied({"map", "--save", "map.json"}, false));
  good(copied({"simulate", "--save", "simulate.json"}, false));
  const std::vector<std::string> verb{"run", "--times", "1s", "--repeats", "2", "--samples", "30", "--json"};
  std::vector<std::string> save = copied(verb, true), load = save;
  save.insert(save.end(), {"--save", "run.json"});
  load.insert(load.end(), {"--mapping", "map.json"});
  EXPECT_EQ(figures(good(load)), figures(good(save)));
  const auto bytes = [&](const char* name) { return base::read_file((folder_ / name).string()); };
  EXPECT_EQ(bytes("simulate.json"), bytes("map.json"));
  EXPECT_EQ(bytes("run.json"), bytes("map.json"));
  std::vector<std::string> again = copied({"map", "--mapping", "run.json", "--save", "again.json"}, false);
  good(again);
  EXPECT_EQ(bytes("again.json"), bytes("map.json"));
}

/// Other copies than the design asks for: the Layout of accuracy and chip is the file's.
TEST_F(MappingFileTest, TheFileDecidesNotTheDesign) {
  good(copied({"map", "--save", "two.json"}, false));
  const base::Json given = base::Json::parse(good(on_large_chip({"simulate", "--mapping", "two.json", "--json"}, false)), "given"),
                   copies = base::Json::parse(good(copied({"simulate", "--json"}, false)), "copies"),
                   single = base::Json::parse(good(on_large_chip({"simulate", "--json"}, false)), "single");
  for (const char* key : {"interval_s", "latency_s", "tiles", "energy_per_inference_j"}) {
    EXPECT_EQ(given.find(key)->dump(), copies.find(key)->dump()) << key;
    EXPECT_NE(given.find(key)->dump(), single.find(key)->dump()) << key;
  }
}

TEST_F(MappingFileTest, AnEditIsCheckedWithFileLineAndKey) {
  good(copied({"map", "--save", "mapping.json"}, false));
  std::string text = base::read_file((folder_ / "mapping.json").string());
  write("broken.json", std::regex_replace(text, std::regex(R"("copy": 1)"), "\"copy\": 0"));
  for (const char* verb : {"map", "simulate"}) {
    const Outcome outcome = mho(copied({verb, "--mapping", "broken.json"}, false));
    EXPECT_EQ(outcome.code, 3) << verb;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr("broken.json:"), HasSubstr("'blocks'"), HasSubstr("each weight lies in one block"))) << verb;
  }
  EXPECT_EQ(mho(copied({"map", "--mapping", "none.json"}, false)).code, 3);
  EXPECT_THAT(mho(copied({"map", "--mapping", "mapping.json", "--save", "mapping.json"}, false)).err, HasSubstr("mapping.json"));
  EXPECT_EQ(mho(copied({"map", "--mapping", "mapping.json", "--improve"}, false)).code, 2);
}

}  // namespace
}  // namespace mho::cli::test
