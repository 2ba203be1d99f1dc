#include "tiles/cell_array.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "periphery/converters/quantiser.h"
#include "tiles/wires/wires.h"

namespace mho::tiles {

namespace {

constexpr std::uint32_t negative = 1;
constexpr std::uint32_t reference = 2;  ///< "sign" of the devices of an offset column
constexpr std::uint32_t most_pairs = 8;

/// base^exponent; the C library's power may differ between machines.
double whole_power(double base, int exponent) {
  double product = 1.0;
  for (int k = 0; k < exponent; ++k) product *= base;
  return product;
}

}  // namespace

base::StreamKey BlockIdentity::key(base::Purpose purpose, std::uint32_t slice, std::uint32_t sign, std::uint32_t time_index) const {
  base::StreamKey key;
  key.seed = seed;
  key.purpose = purpose;
  key.node = node;
  key.block_row = block_row;
  key.block_column = block_column;
  key.copy = copy;
  key.slice = slice;
  key.sign = sign;
  key.programming = programming;
  key.time_index = time_index;
  return key;
}

CellArray::CellArray(const TileParameters& parameters, std::shared_ptr<const Device> device, const BlockIdentity& identity, int slice, int inputs,
                     int outputs, std::span<const float> weights, ConductanceExchange* exchange, const Block* selected)
    : parameters_(parameters),
      device_(std::move(device)),
      identity_(identity),
      slice_(slice),
      inputs_(inputs),
      outputs_(outputs),
      weights_(inputs, outputs),
      negative_weights_(parameters.dac.splits_weights() ? inputs : 0, parameters.dac.splits_weights() ? outputs : 0) {
  for (int cell = 0; selected != nullptr && cell < inputs * outputs; ++cell) {
    if (!selected->holds(cell / outputs, cell % outputs)) cut_off_.push_back(static_cast<std::uint32_t>(cell));
  }
  const WeightCoding& coding = parameters_.coding;
  std::vector<float> left(weights.begin(), weights.end());
  for (int pair = 0; pair < coding.pairs; ++pair) {
    program_pair(pair, left, exchange);
    if (!coding.residual || pair + 1 == coding.pairs) continue;
    // Programming verifies the pairs so far by a read without noise. The next pair stores the remaining error, scaled up because its weight is lower.
    std::vector<float> held(left.size(), 0.0F);
    add_weights(planes_, 0.0, nullptr, held);
    const auto boost = static_cast<float>(whole_power(coding.significance, pair + 1));
    for (std::size_t k = 0; k < left.size(); ++k) left[k] = std::clamp((weights[k] - held[k]) * boost, -1.0F, 1.0F);
  }
}

void CellArray::to_targets(std::span<float> shares) const {
  const auto least = static_cast<float>(device_->least_us());
  const auto range = static_cast<float>(device_->most_us() - device_->least_us());
  if (parameters_.device.levels) {
    const auto steps = static_cast<float>(*parameters_.device.levels - 1);
    for (float& share : shares) share = periphery::Quantiser::round_even(share * steps) / steps;
  }
  for (float& share : shares) share = least + share * range;
}

void CellArray::program_pair(int pair, std::span<const float> weights, ConductanceExchange* exchange) {
  const WeightCoding& coding = parameters_.coding;
  const auto range = static_cast<float>(device_->most_us() - device_->least_us());
  double shares = 0;  // sum over all pairs, for a weight of 1
  for (int p = 0; p < coding.pairs; ++p) shares += 1.0 / whole_power(coding.significance, p);
  const double share = 1.0 / whole_power(coding.significance, pair) / (coding.residual ? 1.0 : shares);
  const auto index = static_cast<std::uint32_t>(pair);
  thread_local std::vector<float> targets;
  targets.resize(weights.size());
  const auto plane = [&](std::uint32_t sign, float factor) {
    to_targets(targets);
    const bool measured = exchange != nullptr && exchange->measured;
    if (measured) {
      const auto given =
          std::ranges::find_if(exchange->planes, [&](const DevicePlane& p) { return p.slice == slice_ && p.pair == pair && p.sign == sign; });
      if (given == exchange->planes.end() || given->microsiemens.size() != targets.size()) {
        throw std::logic_error("CellArray: measured conductances do not belong to this block");
      }
      targets = given->microsiemens;
    } else if (exchange != nullptr) {
      exchange->planes.push_back({slice_, pair, sign, targets});
    }
    planes_.push_back(programmed(index, sign, factor, targets, measured));
  };
  if (coding.kind == WeightCoding::Kind::differential) {
    const float factor = static_cast<float>(share) / range;
    for (std::size_t k = 0; k < weights.size(); ++k) targets[k] = std::max(weights[k], 0.0F);
    plane(0, factor);
    for (std::size_t k = 0; k < weights.size(); ++k) targets[k] = std::max(-weights[k], 0.0F);
    plane(negative, -factor);
    if (parameters_.device.ageing == Ageing::resplit_pairs) resplit(planes_.end()[-2], planes_.back());
    return;
  }
  constexpr float half = 0.5F;
  const float factor = 2.0F * static_cast<float>(share) / range;
  for (std::size_t k = 0; k < weights.size(); ++k) targets[k] = half * (weights[k] + 1.0F);
  plane(0, factor);
  targets.assign(static_cast<std::size_t>(inputs_), half);
  plane(reference, -factor);
}

CellArray::Plane CellArray::programmed(std::uint32_t pair, std::uint32_t sign, float factor, std::span<const float> targets, bool measured) const {
  Plane plane;
  plane.factor = factor;
  plane.slice = static_cast<std::uint32_t>(slice_) * most_pairs + pair;
  plane.sign = sign;
  plane.first.resize(targets.size());
  if (device_->exact()) {
    device_->program(targets, {}, {}, plane.first, {});
  } else {
    plane.second.resize(targets.size());
    // The arrays of the state first hold the random draws. Measured conductances include the programming error, so none is added.
    if (measured) {
      std::ranges::fill(plane.first, 0.0F);
    } else {
      base::RandomStream(identity_.key(base::Purpose::programming, plane.slice, sign, 0)).normals({}, 0, plane.first);
    }
    base::RandomStream(identity_.key(base::Purpose::drift, plane.slice, sign, 0)).normals({}, 0, plane.second);
    device_->program(targets, plane.first, plane.second, plane.first, plane.second);
  }
  if (parameters_.device.stuck_rate > 0.0 && !measured) {
    std::vector<float> lots(targets.size());
    const base::RandomStream stream(identity_.key(base::Purpose::stuck, plane.slice, sign, 0));
    stream.uniforms({}, 0, lots);
    for (std::size_t k = 0; k < lots.size(); ++k) {
      if (static_cast<double>(lots[k]) >= parameters_.device.stuck_rate) continue;
      const auto most = static_cast<float>(device_->most_us());
      const StuckAt at = parameters_.device.stuck_at;
      const float value = at == StuckAt::zero ? 0.0F : (at == StuckAt::most ? most : most * stream.uniform({.sample = 1}, k));
      plane.stuck.emplace_back(static_cast<std::uint32_t>(k), value);
    }
  }
  return plane;
}

void CellArray::resplit(Plane& positive, Plane& other) const {
  const auto least = static_cast<float>(device_->least_us());
  const auto range = static_cast<float>(device_->most_us() - device_->least_us());
  float largest = 0;
  for (std::size_t k = 0; k < positive.first.size(); ++k) largest = std::max(largest, std::abs(positive.first[k] - other.first[k]));
  const float scale = largest > 0.0F ? largest / range : 1.0F;
  for (std::size_t k = 0; k < positive.first.size(); ++k) {
    const float difference = (positive.first[k] - other.first[k]) / scale;
    positive.first[k] = least + std::max(difference, 0.0F);
    other.first[k] = least + std::max(-difference, 0.0F);
  }
  positive.scale = scale;
  other.scale = scale;
}

void CellArray::conductances(const Plane& plane, double seconds, const std::uint32_t* time_index, std::vector<float>& out) const {
  out.resize(plane.first.size());
  if (!device_->exact()) {
    if (time_index == nullptr) {
      std::ranges::fill(out, 0.0F);
    } else {
      base::RandomStream(identity_.key(base::Purpose::slow_read, plane.slice, plane.sign, *time_index)).normals({}, 0, out);
    }
  }
  device_->read(seconds, plane.first, plane.second, out);
  if (plane.scale != 1.0F) {
    for (float& g : out) g *= plane.scale;
  }
  for (const auto& [device, value] : plane.stuck) out[device] = value;
  for (const std::uint32_t cell : cut_off_) out[cell] = 0.0F;
}

void CellArray::through_wires(std::vector<float>& conductances) const {
  const auto inputs = static_cast<std::size_t>(inputs_);
  const std::size_t outputs = conductances.size() / inputs;
  const Wires& wires = parameters_.wires;
  // The circuit model has its sense amplifiers at the last input.
  const auto input_at = [&](std::size_t j) { return wires.sense_first ? inputs - 1 - j : j; };
  std::vector<double> siemens(conductances.size());
  const double microsiemens = base::unit::microsiemens.si();
  for (std::size_t j = 0; j < inputs; ++j) {
    for (std::size_t i = 0; i < outputs; ++i) siemens[i * inputs + input_at(j)] = microsiemens * static_cast<double>(conductances[j * outputs + i]);
  }
  const std::vector<double> effective = effective_matrix(circuit(wires), static_cast<int>(outputs), inputs_, siemens, 1);
  for (std::size_t j = 0; j < inputs; ++j) {
    for (std::size_t i = 0; i < outputs; ++i) {
      conductances[j * outputs + i] = static_cast<float>(effective[i * inputs + input_at(j)] / microsiemens);
    }
  }
}

void CellArray::add_weights(std::span<const Plane> planes, double seconds, const std::uint32_t* time_index, std::vector<float>& values) const {
  const auto inputs = static_cast<std::size_t>(inputs_);
  const auto outputs = static_cast<std::size_t>(outputs_);
  thread_local std::vector<float> now;
  for (const Plane& plane : planes) {
    conductances(plane, seconds, time_index, now);
    if (parameters_.wires.kind == Wires::Kind::exact) through_wires(now);
    if (plane.sign == reference) {
      for (std::size_t j = 0; j < inputs; ++j) {
        for (std::size_t i = 0; i < outputs; ++i) values[j * outputs + i] += plane.factor * now[j];
      }
    } else {
      for (std::size_t k = 0; k < values.size(); ++k) values[k] += plane.factor * now[k];
    }
  }
}

void CellArray::read(double seconds, std::uint32_t time_index) {
  thread_local std::vector<float> values;
  const std::size_t cells = static_cast<std::size_t>(inputs_) * static_cast<std::size_t>(outputs_);
  values.assign(cells, 0.0F);
  if (!parameters_.dac.splits_weights()) {
    add_weights(planes_, seconds, &time_index, values);
    weights_.assign(values);
    return;
  }
  for (const bool of_negative : {false, true}) {
    values.assign(cells, 0.0F);
    for (const Plane& plane : planes_) {
      if ((plane.sign == negative) == of_negative) add_weights({&plane, 1}, seconds, &time_index, values);
    }
    if (of_negative) {
      for (float& value : values) value = -value;
    }
    (of_negative ? negative_weights_ : weights_).assign(values);
  }
}

void CellArray::add_row_conductances(double seconds, std::uint32_t time_index, std::span<double> siemens) const {
  std::vector<float> now;
  for (const Plane& plane : planes_) {
    conductances(plane, seconds, &time_index, now);
    const std::size_t columns = now.size() / siemens.size();  // 1 for a reference column
    for (std::size_t j = 0; j < siemens.size(); ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < columns; ++i) sum += static_cast<double>(now[j * columns + i]);
      siemens[j] += sum * base::unit::microsiemens.si();
    }
  }
}

double CellArray::mean_magnitude() const {
  double sum = 0;
  for (int j = 0; j < inputs_; ++j) {
    for (int i = 0; i < outputs_; ++i) {
      const float other = parameters_.dac.splits_weights() ? negative_weights_.at(j, i) : 0.0F;
      sum += static_cast<double>(std::abs(weights_.at(j, i) - other));
    }
  }
  return sum / (static_cast<double>(inputs_) * outputs_);
}

double CellArray::programmed_magnitude() const {
  std::vector<float> values(static_cast<std::size_t>(inputs_) * static_cast<std::size_t>(outputs_), 0.0F);
  add_weights(planes_, 0.0, nullptr, values);
  double sum = 0;
  for (const float w : values) sum += static_cast<double>(std::abs(w));
  return sum / static_cast<double>(values.size());
}

std::vector<SliceWeights> slice_weights(const WeightCoding& coding, std::span<const float> weights) {
  if (coding.slices == 1) return {{1.0F, {weights.begin(), weights.end()}}};
  const int bits = coding.bits_per_slice;
  const auto all = static_cast<float>((1 << (bits * coding.slices)) - 1);
  const auto digits = static_cast<std::uint32_t>((1 << bits) - 1);
  std::vector<SliceWeights> slices(static_cast<std::size_t>(coding.slices));
  for (int s = 0; s < coding.slices; ++s) {
    SliceWeights& slice = slices[static_cast<std::size_t>(s)];
    const int shift = bits * (coding.slices - 1 - s);
    slice.factor = static_cast<float>(1 << shift) * static_cast<float>(digits) / all;
    slice.weights.resize(weights.size());
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const auto code = static_cast<std::uint32_t>(periphery::Quantiser::round_even(std::abs(weights[k]) * all));
      const float digit = static_cast<float>((code >> static_cast<unsigned>(shift)) & digits) / static_cast<float>(digits);
      slice.weights[k] = std::copysign(digit, weights[k]);
    }
  }
  return slices;
}

}  // namespace mho::tiles
