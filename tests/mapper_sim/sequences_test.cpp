// Recurrent layers whose batch axis holds positions: each sequence like one alone, and on the chip with the bits of the accuracy path.
#include "tests/mapper_sim/functional_chip.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::mapper::test {
namespace {

constexpr std::int64_t steps = 5, features = 3, hidden = 4;

struct Layer {
  std::string name, op, direction;
  bool resets_first = false, batch_first = false;
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> all{{"Rnn", "RNN", "forward"},
                                      {"Lstm", "LSTM", "forward"},
                                      {"LstmBackwards", "LSTM", "reverse"},
                                      {"LstmBothWays", "LSTM", "bidirectional"},
                                      {"LstmBatchFirst", "LSTM", "bidirectional", false, true},
                                      {"Gru", "GRU", "forward"},
                                      {"GruThatResetsFirst", "GRU", "forward", true},
                                      {"GruThatResetsFirstBothWays", "GRU", "bidirectional", true},
                                      {"GruBatchFirst", "GRU", "reverse", false, true}};
  return all;
}

/// Input [1][sequences][steps][features], turned to what the layer takes; all its outputs in one row, the cell as well.
workloads::Network network_of(const Layer& layer, std::int64_t sequences, const std::vector<float>& h0) {
  const std::int64_t gates = layer.op == "LSTM" ? 4 : layer.op == "GRU" ? 3 : 1, ways = layer.direction == "bidirectional" ? 2 : 1;
  const auto numbers = [](std::int64_t count) { return workloads::ramp(static_cast<std::size_t>(count), 0.05F); };
  workloads::OnnxModel model(14);
  model.input("x", {1, sequences, steps, features}).output("z");
  model.ints("own",
             layer.batch_first ? std::vector<std::int64_t>{sequences, steps, features} : std::vector<std::int64_t>{steps, sequences, features});
  model.node("Transpose", {"x"}, "t")
      .attribute("perm", layer.batch_first ? std::vector<std::int64_t>{0, 1, 2, 3} : std::vector<std::int64_t>{0, 2, 1, 3});
  model.node("Reshape", {"t", "own"}, "xs");
  model.floats("w", {ways, gates * hidden, features}, numbers(ways * gates * hidden * features));
  model.floats("r", {ways, gates * hidden, hidden}, numbers(ways * gates * hidden * hidden));
  model.floats("b", {ways, 2 * gates * hidden}, numbers(ways * 2 * gates * hidden));
  model.floats("h0", layer.batch_first ? workloads::Shape{sequences, ways, hidden} : workloads::Shape{ways, sequences, hidden}, h0);
  std::vector<std::string> inputs{"xs", "w", "r", "b", "", "h0"};
  model.node(layer.op, inputs, "y", "cell").attribute("hidden_size", hidden).attribute("direction", layer.direction.c_str());
  if (layer.batch_first) model.attribute("layout", 1);
  if (layer.op == "GRU" && !layer.resets_first) model.attribute("linear_before_reset", 1);
  auto* node = model.proto().mutable_graph()->mutable_node(model.proto().graph().node_size() - 1);
  node->add_output("yh");
  if (layer.op == "LSTM") node->add_output("yc");
  // Sequences first: rows of one sequence follow one another.
  const bool first = layer.batch_first;
  model.node("Transpose", {"y"}, "yt").attribute("perm", first ? std::vector<std::int64_t>{0, 1, 2, 3} : std::vector<std::int64_t>{2, 0, 1, 3});
  model.ints("rows", {1, sequences, -1}).node("Reshape", {"yt", "rows"}, "y1");
  model.node("Transpose", {"yh"}, "ht").attribute("perm", first ? std::vector<std::int64_t>{0, 1, 2} : std::vector<std::int64_t>{1, 0, 2});
  model.node("Reshape", {"ht", "rows"}, "h1");
  std::vector<std::string> parts{"y1", "h1"};
  if (layer.op == "LSTM") {
    model.node("Transpose", {"yc"}, "ct").attribute("perm", first ? std::vector<std::int64_t>{0, 1, 2} : std::vector<std::int64_t>{1, 0, 2});
    model.node("Reshape", {"ct", "rows"}, "c1");
    parts.emplace_back("c1");
  }
  model.node("Concat", parts, "z").attribute("axis", 2);
  return model.import();
}

class Sequences : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Sequences, AreEachLikeOneAlone) {
  const Layer& layer = layers()[GetParam()];
  constexpr std::int64_t sequences = 3;
  const std::int64_t ways = layer.direction == "bidirectional" ? 2 : 1;
  const std::vector<float> x = workloads::ramp(static_cast<std::size_t>(sequences * steps * features), 0.1F);
  const std::vector<float> h0 = workloads::ramp(static_cast<std::size_t>(ways * sequences * hidden), 0.06F);
  const std::vector<float> together = workloads::run_float(network_of(layer, sequences, h0), x);
  const std::size_t each = together.size() / sequences, input = x.size() / sequences;
  for (std::int64_t s = 0; s < sequences; ++s) {
    std::vector<float> own;
    for (std::int64_t way = 0; way < ways; ++way) {
      const std::int64_t at = layer.batch_first ? s * ways + way : way * sequences + s;
      own.insert(own.end(), h0.begin() + at * hidden, h0.begin() + (at + 1) * hidden);
    }
    const auto begin = static_cast<std::size_t>(s);
    const std::vector<float> alone = workloads::run_float(network_of(layer, 1, own), std::span(x).subspan(begin * input, input));
    const std::vector<float> of_all(together.begin() + static_cast<std::ptrdiff_t>(begin * each),
                                    together.begin() + static_cast<std::ptrdiff_t>((begin + 1) * each));
    EXPECT_EQ(of_all, alone) << s;
  }
}

TEST_P(Sequences, HaveOnTheChipTheBitsOfTheAccuracyPath) {
  const Layer& layer = layers()[GetParam()];
  const std::int64_t ways = layer.direction == "bidirectional" ? 2 : 1;
  expect_equal_bits(network_of(layer, 3, workloads::ramp(static_cast<std::size_t>(ways * 3 * hidden), 0.06F)), setting());
}

TEST_P(Sequences, HaveThemWithIntegersBetweenBlocks) {
  const Layer& layer = layers()[GetParam()];
  const std::int64_t ways = layer.direction == "bidirectional" ? 2 : 1;
  expect_equal_bits(network_of(layer, 3, workloads::ramp(static_cast<std::size_t>(ways * 3 * hidden), 0.06F)),
                    setting({"digital.result_format=int8"}));
}

INSTANTIATE_TEST_SUITE_P(Layers, Sequences, ::testing::Range(std::size_t{0}, layers().size()),
                         [](const auto& layer) { return layers()[layer.param].name; });

}  // namespace
}  // namespace mho::mapper::test
