// Gradients of whole networks against finite differences of what the forward pass gives, in float and on tiles whose converters clip but do not
// round.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/workloads/autograd/gradient_check.h"

namespace mho::workloads {
namespace {

using test::attention;
using test::convolutions;
using test::expect_gradients_of;
using test::perceptron;
using test::recurrent;
using test::scattered;
using test::smooth_tile;
using test::times;
using torch::Tensor;

/// A loss with a gradient in every output, and the network that it is of.
class Subject {
 public:
  Subject(const Network& network, TorchNetwork& model) : model_(model) {
    const std::int64_t each = element_count(network.values[static_cast<std::size_t>(network.input)].shape);
    batch_.samples = torch::tensor(scattered(samples * each, 20)).reshape({samples, each});
  }
  /// Differentiable.
  [[nodiscard]] Tensor loss() {
    model_.begin_step(0, nullptr, 0, 0, false, 1);
    const Tensor y = model_.forward(batch_, true);
    return (y * torch::tensor(scattered(y.numel(), 21)).reshape(y.sizes()) + 0.5 * y * y).sum();
  }
  /// The same in double precision from the outputs on.
  [[nodiscard]] double value() {
    const torch::NoGradGuard guard;
    model_.begin_step(0, nullptr, 0, 0, false, 1);
    const Tensor y = model_.forward(batch_, true).to(torch::kDouble);
    return (y * torch::tensor(scattered(y.numel(), 21)).reshape(y.sizes()).to(torch::kDouble) + 0.5 * y * y).sum().item<double>();
  }

 private:
  static constexpr std::int64_t samples = 6;
  TorchNetwork& model_;
  TorchNetwork::Batch batch_;
};

/// Of every parameter of the model.
void expect_gradients(const Network& network, TorchNetwork& model, double length = 4e-2, double tolerance = 1e-4) {
  Subject subject(network, model);
  expect_gradients_of(
      model, [&] { return subject.loss(); }, [&] { return subject.value(); }, length, tolerance);
}

void expect_float_and_tile_gradients(const Network& network) {
  TorchNetwork exact(network);
  expect_gradients(network, exact);
  // Small tiles: every matrix is in several parts, and nothing clips.
  TorchNetwork tiled(mapper::lay_out(network, smooth_tile({"tile.rows=7", "tile.columns=5", "tile.adc.bound=unlimited"})), 1);
  for (TrainedMatrix& matrix : tiled.matrices()) {
    matrix.ranges.fill_(8.0F);
    matrix.scales.mul_(2.0F);  // so that the largest weights can grow
  }
  expect_gradients(network, tiled);
}

TEST(GradientTest, Perceptron) { expect_float_and_tile_gradients(perceptron()); }
TEST(GradientTest, StridedAndGroupedConvolutions) { expect_float_and_tile_gradients(convolutions()); }
TEST(GradientTest, Lstm) { expect_float_and_tile_gradients(recurrent("LSTM", 4, 0)); }
TEST(GradientTest, Gru) { expect_float_and_tile_gradients(recurrent("GRU", 3, 1)); }
TEST(GradientTest, GruThatResetsFirst) { expect_float_and_tile_gradients(recurrent("GRU", 3, 0)); }
TEST(GradientTest, Attention) { expect_float_and_tile_gradients(attention()); }

TorchNetwork on_small_tiles(const Network& network, const std::string& bound) {
  return TorchNetwork(mapper::lay_out(network, smooth_tile({"tile.rows=8", "tile.columns=512", "tile.adc.bound=" + bound})), 1);
}

/// Wide ranges, so that inputs are not clipped, and scales that leave weights room to grow.
void widen(TorchNetwork& model, float range) {
  for (TrainedMatrix& matrix : model.matrices()) {
    matrix.ranges.fill_(range);
    matrix.scales.mul_(1.5F);
  }
}

TEST(GradientTest, ASaturatedConverterBlocksItsOwnRowPartAlone) {
  const Network network = perceptron();
  TorchNetwork tiled = on_small_tiles(network, "0.7");
  widen(tiled, 1.2F);
  // Short differences: none of the outputs may cross its bound.
  expect_gradients(network, tiled, 1e-3);
}

TEST(GradientTest, TheSameOfARecurrentLayer) {
  const Network network = recurrent("LSTM", 4, 0);
  TorchNetwork tiled = on_small_tiles(network, "0.5");
  widen(tiled, 1.2F);
  // Its differences are too short to be exact. A part that is blocked wrongly is off by more than a hundredth.
  expect_gradients(network, tiled, 1e-3, 1e-3);
}

/// Two convolutions in a row, strides and unequal paddings, then groups.
Network two_convolutions() {
  OnnxModel model;
  model.input("x", {0, 4, 7, 6}).output("y").floats("w1", {6, 4, 3, 3}, times(scattered(216, 4), 0.3F));
  model.node("Conv", {"x", "w1"}, "c1")
      .attribute("strides", std::vector<std::int64_t>{2, 1})
      .attribute("pads", std::vector<std::int64_t>{1, 0, 0, 2});
  model.floats("w2", {4, 3, 2, 2}, times(scattered(48, 6), 0.5F)).node("Conv", {"c1", "w2"}, "y").attribute("group", 2);
  return import_onnx_bytes(model.bytes(), "two", {.trace = true});
}

/// A convolution in double precision out of columns of the image, each row part of its matrix held at its bound by itself.
Tensor bounded_convolution(const Tensor& x, const Tensor& weight, const TrainedMatrix& matrix, const std::vector<std::int64_t>& kernel,
                           const std::vector<std::int64_t>& stride, double bound) {
  const Tensor columns = at::im2col(x, kernel, {1, 1}, {0, 0}, stride);
  Tensor sum;
  std::int64_t scale = 0;
  for (const tiles::Block& block : matrix.tiles->layout().blocks) {
    const std::int64_t inputs = block.inputs(), outputs = block.outputs();
    const Tensor part = weight.narrow(1, block.input_begin, inputs).matmul(columns.narrow(1, block.input_begin, inputs));
    const Tensor most =
        bound * matrix.ranges[block.row_part].to(torch::kDouble) * matrix.scales.narrow(0, scale, outputs).to(torch::kDouble).view({-1, 1});
    const Tensor held = at::minimum(at::maximum(part, -most), most);
    sum = sum.defined() ? sum + held : held;
    scale += outputs;
  }
  return sum;
}

TEST(GradientTest, TheSameOfConvolutionsAgainstDoublePrecision) {
  const Network network = two_convolutions();
  TorchNetwork tiled = on_small_tiles(network, "0.15");
  widen(tiled, 4.0F);
  tiled.begin_step(0, nullptr, 0, 0, false, 2);
  const Tensor x = torch::tensor(scattered(6 * 168, 20)).reshape({6, 4, 7, 6});
  const Tensor y = tiled.forward({x.reshape({6, 168}), {}}, true);
  const Tensor factors = torch::tensor(scattered(y.numel(), 21)).reshape(y.sizes());
  (y * factors).sum().backward();
  std::vector<Tensor> weights;
  for (const TrainedMatrix& matrix : tiled.matrices()) weights.push_back(matrix.weight.detach().to(torch::kDouble).set_requires_grad(true));
  const Tensor first =
      bounded_convolution(at::constant_pad_nd(x.to(torch::kDouble), {0, 2, 1, 0}, 0), weights[0], tiled.matrices()[0], {3, 3}, {2, 1}, 0.15);
  const Tensor second = bounded_convolution(first.reshape({6, 6, 3, 6}), weights[1], tiled.matrices()[1], {2, 2}, {1, 1}, 0.15);
  EXPECT_LT((second.reshape(y.sizes()) - y).abs().max().item<double>(), 1e-5);
  (second.reshape(y.sizes()) * factors.to(torch::kDouble)).sum().backward();
  for (std::size_t m = 0; m < weights.size(); ++m) {
    const Tensor present = (weights[m] != 0).to(torch::kDouble), wanted = weights[m].grad() * present;
    EXPECT_LT((tiled.matrices()[m].weight.grad() - wanted).abs().max().item<double>(), 1e-4 * wanted.abs().max().item<double>()) << m;
  }
}

/// One output of four inputs on two tiles of two rows, weights as given, and its gradient 1.
struct TwoParts {
  explicit TwoParts(const std::vector<float>& weights, const std::vector<float>& inputs, const std::string& bound) {
    OnnxModel made;
    made.input("x", {0, 4}).output("y").floats("w", {1, 4}, weights).node("Gemm", {"x", "w"}, "y").attribute("transB", 1);
    const Network network = import_onnx_bytes(made.bytes(), "parts", {.trace = true});
    model = std::make_unique<TorchNetwork>(mapper::lay_out(network, smooth_tile({"tile.rows=2", "tile.adc.bound=" + bound})), 1);
    matrix().ranges.fill_(1.0F);
    matrix().scales.fill_(1.0F);
    model->begin_step(0, nullptr, 0, 0, true, 1);
    y = model->forward({torch::tensor(inputs).reshape({1, 4}), {}}, true);
    y.sum().backward();
  }
  TrainedMatrix& matrix() { return model->matrices()[0]; }
  [[nodiscard]] std::vector<float> weight_gradient() {
    const Tensor gradient = matrix().weight.grad();
    return {gradient.data_ptr<float>(), gradient.data_ptr<float>() + 4};
  }
  std::unique_ptr<TorchNetwork> model;
  Tensor y;
};

TEST(GradientTest, BoundsByHand) {
  // The first part sums up to 1.5 and is held at 1.2, the second gives 0.3: 1.5 in all.
  TwoParts parts({1, 1, 0.5F, 0.5F}, {0.75F, 0.75F, 0.2F, 0.4F}, "1.2");
  EXPECT_NEAR(parts.y.item<float>(), 1.5F, 1e-6);
  const std::vector<float> gradient = parts.weight_gradient();
  EXPECT_EQ(gradient[0], 0);
  EXPECT_EQ(gradient[1], 0);
  EXPECT_FLOAT_EQ(gradient[2], 0.2F);
  EXPECT_FLOAT_EQ(gradient[3], 0.4F);
}

TEST(GradientTest, RangesByHand) {
  // Inputs beyond +-1 are seen as 1: so are their weights' gradients. The range's gradient, times the range of 1: the sum over inputs above it of
  // what of dx is below 0, less that over inputs below it of what is above 0. dx are the weights.
  TwoParts parts({-0.5F, 0.75F, -0.25F, 0.5F}, {2, -3, 1.5F, 4}, "unlimited");
  EXPECT_NEAR(parts.y.item<float>(), -0.5F - 0.75F - 0.25F + 0.5F, 1e-6);
  EXPECT_EQ(parts.weight_gradient(), (std::vector<float>{1, -1, 1, 1}));
  const std::vector<InputStatistics>& seen = parts.matrix().parts;
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[0].gradient), -0.5F - 0.75F);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[1].gradient), -0.25F);
  for (const InputStatistics& part : seen) {
    EXPECT_EQ(part.count, 2);
    EXPECT_EQ(part.clipped, 2);
  }
  EXPECT_FLOAT_EQ(static_cast<float>(seen[0].sum), -1);
  EXPECT_FLOAT_EQ(static_cast<float>(seen[1].squares), 18.25F);
}

}  // namespace
}  // namespace mho::workloads
