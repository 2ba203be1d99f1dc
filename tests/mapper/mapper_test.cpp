#include "mapper/mapper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/error.h"
#include "hw/program/untimed_execution.h"
#include "mapper/lowering/operations.h"
#include "mapper/placement/place.h"
#include "tests/mapper/small_networks.h"

namespace mho::mapper::test {
namespace {

const hw::Stage& stage(const Mapping& mapping, const std::string& name) {
  const auto found = std::ranges::find(mapping.program.stages, name, &hw::Stage::name);
  if (found == mapping.program.stages.end()) throw std::out_of_range("no stage " + name);
  return *found;
}

std::vector<hw::Edge> into(const Mapping& mapping, const std::string& name) {
  std::vector<hw::Edge> edges;
  for (const hw::Edge& edge : mapping.program.edges) {
    if (mapping.program.stages[static_cast<std::size_t>(edge.consumer)].name == name) edges.push_back(edge);
  }
  return edges;
}

TEST(Mapper, SmallConvnetBecomesTheStagesAHandWouldWrite) {
  const Setting on = setting();
  const Mapping mapping = map_on(small_convnet(), on);
  hw::verify(mapping.program, on.chip);
  ASSERT_EQ(mapping.program.stages.size(), 5U);      // input, conv1 (+ relu), pool, fc, output
  EXPECT_EQ(stage(mapping, "input").positions, 32);  // two pixels of 24 bits in a flit
  EXPECT_EQ(stage(mapping, "input").bits_per_position, 2 * 3 * 8);
  const auto& conv = stage(mapping, "conv1");
  EXPECT_EQ(conv.positions, 64);
  ASSERT_TRUE(conv.mvm);
  EXPECT_EQ(conv.mvm->inputs, 27);
  EXPECT_EQ(conv.mvm->outputs, 16);
  EXPECT_NEAR(conv.mvm->conductance_sum_siemens, 27 * 16 * 25e-6, 1e-9);  // every weight is the largest of its column
  ASSERT_EQ(conv.elements.size(), 1U);
  EXPECT_EQ(conv.elements[0].operations, 16);
  EXPECT_EQ(stage(mapping, "pool").positions, 16);
  EXPECT_EQ(stage(mapping, "pool").elements[0].operations, 4 * 16);
  EXPECT_EQ(into(mapping, "pool")[0].bits_per_position, 16 * 16);  // float16 between layers
  const auto fc = into(mapping, "fc");
  ASSERT_EQ(fc.size(), 1U);
  EXPECT_EQ(fc[0].bits_per_position, 16 * 8);  // int8 into a tile
  EXPECT_EQ(fc[0].needs->at(0), 16);
  EXPECT_EQ(mapping.program.layers[0].operation, "Conv + Relu");
  EXPECT_NEAR(mapping.utilisation, (27 * 16 + 256 * 10) / (2.0 * 512 * 512), 1e-12);
}

TEST(Mapper, ConductancesAreAddedUpOnceForAllMappings) {
  const Setting on = setting({"tile.rows=64", "tile.columns=8"});
  workloads::TiledNetwork tiled = lay_out(small_convnet(), on.tile);
  const auto sums = [&](const workloads::TiledNetwork& of) {
    std::map<std::string, double> by_name;
    for (const hw::Stage& stage : map(of, on.chip, on.mapper).program.stages)
      if (stage.mvm) by_name[stage.name] = stage.mvm->conductance_sum_siemens;
    return by_name;
  };
  const auto first = sums(tiled);
  const auto known = tiled.conductances->siemens;
  EXPECT_EQ(known.size(), first.size());
  EXPECT_EQ(sums(tiled), first);
  EXPECT_EQ(tiled.conductances->siemens, known);
  // What is known is what counts.
  for (auto& [block, siemens] : tiled.conductances->siemens) siemens *= 2;
  for (const auto& [name, siemens] : sums(tiled)) EXPECT_EQ(siemens, 2 * first.at(name)) << name;
  EXPECT_EQ(sums(lay_out(small_convnet(), on.tile)), first);
}

TEST(Mapper, RowSplitAddsAnAccumulatorAndSendsOnlyTheChannelsARowTouches) {
  NetworkBuilder b({1, 64, 4, 4});
  const auto network = b.finish(b.relu("relu", b.conv("conv", 0, 24, 3, 1)));
  const Setting on = setting({"tile.rows=300", "tile.columns=16"});
  const Mapping mapping = map_on(network, on);
  hw::verify(mapping.program, on.chip);
  EXPECT_EQ(mapping.tiles.size(), 4U);  // 576 rows -> 288 + 288, 24 columns -> 12 + 12
  const auto sums = into(mapping, "conv sum[1]");
  ASSERT_EQ(sums.size(), 2U);
  for (const auto& edge : sums) {
    EXPECT_EQ(edge.message_class, hw::MessageClass::partial_sum);
    EXPECT_EQ(edge.bits_per_position, 12 * 16);
  }
  EXPECT_EQ(into(mapping, "conv[0,0]")[0].bits_per_position, 32 * 8);  // rows 0..287 are channels 0..31
  EXPECT_EQ(into(mapping, "conv[1,0]")[0].bits_per_position, 32 * 8);
  EXPECT_EQ(stage(mapping, "conv sum[0]").elements.size(), 2U);  // additions, then the fused ReLU
  EXPECT_EQ(into(mapping, "output").size(), 2U);                 // one edge a column part
}

TEST(Mapper, FlattenedRowsReadOnlyTheirChannels) {
  NetworkBuilder b({1, 8, 4, 4});
  const auto network = b.finish(b.gemm("fc", b.flatten("flat", b.relu("relu", b.conv("conv", 0, 8, 1, 1))), 4));
  const Mapping mapping = map_on(network, setting({"tile.rows=64"}));
  const auto first = into(mapping, "fc[0,0]");
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].bits_per_position, 4 * 8);  // rows 0..63 of 128 = channels 0..3 of 8
}

TEST(Mapper, AnActivationDoesNotRideOnAStageThatOthersReadThroughAView) {
  NetworkBuilder b({1, 3, 4, 4});
  const int conv = b.conv("conv", 0, 3, 3, 1);
  const int activated = b.simple("relu", "Relu", "relu", workloads::Nonlinearity{}, {b.flatten("flat", conv)}, {1, 48});
  const int side = b.flatten("side", conv);  // reads what the ReLU has not touched
  const Setting on = setting();
  const Mapping mapping = map_on(b.finish(b.sum("sum", activated, side)), on);
  hw::verify(mapping.program, on.chip);
  EXPECT_TRUE(stage(mapping, "conv").elements.empty());
  EXPECT_EQ(stage(mapping, "relu").elements[0].operations, 3);
}

TEST(Mapper, AGlobalPoolTakesPositionsInAsTheyCome) {
  const Setting on = setting({"digital.lanes=4", "mapper.buffers=least"});
  const Mapping mapping = map_on(globally_pooled(), on);
  hw::verify(mapping.program, on.chip);
  const hw::Stage& pool = stage(mapping, "pool");
  EXPECT_EQ(pool.positions, 64);
  // 64 additions and a division for each of 12 channels, by position.
  ASSERT_EQ(pool.elements.size(), 1U);
  EXPECT_EQ(pool.elements[0].operations, (65 * 12 + 63) / 64);
  const auto in = into(mapping, "pool"), out = into(mapping, "after");
  ASSERT_EQ(in.size(), 1U);
  EXPECT_EQ(in[0].needs->front(), 1);
  EXPECT_EQ(in[0].releases->front(), 1);
  EXPECT_LT(in[0].capacity, 8);
  ASSERT_EQ(out.size(), 1U);
  ASSERT_TRUE(out[0].carried);
  EXPECT_EQ(*out[0].carried, std::vector<std::int32_t>{63});
  EXPECT_EQ(out[0].positions(pool.positions), 1);
  EXPECT_EQ(stage(mapping, "after").positions, 1);
  EXPECT_EQ(stage(mapping, "after").elements[0].operations, 12);
}

TEST(Mapper, AReorderedInputOfASumIsWaitedForInFull) {
  NetworkBuilder b({1, 3, 4, 4});
  const int conv = b.conv("conv", 0, 3, 3, 1);
  const int turned = b.simple("turned", "Transpose", "transpose", workloads::Permutation{}, {conv}, {1, 3, 4, 4});
  const Setting on = setting();
  const Mapping mapping = map_on(b.finish(b.sum("sum", conv, turned)), on);
  hw::verify(mapping.program, on.chip);
  const auto edges = into(mapping, "sum");
  ASSERT_EQ(edges.size(), 2U);
  EXPECT_EQ(edges[0].needs->front(), 1);
  EXPECT_EQ(edges[1].needs->front(), 16);
}

TEST(Mapper, ShortBranchOfAJoinHoldsWhatTheLongBranchSwallows) {
  const Setting on = setting();
  Mapping mapping = map_on(residual_chain(3), on);
  hw::verify(mapping.program, on.chip);
  EXPECT_TRUE(hw::execute_untimed(mapping.program, on.chip.output_buffer_positions, 3).finished);
  // Two 3x3 convolutions of 16 pixels a line hold back more than two lines; a buffer of one window starves the join.
  for (hw::Edge& edge : mapping.program.edges) {
    if (mapping.program.stages[static_cast<std::size_t>(edge.consumer)].name == "add0") edge.capacity = 4;
  }
  EXPECT_THROW(hw::verify(mapping.program, on.chip), base::UserError);
}

TEST(Mapper, EveryTileHasACoreOfItsOwn) {
  const Setting on = setting();
  const Mapping mapping = map_on(residual_chain(5), on);
  std::set<int> cores, tiles;
  for (const TilePlacement& placement : mapping.tiles) {
    EXPECT_EQ(on.chip.kind(placement.node), hw::CoreKind::analog);
    EXPECT_TRUE(cores.insert(placement.node).second);
    EXPECT_TRUE(tiles.insert(placement.tile).second);
  }
}

TEST(Mapper, TilesShareACoreOnlyWhereTheChipHasTooFewCores) {
  const auto network = residual_chain(4);  // ten convolutions
  const auto most_on_a_core = [&](const std::vector<std::string>& assignments) {
    const Setting on = setting(assignments);
    const Mapping mapping = map_on(network, on);
    hw::verify(mapping.program, on.chip);
    std::map<int, int> tiles;
    for (const TilePlacement& placement : mapping.tiles) ++tiles[placement.node];
    return std::ranges::max_element(tiles, {}, [](const auto& core) { return core.second; })->second;
  };
  EXPECT_EQ(most_on_a_core({"chip.tiles_per_core=4"}), 1);
  const std::vector<std::string> six_cores{"chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=2", "chip.tiles_per_core=4"};
  EXPECT_EQ(most_on_a_core(six_cores), 2);  // 2, 2, 2, 2, 2
  const std::vector<std::string> three_cores{"chip.mesh.width=2", "chip.mesh.height=3", "chip.digital_cores=2", "chip.tiles_per_core=4"};
  EXPECT_EQ(most_on_a_core(three_cores), 4);  // 4, 4, 2
}

TEST(Mapper, TilesThatDoNotGoOnOneCoreAreRefused) {
  // One core of four tiles; two 3x3 layers together need more input buffer than it has.
  const std::vector<std::string> one_core{"chip.mesh.width=3", "chip.mesh.height=1", "chip.digital_cores=1", "chip.tiles_per_core=4"};
  NetworkBuilder b({1, 3, 16, 16});
  const auto network = b.finish(b.conv("second", b.conv("first", 0, 8, 3, 1), 8, 3, 1));
  EXPECT_NO_THROW((void)map_on(network, setting(one_core)));
  auto tight = one_core;
  tight.push_back("chip.input_buffer=0.5");
  try {
    (void)map_on(network, setting(tight));
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    EXPECT_NE(std::string(error.what()).find("chip.input_buffer"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("do not go on one core"), std::string::npos) << error.what();
  }
}

TEST(Mapper, CountsEveryMatrixVectorProduct) {
  const auto network = residual_chain(4);
  const Mapping mapping = map_on(network, setting());
  std::int64_t mapped = 0, wanted = 0;
  for (const auto& s : mapping.program.stages) mapped += s.mvm ? s.positions : 0;
  for (const auto& node : network.nodes) wanted += node.on_tiles() ? network.positions(node) : 0;
  EXPECT_EQ(mapped, wanted);
}

TEST(Mapper, SaysHowManyTilesAreMissing) {
  const auto network = residual_chain(4);  // ten convolutions
  try {
    (void)map_on(network, setting({"chip.mesh.width=3", "chip.mesh.height=3", "chip.digital_cores=2"}));
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    EXPECT_NE(std::string(error.what()).find("needs 10 tiles"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("4 are missing"), std::string::npos) << error.what();
  }
  try {
    (void)map_on(network, setting({"chip.mesh.width=4", "chip.mesh.height=3", "chip.digital_cores=2"}));
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_NE(std::string(error.what()).find("1 is missing"), std::string::npos) << error.what();
  }
}

/// Sets what a message says the network fits with.
std::vector<std::string> said_to_fit(const std::string& message) {
  std::vector<std::string> assignments;
  const std::string option = "--set ";
  for (std::size_t at = message.find(option, message.find("It fits with")); at != std::string::npos; at = message.find(option, at + 1)) {
    const std::size_t begin = at + option.size();
    assignments.push_back(message.substr(begin, message.find(' ', begin) - begin));
  }
  return assignments;
}

TEST(Mapper, ListsAllThatAChipLacksAndTheSmallestChangeThatFits) {
  const auto network = residual_chain(4);
  const std::vector<std::string> poor{"chip.mesh.width=2",      "chip.mesh.height=2", "chip.digital_cores=0",
                                      "chip.input_buffer=0.05", "tile.rows=32",       "chip.digital_buffer=0.05"};
  try {
    (void)map_on(network, setting(poor));
    FAIL();
  } catch (const base::UserError& error) {
    const std::string message = error.what();
    EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
    for (const char* part : {"tiles (3 of ", "input buffer (51 bytes a core", "a digital core (there is none)", "digital buffer (51 bytes a core"}) {
      EXPECT_NE(message.find(part), std::string::npos) << part << ": " << message;
    }
    std::vector<std::string> change = said_to_fit(message);
    ASSERT_GE(change.size(), 4U) << message;
    const auto mended = [&](std::size_t without) {
      std::vector<std::string> all = poor;
      for (std::size_t k = 0; k < change.size(); ++k) {
        if (k != without) all.push_back(change[k]);
      }
      return all;
    };
    EXPECT_NO_THROW((void)map_on(network, setting(mended(change.size())))) << message;
    // None of it may be left out.
    for (std::size_t k = 0; k < change.size(); ++k) EXPECT_THROW((void)map_on(network, setting(mended(k))), base::UserError) << change[k];
  }
}

TEST(Mapper, TheSmallestMeshHasTheFewestNodesThatRoutersServe) {
  const auto network = residual_chain(4);  // ten tiles
  const auto said = [&](std::vector<std::string> chip) {
    chip.insert(chip.end(), {"chip.digital_cores=1", "tile.rows=512"});
    try {
      (void)map_on(network, setting(chip));
    } catch (const base::UserError& error) {
      return said_to_fit(error.what());
    }
    return std::vector<std::string>{"fits"};
  };
  const std::vector<std::string> small{"chip.mesh.width=2", "chip.mesh.height=2"};
  EXPECT_EQ(said(small), (std::vector<std::string>{"chip.mesh.width=3", "chip.mesh.height=4"}));  // 12 = 10 tiles, a digital core, the port
  auto shared = small;
  shared.emplace_back("noc.concentration=4");
  EXPECT_EQ(said(shared), (std::vector<std::string>{"chip.mesh.height=6"}));
  // A buffer that is enough stays as it is, though it is no whole KiB.
  auto odd = small;
  odd.insert(odd.end(), {"chip.input_buffer=0.6", "chip.digital_buffer=100.5"});
  EXPECT_EQ(said(odd), (std::vector<std::string>{"chip.mesh.width=3", "chip.mesh.height=4"}));
}

TEST(Mapper, NamesTheBufferThatIsTooSmall) {
  for (const char* assignment : {"chip.input_buffer=0.05", "chip.digital_buffer=0.05"}) {
    try {
      (void)map_on(small_convnet(), setting({assignment}));
      FAIL() << assignment;
    } catch (const base::UserError& error) {
      EXPECT_EQ(error.code(), base::ExitCode::does_not_fit);
      EXPECT_NE(std::string(error.what()).find(std::string(assignment).substr(0, std::string(assignment).find('='))), std::string::npos)
          << error.what();
    }
  }
}

TEST(Mapper, CountsTheWorkOfOperatorsAlongAnAxis) {
  // On 8 channels of 16 positions each: operations for one element of the result.
  const auto count = [](const std::string& op, workloads::Shape out, workloads::Attributes attributes) {
    NetworkBuilder b({1, 8, 4, 4});
    const workloads::Network network = b.finish(b.simple("node", "Node", op, std::move(attributes), {0}, std::move(out)));
    return operations_per_element(network, network.nodes[0]);
  };
  using periphery::digital::Reduction;
  EXPECT_EQ(count("cumulative_sum", {1, 8, 4, 4}, workloads::CumulativeSum{.axis = 1}), 1);
  EXPECT_EQ(count("extreme_index", {1, 1, 4, 4}, workloads::ExtremeIndex{.axis = 1}), 8);
  EXPECT_EQ(count("top_k", {1, 2, 4, 4}, workloads::TopK{.axis = 1}), 8);  // 4 elements for each of the 2, 2 comparisons for each of them
  EXPECT_EQ(count("interpolation", {1, 16, 4, 4}, workloads::Interpolation{1, std::vector<std::int64_t>(64)}), 4);
  EXPECT_EQ(count("binary", {1, 8, 4, 4}, workloads::Binary{periphery::digital::Binary::remainder}), 3);
  EXPECT_EQ(count("local_response", {1, 8, 4, 4}, workloads::LocalResponse{.size = 5}), 23);
  EXPECT_EQ(count("reduce", {1, 1, 4, 4}, workloads::Reduce{Reduction::log_sum_of_exponentials, {1}}), 88);
}

/// Scores of 2 heads: each row of 5 scores reads one row of 8 queries and all 5 keys of 8.
TEST(Mapper, AProductOfTwoActivationsReadsBothOperandsForEveryPosition) {
  NetworkBuilder b({1, 2, 4, 8});
  const int keys = b.simple("keys", "Relu", "relu", workloads::Nonlinearity{}, {0}, {1, 2, 8, 5});
  const auto network = b.finish(b.simple("scores", "MatMul", "matrix_product", workloads::MatrixProduct{}, {0, keys}, {1, 2, 4, 5}));
  const workloads::Node& scores = network.nodes.back();
  EXPECT_EQ(operand_elements(network, scores, 5), 8 + 8 * 5);
  EXPECT_EQ(operand_elements(network, scores, 4 * 5), 4 * (8 + 8 * 5));  // a whole head as one position
  EXPECT_EQ(operand_elements(network, network.nodes.front(), 5), 0);
}

TEST(Mapper, SourceAndSinkGoToThePortsNearTheirCores) {
  const Setting on = setting({"port.nodes=0 63"});
  const Mapping mapping = map_on(small_convnet(), on);
  hw::verify(mapping.program, on.chip);
  const auto& stages = mapping.program.stages;
  EXPECT_EQ(stages.front().core, 0);  // the first layer stands beside it
  EXPECT_EQ(on.chip.kind(stages.back().core), hw::CoreKind::port);
}

TEST(Snake, RunsBackOnEveryOtherRow) {
  const Setting on = setting({"chip.mesh.width=3", "chip.mesh.height=2", "chip.digital_cores=0"});
  EXPECT_EQ(snake(on.chip), (std::vector<int>{1, 2, 5, 4, 3}));
}

}  // namespace
}  // namespace mho::mapper::test
