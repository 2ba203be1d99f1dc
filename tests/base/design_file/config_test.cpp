#include "base/design_file/config.h"

#include <rapidcheck.h>

#include <cmath>
#include <fstream>
#include <stdexcept>

#include "base/error.h"
#include "base/json.h"
#include "tests/base/expect_error.h"

namespace mho::base {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Declarations chip() {
  return {
      {"tile.adc.bits", ValueType::integer, "", std::int64_t{8}, 2, 16, {"ideal"}, "Resolution.", "test"},
      {"tile.adc.time", ValueType::real, "ns", 40.0, 1, 1000, {}, "Conversion time.", "test"},
      {"tile.dac.bits", ValueType::integer, "", std::int64_t{8}, 1, 16, {}, "Resolution.", "test"},
      {"tile.conductance", ValueType::real, "uS", 25.0, 0, 100, {"off", "none"}, "Largest conductance.", "test"},
      {"tile.spread", ValueType::real, "", 0.02, 0, 1, {}, "Relative spread.", "test"},
      {"tile.wear", ValueType::boolean, "", false, -infinity, infinity, {}, "Whether devices wear out.", "test"},
      {"tile.mode", ValueType::choice, "", std::string("on"), -infinity, infinity, {"on", "off", "auto"}, "Mode.", "test"},
      {"chip.clock", ValueType::real, "GHz", 1.0, 0.001, 10, {}, "Clock.", "test"},
      {"chip.buffer", ValueType::integer, "B", std::int64_t{65536}, 1, infinity, {}, "Buffer.", "test"},
      {"chip.area", ValueType::real, "um2", 4.0, 0, infinity, {}, "Area.", "test"},
      {"chip.odd", ValueType::real, "LSB", 0.5, -infinity, infinity, {}, "A unit of its own.", "test"},
      {"chip.name", ValueType::text, "", std::string("default"), -infinity, infinity, {}, "Name.", "test"},
  };
}

TEST(Config, NumbersThatAreNotAllOfARange) {
  const Declaration shared{"noc.shared", ValueType::integer, "", std::int64_t{1}, 1, 4, {}, "Nodes of a router.", "test", {1, 2, 4}};
  EXPECT_EQ(legal_text(shared), "1, 2 or 4");
  Config config(Declarations{shared});
  config.set("noc.shared=4");
  EXPECT_EQ(config.integer("noc.shared"), 4);
  EXPECT_THAT(user_error([&] { config.set("noc.shared=3"); }),
              testing::HasSubstr("noc.shared = 3 is not one of the legal numbers: legal is 1, 2 or 4"));
  EXPECT_THAT(user_error([&] { config.set("noc.shared=5"); }), testing::HasSubstr("noc.shared = 5 is out of range: legal is 1, 2 or 4"));
  Declaration wrong = shared;
  wrong.type = ValueType::real;
  EXPECT_THROW(Config(Declarations{wrong}), std::logic_error);
  wrong = shared;
  wrong.default_value = std::int64_t{3};
  EXPECT_THROW(Config(Declarations{wrong}), std::logic_error);
}

Config loaded(const std::string& text) {
  Config config(chip());
  config.load_text(text, "x.yaml");
  return config;
}

std::string refusal(const std::string& text) {
  return user_error([&] { loaded(text); });
}

std::string set_refusal(const std::string& text) {
  return user_error([&] {
    Config config(chip());
    config.set(text);
  });
}

/// "key=number" with every bit of the number.
std::string assignment(const std::string& key, double number) { return key + "=" + Json(number).dump(); }

TEST(Config, EveryKeyHasItsDefault) {
  const Config config(chip());
  EXPECT_EQ(config.integer("tile.adc.bits"), 8);
  EXPECT_EQ(config.real("tile.adc.time"), 40.0);
  EXPECT_EQ(config.word("tile.mode"), "on");
  EXPECT_FALSE(config.boolean("tile.wear"));
  EXPECT_EQ(config.origin("tile.mode").text(), "default");
}

TEST(Config, NestedAndDottedKeysMeanTheSame) {
  for (const char* text : {"tile:\n  adc:\n    bits: 6\n", "tile.adc.bits: 6", "tile: {adc.bits: 6}", "tile.adc: {bits: 6}"}) {
    EXPECT_EQ(loaded(text).integer("tile.adc.bits"), 6) << text;
  }
  EXPECT_EQ(loaded("tile: {adc: {bits: 6}}\ntile.adc: {time: 7}").real("tile.adc.time"), 7.0);
}

TEST(Config, EmptyDocumentsAndEmptySectionsChangeNothing) {
  const std::string before = Config(chip()).json();
  for (const char* text : {"", "# nothing\n", "---\n", "tile:\n", "tile:\n  adc:\n    # bits: 3\n", "tile: {}"})
    EXPECT_EQ(loaded(text).json(), before);
}

TEST(Config, NumbersCarryUnits) {
  EXPECT_DOUBLE_EQ(loaded("tile.adc.time: 0.25 us").real("tile.adc.time"), 250.0);
  EXPECT_EQ(loaded("tile.adc.time: 250ns").real("tile.adc.time"), 250.0);
  EXPECT_EQ(loaded("tile.conductance: 25uS").real("tile.conductance"), 25.0);
  EXPECT_EQ(loaded("tile.conductance: 0.025 mS").real("tile.conductance"), 25.0);
  EXPECT_EQ(loaded("tile.conductance: 25 \u00b5S").real("tile.conductance"), 25.0);
  EXPECT_EQ(loaded("tile.spread: 2 %").real("tile.spread"), 0.02);
  EXPECT_EQ(loaded("tile.spread: 30%").real("tile.spread"), 0.3);
  EXPECT_EQ(loaded("chip.clock: 1.2 GHz").real("chip.clock"), 1.2);
  EXPECT_EQ(loaded("chip.clock: 1200 MHz").frequency("chip.clock").si(), 1.2e9);
  EXPECT_EQ(loaded("chip.buffer: 16 KiB").integer("chip.buffer"), 16384);
  EXPECT_EQ(loaded("chip.buffer: 16 kB").integer("chip.buffer"), 16000);
  EXPECT_EQ(loaded("chip.buffer: 1e3").integer("chip.buffer"), 1000);
  EXPECT_EQ(loaded("chip.buffer: 1.5 KiB").integer("chip.buffer"), 1536);
  EXPECT_EQ(loaded("chip.area: 0.5 mm2").real("chip.area"), 5e5);
  EXPECT_EQ(loaded("chip.odd: 3 LSB").real("chip.odd"), 3.0);
  EXPECT_EQ(loaded("tile.adc.time: '40 ns'").real("tile.adc.time"), 40.0);
}

TEST(Config, QuantitiesAreInSi) {
  const Config config = loaded("tile.adc.time: 40\ntile.conductance: 25\nchip.area: 4");
  EXPECT_EQ(config.si("tile.adc.time"), 40e-9);
  EXPECT_EQ(config.duration("tile.adc.time").si(), 40e-9);
  EXPECT_EQ(config.conductance("tile.conductance").si(), 25e-6);
  EXPECT_EQ(config.area("chip.area").si(), 4e-12);
  EXPECT_EQ(config.si("tile.spread"), 0.02);
  EXPECT_EQ(config.si("tile.adc.bits"), 8.0);
}

TEST(Config, WordsOfYaml11) {
  EXPECT_EQ(loaded("tile.mode: off").word("tile.mode"), "off");
  EXPECT_EQ(loaded("tile.mode: 'on'").word("tile.mode"), "on");
  EXPECT_EQ(loaded("tile.conductance: off").word("tile.conductance"), "off");
  for (const char* yes : {"true", "True", "yes", "on", "ON", "'true'"}) {
    EXPECT_TRUE(loaded(std::string("tile.wear: ") + yes).boolean("tile.wear")) << yes;
  }
  for (const char* no : {"false", "No", "off"}) EXPECT_FALSE(loaded(std::string("tile.wear: ") + no).boolean("tile.wear")) << no;
  EXPECT_EQ(loaded("chip.name: 1e3").word("chip.name"), "1e3");
  EXPECT_EQ(loaded("chip.name: ''").word("chip.name"), "");
}

TEST(Config, NumbersMayTakeWords) {
  const Config config = loaded("tile: {adc: {bits: ideal}, conductance: off}");
  EXPECT_EQ(config.optional_integer("tile.adc.bits", "ideal"), std::nullopt);
  EXPECT_EQ(config.optional_real("tile.conductance", "off"), std::nullopt);
  EXPECT_EQ(loaded("tile.adc.bits: 5").optional_integer("tile.adc.bits", "ideal"), 5);
  EXPECT_EQ(loaded("tile.conductance: 5").optional_real("tile.conductance", "off"), 5.0);
  EXPECT_THROW((void)config.integer("tile.adc.bits"), std::logic_error);
  EXPECT_THROW((void)config.optional_real("tile.conductance", "none"), std::logic_error);  // holds another word
}

TEST(Config, UnknownKeys) {
  EXPECT_EQ(refusal("tile:\n  adc:\n    bitz: 6\n"),
            "x.yaml:3:5: unknown key 'tile.adc.bitz'; did you mean 'tile.adc.bits'? 'mho describe' lists every key.");
  EXPECT_EQ(refusal("tlie: {adc: {bits: 6}}"), "x.yaml:1:1: unknown key 'tlie'; did you mean 'tile'? 'mho describe' lists every key.");
  EXPECT_EQ(refusal("adc.bits: 6"), "x.yaml:1:1: unknown key 'adc.bits'; did you mean 'tile.adc.bits'? 'mho describe' lists every key.");
  EXPECT_EQ(refusal("qwertyuiop: 6"), "x.yaml:1:1: unknown key 'qwertyuiop'. 'mho describe' lists every key.");
  EXPECT_THAT(refusal("Tile.ADC.bits: 6"), ::testing::HasSubstr("did you mean 'tile.adc.bits'?"));
  EXPECT_THAT(refusal("tile.adc.bits.more: 6"), ::testing::HasSubstr("unknown key 'tile.adc.bits.more'"));
  EXPECT_THAT(refusal("bits: 6"), ::testing::HasSubstr("unknown key 'bits'. "));  // two keys end so: no guess
}

TEST(Config, DuplicateKeys) {
  EXPECT_EQ(refusal("tile:\n  adc:\n    bits: 6\n    bits: 7\n"),
            "x.yaml:4:5: duplicate key 'tile.adc.bits', first set at x.yaml:3:5; keep one of them");
  EXPECT_EQ(refusal("tile.adc.bits: 6\ntile:\n  adc: {bits: 7}\n"),
            "x.yaml:3:9: duplicate key 'tile.adc.bits', first set at x.yaml:1:1; keep one of them");
}

TEST(Config, ShapesThatAreNoValue) {
  EXPECT_EQ(refusal("tile.adc.bits: [4, 6]"), "x.yaml:1:16: tile.adc.bits takes one value, not a list: legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(refusal("tile.adc.bits: {a: 1}"), "x.yaml:1:16: tile.adc.bits takes one value, not a map: legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(refusal("tile:\n  adc.bits:\n  mode: on"), "x.yaml:2:3: tile.adc.bits has no value: legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(refusal("tile:\n  adc: 3"), "x.yaml:2:3: 'tile.adc' is a section, not a parameter; it takes a map of tile.adc.bits, tile.adc.time");
  EXPECT_THAT(refusal("[1, 2]"), ::testing::HasSubstr("x.yaml:1:1: a design is a map of keys to values"));
  EXPECT_THAT(refusal("words"), ::testing::HasSubstr("not a single value"));
}

TEST(Config, WrongTypes) {
  EXPECT_EQ(refusal("tile.adc.bits: six"), "x.yaml:1:16: tile.adc.bits = six is not a finite number: legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(refusal("tile.adc.bits: ideel"),
            "x.yaml:1:16: tile.adc.bits = ideel is not a finite number (did you mean 'ideal'?): legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(refusal("tile.dac.bits: 1.5"), "x.yaml:1:16: tile.dac.bits = 1.5 is not a whole number: legal is 1 to 16");
  EXPECT_EQ(refusal("chip.buffer: 1e30"), "x.yaml:1:14: chip.buffer = 1e30 is too large for a whole number: legal is at least 1 B");
  EXPECT_EQ(refusal("tile.wear: 1"), "x.yaml:1:12: tile.wear = 1 is neither true nor false: legal is true or false");
  EXPECT_EQ(refusal("tile.mode: Auto"), "x.yaml:1:12: tile.mode = Auto is not a legal word (did you mean 'auto'?): legal is 'on', 'off' or 'auto'");
  EXPECT_THAT(refusal("tile.adc.time: 0x10"), ::testing::HasSubstr("there is no unit 'x10'"));
  EXPECT_THAT(refusal("tile.adc.time: 1,5"), ::testing::HasSubstr("decimal comma"));
}

TEST(Config, NotANumber) {
  for (const char* text : {"nan", ".nan", ".NaN", "inf", ".inf", "-.inf", "-inf", "infinity", "1e999", "''"}) {
    EXPECT_THAT(refusal(std::string("chip.area: ") + text), ::testing::HasSubstr("x.yaml:1:12: chip.area ")) << text;
  }
  EXPECT_EQ(refusal("chip.area: .nan"), "x.yaml:1:12: chip.area = .nan is not a finite number: legal is at least 0 um2");
  EXPECT_THAT(refusal("chip.area: 1e300 m2"), ::testing::HasSubstr("is too large for a number"));
}

TEST(Config, WrongUnits) {
  EXPECT_THAT(refusal("tile.adc.time: 40 pJ"),
              ::testing::StartsWith("x.yaml:1:16: tile.adc.time = 40 pJ has the wrong unit: 'pJ' does not convert to 'ns'; write a bare number in "
                                    "ns or one of s, ms, us, ns, ps, fs, min, h, d, y: legal is 1 to 1000 ns"));
  EXPECT_THAT(refusal("chip.clock: 1 GHZ"), ::testing::HasSubstr("there is no unit 'GHZ' (did you mean 'GHz'?)"));
  EXPECT_THAT(refusal("tile.adc.bits: 6 bit"), ::testing::HasSubstr("has the unit 'bit', but it is a plain number"));
  EXPECT_THAT(refusal("chip.odd: 6 V"), ::testing::HasSubstr("write a bare number in LSB or one of LSB"));
}

TEST(Config, OutOfRange) {
  EXPECT_EQ(refusal("\ntile:\n  adc.bits: 40"), "x.yaml:3:13: tile.adc.bits = 40 is out of range: legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(refusal("tile.adc.time: 4 us"), "x.yaml:1:16: tile.adc.time = 4 us (4000 ns) is out of range: legal is 1 to 1000 ns");
  EXPECT_EQ(refusal("tile.adc.time: 0.5"), "x.yaml:1:16: tile.adc.time = 0.5 is out of range: legal is 1 to 1000 ns");
  EXPECT_EQ(refusal("tile.spread: 200 %"), "x.yaml:1:14: tile.spread = 200 % (2) is out of range: legal is 0 to 1");
  EXPECT_EQ(loaded("tile.adc.bits: 2").integer("tile.adc.bits"), 2);  // limits are inclusive
  EXPECT_EQ(loaded("tile.adc.bits: 16").integer("tile.adc.bits"), 16);
}

TEST(Config, SetReadsOneAssignment) {
  Config config(chip());
  config.set("tile.adc.bits=6");
  config.set(" tile.adc.time = 0.1 us ");
  config.set("chip.name=a=b");
  EXPECT_EQ(config.integer("tile.adc.bits"), 6);
  EXPECT_DOUBLE_EQ(config.real("tile.adc.time"), 100.0);
  EXPECT_EQ(config.word("chip.name"), "a=b");
  EXPECT_EQ(config.origin("tile.adc.bits").text(), "--set");
  EXPECT_EQ(set_refusal("tile.adc.bits=40"), "--set tile.adc.bits=40: tile.adc.bits = 40 is out of range: legal is 2 to 16, or 'ideal'");
  EXPECT_EQ(set_refusal("tile.adc.bit=4"),
            "--set tile.adc.bit=4: unknown key 'tile.adc.bit'; did you mean 'tile.adc.bits'? 'mho describe' lists every key.");
  EXPECT_THAT(set_refusal("tile.adc=4"), ::testing::HasSubstr("'tile.adc' is a section, not a parameter; its keys are"));
  EXPECT_THAT(set_refusal("tile.adc.bits="), ::testing::HasSubstr("has no value"));
  EXPECT_THAT(set_refusal("tile.adc.bits"), ::testing::HasSubstr("is written key=value"));
  EXPECT_THAT(set_refusal("=3"), ::testing::HasSubstr("is written key=value"));
}

TEST(Config, LaterOverridesEarlier) {
  Config config(chip());
  config.load_text("tile.adc.bits: 4\ntile.dac.bits: 3", "a.yaml");
  config.load_text("tile.adc.bits: 5", "b.yaml");
  EXPECT_EQ(config.integer("tile.adc.bits"), 5);
  EXPECT_EQ(config.integer("tile.dac.bits"), 3);
  EXPECT_EQ(config.origin("tile.adc.bits").text(), "b.yaml:1:16");
  config.set("tile.adc.bits=6");
  config.load_text("tile.adc.bits: 7", "c.yaml");
  EXPECT_EQ(config.integer("tile.adc.bits"), 7);
}

TEST(Config, ARefusedFileChangesNothing) {
  Config config(chip());
  EXPECT_THROW(config.load_text("tile.adc.bits: 4\ntile.dac.bits: 99", "a.yaml"), UserError);
  EXPECT_EQ(config.integer("tile.adc.bits"), 8);
}

TEST(Config, RefusePointsAtTheOrigin) {
  Config config = loaded("tile.adc.bits: 4\ntile.adc.time: 30");
  config.set("chip.clock=2");
  EXPECT_EQ(user_error([&] { config.refuse("tile.adc.time", "must be longer"); }), "x.yaml:2:16: tile.adc.time = 30 ns: must be longer");
  EXPECT_EQ(user_error([&] { config.refuse("chip.clock", "is too fast"); }), "--set: chip.clock = 2 GHz: is too fast");
  EXPECT_EQ(user_error([&] { config.refuse("tile.mode", "must be off"); }), "tile.mode = 'on' (its default): must be off");
}

TEST(Config, SlipsInTheCodeAreLogicErrors) {
  const Config config(chip());
  EXPECT_THROW((void)config.integer("tile.adc.bit"), std::logic_error);
  EXPECT_THROW((void)config.real("tile.adc.bits"), std::logic_error);
  EXPECT_THROW((void)config.boolean("tile.mode"), std::logic_error);
  EXPECT_THROW((void)config.word("tile.wear"), std::logic_error);
  EXPECT_THROW((void)config.optional_integer("tile.adc.bits", "off"), std::logic_error);
  EXPECT_THROW((void)config.si("chip.odd"), std::logic_error);
  EXPECT_THROW((void)config.energy("tile.adc.time"), std::logic_error);
  const auto declared = [](Declarations declarations) { return Config(std::move(declarations)); };
  EXPECT_THROW(declared({chip()[0], chip()[0]}), std::logic_error);
  EXPECT_THROW(declared({chip()[0], {"tile.adc", ValueType::integer, "", std::int64_t{1}, 0, 2, {}, "", ""}}), std::logic_error);
  EXPECT_THROW(declared({{"a", ValueType::integer, "", std::int64_t{3}, 0, 2, {}, "", ""}}), std::logic_error);
  EXPECT_THROW(declared({{"a", ValueType::integer, "", 1.0, 0, 2, {}, "", ""}}), std::logic_error);
  EXPECT_THROW(declared({{"a", ValueType::choice, "", std::string("x"), 0, 2, {"y"}, "", ""}}), std::logic_error);
  EXPECT_EQ(declared({{"a", ValueType::real, "", 1, 0, 2, {}, "", ""}}).real("a"), 1.0);
}

TEST(Config, JsonIsNestedAndSorted) {
  EXPECT_EQ(loaded("tile.adc.bits: ideal").json(),
            R"({"chip":{"area":4.0,"buffer":65536,"clock":1.0,"name":"default","odd":0.5},)"
            R"("tile":{"adc":{"bits":"ideal","time":40.0},"conductance":25.0,"dac":{"bits":8},"mode":"on","spread":0.02,"wear":false}})");
}

TEST(Config, JsonReadsBackAsTheSameConfig) {
  const bool held = rc::check([](bool wear) {
    Config config(chip());
    const auto number = [](double low, double high) {
      return low + (high - low) * static_cast<double>(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 53)) / 0x1p53;
    };
    config.set("tile.wear=" + std::string(wear ? "yes" : "no"));
    config.set(assignment("tile.adc.time", number(1, 1000)));
    config.set(assignment("tile.spread", number(0, 1)));
    config.set(assignment("chip.area", number(0.1, 1) * std::pow(10.0, *rc::gen::inRange(-13, 15))));
    config.set("chip.buffer=" + std::to_string(*rc::gen::inRange<std::int64_t>(1, std::numeric_limits<std::int64_t>::max())));
    config.set("tile.adc.bits=" + *rc::gen::element<std::string>("2", "9", "16", "ideal"));
    // Any Unicode text YAML can hold: no surrogates, and control characters only where JSON escapes them.
    std::string name;
    for (const int c : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0x20, 0x7f))) name.push_back(static_cast<char>(c));
    name += *rc::gen::element<std::string>("", "\u00b5", "\n", "\t", "\U0001F642", "\"\\", "a: b # c");
    config.load_text(Json(Json::Object{{"chip.name", name}}).dump(), "name");
    for (const int indent : {-1, 2}) {
      Config again(chip());
      again.load_text(config.json(indent), "again");
      RC_ASSERT(again.json() == config.json());
      RC_ASSERT(again.word("chip.name") == name);
      RC_ASSERT(again.integer("chip.buffer") == config.integer("chip.buffer"));
      RC_ASSERT(again.real("chip.area") == config.real("chip.area"));
    }
  });
  EXPECT_TRUE(held);
}

TEST(Config, FilesAreReadAndNamed) {
  const std::string path = ::testing::TempDir() + "mho_config_test.yaml";
  std::ofstream(path) << "tile:\n  adc: {bits: 99}\n";
  Config config(chip());
  EXPECT_EQ(user_error([&] { config.load_file(path); }), path + ":2:15: tile.adc.bits = 99 is out of range: legal is 2 to 16, or 'ideal'");
  std::ofstream(path) << "tile:\n  adc: {bits: 9}\n";
  config.load_file(path);
  EXPECT_EQ(config.integer("tile.adc.bits"), 9);
  EXPECT_EQ(config.origin("tile.adc.bits").text(), path + ":2:15");
}

TEST(Spelling, NearestLegalWord) {
  const std::vector<std::string> legal{"mesh", "torus", "ring", "tile.adc.bits"};
  EXPECT_EQ(nearest_spelling("meshh", legal), "mesh");
  EXPECT_EQ(nearest_spelling("trous", legal), "torus");
  EXPECT_EQ(nearest_spelling("RING", legal), "ring");
  EXPECT_EQ(nearest_spelling("tile.dac.bitz", legal), "tile.adc.bits");
  EXPECT_EQ(nearest_spelling("banana", legal), "");
  EXPECT_EQ(nearest_spelling("x", {"y"}), "");
  EXPECT_EQ(nearest_spelling("", legal), "");
}

}  // namespace
}  // namespace mho::base
