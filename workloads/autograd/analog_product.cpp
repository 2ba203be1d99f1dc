#include "workloads/autograd/analog_product.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

#include "base/progress.h"
#include "workloads/autograd/exact_product.h"

namespace mho::workloads {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

std::span<const float> numbers(const Tensor& tensor) { return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}; }
std::span<float> writable(Tensor& tensor) { return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())}; }

/// x as [outer][channels][inner]. A matrix sums over the channels. `kernel`: columns of the matrix for each channel of a convolution.
struct Channels {
  std::int64_t outer = 1, count = 1, inner = 1, kernel = 1;
};

Channels channels_of(const Network& network, const Node& node, std::int64_t batch) {
  const Shape& in = network.values[static_cast<std::size_t>(node.inputs[0])].shape;
  const bool convolution = node.window() != nullptr;
  const std::size_t axis = convolution ? 1 : static_cast<std::size_t>(node.product_axis());
  Channels c;
  c.count = in[axis];
  for (std::size_t i = 0; i < axis; ++i) c.outer *= in[i];
  for (std::size_t i = axis + 1; i < in.size(); ++i) c.inner *= in[i];
  c.outer *= batch;
  c.kernel = convolution ? network.matrix(node).inputs / c.count : 1;
  return c;
}

/// Calls body(part, first, count) for every run of consecutive values that belong to one row part.
template <class Body>
void for_parts(const TrainedMatrix& matrix, const Channels& c, const Body& body) {
  for (std::int64_t o = 0; o < c.outer; ++o) {
    for (std::size_t p = 0; p < matrix.part_inputs.size(); ++p) {
      const auto [begin, end] = matrix.part_inputs[p];
      // A channel whose kernel lies on two parts is counted for the first of them.
      const std::int64_t first = (begin + c.kernel - 1) / c.kernel, last = (end + c.kernel - 1) / c.kernel;
      body(p, static_cast<std::size_t>((o * c.count + first) * c.inner), static_cast<std::size_t>((last - first) * c.inner));
    }
  }
}

/// Mean, deviation and clipping of the inputs, for the ranges.
void record(TrainedMatrix& matrix, const Channels& c, std::span<const float> x) {
  const std::span<const float> ranges = numbers(matrix.ranges);
  for_parts(matrix, c, [&](std::size_t p, std::size_t first, std::size_t count) {
    const float range = ranges[p];
    float sum = 0, squares = 0;
    std::uint32_t clipped = 0;
    constexpr std::size_t lanes = 16;
    float sums[lanes] = {}, square_sums[lanes] = {};
    std::size_t k = 0;
    for (; k + lanes <= count; k += lanes) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const float v = x[first + k + l];
        sums[l] += v;
        square_sums[l] += v * v;
        clipped += std::abs(v) >= range ? 1U : 0U;
      }
    }
    for (; k < count; ++k) {
      const float v = x[first + k];
      sum += v;
      squares += v * v;
      clipped += std::abs(v) >= range ? 1U : 0U;
    }
    for (std::size_t l = 0; l < lanes; ++l) {
      sum += sums[l];
      squares += square_sums[l];
    }
    InputStatistics& part = matrix.parts[p];
    part.sum += static_cast<double>(sum);
    part.squares += static_cast<double>(squares);
    part.count += static_cast<double>(count);
    part.clipped += clipped;
  });
}

/// Gradient of the ranges. An input beyond the range counts only if its gradient points further out: it widens the range.
void add_range_gradient(TrainedMatrix& matrix, const Channels& c, std::span<const float> x, std::span<const float> gradient) {
  const std::span<const float> ranges = numbers(matrix.ranges);
  for_parts(matrix, c, [&](std::size_t p, std::size_t first, std::size_t count) {
    const float range = ranges[p];
    float sum = 0;
    for (std::size_t k = first; k < first + count; ++k) {
      sum += x[k] >= range ? std::min(0.0F, gradient[k]) : 0.0F;
      sum -= x[k] <= -range ? std::max(0.0F, gradient[k]) : 0.0F;
    }
    matrix.parts[p].gradient += static_cast<double>(range) * static_cast<double>(sum);
  });
}

bool any_clipped(const TrainedMatrix& matrix) {
  return std::ranges::any_of(matrix.parts, [](const InputStatistics& part) { return part.clipped > 0; });
}

/// The inputs, clipped to the ranges of their parts.
Tensor clamped(const TrainedMatrix& matrix, const Channels& c, const Tensor& x) {
  Tensor result = x.clone();
  const std::span<float> values = writable(result);
  const std::span<const float> ranges = numbers(matrix.ranges);
  for_parts(matrix, c, [&](std::size_t p, std::size_t first, std::size_t count) {
    for (std::size_t k = first; k < first + count; ++k) values[k] = std::clamp(values[k], -ranges[p], ranges[p]);
  });
  return result;
}

/// Products on the tiles of one part of a batch.
class TrainingProducts : public Products {
 public:
  struct Saturated {
    std::uint32_t sample, position;
    std::size_t output, part;
  };
  TrainingProducts(const Network& network, const std::vector<TrainedMatrix>& matrices) : network_(network), matrices_(matrices) {}
  [[nodiscard]] bool by_group() const override { return false; }
  void multiply(std::size_t node, std::size_t which, int, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override {
    const TrainedMatrix& matrix = matrices_[static_cast<std::size_t>(network_.nodes[node].matrices[which])];
    places_.assign(matrix.parts.size(), {});
    matrix.tiles->forward(rows, events, y, nullptr, &places_);
    const std::size_t outputs = y.size() / events.size();
    for (std::size_t part = 0; part < places_.size(); ++part) {
      for (const std::size_t place : places_[part]) {
        const base::EventId& event = events[place / outputs];
        saturated_.push_back({event.sample, event.position, place % outputs, part});
      }
    }
  }
  [[nodiscard]] const std::vector<Saturated>& saturated() const { return saturated_; }

 private:
  const Network& network_;
  const std::vector<TrainedMatrix>& matrices_;
  std::vector<std::vector<std::size_t>> places_;  ///< by row part
  std::vector<Saturated> saturated_;
};

/// Stores the places from the forward to the backward pass.
void keep_places(AutogradContext& context, const SaturatedPlaces& places) {
  std::vector<std::int64_t> all, ends;
  for (const auto& part : places) {
    all.insert(all.end(), part.begin(), part.end());
    ends.push_back(static_cast<std::int64_t>(all.size()));
  }
  context.saved_data["places"] = c10::List<std::int64_t>(all);
  context.saved_data["ends"] = c10::List<std::int64_t>(ends);
}

SaturatedPlaces kept_places(AutogradContext& context) {
  const std::vector<std::int64_t> all = context.saved_data["places"].toIntVector();
  SaturatedPlaces places;
  std::int64_t begin = 0;
  for (const std::int64_t end : context.saved_data["ends"].toIntVector()) {
    places.emplace_back(all.begin() + begin, all.begin() + end);
    begin = end;
  }
  return places;
}

struct ProductFunction : torch::autograd::Function<ProductFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& /*weight*/, AnalogStep* step, std::int64_t index) {
    const Network& network = step->network;
    const auto n = static_cast<std::size_t>(index);
    const Node& node = network.nodes[n];
    TrainedMatrix& matrix = step->matrices[static_cast<std::size_t>(node.matrices[0])];
    const Tensor input = x.contiguous();
    const std::int64_t batch = input.size(0);
    const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
    std::vector<std::int64_t> shape{batch};
    shape.insert(shape.end(), out.begin(), out.end());
    Tensor y = torch::empty(shape);
    record(matrix, channels_of(network, node, batch), numbers(input));
    // One chunk of samples for each thread.
    const std::int64_t chunks = std::min<std::int64_t>(batch, step->threads), each = (batch + chunks - 1) / chunks;
    const std::size_t in_size = static_cast<std::size_t>(input.numel() / batch), out_size = static_cast<std::size_t>(y.numel() / batch);
    std::deque<TrainingProducts> products;
    for (std::int64_t c = 0; c < chunks; ++c) products.emplace_back(network, step->matrices);
    base::parallel_for(static_cast<std::size_t>(chunks), step->threads, [&](std::size_t c) {
      const std::size_t first = c * static_cast<std::size_t>(each),
                        count = std::min(static_cast<std::size_t>(each),
                                         static_cast<std::size_t>(batch) - std::min(first, static_cast<std::size_t>(batch)));
      if (count == 0) return;
      std::vector<std::uint32_t> ids(count);
      std::iota(ids.begin(), ids.end(), static_cast<std::uint32_t>(first));
      step->execution.product(n, numbers(input).subspan(first * in_size, count * in_size), ids, products[c],
                              writable(y).subspan(first * out_size, count * out_size));
    });
    // y of a node is [sample][outer][outputs][inner]. Outer and inner together are its positions.
    SaturatedPlaces places(matrix.parts.size());
    const std::int64_t outputs = network.matrix(node).outputs, inner = channels_of_output(network, node);
    const auto first_position = static_cast<std::int64_t>(step->execution.first_position(n));
    for (const TrainingProducts& part : products) {
      for (const auto& s : part.saturated()) {
        const std::int64_t position = static_cast<std::int64_t>(s.position) - first_position;
        places[s.part].push_back(static_cast<std::int64_t>(s.sample) * static_cast<std::int64_t>(out_size) +
                                 ((position / inner) * outputs + static_cast<std::int64_t>(s.output)) * inner + position % inner);
      }
    }
    keep_places(*context, places);
    context->saved_data["step"] = reinterpret_cast<std::int64_t>(step);
    context->saved_data["node"] = index;
    context->save_for_backward({input});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    auto* step = reinterpret_cast<AnalogStep*>(context->saved_data["step"].toInt());
    const Network& network = step->network;
    const Node& node = network.nodes[static_cast<std::size_t>(context->saved_data["node"].toInt())];
    TrainedMatrix& matrix = step->matrices[static_cast<std::size_t>(node.matrices[0])];
    const Tensor x = context->get_saved_variables()[0];
    const Channels channels = channels_of(network, node, x.size(0));
    const bool clips = any_clipped(matrix);
    const bool wants_range = clips && step->range_gradients;
    const bool wants_x = context->needs_input_grad(0);
    const Gradients result = backward_product(network, node, matrix, x, clips ? clamped(matrix, channels, x) : x,
                                              {gradients[0], kept_places(*context)}, wants_x || wants_range);
    if (wants_range) add_range_gradient(matrix, channels, numbers(x), numbers(result.x));
    return {wants_x ? result.x : Tensor(), result.weight, Tensor(), Tensor()};
  }

 private:
  static std::int64_t channels_of_output(const Network& network, const Node& node) {
    const Shape& out = network.values[static_cast<std::size_t>(node.output)].shape;
    const std::size_t axis = node.window() != nullptr ? 1 : static_cast<std::size_t>(node.product_axis());
    return std::accumulate(out.begin() + static_cast<std::ptrdiff_t>(axis) + 1, out.end(), std::int64_t{1}, std::multiplies<>());
  }
};

struct StepFunction : torch::autograd::Function<StepFunction> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& /*weight*/, AnalogStep* step, std::int64_t which_matrix,
                        std::int64_t position) {
    TrainedMatrix& matrix = step->matrices[static_cast<std::size_t>(which_matrix)];
    const Tensor input = x.contiguous();
    const std::int64_t batch = input.size(0), inputs = input.size(1), outputs = matrix.weight.size(0);
    Tensor y = torch::empty({batch, outputs});
    record(matrix, {batch, inputs, 1, 1}, numbers(input));
    std::vector<base::EventId> events(static_cast<std::size_t>(batch));
    for (std::size_t s = 0; s < events.size(); ++s) {
      events[s].sample = static_cast<std::uint32_t>(s);
      events[s].position = static_cast<std::uint32_t>(position);
    }
    std::vector<std::vector<std::size_t>> saturated(matrix.parts.size());
    matrix.tiles->forward(numbers(input), events, writable(y), nullptr, &saturated);
    SaturatedPlaces places;
    for (const auto& part : saturated) places.emplace_back(part.begin(), part.end());
    keep_places(*context, places);
    context->saved_data["step"] = reinterpret_cast<std::int64_t>(step);
    context->saved_data["matrix"] = which_matrix;
    context->save_for_backward({input});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    auto* step = reinterpret_cast<AnalogStep*>(context->saved_data["step"].toInt());
    TrainedMatrix& matrix = step->matrices[static_cast<std::size_t>(context->saved_data["matrix"].toInt())];
    const Tensor x = context->get_saved_variables()[0];
    const Channels channels{x.size(0), x.size(1), 1, 1};
    const bool clips = any_clipped(matrix);
    const bool wants_range = clips && step->range_gradients;
    const Gradients result = backward_step(matrix, clips ? clamped(matrix, channels, x) : x, {gradients[0], kept_places(*context)},
                                           context->needs_input_grad(0) || wants_range);
    if (wants_range) add_range_gradient(matrix, channels, numbers(x), numbers(result.x));
    return {result.x, result.weight, Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

torch::Tensor analog_product(AnalogStep& step, std::size_t node, const torch::Tensor& x) {
  const auto matrix = static_cast<std::size_t>(step.network.nodes[node].matrices[0]);
  return ProductFunction::apply(x, step.matrices[matrix].weight, &step, static_cast<std::int64_t>(node));
}

torch::Tensor analog_step(AnalogStep& step, std::size_t node, std::size_t which, std::int64_t position, const torch::Tensor& x) {
  const int matrix = step.network.nodes[node].matrices[which];
  return StepFunction::apply(x, step.matrices[static_cast<std::size_t>(matrix)].weight, &step, static_cast<std::int64_t>(matrix),
                             static_cast<std::int64_t>(step.execution.first_position(node)) + position);
}

}  // namespace mho::workloads
