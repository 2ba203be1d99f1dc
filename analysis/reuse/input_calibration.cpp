#include "analysis/reuse/input_calibration.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/reuse/dependence.h"
#include "analysis/reuse/work_cache.h"
#include "workloads/execution/calibration.h"

namespace mho::analysis {

namespace {

constexpr const char* kind = "calibration";

/// A piece of a calibration: the parts of one matrix, or the scales of results.
using Piece = std::pair<std::string, workloads::InputCalibration>;  // key, content

void add(workloads::InputCalibration& all, const workloads::InputCalibration& piece) {
  all.parts.insert(piece.parts.begin(), piece.parts.end());
  if (piece.parts.empty()) all.results = piece.results;
}

}  // namespace

workloads::InputCalibration calibrated(const Design& design, const workloads::TiledNetwork& tiled, const workloads::Dataset& data,
                                       std::size_t samples, int threads, WorkCache* cache, const std::string& label) {
  const auto compute = [&] { return workloads::calibrate(tiled, data, 0, samples, threads, label); };
  if (cache == nullptr) return compute();
  const std::vector<std::string> texts = inputs_depend_on(design, tiled, data, samples);
  std::vector<std::string> keys;  // by matrix; the last one for results
  keys.reserve(texts.size() + 1);
  for (const std::string& text : texts) keys.push_back(text.empty() ? "" : dependence_key(text));
  const std::string scales = result_scales_depend_on(tiled, data, samples);
  keys.push_back(scales.empty() ? "" : dependence_key(scales));

  workloads::InputCalibration all;
  bool complete = true;
  for (const std::string& key : keys) {
    if (key.empty()) continue;
    const auto piece = found_in<workloads::InputCalibration>(*cache, kind, key);
    complete = piece != nullptr;
    if (!complete) break;
    add(all, *piece);
  }
  if (complete) return all;

  const auto begin = std::chrono::steady_clock::now();
  all = compute();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  for (std::size_t m = 0; m < keys.size(); ++m) {
    if (keys[m].empty()) continue;
    workloads::InputCalibration piece;
    if (m < texts.size()) {
      const std::string& name = tiled.network.matrices[m].name;
      piece.parts.emplace(name, all.parts.at(name));
    } else {
      piece.results = all.results;
    }
    keep_in(*cache, kind, keys[m], std::move(piece), seconds);
  }
  return all;
}

}  // namespace mho::analysis
