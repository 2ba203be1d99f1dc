#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cli/verb.h"

namespace mho::cli {

/// Version of the layout of --json; increased if a key changes its name or meaning.
constexpr int json_schema = 1;

/// Prints the JSON object of a command: first `schema`, `version` of the program, `command` as typed and `seed` of its draws (null if nothing is
/// drawn), then the members of `object`.
void print_json(const Invocation& invocation, std::optional<std::uint64_t> seed, const base::Json& object);

/// Prints text for reading, with lines fitted to the terminal.
void print_text(const std::string& text);

/// Prints each warning as a line on standard error, after all earlier output.
void print_warnings(const std::vector<std::string>& warnings);

/// Prints a line on standard error about the next step, for users who wait.
void print_note(const std::string& note);

/// Prints text for programs, without line breaks added.
void print_exactly(const std::string& text);

}  // namespace mho::cli
