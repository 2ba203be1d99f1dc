// Mappings in files: what comes back is what was saved, and every edit that breaks a rule is refused with file, key and what is legal.
#include "mapper/saved/saved_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>

#include "mapper/placement/placement_problem.h"
#include "mapper/saved/saved_layout.h"
#include "tests/base/expect_error.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

using base::user_error;
using testing::AllOf;
using testing::HasSubstr;

/// A file of one case that goes when the case ends.
class File {
 public:
  explicit File(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / ("mho_mapping_" + std::to_string(getpid()) + ".json")).string()) {
    std::ofstream(path_) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A network with copies and with matrices over several tiles, as the mapper lays it.
class SavedMappingTest : public testing::Test {
 protected:
  explicit SavedMappingTest(const std::vector<std::string>& chip = {"tile.rows=32", "mapper.copies=2", "chip.input_buffer=16 KiB"})
      : on(setting(chip)), tiled(lay_out(residual_chain(3), on.tile)) {
    assign_copies(tiled, on.chip, on.mapper.copies, {}, on.mapper.row_turns);
    pack_blocks(tiled, on.chip, on.mapper.packing);
    for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
    mapping = map(tiled, on.chip, on.mapper);
    saved = saved_mapping(tiled, mapping.program, mapping.tiles, mapping.divided, {});
  }

  /// The mapping of a file on a fresh Layout.
  Mapping mapped(const std::string& text, const InferenceMode& mode = {}) const {
    const File file(text);
    workloads::TiledNetwork fresh = lay_out(residual_chain(3), on.tile);
    MapperParameters parameters = on.mapper;
    parameters.saved = std::make_shared<const SavedMapping>(read_mapping(file.path()));
    apply_layout(*parameters.saved, fresh);
    for (auto& [matrix, parts] : fresh.calibration.parts) parts.assign(parts.size(), {});
    return map(fresh, on.chip, parameters, mode);
  }
  Mapping edited(const std::function<void(SavedMapping&)>& edit) const {
    SavedMapping other = saved;
    edit(other);
    return mapped(mapping_text(other));
  }
  /// The message about a mapping that was edited, which begins with the file and says where.
  std::string refusal(const std::function<void(SavedMapping&)>& edit) const {
    const std::string message = user_error([&] { static_cast<void>(edited(edit)); });
    EXPECT_THAT(message, HasSubstr("mho_mapping_" + std::to_string(getpid()) + ".json:"));
    return message;
  }

  static SavedMatrix& matrix(SavedMapping& of, const std::string& name) { return *std::ranges::find(of.matrices, name, &SavedMatrix::name); }
  static SavedStage& stage(SavedMapping& of, const std::string& name) { return *std::ranges::find(of.stages, name, &SavedStage::name); }

  Setting on;
  workloads::TiledNetwork tiled;
  Mapping mapping;
  SavedMapping saved;
};

void expect_equal(const hw::Program& a, const hw::Program& b) {
  ASSERT_EQ(a.stages.size(), b.stages.size());
  ASSERT_EQ(a.edges.size(), b.edges.size());
  for (std::size_t s = 0; s < a.stages.size(); ++s) {
    EXPECT_EQ(a.stages[s].name, b.stages[s].name);
    EXPECT_EQ(a.stages[s].core, b.stages[s].core) << a.stages[s].name;
    EXPECT_EQ(a.stages[s].positions, b.stages[s].positions) << a.stages[s].name;
    ASSERT_EQ(a.stages[s].mvm.has_value(), b.stages[s].mvm.has_value());
    if (!a.stages[s].mvm) continue;
    EXPECT_EQ(a.stages[s].mvm->tile, b.stages[s].mvm->tile) << a.stages[s].name;
  }
  for (std::size_t e = 0; e < a.edges.size(); ++e) {
    EXPECT_EQ(a.edges[e].capacity, b.edges[e].capacity) << hw::edge_text(a, a.edges[e]);
    EXPECT_EQ(*a.edges[e].needs, *b.edges[e].needs);
  }
}

TEST_F(SavedMappingTest, ComesBackAsItWas) {
  const std::string text = mapping_text(saved);
  expect_equal(mapped(text).program, mapping.program);
  const File file(text);
  EXPECT_EQ(mapping_text(read_mapping(file.path())), text);
  EXPECT_GT(std::ranges::count_if(saved.matrices, [](const SavedMatrix& m) { return m.blocks.size() > 2; }), 3);
  EXPECT_FALSE(saved.stages.empty());
}

class AnnealedMappingTest : public SavedMappingTest {
 protected:
  AnnealedMappingTest() : SavedMappingTest({"tile.rows=32", "mapper.copies=2", "mapper.placement=annealed", "mapper.placement_seed=9"}) {}
};

/// The file has the cores, whatever the design says of placement.
TEST_F(AnnealedMappingTest, ComesBackWhereItWas) {
  on.mapper.placement = {};
  expect_equal(mapped(mapping_text(saved)).program, mapping.program);
  EXPECT_NE(traffic(map(tiled, on.chip, on.mapper).program, on.chip), traffic(mapping.program, on.chip));
}

class PackedMappingTest : public SavedMappingTest {
 protected:
  PackedMappingTest()
      : SavedMappingTest({"mapper.packing=rectangle", "mapper.copies=2", "tile.rows=96", "tile.columns=32", "chip.input_buffer=256 KiB"}) {}
  /// A block that shares its tile with the first one of another matrix.
  static SavedBlock& neighbour(SavedMapping& of) {
    const SavedBlock& first = of.matrices.front().blocks.front();
    for (std::size_t m = 1; m < of.matrices.size(); ++m) {
      for (SavedBlock& block : of.matrices[m].blocks) {
        if (block.place && block.place->tile == first.place->tile) return block;
      }
    }
    throw std::logic_error("no block shares the first one's tile");
  }
};

/// The file has the tiles that blocks share, whatever the design says of packing.
TEST_F(PackedMappingTest, ComesBackWhereItWas) {
  const std::string text = mapping_text(saved);
  on.mapper.packing = {};
  const Mapping back = mapped(text);
  expect_equal(back.program, mapping.program);
  EXPECT_EQ(mapping_text(read_mapping(File(text).path())), text);
  for (std::size_t s = 0; s < back.program.stages.size(); ++s) {
    if (back.program.stages[s].mvm) {
      EXPECT_TRUE(back.program.stages[s].mvm->same_place(*mapping.program.stages[s].mvm));
    }
  }
  std::set<int> tiles;
  for (const TilePlacement& placed : back.tiles) tiles.insert(placed.tile);
  EXPECT_EQ(static_cast<int>(tiles.size()), tiled.layout.tiles);
  EXPECT_LT(tiles.size(), back.tiles.size());
}

/// A block without 'tile' goes back to a tile of its own.
TEST_F(PackedMappingTest, ABlockMayLeaveItsTile) {
  const Mapping other = edited([this](SavedMapping& m) {
    SavedBlock& block = neighbour(m);
    block.place.reset();
    std::set<int> used;
    for (const SavedMatrix& each : m.matrices) {
      for (const SavedBlock& one : each.blocks) used.insert(one.core);
    }
    const std::vector<int> cores = on.chip.nodes_of(hw::CoreKind::analog);
    block.core = *std::ranges::find_if(cores, [&](int core) { return !used.contains(core); });
  });
  std::set<int> tiles;
  for (const TilePlacement& placed : other.tiles) tiles.insert(placed.tile);
  EXPECT_EQ(static_cast<int>(tiles.size()), tiled.layout.tiles + 1);
}

TEST_F(PackedMappingTest, BlocksOfATileLieBesideEachOther) {
  EXPECT_THAT(refusal([](SavedMapping& m) { neighbour(m).place = m.matrices.front().blocks.front().place; }),
              AllOf(HasSubstr("'at'"), HasSubstr("overlap")));
  EXPECT_THAT(refusal([](SavedMapping& m) { neighbour(m).place->row = 90; }),
              AllOf(HasSubstr("'at'"), HasSubstr("reach beyond its tile of 96 x 32")));
  EXPECT_THAT(refusal([this](SavedMapping& m) {
                SavedBlock& block = neighbour(m);
                const std::vector<int> cores = on.chip.nodes_of(hw::CoreKind::analog);
                block.core = *std::ranges::find_if(cores, [&](int core) { return core != block.core; });
              }),
              AllOf(HasSubstr("'core'"), HasSubstr("a tile is on one core")));
  std::string text = mapping_text(saved);
  const std::size_t at = text.find(", \"at\": [");
  text.erase(at, text.find(']', at) + 1 - at);
  EXPECT_THAT(user_error([&] { static_cast<void>(mapped(text)); }), AllOf(HasSubstr("'at' of a block"), HasSubstr("is missing")));
}

/// On another chip the mapping says how nodes are divided, not the chip's speed.
TEST_F(SavedMappingTest, DividesNodesAsTheFileSays) {
  // A slow vector unit: the mapper divides residual adds among cores.
  const std::vector<std::string> large{"chip.mesh.width=12", "chip.mesh.height=12", "chip.digital_cores=16", "chip.input_buffer=64 KiB"};
  std::vector<std::string> slow = large;
  slow.insert(slow.end(), {"mapper.copies=16", "digital.lanes=1"});
  on = setting(slow);
  tiled = lay_out(residual_chain(3), on.tile);
  assign_copies(tiled, on.chip, on.mapper.copies, {}, on.mapper.row_turns);
  for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
  const Mapping divided = map(tiled, on.chip, on.mapper);
  ASSERT_FALSE(divided.divided.empty());
  saved = saved_mapping(tiled, divided.program, divided.tiles, divided.divided, {});
  on = setting(large);
  const Mapping other = edited([](SavedMapping&) {});
  EXPECT_EQ(other.divided, divided.divided);
  EXPECT_EQ(other.program.stages.size(), divided.program.stages.size());
  EXPECT_THAT(refusal([](SavedMapping& m) { m.divided.front().stages = 1000; }), AllOf(HasSubstr("'stages' of"), HasSubstr("at most")));
  EXPECT_THAT(refusal([](SavedMapping& m) { m.divided.front().node += "x"; }), AllOf(HasSubstr("'node'"), HasSubstr("did you mean")));
  EXPECT_THAT(refusal([](SavedMapping& m) { m.divided.push_back(m.divided.front()); }), HasSubstr("listed twice in 'divided'"));
}

/// What is left out is the mapper's to choose.
TEST_F(SavedMappingTest, StagesAndEdgesMayBeLeftOut) {
  const Mapping rest = edited([](SavedMapping& m) {
    m.stages.clear();
    m.edges.clear();
  });
  hw::verify(rest.program, on.chip);
  for (std::size_t t = 0; t < rest.tiles.size(); ++t) EXPECT_EQ(rest.tiles[t].node, mapping.tiles[t].node);
  const Mapping one = edited([](SavedMapping& m) { m.edges.erase(m.edges.begin() + 1, m.edges.end()); });
  EXPECT_EQ(one.program.edges.front().capacity, mapping.program.edges.front().capacity);
}

/// Cut at another place, with another number of copies, on another core: as legal as the mapper's own.
TEST_F(SavedMappingTest, LegalEditsAreTaken) {
  const auto uneven = [](SavedMapping& m) {
    for (SavedBlock& block : matrix(m, "conv0b").blocks) {
      if (block.input_begin == 0) block.input_end = 20;
      if (block.input_begin == 24) block.input_begin = 20;
    }
  };
  const Mapping other = edited(uneven);
  hw::verify(other.program, on.chip);
  EXPECT_EQ(std::ranges::find(other.program.stages, "conv0b[0,0]", &hw::Stage::name), other.program.stages.end());
  EXPECT_EQ(std::ranges::find(other.program.stages, "conv0b copy 1[0,0]", &hw::Stage::name)->mvm->inputs, 20);
  const Mapping single = edited([](SavedMapping& m) {
    SavedMatrix& changed = matrix(m, "conv0");
    changed.copies = 1;
    std::erase_if(changed.blocks, [](const SavedBlock& block) { return block.copy == 1; });
    m.stages.clear();
    m.edges.clear();
  });
  EXPECT_EQ(single.tiles.size() + 1, mapping.tiles.size());
}

/// Every block matters, and so do its ends.
TEST_F(SavedMappingTest, EveryWeightLiesInOneBlockOfEachCopy) {
  for (std::size_t m = 0; m < saved.matrices.size(); ++m) {
    for (std::size_t b = 0; b < saved.matrices[m].blocks.size(); ++b) {
      const auto at = [&](SavedMapping& of) -> std::vector<SavedBlock>& { return of.matrices[m].blocks; };
      const auto place = static_cast<std::ptrdiff_t>(b);
      EXPECT_THAT(refusal([&](SavedMapping& of) { at(of).erase(at(of).begin() + place); }),
                  AllOf(HasSubstr("'blocks' do not hold"), HasSubstr("each weight lies in one block")));
      EXPECT_THAT(refusal([&](SavedMapping& of) { at(of).push_back(at(of)[b]); }),
                  AllOf(HasSubstr("twice in copy"), HasSubstr("each weight lies in one block")));
      EXPECT_THAT(refusal([&](SavedMapping& of) { --at(of)[b].input_end; }),
                  testing::AnyOf(HasSubstr("'blocks' do not hold"), HasSubstr("'inputs'")));
      EXPECT_THAT(refusal([&](SavedMapping& of) { --at(of)[b].output_end; }),
                  testing::AnyOf(HasSubstr("'blocks' do not hold"), HasSubstr("'outputs'")));
      EXPECT_THAT(refusal([&](SavedMapping& of) { at(of)[b].copy = 1 - at(of)[b].copy; }), AllOf(HasSubstr("'blocks'"), HasSubstr("copy")));
      EXPECT_THAT(refusal([&](SavedMapping& of) { at(of)[b].copy = 7; }), AllOf(HasSubstr("'copy' of a block"), HasSubstr("give 1 to 2")));
    }
  }
}

TEST_F(SavedMappingTest, BlocksFitTilesAndDivideAMatrixAlike) {
  EXPECT_THAT(refusal([](SavedMapping& m) {
                for (SavedBlock& block : matrix(m, "conv0b").blocks) {
                  if (block.input_begin == 0) block.input_end = 48;
                }
                std::erase_if(matrix(m, "conv0b").blocks, [](const SavedBlock& block) { return block.input_begin == 24; });
              }),
              AllOf(HasSubstr("'inputs' of a block of matrix 'conv0b' is [0, 48]"), HasSubstr("a tile holds 32 (tile.rows)")));
  // One copy is cut at another place.
  EXPECT_THAT(refusal([](SavedMapping& m) {
                for (SavedBlock& block : matrix(m, "conv0b").blocks) {
                  if (block.copy == 1 && block.input_begin == 0) block.input_end = 20;
                  if (block.copy == 1 && block.input_begin == 24) block.input_begin = 20;
                }
              }),
              AllOf(HasSubstr("divide its 'inputs' at different places"), HasSubstr("the same or have nothing in common")));
  EXPECT_THAT(refusal([](SavedMapping& m) { matrix(m, "conv0b").blocks.front().input_end = 0; }),
              HasSubstr("it is [first, behind the last], from 0 to 72"));
  EXPECT_THAT(refusal([](SavedMapping& m) { matrix(m, "conv0b").blocks.front().output_end = 9; }), HasSubstr("'outputs'"));
}

TEST_F(SavedMappingTest, MatricesAreThoseOfTheNetwork) {
  EXPECT_THAT(refusal([](SavedMapping& m) { matrix(m, "conv0b").name = "conv0c"; }),
              AllOf(HasSubstr("no matrix 'conv0c'"), HasSubstr("did you mean")));
  EXPECT_THAT(user_error([&] { static_cast<void>(edited([](SavedMapping& m) { m.matrices.pop_back(); })); }), HasSubstr("'matrices' lacks"));
  EXPECT_THAT(refusal([](SavedMapping& m) { m.matrices.push_back(m.matrices.front()); }), HasSubstr("is listed twice"));
  EXPECT_THAT(refusal([](SavedMapping& m) { matrix(m, "conv0b").inputs = 71; }),
              HasSubstr("has 8 'outputs' and 71 'inputs' here, and 8 and 72 in the network"));
  EXPECT_THAT(refusal([](SavedMapping& m) { matrix(m, "conv0b").copies = 17; }),
              AllOf(HasSubstr("'copies' of matrix 'conv0b' is 17"), HasSubstr("give 1 to 16")));
  EXPECT_THAT(refusal([](SavedMapping& m) { matrix(m, "conv0b").turn = 257; }), AllOf(HasSubstr("'turn'"), HasSubstr("give 1 to 256")));
  EXPECT_THAT(user_error([&] { static_cast<void>(mapped(mapping_text(saved), {.kind = InferenceMode::Kind::prefill})); }),
              AllOf(HasSubstr("'mode' is that of whole"), HasSubstr("prefill")));
}

/// Cores of the right kind, with room.
TEST_F(SavedMappingTest, CoresAreThoseOfTheChip) {
  const int digital = on.chip.nodes_of(hw::CoreKind::digital).front(), port = on.chip.port.nodes.front();
  for (std::size_t m = 0; m < saved.matrices.size(); ++m) {
    for (std::size_t b = 0; b < saved.matrices[m].blocks.size(); ++b) {
      for (const int core : {digital, port, on.chip.nodes()}) {
        EXPECT_THAT(refusal([&](SavedMapping& of) { of.matrices[m].blocks[b].core = core; }),
                    AllOf(HasSubstr("'core' of a block"), HasSubstr("the analog cores of this chip of 8 x 8 nodes are")));
      }
      const int taken = saved.matrices[m == 0 ? 1 : 0].blocks.front().core;
      EXPECT_THAT(refusal([&](SavedMapping& of) { of.matrices[m].blocks[b].core = taken; }),
                  AllOf(HasSubstr("has a tile already, at "), HasSubstr("chip.tiles_per_core")));
    }
  }
  for (std::size_t s = 0; s < saved.stages.size(); ++s) {
    const int analog = on.chip.nodes_of(hw::CoreKind::analog).front();
    EXPECT_THAT(refusal([&](SavedMapping& of) { of.stages[s].core = analog; }),
                AllOf(HasSubstr("'core' of stage"), HasSubstr("of this chip of 8 x 8 nodes are")));
    EXPECT_THAT(refusal([&](SavedMapping& of) { of.stages[s].name += " x"; }), AllOf(HasSubstr("has no stage"), HasSubstr("did you mean")));
    EXPECT_THAT(refusal([&](SavedMapping& of) { of.stages.push_back(of.stages[s]); }), HasSubstr("is listed twice"));
  }
  EXPECT_THAT(refusal([&](SavedMapping& of) { of.stages.front().name = "conv0 copy 1"; }), HasSubstr("has a tile, whose core stands at its block"));
}

/// Of every edge: what its consumer needs at once, and what its core can hold.
TEST_F(SavedMappingTest, BuffersHoldWhatIsNeededAndNoMoreThanThereIs) {
  int windows = 0;
  for (std::size_t e = 0; e < saved.edges.size(); ++e) {
    const hw::Edge& edge = mapping.program.edges[e];
    std::int32_t window = 0;
    for (std::size_t k = 0; k < edge.needs->size(); ++k) window = std::max(window, (*edge.needs)[k] - (k == 0 ? 0 : (*edge.releases)[k - 1]));
    if (window > 1) {
      ++windows;
      EXPECT_THAT(refusal([&](SavedMapping& of) { of.edges[e].capacity = window - 1; }),
                  AllOf(HasSubstr("'capacity' of the edge"), HasSubstr("give at least " + std::to_string(window))));
    }
    EXPECT_THAT(refusal([&](SavedMapping& of) { of.edges[e].to += " x"; }), AllOf(HasSubstr("'to'"), HasSubstr("has no stage")));
    EXPECT_THAT(refusal([&](SavedMapping& of) { of.edges.push_back(of.edges[e]); }), AllOf(HasSubstr("is listed"), HasSubstr("times")));
    if (mapping.program.stages[static_cast<std::size_t>(edge.consumer)].kind == hw::Stage::Kind::sink) continue;
    EXPECT_THAT(refusal([&](SavedMapping& of) { of.edges[e].capacity = 100'000'000; }),
                AllOf(HasSubstr("'capacity': core"), HasSubstr("raise chip.")));
  }
  EXPECT_GT(windows, 10);
  EXPECT_THAT(refusal([](SavedMapping& of) { of.edges.front().to = of.edges.front().from; }),
              AllOf(HasSubstr("sends nothing to"), HasSubstr("it sends to")));
}

/// A join whose short branch is too short for the long one: each window alone would be enough.
TEST_F(SavedMappingTest, AJoinWhoseShortBranchFillsUpIsRefused) {
  const std::string message = user_error([&] {
    static_cast<void>(edited([&](SavedMapping& of) {
      for (std::size_t e = 0; e < of.edges.size(); ++e) {
        const hw::Edge& edge = mapping.program.edges[e];
        std::int32_t window = 1;
        for (std::size_t k = 0; k < edge.needs->size(); ++k) window = std::max(window, (*edge.needs)[k] - (k == 0 ? 0 : (*edge.releases)[k - 1]));
        of.edges[e].capacity = window;
      }
    }));
  });
  EXPECT_THAT(message, AllOf(HasSubstr(".json: "), HasSubstr("at the join"), HasSubstr("capacity")));
}

TEST_F(SavedMappingTest, FilesThatAreNoMappings) {
  const auto refused = [&](const std::string& from, const std::string& to) {
    std::string text = mapping_text(saved);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    return user_error([&] { static_cast<void>(mapped(text)); });
  };
  EXPECT_THAT(refused("\"format\": 1", "\"format\": 2"),
              AllOf(HasSubstr(".json:2:"), HasSubstr("'format' of a mapping is '2'"), HasSubstr("from 1 to 1")));
  EXPECT_THAT(refused("\"copies\": 2", "\"copies\": 2.5"), AllOf(HasSubstr("'copies'"), HasSubstr("whole number from 1 on")));
  EXPECT_THAT(refused("\"copies\": 2", "\"copies\": -2"), HasSubstr("whole number from 1 on"));
  EXPECT_THAT(refused("\"copies\": 2", "\"copies\": 99999999999999999999"), HasSubstr("whole number from 1 on"));
  EXPECT_THAT(refused("\"copies\": 2, ", ""), HasSubstr("'copies' of an entry of 'matrices' is missing"));
  EXPECT_THAT(refused("\"turn\"", "\"trun\""), AllOf(HasSubstr("unknown key 'trun'"), HasSubstr("did you mean 'turn'")));
  EXPECT_THAT(refused("\"inputs\": [0, ", "\"inputs\": ["), HasSubstr("[first, behind the last]"));
  EXPECT_THAT(refused("\"mode\": \"whole\"", "\"mode\": \"part\""), HasSubstr("one of whole, prefill, decode"));
  EXPECT_THAT(refused("\"edges\": [", "\"edges\": {"), HasSubstr(".json:"));
  EXPECT_THAT(user_error([&] { static_cast<void>(mapped("")); }), HasSubstr("the file is empty"));
}

}  // namespace
}  // namespace mho::mapper::test
