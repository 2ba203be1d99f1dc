#include "workloads/onnx/onnx_stored.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "base/error.h"
#include "base/random.h"
#include "workloads/graph/operator.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

constexpr std::size_t piece_elements = std::size_t{1} << 18U;

class InFile : public StoredTensor {
 public:
  InFile(std::string path, std::size_t offset, int data_type, std::size_t elements, std::string where)
      : path_(std::move(path)), where_(std::move(where)), offset_(offset), elements_(elements), type_(data_type) {}

  void each_piece(const Visit& visit) const override {
    const std::size_t width = element_bytes(type_);
    std::ifstream file(path_, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset_));
    std::string bytes;
    for (std::size_t first = 0; first < elements_; first += piece_elements) {
      const std::size_t count = std::min(piece_elements, elements_ - first);
      bytes.resize(count * width);
      file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      if (!file) throw base::UserError(fmt::format("{}: its values cannot be read from '{}'", where_, path_));
      visit(first, numbers_of(bytes, type_, count));
    }
  }

 private:
  std::string path_, where_;
  std::size_t offset_, elements_;
  int type_;
};

class StandIn : public StoredTensor {
 public:
  StandIn(const std::string& name, const Shape& shape, int data_type)
      : stream_({.purpose = base::Purpose::data, .node = base::hash_name(name)}),
        elements_(static_cast<std::size_t>(element_count(shape))),
        whole_(!is_real(data_type)) {
    if (shape.size() > 1 && elements_ > 0 && (!whole_ || quantized_range(data_type))) {
      constexpr float whole_deviation = 32.0F;
      deviation_ = whole_ ? whole_deviation : 1.0F / std::sqrt(static_cast<float>(elements_) / static_cast<float>(shape[0]));
    }
  }

  void each_piece(const Visit& visit) const override {
    std::vector<float> numbers;
    for (std::size_t first = 0; first < elements_; first += piece_elements) {
      numbers.assign(std::min(piece_elements, elements_ - first), whole_ ? 0.0F : 1.0F);
      if (deviation_ > 0) {
        stream_.normals({}, first, numbers);
        constexpr float largest = 127.0F;
        for (float& number : numbers) {
          number *= deviation_;
          if (whole_) number = std::clamp(std::nearbyint(number), -largest, largest);
        }
      }
      visit(first, numbers);
    }
  }

 private:
  base::RandomStream stream_;
  std::size_t elements_;
  bool whole_;
  float deviation_ = 0;  ///< 0: not a matrix
};

/// The view without axes of length 1.
StoredView without_ones(const StoredView& view) {
  StoredView result{view.tensor, {}, {}};
  for (std::size_t i = 0; i < view.shape.size(); ++i) {
    if (view.shape[i] == 1) continue;
    result.shape.push_back(view.shape[i]);
    result.steps.push_back(view.steps[i]);
  }
  return result;
}

bool view_in_order(const StoredView& view) {
  const StoredView plain = without_ones(view);
  return plain.steps == row_major_steps(plain.shape);
}

}  // namespace

std::shared_ptr<const StoredTensor> stored_in_file(const std::string& path, std::size_t offset, int data_type, std::size_t elements,
                                                   const std::string& where) {
  return std::make_shared<InFile>(path, offset, data_type, elements, where);
}

std::shared_ptr<const StoredTensor> stand_in(const std::string& name, const Shape& shape, int data_type) {
  return std::make_shared<StandIn>(name, shape, data_type);
}

StoredView whole_view(std::shared_ptr<const StoredTensor> tensor, const Shape& shape) { return {std::move(tensor), shape, row_major_steps(shape)}; }

StoredView permuted_view(const StoredView& view, const std::vector<std::int64_t>& axes) {
  StoredView result{view.tensor, {}, {}};
  for (const std::int64_t axis : axes) {
    result.shape.push_back(view.shape.at(static_cast<std::size_t>(axis)));
    result.steps.push_back(view.steps.at(static_cast<std::size_t>(axis)));
  }
  return result;
}

std::optional<StoredView> reshaped_view(const StoredView& view, const Shape& shape) {
  if (!view_in_order(view)) return std::nullopt;
  return whole_view(view.tensor, shape);
}

std::optional<StoredView> matrix_view(const StoredView& view, std::int64_t outputs, std::int64_t inputs, bool inputs_first) {
  const StoredView plain = without_ones(view);
  if (plain.shape != (inputs_first ? Shape{inputs, outputs} : Shape{outputs, inputs})) return std::nullopt;
  return inputs_first ? permuted_view(plain, {1, 0}) : plain;
}

std::vector<float> read(const StoredView& view) {
  std::vector<float> result(static_cast<std::size_t>(element_count(view.shape)));
  if (view_in_order(view)) {
    view.tensor->each_piece(
        [&](std::size_t first, std::span<const float> numbers) { std::ranges::copy(numbers, result.begin() + static_cast<std::ptrdiff_t>(first)); });
    return result;
  }
  // The axes in the order of the tensor, and the step of the result along each of them.
  const StoredView plain = without_ones(view);
  const Shape to = row_major_steps(plain.shape);
  std::vector<std::size_t> order(plain.shape.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return plain.steps[a] > plain.steps[b]; });
  const auto row = static_cast<std::size_t>(plain.shape[order.back()]), step = static_cast<std::size_t>(to[order.back()]);
  const auto row_begin = [&](std::size_t number) {
    std::size_t at = 0;
    for (std::size_t k = order.size() - 1; k-- > 0;) {
      const auto length = static_cast<std::size_t>(plain.shape[order[k]]);
      at += number % length * static_cast<std::size_t>(to[order[k]]);
      number /= length;
    }
    return at;
  };
  view.tensor->each_piece([&](std::size_t first, std::span<const float> numbers) {
    for (std::size_t k = 0; k < numbers.size();) {
      const std::size_t column = (first + k) % row, count = std::min(row - column, numbers.size() - k);
      float* out = result.data() + row_begin((first + k) / row) + column * step;
      for (std::size_t c = 0; c < count; ++c) out[c * step] = numbers[k + c];
      k += count;
    }
  });
  return result;
}

}  // namespace mho::workloads
