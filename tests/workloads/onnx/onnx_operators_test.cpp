// What the importer refuses around indices, resampling, quantisation and sums by letters, and what it must not take for the batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/expect_error.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::ElementsAre;
using testing::HasSubstr;
using Ints = std::vector<std::int64_t>;

std::string refusal(const OnnxModel& model) {
  return user_error([&] { model.import(); });
}

TEST(OnnxOperators, NothingMixesTheBatch) {
  const Shape shape{0, 4, 4};
  const std::vector<OnnxModel> models{one_operator("ArgMax", shape),
                                      one_operator("TopK", shape, {"k"}).ints("k", {1}).attribute("axis", 0),
                                      one_operator("CumSum", shape, {"a"}).ints("a", {-3}),
                                      one_operator("Tile", shape, {"r"}).ints("r", {2, 1, 1}),
                                      one_operator("Trilu", {0, 4}, {}, 14),
                                      one_operator("GatherElements", shape, {"i"}).floats("i", {2, 1, 1}, {0, 0}),
                                      one_operator("GatherND", shape, {"i"}).floats("i", {2, 2}, {0, 1, 0, 3}),
                                      one_operator("ScatterElements", shape, {"i", "u"}).floats("i", {1, 1, 1}, {0}).floats("u", {1, 1, 1}, {0}),
                                      one_operator("Resize", shape, {"", "s"}).floats("s", {3}, {2, 1, 1}),
                                      one_operator("LpNormalization", shape).attribute("axis", 0),
                                      one_operator("MeanVarianceNormalization", {0, 4, 4, 4}),
                                      one_operator("Hardmax", shape).attribute("axis", 0),
                                      one_operator("Einsum", shape).attribute("equation", "abc->bc"),
                                      one_operator("Einsum", shape, {"x"}).attribute("equation", "abc,dbc->ad"),
                                      one_operator("Pad", shape, {"p"}).ints("p", {-1, 0, 0, 1, 0, 0}).attribute("mode", "edge")};
  for (const OnnxModel& model : models) EXPECT_THAT(refusal(model), HasSubstr("batch"));
}

TEST(OnnxOperators, ALongAxisZeroIsNoBatch) {
  // As recurrent layers have it: time, batch, features.
  OnnxModel model;
  model.input("x", {0, 3, 2})
      .output("y")
      .node("Transpose", {"x"}, "t")
      .attribute("perm", Ints{1, 0, 2})
      .node("CumSum", {"t", "a"}, "y")
      .ints("a", {0});
  EXPECT_THAT(run_float(model.import(), std::vector<float>{1, 10, 2, 20, 3, 30}), ElementsAre(1, 10, 3, 30, 6, 60));
}

TEST(OnnxOperators, WrongIndicesAndLengths) {
  const Shape shape{0, 3, 4};
  EXPECT_THAT(refusal(one_operator("Tile", shape, {"r"}).ints("r", {1, 2})), HasSubstr("2 repeats for the 3 axes"));
  EXPECT_THAT(refusal(one_operator("Tile", shape, {"r"}).ints("r", {1, 0, 1})), HasSubstr("1 or more is legal"));
  EXPECT_THAT(refusal(one_operator("Tile", shape, {"r"}).ints("r", {1, 1 << 20, 1 << 20})), HasSubstr("more than"));
  EXPECT_THAT(refusal(one_operator("TopK", shape, {"k"}).ints("k", {5})), HasSubstr("1 to 4 is legal"));
  EXPECT_THAT(refusal(one_operator("CumSum", shape, {"a"}).ints("a", {3})), HasSubstr("axis 3 is outside"));
  EXPECT_THAT(refusal(one_operator("GatherElements", shape, {"i"}).attribute("axis", 1).floats("i", {1, 1, 1}, {3})),
              HasSubstr("index 3 is outside"));
  EXPECT_THAT(refusal(one_operator("GatherElements", shape, {"i"}).attribute("axis", 1).floats("i", {1, 1, 5}, {0, 0, 0, 0, 0})), HasSubstr("1x1x5"));
  EXPECT_THAT(refusal(one_operator("GatherND", shape, {"i"}).floats("i", {1, 4}, {0, 0, 0, 0})), HasSubstr("do not fit"));
  EXPECT_THAT(refusal(one_operator("GatherND", shape, {"i"}).floats("i", {1, 2}, {0, -4})), HasSubstr("index -4 is outside"));
  EXPECT_THAT(refusal(one_operator("ScatterND", shape, {"i", "u"}).floats("i", {1, 2}, {0, 1}).floats("u", {1, 3}, {0, 0, 0})),
              HasSubstr("need 1x4"));
  EXPECT_THAT(refusal(one_operator("ScatterND", shape, {"x", "x"})), HasSubstr("must be constant"));
  EXPECT_THAT(refusal(one_operator("ScatterND", shape, {"i", "u"}).attribute("reduction", "xor").floats("i", {1, 1}, {0}).floats("u", {1}, {0})),
              HasSubstr("legal are none, add, mul, max and min"));
  EXPECT_THAT(refusal(one_operator("DepthToSpace", {0, 3, 2, 2}).attribute("blocksize", 2)), HasSubstr("no multiple of 4"));
  EXPECT_THAT(refusal(one_operator("SpaceToDepth", {0, 3, 2, 3}).attribute("blocksize", 2)), HasSubstr("do not fill"));
  EXPECT_THAT(refusal(one_operator("Pad", shape, {"p"}).ints("p", {0, 0, 0, 0, 0, 1}).attribute("mode", "mirror")),
              HasSubstr("legal are constant, reflect, edge and wrap"));
  OnnxModel endless;
  endless.input("x", {0, 3}).output("y").floats("a", {}, {0}).node("Range", {"a", "a", "a"}, "r").node("Add", {"x", "r"}, "y");
  EXPECT_THAT(refusal(endless), HasSubstr("delta is 0"));
  EXPECT_THAT(refusal(one_operator("NonZero", shape)), HasSubstr("must be constant"));
  EXPECT_THAT(refusal(one_operator("Mod", shape, {"c"}).floats("c", {}, {2})), HasSubstr("with fmod 1 any number is legal"));
  EXPECT_THAT(refusal(one_operator("Cast", shape).attribute("to", static_cast<int>(onnx::TensorProto::STRING))), HasSubstr("string"));
}

TEST(OnnxOperators, ResamplingAndQuantisationThatAreNotSupported) {
  const Shape shape{0, 3, 4, 4};
  const auto resize = [&] { return one_operator("Resize", shape, {"", "s"}, 18).floats("s", {4}, {1, 1, 2, 2}); };
  EXPECT_THAT(refusal(resize().attribute("coordinate_transformation_mode", "tf_crop_and_resize")),
              HasSubstr("'tf_crop_and_resize' is not supported"));
  EXPECT_THAT(refusal(resize().attribute("antialias", 1)), HasSubstr("antialias"));
  EXPECT_THAT(refusal(resize().attribute("mode", "area")), HasSubstr("supported are nearest, linear, cubic"));
  EXPECT_THAT(refusal(one_operator("Resize", shape, {"", "s"}).floats("s", {4}, {1, 1, 0, 2})), HasSubstr("more than 0"));
  EXPECT_THAT(refusal(one_operator("Resize", shape, {"", "s"}).floats("s", {4}, {1, 1, 0.1F, 2})), HasSubstr("holds no values"));
  EXPECT_THAT(refusal(one_operator("Resize", shape, {"", "s"}).floats("s", {2}, {2, 2})), HasSubstr("2 scales and 0 sizes for 4 axes"));
  EXPECT_THAT(refusal(one_operator("QuantizeLinear", shape, {"s"}).floats("s", {}, {1}).attribute("output_dtype", 17)), HasSubstr("float8e4m3fn"));
  EXPECT_THAT(refusal(one_operator("QuantizeLinear", shape, {"s"}).floats("s", {2}, {1, 1})), HasSubstr("one for each of the 3 along axis 1"));
  EXPECT_THAT(refusal(one_operator("DequantizeLinear", shape, {"s"})
                          .attribute("block_size", 3)
                          .attribute("axis", 2)
                          .floats("s", {1, 3, 1, 4}, std::vector<float>(12, 1))),
              HasSubstr("need 1x3x2x4"));
}

TEST(OnnxOperators, EquationsThatAreNotSupported) {
  const auto einsum = [](const char* equation) { return one_operator("Einsum", {0, 3, 3}).attribute("equation", equation); };
  EXPECT_THAT(refusal(einsum("abb->ab")), HasSubstr("letter 'b' is repeated in 'abb'"));
  EXPECT_THAT(refusal(einsum("abc->abd")), HasSubstr("letter 'd' of the result"));
  EXPECT_THAT(refusal(einsum("ab->ab")), HasSubstr("does not fit its operand of shape 1x3x3"));
  EXPECT_THAT(refusal(einsum("abc,abc->ab")), HasSubstr("for 2 operands, but it has 1"));
  EXPECT_THAT(refusal(einsum("a+c->ac")), HasSubstr("letters and one '...' are legal"));
  EXPECT_THAT(refusal(one_operator("Einsum", {0, 3, 3}, {"x", "x"}).attribute("equation", "abc,abc,abc->abc")), HasSubstr("one or two"));
  EXPECT_THAT(refusal(one_operator("Einsum", {0, 3, 4}, {"x"}).attribute("equation", "abc,acd->abd")), HasSubstr("axis 'c' is 4 long"));
}

TEST(OnnxOperators, ReadersOfACastAreToldApart) {
  // A constant added to a product becomes its bias only where nobody else reads the product, also behind a cast that does nothing.
  OnnxModel model;
  model.input("x", {0, 2}).output("y").floats("w", {2, 2}, {1, 0, 0, 1}).node("Gemm", {"x", "w"}, "g").floats("b", {2}, {10, 20});
  model.node("Cast", {"g"}, "c").attribute("to", 1).node("Add", {"c", "b"}, "a").node("Sub", {"a", "c"}, "y");
  EXPECT_THAT(run_float(model.import(), std::vector<float>{1, 2}), ElementsAre(10, 20));
}

TEST(OnnxOperators, ElementTypesThatOnlyHoldWholeNumbers) {
  for (const int type : {onnx::TensorProto::UINT16, onnx::TensorProto::UINT32, onnx::TensorProto::UINT64}) {
    for (const bool raw : {false, true}) {
      OnnxModel model = one_operator("Add", {0, 1}, {"c"});
      auto* tensor = model.proto().mutable_graph()->add_initializer();
      tensor->set_name("c");
      tensor->set_data_type(type);
      tensor->add_dims(1);
      if (raw) {
        const std::string bytes = type == onnx::TensorProto::UINT16 ? "\x01\x80" : std::string("\x01\x80\0\0", 4);
        tensor->set_raw_data(bytes + std::string(type == onnx::TensorProto::UINT64 ? 4 : 0, '\0'));
      } else if (type == onnx::TensorProto::UINT16) {
        tensor->add_int32_data(0x8001);
      } else {
        tensor->add_uint64_data(0x8001);
      }
      EXPECT_THAT(run_float(model.import(), std::vector<float>{0}), ElementsAre(0x8001)) << type << raw;
    }
  }
}

}  // namespace
}  // namespace mho::workloads
