#include "mapper/functional/operand_reader.h"

#include <algorithm>
#include <stdexcept>

namespace mho::mapper {

Places places_of(const Elements& elements) {
  const auto most = elements->empty() ? -1 : *std::ranges::max_element(*elements);
  auto places = std::make_shared<std::vector<std::int32_t>>(static_cast<std::size_t>(most + 1), -1);
  for (std::size_t i = 0; i < elements->size(); ++i) (*places)[static_cast<std::size_t>((*elements)[i])] = static_cast<std::int32_t>(i);
  return places;
}

void OperandReader::add(int input, int begin, int end, const Share& share, const Table& carried) {
  Carrier carrier{.input = input, .begin = begin, .channels = end - begin, .share = share, .places = nullptr, .positions = 0};
  if (carried) {
    std::vector<std::int32_t> places(static_cast<std::size_t>(carried->back()) + 1, -1);
    for (std::size_t i = 0; i < carried->size(); ++i) places[static_cast<std::size_t>((*carried)[i])] = static_cast<std::int32_t>(i);
    carrier.places = std::make_shared<const std::vector<std::int32_t>>(std::move(places));
    carrier.positions = static_cast<int>(carried->size());
  }
  for (int c = begin; c < end; ++c) {
    std::vector<Carrier>& carriers = of_channel_[static_cast<std::size_t>(c)];
    carriers.resize(std::max(carriers.size(), static_cast<std::size_t>(share.index) + 1));
    carriers[static_cast<std::size_t>(share.index)] = carrier;
  }
}

std::span<const float> OperandReader::packet(const hw::Received& received, const Carrier& carrier, int position) const {
  auto at = static_cast<std::size_t>(carrier.share.own(position) / group_);
  if (carrier.places) {
    const std::int32_t place = at < carrier.places->size() ? (*carrier.places)[at] : -1;
    if (place < 0) throw std::logic_error("a stage reads a position that its edge does not carry");
    at = static_cast<std::size_t>(place);
  }
  return received.at(static_cast<std::size_t>(carrier.input), static_cast<int>(at));
}

float OperandReader::read_at(const hw::Received& received, int position, int channel) const {
  const std::vector<Carrier>& carriers = of_channel_[static_cast<std::size_t>(channel)];
  const Share* share = nullptr;
  for (std::size_t i = 0; i < carriers.size() && share == nullptr; ++i) share = carriers[i].input >= 0 ? &carriers[i].share : nullptr;
  const auto which = share == nullptr ? std::size_t{0} : static_cast<std::size_t>(position / share->turn % share->stages);
  if (which >= carriers.size() || carriers[which].input < 0) throw std::logic_error("a stage reads a channel that no edge carries to it");
  const Carrier& carrier = carriers[which];
  const std::span<const float> values = packet(received, carrier, position);
  const auto at = static_cast<std::size_t>(carrier.share.own(position) % group_ * carrier.channels + channel - carrier.begin);
  if (at >= values.size()) throw std::logic_error("a packet holds fewer values than its reader takes from it");
  return rounded(values[at]);
}

float OperandReader::read(const hw::Received& received, std::int64_t element) const {
  if (vector_input_ >= 0) {
    if (element < vector_begin_ || element >= vector_end_) throw std::logic_error("a stage reads an element that its packet does not hold");
    return rounded(received.at(static_cast<std::size_t>(vector_input_), 0)[static_cast<std::size_t>(element - vector_begin_)]);
  }
  const std::int32_t place = element < static_cast<std::int64_t>(places_->size()) ? (*places_)[static_cast<std::size_t>(element)] : -1;
  if (place < 0) throw std::logic_error("a stage reads an element that the stream does not have");
  return read_at(received, place / channels_, place % channels_);
}

void OperandReader::read_position(const hw::Received& received, int position, std::span<float> values) const {
  std::size_t at = 0;
  for (int c = 0; c < channels_ && at < values.size(); ++c) {
    if (!of_channel_[static_cast<std::size_t>(c)].empty()) values[at++] = read_at(received, position, c);
  }
  if (at != values.size()) throw std::logic_error("a position of a stream has fewer channels than its reader takes");
}

void OperandReader::read_all(const hw::Received& received, std::span<float> tensor) const {
  for (std::size_t i = 0; i < elements_->size(); ++i) {
    const auto place = static_cast<int>(i);
    tensor[static_cast<std::size_t>((*elements_)[i])] = read_at(received, place / channels_, place % channels_);
  }
}

void OperandReader::require_all(const hw::Received& received) const {
  const auto positions = static_cast<int>(elements_->size()) / channels_;
  int last = -1;
  for (const std::vector<Carrier>& carriers : of_channel_) {
    for (const Carrier& carrier : carriers) {
      if (carrier.input == last || carrier.input < 0) continue;
      last = carrier.input;
      const int count = carrier.positions > 0 ? carrier.positions : (carrier.share.positions(positions) - 1) / group_ + 1;
      (void)received.at(static_cast<std::size_t>(last), 0);
      (void)received.at(static_cast<std::size_t>(last), count - 1);
    }
  }
}

}  // namespace mho::mapper
