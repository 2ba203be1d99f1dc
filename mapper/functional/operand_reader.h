#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "hw/program/functional_interface.h"
#include "mapper/lowering/dataflow.h"
#include "workloads/execution/result_rounding.h"

namespace mho::mapper {

/// Place of each tensor element in a stream: position * channels + channel; -1: not in the stream.
using Places = std::shared_ptr<const std::vector<std::int32_t>>;
/// The inverse of `elements`.
Places places_of(const Elements& elements);

/// Reads one input of a stage, by element, from the packets that its core received.
class OperandReader {
 public:
  /// `channels`: of the stream. `group`: positions per packet.
  OperandReader(Places places, Elements elements, int channels, int group)
      : places_(std::move(places)), elements_(std::move(elements)), channels_(channels), group_(group) {
    of_channel_.resize(static_cast<std::size_t>(channels));
  }
  /// Declares that input edge number `input` of the stage carries channels [begin, end) of the positions of `share`. `carried`: Edge::carried.
  void add(int input, int begin, int end, const Share& share, const Table& carried);
  /// Declares that the only packet of input edge `input` holds exactly elements [begin, end).
  void add_elements(int input, int begin, int end) {
    vector_input_ = input;
    vector_begin_ = begin;
    vector_end_ = end;
  }
  /// Rounds every value from now on as elements of the network's input; null: no rounding.
  void round_by(const workloads::ResultRounding* rounding) { rounding_ = rounding; }
  [[nodiscard]] std::size_t size() const { return places_->size(); }

  /// Element `element` of the tensor. All reads throw as Received::at does, and std::logic_error for a value that no edge carries.
  [[nodiscard]] float read(const hw::Received& received, std::int64_t element) const;
  /// Channel `channel` of position `position` of the stream.
  [[nodiscard]] float read_at(const hw::Received& received, int position, int channel) const;
  /// The channels of position `position` of the stream that edges carry, in ascending order.
  void read_position(const hw::Received& received, int position, std::span<float> values) const;
  /// Reads the whole tensor.
  void read_all(const hw::Received& received, std::span<float> tensor) const;
  /// Throws UserError if a position that read_all needs has not arrived or was released.
  void require_all(const hw::Received& received) const;

 private:
  struct Carrier {
    int input = -1, begin = 0, channels = 0;
    Share share = {};
    Table places = nullptr;  ///< by position of the producer: position of the edge, -1: not carried; null: equal
    int positions = 0;       ///< positions of the edge; 0: those of the producer
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
  std::vector<std::vector<Carrier>> of_channel_;  ///< [channel][index of the share]
  const workloads::ResultRounding* rounding_ = nullptr;
  int vector_input_ = -1, vector_begin_ = 0, vector_end_ = 0;
};

}  // namespace mho::mapper
