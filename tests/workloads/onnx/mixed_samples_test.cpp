// Tensors of a batch shown under other shapes: a plain loop over a batch of several samples says what each of them has in the file, or that they mix.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <optional>
#include <set>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/onnx_importer.h"

namespace mho::workloads {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

constexpr std::int64_t of_batch = -1000;  ///< in a target: this times a factor is the factor times the length of the batch

/// x [N, ...], turned, shown as `target`, summed up along `axis` from its first place to each, and an Identity behind it.
struct Shown {
  Shape in;      ///< of a sample
  Ints turn;     ///< of all axes with the batch in front; empty: as they are
  Ints target;   ///< of the Reshape; empty: Flatten before axis `flatten`
  int axis = 0;  ///< of the sum
  int flatten = 0;
  std::int64_t file_batch = 0;  ///< 0: any
  /// The length of the batch: of x itself, or of a constant made of it.
  enum class Length { plain, filled, range, expanded, sum_of_range } length = Length::plain;

  /// Makes a constant of the batch's length and measures it.
  void measure(OnnxModel& made) const {
    if (length == Length::plain) return;
    if (length == Length::filled) {
      made.node("ConstantOfShape", {"length"}, "long");
    } else if (length == Length::expanded) {
      made.floats("seven", {1}, {7}).node("Expand", {"seven", "length"}, "long");
    } else {
      made.ints("no axis", {0}).ints("zero", {0}).ints("one", {1});
      made.node("Squeeze", {"zero", "no axis"}, "from").node("Squeeze", {"length", "no axis"}, "to").node("Squeeze", {"one", "no axis"}, "by");
      made.node("Range", {"from", "to", "by"}, "long");
    }
    if (length == Length::sum_of_range) {
      made.node("ReduceMax", {"long"}, "last place").node("Add", {"last place", "one"}, "batch");
    } else {
      made.node("Shape", {"long"}, "batch");
    }
  }

  [[nodiscard]] OnnxModel model() const {
    OnnxModel made;
    Shape whole{file_batch};
    whole.insert(whole.end(), in.begin(), in.end());
    made.input("x", whole).output("y").ints("axis", {axis}).ints("first", {0});
    std::string last = "x";
    if (!turn.empty()) {
      made.node("Transpose", {last}, "turned").attribute("perm", turn);
      last = "turned";
    }
    if (target.empty()) {
      made.node("Flatten", {last}, "shown", "shown").attribute("axis", flatten);
    } else {
      made.node("Shape", {"x"}, "lengths").node("Gather", {"lengths", "first"}, length == Length::plain ? "batch" : "length");
      measure(made);
      std::vector<std::string> parts;
      for (std::size_t i = 0; i < target.size(); ++i) {
        const bool of_lengths = target[i] <= of_batch;
        parts.push_back("part" + std::to_string(i));
        made.ints(of_lengths ? "factor" + std::to_string(i) : parts.back(), {of_lengths ? target[i] / of_batch : target[i]});
        if (of_lengths) made.node("Mul", {"batch", "factor" + std::to_string(i)}, parts.back());
      }
      made.node("Concat", parts, "target").attribute("axis", 0).node("Reshape", {last, "target"}, "shown", "shown");
    }
    return made.node("CumSum", {"shown", "axis"}, "summed", "sum").node("Relu", {"summed"}, "y", "last");
  }
};

/// Elements of a tensor with what each was made of: numbers of elements of the input.
struct Traced {
  Shape shape;
  std::vector<std::set<std::size_t>> from;
};

Traced turned(const Traced& x, const Ints& turn) {
  Traced y;
  for (const std::int64_t axis : turn) y.shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
  y.from.resize(x.from.size());
  for (std::size_t i = 0; i < y.from.size(); ++i) {
    std::vector<std::int64_t> at(turn.size());
    auto left = static_cast<std::int64_t>(i);
    for (std::size_t a = turn.size(); a-- > 0;) {
      at[static_cast<std::size_t>(turn[a])] = left % y.shape[a];
      left /= y.shape[a];
    }
    std::int64_t place = 0;
    for (std::size_t a = 0; a < at.size(); ++a) place = place * x.shape[a] + at[a];
    y.from[i] = x.from[static_cast<std::size_t>(place)];
  }
  return y;
}

/// The shape that the file gives a batch of `samples`; nothing where there is none.
std::optional<Shape> shown(const Shown& one, const Shape& in, std::int64_t samples) {
  const std::int64_t all = element_count(in);
  if (one.target.empty()) {
    const std::int64_t rows = element_count(Shape(in.begin(), in.begin() + one.flatten));
    return Shape{rows, all / rows};
  }
  Shape shape = one.target;
  std::int64_t known = 1, open = -1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) shape[i] = in.at(i);
    if (shape[i] <= of_batch) shape[i] = shape[i] / of_batch * samples;
    if (shape[i] == -1) {
      open = static_cast<std::int64_t>(i);
    } else {
      known *= shape[i];
    }
  }
  if (all % known != 0 || (open < 0 && known != all)) return std::nullopt;
  if (open >= 0) shape[static_cast<std::size_t>(open)] = all / known;
  return shape;
}

Traced summed(const Traced& x, int axis) {
  Traced y = x;
  const auto length = static_cast<std::size_t>(x.shape[static_cast<std::size_t>(axis)]);
  std::size_t inner = 1;
  for (std::size_t a = static_cast<std::size_t>(axis) + 1; a < x.shape.size(); ++a) inner *= static_cast<std::size_t>(x.shape[a]);
  for (std::size_t i = inner; i < y.from.size(); ++i) {
    if (i / inner % length != 0) y.from[i].insert(y.from[i - inner].begin(), y.from[i - inner].end());
  }
  return y;
}

/// What the file makes of a batch of `samples`; nothing where the shapes do not fit.
std::optional<Traced> in_batch(const Shown& one, std::int64_t samples) {
  Traced x;
  x.shape = {samples};
  x.shape.insert(x.shape.end(), one.in.begin(), one.in.end());
  x.from.resize(static_cast<std::size_t>(element_count(x.shape)));
  for (std::size_t i = 0; i < x.from.size(); ++i) x.from[i] = {i};
  if (!one.turn.empty()) x = turned(x, one.turn);
  const auto shape = shown(one, x.shape, samples);
  if (!shape) return std::nullopt;
  x.shape = *shape;
  return summed(x, one.axis);
}

/// Results of each sample in the order of the batch; nothing where one is made of several samples.
std::optional<std::vector<std::vector<float>>> by_sample(const Traced& y, const std::vector<float>& x, std::int64_t samples) {
  const std::size_t each = x.size() / static_cast<std::size_t>(samples);
  std::vector<std::vector<float>> results(static_cast<std::size_t>(samples));
  for (const std::set<std::size_t>& from : y.from) {
    const std::size_t sample = *from.begin() / each;
    float sum = 0.0F;
    for (const std::size_t element : from) {
      if (element / each != sample) return std::nullopt;
      sum += x[element];  // whole numbers: exact in any order
    }
    results[sample].push_back(sum);
  }
  return results;
}

std::vector<Shown> all_shown() {
  const std::int64_t n = of_batch;
  const std::vector<Ints> targets{{-1, 12},    {1, -1},    {2, -1},    {-1, 6},        {2, -1, 6}, {-1, 2, 6}, {3, -1, 4},   {0, -1},      {0, 0, -1},
                                  {-1, 4},     {4, -1},    {-1, 3, 4}, {-1, 4, 3},     {2, -1, 3}, {2, 3, -1}, {n, 12},      {n, -1},      {2 * n, 6},
                                  {2 * n, -1}, {2, n, 6},  {3, n, 4},  {3, n, -1},     {n, 2, 6},  {6, 2 * n}, {1, n, 12},   {n, 1, 12},   {12, n},
                                  {-1, n},     {-1, n, 4}, {3 * n, 4}, {3, 2 * n, -1}, {1, -1, 4}, {-1},       {n, 3, 2, 2}, {3, n, 2, 2}, {0, n, 4}};
  std::vector<Shown> cases;
  for (const std::int64_t file_batch : {0, 2, 4}) {
    for (const Shape& in : std::vector<Shape>{{12}, {2, 6}, {3, 4}, {3, 2, 2}}) {
      std::vector<Ints> turns{{}};
      if (in.size() == 1) turns.push_back({1, 0});
      if (in.size() == 2) turns.insert(turns.end(), {{1, 0, 2}, {1, 2, 0}});
      for (const Ints& turn : turns) {
        for (const Ints& target : targets) {
          for (int axis = 0; axis < static_cast<int>(target.size()); ++axis) cases.push_back({in, turn, target, axis, 0, file_batch});
        }
        for (int flatten = 0; flatten <= static_cast<int>(in.size()); ++flatten) {
          for (const int axis : {0, 1}) cases.push_back({in, turn, {}, axis, flatten, file_batch});
        }
      }
    }
  }
  // Lengths of 13 and its multiples, as coefficients of speech have: the batch that the importer thinks of is no length of a tensor.
  for (const Shape& in : std::vector<Shape>{{13, 4}, {4, 13}, {26, 2}, {52}}) {
    std::vector<Ints> turns{{}};
    if (in.size() == 2) turns.insert(turns.end(), {{1, 0, 2}, {1, 2, 0}});
    for (const Ints& turn : turns) {
      for (const Ints& target : std::vector<Ints>{{13, -1},
                                                  {26, -1},
                                                  {-1, 13},
                                                  {-1, 26},
                                                  {13, -1, 4},
                                                  {13, -1, 2},
                                                  {26, -1, 2},
                                                  {-1, 13, 4},
                                                  {0, 13, -1},
                                                  {4, 13, -1},
                                                  {13, n, 4},
                                                  {n, 13, 4},
                                                  {n, -1},
                                                  {13 * n, 4}}) {
        for (int axis = 0; axis < static_cast<int>(target.size()); ++axis) cases.push_back({in, turn, target, axis, 0, 0});
      }
    }
  }
  // Lengths that went through a constant: right, or refused because it is not followed.
  for (const auto length : {Shown::Length::filled, Shown::Length::range, Shown::Length::expanded, Shown::Length::sum_of_range}) {
    for (const Ints& target : std::vector<Ints>{{n, 12}, {12, n}, {n, -1}, {3, n, 4}, {n, 3, 4}, {2 * n, 6}}) {
      for (int axis = 0; axis < static_cast<int>(target.size()); ++axis) cases.push_back({{12}, {}, target, axis, 0, 0, length});
    }
  }
  return cases;
}

TEST(MixedSamples, EverySampleHasItsResultsOrTheFileIsRefused) {
  int right = 0, refused = 0, refused_alone = 0;
  for (const Shown& one : all_shown()) {
    SCOPED_TRACE(shape_text(one.in) + " turned " + shape_text(one.turn) + " shown as " + shape_text(one.target) + " or flat before " +
                 std::to_string(one.flatten) + ", axis " + std::to_string(one.axis) + ", batch " + std::to_string(one.file_batch) + ", length " +
                 std::to_string(static_cast<int>(one.length)));
    bool mixes = false, fits = true;
    std::optional<std::vector<std::vector<float>>> wanted;
    std::vector<float> x;
    for (const std::int64_t samples : one.file_batch > 0 ? Ints{one.file_batch} : Ints{5, 2, 3}) {
      x.resize(static_cast<std::size_t>(samples * element_count(one.in)));
      std::iota(x.begin(), x.end(), 1.0F);
      const auto made = in_batch(one, samples);
      fits = fits && made;
      wanted = made ? by_sample(*made, x, samples) : std::nullopt;
      mixes = mixes || (made && !wanted);
    }
    std::optional<Network> network;
    std::string message;
    try {
      network = one.model().import();
    } catch (const base::UserError& error) {
      message = error.what();
    }
    if (!network) {
      EXPECT_THAT(message, testing::AnyOf(AllOf(HasSubstr("'shown'"), testing::AnyOf(HasSubstr("mixes samples"), HasSubstr("is not known"))),
                                          HasSubstr("'sum'"), HasSubstr("elements")));
      ++(mixes ? refused : refused_alone);
      continue;
    }
    EXPECT_FALSE(mixes);
    if (!fits || !wanted || mixes) continue;  // the file takes no such batch
    ++right;
    const std::size_t each = x.size() / wanted->size();
    for (std::size_t s = 0; s < wanted->size(); ++s) {
      EXPECT_EQ(run_float(*network, std::span(x).subspan(s * each, each)), (*wanted)[s]) << "sample " << s;
    }
  }
  EXPECT_GT(right, 400);
  EXPECT_GT(refused, 400);
  EXPECT_LT(refused_alone, refused / 4);  // where the batch does not stay in one axis
}

}  // namespace
}  // namespace mho::workloads
