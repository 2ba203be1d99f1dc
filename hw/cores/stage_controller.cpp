#include "hw/cores/stage_controller.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace mho::hw {

namespace {

/// The inputs of one position of a stage.
class InputBuffer : public Received {
 public:
  InputBuffer(const Program& program, const Stage& stage, const std::vector<Channel*>& inputs, std::int64_t k)
      : program_(program), stage_(stage), inputs_(inputs), k_(k) {}
  [[nodiscard]] std::span<const float> at(std::size_t input, int position) const override {
    const Channel& channel = *inputs_.at(input);
    const std::int64_t absolute = channel.first_of(k_) + position;
    const Values* values = channel.held(absolute);
    if (values == nullptr) {
      throw base::UserError(
          fmt::format(
              "position {} of stage '{}' reads position {} of '{}', which {}; the program lets it start too early or drops its inputs too soon",
              k_ % stage_.positions, stage_.name, position, program_.stages[static_cast<std::size_t>(channel.edge().producer)].name,
              absolute >= channel.arrived() ? "has not arrived" : "was released before"),
          base::ExitCode::failed_check);
    }
    return *values;
  }

 private:
  const Program& program_;
  const Stage& stage_;
  const std::vector<Channel*>& inputs_;
  std::int64_t k_;
};

}  // namespace

void StageController::compute_with(FunctionalInterface& functional, const Program& program, int index) {
  functional_ = &functional;
  program_ = &program;
  index_ = index;
}

Values StageController::compute() const {
  if (transport_->failed()) return {};
  try {
    const InputBuffer inputs(*program_, *stage_, inputs_, started_);
    return functional_->compute(index_, started_ / stage_->positions, static_cast<int>(started_ % stage_->positions), inputs);
  } catch (...) {
    transport_->fail(std::current_exception());
    return {};
  }
}

Values StageController::payload(const Channel& channel, std::int64_t position) const {
  if (transport_->failed()) return {};
  const auto oldest = finished_ - static_cast<std::int64_t>(finished_values_.size());
  try {
    return functional_->payload(channel.index(), static_cast<int>(channel.of_producer(position) % stage_->positions),
                                finished_values_[static_cast<std::size_t>(channel.of_producer(position) - oldest)]);
  } catch (...) {
    transport_->fail(std::current_exception());
    return {};
  }
}

std::int64_t StageController::start() {
  if (functional_ != nullptr) begun_values_.push_back(compute());
  return started_++;
}

bool StageController::inputs_ready() const {
  if (stage_->kind == Stage::Kind::source) return started_ < allowed_ * stage_->positions;
  return std::all_of(inputs_.begin(), inputs_.end(), [this](const Channel* channel) { return channel->arrived() >= channel->need(started_); });
}

std::int64_t StageController::consume(std::int64_t k) {
  std::int64_t bits = 0;
  for (Channel* channel : inputs_) {
    bits += channel->release(k) * channel->edge().bits_per_position;
    const std::int64_t credits = channel->take_credits(started_);
    if (credits > 0) transport_->send_credits(*channel, credits);
  }
  return bits;
}

bool StageController::room(int reserved) const {
  std::int64_t oldest = finished_;
  for (const Channel* channel : outputs_) oldest = std::min(oldest, channel->of_producer(channel->sent()));
  return finished_ - oldest + reserved < slots_;
}

bool StageController::offer() {
  if (!room()) return false;
  ++finished_;
  if (functional_ != nullptr) {
    finished_values_.push_back(std::move(begun_values_.front()));
    begun_values_.pop_front();
  }
  pump();
  return true;
}

void StageController::pump() {
  for (Channel* channel : outputs_) {
    if (!channel->can_send(finished_)) continue;
    const std::vector<Channel*> group = transport_->multicast() ? group_of(*channel) : std::vector<Channel*>{};
    if (group.size() > 1) {
      send(group);
    } else {
      send(*channel);
    }
  }
  drop_sent_values();
}

/// The channels for which one packet can carry the next position of `channel`. `channel` is the first.
std::vector<Channel*> StageController::group_of(Channel& channel) const {
  std::vector<Channel*> group{&channel};
  for (Channel* other : outputs_) {
    if (other == &channel || other->sent() != channel.sent() || !other->can_send(finished_)) continue;
    if (transport_->share_packet(channel, *other)) group.push_back(other);
  }
  return group;
}

void StageController::send(Channel& channel) {
  output_read_bits_ += channel.edge().bits_per_position;
  const std::int64_t position = channel.begin_send();
  transport_->send_position(channel, position, functional_ == nullptr ? Values() : payload(channel, position));
}

/// The output buffer is read once for the group.
void StageController::send(const std::vector<Channel*>& group) {
  output_read_bits_ += group.front()->edge().bits_per_position;
  const std::int64_t position = group.front()->sent();
  std::vector<Values> values;
  for (Channel* channel : group) {
    static_cast<void>(channel->begin_send());
    values.push_back(functional_ == nullptr ? Values() : payload(*channel, position));
  }
  transport_->send_position(group, position, std::move(values));
}

void StageController::drop_sent_values() {
  if (finished_values_.empty() || outputs_.empty()) return;
  std::int64_t oldest = finished_;
  for (const Channel* channel : outputs_) oldest = std::min(oldest, channel->of_producer(channel->sent() + (channel->sending() ? 1 : 0)));
  while (finished_ - static_cast<std::int64_t>(finished_values_.size()) < oldest) finished_values_.pop_front();
}

void StageController::add_input(Channel& channel) {
  inputs_.push_back(&channel);
  missing_.push_back(0);
  awaited_.push_back(0);
}

void StageController::add_output(Channel& channel) {
  outputs_.push_back(&channel);
  lacking_.push_back(0);
  without_credit_.push_back(0);
}

void StageController::watch(std::int64_t cycle) {
  const std::int64_t passed = cycle - watched_;
  watched_ = cycle;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (missing_[i] != 0) awaited_[i] += passed;
    missing_[i] = waiting_ == Wait::input && inputs_[i]->arrived() < inputs_[i]->need(started_) ? 1 : 0;
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (lacking_[i] != 0) without_credit_[i] += passed;
    lacking_[i] = outputs_[i]->lacks_credit(finished_) ? 1 : 0;
  }
}

void StageController::wait(Wait what, std::int64_t cycle) {
  if (what != waiting_) {
    waited_input_ = waited_input(cycle);
    waited_output_ = waited_output(cycle);
    waiting_ = what;
    since_ = cycle;
  }
  watch(cycle);
}

void StageController::restart_waiting(std::int64_t cycle) {
  waiting_ = Wait::input;
  since_ = cycle;
}

}  // namespace mho::hw
