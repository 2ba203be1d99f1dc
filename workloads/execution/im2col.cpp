#include <algorithm>
#include <cstring>

#include "workloads/execution/execution.h"
#include "workloads/graph/operator.h"

namespace mho::workloads {
namespace {

/// Elements of the rows gathered at a time: 128 KiB, so that the rows are still in the second-level cache when they are multiplied.
constexpr std::int64_t chunk_elements = 1 << 15;
constexpr std::int64_t least_rows = 16, most_rows = 256;

/// Copies kernel rows of `width` values each. A constant width lets the compiler copy a row with one or two moves.
template <int width>
void copy_runs(const float* from, std::span<const std::int64_t> runs, float* to) {
  for (const std::int64_t offset : runs) {
    std::memcpy(to, from + offset, width * sizeof(float));
    to += width;
  }
}

void copy_runs(const float* from, std::span<const std::int64_t> runs, int width, int step, float* to) {
  if (step == 1 && width == 1) return copy_runs<1>(from, runs, to);
  if (step == 1 && width == 2) return copy_runs<2>(from, runs, to);
  if (step == 1 && width == 3) return copy_runs<3>(from, runs, to);
  if (step == 1 && width == 5) return copy_runs<5>(from, runs, to);
  if (step == 1 && width == 7) return copy_runs<7>(from, runs, to);
  for (const std::int64_t offset : runs) {
    for (int i = 0; i < width; ++i) *to++ = from[offset + static_cast<std::int64_t>(i) * step];
  }
}

}  // namespace

Execution::Gathering Execution::gathering(const Network& network, const Node& node) {
  Gathering g;
  const Shape& in = network.values[static_cast<std::size_t>(node.inputs[0])].shape;
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  if (node.window() == nullptr) {
    const int axis = node.product_axis();
    g.outer = element_count(Shape(in.begin(), in.begin() + axis));
    g.inner = element_count(Shape(in.begin() + axis + 1, in.end()));
    g.width = in[static_cast<std::size_t>(axis)];
    return g;
  }
  const Window& w = *node.window();
  const bool plane = in.size() == 4;
  g.outer = frames(network, node);
  g.height = plane ? in[2] : 1;
  g.width = in.back();
  g.out_width = out.back();
  g.inner = (plane ? out[2] : 1) * out.back();
  g.padded_height = g.height + w.pad_begin[0] + w.pad_end[0];
  g.padded_width = g.width + w.pad_begin[1] + w.pad_end[1];
  const std::int64_t channels = in[1] / network.matrix(node).groups;
  g.group_offset = channels * g.padded_height * g.padded_width;
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) g.runs.push_back((c * g.padded_height + ky * w.dilation[0]) * g.padded_width);
  }
  return g;
}

/// One node, one batch. Rows are gathered and multiplied in chunks, separately for each group if the products require it.
class Execution::AnalogRun {
 public:
  AnalogRun(const Execution& execution, std::size_t index, std::span<const float> x, std::span<const std::uint32_t> ids, Products& products,
            Scratch& scratch, std::span<float> y)
      : node_(execution.network_.nodes[index]),
        g_(execution.gatherings_[index]),
        window_(node_.window()),
        matrix_(execution.network_.matrix(node_)),
        index_(index),
        first_position_(execution.first_position_[index]),
        ids_(ids),
        products_(products),
        scratch_(scratch),
        y_(y),
        groups_(products.by_group() ? matrix_.groups : 1),
        inputs_(matrix_.inputs / groups_),
        outputs_(matrix_.outputs / groups_),
        rows_(static_cast<std::int64_t>(ids.size()) * g_.outer * g_.inner),
        chunk_(std::clamp(chunk_elements / inputs_, least_rows, most_rows)),
        plane_(g_.padded_height * g_.padded_width),
        channels_(window_ != nullptr ? static_cast<std::int64_t>(x.size() / ids.size()) / (g_.outer * g_.height * g_.width) : 0),
        source_(x.data()),
        runs_(g_.runs) {
    if (window_ == nullptr) return;
    if (plane_ != g_.height * g_.width) pad(x);
    if (groups_ == matrix_.groups) return;
    // Kernel rows of the channels of all groups: each gathered row spans every group.
    for (int group = 0; group < matrix_.groups; ++group) {
      for (const std::int64_t offset : g_.runs) every_run_.push_back(offset + group * g_.group_offset);
    }
    runs_ = every_run_;
  }
  AnalogRun(const AnalogRun&) = delete;
  AnalogRun& operator=(const AnalogRun&) = delete;

  void run() {
    const bool rows_in_place = window_ == nullptr && g_.inner == 1 && groups_ == 1;
    const bool results_in_place = g_.inner == 1 && groups_ == 1;
    scratch_.events.resize(static_cast<std::size_t>(chunk_));
    for (int group = 0; group < groups_; ++group) {
      const float* bias = node_.bias.empty() ? nullptr : node_.bias.data() + group * outputs_;
      for (std::int64_t begin = 0; begin < rows_; begin += chunk_) {
        const std::int64_t count = std::min(chunk_, rows_ - begin);
        set_events(begin, count);
        const float* from = rows_in_place ? source_ + begin * inputs_ : gathered(begin, count, group);
        const std::span<const float> rows(from, static_cast<std::size_t>(count * inputs_));
        const std::span<const base::EventId> events(scratch_.events.data(), static_cast<std::size_t>(count));
        if (results_in_place) {
          const auto results = y_.subspan(static_cast<std::size_t>(begin * outputs_), static_cast<std::size_t>(count * outputs_));
          products_.multiply(index_, 0, group, rows, events, results);
          for (std::int64_t r = 0; bias != nullptr && r < count; ++r) {
            for (std::int64_t o = 0; o < outputs_; ++o) results[static_cast<std::size_t>(r * outputs_ + o)] += bias[o];
          }
          continue;
        }
        scratch_.results.resize(static_cast<std::size_t>(chunk_ * outputs_));
        products_.multiply(index_, 0, group, rows, events, {scratch_.results.data(), static_cast<std::size_t>(count * outputs_)});
        place(begin, count, group, bias);
      }
    }
  }

 private:
  void pad(std::span<const float> x) {
    const std::int64_t planes = channels_ * g_.outer * static_cast<std::int64_t>(ids_.size());
    scratch_.padded.assign(static_cast<std::size_t>(planes * plane_), 0.0F);
    for (std::int64_t p = 0; p < planes; ++p) {
      for (std::int64_t row = 0; row < g_.height; ++row) {
        std::memcpy(scratch_.padded.data() + p * plane_ + (row + window_->pad_begin[0]) * g_.padded_width + window_->pad_begin[1],
                    x.data() + (p * g_.height + row) * g_.width, static_cast<std::size_t>(g_.width) * sizeof(float));
      }
    }
    source_ = scratch_.padded.data();
  }

  void set_events(std::int64_t begin, std::int64_t count) {
    for (std::int64_t r = 0; r < count; ++r) {
      base::EventId& event = scratch_.events[static_cast<std::size_t>(r)];
      event = {};
      event.sample = ids_[static_cast<std::size_t>((begin + r) / (g_.outer * g_.inner))];
      event.position = first_position_ + static_cast<std::uint32_t>((begin + r) % (g_.outer * g_.inner));
    }
  }

  const float* gathered(std::int64_t begin, std::int64_t count, int group) {
    scratch_.rows.resize(static_cast<std::size_t>(chunk_ * inputs_));
    float* to = scratch_.rows.data();
    for (std::int64_t r = begin; r < begin + count; ++r, to += inputs_) {
      const std::int64_t frame = r / g_.inner, position = r % g_.inner;  // frames are counted over all samples
      if (window_ != nullptr) {
        const std::int64_t oy = position / g_.out_width, ox = position % g_.out_width;
        copy_runs(
            source_ + frame * channels_ * plane_ + group * g_.group_offset + oy * window_->stride[0] * g_.padded_width + ox * window_->stride[1],
            runs_, window_->kernel[1], window_->dilation[1], to);
      } else {
        const float* column = source_ + (frame * matrix_.inputs + group * inputs_) * g_.inner + position;
        for (std::int64_t i = 0; i < inputs_; ++i) to[i] = column[i * g_.inner];
      }
    }
    return scratch_.rows.data();
  }

  /// Transposes [position][output] to [output][position], a cache line of outputs at a time.
  void place(std::int64_t begin, std::int64_t count, int group, const float* bias) {
    constexpr std::int64_t line = 16;
    const std::int64_t inner = g_.inner, outputs = outputs_;
    for (std::int64_t r = 0; r < count;) {
      const std::int64_t sample = (begin + r) / inner, position = (begin + r) % inner, length = std::min(count - r, inner - position);
      float* to = y_.data() + (sample * matrix_.outputs + group * outputs) * inner + position;
      const float* result = scratch_.results.data() + r * outputs;
      for (std::int64_t block = 0; block < outputs; block += line) {
        for (std::int64_t o = block; o < std::min(block + line, outputs); ++o) {
          const float shift = bias == nullptr ? 0.0F : bias[o];
          for (std::int64_t i = 0; i < length; ++i) to[o * inner + i] = result[i * outputs + o] + shift;
        }
      }
      r += length;
    }
  }

  const Node& node_;
  const Gathering& g_;
  const Window* window_;  ///< null: rows lie along an axis
  const Matrix& matrix_;
  std::size_t index_;
  std::uint32_t first_position_;
  std::span<const std::uint32_t> ids_;
  Products& products_;
  Scratch& scratch_;
  std::span<float> y_;
  int groups_;
  std::int64_t inputs_, outputs_;  ///< per row
  std::int64_t rows_, chunk_;
  std::int64_t plane_, channels_;
  const float* source_;
  std::vector<std::int64_t> every_run_;
  std::span<const std::int64_t> runs_;
};

void Execution::analog(std::size_t index, std::span<const float> x, std::span<const std::uint32_t> ids, Products& products, Scratch& scratch,
                       std::span<float> y) const {
  AnalogRun(*this, index, x, ids, products, scratch, y).run();
}

}  // namespace mho::workloads
