#include "workloads/data/subset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "workloads/data/array_dataset.h"

namespace mho::workloads {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Samples of two numbers, 10 k and 10 k + 1 of sample k; labels k % 3.
std::unique_ptr<Dataset> numbered(std::size_t count, std::size_t stream_length = 0) {
  ArraySamples samples;
  samples.name = "numbered";
  samples.hash = "h";
  samples.count = count;
  samples.inputs.shape = {static_cast<std::int64_t>(count), 2};
  samples.sample_shape = {2};
  samples.classes = 3;
  for (std::size_t k = 0; k < count; ++k) {
    samples.inputs.floats.insert(samples.inputs.floats.end(), {static_cast<float>(10 * k), static_cast<float>(10 * k + 1)});
    samples.targets.push_back(static_cast<float>(k % 3));
    samples.lengths.push_back(static_cast<float>(k + 1));
  }
  samples.stream_length = stream_length;
  return array_dataset(std::move(samples));
}

TEST(SubsetTest, HoldsItsSamplesInTheirOrder) {
  const auto all = numbered(8);
  const auto some = subset_of(*all, {5, 0, 6}, "some");
  ASSERT_EQ(some->size(), 3U);
  std::vector<float> values(2), targets(1);
  some->load(0, values);
  some->load_targets(0, targets);
  EXPECT_THAT(values, ElementsAre(50, 51));
  EXPECT_THAT(targets, ElementsAre(2));
  EXPECT_EQ(some->label(2), 0);
  EXPECT_EQ(some->length(2), 7);
  EXPECT_EQ(some->name(), "some");
  EXPECT_NE(some->hash(), all->hash());
  EXPECT_NE(some->hash(), subset_of(*all, {5, 0, 7}, "some")->hash());
  EXPECT_THROW(static_cast<void>(subset_of(*all, {8}, "none")), std::logic_error);
}

TEST(SubsetTest, SharesAreSpreadEvenly) {
  for (const auto& [size, share, wanted] : {std::tuple<std::size_t, double, std::size_t>{100, 0.1, 10}, {7, 0.5, 4}, {10, 0.001, 1}, {3, 0.9, 2}}) {
    const auto all = numbered(size);
    const DividedSamples divided = divide(*all, share, false);
    EXPECT_EQ(divided.held_out.size(), wanted) << size;
    std::set<std::uint32_t> both(divided.rest.begin(), divided.rest.end());
    both.insert(divided.held_out.begin(), divided.held_out.end());
    EXPECT_EQ(both.size(), size);
    EXPECT_EQ(divided.rest.size() + wanted, size);
  }
  EXPECT_THAT(divide(*numbered(12), 0.25, false).held_out, ElementsAre(3, 7, 11));
}

TEST(SubsetTest, StreamsStayWhole) {
  EXPECT_THAT(divide(*numbered(8, 2), 0.5, true).held_out, ElementsAre(2, 3, 6, 7));
  // The end of the only one.
  EXPECT_THAT(divide(*numbered(8, 8), 0.25, true).held_out, ElementsAre(6, 7));
  // Where no state is carried streams do not count.
  EXPECT_THAT(divide(*numbered(8, 8), 0.25, false).held_out, ElementsAre(3, 7));
}

TEST(SubsetTest, OneSampleCannotBeDivided) {
  try {
    static_cast<void>(divide(*numbered(1), 0.5, false));
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("validation.share"));
  }
}

}  // namespace
}  // namespace mho::workloads
