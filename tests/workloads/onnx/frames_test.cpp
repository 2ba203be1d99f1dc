// Frames or tokens that a network merges into the batch: every operator behind such a Reshape against a loop over the frames.
#include "tests/workloads/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/base/expect_error.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/onnx_importer.h"
#include "workloads/operators/families.h"

namespace mho::workloads {
namespace {

using testing::HasSubstr;

constexpr std::int64_t frames_merged = 3;

/// Each frame alone, one after the other.
std::vector<float> one_by_one(const FrameCase& one, const std::vector<float>& x) {
  const Network single = one.model(1).import();
  std::vector<float> y;
  for (std::int64_t f = 0; f < frames_merged; ++f) {
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(f * one.elements());
    const std::vector<float> made = run_float(single, std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(one.elements())));
    y.insert(y.end(), made.begin(), made.end());
  }
  return y;
}

TEST(Frames, EveryOperatorRunsOnceForEachFrameOrIsRefused) {
  // They make tensors of lengths and of nothing, and hold no value of the input.
  const std::set<std::string> of_no_activation{"Constant", "ConstantOfShape", "NonZero", "Range", "Shape", "Size"};
  std::vector<FrameCase> cases = frame_cases();
  std::set<std::string> named = of_no_activation, of_families;
  for (const FrameCase& one : cases) named.insert(one.op_type);
  for (const OperatorFamily* family : operator_families()) {
    for (const OnnxImporter& importer : family->importers) {
      const std::string op(importer.op_type);
      if (named.contains(op)) continue;
      cases.push_back({op, {4, 3, 3}});
      of_families.insert(op);
    }
  }
  for (const FrameCase& one : cases) {
    SCOPED_TRACE(one.op_type + " over frames of " + shape_text(one.frame));
    const OnnxModel model = one.model(frames_merged);
    if (!one.refused.empty()) {
      EXPECT_THAT(base::user_error([&] { model.import(); }), HasSubstr(one.refused));
      continue;
    }
    const std::vector<float> x = around_one(static_cast<std::size_t>(frames_merged * one.elements()));
    try {
      EXPECT_EQ(run_float(model.import(), x), one_by_one(one, x));
    } catch (const base::UserError& error) {
      // An operator without a case of its own, and with inputs that one tensor does not serve, says so by name.
      if (of_families.contains(one.op_type)) {
        EXPECT_THAT(error.what(), HasSubstr(one.op_type));
        continue;
      }
      ADD_FAILURE() << error.what();
    }
  }
}

TEST(Frames, NetworksOfFramesAreTheirPartsInTurn) {
  for (const FrameNetwork& one : frame_networks()) {
    SCOPED_TRACE(one.name);
    const std::vector<float> x = around_one(static_cast<std::size_t>(element_count(one.in)));
    const Network each = one.of_one_frame().import();
    std::vector<float> y;
    const std::size_t length = x.size() / static_cast<std::size_t>(one.frames());
    for (std::size_t at = 0; at < x.size(); at += length) {
      const std::vector<float> made = run_float(each, std::span(x).subspan(at, length));
      y.insert(y.end(), made.begin(), made.end());
    }
    if (one.rest) y = run_float(one.of_the_rest().import(), y);
    const Network whole = one.whole().import();
    EXPECT_EQ(run_float(whole, x), y);
    // A matrix that every frame meets has as many products as a frame alone, for each of them.
    for (const Node& node : each.nodes) {
      for (const Node& same : whole.nodes) {
        if (same.name == node.name && node.on_tiles()) {
          EXPECT_EQ(whole.positions(same), one.frames() * each.positions(node)) << node.name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace mho::workloads
