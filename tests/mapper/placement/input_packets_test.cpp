#include "mapper/placement/input_packets.h"

#include <gtest/gtest.h>

#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

const hw::Edge& edge_from_source(const Mapping& mapping) {
  for (const hw::Edge& edge : mapping.program.edges) {
    if (mapping.program.stages[static_cast<std::size_t>(edge.producer)].kind == hw::Stage::Kind::source) return edge;
  }
  throw std::out_of_range("no edge from the source");
}

TEST(InputPackets, PixelsThatFitAFlitTravelTogether) {
  NetworkBuilder b({1, 1, 6, 10});
  const Mapping mapping = map_on(b.finish(b.conv("conv", 0, 4, 3, 1)), setting());
  EXPECT_EQ(mapping.program.stages[0].positions, 8);  // 60 pixels, 8 of a byte in a flit of 64 bits
  EXPECT_EQ(mapping.program.stages[0].bits_per_position, 64);
  const hw::Edge& edge = edge_from_source(mapping);
  EXPECT_EQ(edge.bits_per_position, 64);
  // The first window ends at row 1, column 1: pixel 12 of 60, in the second group; the last pixel is in the eighth.
  EXPECT_EQ(edge.needs->front(), 2);
  EXPECT_EQ(edge.needs->back(), 8);
  // Position (2, 0) no longer needs row 0, but the window of (2, 1) begins at (1, 0) = pixel 10: one whole group of 8 is free after (1, 9).
  EXPECT_EQ(edge.releases->at(19), 1);
  EXPECT_EQ(edge.releases->back(), 8);
}

TEST(InputPackets, WhoeverNeedsEverythingGetsOneVector) {
  NetworkBuilder b({1, 3, 8, 8});
  const Mapping mapping = map_on(b.finish(b.gemm("fc", b.flatten("flat", 0), 10)), setting());
  EXPECT_EQ(mapping.program.stages[0].positions, 1);
  EXPECT_EQ(mapping.program.stages[0].bits_per_position, 192 * 8);
  const hw::Edge& edge = edge_from_source(mapping);
  EXPECT_EQ(edge.needs->front(), 1);
  EXPECT_EQ(edge.releases->back(), 1);
}

TEST(InputPackets, PartsOfAMatrixGetTheirOwnRowsOfTheVector) {
  NetworkBuilder b({1, 1, 28, 28});
  const Mapping mapping = map_on(b.finish(b.gemm("fc", b.flatten("flat", 0), 10)), setting());
  int edges = 0;
  for (const hw::Edge& edge : mapping.program.edges) {
    if (edge.producer != 0) continue;
    EXPECT_EQ(edge.bits_per_position, 392 * 8);  // 784 rows on tiles of 512: two parts
    ++edges;
  }
  EXPECT_EQ(edges, 2);
}

TEST(InputPackets, WidePixelsStayAlone) {
  NetworkBuilder b({1, 5, 4, 4});
  const Mapping mapping = map_on(b.finish(b.conv("conv", 0, 4, 3, 1)), setting());
  EXPECT_EQ(mapping.program.stages[0].positions, 16);  // 5 bytes each: one fits a flit of 8
}

TEST(InputPackets, ANarrowFlitStillCarriesOnePixelAPacket) {
  NetworkBuilder b({1, 3, 4, 4});
  const Mapping mapping = map_on(b.finish(b.conv("conv", 0, 4, 3, 1)), setting({"noc.flit_bits=16"}));
  EXPECT_EQ(mapping.program.stages[0].positions, 16);
}

}  // namespace
}  // namespace mho::mapper::test
