#include "mapper/lowering/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace mho::mapper {
namespace {

/// Row-major inputs that output k touches, straight from the definition of a window.
std::set<int> inputs_of(const workloads::Window& w, Plane in, Plane out, int k) {
  std::set<int> set;
  for (int ky = 0; ky < w.kernel[0]; ++ky) {
    for (int kx = 0; kx < w.kernel[1]; ++kx) {
      const int y = (k / out.width) * w.stride[0] - w.pad_begin[0] + ky * w.dilation[0];
      const int x = (k % out.width) * w.stride[1] - w.pad_begin[1] + kx * w.dilation[1];
      if (y >= 0 && y < in.height && x >= 0 && x < in.width) set.insert(y * in.width + x);
    }
  }
  return set;
}

int output_size(int size, int kernel, int stride, int dilation, int pads) { return (size + pads - dilation * (kernel - 1) - 1) / stride + 1; }

TEST(Windowed, EveryWindowIsThereWhenItStartsAndNothingIsDroppedEarly) {
  int checked = 0;
  for (const int size : {5, 8}) {
    for (const int kernel : {1, 2, 3, 5}) {
      for (const int stride : {1, 2, 3}) {
        for (const int dilation : {1, 2}) {
          for (const int pad : {0, 1, 2}) {
            const int out_height = output_size(size, kernel, stride, dilation, 2 * pad);
            const int out_width = output_size(size + 1, kernel, stride, dilation, 2 * pad);
            if (size + 2 * pad < dilation * (kernel - 1) + 1 || out_height < 1 || out_width < 1) continue;
            workloads::Window window;
            window.kernel = {kernel, kernel};
            window.stride = {stride, stride};
            window.dilation = {dilation, dilation};
            window.pad_begin = window.pad_end = {pad, pad};
            const Plane in{size, size + 1}, out{out_height, out_width};
            const AccessSchedule schedule = windowed(window, in, out);
            ASSERT_EQ(schedule.needs->size(), static_cast<std::size_t>(out.positions()));
            ASSERT_EQ(schedule.releases->size(), schedule.needs->size());
            // Exactly what no later window touches, as far as it has arrived, is free after position k.
            std::vector<int> freed(schedule.needs->size());
            int later = in.positions();
            for (int k = out.positions(); k-- > 0;) {
              const auto at = static_cast<std::size_t>(k);
              freed[at] = k + 1 == out.positions() ? in.positions() : std::min<int>(later, (*schedule.needs)[at]);
              const auto touched = inputs_of(window, in, out, k);
              if (!touched.empty()) later = std::min(later, *touched.begin());
            }
            EXPECT_TRUE(std::ranges::equal(*schedule.releases, freed))
                << "size " << size << " kernel " << kernel << " stride " << stride << " dilation " << dilation << " pad " << pad;
            int latest = 0;
            for (int k = 0; k < out.positions(); ++k) {
              const auto touched = inputs_of(window, in, out, k);
              const int need = (*schedule.needs)[static_cast<std::size_t>(k)];
              if (!touched.empty()) latest = std::max(latest, *touched.rbegin() + 1);
              EXPECT_EQ(need, std::max(latest, 1));
              const int free_before = k == 0 ? 0 : (*schedule.releases)[static_cast<std::size_t>(k - 1)];
              if (!touched.empty()) {
                EXPECT_GE(*touched.begin(), free_before) << "dropped before position " << k;
              }
              EXPECT_LE((*schedule.releases)[static_cast<std::size_t>(k)], k + 1 == out.positions() ? in.positions() : need);
              ++checked;
            }
            EXPECT_EQ(schedule.releases->back(), in.positions());
          }
        }
      }
    }
  }
  EXPECT_GT(checked, 1000);
}

TEST(Windowed, ThreeByThreeHoldsTwoLinesAndThreePixels) {
  workloads::Window window;
  window.kernel = {3, 3};
  window.pad_begin = window.pad_end = {1, 1};
  const AccessSchedule schedule = windowed(window, {32, 32}, {32, 32});
  EXPECT_EQ((*schedule.needs)[0], 32 + 2);  // pixel (1, 1) is the last of the first window
  EXPECT_EQ((*schedule.releases)[0], 0);    // pixel (0, 0) serves the next window as well
  EXPECT_EQ((*schedule.needs)[33], 2 * 32 + 3);
  EXPECT_EQ(widest_window(schedule), 2 * 32 + 3);
}

TEST(OneToOne, PassesPositionByPosition) {
  const AccessSchedule schedule = one_to_one(4);
  EXPECT_EQ(*schedule.needs, (std::vector<std::int32_t>{1, 2, 3, 4}));
  EXPECT_EQ(*schedule.releases, (std::vector<std::int32_t>{1, 2, 3, 4}));
  EXPECT_EQ(widest_window(schedule), 1);
}

TEST(AllAtOnce, WaitsForEverythingAndFreesAtTheEnd) {
  const AccessSchedule schedule = all_at_once(5, 3);
  EXPECT_EQ(*schedule.needs, (std::vector<std::int32_t>{5, 5, 5}));
  EXPECT_EQ(*schedule.releases, (std::vector<std::int32_t>{0, 0, 5}));
  EXPECT_EQ(widest_window(schedule), 5);
}

// From the definition: a stage that makes a share finds every input that its own windows touch, of those that the other stage makes, when it starts a
// position; it keeps what its later positions touch; it gets nothing that lies in no window's reach.
TEST(Shared, EveryShareGetsWhatItReadsAndKeepsItAsLong) {
  int checked = 0;
  for (const int kernel : {1, 3, 7}) {
    for (const int stride : {1, 2}) {
      workloads::Window window;
      window.kernel = {kernel, kernel};
      window.stride = {stride, stride};
      window.pad_begin = window.pad_end = {kernel / 2, kernel / 2};
      const Plane in{12, 10}, out{output_size(12, kernel, stride, 1, kernel / 2 * 2), output_size(10, kernel, stride, 1, kernel / 2 * 2)};
      const AccessSchedule whole = windowed(window, in, out);
      for (const int consumers : {1, 2, 5}) {
        for (const int producers : {1, 3, 4}) {
          for (const bool rows : {true, false}) {
            std::set<int> seen;
            for (int c = 0; c < consumers; ++c) {
              for (int p = 0; p < producers; ++p) {
                const Share consumer{consumers, c, rows ? out.width : 1}, producer{producers, p, rows ? in.width : 1};
                const SharedSchedule own = shared(whole, consumer, producer, in.positions());
                std::vector<int> carried;  // as positions of the whole input
                for (int i = 0; i < own.count; ++i) carried.push_back(producer.whole(own.carried ? (*own.carried)[static_cast<std::size_t>(i)] : i));
                const int positions = consumer.positions(out.positions());
                ASSERT_EQ(own.schedule.needs->size(), static_cast<std::size_t>(positions));
                for (int k = 0; k < positions; ++k) {
                  const auto at = static_cast<std::size_t>(k);
                  const int free = k == 0 ? 0 : (*own.schedule.releases)[at - 1];
                  for (const int touched : inputs_of(window, in, out, consumer.whole(k))) {
                    if (!producer.has(touched)) continue;
                    const auto place = static_cast<int>(std::ranges::find(carried, touched) - carried.begin());
                    EXPECT_LT(place, own.count) << touched << " is not carried";
                    EXPECT_LT(place, (*own.schedule.needs)[at]) << "position " << k << " starts before " << touched << " is there";
                    EXPECT_GE(place, free) << touched << " is dropped before position " << k;
                    seen.insert(touched);
                    ++checked;
                  }
                }
                EXPECT_EQ(own.schedule.releases->back(), own.count);
              }
            }
            std::set<int> all;
            for (int k = 0; k < out.positions(); ++k) all.merge(inputs_of(window, in, out, k));
            EXPECT_EQ(seen, all);
          }
        }
      }
    }
  }
  EXPECT_GT(checked, 50000);
}

TEST(Shared, RowsThatNoWindowReachesAreNotSent) {
  workloads::Window window;
  window.kernel = {3, 3};
  window.pad_begin = window.pad_end = {1, 1};
  const Plane plane{16, 8};
  // One of eight: rows 0 and 8, which read rows 0, 1 and 7, 8, 9.
  const SharedSchedule own = shared(windowed(window, plane, plane), {8, 0, 8}, {}, plane.positions());
  EXPECT_EQ(own.count, 5 * 8);
}

TEST(Share, CountsItsOwnPositions) {
  const Share share{3, 1, 4};
  EXPECT_EQ(share.positions(24), 8);
  EXPECT_EQ(share.positions(17), 5);  // 4 to 7, and 16
  for (int k = 0; k < 8; ++k) {
    EXPECT_TRUE(share.has(share.whole(k)));
    EXPECT_EQ(share.own(share.whole(k)), k);
  }
}

}  // namespace
}  // namespace mho::mapper
