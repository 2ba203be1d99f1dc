// One simulation per process: every case calls simulate() at most once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "hw/chip/simulation.h"
#include "mapper/lowering/decoding.h"
#include "tests/mapper/lowering/small_attention.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

constexpr int tokens = 16;
constexpr int width = 8;

constexpr InferenceMode prefill{InferenceMode::Kind::prefill}, decode{InferenceMode::Kind::decode};

Mapping mapped(const Setting& on, const InferenceMode& mode) { return map_on(attention(tokens, width), on, mode); }

const hw::Stage& stage(const hw::Program& program, const std::string& name) { return *std::ranges::find(program.stages, name, &hw::Stage::name); }

TEST(Tokens, OfASequenceAreItsTimeSteps) {
  EXPECT_EQ(tokens_of(attention(tokens, width)), tokens);
  EXPECT_EQ(tokens_of(small_convnet()), 1);
}

/// One vector is no sequence of tokens; numbers that pick rows of a table are.
TEST(Tokens, AVectorIsNoSequenceOfThem) {
  NetworkBuilder b({1, 12});
  const workloads::Network vector = b.finish(b.gemm("fc", b.relu("relu", 0), 10));
  EXPECT_EQ(tokens_of(vector), 1);
  for (const InferenceMode& mode : {prefill, decode}) {
    try {
      map_on(vector, setting(), mode);
      ADD_FAILURE() << "not refused";
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("is no sequence of tokens; leave --mode out"), testing::HasSubstr("1x12"),
                                               testing::HasSubstr("which trained weights meet as features")));
    }
  }
}

/// An image as a vector is none either; numbers that a matrix meets one by one are tokens.
TEST(Tokens, AVectorShownUnderAnotherShapeIsNone) {
  NetworkBuilder image({1, 64}), numbers({1, 64});
  EXPECT_EQ(tokens_of(image.finish(image.conv("conv", image.simple("image", "Reshape", "reshape", workloads::View{}, {0}, {1, 1, 8, 8}), 2, 3, 1))),
            1);
  EXPECT_EQ(tokens_of(numbers.finish(numbers.gemm("fc", numbers.simple("each", "Reshape", "reshape", workloads::View{}, {0}, {64, 1}), 10))), 64);
}

/// A mask of tokens x tokens that differs above its diagonal, in either of the ways that exporters have, hides later tokens.
TEST(Tokens, SeeLaterOnesWithoutAMask) {
  workloads::Network network = attention(tokens, width);
  EXPECT_TRUE(may_see_later_tokens(network, tokens));
  const auto masked = [&](float later, float before) {
    workloads::Network with = network;
    std::vector<float> mask;
    for (int i = 0; i < tokens * tokens; ++i) mask.push_back(i % tokens > i / tokens ? later : before);
    with.values.push_back({.name = "mask", .shape = {1, tokens, tokens}, .constant = true, .data = std::move(mask)});
    with.nodes.back().inputs.push_back(static_cast<int>(with.values.size()) - 1);
    return may_see_later_tokens(with, tokens);
  };
  EXPECT_FALSE(masked(-std::numeric_limits<float>::infinity(), 0));
  EXPECT_FALSE(masked(0, 1));
  EXPECT_TRUE(masked(0.5F, 0.5F));
}

/// A token's row of scores is 16 products of 8 with the whole cache of keys: what one of the 16 positions of a prefill does.
TEST(Tokens, ATokenDoesItsShareOfTheWork) {
  const Setting on = setting();
  const hw::Program all = mapped(on, {}).program, one = mapped(on, decode).program;
  hw::verify(one, on.chip);
  ASSERT_EQ(one.stages.size(), all.stages.size());
  for (const char* name : {"queries", "scores", "weights", "head", "out"}) {
    EXPECT_EQ(stage(all, name).positions, tokens) << name;
    EXPECT_EQ(stage(one, name).positions, 1) << name;
  }
  const int bits = on.tile.digital.result_format.bits();
  EXPECT_EQ(stage(one, "scores").elements[0].operations, tokens * width);
  EXPECT_EQ(stage(one, "scores").operand_bits, (width + width * tokens) * bits);
  EXPECT_EQ(stage(one, "head").operand_bits, (tokens + tokens * width) * bits);
  for (std::size_t e = 0; e < one.edges.size(); ++e) EXPECT_LE(one.edges[e].needs->back(), 1);
  // Keys, values and queries of all tokens have room as in a prefill.
  std::int64_t kept = 0;
  for (const hw::Edge& edge : one.edges) kept += edge.capacity >= tokens ? 1 : 0;
  EXPECT_GE(kept, 4);
}

/// The next token begins when this one has left, so tokens are a latency apart; a prefill is pipelined.
TEST(Tokens, FollowEachOtherByALatency) {
  const Setting on = setting();
  const hw::Program program = mapped(on, decode).program;
  const hw::SimulationResult result = hw::simulate(program, on.chip, on.tile, {.one_at_a_time = true});
  EXPECT_TRUE(result.converged);
  EXPECT_NEAR(result.interval_s, result.latency.seconds(), 0.02 * result.latency.seconds());
  for (std::size_t s = 0; s < program.stages.size(); ++s) EXPECT_EQ(result.single.stages[s].positions, 1U) << program.stages[s].name;
  // Four products one after the other on tiles: queries, keys and values work side by side.
  const double tile = on.tile.dac.settling_time().si() + on.tile.dac.integration_time().si() + on.tile.adc.conversion_time.si() * on.tile.adc.mux;
  EXPECT_GE(result.latency.seconds(), 2 * tile);
  EXPECT_LE(result.latency.seconds(), 4 * tile);
}

TEST(Tokens, APrefillIsFasterThanItsTokensOneByOne) {
  const Setting on = setting();
  const hw::SimulationResult result = hw::simulate(mapped(on, {}).program, on.chip, on.tile);
  const double tile = on.tile.dac.settling_time().si() + on.tile.dac.integration_time().si() + on.tile.adc.conversion_time.si() * on.tile.adc.mux;
  EXPECT_LE(result.interval_s, tokens * 2 * tile);
}

std::int64_t port_bits(const hw::Program& program, const hw::Activity& activity, hw::Stage::Kind kind) {
  std::int64_t bits = 0;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    if (program.stages[s].cache && program.stages[s].kind == kind) bits += static_cast<std::int64_t>(activity.stages[s].port_bits);
  }
  return bits;
}

/// One layer: 2 x 15 rows of 8 halves are read for the token, and its own two are written. Over a port of one bit a cycle that takes nearly all of
/// the time: 8 x 16 bits of input come before it has anything else to do, and after the last row the last block of the sum, the product and the
/// output are left.
TEST(Tokens, ReadTheirCachesThroughThePort) {
  const Setting on = setting({"mapper.caches=memory", "port.bits_per_cycle=1"});
  const hw::Program program = mapped(on, decode).program;
  hw::verify(program, on.chip);
  const hw::SimulationResult result = hw::simulate(program, on.chip, on.tile, {.one_at_a_time = true});
  const int bits = on.tile.digital.result_format.bits();
  const std::int64_t read = 2LL * (tokens - 1) * width * bits;
  EXPECT_EQ(port_bits(program, result.single, hw::Stage::Kind::source), read);
  EXPECT_EQ(port_bits(program, result.single, hw::Stage::Kind::sink), 2 * width * bits);
  const double cycle = 1 / on.chip.clock.si();
  const std::int64_t input = width * on.tile.digital.activation_format.bits(), output = width * bits;
  const double tile = on.tile.dac.settling_time().si() + on.tile.dac.integration_time().si() + on.tile.adc.conversion_time.si() * on.tile.adc.mux;
  EXPECT_GE(result.latency.seconds(), static_cast<double>(input + read) * cycle);
  EXPECT_LE(result.latency.seconds(), static_cast<double>(input + read + output) * cycle + 1.5 * tile);
  EXPECT_NEAR(result.interval_s, result.latency.seconds(), 0.02 * result.latency.seconds());
}

/// A whole sequence fills its caches on its way.
TEST(Tokens, OfAPrefillAreWrittenOnce) {
  const Setting on = setting({"mapper.caches=memory"});
  const hw::Program program = mapped(on, prefill).program;
  hw::verify(program, on.chip);
  const hw::SimulationResult result = hw::simulate(program, on.chip, on.tile);
  EXPECT_EQ(port_bits(program, result.single, hw::Stage::Kind::sink), 2 * tokens * width * on.tile.digital.result_format.bits());
  EXPECT_EQ(port_bits(program, result.single, hw::Stage::Kind::source), 0);
}

TEST(Tokens, ANetworkWithOneResultIsRefused) {
  for (const InferenceMode& mode : {prefill, decode}) {
    try {
      (void)map_on(small_convnet(), setting(), mode);
      FAIL() << mode_name(mode.kind);
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("no sequence of tokens; leave --mode out"));
    }
  }
}

}  // namespace
}  // namespace mho::mapper::test
