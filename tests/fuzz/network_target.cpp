// Fuzz target: the reader of ONNX networks, and one inference of what it takes.
#include <array>
#include <bit>

#include "base/error.h"
#include "tests/fuzz/target.h"
#include "tests/workloads/onnx_model.h"
#include "workloads/execution/evaluation.h"

namespace mho::fuzz {
namespace {

using workloads::Network;
using workloads::one_operator;
using workloads::OnnxModel;
using workloads::ramp;
using workloads::Shape;
using Integers = std::vector<std::int64_t>;

bool last_accepted = false;

/// Small enough that its inference takes no time: what is looked for is memory out of bounds, and small shapes have edges as well.
bool small(const Network& network) {
  constexpr std::int64_t most = 1 << 16;
  std::int64_t elements = network.macs() / 16;
  for (const auto& value : network.values) elements += workloads::element_count(value.shape);
  for (const auto& matrix : network.matrices) elements += std::int64_t{matrix.inputs} * matrix.outputs;
  for (const auto& node : network.nodes) {
    if (const workloads::Window* window = node.window()) {
      elements += std::int64_t{window->kernel[0]} * window->kernel[1] + std::int64_t{window->pad_begin[0]} + window->pad_end[0] +
                  window->pad_begin[1] + window->pad_end[1];
    }
    if (elements > most) return false;
  }
  return true;
}

OnnxModel residual_network() {
  OnnxModel model;
  model.input("x", {0, 3, 8, 8}).floats("k", {4, 3, 3, 3}, ramp(108)).floats("b", {4}, ramp(4)).floats("d", {4, 1, 3, 3}, ramp(36));
  model.floats("s", {4}, {1, 2, 1, 1}).floats("v", {4}, {1, 1, 2, 1}).floats("w", {4, 5}, ramp(20)).floats("e", {5}, ramp(5));
  model.node("Conv", {"x", "k", "b"}, "c", "conv").attribute("pads", Integers{1, 1, 1, 1}).attribute("strides", Integers{2, 2});
  model.node("BatchNormalization", {"c", "s", "b", "b", "v"}, "n").attribute("epsilon", 1e-5F).node("Relu", {"n"}, "r");
  model.node("Conv", {"r", "d"}, "g").attribute("group", 4).attribute("auto_pad", "SAME_UPPER").attribute("kernel_shape", Integers{3, 3});
  model.node("Add", {"g", "r"}, "a").node("MaxPool", {"a"}, "p").attribute("kernel_shape", Integers{2, 2}).attribute("strides", Integers{2, 2});
  model.attribute("ceil_mode", 1).node("GlobalAveragePool", {"p"}, "q").node("Flatten", {"q"}, "f");
  return model.node("Gemm", {"f", "w", "e"}, "y").attribute("alpha", 0.5F).output("y");
}

OnnxModel attention_network() {
  OnnxModel model(17);
  model.input("x", {0, 3}, onnx::TensorProto::INT64).floats("t", {7, 4}, ramp(28)).floats("p", {3, 4}, ramp(12)).floats("g", {4}, {1, 1, 2, 1});
  model.floats("w", {4, 12}, ramp(48)).floats("b", {12}, ramp(12)).ints("heads", {0, 3, 2, 2}).ints("flat", {0, 3, 4}).floats("two", {}, {2});
  model.floats("o", {4, 2}, ramp(8)).ints("first", {0}).ints("sizes", {4, 4, 4}).ints("one", {1}).floats("low", {}, {-1e9F});
  model.floats("m", {1, 1, 3, 3}, {1, 0, 0, 1, 1, 0, 1, 1, 1});
  model.node("Gather", {"t", "x"}, "e").attribute("axis", 0).node("Add", {"e", "p"}, "h0").node("LayerNormalization", {"h0", "g", "g"}, "h");
  model.node("MatMul", {"h", "w"}, "a").node("Add", {"a", "b"}, "qkv").node("Split", {"qkv", "sizes"}, "q").attribute("axis", 2);
  auto* split = model.proto().mutable_graph()->mutable_node(model.proto().graph().node_size() - 1);
  split->add_output("k");
  split->add_output("v");
  model.node("Reshape", {"q", "heads"}, "q4").node("Transpose", {"q4"}, "qt").attribute("perm", Integers{0, 2, 1, 3});
  model.node("Reshape", {"k", "heads"}, "k4").node("Transpose", {"k4"}, "kt").attribute("perm", Integers{0, 2, 3, 1});
  model.node("Reshape", {"v", "heads"}, "v4").node("Transpose", {"v4"}, "vt").attribute("perm", Integers{0, 2, 1, 3});
  model.node("MatMul", {"qt", "kt"}, "s").node("Div", {"s", "two"}, "sd").node("Where", {"m", "sd", "low"}, "sm");
  model.node("Softmax", {"sm"}, "sw").attribute("axis", -1).node("MatMul", {"sw", "vt"}, "c");
  model.node("Transpose", {"c"}, "ct").attribute("perm", Integers{0, 2, 1, 3}).node("Reshape", {"ct", "flat"}, "cf").node("Add", {"cf", "h"}, "r");
  model.node("Gather", {"r", "first"}, "f1").attribute("axis", 1).node("Squeeze", {"f1", "one"}, "f");
  return model.node("MatMul", {"f", "o"}, "y").output("y");
}

/// The nodes that exporters write around shapes, all of which are folded.
OnnxModel shape_network() {
  OnnxModel model(13);
  model.input("x", {0, 4, 6}).ints("i", {1}).ints("axes", {0}).ints("minus", {-1}).ints("from", {1}).ints("to", {5}).ints("second", {2});
  model.ints("dims", {2, 3}).ints("pads", {0, 0, 1, 0, 0, 1}).floats("bound", {}, {1.5F});
  model.node("Shape", {"x"}, "s")
      .node("Gather", {"s", "i"}, "c")
      .attribute("axis", 0)
      .node("Concat", {"axes", "c", "minus"}, "t")
      .attribute("axis", 0);
  model.node("Reshape", {"x", "t"}, "r").node("Slice", {"r", "from", "to", "second"}, "l").node("Pad", {"l", "pads", "bound"}, "p");
  model.node("ConstantOfShape", {"dims"}, "z").node("Unsqueeze", {"z", "axes"}, "zu").node("Cast", {"zu"}, "zc").attribute("to", 1);
  model.node("ReduceSum", {"zc", "minus"}, "zs").attribute("keepdims", 1).node("Expand", {"bound", "dims"}, "ex");
  model.node("ReduceMean", {"ex"}, "em").attribute("keepdims", 0).node("Add", {"p", "em"}, "pe").node("ReduceMax", {"pe"}, "m");
  model.attribute("axes", Integers{1}).attribute("keepdims", 1).node("Clip", {"m", "", "bound"}, "cl").node("Sum", {"cl", "cl", "em"}, "su");
  return model.node("Transpose", {"su"}, "y").attribute("perm", Integers{0, 2, 1}).output("y");
}

OnnxModel typed_tensors() {
  OnnxModel model = one_operator("Add", {0, 3}, {"c"});
  const std::vector<std::pair<int, std::size_t>> types{
      {onnx::TensorProto::FLOAT, 4},   {onnx::TensorProto::DOUBLE, 8}, {onnx::TensorProto::INT64, 8},    {onnx::TensorProto::INT32, 4},
      {onnx::TensorProto::FLOAT16, 2}, {onnx::TensorProto::INT8, 1},   {onnx::TensorProto::BFLOAT16, 2}, {onnx::TensorProto::BOOL, 1}};
  std::string sum = "y";
  model.proto().mutable_graph()->mutable_node(0)->set_output(0, sum);
  for (const auto& [type, width] : types) {
    auto* tensor = model.proto().mutable_graph()->add_initializer();
    tensor->set_name(type == onnx::TensorProto::FLOAT ? "c" : "c" + std::to_string(type));
    tensor->set_data_type(type);
    tensor->add_dims(3);
    tensor->set_raw_data(std::string(3 * width, '\x01'));
    if (type == onnx::TensorProto::FLOAT) continue;
    const std::string next = sum + "y";
    model.node("Mul", {sum, tensor->name()}, next);
    sum = next;
  }
  return model.output(sum);
}

}  // namespace

bool accepted() { return last_accepted; }

/// The largest tensor the reader takes has 1 GiB, and folding may need it twice; nothing should come near more.
std::size_t most_memory() { return std::size_t{3} << 30U; }

std::vector<std::string> seeds() {
  std::vector<OnnxModel> models{residual_network(), attention_network(), shape_network()};
  OnnxModel typed = typed_tensors();
  typed.proto().mutable_graph()->mutable_output()->DeleteSubrange(0, 1);
  models.push_back(typed);
  for (const char* op : {"Abs", "Elu", "Erf", "Gelu", "HardSigmoid", "LeakyRelu", "LogSoftmax", "Mish", "Selu", "Sigmoid", "Softplus", "Tanh"}) {
    models.push_back(one_operator(op, {0, 2, 3}, {}, 20).attribute("alpha", 0.5F));
  }
  for (const char* op : {"Add", "Div", "Pow", "PRelu", "Equal", "Greater", "And", "Max", "Mean"}) {
    models.push_back(one_operator(op, {0, 2, 3}, {"c"}).floats("c", {1, 3}, {1, 2, 3}));
  }
  models.push_back(one_operator("InstanceNormalization", {0, 2, 3}, {"c", "c"}).floats("c", {2}, {1, 2}));
  models.push_back(one_operator("AveragePool", {0, 2, 5, 4})
                       .attribute("kernel_shape", Integers{3, 2})
                       .attribute("pads", Integers{1, 0, 2, 1})
                       .attribute("dilations", Integers{1, 2})
                       .attribute("count_include_pad", 1));
  models.push_back(one_operator("Conv", {0, 2, 9}, {"w"}).attribute("dilations", Integers{2}).floats("w", {3, 2, 3}, ramp(18)));
  models.push_back(one_operator("MatMul", {0, 2, 3}, {"w"}).floats("w", {1, 3, 2}, ramp(6)));
  models.push_back(
      one_operator("Slice", {0, 5}, {}, 9).attribute("starts", Integers{1}).attribute("ends", Integers{4}).attribute("axes", Integers{1}));
  // Indices as floats, which may be no whole numbers or no numbers at all.
  for (const char* op : {"Slice", "Gather"}) {
    OnnxModel model = one_operator(op, {0, 6}, op[0] == 'S' ? std::vector<std::string>{"a", "b", "i", "d"} : std::vector<std::string>{"b"});
    if (op[0] == 'G') model.attribute("axis", 1);
    for (const auto& [name, value] : {std::pair{"a", 1.0F}, {"b", 4.0F}, {"i", 1.0F}, {"d", 2.0F}}) model.floats(name, {1}, {value});
    for (auto& tensor : *model.proto().mutable_graph()->mutable_initializer()) {
      const auto bits = std::bit_cast<std::array<char, 4>>(tensor.float_data(0));
      tensor.set_raw_data(bits.data(), bits.size());
      tensor.clear_float_data();
    }
    models.push_back(model);
  }
  // Lengths out of thin air, and little else to mutate.
  for (const char* op : {"ConstantOfShape", "Expand", "Pad"}) {
    OnnxModel model;
    model.input("x", {0, 3}).floats("c", {1, 1}, {2}).ints("n", {1, 3});
    if (std::string(op) == "Pad") {
      model.ints("p", {0, 1, 0, 1}).node("Pad", {"c", "p"}, "z");
    } else {
      model.node(op, std::string(op) == "Expand" ? std::vector<std::string>{"c", "n"} : std::vector<std::string>{"n"}, "z");
    }
    models.push_back(model.node("Mul", {"x", "z"}, "y").output("y"));
  }
  std::vector<std::string> bytes;
  for (const OnnxModel& model : models) bytes.push_back(model.bytes());
  return bytes;
}

std::string mutate(const std::string& input, const std::string& other, Dice& dice) {
  return dice.once_in(8) ? mutate_bytes(input, other, dice) : mutate_message(input, other, dice);
}

}  // namespace mho::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mho;
  fuzz::last_accepted = false;
  try {
    const workloads::Network network = workloads::import_onnx_bytes({reinterpret_cast<const char*>(data), size}, "fuzz.onnx");
    fuzz::last_accepted = true;
    if (!fuzz::small(network)) return 0;
    const auto& shape = network.values[static_cast<std::size_t>(network.input)].shape;
    workloads::run_float(network, std::vector<float>(static_cast<std::size_t>(workloads::element_count(shape)), 1.0F));
  } catch (const base::UserError&) {
    // Also an inference whose outputs are no numbers.
  }
  return 0;
}
