#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "base/design_file/document.h"
#include "base/error.h"
#include "tests/base/expect_error.h"
#include "workloads/data/array_files.h"
#include "workloads/data/npz_files.h"
#include "workloads/execution/evaluation.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {
namespace {

class RealNetworksData : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder of networks and data";
    folder_ = std::string(folder) + "/";
  }
  [[nodiscard]] double accuracy(const std::string& network, const std::string& data) const {
    const auto description = read_data(std::string(MHO_SOURCE_FOLDER "/examples/data/") + data);
    return 100 * evaluate_float(import_onnx(folder_ + network, description.test->sample_shape()), *description.test, 0, description.test->size(), 2);
  }
  std::string folder_;
};

// Published or independently measured top-1 on these very files, in percent.
TEST_F(RealNetworksData, Mnist8) { EXPECT_NEAR(accuracy("models/mnist-8/model.onnx", "mnist_raw.yaml"), 98.91, 0.1); }
TEST_F(RealNetworksData, MnistNet) { EXPECT_NEAR(accuracy("models/vnncomp21_mnist-net_256x2.onnx", "mnist.yaml"), 98.08, 0.1); }
TEST_F(RealNetworksData, ConvnetMaxpool) { EXPECT_NEAR(accuracy("models/vnncomp21_Convnet_maxpool.onnx", "mnist.yaml"), 97.92, 0.1); }
TEST_F(RealNetworksData, FashionCnn) { EXPECT_NEAR(accuracy("nets/fashion_cnn.onnx", "fashion_mnist.yaml"), 93.49, 0.1); }
TEST_F(RealNetworksData, FashionCnnWithBatchNorm) { EXPECT_NEAR(accuracy("nets/fashion_cnn_bn.onnx", "fashion_mnist.yaml"), 93.49, 0.1); }
TEST_F(RealNetworksData, FashionMlp) { EXPECT_NEAR(accuracy("nets/fashion_mlp.onnx", "fashion_mnist.yaml"), 89.48, 0.1); }
TEST_F(RealNetworksData, ResNet8) { EXPECT_NEAR(accuracy("models/mlperf_tiny_resnet8_cifar10.onnx", "cifar10_raw.yaml"), 75.8, 0.1); }
TEST_F(RealNetworksData, ResNet20) { EXPECT_NEAR(accuracy("models/cifar10_resnet20_akamaster.onnx", "cifar10_akamaster.yaml"), 80.4, 0.1); }
TEST_F(RealNetworksData, VisionTransformer) { EXPECT_NEAR(accuracy("models/vit_cifar10_pgd_2_3_16.onnx", "cifar10_normalised.yaml"), 57.9, 0.1); }
TEST_F(RealNetworksData, TransformerOverWords) { EXPECT_NEAR(accuracy("nets/trec_transformer.onnx", "trec.yaml"), 88.6, 0.1); }

TEST_F(RealNetworksData, SpokenDigitsLstm) { EXPECT_NEAR(accuracy("nets/fsdd_lstm.onnx", "fsdd.yaml"), 97.33, 0.1); }
TEST_F(RealNetworksData, SpokenDigitsGru) { EXPECT_NEAR(accuracy("nets/fsdd_gru.onnx", "fsdd.yaml"), 96.33, 0.1); }
TEST_F(RealNetworksData, ResNet2b) { EXPECT_NEAR(accuracy("models/vnncomp21_resnet_2b.onnx", "cifar10_vnncomp.yaml"), 67.9, 0.1); }

// Nats per character or token.
TEST_F(RealNetworksData, ShakespeareLstm) { EXPECT_NEAR(accuracy("nets/shakespeare_lstm.onnx", "shakespeare.yaml") / 100, 1.6043, 0.002); }
TEST_F(RealNetworksData, ShakespeareTransformer) {
  EXPECT_NEAR(accuracy("nets/shakespeare_transformer.onnx", "shakespeare.yaml") / 100, 1.5738, 0.002);
}
TEST_F(RealNetworksData, Stories) { EXPECT_NEAR(accuracy("nets/stories260k.onnx", "stories.yaml") / 100, 1.2102, 0.002); }
TEST_F(RealNetworksData, StoriesOfAnyLength) { EXPECT_NEAR(accuracy("nets/stories260k_dyn.onnx", "stories.yaml") / 100, 1.2102, 0.002); }

onnx::TensorProto parse_tensor(const std::string& bytes) {
  onnx::TensorProto tensor;
  EXPECT_TRUE(tensor.ParseFromString(bytes));
  return tensor;
}

TEST_F(RealNetworksData, VectorsOfMnist8) {
  const Network network = import_onnx(folder_ + "models/mnist-8/model.onnx");
  for (const char* set : {"0", "1", "2"}) {
    const std::string base = folder_ + "models/mnist-8/test_data_set_" + set;
    const auto x = read_tensor(parse_tensor(base::read_file(base + "/input_0.pb")), "input"),
               expected = read_tensor(parse_tensor(base::read_file(base + "/output_0.pb")), "output");
    const auto y = run_float(network, x.data);
    ASSERT_EQ(y.size(), expected.data.size());
    // Scores reach thousands here.
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected.data[i], 1e-5 * std::abs(expected.data[i]) + 2e-3);
  }
}

TEST_F(RealNetworksData, VectorsOfTheBytewiseLstm) {
  const std::string path = folder_ + "models/byte_sb_bidi_lstm/";
  const std::string bytes = base::read_file(path + "io.npz");
  const NpzFile arrays(bytes, path + "io.npz");
  const FileArray x = arrays.array("input"), y = arrays.array("Add_26");
  const auto count = static_cast<std::size_t>(x.shape.at(0)), in = static_cast<std::size_t>(x.shape.at(1));
  const Network network = import_onnx(path + "model.onnx", {x.shape[1]});
  ASSERT_EQ(network.states.size(), 0U);
  const std::size_t out = y.floats.size() / count;
  for (std::size_t s = 0; s < count; ++s) {
    std::vector<float> sample(in);
    for (std::size_t i = 0; i < in; ++i) sample[i] = x.at(s * in + i);
    const auto result = run_float(network, sample);
    for (std::size_t i = 0; i < out; ++i) EXPECT_NEAR(result[i], y.floats[s * out + i], 2e-5F) << s << " " << i;
  }
}

TEST_F(RealNetworksData, VectorsOfTheTrainedNetworks) {
  for (const std::string name : {"fashion_cnn", "fashion_cnn_bn", "fashion_mlp", "fsdd_lstm", "fsdd_gru", "trec_transformer", "shakespeare_lstm",
                                 "shakespeare_transformer", "stories260k", "stories260k_dyn"}) {
    const auto read = [&](const std::string& end) {
      const std::string path = folder_ + "nets/vectors/" + name + end;
      return parse_npy(base::read_file(path), path);
    };
    const FileArray x = read("_in.npy"), y = read("_out.npy");
    const Network network = import_onnx(folder_ + "nets/" + name + ".onnx", Shape(x.shape.begin() + 1, x.shape.end()));
    const auto count = static_cast<std::size_t>(x.shape[0]);
    ASSERT_GE(count, 1U);
    const std::size_t in = x.floats.size() / count, out = y.floats.size() / count;
    float largest = 0;
    for (const float v : y.floats) largest = std::max(largest, std::abs(v));
    float worst = 0;
    for (std::size_t s = 0; s < count; ++s) {
      const auto result = run_float(network, std::span(x.floats).subspan(s * in, in));
      ASSERT_EQ(result.size(), out);
      for (std::size_t i = 0; i < out; ++i) worst = std::max(worst, std::abs(result[i] - y.floats[s * out + i]));
    }
    EXPECT_LT(worst, 1e-4F * largest) << name;
  }
}

/// Regular files of a tar archive (ustar headers of 512 bytes, sizes in octal).
std::map<std::string, std::string> untar(const std::string& archive) {
  constexpr std::size_t block = 512, size_at = 124, size_length = 12, type_at = 156;
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at + block <= archive.size() && archive[at] != '\0';) {
    const std::string name(archive.c_str() + at);
    const auto size = static_cast<std::size_t>(std::stoull(archive.substr(at + size_at, size_length), nullptr, 8));
    if (archive[at + type_at] == '0' || archive[at + type_at] == '\0') files[name] = archive.substr(at + block, size);
    at += block + (size + block - 1) / block * block;
  }
  return files;
}

using NodeVectors = std::vector<onnx::TensorProto>;

/// The model with its inputs from `first` on turned into constants. Versions above 20 only add element types to these operators.
onnx::ModelProto with_constants(onnx::ModelProto model, const NodeVectors& inputs, int first) {
  constexpr std::int64_t newest = 20;
  auto* graph = model.mutable_graph();
  if (model.opset_import(0).version() > newest) model.mutable_opset_import(0)->set_version(newest);
  for (int i = first; i < graph->input_size(); ++i) {
    onnx::TensorProto* constant = graph->add_initializer();
    *constant = inputs[static_cast<std::size_t>(i)];
    constant->set_name(graph->input(i).name());
  }
  return model;
}

/// The same with every input constant, so that the whole of it is folded; the network's input is a zero added to the result.
onnx::ModelProto folded(const onnx::ModelProto& original, const NodeVectors& inputs) {
  onnx::ModelProto model = with_constants(original, inputs, 0);
  auto* graph = model.mutable_graph();
  const std::string result = graph->output(0).name();
  auto* zero = graph->add_input();
  zero->set_name("zero");
  zero->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  zero->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(1);
  auto* add = graph->add_node();
  add->set_op_type("Add");
  add->add_input("zero");
  add->add_input(result);
  add->add_output("sum");
  graph->mutable_output(0)->set_name("sum");
  if (graph->output_size() > 1) graph->mutable_output()->DeleteSubrange(1, graph->output_size() - 1);  // statistics beside the result
  return model;
}

void expect_close(std::span<const float> y, std::span<const float> expected, const std::string& path) {
  ASSERT_EQ(y.size(), expected.size()) << path;
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-5 * std::max(1.0F, std::abs(expected[i]))) << path << " " << i;
}

/// Sample `s` of a tensor with its batch along `axis`.
std::vector<float> sample_of(const OnnxTensor& tensor, std::size_t axis, std::int64_t s) {
  const std::int64_t inner = element_count(Shape(tensor.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, tensor.shape.end()));
  std::vector<float> result;
  for (std::size_t i = 0; i < tensor.data.size(); ++i) {
    if (static_cast<std::int64_t>(i) / inner % tensor.shape[axis] == s) result.push_back(tensor.data[i]);
  }
  return result;
}

/// The model with input `which` as the network's input and every other one constant. `flat`: the network's input is one sample of all elements, which
/// a Reshape gives the vector's shape, so that no axis of the vector is the batch; else the first axis is.
onnx::ModelProto as_activation(const onnx::ModelProto& original, const NodeVectors& inputs, int which, bool flat) {
  onnx::ModelProto model = with_constants(original, inputs, 0);
  auto* graph = model.mutable_graph();
  const onnx::ValueInfoProto own = original.graph().input(which);
  graph->mutable_initializer()->DeleteSubrange(graph->initializer_size() - original.graph().input_size() + which, 1);
  graph->mutable_input()->Clear();
  if (graph->output_size() > 1) graph->mutable_output()->DeleteSubrange(1, graph->output_size() - 1);
  auto* in = graph->add_input();
  *in = own;
  if (!flat) return model;
  auto* tensor = in->mutable_type()->mutable_tensor_type();
  const OnnxTensor values = read_tensor(inputs[static_cast<std::size_t>(which)], "");
  tensor->set_elem_type(onnx::TensorProto::FLOAT);
  tensor->mutable_shape()->Clear();
  for (const std::int64_t length : {std::int64_t{1}, element_count(values.shape)}) tensor->mutable_shape()->add_dim()->set_dim_value(length);
  in->set_name("all");
  auto* target = graph->add_initializer();
  target->set_name("vector_shape");
  target->set_data_type(onnx::TensorProto::INT64);
  target->add_dims(static_cast<std::int64_t>(values.shape.size()));
  for (const std::int64_t length : values.shape) target->add_int64_data(length);
  auto* shown = graph->add_node();
  shown->set_op_type("Reshape");
  shown->add_input("all");
  shown->add_input("vector_shape");
  shown->add_output("vector");
  auto* typed = graph->add_node();
  typed->set_op_type("Cast");
  typed->add_input("vector");
  typed->add_output(own.name());
  auto* to = typed->add_attribute();
  to->set_name("to");
  to->set_type(onnx::AttributeProto::INT);
  to->set_i(own.type().tensor_type().elem_type());
  return model;
}

bool close(std::span<const float> y, std::span<const float> expected) {
  return std::ranges::equal(y, expected, [](float a, float b) { return std::abs(a - b) <= 1e-5F * std::max(1.0F, std::abs(b)); });
}

/// Whether the network gives the vector's numbers, whole or sample by sample. False where it is refused, which names the node.
bool right_or_refused(const onnx::ModelProto& model, const OnnxTensor& x, const OnnxTensor& expected, bool flat, const std::string& path) {
  const std::string bytes = model.SerializeAsString();
  Network network;
  try {
    network = import_onnx_bytes(bytes, path);
  } catch (const base::UserError& error) {
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    return false;
  }
  if (flat) {
    expect_close(run_float(network, x.data), expected.data, path);
    return true;
  }
  // An input that goes straight into a recurrent layer has the time first.
  const std::size_t batch = path.starts_with("test_rnn_seq_length") ? 1 : 0;
  const std::int64_t samples = x.shape[batch];
  std::vector<std::vector<float>> made;
  for (std::int64_t s = 0; s < samples; ++s) made.push_back(run_float(network, sample_of(x, batch, s)));
  if (samples == 1) {
    expect_close(made[0], expected.data, path);
    return true;
  }
  // The samples may lie on any axis of the output.
  bool right = false;
  for (std::size_t axis = 0; axis < expected.shape.size() && !right; ++axis) {
    right = expected.shape[axis] == samples;
    for (std::int64_t s = 0; s < samples && right; ++s) right = close(made[static_cast<std::size_t>(s)], sample_of(expected, axis, s));
  }
  // Or the batch was merged into the first axis, and lies there one sample after the other.
  if (!right) {
    std::vector<float> all;
    for (const std::vector<float>& sample : made) all.insert(all.end(), sample.begin(), sample.end());
    right = close(all, expected.data);
  }
  EXPECT_TRUE(right) << path << ": taken, but no axis of the vector's output has what the samples give";
  return true;
}

/// The int8 vectors of QLinearMatMul hold results that wrapped around (-236 as 20), where the operator saturates.
bool wraps_around(const std::string& name) { return name.starts_with("test_qlinearmatmul_") && name.find("_int8_") != std::string::npos; }

TEST_F(RealNetworksData, OneOperatorVectorsOfActivations) {
  const auto files = untar(read_plain_or_gzip(folder_ + "models/onnx_node_vectors.tar.gz"));
  std::size_t right = 0, refused = 0;
  for (const auto& [path, bytes] : files) {
    const std::string ending = "/model.onnx";
    if (!path.ends_with(ending) || wraps_around(path)) continue;
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(bytes)) << path;
    const std::string folder = path.substr(0, path.size() - ending.size()) + "/test_data_set_0/";
    NodeVectors inputs;
    for (int i = 0; i < model.graph().input_size(); ++i) inputs.push_back(parse_tensor(files.at(folder + "input_" + std::to_string(i) + ".pb")));
    OnnxTensor expected;
    std::vector<OnnxTensor> tensors;
    try {
      expected = read_tensor(parse_tensor(files.at(folder + "output_0.pb")), path);
      for (const onnx::TensorProto& input : inputs) tensors.push_back(read_tensor(input, path));
    } catch (const base::UserError&) {
      continue;  // element types without a use here
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const OnnxTensor& x = tensors[i];
      if (x.data.empty() || x.shape.empty()) continue;
      for (const bool flat : {true, false}) {
        SCOPED_TRACE(path + " input " + std::to_string(i) + (flat ? " as one sample" : " as samples"));
        const bool taken = right_or_refused(as_activation(model, inputs, static_cast<int>(i), flat), x, expected, flat, path);
        (taken ? right : refused) += 1;
      }
    }
  }
  EXPECT_GE(right, 270U);
  EXPECT_GT(refused, 0U);
}

TEST_F(RealNetworksData, OneOperatorVectors) {
  // Products with trained weights run sample by sample (the first axis is the batch there), everything else as a folded constant. Graphs of several
  // nodes are those that say what an operator means in plainer ones.
  const std::set<std::string> products{"Conv", "Gemm", "MatMul", "LSTM", "GRU", "RNN"};
  // What differs along the batch axis, trains, makes an empty tensor, or has an element type without a use here.
  const std::map<std::string, std::string> refused{{"test_slice_start_out_of_bounds", "holds no values"},
                                                   {"test_gemm_all_attributes", "transA"},
                                                   {"test_qlinearconv", "its input is constant"},
                                                   {"test_gemm_default_matrix_bias", "bias"},
                                                   {"test_batchnorm_epsilon_training_mode", "training_mode"},
                                                   {"test_dequantizelinear_e4m3fn_zero_point", "float8e4m3fn"},
                                                   {"test_dequantizelinear_e5m2", "float8e5m2"},
                                                   {"test_quantizelinear_e4m3fn", "float8e4m3fn"},
                                                   {"test_quantizelinear_e5m2", "float8e5m2"}};
  const auto files = untar(read_plain_or_gzip(folder_ + "models/onnx_node_vectors.tar.gz"));
  ASSERT_GT(files.size(), 100U);
  std::size_t compared = 0, not_compared = 0;
  for (const auto& [path, bytes] : files) {
    const std::string ending = "/model.onnx";
    if (!path.ends_with(ending)) continue;
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(bytes)) << path;
    const bool alone = model.graph().node_size() == 1;
    const std::string operation = alone ? model.graph().node(0).op_type() : "";
    const std::string name = path.substr(0, path.size() - ending.size()), folder = name + "/test_data_set_0/";
    NodeVectors inputs;
    for (int i = 0; i < model.graph().input_size(); ++i) inputs.push_back(parse_tensor(files.at(folder + "input_" + std::to_string(i) + ".pb")));
    const bool product = products.contains(operation);
    const std::string changed = (product ? with_constants(model, inputs, 1) : folded(model, inputs)).SerializeAsString();
    if (wraps_around(name)) {
      ++not_compared;
      continue;
    }
    if (refused.contains(name)) {
      const auto message = base::user_error([&] { import_onnx_bytes(changed, path); });
      EXPECT_NE(message.find(refused.at(name)), std::string::npos) << path << ": " << message;
      ++not_compared;
      continue;
    }
    const auto expected = read_tensor(parse_tensor(files.at(folder + "output_0.pb")), path);
    const Network network = import_onnx_bytes(changed, path);
    if (product) {
      const auto x = read_tensor(inputs[0], path);
      // The one recurrent model with the time first gives its last states [directions, batch, hidden].
      const std::size_t axis = path.starts_with("test_rnn_seq_length") ? 1 : 0;
      for (std::int64_t s = 0; s < x.shape[axis]; ++s) {
        expect_close(run_float(network, sample_of(x, axis, s)), sample_of(expected, axis, s), path);
      }
    } else {
      const Shape& shape = network.values[static_cast<std::size_t>(network.output)].shape;
      EXPECT_EQ(shape, expected.shape.empty() ? Shape{1} : expected.shape) << path;
      expect_close(run_float(network, std::vector<float>{0}), expected.data, path);
    }
    ++compared;
  }
  EXPECT_GE(compared, 125U);
  EXPECT_EQ(compared + not_compared, 140U);
}

}  // namespace
}  // namespace mho::workloads
