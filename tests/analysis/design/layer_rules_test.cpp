#include "analysis/design/layer_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/experiment/conductance_file.h"
#include "analysis/experiment/prepare.h"
#include "base/output_file.h"
#include "mapper/mapper.h"
#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/data/npz_files.h"

namespace mho::analysis {
namespace {

using base::user_error;
using testing::HasSubstr;

/// Three products; the last uses the matrix of the second.
workloads::Network three_products() {
  workloads::OnnxModel model;
  model.input("x", {0, 6}).floats("a", {6, 4}, workloads::ramp(24)).floats("b", {4, 4}, workloads::ramp(16, 0.2F)).output("y");
  model.node("MatMul", {"x", "a"}, "p", "one").node("Relu", {"p"}, "q").node("MatMul", {"q", "b"}, "r", "two").node("Relu", {"r"}, "s");
  return model.node("MatMul", {"s", "b"}, "y", "three").import();
}

Design design_of(const std::string& text, const std::string& columns = "16") {
  return design_from_text(text, "chip.yaml", {"tile.rows=32", "tile.columns=" + columns, "tile.adc.mux=1", "digital.scale_format=float32"});
}

TEST(LayerRules, OneMatrixIsMappedOnce) {
  const workloads::Network network = three_products();
  ASSERT_EQ(network.matrices.size(), 2U);
  EXPECT_EQ(network.weights(), 24 + 16);
  EXPECT_EQ(network.macs(), 24 + 2 * 16);
  const Design design = design_of("");
  EXPECT_EQ(mapper::lay_out(network, design.tile).layout.tiles, 2);
}

TEST(LayerRules, LaterRulesWinAndPatternsMatch) {
  workloads::Network network = three_products();
  const Design design = design_of(
      "layers:\n"
      "  - {match: 't*', set: {tile.adc.bits: 6}}\n"
      "  - {match: last, set: {tile: {adc: {bits: 5}}}}\n"
      "  - {match: first, digital: true}\n");
  const tiles::LayerTiles tiles = apply_layer_rules(design, network);
  EXPECT_TRUE(network.matrices[0].digital);
  EXPECT_FALSE(network.matrices[1].digital);
  EXPECT_EQ(tiles.of("two").adc.bits, 5);  // the matrix of the last layer too
  EXPECT_EQ(tiles.standard().adc.bits, design.tile.adc.bits);
  EXPECT_EQ(network.weights(), 16);
}

TEST(LayerRules, TheStoredDesignHoldsThem) {
  const Design plain = design_of(""), ruled = design_of("layers: [{match: first, digital: true}, {match: last, set: {tile.adc.bits: 6}}]\n");
  EXPECT_NE(plain.hash(), ruled.hash());
  EXPECT_EQ(design_from_text(ruled.json(), "again.json").hash(), ruled.hash());
}

TEST(LayerRules, NamesMayHoldColonsAndDots) {
  Design design = design_of("");
  add_layer_rules(design, {"onnx::conv.1=digital", "a:b:tile.adc.bits=5"});
  EXPECT_EQ(design.layers[0].match, "onnx::conv.1");
  EXPECT_EQ(design.layers[0].digital, true);
  EXPECT_EQ(design.layers[1].match, "a:b");
}

TEST(LayerRules, ALaterRuleOverrulesSettings) {
  Design design = design_of("layers: [{match: one, set: {tile.adc.bits: 6}}]\n");
  add_layer_rules(design, {"one=digital"});
  workloads::Network network = three_products();
  static_cast<void>(apply_layer_rules(design, network));
  EXPECT_TRUE(network.matrices[0].digital);
  EXPECT_THAT(user_error([] {
                Design other = design_of("");
                add_layer_rules(other, {"one=digital", "one:tile.adc.bits=6"});
                workloads::Network unchanged = three_products();
                apply_layer_rules(other, unchanged);
              }),
              HasSubstr("every layer that 'one' matches is digital"));
}

TEST(LayerRules, WhatIsWrongIsSaid) {
  EXPECT_THAT(user_error([] { design_of("layers: [{match: first}]\n"); }), HasSubstr("changes nothing"));
  EXPECT_THAT(user_error([] { design_of("layers: [{digital: true}]\n"); }), HasSubstr("'match' is missing"));
  EXPECT_THAT(user_error([] { design_of("layers: [{match: first, digit: true}]\n"); }), HasSubstr("chip.yaml:1:25: unknown key 'digit'"));
  EXPECT_THAT(user_error([] { design_of("layers: {match: first}\n"); }), HasSubstr("'layers' is a list"));
  EXPECT_THAT(user_error([] { design_of("layers: [{match: first, set: {tile.adc.bit: 3}}]\n"); }), HasSubstr("did you mean 'tile.adc.bits'"));
  EXPECT_THAT(user_error([] { design_of("layers: [{match: first, set: {chip.mesh.width: 3}}]\n"); }), HasSubstr("cannot differ between layers"));
  EXPECT_THAT(user_error([] {
                workloads::Network network = three_products();
                apply_layer_rules(design_of("layers: [{match: 'conv*', digital: true}]\n"), network);
              }),
              HasSubstr("no layer with weights is called 'conv*'; there are one, two, three"));
}

TEST(Conductances, TargetsComeBackAsTheWeights) {
  const workloads::Network network = three_products();
  const Design design = design_of("", "3");
  const workloads::TiledNetwork tiled = prepare(design, network);
  const tiles::Layout& layout = tiled.layout;
  const auto targets = target_conductances(tiled);
  const std::string bytes = conductance_file(tiled, targets);
  const workloads::NpzFile arrays(bytes, "g.npz");
  ASSERT_EQ(arrays.names().size(), static_cast<std::size_t>(layout.tiles));
  ASSERT_EQ(layout.of("one").blocks.size(), 2U);
  const tiles::Block& block = layout.of("one").blocks[1];
  const auto array = arrays.array("tile_0001");
  ASSERT_EQ(array.shape, (workloads::Shape{block.inputs(), block.outputs(), 2}));
  // Column scales: the largest weight of a column has the largest conductance, and the others their share of it.
  const auto& weights = network.matrices[0].weights;
  for (int o = 0; o < block.outputs(); ++o) {
    const float* row = weights.data() + (block.output_begin + o) * 6;
    float most = 0;
    for (int i = 0; i < 6; ++i) most = std::max(most, std::abs(row[i]));
    for (int i = 0; i < 6; ++i) {
      const auto at = static_cast<std::size_t>((i * block.outputs() + o) * 2);
      const double wanted = design.tile.device.most_us * 1e-6 * static_cast<double>(row[i]) / static_cast<double>(most);
      EXPECT_NEAR(array.floats[at] - array.floats[at + 1], wanted, 1e-11);
      EXPECT_NEAR(std::min(array.floats[at], array.floats[at + 1]), design.tile.device.least_us * 1e-6, 1e-12);
    }
  }
  const std::string path = testing::TempDir() + "conductances.npz";
  base::OutputFile file(path);
  file.write(bytes);
  file.commit();
  const auto measured = read_conductances(path, tiled);
  EXPECT_TRUE(measured.at("one")[0].measured);
  for (std::size_t i = 0; i < targets.at("one")[0].planes[1].microsiemens.size(); ++i) {
    EXPECT_NEAR(measured.at("one")[0].planes[1].microsiemens[i], targets.at("one")[0].planes[1].microsiemens[i], 1e-5);
  }
  // On another chip the arrays do not fit.
  const workloads::TiledNetwork wider = prepare(design_of("", "4"), network);
  EXPECT_THAT(user_error([&] { read_conductances(path, wider); }), HasSubstr("array 'tile_0000' has shape 6x2x2"));
}

}  // namespace
}  // namespace mho::analysis
