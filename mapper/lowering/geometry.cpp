#include "mapper/lowering/geometry.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>

namespace mho::mapper {

namespace {

struct Span {
  int first;
  int last;
};

/// Inputs along one axis that output `k` reads; empty if its window lies in the padding.
std::optional<Span> touched(int k, int size, int kernel, int stride, int dilation, int pad) {
  const int start = k * stride - pad;
  std::optional<Span> span;
  for (int t = 0; t < kernel; ++t) {
    const int at = start + t * dilation;
    if (at < 0 || at >= size) continue;
    if (!span) span = Span{at, at};
    span->last = at;
  }
  return span;
}

Table share(std::vector<std::int32_t> values) { return std::make_shared<const std::vector<std::int32_t>>(std::move(values)); }

/// The schedule of one frame of `inputs` positions, `frames` times.
AccessSchedule repeated(const AccessSchedule& one, int inputs, int frames) {
  std::vector<std::int32_t> needs, releases, first;
  for (int frame = 0; frame < frames; ++frame) {
    for (const std::int32_t n : *one.needs) needs.push_back(frame * inputs + n);
    for (const std::int32_t n : *one.releases) releases.push_back(frame * inputs + n);
    for (const std::int32_t n : *one.first) first.push_back(frame * inputs + n);
  }
  return {share(std::move(needs)), share(std::move(releases)), share(std::move(first))};
}

}  // namespace

AccessSchedule one_to_one(int positions) {
  std::vector<std::int32_t> counts(static_cast<std::size_t>(positions));
  std::vector<std::int32_t> own(counts.size());
  for (int k = 0; k < positions; ++k) {
    counts[static_cast<std::size_t>(k)] = k + 1;
    own[static_cast<std::size_t>(k)] = k;
  }
  const Table table = share(std::move(counts));
  return {table, table, share(std::move(own))};
}

AccessSchedule steps_behind(int positions, int behind) {
  std::vector<std::int32_t> needs(static_cast<std::size_t>(positions));
  for (int k = 0; k < positions; ++k) needs[static_cast<std::size_t>(k)] = std::max(k + 1 - behind, 0);
  std::vector<std::int32_t> releases = needs;
  releases.back() = positions;
  return {share(std::move(needs)), share(std::move(releases))};
}

AccessSchedule before_first(int producer, int consumer, int first) {
  std::vector<std::int32_t> releases(static_cast<std::size_t>(consumer), 0);
  for (int k = std::min(first, consumer) - 1; k < consumer; ++k) releases[static_cast<std::size_t>(k)] = producer;
  std::vector<std::int32_t> read(static_cast<std::size_t>(consumer), producer);
  std::fill_n(read.begin(), std::min(first, consumer), 0);
  return {share(std::vector<std::int32_t>(static_cast<std::size_t>(consumer), producer)), share(std::move(releases)), share(std::move(read))};
}

AccessSchedule all_at_once(int producer, int consumer) {
  std::vector<std::int32_t> releases(static_cast<std::size_t>(consumer), 0);
  releases.back() = producer;
  return {share(std::vector<std::int32_t>(static_cast<std::size_t>(consumer), producer)), share(std::move(releases)),
          share(std::vector<std::int32_t>(static_cast<std::size_t>(consumer), 0))};
}

AccessSchedule unread(int producer, int consumer) {
  std::vector<std::int32_t> releases(static_cast<std::size_t>(consumer), 0);
  releases.back() = producer;
  return {share(std::vector<std::int32_t>(static_cast<std::size_t>(consumer), 0)), share(std::move(releases))};
}

AccessSchedule windowed(const workloads::Window& window, Plane input, Plane output) {
  if (output.frames > 1) {
    const Plane from{input.height, input.width}, to{output.height, output.width};
    return repeated(windowed(window, from, to), from.positions(), output.frames);
  }
  const auto count = static_cast<std::size_t>(output.positions());
  std::vector<std::int32_t> needs(count), releases(count);
  constexpr int none = std::numeric_limits<int>::max();
  std::vector<int> first(count, none);  // first input each window touches, as a row-major index
  std::int32_t needed = 1;
  for (std::size_t k = 0; k < count; ++k) {
    const int oy = static_cast<int>(k) / output.width;
    const int ox = static_cast<int>(k) % output.width;
    const auto rows = touched(oy, input.height, window.kernel[0], window.stride[0], window.dilation[0], window.pad_begin[0]);
    const auto columns = touched(ox, input.width, window.kernel[1], window.stride[1], window.dilation[1], window.pad_begin[1]);
    if (rows && columns) {
      needed = std::max(needed, rows->last * input.width + columns->last + 1);
      first[k] = rows->first * input.width + columns->first;
    }
    needs[k] = needed;
  }
  int still_touched = none;
  for (std::size_t k = count; k-- > 0;) {
    // Free after position k: everything before the first input that a later window touches, as far as it has arrived.
    releases[k] = k + 1 == count ? input.positions() : std::min(still_touched == none ? needs[k] : still_touched, static_cast<int>(needs[k]));
    still_touched = std::min(still_touched, first[k]);
  }
  for (std::size_t k = 1; k < count; ++k) releases[k] = std::max(releases[k], releases[k - 1]);
  for (std::size_t k = 0; k < count; ++k) first[k] = first[k] == none ? needs[k] - 1 : first[k];
  return {share(std::move(needs)), share(std::move(releases)), share(std::vector<std::int32_t>(first.begin(), first.end()))};
}

int Share::positions(int of) const {
  const int round = stages * turn, whole_rounds = of / round;
  return whole_rounds * turn + std::clamp(of % round - index * turn, 0, turn);
}

SharedSchedule shared(const AccessSchedule& whole, const Share& consumer, const Share& producer, int positions) {
  if (consumer.all() && producer.all()) return {whole, nullptr, positions};
  if (!whole.first) throw std::logic_error("shared: this schedule cannot be divided");
  const int consumers = consumer.positions(static_cast<int>(whole.needs->size()));
  // Positions that any of the consumer's own positions may read, as differences; then how many of those before each the producer makes.
  std::vector<std::int32_t> read(static_cast<std::size_t>(positions) + 1, 0), before(read.size(), 0);
  const auto at = [&](const Table& table, int own) { return (*table)[static_cast<std::size_t>(consumer.whole(own))]; };
  for (int k = 0; k < consumers; ++k) {
    ++read[static_cast<std::size_t>(at(whole.first, k))];
    --read[static_cast<std::size_t>(at(whole.needs, k))];
  }
  std::vector<std::int32_t> carried;
  std::int32_t readers = 0;
  for (int p = 0; p < positions; ++p) {
    readers += read[static_cast<std::size_t>(p)];
    before[static_cast<std::size_t>(p)] = static_cast<std::int32_t>(carried.size());
    if (readers > 0 && producer.has(p)) carried.push_back(producer.own(p));
  }
  before.back() = static_cast<std::int32_t>(carried.size());
  SharedSchedule result;
  result.count = static_cast<int>(carried.size());
  std::vector<std::int32_t> needs(static_cast<std::size_t>(consumers)), releases(needs.size());
  std::int32_t most = 0;
  for (std::size_t k = 0; k < needs.size(); ++k) {
    most = std::max(most, before[static_cast<std::size_t>(at(whole.needs, static_cast<int>(k)))]);
    needs[k] = most;
  }
  std::int32_t still_read = result.count;
  for (std::size_t k = needs.size(); k-- > 0;) {
    releases[k] = k + 1 == needs.size() ? result.count : std::min(still_read, needs[k]);
    still_read = std::min(still_read, before[static_cast<std::size_t>(at(whole.first, static_cast<int>(k)))]);
  }
  for (std::size_t k = 1; k < releases.size(); ++k) releases[k] = std::max(releases[k], releases[k - 1]);
  result.schedule = {share(std::move(needs)), share(std::move(releases)), nullptr};
  if (result.count < producer.positions(positions)) result.carried = share(std::move(carried));
  return result;
}

int widest_window(const AccessSchedule& schedule) {
  int widest = 1;
  for (std::size_t k = 0; k < schedule.needs->size(); ++k) {
    widest = std::max(widest, (*schedule.needs)[k] - (k == 0 ? 0 : (*schedule.releases)[k - 1]));
  }
  return widest;
}

}  // namespace mho::mapper
