#include "tests/fuzz/mutations.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace mho::fuzz {
namespace {

/// One field of a protobuf message: its key (number and wire type) and its content as the file holds it, without the length of a nested one.
struct Field {
  std::uint64_t key = 0;
  std::string content;
  [[nodiscard]] unsigned wire_type() const { return static_cast<unsigned>(key & 7U); }
};
constexpr unsigned varint_type = 0, fixed64_type = 1, nested_type = 2, fixed32_type = 5;

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 10 && i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
    if ((byte & 0x80U) != 0) continue;
    bytes.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80U; value >>= 7U) bytes += static_cast<char>(value | 0x80U);
  return bytes += static_cast<char>(value);
}

/// The fields of a message; empty where the bytes are none.
std::optional<std::vector<Field>> take_apart(std::string_view bytes) {
  std::vector<Field> fields;
  while (!bytes.empty()) {
    const auto key = take_varint(bytes);
    if (!key || (*key >> 3U) == 0) return std::nullopt;
    Field field{*key, {}};
    std::size_t size = 0;
    if (field.wire_type() == varint_type) {
      const auto value = take_varint(bytes);
      if (!value) return std::nullopt;
      field.content = varint(*value);
    } else if (field.wire_type() == nested_type) {
      const auto length = take_varint(bytes);
      if (!length) return std::nullopt;
      size = static_cast<std::size_t>(*length);
    } else if (field.wire_type() == fixed64_type || field.wire_type() == fixed32_type) {
      size = field.wire_type() == fixed64_type ? 8 : 4;
    } else {
      return std::nullopt;
    }
    if (size > bytes.size()) return std::nullopt;
    if (field.wire_type() != varint_type) field.content = bytes.substr(0, size);
    bytes.remove_prefix(size);
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string put_together(const std::vector<Field>& fields) {
  std::string bytes;
  for (const Field& field : fields) {
    bytes += varint(field.key);
    if (field.wire_type() == nested_type) bytes += varint(field.content.size());
    bytes += field.content;
  }
  return bytes;
}

/// A packed list of integers (lengths of a tensor, its values) with one of them extreme; empty where the bytes are none.
std::optional<std::string> change_list(std::string_view bytes, Dice& dice) {
  constexpr std::size_t longest = 256;
  std::vector<std::uint64_t> values;
  while (!bytes.empty() && values.size() < longest) {
    const auto value = take_varint(bytes);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  if (values.empty() || !bytes.empty()) return std::nullopt;
  values[dice.below(values.size())] = extreme_integer(dice);
  std::string result;
  for (const std::uint64_t value : values) result += varint(value);
  return result;
}

/// Four bytes become a float that is no number, infinite, zero, a fraction, the largest, a denormal, -1; or any bits.
void put_single(std::string& bytes, std::size_t at, Dice& dice) {
  static constexpr std::array<std::uint32_t, 9> singles{0x7FC00000U, 0x7F800000U, 0xFF800000U, 0U,         0x80000000U,
                                                        0x3F000000U, 0x7F7FFFFFU, 1U,          0xBF800000U};
  const std::uint64_t bits = dice.once_in(3) ? dice.next() : singles[dice.below(singles.size())];
  for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i) bytes[at + i] = static_cast<char>(bits >> (8 * i));
}

void change(Field& field, std::string_view other, Dice& dice, int depth);

std::string change_message(std::string_view bytes, std::string_view other, Dice& dice, int depth) {
  auto fields = take_apart(bytes);
  if (!fields || fields->empty()) return mutate_bytes(std::string(bytes), std::string(other), dice);
  std::size_t at = dice.below(fields->size());
  // Mostly into what is nested: the few numbers beside the graph would be hit too often.
  for (int more = 0; more < 2 && (*fields)[at].wire_type() != nested_type; ++more) at = dice.below(fields->size());
  const auto place = fields->begin() + static_cast<std::ptrdiff_t>(at);
  switch (dice.below(16)) {
    case 0:
      fields->erase(place);
      break;
    case 1:
      fields->insert(place, Field(*place));
      break;
    case 2:
      std::swap(*place, (*fields)[dice.below(fields->size())]);
      break;
    case 3: {
      // A field of the same number from elsewhere has a meaning here: another tensor, another node, another attribute.
      const auto more = take_apart(other);
      std::vector<Field> same;
      for (const Field& field : more ? *more : std::vector<Field>()) {
        if (field.key == place->key) same.push_back(field);
      }
      if (!same.empty()) fields->insert(place, same[dice.below(same.size())]);
      break;
    }
    case 4:
      place->content = (*fields)[dice.below(fields->size())].content;
      if (place->wire_type() != nested_type) change(*place, other, dice, depth);
      break;
    default:
      change(*place, other, dice, depth);
      break;
  }
  return put_together(*fields);
}

void change(Field& field, std::string_view other, Dice& dice, int depth) {
  constexpr int deepest = 12;
  switch (field.wire_type()) {
    case varint_type:
      field.content = varint(extreme_integer(dice));
      break;
    case nested_type: {
      // Names and nested messages look like lists too, so not always.
      if (dice.once_in(2)) {
        if (auto list = change_list(field.content, dice)) {
          field.content = std::move(*list);
          return;
        }
      }
      if (field.content.size() >= 4 && field.content.size() % 4 == 0 && dice.once_in(4))
        return put_single(field.content, 4 * dice.below(field.content.size() / 4), dice);
      // The same field of the other message, so that what is spliced in below comes from where it belongs.
      const auto more = take_apart(other);
      for (const Field& candidate : more ? *more : std::vector<Field>()) {
        if (candidate.key == field.key && dice.once_in(2)) {
          field.content = change_message(field.content, candidate.content, dice, depth + 1);
          return;
        }
      }
      field.content = depth < deepest ? change_message(field.content, other, dice, depth + 1) : mutate_bytes(field.content, {}, dice);
      break;
    }
    default:
      for (std::size_t at = 0; at < field.content.size(); at += 4) put_single(field.content, at, dice);
      break;
  }
}

}  // namespace

std::uint64_t extreme_integer(Dice& dice) {
  static constexpr std::array<std::int64_t, 14> small{0, 1, -1, 2, -2, 3, 4, 5, 7, 8, 10, 11, 16, 100};
  switch (dice.below(4)) {
    case 0:
    case 1:
      return static_cast<std::uint64_t>(small[dice.below(small.size())]);
    case 2:
      // Around a power of two, of either sign.
      return ((std::uint64_t{1} << dice.below(64)) + static_cast<std::uint64_t>(small[dice.below(5)])) * (dice.once_in(2) ? 1U : ~std::uint64_t{0});
    default:
      return dice.next() >> dice.below(64);
  }
}

std::string mutate_bytes(std::string bytes, const std::string& other, Dice& dice) {
  if (bytes.empty()) return other.substr(0, dice.below(other.size() + 1));
  const std::size_t at = dice.below(bytes.size());
  const std::size_t length = std::min(bytes.size() - at, std::size_t{1} << dice.below(10));
  switch (dice.below(8)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << dice.below(8)));
      break;
    case 1:
      bytes[at] = static_cast<char>(dice.next());
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.erase(at, length);
      break;
    case 4:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 5:
      if (!other.empty()) bytes.insert(at, other, dice.below(other.size()), length);
      break;
    case 6:
      if (!other.empty()) bytes = bytes.substr(0, at) + other.substr(dice.below(other.size()));
      break;
    default: {
      // A length or count in whatever byte order.
      const std::uint64_t value = extreme_integer(dice);
      const std::size_t width = std::min(bytes.size() - at, std::size_t{1} << dice.below(4));
      const bool big_endian = dice.once_in(2);
      for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<char>(value >> (8 * (big_endian ? width - 1 - i : i)));
      break;
    }
  }
  return bytes;
}

std::string mutate_message(std::string_view bytes, std::string_view other, Dice& dice) { return change_message(bytes, other, dice, 0); }

std::string mutate_text(const std::string& text, const std::string& other, const std::vector<std::string>& words, Dice& dice) {
  const auto lines_of = [](const std::string& from) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < from.size();) {
      const std::size_t end = std::min(from.find('\n', begin), from.size());
      lines.push_back(from.substr(begin, end - begin));
      begin = end + 1;
    }
    return lines;
  };
  std::vector<std::string> lines = lines_of(text);
  if (lines.empty() || dice.once_in(6)) return mutate_bytes(text, other, dice);
  const std::size_t at = dice.below(lines.size());
  const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
  switch (dice.below(8)) {
    case 0:
      lines.erase(place);
      break;
    case 1:
      lines.insert(place, std::string(*place));
      break;
    case 2:
      std::swap(*place, lines[dice.below(lines.size())]);
      break;
    case 3:
      place->insert(0, dice.below(5), ' ');
      break;
    case 4: {
      const std::vector<std::string> more = lines_of(other);
      if (!more.empty()) lines.insert(place, more[dice.below(more.size())]);
      break;
    }
    default: {
      // One word, a run of letters, digits, dots and signs, becomes another.
      const auto in_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-'; };
      std::size_t begin = dice.below(place->size()), end = begin;
      while (begin > 0 && in_word((*place)[begin - 1])) --begin;
      while (end < place->size() && in_word((*place)[end])) ++end;
      const std::string number = std::to_string(static_cast<std::int64_t>(extreme_integer(dice)));
      place->replace(begin, end - begin, words.empty() || dice.once_in(2) ? number : words[dice.below(words.size())]);
      break;
    }
  }
  std::string result;
  for (const std::string& line : lines) result += line + "\n";
  return result;
}

}  // namespace mho::fuzz
