#include "workloads/execution/sample_batches.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace mho::workloads {

SampleBatches::SampleBatches(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int length)
    : network_(network), data_(data), first_(static_cast<std::uint32_t>(first)) {
  if (count == 0 || first > data.size() || count > data.size() - first) {
    throw base::UserError(fmt::format("data '{}': {} samples from sample {} on are asked for, but it has {}; ask for 1 to {}", data.name(), count,
                                      first, data.size(), data.size() - std::min(first, data.size())));
  }
  // Without states, every sample is a stream. A range that begins within a stream runs it from its start; one that ends within a stream cuts it.
  const std::size_t stream = network.states.empty() ? 1 : data.stream_length(), end = first + count;
  for (std::size_t at = first / stream * stream; at < end;) {
    const std::size_t next = std::min((at / stream + 1) * stream, end);
    if (items_.empty() || items_.back().size() == static_cast<std::size_t>(std::max(length, 1))) items_.emplace_back();
    items_.back().push_back({at, next - at});
    at = next;
  }
  for (auto& item : items_) std::ranges::stable_sort(item, std::ranges::greater(), &Stream::count);
}

void SampleBatches::add(std::span<const std::uint32_t> ids, std::vector<float>& values, std::vector<float>& lengths) const {
  const auto elements = static_cast<std::size_t>(element_count(data_.sample_shape()));
  values.resize(ids.size() * elements);
  lengths.clear();
  for (std::size_t s = 0; s < ids.size(); ++s) {
    data_.load(ids[s], std::span(values).subspan(s * elements, elements));
    const auto length = data_.length(ids[s]);
    if (network_.length_input >= 0 && length) lengths.push_back(static_cast<float>(*length));
  }
}

void SampleBatches::run(std::size_t item, const Execution& execution, Products& products, const ResultRounding* rounding, const Take& take) const {
  std::vector<Stream> streams = items_[item];
  std::vector<std::uint32_t> ids;
  std::vector<float> values, lengths;
  std::vector<std::vector<float>> states;
  for (std::size_t step = 0; step < items_[item].front().count; ++step) {
    while (streams.back().count <= step) streams.pop_back();
    ids.clear();
    for (const Stream& stream : streams) ids.push_back(static_cast<std::uint32_t>(stream.first + step));
    add(ids, values, lengths);
    Execution::Inputs inputs{.ids = ids, .samples = values, .lengths = lengths, .states = {}};
    // Streams are sorted by length, so the streams that have ended are the last ones of the batch.
    for (const auto& state : states) {
      inputs.states.emplace_back(std::span(state).first(state.size() / items_[item].size() * streams.size()));
    }
    Execution::Outputs outputs = execution.run(inputs, products, rounding);
    for (std::size_t k = 0; k < outputs.states.size(); ++k) {
      if (states.size() <= k) states.push_back(outputs.states[k]);
      std::ranges::copy(outputs.states[k], states[k].begin());
    }
    const std::size_t each = outputs.scores.size() / ids.size();
    for (std::size_t s = ids.size(); s-- > 0;) {
      if (ids[s] >= first_) continue;
      ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(s));
      const auto begin = outputs.scores.begin() + static_cast<std::ptrdiff_t>(s * each);
      outputs.scores.erase(begin, begin + static_cast<std::ptrdiff_t>(each));
    }
    if (!ids.empty()) take(ids, outputs.scores);
  }
}

}  // namespace mho::workloads
