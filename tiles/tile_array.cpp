#include "tiles/tile_array.h"

#include <algorithm>
#include <cmath>

#include "base/elementary.h"
#include "tiles/analog_matrix.h"
#include "tiles/pcm_device.h"
#include "tiles/scales.h"

namespace mho::tiles {

namespace {

/// time_index of the reading right after programming, the reference of the drift compensation: no evaluation time has it.
constexpr std::uint32_t reference_reading_index = 0xFFFFFFFFU;
/// EventId::pass of readings for the drift compensation; inference uses 0.
constexpr std::uint8_t compensation_pass = 255;

double to_microsiemens(base::Conductance g) { return g / base::unit::microsiemens; }

}  // namespace

TileArray::TileArray(const TileParameters& parameters, const Block& block, std::span<const float> weights, int matrix_inputs, float range,
                     std::uint64_t seed, std::uint64_t node, std::uint32_t programming)
    : parameters_(parameters),
      block_(block),
      seed_(seed),
      node_(node),
      programming_(programming),
      range_(range),
      weights_(block.inputs(), block.outputs()) {
  selection_.ir_drop = parameters_.ir_drop_scale > 0.0;
  selection_.square = parameters_.read_noise == ReadNoise::pcm && parameters_.read_noise_scale > 0.0;
  const int inputs = block_.inputs();
  const int outputs = block_.outputs();
  scales_ = column_scales(parameters_, block_, weights, matrix_inputs);
  const double g_max = to_microsiemens(parameters_.g_max);
  for (Devices& devices : devices_) devices.target.resize(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs));
  for (int j = 0; j < inputs; ++j) {
    for (int i = 0; i < outputs; ++i) {
      const float raw = weights[static_cast<std::size_t>(block_.output_begin + i) * static_cast<std::size_t>(matrix_inputs) +
                                static_cast<std::size_t>(block_.input_begin + j)];
      const double w = std::clamp(static_cast<double>(raw) / static_cast<double>(scales_[static_cast<std::size_t>(i)]), -1.0, 1.0);
      const auto at = static_cast<std::size_t>(j) * static_cast<std::size_t>(outputs) + static_cast<std::size_t>(i);
      devices_[0].target[at] = static_cast<float>(std::max(w, 0.0) * g_max);
      devices_[1].target[at] = static_cast<float>(std::max(-w, 0.0) * g_max);
    }
  }
  profile_.resize(static_cast<std::size_t>(inputs));
  for (int j = 0; j < inputs; ++j) {
    const int from_sense = parameters_.sense_first ? j : inputs - 1 - j;
    const double u = 1.0 - static_cast<double>(from_sense) / static_cast<double>(inputs);
    profile_[static_cast<std::size_t>(j)] = static_cast<float>(1.0 - u * u);
  }
  program();
  read_devices(0.0, reference_reading_index);
  output_scale_.resize(static_cast<std::size_t>(outputs));
  if (parameters_.compensation == DriftCompensation::global) reference_reading_ = one_hot_reading(reference_reading_index);
  for (std::size_t i = 0; i < scales_.size(); ++i) output_scale_[i] = range_ * scales_[i];
}

base::StreamKey TileArray::key(base::Purpose purpose, std::uint32_t sign, std::uint32_t time_index) const {
  base::StreamKey key;
  key.seed = seed_;
  key.purpose = purpose;
  key.node = node_;
  key.block_row = static_cast<std::uint32_t>(block_.row_part);
  key.block_column = static_cast<std::uint32_t>(block_.column_part);
  key.sign = sign;
  key.programming = programming_;
  key.time_index = time_index;
  return key;
}

void TileArray::program() {
  const double g_max = to_microsiemens(parameters_.g_max);
  for (std::uint32_t sign = 0; sign < 2; ++sign) {
    Devices& devices = devices_[sign];
    devices.programmed = devices.target;
    if (parameters_.device != DeviceKind::pcm) continue;
    const std::size_t count = devices.target.size();
    devices.exponent.resize(count);
    base::Stream(key(base::Purpose::drift, sign, 0)).normals({}, 0, devices.exponent);
    std::vector<float> error(count);
    base::Stream(key(base::Purpose::programming, sign, 0)).normals({}, 0, error);
    for (std::size_t k = 0; k < count; ++k) {
      const double relative = static_cast<double>(devices.target[k]) / g_max;
      const double sigma = parameters_.programming_scale * pcm::programming_sigma_us(relative);
      devices.programmed[k] = static_cast<float>(std::max(0.0, static_cast<double>(devices.target[k]) + sigma * static_cast<double>(error[k])));
      const auto drift = pcm::drift(relative);
      devices.exponent[k] = static_cast<float>(parameters_.drift_scale * std::abs(drift.mean + drift.sd * static_cast<double>(devices.exponent[k])));
    }
  }
}

void TileArray::read_devices(double seconds, std::uint32_t time_index) {
  const double g_max = to_microsiemens(parameters_.g_max);
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  const std::size_t count = devices_[0].target.size();
  std::vector<float> now[2];
  for (std::uint32_t sign = 0; sign < 2; ++sign) {
    Devices& devices = devices_[sign];
    now[sign] = devices.programmed;
    if (parameters_.device == DeviceKind::pcm) {
      const double since = seconds + pcm::reference_time_s;
      const double log_ratio = base::logarithm(since / pcm::reference_time_s);
      const double growth = parameters_.slow_read_scale * pcm::read_noise_growth(since);
      std::vector<float> noise(count);
      base::Stream(key(base::Purpose::slow_read, sign, time_index)).normals({}, 0, noise);
      for (std::size_t k = 0; k < count; ++k) {
        const double programmed = devices.programmed[k];
        const double drifted = programmed * base::exponential(-static_cast<double>(devices.exponent[k]) * log_ratio);
        const double sigma = drifted * pcm::read_noise_amplitude(programmed / g_max) * growth;
        now[sign][k] = static_cast<float>(std::max(0.0, drifted + sigma * static_cast<double>(noise[k])));
      }
    }
    devices.sum_us = 0.0;
    for (const float g : now[sign]) devices.sum_us += static_cast<double>(g);
  }
  for (std::size_t k = 0; k < count; ++k) {
    const double difference = static_cast<double>(now[0][k]) - static_cast<double>(now[1][k]);
    weights_.at(static_cast<int>(k / outputs), static_cast<int>(k % outputs)) = static_cast<float>(difference / g_max);
  }
}

double TileArray::one_hot_reading(std::uint32_t time_index) const {
  // Rows of the identity, a few at a time: the matrix of one-hot inputs itself would be as large as the weights.
  constexpr std::size_t rows_at_once = 32;
  const auto inputs = static_cast<std::size_t>(block_.inputs());
  const auto outputs = static_cast<std::size_t>(block_.outputs());
  std::vector<float> x(rows_at_once * inputs);
  std::vector<base::EventId> events(rows_at_once);
  std::vector<float> y;
  double sum = 0.0;
  for (std::size_t first = 0; first < inputs; first += rows_at_once) {
    const std::size_t rows = std::min(rows_at_once, inputs - first);
    std::ranges::fill(x, 0.0F);
    for (std::size_t r = 0; r < rows; ++r) {
      x[r * inputs + first + r] = range_;
      events[r].sample = static_cast<std::uint32_t>(first + r);
      events[r].pass = compensation_pass;
    }
    (void)convert(x, inputs, std::span(events).first(rows), time_index, y, nullptr);
    const auto padded = static_cast<std::size_t>(weights_.padded_outputs());
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t i = 0; i < outputs; ++i) sum += static_cast<double>(std::abs(y[r * padded + i]));
    }
  }
  return sum / static_cast<double>(inputs * outputs);
}

void TileArray::set_time(double seconds, std::uint32_t time_index) {
  time_index_ = time_index;
  read_devices(seconds, time_index);
  compensation_ = 1.0F;
  if (parameters_.compensation == DriftCompensation::global) {
    const double reading = one_hot_reading(time_index);
    // A tile that reads nothing at all (all weights zero, no noise) has nothing to compensate.
    if (reading > 0.0 && reference_reading_ > 0.0) compensation_ = static_cast<float>(reference_reading_ / reading);
  }
  for (std::size_t i = 0; i < scales_.size(); ++i) output_scale_[i] = range_ * scales_[i] * compensation_;
}

double TileArray::conductance_sum_siemens() const { return (devices_[0].sum_us + devices_[1].sum_us) * base::unit::microsiemens.si(); }

}  // namespace mho::tiles
