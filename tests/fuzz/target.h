#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/fuzz/mutations.h"

/// What a fuzz target gives: one input through a reader. A base::UserError is the right answer to a damaged input and is swallowed; whatever else
/// comes out of the reader is a mistake of ours and is left to whoever called.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mho::fuzz {

/// Valid inputs that mutations start from, always the same ones in the same order.
std::vector<std::string> seeds();
/// The mutation that suits the target's format. `other` is a second input to splice with.
std::string mutate(const std::string& input, const std::string& other, Dice& dice);
/// True where the reader took the last input without an error: tells whether mutations still get past the first check.
bool accepted();
/// Bytes that reading an input may take beside what the program has when it starts. The driver sets it as a limit.
std::size_t most_memory();

}  // namespace mho::fuzz
