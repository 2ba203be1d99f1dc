#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NocTest : public CommandTest {
 protected:
  Outcome noc(std::vector<std::string> more) const {
    more.insert(more.begin(), {"noc", "--mesh", "4"});
    return mho(more);
  }
  static double number(const base::Json& json, const char* key) {
    const base::Json* member = json.find(key);
    if (member == nullptr) throw std::runtime_error(std::string("no ") + key);
    if (const auto* whole = std::get_if<std::int64_t>(&member->value())) return static_cast<double>(*whole);
    return std::get<double>(member->value());
  }
};

TEST_F(NocTest, OneLoadAsOneObject) {
  const Outcome outcome = noc({"--traffic", "neighbor", "--load", "0.02", "--packet", "1", "--json", "--seed", "3"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  EXPECT_TRUE(std::get<bool>(json.find("stable")->value()));
  // 9 of 16 nodes send over 3 routers, 6 around one edge over 5 and the corner over 7: on average 4, so 4 x 4 + 2 cycles.
  EXPECT_NEAR(number(json, "avg_packet_latency"), 18, 0.3);
  EXPECT_NEAR(number(json, "avg_network_latency"), number(json, "avg_packet_latency"), 0.1);
  EXPECT_NEAR(number(json, "avg_routers_traversed"), 4, 0.1);
  EXPECT_NEAR(number(json, "accepted_flits_node_cycle"), 0.02, 0.003);
  EXPECT_GE(number(json, "max_packet_latency"), 7 * 4 + 2);
  EXPECT_GE(number(json, "cycles"), 6000);
  EXPECT_NEAR(number(json, "flit_hops"), 4 * 0.02 * 16 * number(json, "cycles"), 0.1 * 4 * 0.02 * 16 * number(json, "cycles"));
  EXPECT_GT(number(json, "cpu_s"), 0);
  // The same figures where those of several loads stand.
  const auto& points = std::get<base::Json::Array>(json.find("points")->value());
  ASSERT_EQ(points.size(), 1U);
  for (const char* key :
       {"offered_flits_node_cycle", "avg_packet_latency", "avg_network_latency", "accepted_flits_node_cycle", "flit_hops", "cycles", "cpu_s"}) {
    EXPECT_EQ(number(points[0], key), number(json, key)) << key;
  }
  EXPECT_TRUE(std::get<bool>(points[0].find("stable")->value()));
}

TEST_F(NocTest, ACurveOverLoadsAndItsPlot) {
  const Outcome outcome = noc({"--load", "0.1, 0.5,0.9", "--svg", "curve.svg", "--seeds", "2", "--threads", "2"});
  EXPECT_THAT(outcome.out, HasSubstr("latency over load written to curve.svg\n"));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("uniform traffic in packets of 4 flits, 4x4 mesh"), HasSubstr("mean over 2 seeds"),
                                 HasSubstr("not stable"), HasSubstr("flit-hops/s")));
  EXPECT_THAT(base::read_file((folder_ / "curve.svg").string()), AllOf(HasSubstr("<svg"), HasSubstr("network latency"), Not(HasSubstr("nan"))));
  const base::Json json = base::Json::parse(noc({"--load", "0.1,0.5", "--json"}).out, "out");
  const auto& points = std::get<base::Json::Array>(json.find("points")->value());
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(json.find("avg_packet_latency"), nullptr) << "of which of the loads?";
  EXPECT_GT(number(points[1], "avg_packet_latency"), number(points[0], "avg_packet_latency"));
}

TEST_F(NocTest, FarBeyondSaturationThereIsNoLatency) {
  const Outcome outcome = mho({"noc", "--load", "0.6", "--mesh", "8", "--set", "noc.concentration=4", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  EXPECT_FALSE(std::get<bool>(json.find("stable")->value()));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(json.find("avg_packet_latency")->value()));
  EXPECT_GT(number(json, "accepted_flits_node_cycle"), 0.1);
  EXPECT_THAT(mho({"noc", "--load", "0.1,0.6", "--mesh", "8", "--set", "noc.concentration=4", "--svg", "c.svg"}).out, HasSubstr(" - "));
}

TEST_F(NocTest, ThePlotHoldsStableLoadsInOrder) {
  ASSERT_EQ(noc({"--load", "0.3,0.1,5e-1,0.2,0.9", "--svg", "c.svg"}).code, 0);
  const std::string svg = base::read_file((folder_ / "c.svg").string());
  EXPECT_THAT(svg, HasSubstr("not stable: 0.9"));
  const std::size_t path = svg.find(" d=\"M", svg.find("class=\"line curve\""));
  std::vector<double> xs;
  for (std::size_t at = path + 4; svg[at] == 'M' || svg[at] == 'L'; at = svg.find_first_of("L\"", at + 1))
    xs.push_back(std::stod(svg.substr(at + 1)));
  EXPECT_EQ(xs.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(xs));
  const Outcome none = noc({"--load", "0.95", "--svg", "none.svg"});
  EXPECT_EQ(none.code, 5);
  EXPECT_THAT(none.out, HasSubstr("not stable"));
  EXPECT_THAT(none.err, HasSubstr("no load was stable"));
  EXPECT_FALSE(exists("none.svg"));
}

TEST_F(NocTest, OptionsWinOverKeysAndSpeakForThemselves) {
  EXPECT_THAT(noc({"--vcs", "4", "--set", "noc.virtual_channels=1", "--load", "0.1"}).out, HasSubstr("4 virtual channels"));
  for (const char* size : {"8x", "8X8", "8,8", "0", "1", "2x2x2", "65"}) {
    const Outcome outcome = mho({"noc", "--mesh", size, "--load", "0.1"});
    EXPECT_EQ(outcome.code, 2) << size;
    EXPECT_THAT(outcome.err, AllOf(HasSubstr(std::string("--mesh ") + size), HasSubstr("such as 8x8"))) << size;
  }
}

TEST_F(NocTest, Variants) {
  EXPECT_THAT(noc({"--load", "0.1", "--set", "noc.topology=torus", "--set", "noc.concentration=2"}).out,
              HasSubstr("2x4 torus of routers with 2 nodes each"));
  EXPECT_THAT(noc({"--load", "0.1", "--set", "noc.routing=west_first"}).out, HasSubstr("west-first routing"));
  EXPECT_THAT(noc({"--set", "noc.topology=torus", "--vcs", "1"}).err, HasSubstr("noc.virtual_channels"));
}

TEST_F(NocTest, GatedRoutersSleepWhereLittleMoves) {
  const auto at = [&](const char* rate, const char* gating) {
    const Outcome outcome = noc({"--load", rate, "--set", std::string("noc.power_gating=") + gating, "--json"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return base::Json::parse(outcome.out, "out");
  };
  const base::Json idle = at("0.002", "on"), idle_on = at("0.002", "off"), busy = at("0.5", "on");
  EXPECT_NEAR(number(idle, "avg_packet_latency"), number(idle_on, "avg_packet_latency") + 8 * number(idle, "avg_routers_traversed"), 2);
  EXPECT_GT(number(idle, "gated_share"), 0.9);
  EXPECT_LT(number(busy, "gated_share"), 0.3);
  EXPECT_GT(number(idle, "wakes"), 0);
  EXPECT_EQ(idle_on.find("gated_share"), nullptr);
  const Outcome table = noc({"--load", "0.01,0.1", "--set", "noc.power_gating=on"});
  EXPECT_THAT(table.out, AllOf(HasSubstr("gated after 4 idle cycles and awake in 8"), HasSubstr(" gated")));
}

TEST_F(NocTest, SameNumbersForAnyNumberOfThreads) {
  const std::vector<std::string> arguments{"--load", "0.1,0.4", "--seeds", "3", "--traffic", "hotspot", "--all-classes", "--threads"};
  auto one = arguments, two = arguments;
  one.emplace_back("1");
  two.emplace_back("2");
  const auto table = [](const std::string& text) { return text.substr(0, text.find("processor time")).substr(0, text.rfind(" in ")); };
  EXPECT_EQ(table(noc(one).out), table(noc(two).out));
}

TEST_F(NocTest, TheDesignCounts) {
  const auto latency = [&](std::vector<std::string> more) {
    more.insert(more.end(), {"--load", "0.01", "--packet", "1", "--json"});
    return number(base::Json::parse(noc(more).out, "out"), "avg_packet_latency");
  };
  const double usual = latency({});
  EXPECT_NEAR(latency({"--set", "noc.router_stages=5"}) - usual, 3.5, 0.2);  // routers on the way
  EXPECT_NEAR(usual - latency({"--stages", "3"}), 3.5, 0.2);
  write("chip.yaml", "noc: {router_stages: 5}\n");
  EXPECT_NEAR(latency({"--design", "chip.yaml"}) - usual, 3.5, 0.2);
}

TEST_F(NocTest, Mistakes) {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string says;
  };
  const std::vector<Mistake> mistakes{
      {{"--traffic", "unifrom"}, 2, "did you mean uniform?"},
      {{"--load", "fast"}, 2, "'fast' is no load"},
      {{"--load", "0.1,,0.2"}, 2, "'' is no load"},
      {{"--load", "-0.1"}, 2, "-0.1"},
      {{"--load", "4.5"}, 2, "at most one packet of 4 flits a cycle"},
      {{"--load", "0.2", "--packet", "0"}, 2, "--packet"},
      {{"--hotspot-share", "2"}, 2, "hotspot-share"},
      {{"--vcs", "17"}, 2, "--vcs 17: a whole number from 1 to 16"},
      {{"--stages", "6"}, 2, "--stages 6: a whole number from 3 to 5"},
      {{"--depth", "0"}, 2, "--depth"},
      {{"--seeds", "0"}, 2, "--seeds"},
      {{"--load", "1e-7", "--windows", "1", "--window", "10"}, 5, "no packet"},
      {{"--svg", "missing/curve.svg"}, 3, "missing/curve.svg"},
      {{"--set", "noc.depth=3"}, 3, "noc."},
      {{"--set", "noc.concentration=3"}, 3, "noc.concentration = 3 is not one of the legal numbers: legal is 1, 2 or 4"},
      {{"--loads", "0.1"}, 2, "did you mean --load?"},
  };
  for (const Mistake& mistake : mistakes) {
    const Outcome outcome = noc(mistake.arguments);
    EXPECT_EQ(outcome.code, mistake.code) << mistake.says;
    EXPECT_THAT(outcome.err, HasSubstr(mistake.says));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_THAT(mho({"noc", "--mesh", "4x5x6"}).err, HasSubstr("columns and rows"));
  EXPECT_THAT(mho({"noc", "--mesh", "4x8", "--traffic", "transpose"}).err, HasSubstr("square"));
  EXPECT_EQ(mho({"noc", "--mesh", "100"}).code, 2);
}

}  // namespace
}  // namespace mho::cli::test
