#include "analysis/study/mvm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/progress.h"
#include "tiles/analog_matrix.h"

namespace mho::analysis {

namespace {

constexpr const char* matrix_node = "matrix";

/// The largest |x| of each row part; 1 if all are 0.
std::vector<float> largest_inputs(const tiles::MatrixLayout& layout, std::span<const float> x, std::size_t inputs) {
  std::vector<float> ranges(static_cast<std::size_t>(layout.row_parts), 0.0F);
  for (const tiles::Block& block : layout.blocks) {
    float& range = ranges[static_cast<std::size_t>(block.row_part)];
    for (std::size_t row = 0; row < x.size(); row += inputs) {
      for (auto j = static_cast<std::size_t>(block.input_begin); j < static_cast<std::size_t>(block.input_end); ++j) {
        range = std::max(range, std::abs(x[row + j]));
      }
    }
  }
  std::ranges::replace(ranges, 0.0F, 1.0F);
  return ranges;
}

}  // namespace

void analog_products(const Design& design, const Matrix& weights, const Matrix& vectors, const MvmOptions& options,
                     const std::function<void(std::span<const float>)>& take) {
  const std::size_t batch = vectors.rows, inputs = weights.columns, outputs = weights.rows;
  const auto repeats = static_cast<std::size_t>(options.repeats);
  if (repeats > std::numeric_limits<std::uint32_t>::max() / batch) {
    throw base::UserError(
        fmt::format("{} repeats of {} vectors are more than the 2^32 products whose noise is told apart; ask for fewer", repeats, batch),
        base::ExitCode::usage);
  }
  const auto w = weights.single(), x = vectors.single();
  const auto layout =
      tiles::default_layout(matrix_node, static_cast<int>(inputs), static_cast<int>(outputs), 1, design.tile.rows, design.tile.output_capacity(), 0);
  std::vector<float> ranges;
  if (design.config.word("tile.input_range.kind") == "calibrated") ranges = largest_inputs(layout, x, inputs);
  const auto programmed = [&](std::size_t programming) {
    tiles::AnalogMatrix matrix(design.tile, layout, w, {}, ranges, options.seed, static_cast<std::uint32_t>(programming));
    matrix.set_time(options.time_s, 0);
    return matrix;
  };

  base::Progress progress("products", repeats);
  // A few repeats at a time, so that memory does not grow with the number of repeats.
  constexpr std::size_t outputs_at_once = 1U << 24U;
  const std::size_t group =
      std::clamp(outputs_at_once / (batch * outputs), std::min<std::size_t>(repeats, static_cast<std::size_t>(options.threads)), repeats);
  constexpr std::size_t rows_at_once = 64;
  const std::size_t pieces = (batch + rows_at_once - 1) / rows_at_once;
  std::vector<float> y(group * batch * outputs);
  const auto read = [&](const tiles::AnalogMatrix& matrix, std::size_t repeat, std::size_t slot, std::size_t begin, std::size_t end) {
    std::vector<base::EventId> events(end - begin);
    for (std::size_t v = begin; v < end; ++v) events[v - begin].sample = static_cast<std::uint32_t>(repeat * batch + v);
    matrix.forward(std::span(x).subspan(begin * inputs, (end - begin) * inputs), events,
                   std::span(y).subspan((slot * batch + begin) * outputs, (end - begin) * outputs));
  };

  std::vector<tiles::AnalogMatrix> shared;
  if (!options.reprogram) shared.push_back(programmed(0));
  for (std::size_t first = 0; first < repeats; first += group) {
    const std::size_t count = std::min(group, repeats - first);
    if (options.reprogram) {
      base::parallel_for(count, options.threads, [&](std::size_t slot) { read(programmed(first + slot), first + slot, slot, 0, batch); });
    } else {
      base::parallel_for(count * pieces, options.threads, [&](std::size_t item) {
        const std::size_t slot = item / pieces, begin = item % pieces * rows_at_once;
        read(shared.front(), first + slot, slot, begin, std::min(begin + rows_at_once, batch));
      });
    }
    for (std::size_t slot = 0; slot < count; ++slot) {
      const auto one = std::span<const float>(y).subspan(slot * batch * outputs, batch * outputs);
      if (!std::ranges::all_of(one, [](float v) { return std::isfinite(v); })) {
        throw base::UserError(
            fmt::format("an output of {} with {} on this design is no finite number; the products overflow", weights.name, vectors.name),
            base::ExitCode::failed_check);
      }
      take(one);
    }
    progress.advance(count);
  }
}

std::vector<float> exact_products(const Matrix& weights, const Matrix& vectors) {
  std::vector<float> y(vectors.rows * weights.rows);
  tiles::FloatMatrix(static_cast<int>(weights.columns), static_cast<int>(weights.rows), weights.single(), {})
      .forward(vectors.single(), vectors.rows, y);
  return y;
}

void RepeatStatistics::add(std::span<const float> outputs) {
  ++count_;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    // Welford's update.
    const auto value = static_cast<double>(outputs[i]);
    const double before = value - mean_[i];
    mean_[i] += before / static_cast<double>(count_);
    squares_[i] += before * (value - mean_[i]);
  }
}

double RepeatStatistics::deviation(std::size_t output) const { return std::sqrt(squares_[output] / static_cast<double>(count_ - 1)); }

}  // namespace mho::analysis
