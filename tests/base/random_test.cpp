#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <vector>

namespace mho::base {
namespace {

TEST(Philox, KnownAnswersOfThePaper) {
  // Salmon et al., SC 2011: known-answer vectors published with the generator.
  using Words = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xFFFFFFFF;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

StreamKey key(Purpose purpose) {
  StreamKey k;
  k.seed = 42;
  k.purpose = purpose;
  k.node = hash_name("conv1");
  k.block_row = 1;
  k.sign = 1;
  k.programming = 3;
  return k;
}

TEST(RandomStream, KnownNumbersPerPurpose) {
  // These never change without a step of the version inside the generator: results of earlier versions would not be reproducible.
  const std::uint32_t expected[] = {
#include "tests/base/stream_table.inc"
  };
  std::size_t at = 0;
  for (std::uint32_t purpose = 1; purpose <= 13; ++purpose) {
    const RandomStream stream(key(static_cast<Purpose>(purpose)));
    EXPECT_EQ(stream.bits({.sample = 7, .position = 5, .pass = 1, .phase = 2, .attempt = 3}, 77), expected[at++]) << "purpose " << purpose;
  }
}

TEST(RandomStream, AnyWindowIsTheSameNumbers) {
  const RandomStream stream(key(Purpose::read));
  const EventId event{.sample = 3, .position = 9};
  std::vector<float> whole(1000);
  stream.normals(event, 0, whole);
  for (const std::size_t first : {0U, 1U, 63U, 64U, 65U, 130U, 500U}) {
    for (const std::size_t count : {1U, 2U, 63U, 64U, 200U}) {
      std::vector<float> part(count);
      stream.normals(event, first, part);
      for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(part[i], whole[first + i]);
    }
  }
  EXPECT_EQ(stream.normal(event, 321), whole[321]);
  std::vector<float> uniforms(200);
  stream.uniforms(event, 0, uniforms);
  EXPECT_EQ(stream.uniform(event, 123), uniforms[123]);
}

TEST(RandomStream, ShortNormalsAreTheSameInAnyCompany) {
  const RandomStream stream(key(Purpose::output));
  std::vector<EventId> events(11);
  for (std::uint32_t e = 0; e < events.size(); ++e) events[e] = {.sample = e, .position = 3 * e, .pass = static_cast<std::uint8_t>(e % 2)};
  std::vector<float> together(events.size() * 13);
  stream.short_normals(events, 13, together);
  for (std::size_t e = 0; e < events.size(); ++e) {
    std::vector<float> alone(16);
    stream.short_normals(std::span(events).subspan(e, 1), 16, alone);
    for (std::size_t i = 0; i < 13; ++i) ASSERT_EQ(alone[i], together[e * 13 + i]);
    std::vector<float> others(16);
    stream.normals(events[e], 0, others);
    for (const float v : alone) EXPECT_EQ(std::ranges::find(others, v), others.end());
  }
}

TEST(RandomStream, ShortNormalsHaveTheMomentsOfTheNormalDistribution) {
  constexpr std::size_t rows = 1U << 19U;
  std::vector<EventId> events(rows);
  for (std::uint32_t e = 0; e < rows; ++e) events[e].sample = e;
  std::vector<float> v(rows * 16);
  RandomStream(key(Purpose::output)).short_normals(events, 16, v);
  double m1 = 0, m2 = 0, m4 = 0, neighbours = 0;
  for (std::size_t k = 0; k < v.size(); ++k) {
    const double x = v[k];
    m1 += x;
    m2 += x * x;
    m4 += x * x * x * x;
    neighbours += x * static_cast<double>(v[(k + 1) % v.size()]);
  }
  const auto n = static_cast<double>(v.size());
  EXPECT_NEAR(m1 / n, 0, 5 * std::sqrt(1 / n));
  EXPECT_NEAR(m2 / n, 1, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(m4 / n, 3, 5 * std::sqrt(96 / n));
  EXPECT_NEAR(neighbours / n, 0, 5 * std::sqrt(1 / n));
}

TEST(RandomStream, NormalsHaveTheMomentsAndTailsOfTheNormalDistribution) {
  constexpr std::size_t n = 1U << 24U;
  std::vector<float> v(n);
  RandomStream(key(Purpose::output)).normals({}, 0, v);
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  std::size_t beyond4 = 0, beyond5 = 0;
  for (const float f : v) {
    const double x = f;
    m1 += x;
    m2 += x * x;
    m3 += x * x * x;
    m4 += x * x * x * x;
    beyond4 += std::abs(x) > 4 ? 1U : 0U;
    beyond5 += std::abs(x) > 5 ? 1U : 0U;
  }
  const double count = n;
  // Five standard errors of each sample moment: sqrt(1, 2, 15, 96 over n).
  EXPECT_NEAR(m1 / count, 0, 5 * std::sqrt(1 / count));
  EXPECT_NEAR(m2 / count, 1, 5 * std::sqrt(2 / count));
  EXPECT_NEAR(m3 / count, 0, 5 * std::sqrt(15 / count));
  EXPECT_NEAR(m4 / count, 3, 5 * std::sqrt(96 / count));
  const double expected4 = count * std::erfc(4 / std::sqrt(2.0)), expected5 = count * std::erfc(5 / std::sqrt(2.0));
  EXPECT_NEAR(static_cast<double>(beyond4), expected4, 5 * std::sqrt(expected4));
  EXPECT_NEAR(static_cast<double>(beyond5), expected5, 5 * std::sqrt(expected5));
}

TEST(RandomStream, NeighboursAreUncorrelated) {
  constexpr std::size_t n = 1U << 18U;
  const auto draw = [](const StreamKey& k, const EventId& event) {
    std::vector<float> v(n);
    RandomStream(k).normals(event, 0, v);
    return v;
  };
  const StreamKey base_key = key(Purpose::output);
  const auto reference = draw(base_key, {.sample = 1});
  const auto correlation = [&](const std::vector<float>& other) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(reference[i]) * static_cast<double>(other[i]);
    return sum / static_cast<double>(n);
  };
  const double limit = 5 / std::sqrt(static_cast<double>(n));
  EXPECT_LT(std::abs(correlation(draw(base_key, {.sample = 2}))), limit);
  EXPECT_LT(std::abs(correlation(draw(base_key, {.sample = 1, .position = 1}))), limit);
  EXPECT_LT(std::abs(correlation(draw(base_key, {.sample = 1, .pass = 1}))), limit);
  EXPECT_LT(std::abs(correlation(draw(base_key, {.sample = 1, .attempt = 1}))), limit);
  auto k = base_key;
  k.time_index = 1;
  EXPECT_LT(std::abs(correlation(draw(k, {.sample = 1}))), limit);
  k = base_key;
  k.block_row = 2;
  EXPECT_LT(std::abs(correlation(draw(k, {.sample = 1}))), limit);
  k = base_key;
  k.sign = 0;
  EXPECT_LT(std::abs(correlation(draw(k, {.sample = 1}))), limit);
  k = base_key;
  k.programming = 4;
  EXPECT_LT(std::abs(correlation(draw(k, {.sample = 1}))), limit);
  k = base_key;
  k.seed = 43;
  EXPECT_LT(std::abs(correlation(draw(k, {.sample = 1}))), limit);
}

TEST(RandomStream, NothingRepeats) {
  // Two neighbours of 2^20 numbers of four streams: among 2^22 pairs of 64 bits an equal one turns up by chance once in 2 million such tests.
  constexpr std::uint64_t pairs = 1U << 20U;
  std::vector<std::uint64_t> seen;
  for (std::uint32_t stream = 0; stream < 4; ++stream) {
    StreamKey k = key(Purpose::output);
    k.block_row = stream;
    const RandomStream numbers(k);
    for (std::uint64_t i = 0; i < pairs; ++i) {
      seen.push_back((static_cast<std::uint64_t>(numbers.bits({.sample = 3}, 2 * i)) << 32U) | numbers.bits({.sample = 3}, 2 * i + 1));
    }
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST(RandomStream, EveryFieldOfTheIdentityMatters) {
  std::set<std::uint32_t> seen;
  int streams = 0;
  const auto add = [&](const StreamKey& k, const EventId& event) {
    seen.insert(RandomStream(k).bits(event, 0));
    ++streams;
  };
  StreamKey k;
  add(k, {});
  for (auto change : {+[](StreamKey& s) { s.seed = 1; }, +[](StreamKey& s) { s.purpose = Purpose::read; }, +[](StreamKey& s) { s.node = 1; },
                      +[](StreamKey& s) { s.block_row = 1; }, +[](StreamKey& s) { s.block_column = 1; }, +[](StreamKey& s) { s.copy = 1; },
                      +[](StreamKey& s) { s.slice = 1; }, +[](StreamKey& s) { s.sign = 1; }, +[](StreamKey& s) { s.programming = 1; },
                      +[](StreamKey& s) { s.time_index = 1; }}) {
    StreamKey changed;
    change(changed);
    add(changed, {});
  }
  for (const EventId event : {EventId{.sample = 1}, EventId{.position = 1}, EventId{.pass = 1}, EventId{.phase = 1}, EventId{.attempt = 1}})
    add(k, event);
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(streams));
}

}  // namespace
}  // namespace mho::base
