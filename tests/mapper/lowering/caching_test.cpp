#include "mapper/lowering/caching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "tests/mapper/lowering/small_attention.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int tokens = 16;
constexpr int width = 8;

const hw::Stage& stage(const hw::Program& program, const std::string& name) {
  const auto found = std::ranges::find(program.stages, name, &hw::Stage::name);
  if (found == program.stages.end()) throw std::out_of_range("no stage " + name);
  return *found;
}

const hw::Edge& edge(const hw::Program& program, const std::string& from, const std::string& to) {
  for (const hw::Edge& each : program.edges) {
    if (program.stages[static_cast<std::size_t>(each.producer)].name == from && program.stages[static_cast<std::size_t>(each.consumer)].name == to)
      return each;
  }
  throw std::out_of_range("no edge " + from + " -> " + to);
}

hw::Program decoded(const workloads::Network& network, const Setting& on, int context = 0) {
  hw::Program program = map_on(network, on, {InferenceMode::Kind::decode, context}).program;
  hw::verify(program, on.chip);
  return program;
}

std::vector<std::string> cache_stages(const hw::Program& program) {
  std::vector<std::string> names;
  for (const hw::Stage& each : program.stages) {
    if (each.cache) names.push_back(each.name);
  }
  return names;
}

/// 15 rows of 8 halves, four in each block of 64 bytes: the last one has three. A quarter of the scores is made from each.
TEST(Caching, AProductReadsItsCacheInBlocks) {
  const Setting on = setting({"mapper.caches=memory", "mapper.cache_block=0.0625"});
  const int bits = on.tile.digital.result_format.bits();
  ASSERT_EQ(bits, 16);
  const hw::Program program = decoded(attention(tokens, width), on);
  const hw::Stage& read = stage(program, "scores cache read");
  EXPECT_TRUE(read.memory);
  EXPECT_EQ(read.kind, hw::Stage::Kind::source);
  EXPECT_EQ(read.positions, tokens - 1);
  EXPECT_EQ(read.bits_per_position, width * bits);
  const hw::Edge& rows = edge(program, "scores cache read", "scores");
  EXPECT_THAT(*rows.needs, ElementsAre(4, 8, 12, 15));
  EXPECT_THAT(*rows.releases, ElementsAre(4, 8, 12, 15));
  EXPECT_LT(rows.capacity, tokens - 1 + on.mapper.buffer_slack + 4);
  const hw::Stage& scores = stage(program, "scores");
  EXPECT_EQ(scores.positions, 4);
  EXPECT_EQ(scores.bits_per_position, tokens * bits / 4);
  EXPECT_EQ(scores.elements[0].operations, tokens * width / 4);
  EXPECT_EQ(scores.operand_bits, (width + width * tokens) * bits / 4);
  EXPECT_THAT(*edge(program, "queries", "scores").needs, ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(*edge(program, "keys", "scores").releases, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(*edge(program, "scores", "weights").needs, ElementsAre(4));
  EXPECT_EQ(edge(program, "scores", "weights").bits_per_position, tokens * bits / 4);
}

TEST(Caching, TheNewTokensRowsAreWritten) {
  const Setting on = setting({"mapper.caches=memory"});
  const hw::Program program = decoded(attention(tokens, width), on);
  EXPECT_THAT(cache_stages(program),
              ::testing::UnorderedElementsAre("scores cache read", "scores cache written", "head cache read", "head cache written"));
  EXPECT_EQ(stage(program, "scores cache written").positions, 1);
  EXPECT_EQ(edge(program, "keys", "scores cache written").bits_per_position, width * on.tile.digital.result_format.bits());
  EXPECT_EQ(edge(program, "values", "head cache written").bits_per_position, width * on.tile.digital.result_format.bits());
  EXPECT_EQ(stage(program, "scores").positions, 1) << "15 rows are less than a block of 4 KiB";
}

/// Heads that share keys read them once, as they were before they were repeated; keys that are values too are written once.
TEST(Caching, WhatHeadsShareIsKeptOnce) {
  const Setting on = setting({"mapper.caches=memory"});
  const hw::Program program = decoded(shared_keys(tokens, width), on);
  EXPECT_THAT(cache_stages(program), ::testing::UnorderedElementsAre("scores cache read", "scores cache written", "head cache read"));
  EXPECT_EQ(stage(program, "scores cache read").bits_per_position, width * on.tile.digital.result_format.bits());
  EXPECT_EQ(stage(program, "scores").elements[0].operations, 2 * tokens * width);
}

/// Keys and values of 256 tokens of 64 halves are 32 KiB each.
TEST(Caching, MemoryTakesWhatTheBuffersCannotHold) {
  const std::vector<std::string> small{"chip.digital_buffer=24"};
  std::string refused;
  try {
    (void)decoded(attention(256, 64), setting(small));
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    refused = error.what();
  }
  EXPECT_THAT(refused, AllOf(HasSubstr("chip.digital_buffer"), HasSubstr("'scores'")));
  const hw::Program program = decoded(attention(256, 64), setting({"chip.digital_buffer=24", "mapper.caches=memory"}));
  EXPECT_EQ(stage(program, "scores cache read").positions, 255);
  // Whatever the context.
  EXPECT_NO_THROW((void)decoded(attention(256, 64), setting({"chip.digital_buffer=24", "mapper.caches=memory"}), 1));
}

/// Four tiles on a chip of two: what a product reads comes in its phase.
TEST(Caching, MemoryIsReadInThePhaseOfItsProduct) {
  const Setting on = setting({"chip.mesh.height=1", "chip.mesh.width=4", "chip.digital_cores=1", "mapper.weights=reloaded", "mapper.caches=memory"});
  const hw::Program program = decoded(attention(tokens, width), on);
  ASSERT_EQ(program.phases.size(), 4U);
  for (const char* name : {"scores", "head"}) {
    EXPECT_EQ(stage(program, std::string(name) + " cache read").phase, stage(program, name).phase);
  }
  EXPECT_EQ(stage(program, "head").phase, 3);
  EXPECT_EQ(std::ranges::count(program.stages, true, &hw::Stage::cache), 4);
}

/// A phase has all buffers, and those of the phase before are gone.
TEST(Caching, CoresKeepNothingFromPhaseToPhase) {
  const Setting on = setting({"chip.mesh.height=1", "chip.mesh.width=4", "chip.digital_cores=1", "mapper.weights=reloaded"});
  try {
    (void)decoded(attention(tokens, width), on);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    EXPECT_THAT(error.what(), HasSubstr("set mapper.caches to memory"));
  }
}

TEST(Caching, WithoutAModeThereIsNoCache) {
  const Setting on = setting({"mapper.caches=memory"});
  EXPECT_THAT(cache_stages(map_on(attention(tokens, width), on).program), ::testing::IsEmpty());
  EXPECT_THAT(cache_stages(decoded(attention(tokens, width), setting())), ::testing::IsEmpty());
}

/// The first token has nothing to read.
TEST(Caching, AContextOfOneReadsNothing) {
  const hw::Program program = decoded(attention(tokens, width), setting({"mapper.caches=memory"}), 1);
  EXPECT_THAT(cache_stages(program), ::testing::UnorderedElementsAre("scores cache written", "head cache written"));
}

/// A token that sees five others' keys does what it would in a network whose sequence is that long, in memory and out of it.
TEST(Context, IsThatOfAShorterSequence) {
  constexpr int context = 5;
  for (const char* where : {"mapper.caches=core", "mapper.caches=memory"}) {
    for (const bool shared : {false, true}) {
      const Setting on = setting({where, "mapper.cache_block=0.0625"});
      const auto network = [&](int length) { return shared ? shared_keys(length, width) : attention(length, width); };
      const hw::Program cut = decoded(network(tokens), on, context), shorter = decoded(network(context), on);
      ASSERT_EQ(cut.stages.size(), shorter.stages.size());
      for (std::size_t s = 0; s < cut.stages.size(); ++s) {
        const hw::Stage &one = cut.stages[s], &other = shorter.stages[s];
        SCOPED_TRACE(one.name);
        EXPECT_EQ(one.positions, other.positions);
        EXPECT_EQ(one.bits_per_position, other.bits_per_position);
        EXPECT_EQ(one.operand_bits, other.operand_bits);
        ASSERT_EQ(one.elements.size(), other.elements.size());
        for (std::size_t i = 0; i < one.elements.size(); ++i) EXPECT_EQ(one.elements[i].operations, other.elements[i].operations);
      }
      ASSERT_EQ(cut.edges.size(), shorter.edges.size());
      for (std::size_t e = 0; e < cut.edges.size(); ++e) {
        EXPECT_EQ(cut.edges[e].bits_per_position, shorter.edges[e].bits_per_position);
        EXPECT_EQ(*cut.edges[e].needs, *shorter.edges[e].needs);
      }
    }
  }
}

TEST(Context, BeyondTheSequenceIsRefused) {
  for (const int context : {-1, tokens + 1}) {
    try {
      (void)decoded(attention(tokens, width), setting(), context);
      FAIL() << context;
    } catch (const base::UserError& error) {
      EXPECT_EQ(error.code(), base::ExitCode::usage);
      EXPECT_THAT(error.what(), AllOf(HasSubstr("--tokens"), HasSubstr("1 to 16")));
    }
  }
}

}  // namespace
}  // namespace mho::mapper::test
