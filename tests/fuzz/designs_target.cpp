// Fuzz target: the reader of design files, with the YAML reader that data descriptions share.
#include "analysis/design/design.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "tests/fuzz/target.h"

namespace mho::fuzz {
namespace {
bool last_accepted = false;
}

bool accepted() { return last_accepted; }

std::size_t most_memory() { return std::size_t{1} << 30U; }

std::vector<std::string> seeds() {
  return {
      base::read_file(MHO_SOURCE_FOLDER "/designs/default.yaml"),
      "tile.adc.bits: 6\ntile.rows: 64\nchip:\n  mesh:\n    width: 3\n    height: 5\n  clock: 1.5 GHz\n",
      "tile: &a {columns: 128, device: {kind: ideal}}\n# words\nchip.input_buffer: \"32 KiB\"\n",
      "tile:\n  adc: {bits: ideal, bound: 12.5}\n  noise: {read: 0, output: 2 %}\n  dac:\n    coding: 'bit_serial'\n",
  };
}

std::string mutate(const std::string& input, const std::string& other, Dice& dice) {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> result{"ideal", "off", "none",  "true", ".nan",  ".inf",  "-.inf", "1e999", "1e-400", "0x10", "~",   "null",   "*a",
                                    "&a",    "<<",  "40 ns", "2 %",  "1 GHz", "25 uS", "8 KiB", "1 m2",  "{}",     "[]",   "---", "!!str x"};
    for (const auto& declaration : analysis::all_declarations()) {
      result.push_back(declaration.key);
      result.push_back(declaration.key.substr(declaration.key.rfind('.') + 1));
      result.insert(result.end(), declaration.words.begin(), declaration.words.end());
    }
    return result;
  }();
  return mutate_text(input, other, words, dice);
}

}  // namespace mho::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mho;
  fuzz::last_accepted = false;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const analysis::Design design = analysis::design_from_text(text, "fuzz.yaml");
    fuzz::last_accepted = true;
    // What was taken is written again and has a hash, whatever the values.
    static_cast<void>(design.config.json());
    static_cast<void>(design.hash());
  } catch (const base::UserError&) {
  }
  return 0;
}
