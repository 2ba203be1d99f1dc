#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::analysis {

/// Common look of all pictures: one header and style, letters that are readable at a width of 600 pixels, colours for all kinds of colour vision,
/// axes that end at ticks.

/// Based on Okabe and Ito, "Color Universal Design" (2008).
constexpr std::array<const char*, 6> series_colours{"#0072b2", "#d98500", "#009e73", "#b8508c", "#d55e00", "#56b4e9"};

/// Heights of letters in a picture of `width`: 12 and 10 pixels if it is shown 600 pixels wide.
struct Letters {
  double text, note;
  explicit Letters(double width) : text(width / 50), note(width / 60) {}
  /// Average width of `count` letters of a sans-serif font of height `size`; bold letters are a tenth wider.
  static double width_of(std::size_t count, double size) { return 0.56 * size * static_cast<double>(count); }
};

/// The text with & and < escaped for XML.
std::string escaped(std::string_view text);

/// The heading of a picture: its content, network, design and seed; below it lines of notes.
struct Heading {
  std::string headline;
  std::vector<std::string> notes{};
  /// Height, with some space below.
  [[nodiscard]] double height(double width) const;
};

/// The begin of a file: header, style, white background and heading. Lines are made smaller to fit the width, and shortened in the middle if that is
/// not enough. Classes: text .end .middle .note .title, lines .frame .grid .tick .axis .line .whisker. `more` is added to the style.
std::string svg_begin(double width, double height, const Heading& heading, std::string_view more = {});

/// The text shortened to at most `most` characters, escaped.
std::string name_text(std::string_view name, std::size_t most);

/// Round numbers inside [low, high], about `count` of them.
std::vector<double> round_ticks(double low, double high, int count);
/// The number with as many digits as the step between ticks needs.
std::string tick_text(double value, double step);

/// A scale from `low` to `high`, both of them ticks.
struct Axis {
  std::string title;  ///< with its unit
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<double> ticks{};
  std::vector<std::string> texts{};  ///< texts of the ticks; empty: their numbers
  [[nodiscard]] double share(double value) const;
  [[nodiscard]] std::string text(double tick) const;
};

/// An axis around the values from `low` to `high`, with about `count` ticks. If low equals high, space is added on both sides.
Axis linear_axis(std::string title, double low, double high, int count);
/// A logarithmic axis for values above 0; ticks are 1, 2 or 5 times powers of ten, or only powers of ten over many decades.
Axis logarithmic_axis(std::string title, double low, double high);

/// A box with two axes on the page.
struct Frame {
  double left = 0, top = 0, width = 1, height = 1;
  Axis x, y;
  Letters letters;
  [[nodiscard]] double page_x(double value) const { return left + width * x.share(value); }
  [[nodiscard]] double page_y(double value) const { return top + height * (1 - y.share(value)); }
  [[nodiscard]] double bottom() const { return top + height; }
  /// Box, ticks and their texts, titles.
  [[nodiscard]] std::string text() const;
};

}  // namespace mho::analysis
