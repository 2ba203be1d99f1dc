#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "hw/cores/channel.h"
#include "hw/cores/transport.h"
#include "hw/program/functional_interface.h"
#include "hw/program/program.h"

namespace mho::hw {

/// The bookkeeping of one stage on its core: which position may start, what its output buffer holds, whom it waits for. No time of its own. With a
/// functional it also computes the values of every position it starts, from what its inputs hold then.
class StageController {
 public:
  StageController(const Stage& stage, int output_slots, Transport& transport) : stage_(&stage), slots_(output_slots), transport_(&transport) {}
  /// `program` holds the stage as number `index`; both outlive the controller.
  void compute_with(FunctionalInterface& functional, const Program& program, int index);
  void add_input(Channel& channel);
  void add_output(Channel& channel);
  [[nodiscard]] const Stage& stage() const { return *stage_; }

  /// Every input of the next position is here. A source is limited by the inferences it may begin, others by what arrives.
  [[nodiscard]] bool inputs_ready() const;
  void allow_inferences(std::int64_t count) { allowed_ = count; }
  std::int64_t start();
  /// Products that the position started last takes: 1 but for a functional that says otherwise.
  [[nodiscard]] int products() const { return functional_ == nullptr ? 1 : functional_->products(index_); }
  [[nodiscard]] std::int64_t started() const { return started_; }
  /// Position k no longer needs its inputs: frees them and returns credits. Answers the bits read from the input buffer if each freed position is
  /// read once.
  std::int64_t consume(std::int64_t k);

  /// Room in the output buffer besides `reserved` positions.
  [[nodiscard]] bool room(int reserved = 0) const;
  /// Puts the next finished position into the output buffer and sends what can be sent; false without room.
  bool offer();
  [[nodiscard]] std::int64_t finished() const { return finished_; }
  /// Sends what credits allow.
  void pump();
  /// Bits written into and read from the output buffer.
  [[nodiscard]] std::int64_t output_written_bits() const { return finished_ * (outputs_.empty() ? 0 : stage_->bits_per_position); }
  [[nodiscard]] std::int64_t output_read_bits() const { return output_read_bits_; }

  enum class Wait { none, input, output };
  /// Notes from now on what the stage waits for; waits that end without work (after the last position) do not count.
  void wait(Wait what, std::int64_t cycle);
  void restart_waiting(std::int64_t cycle);
  [[nodiscard]] std::int64_t waited_input() const { return waited_input_; }
  [[nodiscard]] std::int64_t waited_output() const { return waited_output_; }
  /// The same up to `cycle`, with a wait that goes on.
  [[nodiscard]] std::int64_t waited_input(std::int64_t cycle) const { return waited_input_ + (waiting_ == Wait::input ? cycle - since_ : 0); }
  [[nodiscard]] std::int64_t waited_output(std::int64_t cycle) const { return waited_output_ + (waiting_ == Wait::output ? cycle - since_ : 0); }
  /// Cycles in which it waited for input `i` of inputs(), alone or among others.
  [[nodiscard]] std::int64_t awaited(std::size_t i) const { return awaited_.at(i); }
  /// Cycles in which output `i` of outputs() had a position to send and no credit.
  [[nodiscard]] std::int64_t without_credit(std::size_t i) const { return without_credit_.at(i); }
  /// Brings both up to `cycle`; to be called whenever something they depend on may have changed, as wait() does.
  void watch(std::int64_t cycle);

  /// Values of the finished positions of a stage without readers, oldest first: what left the chip. Empty without a functional.
  [[nodiscard]] const std::deque<Values>& left() const { return finished_values_; }

  [[nodiscard]] const std::vector<Channel*>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<Channel*>& outputs() const { return outputs_; }

 private:
  [[nodiscard]] Values compute() const;
  [[nodiscard]] Values payload(const Channel& channel, std::int64_t position) const;
  void send(Channel& channel);
  void send(const std::vector<Channel*>& group);
  [[nodiscard]] std::vector<Channel*> group_of(Channel& channel) const;
  void drop_sent_values();
  const Stage* stage_;
  FunctionalInterface* functional_ = nullptr;
  const Program* program_ = nullptr;
  int index_ = 0;
  std::deque<Values> begun_values_;     ///< of the positions begun and not finished
  std::deque<Values> finished_values_;  ///< of the finished positions that not every reader has been sent
  int slots_;
  Transport* transport_;
  std::vector<Channel*> inputs_;
  std::vector<Channel*> outputs_;
  std::int64_t allowed_ = 0;  ///< inferences a source may begin
  std::int64_t started_ = 0;
  std::int64_t finished_ = 0;
  std::int64_t output_read_bits_ = 0;
  Wait waiting_ = Wait::none;
  std::int64_t since_ = 0;
  std::int64_t waited_input_ = 0;
  std::int64_t waited_output_ = 0;
  std::int64_t watched_ = 0;  ///< cycle
  std::vector<char> missing_, lacking_;
  std::vector<std::int64_t> awaited_, without_credit_;
};

}  // namespace mho::hw
