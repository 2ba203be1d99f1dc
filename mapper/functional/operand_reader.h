#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "hw/program/functional_interface.h"
#include "mapper/lowering/dataflow.h"
#include "workloads/execution/result_rounding.h"

namespace mho::mapper {

/// Where each element of a tensor lies in a stream: position * channels + channel; -1: nowhere.
using Places = std::shared_ptr<const std::vector<std::int32_t>>;
Places places_of(const Elements& elements);

/// One input of a stage, read element by element from what its core received.
class OperandReader {
 public:
  /// `group`: positions that arrive as one packet.
  OperandReader(Places places, Elements elements, int channels, int group)
      : places_(std::move(places)), elements_(std::move(elements)), channels_(channels), group_(group) {
    of_channel_.resize(static_cast<std::size_t>(channels));
  }
  /// Channels [begin, end) of the positions of `share` come on the stage's input edge number `input`, which carries `carried` of its producer's own.
  void add(int input, int begin, int end, const Share& share, const Table& carried);
  /// The one packet of input edge `input` holds the elements [begin, end) alone.
  void add_elements(int input, int begin, int end) {
    vector_input_ = input;
    vector_begin_ = begin;
    vector_end_ = end;
  }
  /// From now on every value is rounded as elements of the network's input are; null: none is.
  void round_by(const workloads::ResultRounding* rounding) { rounding_ = rounding; }
  [[nodiscard]] std::size_t size() const { return places_->size(); }

  /// Element `element` of the tensor. Throws what Received::at throws, and std::logic_error for one that no edge carries.
  [[nodiscard]] float read(const hw::Received& received, std::int64_t element) const;
  /// Channel `channel` of position `position` of the stream.
  [[nodiscard]] float read_at(const hw::Received& received, int position, int channel) const;
  /// Channels of position `position` of the stream, those that any edge carries, in their order.
  void read_position(const hw::Received& received, int position, std::span<float> values) const;
  /// The whole tensor.
  void read_all(const hw::Received& received, std::span<float> tensor) const;
  /// Throws as read_all does, without reading.
  void require_all(const hw::Received& received) const;

 private:
  struct Carrier {
    int input = -1, begin = 0, channels = 0;
    Share share = {};
    Table places = nullptr;  ///< by position of the producer: that of the edge, -1 where it is not carried; null: the same
    int positions = 0;       ///< of the edge; 0: those of the producer
  };
  [[nodiscard]] std::span<const float> packet(const hw::Received& received, const Carrier& carrier, int position) const;
  [[nodiscard]] float rounded(float value) const {
    if (rounding_ != nullptr) rounding_->round_input({&value, 1});
    return value;
  }
  Places places_;
  Elements elements_;
  int channels_;
  int group_;
  std::vector<std::vector<Carrier>> of_channel_;  ///< by share
  const workloads::ResultRounding* rounding_ = nullptr;
  int vector_input_ = -1, vector_begin_ = 0, vector_end_ = 0;
};

}  // namespace mho::mapper
