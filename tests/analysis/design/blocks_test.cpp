#include "analysis/design/blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/cost/full_load.h"
#include "analysis/design/design.h"
#include "base/error.h"
#include "tests/base/expect_error.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::AllOf;
using testing::HasSubstr;

const std::string small_chip =
    "chip:\n  mesh: {width: 3, height: 1}\n  digital_cores: 0\n  tiles_per_core: 2\n  converters: own\n"
    "tile: {rows: 16, columns: 8, adc: {mux: 4}}\n";

CostTable load_with(const std::string& blocks) { return full_load(design_from_text(small_chip + "chip.blocks:\n" + blocks, "chip.yaml")); }

const ComponentCost& row(const CostTable& load, const std::string& name) { return *std::ranges::find(load.components, name, &ComponentCost::name); }

// By hand: 2 cores of 2 tiles of 8 columns, 2 converters a tile; a full load makes a product a tile and a conversion a column.
TEST(Blocks, CountAndCostByTheirPlace) {
  struct Case {
    const char* per;
    double count, events;
  };
  for (const Case& one :
       {Case{"chip", 1, 4}, Case{"core", 2, 4}, Case{"tile", 4, 4}, Case{"column", 32, 32}, Case{"product", 4, 4}, Case{"conversion", 8, 32}}) {
    SCOPED_TRACE(one.per);
    const CostTable load =
        load_with(std::string("  - {name: own, per: ") + one.per + ", energy: 2 pJ, area: 3 um2, leakage: 5 uW, source: table 1}\n");
    const ComponentCost& own = row(load, "own");
    EXPECT_EQ(static_cast<double>(own.count), one.count);
    EXPECT_NEAR(own.joule / (one.events * 2e-12), 1, 1e-12);
    EXPECT_NEAR(own.square_metre / (one.count * 3e-12), 1, 1e-12);
    EXPECT_NEAR(own.leakage_w / (one.count * 5e-6), 1, 1e-12);
    EXPECT_EQ(own.source, "table 1");
    EXPECT_EQ(own.note.spread.energy, 0);
    const CostTable without = full_load(design_from_text(small_chip, "chip.yaml"));
    EXPECT_NEAR((load.leakage_w - without.leakage_w) / own.leakage_w, 1, 1e-9);
  }
}

TEST(Blocks, AreOfTheDesignAndItsHash) {
  const std::string blocks =
      "chip.blocks:\n  - {name: bus, per: chip, leakage: 7 mW, source: table 2}\n  - {name: LDPU, per: core, energy: 1 nJ, source: s}\n";
  const Design design = design_from_text(small_chip + blocks, "chip.yaml");
  ASSERT_EQ(design.chip.blocks.size(), 2U);
  EXPECT_NE(design.hash(), design_from_text(small_chip, "chip.yaml").hash());
  const Design again = design_from_text(design.json(), "again.json");
  EXPECT_EQ(again.hash(), design.hash());
  EXPECT_EQ(design_from_text("chip:\n  blocks: [{name: bus, per: chip, leakage: 7 mW, source: table 2}]\n", "a.yaml").chip.blocks.size(), 1U);
}

TEST(Blocks, Mistakes) {
  const auto says = [](const std::string& entry) { return user_error([&] { load_with("  - " + entry + "\n"); }); };
  EXPECT_THAT(says("{name: own, per: row, energy: 1 pJ, source: s}"), AllOf(HasSubstr("chip.yaml:8:"), HasSubstr("'column'")));
  EXPECT_THAT(says("{name: own, power: 1 mW, source: s}"), AllOf(HasSubstr("chip.yaml:8:"), HasSubstr("power")));
  EXPECT_THAT(says("{name: own, energy: 1 m, source: s}"), AllOf(HasSubstr("chip.yaml:8:"), HasSubstr("energy")));
  EXPECT_THAT(says("{name: own, energy: -1 pJ, source: s}"), HasSubstr("energy"));
  EXPECT_THAT(says("{name: own, energy: 1 pJ}"), AllOf(HasSubstr("'own'"), HasSubstr("source")));
  EXPECT_THAT(says("{energy: 1 pJ, source: s}"), HasSubstr("name"));
  EXPECT_THAT(says("{name: own, source: s}"), HasSubstr("costs nothing"));
  EXPECT_THAT(says("{name: router, energy: 1 pJ, source: s}"), HasSubstr("component of the models"));
  EXPECT_THAT(says("own"), HasSubstr("an entry of chip.blocks is a section"));
  EXPECT_THAT(says("{name: own, energy: 1 pJ, source: s}\n  - {name: own, energy: 1 pJ, source: s}"), HasSubstr("two blocks"));
  EXPECT_THAT(user_error([] { design_from_text("chip.blocks: 3\n", "chip.yaml"); }), HasSubstr("chip.blocks is a list"));
}

}  // namespace
}  // namespace mho::analysis
