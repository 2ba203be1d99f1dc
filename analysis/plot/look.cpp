#include "analysis/plot/look.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "base/printable.h"

namespace mho::analysis {

namespace {

constexpr double tick_length = 5;
constexpr double tolerance = 1e-9;  // share of a step: rounding error of a multiple of it

double round_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double round : {1.0, 2.0, 5.0}) {
    if (round * power >= rough * (1 - tolerance)) return round * power;
  }
  return 10 * power;
}

bool is_decade(double tick) { return std::abs(std::log10(tick) - std::round(std::log10(tick))) < tolerance; }

constexpr double headline_growth = 1.15, line_height = 1.5;

/// A centred line of text: as large as the width allows, shortened if it does not fit at the smallest size.
std::string heading_line(std::string_view text, double width, double y, double largest, const char* more) {
  const Letters letters(width);
  const double room = 0.9 * width;
  const auto count = std::max<std::size_t>(base::character_count(text), 1);
  const double size = std::clamp(room / Letters::width_of(count, 1), letters.note, largest);
  const auto most = static_cast<std::size_t>(room / Letters::width_of(1, size));
  return fmt::format("<text class=\"middle\" {} font-size=\"{:.1f}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", more, size, width / 2, y,
                     name_text(text, most));
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : base::printable(text)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string name_text(std::string_view name, std::size_t most) { return escaped(base::shortened(std::string(name), most)); }

double Heading::height(double width) const {
  const Letters letters(width);
  return 2.6 * letters.text + line_height * letters.note * static_cast<double>(notes.size());
}

std::string svg_begin(double width, double height, const Heading& heading, std::string_view more) {
  const Letters letters(width);
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="{2:.1f}" fill="#111">
<style>
  .middle {{ text-anchor: middle; }}
  .end {{ text-anchor: end; }}
  .note {{ font-size: {3:.1f}px; fill: #444; }}
  .title {{ font-weight: bold; }}
  .frame, .tick, .axis {{ fill: none; stroke: #444; }}
  .grid {{ stroke: #ddd; }}
  .line {{ fill: none; stroke-width: 1.8; }}
  .whisker {{ fill: none; stroke: #111; stroke-width: 1.5; }}
{4}</style>
<rect width="100%" height="100%" fill="#fff"/>
)",
      width, height, letters.text, letters.note, more);
  double y = 1.8 * letters.text;
  out += heading_line(heading.headline, width, y, headline_growth * letters.text, "font-weight=\"bold\"");
  for (const std::string& note : heading.notes) {
    y += line_height * letters.note;
    out += heading_line(note, width, y, letters.note, "fill=\"#444\"");
  }
  return out;
}

std::string tick_text(double value, double step) {
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step) + tolerance)));
  constexpr double nothing = 1e-6;  // share of a step that counts as 0
  return fmt::format("{:.{}f}", std::abs(value) < step * nothing ? 0.0 : value, digits);
}

std::vector<double> round_ticks(double low, double high, int count) {
  const double step = round_step((high - low) / count);
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - tolerance); k * step <= high + step * tolerance; ++k) ticks.push_back(k * step);
  return ticks;
}

double Axis::share(double value) const { return logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low); }

std::string Axis::text(double tick) const {
  if (!texts.empty()) return texts.at(static_cast<std::size_t>(std::ranges::find(ticks, tick) - ticks.begin()));
  if (logarithmic) return fmt::format("{:g}", tick);
  return tick_text(tick, ticks.size() > 1 ? ticks[1] - ticks[0] : 1.0);
}

Axis linear_axis(std::string title, double low, double high, int count) {
  if (!(std::isfinite(low) && std::isfinite(high) && low <= high)) throw std::logic_error("linear_axis: no range");
  if (low == high) {
    constexpr double margin = 0.05;
    const double room = low != 0 ? margin * std::abs(low) : 1.0;
    low -= room;
    high += room;
  }
  // The finest step that does not need more than `most` intervals, so that little of the axis is empty.
  const int most = count + 2;
  double step = round_step((high - low) / most);
  const auto first = [&] { return std::floor(low / step + tolerance); };
  const auto last = [&] { return std::ceil(high / step - tolerance); };
  constexpr double next = 1.01;
  while (last() - first() > most) step = round_step(step * next);
  Axis axis{.title = std::move(title), .low = step * first(), .high = step * last()};
  const auto steps = static_cast<int>(std::lround(last() - first()));
  for (int k = 0; k <= steps; ++k) axis.ticks.push_back((first() + k) * step);
  return axis;
}

Axis logarithmic_axis(std::string title, double low, double high) {
  if (!(low > 0 && std::isfinite(high) && low <= high)) throw std::logic_error("logarithmic_axis: values are not above 0");
  std::vector<double> all;
  const auto highest = static_cast<int>(std::ceil(std::log10(high))) + 1;
  for (int decade = static_cast<int>(std::floor(std::log10(low))) - 1; decade <= highest; ++decade) {
    for (const double step : {1.0, 2.0, 5.0}) all.push_back(step * std::pow(10.0, decade));
  }
  const auto first = std::ranges::upper_bound(all, low * (1 + tolerance)) - 1;
  auto last = std::ranges::lower_bound(all, high * (1 - tolerance));
  if (first == last) ++last;
  Axis axis{.title = std::move(title), .low = *first, .high = *last, .logarithmic = true};
  constexpr std::ptrdiff_t few = 8;
  for (auto tick = first; tick <= last; ++tick) {
    if (last - first <= few || tick == first || tick == last || is_decade(*tick)) axis.ticks.push_back(*tick);
  }
  return axis;
}

std::string Frame::text() const {
  const double line = letters.text;
  std::string out;
  for (const double tick : x.ticks) {
    out += fmt::format("<path class=\"grid\" d=\"M{0:.2f} {1}V{2:.2f}\"/><path class=\"tick\" d=\"M{0:.2f} {2:.2f}v{3}\"/>", page_x(tick), top,
                       bottom(), tick_length);
    out += fmt::format("<text class=\"middle\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", page_x(tick), bottom() + tick_length + line, x.text(tick));
  }
  std::size_t widest = 0;
  for (const double tick : y.ticks) {
    const std::string text = y.text(tick);
    widest = std::max(widest, text.size());
    out += fmt::format("<path class=\"grid\" d=\"M{0} {1:.2f}H{2:.2f}\"/><path class=\"tick\" d=\"M{0} {1:.2f}h{3}\"/>", left, page_y(tick),
                       left + width, -tick_length);
    out += fmt::format("<text class=\"end\" x=\"{:.2f}\" y=\"{:.2f}\">{}</text>\n", left - tick_length - line / 3, page_y(tick) + line / 3, text);
  }
  out += fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", left, top, width, height);
  // A title that is wider than its side gets smaller letters.
  const auto title = [&](const std::string& text, double side, const std::string& place) {
    const double size = std::clamp(1.15 * side / Letters::width_of(std::max<std::size_t>(text.size(), 1), 1), letters.note, letters.text);
    return fmt::format("<text class=\"middle\" font-size=\"{:.1f}\" {}>{}</text>\n", size, place, escaped(text));
  };
  out += title(x.title, width, fmt::format("x=\"{:.2f}\" y=\"{:.2f}\"", left + width / 2, bottom() + tick_length + 2.6 * line));
  const double turned_x = left - tick_length - line - Letters::width_of(widest, line), turned_y = top + height / 2;
  return out + title(y.title, height, fmt::format("x=\"{0:.2f}\" y=\"{1:.2f}\" transform=\"rotate(-90 {0:.2f} {1:.2f})\"", turned_x, turned_y));
}

}  // namespace mho::analysis
