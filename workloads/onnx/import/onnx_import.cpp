#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <filesystem>
#include <limits>
#include <utility>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/printable.h"
#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/import/onnx_graph.h"
#include "workloads/onnx/onnx_metadata.h"
#include "workloads/onnx/onnx_names.h"

namespace mho::workloads {

Network import_onnx(const std::string& path, const Shape& sample_shape, bool trace, const std::map<std::string, float>& scalars) {
  const std::string bytes = base::read_file(path);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  Network network = import_onnx_bytes(
      bytes, path, {.sample_shape = sample_shape, .folder = folder.empty() ? "." : folder.string(), .scalars = scalars, .trace = trace});
  network.name = base::printable(std::filesystem::path(path).stem().string());
  return network;
}

Network import_onnx_bytes(std::span<const char> bytes, const std::string& name, const ImportOptions& options) {
  if (bytes.empty()) throw base::UserError(name + ": the file is empty; an ONNX network is needed");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw base::UserError(name + ": the file has more than 2 GiB, which no ONNX file with its weights inside can have");
  }
  // The library would print its own lines about damaged files to stderr beside ours.
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !model.has_graph() || model.graph().node_size() == 0) {
    throw base::UserError(
        name +
        ": not an ONNX network, or a truncated one: its bytes cannot be read as an ONNX model with a graph of nodes; check the path, or "
        "download or export the file again");
  }
  make_names_printable(model);
  OpsetByOutput opsets = inline_functions(model, name);
  Network network = OnnxGraph(model, name, options, std::move(opsets)).build();
  network.name = name;
  network.sample_shape = options.sample_shape;
  network.input_ranges = read_input_ranges(model, network, name);
  if (options.trace) forget_repeated(network);
  network.hash = base::content_hash({bytes.data(), bytes.size()});
  return network;
}

}  // namespace mho::workloads
