#include <algorithm>
#include <cstring>

#include "workloads/execution/execution.h"

namespace mho::workloads {
namespace {

/// Rows gathered at a time: about 128 KiB, so that they are still in the second-level cache when they are multiplied.
constexpr std::int64_t chunk_elements = 1 << 15;
constexpr std::int64_t least_rows = 16, most_rows = 256;

/// Copies `count` kernel rows of `width` values each; the usual widths as constants, so that a copy is one or two moves.
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
  if (node.op != Operator::conv) {
    const auto axis = static_cast<std::size_t>(node.axis);
    g.outer = element_count(Shape(in.begin(), in.begin() + node.axis));
    g.inner = element_count(Shape(in.begin() + node.axis + 1, in.end()));
    g.width = in[axis];
    return g;
  }
  const Window& w = node.window;
  const bool plane = in.size() == 4;
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

void Execution::analog(std::size_t index, std::span<const float> x, std::span<const std::uint32_t> ids, Products& products, Scratch& scratch,
                       std::span<float> y) const {
  const std::size_t batch = ids.size();
  const Node& node = network_.nodes[index];
  const Gathering& g = gatherings_[index];
  const bool convolution = node.op == Operator::conv;
  const Matrix& matrix = network_.matrix(node);
  const int groups = products.by_group() ? matrix.groups : 1;
  const std::int64_t inputs = matrix.inputs / groups, outputs = matrix.outputs / groups, all_outputs = matrix.outputs;
  const std::int64_t rows = static_cast<std::int64_t>(batch) * g.outer * g.inner;
  const std::int64_t chunk = std::clamp(chunk_elements / inputs, least_rows, most_rows);

  const float* source = x.data();
  const std::int64_t plane = g.padded_height * g.padded_width;
  const std::int64_t channels = convolution ? static_cast<std::int64_t>(x.size() / batch) / (g.height * g.width) : 0;
  if (convolution && plane != g.height * g.width) {
    const std::int64_t planes = channels * static_cast<std::int64_t>(batch);
    scratch.padded.assign(static_cast<std::size_t>(planes * plane), 0.0F);
    for (std::int64_t p = 0; p < planes; ++p) {
      for (std::int64_t row = 0; row < g.height; ++row) {
        std::memcpy(scratch.padded.data() + p * plane + (row + node.window.pad_begin[0]) * g.padded_width + node.window.pad_begin[1],
                    x.data() + (p * g.height + row) * g.width, static_cast<std::size_t>(g.width) * sizeof(float));
      }
    }
    source = scratch.padded.data();
  }

  // Kernel rows of all channels; without by_group the one row spans every group.
  std::vector<std::int64_t> every_run;
  std::span<const std::int64_t> runs = g.runs;
  if (convolution && groups != matrix.groups) {
    for (int group = 0; group < matrix.groups; ++group) {
      for (const std::int64_t offset : g.runs) every_run.push_back(offset + group * g.group_offset);
    }
    runs = every_run;
  }

  const bool rows_in_place = !convolution && g.inner == 1 && groups == 1;
  const bool results_in_place = g.inner == 1 && groups == 1;
  scratch.events.resize(static_cast<std::size_t>(chunk));
  for (int group = 0; group < groups; ++group) {
    for (std::int64_t begin = 0; begin < rows; begin += chunk) {
      const std::int64_t count = std::min(chunk, rows - begin);
      for (std::int64_t r = 0; r < count; ++r) {
        base::EventId& event = scratch.events[static_cast<std::size_t>(r)];
        event = {};
        event.sample = ids[static_cast<std::size_t>((begin + r) / (g.outer * g.inner))];
        event.position = first_position_[index] + static_cast<std::uint32_t>((begin + r) % (g.outer * g.inner));
      }
      const float* from = source + begin * inputs;
      if (!rows_in_place) {
        scratch.rows.resize(static_cast<std::size_t>(chunk * inputs));
        float* to = scratch.rows.data();
        for (std::int64_t r = begin; r < begin + count; ++r, to += inputs) {
          const std::int64_t sample = r / g.inner, position = r % g.inner;
          if (convolution) {
            const std::int64_t oy = position / g.out_width, ox = position % g.out_width;
            copy_runs(source + sample * channels * plane + group * g.group_offset + oy * node.window.stride[0] * g.padded_width +
                          ox * node.window.stride[1],
                      runs, node.window.kernel[1], node.window.dilation[1], to);
          } else {
            const float* column = source + (sample * matrix.inputs + group * inputs) * g.inner + position;
            for (std::int64_t i = 0; i < inputs; ++i) to[i] = column[i * g.inner];
          }
        }
        from = scratch.rows.data();
      }
      const std::span<const float> chunk_rows(from, static_cast<std::size_t>(count * inputs));
      const std::span<const base::EventId> events(scratch.events.data(), static_cast<std::size_t>(count));
      const float* bias = node.bias.empty() ? nullptr : node.bias.data() + group * outputs;
      if (results_in_place) {
        const auto in_place = y.subspan(static_cast<std::size_t>(begin * outputs), static_cast<std::size_t>(count * outputs));
        products.multiply(index, 0, group, chunk_rows, events, in_place);
        for (std::int64_t r = 0; bias != nullptr && r < count; ++r) {
          for (std::int64_t o = 0; o < outputs; ++o) in_place[static_cast<std::size_t>(r * outputs + o)] += bias[o];
        }
        continue;
      }
      scratch.results.resize(static_cast<std::size_t>(chunk * outputs));
      products.multiply(index, 0, group, chunk_rows, events, {scratch.results.data(), static_cast<std::size_t>(count * outputs)});
      // [position][output] to [output][position], a cache line of outputs at a time.
      constexpr std::int64_t line = 16;
      for (std::int64_t r = 0; r < count;) {
        const std::int64_t sample = (begin + r) / g.inner, position = (begin + r) % g.inner, length = std::min(count - r, g.inner - position);
        float* to = y.data() + (sample * all_outputs + group * outputs) * g.inner + position;
        const float* result = scratch.results.data() + r * outputs;
        for (std::int64_t block = 0; block < outputs; block += line) {
          for (std::int64_t o = block; o < std::min(block + line, outputs); ++o) {
            const float shift = bias == nullptr ? 0.0F : bias[o];
            for (std::int64_t i = 0; i < length; ++i) to[o * g.inner + i] = result[i * outputs + o] + shift;
          }
        }
        r += length;
      }
    }
  }
}

}  // namespace mho::workloads
