// A chip that lies as an edited file says has the bits of the accuracy path under the same Layout.
// One simulation per process: every case calls simulate() once.
#include <filesystem>
#include <fstream>

#include "mapper/saved/saved_layout.h"
#include "tests/mapper_sim/functional_chip.h"

namespace mho::mapper::test {
namespace {

using Edit = void (*)(SavedMapping&);

/// Saves what the mapper makes, edits it, reads it again and compares the bits of the chip with those of the accuracy path.
void expect_equal_bits_of_edited(const std::vector<std::string>& chip, Edit edit) {
  Setting on = setting(chip);
  const workloads::Network network = with_weights(residual_chain(3));
  workloads::TiledNetwork tiled = with_ordinary_inputs(network, on);
  const Mapping first = map(tiled, on.chip, on.mapper);
  SavedMapping saved = saved_mapping(tiled, first.program, first.tiles, first.divided, {});
  edit(saved);
  const std::string path = (std::filesystem::temp_directory_path() / ("mho_edited_" + std::to_string(getpid()) + ".json")).string();
  std::ofstream(path) << mapping_text(saved);
  on.mapper.saved = std::make_shared<const SavedMapping>(read_mapping(path));
  std::filesystem::remove(path);
  apply_layout(*on.mapper.saved, tiled);
  for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {.range = 3.0F, .mean_drive = 0.3});
  auto inputs = random_samples(network, 4);
  Comparison comparison(std::move(tiled), on, std::move(inputs));
  comparison.simulate();
  EXPECT_TRUE(comparison.lively());
  EXPECT_EQ(comparison.differences(), 0U);
}

const std::vector<std::string> small_tiles{"tile.rows=32", "mapper.copies=2"};

TEST(SavedMapping, AsItWasHasEqualBits) {
  expect_equal_bits_of_edited(small_tiles, [](SavedMapping&) {});
}

TEST(SavedMapping, AnAnnealedOneHasEqualBits) {
  expect_equal_bits_of_edited({"tile.rows=32", "mapper.copies=2", "mapper.placement=annealed"}, [](SavedMapping&) {});
}

/// Three parts of 24 inputs become 20, 28 and 24.
TEST(SavedMapping, CutElsewhereHasEqualBits) {
  expect_equal_bits_of_edited(small_tiles, [](SavedMapping& saved) {
    for (SavedMatrix& matrix : saved.matrices) {
      if (matrix.inputs != 72) continue;
      for (SavedBlock& block : matrix.blocks) {
        if (block.input_begin == 0) block.input_end = 20;
        if (block.input_begin == 24) block.input_begin = 20;
      }
    }
  });
}

/// Copies that serve turns of five positions, one layer without copies, and stages that the mapper places anew.
TEST(SavedMapping, OtherCopiesAndTurnsHaveEqualBits) {
  expect_equal_bits_of_edited({"mapper.copies=2"}, [](SavedMapping& saved) {
    for (SavedMatrix& matrix : saved.matrices) matrix.turn = 5;
    SavedMatrix& first = saved.matrices.front();
    first.copies = 1;
    std::erase_if(first.blocks, [](const SavedBlock& block) { return block.copy == 1; });
    saved.stages.clear();
    saved.edges.clear();
  });
}

/// The tiles of two matrices change places, and an add is divided among three cores.
TEST(SavedMapping, OtherCoresAndDivisionsHaveEqualBits) {
  expect_equal_bits_of_edited({"mapper.copies=2"}, [](SavedMapping& saved) {
    std::swap(saved.matrices[0].blocks[0].core, saved.matrices[1].blocks[1].core);
    saved.divided = {{.node = "add0", .stages = 3}, {.node = input_of_network, .stages = 2}};
    saved.stages.clear();
    saved.edges.clear();
  });
}

}  // namespace
}  // namespace mho::mapper::test
