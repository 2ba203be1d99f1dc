#include "tiles/product.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace mho::tiles {
namespace {

struct Problem {
  PackedWeights weights;
  std::vector<float> x;
};

Problem problem(int inputs, int outputs, std::size_t batch, int count) {
  const base::RandomStream stream(base::StreamKey{.seed = 5, .purpose = base::Purpose::data});
  Problem p{PackedWeights(inputs, outputs), std::vector<float>(batch * static_cast<std::size_t>(inputs * count))};
  for (int j = 0; j < inputs; ++j) {
    for (int i = 0; i < outputs; ++i) p.weights.at(j, i) = stream.normal({}, static_cast<std::uint64_t>(j * outputs + i));
  }
  stream.normals({.sample = 1}, 0, p.x);
  return p;
}

std::vector<float> multiply(const Problem& p, ProductSelection selection, std::size_t batch) {
  std::vector<float> y(batch * static_cast<std::size_t>(p.weights.padded_outputs() * selection.count()));
  products(p.weights, selection, batch, p.x, y);
  return y;
}

/// One chain of fused multiply-adds in ascending order, written down again.
float chain(const Problem& p, int count, std::size_t row, int which, bool magnitude, int output) {
  float sum = 0.0F;
  for (int j = 0; j < p.weights.inputs(); ++j) {
    const float w = p.weights.at(j, output);
    const auto at = (row * static_cast<std::size_t>(p.weights.inputs()) + static_cast<std::size_t>(j)) * static_cast<std::size_t>(count);
    sum = std::fma(magnitude ? std::abs(w) : w, p.x[at + static_cast<std::size_t>(which)], sum);
  }
  return sum;
}

class ProductTargets : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }
};

TEST_P(ProductTargets, EqualsTheChainBitForBit) {
  for (const ProductSelection selection : {ProductSelection{}, {true, false}, {false, true}, {true, true}}) {
    const int count = selection.count();
    for (const std::size_t batch : {1U, 2U, 5U, 17U}) {
      const Problem p = problem(37, 41, batch, count);
      const auto y = multiply(p, selection, batch);
      const auto stride = static_cast<std::size_t>(p.weights.padded_outputs());
      for (int which = 0; which < count; ++which) {
        const bool magnitude = which > 0 && !(selection.ir_drop && which == 1);
        for (std::size_t b = 0; b < batch; ++b) {
          for (int i = 0; i < 41; ++i) {
            ASSERT_EQ(y[(static_cast<std::size_t>(which) * batch + b) * stride + static_cast<std::size_t>(i)],
                      chain(p, count, b, which, magnitude, i));
          }
        }
      }
    }
  }
}

TEST_P(ProductTargets, NormalsEqualTheReferenceTarget) {
  const base::RandomStream stream(base::StreamKey{.seed = 9});
  std::vector<float> here(1000);
  stream.normals({.sample = 3}, 5, here);
  hwy::SetSupportedTargetsForTest(0);
  std::vector<float> best(1000);
  stream.normals({.sample = 3}, 5, best);
  EXPECT_EQ(here, best);
  const std::vector<base::EventId> events{{.sample = 1}, {.sample = 2}, {.sample = 9}, {.position = 4}, {.sample = 5}};
  std::vector<float> few(events.size() * 16), fewer(events.size() * 16);
  stream.short_normals(events, 16, few);
  hwy::SetSupportedTargetsForTest(GetParam());
  stream.short_normals(events, 16, fewer);
  hwy::SetSupportedTargetsForTest(0);
  EXPECT_EQ(few, fewer);
}

INSTANTIATE_TEST_SUITE_P(All, ProductTargets, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const testing::TestParamInfo<std::int64_t>& test) { return std::string(hwy::TargetName(test.param)); });

}  // namespace
}  // namespace mho::tiles
