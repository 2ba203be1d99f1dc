// Fuzz target: the reader of mappings, and the program that lies as what was read says.
#include <memory>

#include "base/error.h"
#include "mapper/saved/saved_layout.h"
#include "tests/fuzz/target.h"
#include "tests/mapper/small_networks.h"

namespace mho::fuzz {
namespace {

bool last_accepted = false;

/// Two copies of matrices over several tiles.
struct Laid {
  Laid() : on(mapper::test::setting({"tile.rows=32", "mapper.copies=2"})), tiled(fresh()) {
    mapper::assign_copies(tiled, on.chip, on.mapper.copies, {}, on.mapper.row_turns);
    const mapper::Mapping mapping = mapper::map(tiled, on.chip, on.mapper);
    text = mapper::mapping_text(mapper::saved_mapping(tiled, mapping.program, mapping.tiles, mapping.divided, {}));
  }
  [[nodiscard]] workloads::TiledNetwork fresh() const { return mapper::lay_out(mapper::test::residual_chain(1, 6), on.tile); }
  mapper::test::Setting on;
  workloads::TiledNetwork tiled;
  std::string text;
};

const Laid& laid() {
  static const Laid made;
  return made;
}

}  // namespace

bool accepted() { return last_accepted; }

std::size_t most_memory() { return std::size_t{1} << 30U; }

std::vector<std::string> seeds() { return {laid().text}; }

std::string mutate(const std::string& input, const std::string& other, Dice& dice) {
  static const std::vector<std::string> words{"matrices", "blocks",  "divided", "stages", "edges", "copies",      "turn", "core", "capacity",
                                              "inputs",   "outputs", "name",    "node",   "from",  "\"(input)\"", "null", "[]",   "{}",
                                              "-1",       "0",       "1",       "2",      "64",    "2147483647",  "1e9",  "~",    "*a"};
  return mutate_text(input, other, words, dice);
}

}  // namespace mho::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mho;
  fuzz::last_accepted = false;
  try {
    mapper::MapperParameters parameters = fuzz::laid().on.mapper;
    parameters.saved =
        std::make_shared<const mapper::SavedMapping>(mapper::mapping_from_text(std::string(reinterpret_cast<const char*>(data), size), "fuzz.json"));
    workloads::TiledNetwork tiled = fuzz::laid().fresh();
    mapper::apply_layout(*parameters.saved, tiled);
    // What was taken can be mapped, or is refused.
    static_cast<void>(mapper::map(tiled, fuzz::laid().on.chip, parameters, parameters.saved->mode));
    fuzz::last_accepted = true;
  } catch (const base::UserError&) {
  }
  return 0;
}
