#include "base/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace mho::base {

namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Length in bytes of the UTF-8 character at the start of `text`; 0 if it is not valid UTF-8.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : (lead & 0xF0U) == 0xE0 ? 3 : lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
  if (length == 0 || length > text.size()) return 0;
  const std::string_view rest = text.substr(1, length - 1);
  return std::ranges::all_of(rest, continues) ? length : 0;
}

std::uint32_t code_of(std::string_view character) {
  constexpr std::uint32_t lead_bits[] = {0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t code = static_cast<unsigned char>(character.front()) & lead_bits[character.size() - 1];
  for (const char c : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

bool controls(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool turns = code == 0x200E || code == 0x200F || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return control || turns;
}

}  // namespace

std::string printable(std::string_view text, bool lines) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text), taken = std::max<std::size_t>(length, 1);
    const std::string_view character = text.substr(0, taken);
    if (length > 0 && ((lines && character == "\n") || !controls(code_of(character)))) {
      out += character;
    } else {
      for (const char c : character) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    text.remove_prefix(taken);
  }
  return out;
}

std::string shortened(const std::string& word, std::size_t most) {
  if (character_count(word) <= most) return word;
  constexpr std::string_view gap = "...";
  const std::size_t kept = most > gap.size() ? most - gap.size() : 0, front = kept / 2, back = kept - front;
  std::size_t begin = 0, end = word.size();
  for (std::size_t i = 0; i < front; ++i) begin += std::max<std::size_t>(character_length(std::string_view(word).substr(begin)), 1);
  for (std::size_t i = 0; i < back; ++i) {
    --end;
    while (end > begin && continues(word[end])) --end;
  }
  return word.substr(0, begin) + std::string(gap) + word.substr(end);
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t length = character_count(word);
    // `used` includes the blank after the previous word.
    if (used > 0 && used + length > width) {
      while (out.ends_with(' ')) out.pop_back();
      out += "\n" + std::string(indent, ' ');
      used = 0;
    }
    out += word;
    used += length;
    if (end == text.size()) break;
    if (text[end] == '\n') {
      while (out.ends_with(' ')) out.pop_back();
      used = 0;
    } else {
      ++used;
    }
    out += text[end];
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string fitted_lines(std::string_view page, std::size_t width) {
  std::string out;
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size());
    const std::string_view line = page.substr(0, end);
    if (character_count(line) <= width) {
      out += line;
    } else {
      const std::size_t begin = std::min(line.find_first_not_of(' '), line.size()), indent = begin + 2;
      // All lines get the same width, although the first line is indented by two characters less.
      out += std::string(begin, ' ') + wrapped(line.substr(begin), width > indent ? width - indent : 1, indent);
    }
    if (end < page.size()) out += '\n';
    page.remove_prefix(std::min(end + 1, page.size()));
  }
  return out;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

}  // namespace mho::base
