#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/verb.h"

namespace mho::cli {

/// Layout of what --json prints; raised where a key gets another name or meaning.
constexpr int json_schema = 1;

/// Prints the one object of a command: first `schema`, `version` of the program, `command` as typed and `seed` of its draws (null where nothing is
/// drawn), then the members of `object`.
void print_json(const Invocation& invocation, std::optional<std::uint64_t> seed, const base::Json& object);

/// Prints text for people: lines as long as the terminal.
void print_text(const std::string& text);

/// Prints a line for each on standard error, behind all that was printed before.
void print_warnings(const std::vector<std::string>& warnings);

/// Prints a line on standard error for who waits: what is about to be done.
void print_note(const std::string& note);

/// Prints text for programs: not divided.
void print_exactly(const std::string& text);

}  // namespace mho::cli
