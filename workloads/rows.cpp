#include "workloads/rows.h"

#include <algorithm>
#include <stdexcept>

namespace mho::workloads {

Rows::Rows(const Network& network, const Node& node) : window_(node.window) {
  if (!node.analog) throw std::logic_error("Rows: node " + node.name + " is not on tiles");
  inputs_ = node.analog->inputs;
  outputs_ = node.analog->outputs;
  positions_ = network.positions(node);
  const Shape& in = network.values[static_cast<std::size_t>(node.inputs.at(0))].shape;
  const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
  convolution_ = node.op == Operator::conv;
  if (convolution_) {
    channels_ = static_cast<int>(in.at(1));
    height_ = in.size() == 4 ? static_cast<int>(in[2]) : 1;
    width_ = static_cast<int>(in.back());
    output_width_ = static_cast<int>(out.back());
    return;
  }
  const auto rank = static_cast<int>(in.size());
  const int axis = node.axis < 0 ? node.axis + rank : node.axis;
  for (int a = axis + 1; a < rank; ++a) inner_ *= in[static_cast<std::size_t>(a)];
}

void Rows::gather(std::span<const float> sample, std::int64_t position, float* row) const {
  if (convolution_) {
    gather_window(sample, position, row);
    return;
  }
  const float* from = sample.data() + (position / inner_) * inner_ * inputs_ + position % inner_;
  if (inner_ == 1) {
    std::copy_n(from, inputs_, row);
  } else {
    for (int j = 0; j < inputs_; ++j) row[j] = from[j * inner_];
  }
}

void Rows::gather_window(std::span<const float> sample, std::int64_t position, float* row) const {
  const int top = static_cast<int>(position) / output_width_ * window_.stride[0] - window_.pad_begin[0];
  const int left = static_cast<int>(position) % output_width_ * window_.stride[1] - window_.pad_begin[1];
  const int kernel_width = window_.kernel[1];
  // Kernel columns that fall inside the plane, the same for every line.
  const int step = window_.dilation[1];
  int first = 0;
  while (first < kernel_width && left + first * step < 0) ++first;
  int last = kernel_width;
  while (last > first && left + (last - 1) * step >= width_) --last;
  for (int c = 0; c < channels_; ++c) {
    const float* plane = sample.data() + static_cast<std::size_t>(c) * static_cast<std::size_t>(height_) * static_cast<std::size_t>(width_);
    for (int ky = 0; ky < window_.kernel[0]; ++ky, row += kernel_width) {
      const int y = top + ky * window_.dilation[0];
      if (y < 0 || y >= height_) {
        std::fill_n(row, kernel_width, 0.0F);
        continue;
      }
      const float* line = plane + static_cast<std::ptrdiff_t>(y) * width_ + left;
      for (int kx = 0; kx < first; ++kx) row[kx] = 0.0F;
      for (int kx = first; kx < last; ++kx) row[kx] = line[kx * step];
      for (int kx = last; kx < kernel_width; ++kx) row[kx] = 0.0F;
    }
  }
}

void Rows::scatter(const float* row, std::int64_t position, std::span<float> sample) const {
  const std::int64_t stride = convolution_ ? positions_ : inner_;
  float* to = sample.data() + (convolution_ ? position : (position / inner_) * inner_ * outputs_ + position % inner_);
  if (stride == 1) {
    std::copy_n(row, outputs_, to);
  } else {
    for (int i = 0; i < outputs_; ++i) to[i * stride] = row[i];
  }
}

}  // namespace mho::workloads
