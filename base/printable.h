#pragma once

#include <string>
#include <string_view>

namespace mho::base {

/// The text with control characters as "\x1b": those of ASCII, of Latin-1 in UTF-8, what turns the direction of writing, and bytes that are no UTF-8.
/// `lines`: line feeds stay.
std::string printable(std::string_view text, bool lines = false);

/// A word of more than `most` characters without its middle: "StatefulPart...BiasAdd". Characters of UTF-8 stay whole.
std::string shortened(const std::string& word, std::size_t most);

/// The text with line feeds in place of blanks, so that its lines have at most `width` characters; words that are longer stay whole. Lines that
/// are new begin with `indent` blanks, which do not count. Line feeds of the text stay, and begin no such line.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

/// The same for a whole page: lines longer than `width` are divided, what follows is two blanks deeper than their begin.
std::string fitted_lines(std::string_view page, std::size_t width);

/// Characters of a UTF-8 text.
std::size_t character_count(std::string_view text);

}  // namespace mho::base
