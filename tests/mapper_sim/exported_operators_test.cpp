// One simulation per process: every case calls simulate() once. Operators that are made of others, and new ones, on a chip that computes.
#include <functional>
#include <utility>

#include "tests/mapper_sim/functional_chip.h"
#include "tests/workloads/onnx_model.h"

namespace mho::mapper::test {
namespace {

using workloads::OnnxModel;
using workloads::ramp;
using Ints = std::vector<std::int64_t>;

/// A layer of 8 outputs behind x [6] before what is tried, so that it reads what tiles made.
OnnxModel behind_a_layer(std::int64_t outputs = 8) {
  OnnxModel model(18);
  model.input("x", {0, 6}).output("y").floats("w", {6, outputs}, ramp(static_cast<std::size_t>(6 * outputs)));
  return model.node("MatMul", {"x", "w"}, "h", "layer");
}

TEST(ExportedOperatorsOnChip, TrainedEinsumWithAMatrixForEachHead) {
  OnnxModel model = behind_a_layer(12).ints("s", {-1, 3, 4}).node("Reshape", {"h", "s"}, "r").floats("e", {3, 4, 5}, ramp(60));
  model.node("Einsum", {"r", "e"}, "y", "heads").attribute("equation", "bnh,nhd->bnd");
  expect_equal_bits(model.import(), setting());
}

TEST(ExportedOperatorsOnChip, QuantisedLayers) {
  OnnxModel model = behind_a_layer().floats("s", {}, {0.05F}).floats("zero", {}, {0}).floats("bits", {}, {8}).floats("v", {8, 4}, ramp(32));
  model.node("DynamicQuantizeLinear", {"h"}, "q");
  for (const char* more : {"scale", "shift"}) model.proto().mutable_graph()->mutable_node(1)->add_output(more);
  model.node("DequantizeLinear", {"q", "scale", "shift"}, "d").node("Quant", {"v", "s", "zero", "bits"}, "vq");
  model.proto().mutable_graph()->mutable_node(3)->set_domain("qonnx.custom_op.general");
  model.node("MatMul", {"d", "vq"}, "y", "second");
  expect_equal_bits(model.import(), setting());
}

TEST(ExportedOperatorsOnChip, OneHotAndWhatNumbersAre) {
  OnnxModel model = behind_a_layer().floats("depth", {}, {3}).floats("values", {2}, {0, 1}).floats("v", {3, 4}, ramp(12));
  model.node("Round", {"h"}, "i").node("OneHot", {"i", "depth", "values"}, "o").node("MatMul", {"o", "v"}, "m", "second");
  model.node("IsNaN", {"m"}, "n").node("Tan", {"m"}, "t").node("Where", {"n", "m", "t"}, "y");
  expect_equal_bits(model.import(), setting());
}

TEST(ExportedOperatorsOnChip, Volumes) {
  OnnxModel model(18);
  model.input("x", {0, 2, 4, 5, 5}).output("y").floats("w", {4, 2, 3, 3, 3}, ramp(216)).floats("b", {4}, ramp(4));
  model.node("Conv", {"x", "w", "b"}, "c", "conv").attribute("pads", Ints(6, 1)).node("Relu", {"c"}, "r");
  model.node("MaxPool", {"r"}, "y").attribute("kernel_shape", Ints(3, 2)).attribute("strides", Ints(3, 2));
  expect_equal_bits(model.import(), setting());
}

TEST(ExportedOperatorsOnChip, LpPooling) {
  OnnxModel model(18);
  model.input("x", {0, 2, 6, 6}).output("y").floats("w", {3, 2, 3, 3}, ramp(54)).node("Conv", {"x", "w"}, "c", "conv");
  model.node("LpPool", {"c"}, "y").attribute("kernel_shape", Ints(2, 2)).attribute("strides", Ints(2, 2)).attribute("p", 3);
  expect_equal_bits(model.import(), setting());
}

/// Where positions are no channels, a response to neighbours needs other positions.
TEST(ExportedOperatorsOnChip, ResponseToNeighboursAcrossPositions) {
  OnnxModel model(18);
  model.input("x", {0, 4, 3, 6}).output("y").floats("w", {6, 5}, ramp(30)).node("MatMul", {"x", "w"}, "h", "layer");
  expect_equal_bits(model.node("LRN", {"h"}, "y", "response").attribute("size", 3).attribute("alpha", 0.5F).import(), setting());
}

/// The sample feeds a tile as it came, and `reads`, which makes "s" [N, 8] of it turned: results of turning are rounded, what a tile reads is not.
workloads::Network turned_beside_a_tile(const std::function<void(OnnxModel&)>& reads) {
  OnnxModel model(18);
  model.input("x", {0, 4, 8}).output("y").floats("w", {32, 8}, ramp(256)).ints("flat", {-1, 32});
  model.node("Transpose", {"x"}, "t", "turned").attribute("perm", Ints{0, 2, 1});
  model.node("Reshape", {"x", "flat"}, "f", "flat").node("MatMul", {"f", "w"}, "h", "layer");
  reads(model);
  return model.node("Add", {"h", "s"}, "y", "both").import();
}

class TurnedSample : public ::testing::TestWithParam<std::pair<const char*, std::function<void(OnnxModel&)>>> {};

TEST_P(TurnedSample, HasTheBitsOfTheAccuracyPath) { expect_equal_bits(turned_beside_a_tile(GetParam().second), setting()); }

TEST_P(TurnedSample, HasThemWithIntegersBetweenBlocks) {
  expect_equal_bits(turned_beside_a_tile(GetParam().second), setting({"digital.result_format=int6"}));
}

INSTANTIATE_TEST_SUITE_P(
    Readers, TurnedSample,
    ::testing::ValuesIn(std::vector<std::pair<const char*, std::function<void(OnnxModel&)>>>{
        {"Sum", [](OnnxModel& m) { m.ints("axes", {2}).node("ReduceSum", {"t", "axes"}, "s").attribute("keepdims", 0); }},
        {"Largest", [](OnnxModel& m) { m.ints("axes", {2}).node("ReduceMax", {"t", "axes"}, "s").attribute("keepdims", 0); }},
        {"Slice",
         [](OnnxModel& m) {
           m.ints("from", {1}).ints("to", {2}).ints("axes", {2}).ints("two", {-1, 8});
           m.node("Slice", {"t", "from", "to", "axes"}, "p").node("Reshape", {"p", "two"}, "s");
         }},
        {"ShownBeforeAndAfter",
         [](OnnxModel& m) {
           m.ints("four", {-1, 4, 2, 4}).ints("two", {-1, 8, 4}).ints("axes", {2}).node("Reshape", {"x", "four"}, "v");
           m.node("Transpose", {"v"}, "q").attribute("perm", Ints{0, 3, 2, 1}).node("Reshape", {"q", "two"}, "z");
           m.node("ReduceSum", {"z", "axes"}, "s").attribute("keepdims", 0);
         }},
        {"AnotherTile", [](OnnxModel& m) { m.ints("g", {-1, 32}).floats("u", {32, 8}, ramp(256, 0.05F)).node("Reshape", {"t", "g"}, "p").node("MatMul", {"p", "u"}, "s"); }},
        {"BesideTheSampleItself",
         [](OnnxModel& m) {
           m.ints("back", {-1, 4, 8}).ints("axes", {1}).node("Reshape", {"t", "back"}, "b").node("Mul", {"x", "b"}, "p");
           m.node("ReduceSum", {"p", "axes"}, "s").attribute("keepdims", 0);
         }}}),
    [](const auto& reader) { return reader.param.first; });

TEST(TurnedSampleAsAResult, HasTheBitsOfTheAccuracyPath) {
  OnnxModel model(18);
  model.input("x", {0, 4, 8}).output("y").floats("w", {8, 4}, ramp(32));
  model.node("Transpose", {"x"}, "t", "turned").attribute("perm", Ints{0, 2, 1}).node("MatMul", {"x", "w"}, "h", "layer");
  expect_equal_bits(model.node("Concat", {"h", "t"}, "y").attribute("axis", 1).import(), setting());
}

}  // namespace
}  // namespace mho::mapper::test
