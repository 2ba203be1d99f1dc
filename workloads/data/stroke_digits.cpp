#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/design_file/document.h"
#include "base/random.h"
#include "workloads/data/dataset.h"

// Handwritten-like digits drawn from a seed. Every value is computed by IEEE +, -, *, / and sqrt on doubles (correctly rounded, never contracted)
// from base::RandomStream. No other function of libm is called, so the images have the same bits on every machine.
namespace mho::workloads {
namespace {

constexpr int side = 16;  ///< pixels
constexpr int pixels = side * side;
constexpr int digits = 10;
constexpr int curve_steps = 5;  ///< straight pieces per curve piece; the error is far below a tenth of a pixel

struct Point {
  double x = 0, y = 0;
};
Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
Point operator*(double f, Point a) { return {f * a.x, f * a.y}; }
Point middle(Point a, Point b) { return 0.5 * (a + b); }

/// Control polygon of a uniform quadratic B-spline in the unit square, y downwards. A point written twice is a corner.
struct Stroke {
  std::vector<Point> points;
  bool closed = false;
};
using Glyph = std::vector<Stroke>;

const Glyph& glyph(int digit) {
  static const std::array<Glyph, digits> glyphs{{
      {{{{.2, -.05}, {.8, -.05}, {1., .5}, {.8, 1.05}, {.2, 1.05}, {0., .5}}, true}},
      {{{{.25, .25}, {.55, 0.}, {.55, 0.}, {.55, 1.}}}},
      {{{{.1, .25}, {.2, -.05}, {.85, -.05}, {.9, .35}, {.5, .65}, {.1, 1.}, {.1, 1.}, {.95, 1.}}}},
      {{{{.1, .1}, {.5, -.05}, {.95, .1}, {.85, .48}, {.4, .48}, {.4, .48}, {.95, .5}, {1., .95}, {.5, 1.08}, {.05, .9}}}},
      {{{{.65, 0.}, {.05, .65}, {.05, .65}, {.95, .65}}}, {{{.7, .3}, {.7, 1.}}}},
      {{{{.85, 0.}, {.2, 0.}, {.2, 0.}, {.15, .45}, {.15, .45}, {.6, .28}, {1.02, .55}, {.9, 1.05}, {.4, 1.05}, {.05, .9}}}},
      {{{{.75, 0.}, {.3, .12}, {.02, .6}, {.15, 1.05}, {.6, 1.08}, {1., .8}, {.75, .45}, {.35, .45}, {.1, .72}}}},
      {{{{.05, 0.}, {.95, 0.}, {.95, 0.}, {.4, 1.}}}},
      {{{{.5, .46}, {.08, .3}, {.2, -.05}, {.8, -.05}, {.92, .3}, {.5, .46}, {.02, .7}, {.15, 1.05}, {.85, 1.05}, {.98, .7}}, true}},
      {{{{.25, 1.}, {.7, .88}, {.98, .4}, {.85, -.05}, {.4, -.08}, {0., .2}, {.25, .55}, {.65, .55}, {.9, .28}}}},
  }};
  return glyphs[static_cast<std::size_t>(digit)];
}

/// Range of the variations of a glyph. The values are a choice: a convolutional network of 20 k weights reaches 94 to 99 % on these images.
namespace spread {
constexpr double half_angle_tangent = 0.20;              ///< of the rotation: about +-22 degrees
constexpr double shear = 0.35;                           ///< x per y
constexpr double width_least = 0.42, width_most = 0.72;  ///< of the glyph, in image sides
constexpr double height_least = 0.52, height_most = 0.80;
constexpr double shift = 0.10;                                 ///< of the centre, in image sides
constexpr double jitter = 0.045;                               ///< standard deviation of every control point, in glyph sides
constexpr double stroke_least = 0.55, stroke_most = 1.15;      ///< half stroke width in pixels
constexpr double ink_least = 0.30, ink_most = 1.0;             ///< grey value of the stroke
constexpr double gradient = 0.20;                              ///< background across the image, at most
constexpr double noise_least = 0.04, noise_most = 0.16;        ///< standard deviation of a pixel
constexpr double distractor_share = 0.5;                       ///< images with a stroke that belongs to no digit
constexpr double occlusion_share = 0.3;                        ///< images with an erased patch
constexpr double occlusion_least = 2.0, occlusion_most = 4.5;  ///< sides of the patch in pixels
}  // namespace spread

/// The independent draws of one image. The values are positions of base::EventId and must not change: the images depend on them.
enum class Draw : std::uint32_t { shape = 0, vertices = 1, noise = 2 };

/// Uniform random numbers of one image, drawn in sequence.
class Dice {
 public:
  Dice(const base::RandomStream& stream, std::uint32_t sample) {
    stream.uniforms({.sample = sample, .position = static_cast<std::uint32_t>(Draw::shape)}, 0, values_);
  }
  double between(double least, double most) { return least + (most - least) * static_cast<double>(values_.at(next_++)); }
  double around_zero(double most) { return between(-most, most); }
  bool happens(double share) { return between(0.0, 1.0) < share; }

 private:
  std::array<float, 32> values_{};
  std::size_t next_ = 0;
};

struct Segment {
  Point from, to;
};

/// Appends the curve of one stroke as straight pieces.
void flatten(const Stroke& stroke, std::vector<Segment>& segments) {
  const auto& p = stroke.points;
  const std::size_t n = p.size();
  auto piece = [&](Point start, Point control, Point end) {
    Point last = start;
    for (int k = 1; k <= curve_steps; ++k) {
      const double t = static_cast<double>(k) / curve_steps;
      const double s = 1.0 - t;
      const Point next = (s * s) * start + (2.0 * s * t) * control + (t * t) * end;
      segments.push_back({last, next});
      last = next;
    }
  };
  if (stroke.closed) {
    for (std::size_t i = 0; i < n; ++i) piece(middle(p[(i + n - 1) % n], p[i]), p[i], middle(p[i], p[(i + 1) % n]));
    return;
  }
  segments.push_back({p[0], middle(p[0], p[1])});
  for (std::size_t i = 1; i + 1 < n; ++i) piece(middle(p[i - 1], p[i]), p[i], middle(p[i], p[i + 1]));
  segments.push_back({middle(p[n - 2], p[n - 1]), p[n - 1]});
}

double squared_distance(Point p, const Segment& segment) {
  const Point along = segment.to - segment.from;
  const Point to_p = p - segment.from;
  const double length2 = along.x * along.x + along.y * along.y;
  const double t = length2 > 0.0 ? std::clamp((to_p.x * along.x + to_p.y * along.y) / length2, 0.0, 1.0) : 0.0;
  const Point gap = to_p - t * along;
  return gap.x * gap.x + gap.y * gap.y;
}

/// Share of the pixel around `p` that strokes of this half width cover; the edge is one pixel soft.
double coverage(Point p, const std::vector<Segment>& segments, double half_width) {
  const double reach = half_width + 0.5;
  double nearest = reach * reach;
  for (const auto& segment : segments) nearest = std::min(nearest, squared_distance(p, segment));
  return std::clamp(reach - std::sqrt(nearest), 0.0, 1.0);
}

struct Image {
  int label = 0;
  std::array<std::uint8_t, pixels> grey{};
};

/// Transformation of the glyph into the image.
struct Pose {
  double cosine = 1, sine = 0, shear = 0, width = 0, height = 0;
  Point centre;
};

Pose draw_pose(Dice& dice) {
  Pose pose;
  // Rotation computed from the tangent of half the angle, a rational expression without sine and cosine.
  const double tangent = dice.around_zero(spread::half_angle_tangent);
  pose.cosine = (1.0 - tangent * tangent) / (1.0 + tangent * tangent);
  pose.sine = 2.0 * tangent / (1.0 + tangent * tangent);
  pose.shear = dice.around_zero(spread::shear);
  pose.width = side * dice.between(spread::width_least, spread::width_most);
  pose.height = side * dice.between(spread::height_least, spread::height_most);
  const double shift_x = side * dice.around_zero(spread::shift);
  const double shift_y = side * dice.around_zero(spread::shift);
  pose.centre = Point{side / 2.0 + shift_x, side / 2.0 + shift_y};
  return pose;
}

/// The strokes of a digit as segments. Each vertex is displaced by its own draw.
std::vector<Segment> draw_strokes(const base::RandomStream& stream, std::uint32_t sample, int label, const Pose& pose) {
  std::vector<Segment> segments;
  std::uint64_t drawn = 0;  // vertex normals used
  const base::EventId vertices{.sample = sample, .position = static_cast<std::uint32_t>(Draw::vertices)};
  for (Stroke stroke : glyph(label)) {
    Point before;
    Point jitter;
    for (std::size_t i = 0; i < stroke.points.size(); ++i) {
      Point& point = stroke.points[i];
      const bool corner = i > 0 && point.x == before.x && point.y == before.y;
      before = point;
      if (!corner) {  // the two points of a corner get the same displacement, so that it stays a corner
        jitter = spread::jitter * Point{static_cast<double>(stream.normal(vertices, drawn)), static_cast<double>(stream.normal(vertices, drawn + 1))};
        drawn += 2;
      }
      const double u = (point.x + jitter.x - 0.5) * pose.width;
      const double v = (point.y + jitter.y - 0.5) * pose.height;
      const double slanted = u - pose.shear * v;
      point = pose.centre + Point{pose.cosine * slanted - pose.sine * v, pose.sine * slanted + pose.cosine * v};
    }
    flatten(stroke, segments);
  }
  return segments;
}

Image draw(const base::RandomStream& stream, std::uint32_t sample) {
  Dice dice(stream, sample);
  Image image;
  image.label = std::min(static_cast<int>(dice.between(0.0, digits)), digits - 1);

  const Pose pose = draw_pose(dice);
  const double half_width = dice.between(spread::stroke_least, spread::stroke_most);
  const double ink = dice.between(spread::ink_least, spread::ink_most);
  const double noise = dice.between(spread::noise_least, spread::noise_most);
  const double gradient_x = dice.around_zero(spread::gradient);
  const double gradient_y = dice.around_zero(spread::gradient);

  const std::vector<Segment> segments = draw_strokes(stream, sample, image.label, pose);

  // Drawn for every image but used only in a share of them: the following draws do not depend on it.
  const bool distracted = dice.happens(spread::distractor_share);
  const Point distractor_from{dice.between(0.0, side), dice.between(0.0, side)};
  const Point distractor_to = distractor_from + Point{dice.around_zero(side / 2.0), dice.around_zero(side / 2.0)};
  const std::vector<Segment> distractor{{distractor_from, distractor_to}};
  const double distractor_ink = ink * dice.between(0.4, 0.9);
  const bool occluded = dice.happens(spread::occlusion_share);
  const Point patch{dice.between(0.0, side), dice.between(0.0, side)};
  const double patch_x = dice.between(spread::occlusion_least, spread::occlusion_most) / 2.0;
  const double patch_y = dice.between(spread::occlusion_least, spread::occlusion_most) / 2.0;

  std::array<float, pixels> noises{};
  stream.normals({.sample = sample, .position = static_cast<std::uint32_t>(Draw::noise)}, 0, noises);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const Point p{x + 0.5, y + 0.5};
      double value = ink * coverage(p, segments, half_width);
      if (distracted) value = std::max(value, distractor_ink * coverage(p, distractor, half_width));
      const Point off = p - patch;
      if (occluded && off.x * off.x < patch_x * patch_x && off.y * off.y < patch_y * patch_y) value = 0.0;
      // Half of the gradient's range is added as an offset: the background is never negative before the noise.
      const double tilt_x = gradient_x * (p.x / side - 0.5), tilt_y = gradient_y * (p.y / side - 0.5);
      value += spread::gradient / 2.0 + 0.5 * (tilt_x + tilt_y);
      const std::size_t at = static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x);
      value += noise * static_cast<double>(noises[at]);
      // Rounds halves up; another rounding would change the images. NOLINTNEXTLINE(bugprone-incorrect-roundings)
      image.grey[at] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0) * 255.0 + 0.5);
    }
  }
  return image;
}

class StrokeDigits : public Dataset {
 public:
  StrokeDigits(std::size_t count, std::uint64_t seed, int split) : name_(fmt::format("stroke digits (seed {}, split {})", seed, split)) {
    const base::RandomStream stream({.seed = seed, .purpose = base::Purpose::data, .node = static_cast<std::uint64_t>(split)});
    grey_.reserve(count * pixels);
    labels_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Image image = draw(stream, static_cast<std::uint32_t>(i));
      grey_.insert(grey_.end(), image.grey.begin(), image.grey.end());
      labels_.push_back(static_cast<std::uint8_t>(image.label));
    }
    std::string bytes("1x16x16 /255 ");
    bytes.append(grey_.begin(), grey_.end()).append(labels_.begin(), labels_.end());
    hash_ = base::content_hash(bytes);
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& hash() const override { return hash_; }
  [[nodiscard]] std::size_t size() const override { return labels_.size(); }
  [[nodiscard]] const Shape& sample_shape() const override { return shape_; }
  [[nodiscard]] int classes() const override { return digits; }
  void load(std::size_t index, std::span<float> out) const override {
    if (index >= size()) throw std::out_of_range("stroke digits: sample index beyond the set");
    if (out.size() != pixels) throw std::logic_error("stroke digits: a sample has 16 x 16 values");
    const auto from = grey_.begin() + static_cast<std::ptrdiff_t>(index * pixels);
    std::transform(from, from + pixels, out.begin(), [](std::uint8_t grey) { return static_cast<float>(grey) / 255.0F; });
  }
  [[nodiscard]] int label(std::size_t index) const override { return labels_.at(index); }

 private:
  std::string name_;
  std::string hash_;
  Shape shape_{1, side, side};
  std::vector<std::uint8_t> grey_;    ///< [size][pixels]
  std::vector<std::uint8_t> labels_;  ///< [size]
};

}  // namespace

std::unique_ptr<Dataset> stroke_digits(std::size_t count, std::uint64_t seed, int split) {
  if (split < 0 || split > 2) throw std::logic_error("stroke digits: split is 0 (test), 1 (calibration) or 2 (training)");
  return std::make_unique<StrokeDigits>(count, seed, split);
}

namespace {
constexpr std::uint64_t default_seed = 2024;  // the images of the training of the built-in network: part of the default experiment
}

std::unique_ptr<Dataset> default_training_data() {
  constexpr std::size_t training_samples = 20000;
  return stroke_digits(training_samples, default_seed, 2);
}

DataDescription default_data() {
  constexpr std::size_t test_samples = 2000;
  constexpr std::size_t calibration_samples = 1000;  // number of samples that calibrate the input ranges
  return {.test = stroke_digits(test_samples, default_seed, 0),
          .training = nullptr,
          .validation = nullptr,
          .calibration = stroke_digits(calibration_samples, default_seed, 1)};
}

}  // namespace mho::workloads
