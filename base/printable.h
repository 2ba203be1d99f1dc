#pragma once

#include <string>
#include <string_view>

namespace mho::base {

/// The text with control characters as "\x1b": those of ASCII, of Latin-1 in UTF-8, what turns the direction of writing, and bytes that are no UTF-8.
/// `lines`: line feeds stay.
std::string printable(std::string_view text, bool lines = false);

/// A word of more than `most` characters without its middle: "StatefulPart...BiasAdd". Characters of UTF-8 stay whole.
std::string shortened(const std::string& word, std::size_t most);

/// Characters of a UTF-8 text.
std::size_t character_count(std::string_view text);

}  // namespace mho::base
