#pragma once

#include <string>
#include <string_view>

namespace mho::base {

/// The text with control characters written as "\x1b": those of ASCII and Latin-1, characters that turn the direction of writing, and invalid UTF-8.
/// `lines`: line feeds stay.
std::string printable(std::string_view text, bool lines = false);

/// A word of more than `most` characters is shortened in the middle: "StatefulPart...BiasAdd". Characters of UTF-8 stay whole.
std::string shortened(const std::string& word, std::size_t most);

/// Breaks the text at blanks into lines of at most `width` characters; longer words stay whole. New lines begin with `indent` blanks, which do
/// not count. Line feeds of the text stay, and the lines behind them are not indented.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

/// The same for a whole page: lines longer than `width` are broken; continued lines are indented by two more blanks.
std::string fitted_lines(std::string_view page, std::size_t width);

/// The number of characters of a UTF-8 text.
std::size_t character_count(std::string_view text);

}  // namespace mho::base
