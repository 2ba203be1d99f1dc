#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "hw/cores/channel.h"
#include "hw/cores/transport.h"
#include "hw/program/functional_interface.h"
#include "hw/program/program.h"

namespace mho::hw {

/// The state of one stage on its core: the next position, the output buffer and the causes of waiting. The core passes the time. With a functional,
/// it also computes the values of each position when the position starts.
class StageController {
 public:
  StageController(const Stage& stage, int output_slots, Transport& transport) : stage_(&stage), slots_(output_slots), transport_(&transport) {}
  /// `index`: of the stage in `program`. Both references outlive the controller.
  void compute_with(FunctionalInterface& functional, const Program& program, int index);
  void add_input(Channel& channel);
  void add_output(Channel& channel);
  [[nodiscard]] const Stage& stage() const { return *stage_; }

  /// Whether all inputs of the next position have arrived; of a source: whether it may begin the position (allow_inferences()).
  [[nodiscard]] bool inputs_ready() const;
  void allow_inferences(std::int64_t count) { allowed_ = count; }
  /// Starts the next position and returns its number, counted over all inferences.
  std::int64_t start();
  /// The number of products of the last started position: 1 without a functional.
  [[nodiscard]] int products() const { return functional_ == nullptr ? 1 : functional_->products(index_); }
  [[nodiscard]] std::int64_t started() const { return started_; }
  /// Releases the inputs that are not needed after position k, and sends their credits. Returns the bits of the released positions.
  std::int64_t consume(std::int64_t k);

  /// Whether the output buffer has space for one position besides `reserved` others.
  [[nodiscard]] bool room(int reserved = 0) const;
  /// Puts the next finished position into the output buffer and sends what credits permit. Returns false without space.
  bool offer();
  [[nodiscard]] std::int64_t finished() const { return finished_; }
  /// Sends the positions for which there are credits.
  void pump();
  /// Bits written to and read from the output buffer.
  [[nodiscard]] std::int64_t output_written_bits() const { return finished_ * (outputs_.empty() ? 0 : stage_->bits_per_position); }
  [[nodiscard]] std::int64_t output_read_bits() const { return output_read_bits_; }

  enum class Wait { none, input, output };
  /// Sets the cause for which the stage waits from `cycle` on. Time counts when the cause changes, so the wait after the last position is not
  /// counted.
  void wait(Wait what, std::int64_t cycle);
  /// Starts to wait for input at `cycle`; an earlier wait that has not ended is not counted.
  void restart_waiting(std::int64_t cycle);
  [[nodiscard]] std::int64_t waited_input() const { return waited_input_; }
  [[nodiscard]] std::int64_t waited_output() const { return waited_output_; }
  /// The same up to `cycle`, including a wait that has not ended.
  [[nodiscard]] std::int64_t waited_input(std::int64_t cycle) const { return waited_input_ + (waiting_ == Wait::input ? cycle - since_ : 0); }
  [[nodiscard]] std::int64_t waited_output(std::int64_t cycle) const { return waited_output_ + (waiting_ == Wait::output ? cycle - since_ : 0); }
  /// Cycles in which the stage waited for input `i` of inputs(), alone or with others.
  [[nodiscard]] std::int64_t awaited(std::size_t i) const { return awaited_.at(i); }
  /// Cycles in which output `i` of outputs() had a position to send but no credit.
  [[nodiscard]] std::int64_t without_credit(std::size_t i) const { return without_credit_.at(i); }
  /// Updates both up to `cycle`. Call it whenever their causes may have changed; wait() does so.
  void watch(std::int64_t cycle);

  /// Values of the finished positions of a stage without outputs, oldest first. Of the sink: the outputs of the chip. Empty without a functional.
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
  std::deque<Values> begun_values_;     ///< of positions that have started and not finished
  std::deque<Values> finished_values_;  ///< of finished positions that have not been sent on every output
  int slots_;
  Transport* transport_;
  std::vector<Channel*> inputs_;
  std::vector<Channel*> outputs_;
  std::int64_t allowed_ = 0;  ///< inferences that a source may begin
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
