#include "analysis/study/tile_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "analysis/experiment/wire_time.h"
#include "analysis/plot/plot.h"
#include "analysis/study/error_sources.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/random.h"
#include "tiles/analog_matrix.h"

namespace mho::analysis {

/// Weights, vectors and exact outputs of one tile: a function of seed and index.
struct TileSample {
  tiles::MatrixLayout layout;
  std::vector<float> weights, inputs, exact;
  std::vector<base::EventId> events;
};

namespace {

constexpr const char* node = "tile";
/// Standard deviation of the weights: approximately that of trained networks whose largest weight is 1 (Rasch et al., 2023).
constexpr float weight_deviation = 0.246F;

TileSample draw(const tiles::TileParameters& shape, const TileStudyOptions& options, std::uint32_t tile) {
  const auto rows = static_cast<std::size_t>(shape.rows);
  const auto columns = static_cast<std::size_t>(shape.output_capacity());
  const auto vectors = static_cast<std::size_t>(options.vectors);
  TileSample sample;
  sample.layout = tiles::default_layout(node, shape.rows, shape.output_capacity(), 1, shape.rows, shape.output_capacity(), 0);
  sample.weights.resize(columns * rows);
  sample.inputs.resize(vectors * rows);
  sample.exact.resize(vectors * columns);
  sample.events.resize(vectors);
  base::StreamKey key;
  key.seed = options.seed;
  key.purpose = base::Purpose::data;
  key.node = base::hash_name(node);
  key.programming = tile;
  const base::RandomStream stream(key);
  stream.normals({}, 0, sample.weights);
  for (float& w : sample.weights) w = std::clamp(weight_deviation * w, -1.0F, 1.0F);
  stream.uniforms({.sample = 1}, 0, sample.inputs);
  for (float& x : sample.inputs) x = 2.0F * x - 1.0F;
  for (std::size_t v = 0; v < vectors; ++v) sample.events[v].sample = static_cast<std::uint32_t>(v);
  tiles::FloatMatrix(shape.rows, shape.output_capacity(), sample.weights, {}).forward(sample.inputs, vectors, sample.exact);
  return sample;
}

double relative_error(std::span<const float> exact, std::span<const float> analog, std::size_t outputs) {
  double error = 0, norm = 0;
  for (std::size_t begin = 0; begin < exact.size(); begin += outputs) {
    double difference = 0, size = 0;
    for (std::size_t i = begin; i < begin + outputs; ++i) {
      const auto y = static_cast<double>(exact[i]);
      const double d = static_cast<double>(analog[i]) - y;
      difference += d * d;
      size += y * y;
    }
    error += std::sqrt(difference);
    norm += std::sqrt(size);
  }
  const double relative = error / norm;
  if (!std::isfinite(relative)) {
    throw base::UserError("a relative error of the tile is not a number; this design cannot be studied", base::ExitCode::failed_check);
  }
  return relative;
}

/// One variant of the tile, measured at some of the times.
struct Variant {
  tiles::TileParameters parameters;
  std::size_t times = 1;                      ///< number of times, from the first on
  std::vector<std::vector<double>> errors{};  ///< [time][tile]
};

Variant variant(const base::Config& config, const TileStudyOptions& options, std::size_t times = 1) {
  return {tiles::TileParameters::read(config), times, std::vector(times, std::vector<double>(static_cast<std::size_t>(options.tiles)))};
}

/// Measures all variants of all tiles. Returns the outputs of the first tile in variant 0 at the first time.
std::vector<float> measure(const Design& design, const TileStudyOptions& options, std::vector<Variant>& variants) {
  const auto tiles = static_cast<std::size_t>(options.tiles);
  const auto outputs = static_cast<std::size_t>(design.tile.output_capacity());
  const std::vector<float> full_scale{1.0F};
  std::vector<float> first_outputs;
  double wire_seconds = 0;
  for (const Variant& one : variants) {
    const tiles::Layout layout{
        {tiles::default_layout(node, design.tile.rows, design.tile.output_capacity(), 1, design.tile.rows, design.tile.output_capacity(), 0)}, 1};
    wire_seconds += exact_wire_seconds(one.parameters, layout, readings(one.parameters, one.times) * tiles, options.threads);
  }
  announce_wire_time(wire_seconds);
  base::Progress progress(fmt::format("{} tiles", options.tiles), tiles * variants.size());
  base::parallel_for(tiles * variants.size(), options.threads, [&](std::size_t item) {
    const std::size_t tile = item % tiles;
    Variant& one = variants[item / tiles];
    const TileSample sample = draw(design.tile, options, static_cast<std::uint32_t>(tile));
    tiles::AnalogMatrix matrix(one.parameters, sample.layout, sample.weights, {}, full_scale, options.seed, static_cast<std::uint32_t>(tile));
    std::vector<float> y(sample.exact.size());
    for (std::size_t t = 0; t < one.times; ++t) {
      matrix.set_time(options.times_s[t], static_cast<std::uint32_t>(t));
      matrix.forward(sample.inputs, sample.events, y);
      one.errors[t][tile] = relative_error(sample.exact, y, outputs);
      if (item == 0 && t == 0) first_outputs = y;
    }
    progress.advance();
  });
  return first_outputs;
}

int depth_of(const std::vector<ErrorSource>& sources, const ErrorSource& source) {
  const auto whole = std::ranges::find(sources, source.part_of, &ErrorSource::name);
  return whole == sources.end() ? 0 : 1 + depth_of(sources, *whole);
}

base::Json errors_json(const MeanAndError& errors) {
  base::Json json;
  json["mean"] = errors.mean;
  json["sem"] = errors.sem ? base::Json(*errors.sem) : base::Json();
  return json;
}

base::Json errors_json(const std::optional<MeanAndError>& errors) { return errors ? errors_json(*errors) : base::Json(); }

}  // namespace

TileStudy study_tile(const Design& design, const TileStudyOptions& options) {
  const std::size_t times = options.times_s.size();
  if (options.tiles < 1 || options.vectors < 1 || times == 0) throw std::logic_error("study_tile: no tiles, no vectors or no times");
  const std::vector<ErrorSource> sources = active_sources(design.config);
  const base::Config uncompensated = [&] {
    base::Config config = design.config;
    config.set("tile.drift_compensation=none");
    return config;
  }();
  // Errors "with the converters" exist only for designs with converters. For the converters themselves they equal the errors alone.
  const bool converters_on = std::ranges::any_of(sources, [](const ErrorSource& source) { return source.name == converters_source; });
  const auto beside_converters = [&](const ErrorSource& source) {
    return converters_on && source.name != converters_source && source.part_of != converters_source;
  };
  const bool compensated = design.config.word("tile.drift_compensation") != "none";

  std::vector<Variant> variants{variant(design.config, options, times)};
  if (compensated) variants.push_back(variant(uncompensated, options, times));
  const std::size_t by_source = variants.size();
  for (const ErrorSource& source : sources) {
    variants.push_back(variant(without(design.config, source.name), options));
    if (source.remedy) continue;
    variants.push_back(variant(with_only(design.config, {source.name}), options));
    if (beside_converters(source)) variants.push_back(variant(with_only(design.config, {source.name, converters_source}), options));
  }

  TileStudy study;
  study.design = design.name;
  study.inputs = design.tile.rows;
  study.outputs = design.tile.output_capacity();
  study.options = options;
  study.analog = measure(design, options, variants);
  study.exact = draw(design.tile, options, 0).exact;
  for (std::size_t t = 0; t < times; ++t) {
    TimeErrors& row = study.times.emplace_back();
    row.time_s = options.times_s[t];
    row.designed = mean_and_error(variants[0].errors[t]);
    if (compensated) row.uncompensated = mean_and_error(variants[1].errors[t]);
  }
  std::size_t next = by_source;
  for (const ErrorSource& source : sources) {
    SourceErrors& row = study.sources.emplace_back();
    row.name = source.name;
    row.depth = depth_of(sources, source);
    row.without = mean_and_error(variants[next++].errors[0]);
    if (source.remedy) continue;
    row.alone = mean_and_error(variants[next++].errors[0]);
    if (beside_converters(source)) row.with_converters = mean_and_error(variants[next++].errors[0]);
  }
  return study;
}

struct ReferenceTiles::Tiles {
  std::vector<TileSample> samples;
};

ReferenceTiles::ReferenceTiles(const tiles::TileParameters& shape, TileStudyOptions options) : options_(std::move(options)) {
  if (options_.tiles < 1 || options_.vectors < 1 || options_.times_s.empty()) throw std::logic_error("ReferenceTiles: no tiles, vectors or times");
  Tiles drawn;
  for (int tile = 0; tile < options_.tiles; ++tile) drawn.samples.push_back(draw(shape, options_, static_cast<std::uint32_t>(tile)));
  tiles_ = std::make_unique<const Tiles>(std::move(drawn));
}

ReferenceTiles::~ReferenceTiles() = default;

double ReferenceTiles::relative_error(const tiles::TileParameters& parameters) const {
  const std::vector<float> full_scale{1.0F};
  std::vector<double> errors(tiles_->samples.size());
  base::parallel_for(errors.size(), options_.threads, [&](std::size_t tile) {
    const TileSample& sample = tiles_->samples[tile];
    tiles::AnalogMatrix matrix(parameters, sample.layout, sample.weights, {}, full_scale, options_.seed, static_cast<std::uint32_t>(tile));
    matrix.set_time(options_.times_s.front(), 0);
    std::vector<float> y(sample.exact.size());
    matrix.forward(sample.inputs, sample.events, y);
    errors[tile] = analysis::relative_error(sample.exact, y, y.size() / sample.events.size());
  });
  return mean_and_error(errors).mean;
}

base::Json tile_study_json(const TileStudy& study) {
  base::Json::Array sources, times;
  for (const SourceErrors& row : study.sources) {
    base::Json json;
    json["source"] = row.name;
    json["depth"] = row.depth;
    json["alone"] = errors_json(row.alone);
    json["with_converters"] = errors_json(row.with_converters);
    json["without"] = errors_json(row.without);
    sources.push_back(json);
  }
  for (const TimeErrors& row : study.times) {
    base::Json json;
    json["time_s"] = row.time_s;
    json["designed"] = errors_json(row.designed);
    json["without_drift_compensation"] = errors_json(row.uncompensated);
    times.push_back(json);
  }
  base::Json json;
  json["design"] = study.design;
  json["inputs"] = study.inputs;
  json["outputs"] = study.outputs;
  json["tiles"] = study.options.tiles;
  json["vectors"] = study.options.vectors;
  json["seed"] = study.options.seed;
  json["relative_error"] = errors_json(study.times.front().designed);
  json["sources"] = sources;
  json["times"] = times;
  return json;
}

std::string tile_study_svg(const TileStudy& study) {
  constexpr std::size_t most_points = 2000;
  const std::size_t step = (study.exact.size() + most_points - 1) / most_points;
  Scatter scatter;
  scatter.title = "Analog against exact outputs";
  scatter.x_title = "exact output (1: input 1 on weight 1)";
  scatter.y_title = "analog output (1: input 1 on weight 1)";
  Histogram histogram;
  histogram.title = "Error of an output";
  histogram.x_title = "analog - exact (1: input 1 on weight 1)";
  histogram.y_title = "share of outputs (%)";
  for (std::size_t i = 0; i < study.exact.size(); ++i) {
    // Without the shift by the vector, a stride that shares a factor with the row length would never select some of the columns.
    const std::size_t vector = i / static_cast<std::size_t>(study.outputs);
    if ((i + vector) % step == 0 && scatter.x.size() < most_points) {
      scatter.x.push_back(static_cast<double>(study.exact[i]));
      scatter.y.push_back(static_cast<double>(study.analog[i]));
    }
    histogram.values.push_back(static_cast<double>(study.analog[i]) - static_cast<double>(study.exact[i]));
  }
  const std::string subtitle = fmt::format("Tile of {}, seed {}: {} x {}, after {:.6g} s a relative error of {:.1f} %", study.design,
                                           study.options.seed, study.inputs, study.outputs, study.times.front().time_s,
                                           100.0 * relative_error(study.exact, study.analog, static_cast<std::size_t>(study.outputs)));
  return plot_svg(subtitle, scatter, histogram);
}

}  // namespace mho::analysis
