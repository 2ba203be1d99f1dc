#include "workloads/graph/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/design/layer_rules.h"
#include "analysis/experiment/prepare.h"
#include "base/json.h"
#include "base/printable.h"
#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/verbs/network_file.h"
#include "workloads/graph/operator.h"

namespace mho::cli {

namespace {

using workloads::Network;
using workloads::Node;

struct NetworkArguments : NetworkFile {
  bool json = false;
};

/// One row of the printed graph.
struct Line {
  std::string name, operation, output, matrix, where, why;
  std::int64_t weights = 0, macs = 0;
  int tiles = 0;  ///< for one copy
};

std::string sample_shape(const workloads::Shape& shape) {
  const bool batch = shape.size() > 1 && shape.front() == 1;
  return workloads::shape_text(batch ? workloads::Shape(shape.begin() + 1, shape.end()) : shape);
}

/// Why a node is analog or digital; empty for an operator without weights.
std::string reason(const Network& network, const Node& node, const std::map<int, std::string>& owner) {
  if (node.on_tiles()) {
    const workloads::Matrix& matrix = network.matrix(node);
    if (matrix.digital) return "set to digital by the design";
    if (node.recurrence() != nullptr) return "trained recurrent weights, one product a time step";
    if (const std::string& first = owner.at(node.matrices.front()); first != node.name) return "the same weights as " + first + ", on its tiles";
    return matrix.groups > 1 ? fmt::format("trained weights of {} groups", matrix.groups) : "trained weights";
  }
  return std::string(node.op->why_digital);
}

/// `layout`: layout of the matrices on tiles; empty if there are none.
std::vector<Line> lines_of(const Network& network, const tiles::Layout& layout) {
  std::map<int, std::string> owner;  // name of the first node of each matrix
  for (const Node& node : network.nodes) {
    for (const int matrix : node.matrices) owner.try_emplace(matrix, node.name);
  }
  std::vector<Line> lines;
  for (const Node& node : network.nodes) {
    Line line{node.name, node.operation, sample_shape(network.values[static_cast<std::size_t>(node.output)].shape), "", "digital", "", 0, 0, 0};
    line.why = reason(network, node, owner);
    for (std::size_t k = 0; k < node.matrices.size(); ++k) {
      const workloads::Matrix& matrix = network.matrix(node, k);
      const std::int64_t weights = static_cast<std::int64_t>(matrix.inputs) * matrix.outputs / matrix.groups;
      line.matrix += fmt::format("{}{}x{}", line.matrix.empty() ? "" : ", ", matrix.outputs, matrix.inputs);
      if (owner.at(node.matrices[k]) == node.name) line.weights += weights;
      line.macs += weights * network.positions(node);
      if (matrix.digital) continue;
      line.where = "analog";
      if (owner.at(node.matrices[k]) == node.name) line.tiles += static_cast<int>(layout.of(matrix.name).blocks.size());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string input_text(const Network& network, int value) {
  const auto& info = network.values[static_cast<std::size_t>(value)];
  return fmt::format("{} {}", info.name, sample_shape(info.shape));
}

/// "conv1 (1 part), fc (2 parts)"
std::string ranges_text(const Network& network) {
  std::string text;
  for (const auto& [matrix, ranges] : network.input_ranges) {
    text += fmt::format("{}{} ({} part{})", text.empty() ? "" : ", ", matrix, ranges.size(), ranges.size() == 1 ? "" : "s");
  }
  return text;
}

std::string network_text(const Network& network, const tiles::Layout& layout) {
  const auto lines = lines_of(network, layout);
  constexpr auto left = Table::Align::left, right = Table::Align::right;
  Table table({left, left, left, right, right, right, right, left, left});
  table.add({"layer", "operator", "output", "matrix", "weights", "MACs", "tiles", "runs", "why"});
  const auto count = [](std::int64_t number) { return number == 0 ? std::string("-") : fmt::format("{}", number); };
  std::int64_t weights = 0, macs = 0, digital_macs = 0;
  for (const Line& line : lines) {
    table.add({line.name, line.operation, line.output, line.matrix.empty() ? "-" : line.matrix, count(line.weights), count(line.macs),
               count(line.tiles), line.where, line.why});
    weights += line.weights;
    (line.where == "analog" ? macs : digital_macs) += line.macs;
  }
  std::string text = fmt::format("{}: {} layers\n", network.name, lines.size());
  text += fmt::format("  input   {}\n", input_text(network, network.input));
  if (!network.batch.empty()) text += fmt::format("  batch   {}: samples are run one by one\n", base::printable(network.batch));
  if (network.length_input >= 0) text += fmt::format("  lengths {}\n", input_text(network, network.length_input));
  for (const auto& state : network.states) {
    text +=
        fmt::format("  state   {} is carried to {}\n", input_text(network, state.output), network.values[static_cast<std::size_t>(state.input)].name);
  }
  text += fmt::format("  output  {}\n", input_text(network, network.output));
  for (const std::string& name : network.unused_outputs) text += fmt::format("  unused  {}\n", name);
  if (!network.absent_weights.empty()) {
    text += fmt::format("  without values  {} tensor{}: {}{}\n", network.absent_weights.size(), network.absent_weights.size() == 1 ? "" : "s",
                        network.absent_weights.front(), network.absent_weights.size() == 1 ? "" : ", ...");
  }
  if (!network.input_ranges.empty()) text += fmt::format("  learned input ranges of {}\n", ranges_text(network));
  text += fmt::format("\n{}\n", table.text());
  text += fmt::format(
      "{} weights in {} matrices, {} on tiles; per inference {} multiply-accumulates on tiles, {} of trained weights set to digital; one copy takes "
      "{} tiles\n",
      weights, network.matrices.size(), network.weights(), macs, digital_macs, layout.tiles);
  return text;
}

base::Json network_json(const Network& network, const tiles::Layout& layout) {
  base::Json json;
  json["network"] = network.name;
  json["hash"] = network.hash;
  json["input"] = sample_shape(network.values[static_cast<std::size_t>(network.input)].shape);
  json["output"] = sample_shape(network.values[static_cast<std::size_t>(network.output)].shape);
  json["weights"] = network.weights();
  json["macs"] = network.macs();
  json["tiles"] = layout.tiles;
  if (!network.absent_weights.empty()) json["absent_weights"] = base::Json::Array(network.absent_weights.begin(), network.absent_weights.end());
  for (const auto& [matrix, ranges] : network.input_ranges) {
    json["input_ranges"][matrix] = base::Json::Array(ranges.begin(), ranges.end());
  }
  base::Json::Array layers;
  for (const Line& line : lines_of(network, layout)) {
    base::Json layer;
    layer["name"] = line.name;
    layer["operation"] = line.operation;
    layer["shape"] = line.output;
    layer["matrix"] = line.matrix.empty() ? base::Json() : base::Json(line.matrix);
    layer["weights"] = line.weights;
    layer["macs"] = line.macs;
    layer["tiles"] = line.tiles;
    layer["analog"] = line.where == "analog";
    layer["why"] = line.why;
    layers.push_back(layer);
  }
  json["layers"] = layers;
  return json;
}

/// Prints a network layer by layer: shapes, weights, multiply-accumulates, tiles, analog or digital and why.
void network(const NetworkArguments& arguments, const Invocation& invocation) {
  auto [design, network] = read_network_file(arguments, true);
  const tiles::LayerTiles tiles = analysis::apply_layer_rules(design, network);
  const tiles::Layout layout = mapper::single_layout(network, tiles);
  arguments.json ? print_json(invocation, std::nullopt, network_json(network, layout)) : print_text(network_text(network, layout));
}

Action read_network_line(Options& options) {
  NetworkArguments arguments;
  add_network_file(options, arguments);
  add_data_input(options, arguments.data_input);
  add_json(options, arguments.json);
  options.read();
  check(arguments);
  return [arguments](const Invocation& invocation) { network(arguments, invocation); };
}

}  // namespace

Verb network_verb() {
  return {.name = "network",
          .sentence = "print a network layer by layer, and which layers run on tiles",
          .examples = {{"mho network net.onnx --shape 3x224x224", "its layers, analog or digital, and why"}},
          .read = read_network_line};
}

}  // namespace mho::cli
