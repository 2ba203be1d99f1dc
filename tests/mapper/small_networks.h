#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "hw/spec/parameters.h"
#include "mapper/mapper.h"
#include "periphery/parameters.h"
#include "tiles/parameters.h"
#include "workloads/operators/families.h"

namespace mho::mapper::test {

/// Hand-made networks: every weight 0.5, shapes as asked for.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(workloads::Shape input) { network_.input = value("input", std::move(input)); }

  int value(const std::string& name, workloads::Shape shape) {
    network_.values.push_back({name, std::move(shape), false, {}});
    return static_cast<int>(network_.values.size()) - 1;
  }
  int conv(const std::string& name, int input, int channels, int kernel, int stride) {
    const auto shape = network_.values.at(static_cast<std::size_t>(input)).shape;
    const int pad = kernel / 2;
    const auto out = [&](std::int64_t size) { return (size + 2 * pad - kernel) / stride + 1; };
    workloads::Window window;
    window.kernel = {kernel, kernel};
    window.stride = {stride, stride};
    window.pad_begin = window.pad_end = {pad, pad};
    const workloads::Shape made{1, channels, out(shape[2]), out(shape[3])};
    return analog(make(name, "Conv", "convolution", workloads::Convolution{window}, {input}, made), static_cast<int>(shape[1]) * kernel * kernel,
                  channels);
  }
  int gemm(const std::string& name, int input, int outputs) {
    const auto inputs = static_cast<int>(network_.values.at(static_cast<std::size_t>(input)).shape.at(1));
    return analog(make(name, "Gemm", "matrix_product", workloads::MatrixProduct{1}, {input}, {1, outputs}), inputs, outputs);
  }
  int simple(const std::string& name, const std::string& operation, const std::string& op, workloads::Attributes attributes, std::vector<int> inputs,
             workloads::Shape shape) {
    return add(make(name, operation, op, std::move(attributes), std::move(inputs), std::move(shape)));
  }
  int relu(const std::string& name, int input) {
    return simple(name, "Relu", "relu", workloads::Nonlinearity{}, {input}, network_.values.at(static_cast<std::size_t>(input)).shape);
  }
  int sum(const std::string& name, int a, int b) {
    return simple(name, "Add", "trained_binary", workloads::Binary{}, {a, b}, network_.values.at(static_cast<std::size_t>(a)).shape);
  }
  int max_pool(const std::string& name, int input) {
    const auto shape = network_.values.at(static_cast<std::size_t>(input)).shape;
    workloads::Pool pool;
    pool.window.kernel = pool.window.stride = {2, 2};
    return simple(name, "MaxPool", "max_pool", pool, {input}, {1, shape[1], shape[2] / 2, shape[3] / 2});
  }
  int global_pool(const std::string& name, int input, periphery::digital::Reduction reduction = periphery::digital::Reduction::mean) {
    const auto shape = network_.values.at(static_cast<std::size_t>(input)).shape;
    return simple(name, "GlobalPool", "global_pool", workloads::GlobalPool{reduction}, {input}, {1, shape[1], 1, 1});
  }
  int flatten(const std::string& name, int input) {
    return simple(name, "Flatten", "reshape", workloads::View{}, {input},
                  {1, workloads::element_count(network_.values.at(static_cast<std::size_t>(input)).shape)});
  }
  workloads::Network finish(int output) {
    network_.output = output;
    return network_;
  }

 private:
  workloads::Node make(const std::string& name, const std::string& operation, const std::string& op, workloads::Attributes attributes,
                       std::vector<int> inputs, workloads::Shape shape) {
    workloads::Node node;
    node.name = name;
    node.operation = operation;
    node.op = &workloads::operator_named(op);
    node.attributes = std::move(attributes);
    node.inputs = std::move(inputs);
    node.output = value(name + "_out", std::move(shape));
    return node;
  }
  int analog(workloads::Node node, int inputs, int outputs) {
    node.matrices = {static_cast<int>(network_.matrices.size())};
    network_.matrices.push_back({.name = node.name,
                                 .inputs = inputs,
                                 .outputs = outputs,
                                 .groups = 1,
                                 .weights = std::vector<float>(static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs), 0.5F)});
    return add(std::move(node));
  }
  int add(workloads::Node node) {
    network_.nodes.push_back(std::move(node));
    return network_.nodes.back().output;
  }
  workloads::Network network_;
};

struct Setting {
  tiles::TileParameters tile;
  hw::ChipParameters chip;
  MapperParameters mapper;
};

/// A chip of 8 x 8 nodes with tiles of 512 x 512, and what is assigned.
inline Setting setting(const std::vector<std::string>& assignments = {}) {
  base::Declarations all;
  for (auto declarations : {periphery::declarations(), tiles::declarations(), hw::declarations(), mapper::declarations()}) {
    all.insert(all.end(), declarations.begin(), declarations.end());
  }
  base::Config config(std::move(all));
  for (const char* large : {"chip.mesh.width=8", "chip.mesh.height=8", "chip.digital_cores=8", "tile.rows=512", "tile.columns=512"})
    config.set(large);
  for (const auto& assignment : assignments) config.set(assignment);
  return {tiles::TileParameters::read(config), hw::ChipParameters::read(config), MapperParameters::read(config)};
}

/// On inputs that draw nothing.
inline Mapping map_on(const workloads::Network& network, const Setting& on, const InferenceMode& mode = {}) {
  workloads::TiledNetwork tiled = lay_out(network, on.tile);
  for (auto& [matrix, parts] : tiled.calibration.parts) parts.assign(parts.size(), {});
  return map(tiled, on.chip, on.mapper, mode);
}

/// Two convolutions of 8 x 8 pixels, a pool of all of them, an activation of that, a product.
inline workloads::Network globally_pooled(periphery::digital::Reduction reduction = periphery::digital::Reduction::mean) {
  NetworkBuilder b({1, 3, 8, 8});
  const int conv = b.relu("relu", b.conv("conv2", b.conv("conv1", 0, 8, 3, 1), 12, 3, 1));
  return b.finish(b.gemm("fc", b.flatten("flat", b.relu("after", b.global_pool("pool", conv, reduction))), 10));
}

/// conv 3x3 - relu - pool - flatten - gemm on 8 x 8 pixels.
inline workloads::Network small_convnet() {
  NetworkBuilder b({1, 3, 8, 8});
  const int conv = b.relu("relu1", b.conv("conv1", 0, 16, 3, 1));
  return b.finish(b.gemm("fc", b.flatten("flat", b.max_pool("pool", conv)), 10));
}

/// A chain of residual blocks, the middle one with a stride and a 1x1 short cut.
inline workloads::Network residual_chain(int blocks, int size = 16) {
  NetworkBuilder b({1, 3, size, size});
  int x = b.relu("relu0", b.conv("conv0", 0, 8, 3, 1));
  for (int k = 0; k < blocks; ++k) {
    const std::string tag = std::to_string(k);
    const int stride = k == blocks / 2 ? 2 : 1;
    const int channels = k < blocks / 2 ? 8 : 16;
    const bool shortcut = k == blocks / 2;
    int y = b.relu("relu" + tag + "a", b.conv("conv" + tag + "a", x, channels, 3, stride));
    y = b.conv("conv" + tag + "b", y, channels, 3, 1);
    const int side = shortcut ? b.conv("short" + tag, x, channels, 1, stride) : x;
    x = b.relu("relu" + tag + "b", b.sum("add" + tag, y, side));
  }
  return b.finish(x);
}

}  // namespace mho::mapper::test
