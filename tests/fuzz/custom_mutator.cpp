// libFuzzer with the mutations of the target as well as its own, which know nothing of the format.
#include <algorithm>

#include "tests/fuzz/target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  mho::fuzz::Dice dice(seed);
  if (dice.once_in(3)) return LLVMFuzzerMutate(data, size, most);
  static const std::vector<std::string> seeds = mho::fuzz::seeds();
  const std::string changed = mho::fuzz::mutate(std::string(reinterpret_cast<const char*>(data), size), seeds[dice.below(seeds.size())], dice);
  const std::size_t length = std::min(changed.size(), most);
  std::copy_n(changed.begin(), length, data);
  return length;
}
