#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::analysis {

/// What all pictures share: one header with one style, letters that can be read where a picture is 600 pixels wide, colours for every kind of colour
/// vision, axes whose ends are ticks.

/// Of Okabe and Ito, "Color Universal Design" (2008).
constexpr std::array<const char*, 6> series_colours{"#0072b2", "#d98500", "#009e73", "#b8508c", "#d55e00", "#56b4e9"};

/// Heights of letters in a picture `width` wide: at 600 pixels they are 12 and 10 pixels high.
struct Letters {
  double text, note;
  explicit Letters(double width) : text(width / 50), note(width / 60) {}
  /// Width of `count` letters of a sans-serif face of height `size` on the average; bold ones take a tenth more.
  static double width_of(std::size_t count, double size) { return 0.56 * size * static_cast<double>(count); }
};

/// The text with & and < as XML wants them.
std::string escaped(std::string_view text);

/// What stands above a picture: what it shows, of which network, design and seed; and lines of notes below it.
struct Heading {
  std::string headline;
  std::vector<std::string> notes{};
  /// How high it is, with some room below.
  [[nodiscard]] double height(double width) const;
};

/// Begins a file: header, style, white ground and the heading. Lines are made as small as the width asks for, and lose their middle where that is
/// not enough. Classes: text .end .middle .note .title, lines .frame .grid .tick .axis .line .whisker. `more` is added to the style.
std::string svg_begin(double width, double height, const Heading& heading, std::string_view more = {});

/// A text that ends as `most` characters at most, escaped.
std::string name_text(std::string_view name, std::size_t most);

/// Round numbers inside [low, high], about `count` of them.
std::vector<double> round_ticks(double low, double high, int count);
/// The number with no more digits than the step between ticks needs.
std::string tick_text(double value, double step);

/// A scale from `low` to `high`, both of them ticks.
struct Axis {
  std::string title;  ///< with its unit
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<double> ticks{};
  std::vector<std::string> texts{};  ///< of the ticks; empty: their numbers
  [[nodiscard]] double share(double value) const;
  [[nodiscard]] std::string text(double tick) const;
};

/// Around the values from `low` to `high`, with about `count` ticks. Where they are one value there is room on either side.
Axis linear_axis(std::string title, double low, double high, int count);
/// The same for values above 0; ticks are 1, 2 or 5 times powers of ten, or these alone over many decades.
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
