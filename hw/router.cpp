#include "hw/router.h"

#include <algorithm>
#include <cassert>

namespace mho::hw {

Router::Router(int stages, int channels_per_class, int buffer_flits)
    : stages_(stages),
      per_class_(channels_per_class),
      channels_(channels_per_class * message_classes),
      depth_(static_cast<std::size_t>(buffer_flits)),
      buffers_(static_cast<std::size_t>(ports * channels_) * depth_),
      inputs_(static_cast<std::size_t>(ports * channels_)),
      outputs_(static_cast<std::size_t>(ports * channels_)) {
  for (Output& output : outputs_) output.credits = buffer_flits;
}

void Router::present_head(Input& input, const Flit& flit, std::int64_t earliest) const {
  const std::int64_t route_computation = stages_ == 5 ? 1 : 0;
  input.active = false;
  input.output = flit.output;
  input.vc_ready = std::max(flit.arrival, earliest) + route_computation;
}

void Router::push(int port, int vc, const Flit& flit) {
  const std::size_t index = slot(port, vc);
  Input& input = inputs_[index];
  assert(static_cast<std::size_t>(input.count) < depth_ && "a flit was sent without a credit");
  if (input.count == 0 && flit.head) present_head(input, flit, flit.arrival);
  buffers_[index * depth_ + (static_cast<std::size_t>(input.first + input.count)) % depth_] = flit;
  ++input.count;
  ++flits_;
}

/// A head asks for one free channel of its output: its preferred one or the next free after it.
void Router::bid_channel(std::size_t index, std::int64_t now) {
  const Input& input = inputs_[index];
  if (input.count == 0 || input.active || input.vc_ready > now) return;
  const int first = static_cast<int>(slot(input.output, front(index).message_class * per_class_));
  const int start = input.preferred >= first && input.preferred < first + per_class_ ? input.preferred - first : 0;
  for (int i = 0; i < per_class_; ++i) {
    const auto wanted = static_cast<std::size_t>(first + (start + i) % per_class_);
    if (outputs_[wanted].busy) continue;
    bids_.emplace_back(wanted, index);
    return;
  }
}

void Router::grant_channels(std::int64_t now) {
  const int all = ports * channels_;
  for (std::size_t i = 0; i < bids_.size(); ++i) {
    const std::size_t wanted = bids_[i].first, first = bids_[i].second;
    if (outputs_[wanted].busy) continue;  // granted to an earlier bid of this cycle, which won against this one
    std::size_t winner = first;
    const auto distance = [&](std::size_t input) { return (static_cast<int>(input) - outputs_[wanted].preferred + all) % all; };
    for (std::size_t j = i + 1; j < bids_.size(); ++j) {
      if (bids_[j].first == wanted && distance(bids_[j].second) < distance(winner)) winner = bids_[j].second;
    }
    Input& input = inputs_[winner];
    outputs_[wanted].busy = true;
    outputs_[wanted].preferred = (static_cast<int>(winner) + 1) % all;
    input.preferred = (static_cast<int>(wanted) + 1) % all;
    input.active = true;
    input.output_vc = static_cast<std::int16_t>(static_cast<int>(wanted) % channels_);
    input.switch_ready = now + 1;
  }
  bids_.clear();
}

/// Of several channels of one input that want the same output, the one next in turn bids.
void Router::bid_switch(Requests& requests, const Switch& state, int port, int vc, int output) const {
  int& bidder = requests[static_cast<std::size_t>(port)][static_cast<std::size_t>(output)];
  const int offset = state.vc[static_cast<std::size_t>(port)][static_cast<std::size_t>(output)];
  const auto distance = [&](int channel) { return (channel - offset + channels_) % channels_; };
  if (bidder == none || distance(vc) < distance(bidder)) bidder = vc;
}

Router::Grants Router::allocate(const Requests& requests, const Switch& state) const {
  Grants grants;
  grants.fill(none);
  std::array<int, ports> chosen{};
  for (std::size_t input = 0; input < ports; ++input) {
    chosen[input] = none;
    for (int i = 0; i < ports && chosen[input] == none; ++i) {
      const int output = (state.output[input] + i) % ports;
      if (requests[input][static_cast<std::size_t>(output)] != none) chosen[input] = output;
    }
  }
  for (std::size_t output = 0; output < ports; ++output) {
    for (int i = 0; i < ports && grants[output] == none; ++i) {
      const int input = (state.input[output] + i) % ports;
      if (chosen[static_cast<std::size_t>(input)] == static_cast<int>(output)) grants[output] = input;
    }
  }
  return grants;
}

void Router::advance(Switch& state, int input, int vc, int output) const {
  state.vc[static_cast<std::size_t>(input)][static_cast<std::size_t>(output)] = (vc + 1) % channels_;
  state.output[static_cast<std::size_t>(input)] = (output + 1) % ports;
  state.input[static_cast<std::size_t>(output)] = (input + 1) % ports;
}

void Router::depart(int port, int vc, std::int64_t now, std::vector<Departure>& departures) {
  const std::size_t index = slot(port, vc);
  Input& input = inputs_[index];
  Output& output = outputs_[slot(input.output, input.output_vc)];
  const Flit flit = front(index);
  departures.push_back({flit, static_cast<std::int16_t>(port), static_cast<std::int16_t>(vc), input.output, input.output_vc});
  --output.credits;
  input.first = (input.first + 1) % static_cast<int>(depth_);
  --input.count;
  --flits_;
  if (!flit.tail) return;
  output.busy = false;  // seen by the next cycle's channel allocation
  input.active = false;
  if (input.count > 0) present_head(input, front(index), now + 1);
}

std::int64_t Router::step(std::int64_t now, std::vector<Departure>& departures) {
  if (flits_ == 0) return never;
  constexpr int speculating_stages = 3;
  Requests requests;
  Requests guesses;
  for (auto& row : requests) row.fill(none);
  for (auto& row : guesses) row.fill(none);
  bool bid = false;
  bool guess = false;
  std::int64_t next = never;
  for (int port = 0; port < ports; ++port) {
    for (int vc = 0; vc < channels_; ++vc) {
      const std::size_t index = slot(port, vc);
      const Input& input = inputs_[index];
      if (input.count == 0) continue;
      if (!input.active) {
        if (input.vc_ready > now) {
          next = std::min(next, input.vc_ready);
          continue;
        }
        next = now + 1;
        const std::size_t bids = bids_.size();
        bid_channel(index, now);
        if (stages_ == speculating_stages && bids_.size() > bids && outputs_[bids_.back().first].credits > 0) {
          bid_switch(guesses, speculative_, port, vc, input.output);
          guess = true;
        }
        continue;
      }
      const std::int64_t ready = std::max(input.switch_ready, front(index).arrival);
      if (ready > now) {
        next = std::min(next, ready);
        continue;
      }
      next = now + 1;
      if (outputs_[slot(input.output, input.output_vc)].credits == 0) continue;
      bid_switch(requests, switch_, port, vc, input.output);
      bid = true;
    }
  }
  grant_channels(now);
  std::array<bool, ports> input_taken{};
  std::array<bool, ports> output_taken{};
  if (bid) {
    const Grants grants = allocate(requests, switch_);
    for (int output = 0; output < ports; ++output) {
      const int input = grants[static_cast<std::size_t>(output)];
      if (input == none) continue;
      const int vc = requests[static_cast<std::size_t>(input)][static_cast<std::size_t>(output)];
      input_taken[static_cast<std::size_t>(input)] = output_taken[static_cast<std::size_t>(output)] = true;
      advance(switch_, input, vc, output);
      depart(input, vc, now, departures);
    }
  }
  if (guess) {
    const Grants grants = allocate(guesses, speculative_);
    for (int output = 0; output < ports; ++output) {
      const int input = grants[static_cast<std::size_t>(output)];
      if (input == none || input_taken[static_cast<std::size_t>(input)] || output_taken[static_cast<std::size_t>(output)]) continue;
      const int vc = guesses[static_cast<std::size_t>(input)][static_cast<std::size_t>(output)];
      const Input& winner = inputs_[slot(input, vc)];
      if (!winner.active || outputs_[slot(output, winner.output_vc)].credits == 0) continue;  // guessed wrong
      advance(speculative_, input, vc, output);
      depart(input, vc, now, departures);
    }
  }
  if (flits_ == 0) return never;
  return departures.empty() ? next : now + 1;
}

bool Router::restored() const {
  const auto free = [this](const Output& output) { return !output.busy && output.credits == static_cast<int>(depth_); };
  return flits_ == 0 && std::all_of(outputs_.begin(), outputs_.end(), free);
}

}  // namespace mho::hw
