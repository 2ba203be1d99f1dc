#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/design_file/config.h"
#include "periphery/parameters.h"
#include "tiles/analog_matrix.h"
#include "tiles/parameters.h"

namespace mho::tiles::test {

/// Parameters of a tile of 512 x 512 from "key=value" assignments on top of the defaults.
inline TileParameters tile(const std::vector<std::string>& assignments = {}) {
  auto declared = periphery::declarations();
  for (auto& declaration : tiles::declarations()) declared.push_back(std::move(declaration));
  base::Config config(std::move(declared));
  for (const char* size : {"tile.rows=512", "tile.columns=512"}) config.set(size);
  for (const auto& assignment : assignments) config.set(assignment);
  return TileParameters::read(config);
}

/// The standard model as the paper states it: nothing rounded between blocks.
inline std::vector<std::string> paper_formats() {
  return {"digital.activation_format=float32", "digital.partial_sum_format=float32", "digital.scale_format=float32", "digital.result_format=float32"};
}

inline std::vector<std::string> with(std::vector<std::string> first, const std::vector<std::string>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

/// Everything off: converters, noise, wires, devices.
inline std::vector<std::string> ideal() {
  return with(paper_formats(),
              {"tile.dac.bits=ideal", "tile.adc.bits=ideal", "tile.adc.bound=unlimited", "tile.noise.read_kind=off", "tile.noise.output=0",
               "tile.ir_drop.scale=off", "tile.device.kind=ideal", "tile.drift_compensation=none", "tile.mapping.scale=none"});
}

inline std::vector<base::EventId> events(std::size_t count) {
  std::vector<base::EventId> ids(count);
  for (std::size_t k = 0; k < count; ++k) ids[k].sample = static_cast<std::uint32_t>(k);
  return ids;
}

/// Relative MVM error of model.md: mean over vectors of |y - y~| / mean |y|, averaged over `tiles` tiles. W ~ N(0, 0.246) clipped to 1, x ~ U(-1, 1).
inline double relative_error(const TileParameters& parameters, double seconds, int size = 512, int tiles = 3, std::size_t vectors = 64) {
  const auto n = static_cast<std::size_t>(size);
  double total = 0;
  for (int t = 0; t < tiles; ++t) {
    std::vector<float> w(n * n), x(vectors * n);
    base::StreamKey key;
    key.seed = static_cast<std::uint64_t>(100 + t);
    key.purpose = base::Purpose::data;
    const base::RandomStream stream(key);
    stream.normals({}, 0, w);
    for (float& v : w) v = std::clamp(0.246F * v, -1.0F, 1.0F);
    stream.uniforms({.sample = 1}, 0, x);
    for (float& v : x) v = 2.0F * v - 1.0F;
    const auto layout = default_layout("layer", size, size, 1, size, size, 0);
    const std::vector<float> range{1.0F};
    AnalogMatrix matrix(parameters, layout, w, {}, range, key.seed, 0);
    matrix.set_time(seconds, 0);
    std::vector<float> y(vectors * n), ideal(vectors * n);
    matrix.forward(x, events(vectors), y);
    FloatMatrix(size, size, w, {}).forward(x, vectors, ideal);
    double error = 0, norm = 0;
    for (std::size_t b = 0; b < vectors; ++b) {
      double e = 0, s = 0;
      for (std::size_t i = b * n; i < (b + 1) * n; ++i) {
        e += static_cast<double>((y[i] - ideal[i]) * (y[i] - ideal[i]));
        s += static_cast<double>(ideal[i] * ideal[i]);
      }
      error += std::sqrt(e);
      norm += std::sqrt(s);
    }
    total += error / norm;
  }
  return total / tiles;
}

}  // namespace mho::tiles::test
