#include "hw/stage_flow.h"

#include <algorithm>

namespace mho::hw {

bool StageFlow::inputs_ready() const {
  if (stage_->kind == Stage::Kind::source) return started_ < allowed_ * stage_->positions;
  return std::all_of(inputs_.begin(), inputs_.end(), [this](const Stream* stream) { return stream->arrived() >= stream->need(started_); });
}

std::int64_t StageFlow::consume(std::int64_t k) {
  std::int64_t bits = 0;
  for (Stream* stream : inputs_) {
    bits += stream->release(k) * stream->edge().bits_per_position;
    const std::int64_t credits = stream->take_credits(started_);
    if (credits > 0) carrier_->send_credits(*stream, credits);
  }
  return bits;
}

bool StageFlow::room(int reserved) const {
  std::int64_t oldest = finished_;
  for (const Stream* stream : outputs_) oldest = std::min(oldest, stream->sent());
  return finished_ - oldest + reserved < slots_;
}

bool StageFlow::offer() {
  if (!room()) return false;
  ++finished_;
  pump();
  return true;
}

void StageFlow::pump() {
  for (Stream* stream : outputs_) {
    if (!stream->can_send(finished_)) continue;
    output_read_bits_ += stream->edge().bits_per_position;
    carrier_->send_position(*stream, stream->begin_send());
  }
}

void StageFlow::wait(Wait what, std::int64_t cycle) {
  if (what == waiting_) return;
  if (waiting_ == Wait::input) waited_input_ += cycle - since_;
  if (waiting_ == Wait::output) waited_output_ += cycle - since_;
  waiting_ = what;
  since_ = cycle;
}

void StageFlow::restart_waiting(std::int64_t cycle) {
  waiting_ = Wait::input;
  since_ = cycle;
}

}  // namespace mho::hw
