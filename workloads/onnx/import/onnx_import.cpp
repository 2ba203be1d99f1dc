#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <filesystem>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/printable.h"
#include "workloads/graph/adapters.h"
#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/import/onnx_graph.h"
#include "workloads/onnx/onnx_metadata.h"
#include "workloads/onnx/onnx_names.h"
#include "workloads/onnx/onnx_outline.h"

namespace mho::workloads {

namespace {

Network import_model(std::string_view bytes, const std::string& name, const ImportOptions& options) {
  // Otherwise the library prints its own messages about damaged files to stderr.
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
  for (Matrix& matrix : network.matrices) matrix.digital = is_adapter(matrix.name);
  network.input_ranges = read_input_ranges(model, network, name);
  if (options.trace) forget_repeated(network);
  return network;
}

}  // namespace

Network import_onnx(const std::string& path, ImportOptions options) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  options.folder = folder.empty() ? "." : folder.string();
  std::error_code error;
  std::optional<OnnxOutline> outline;
  if (options.leave_weights && std::filesystem::is_regular_file(path, error)) {
    options.limit.note(path);
    outline = base::naming_file(path, [&] { return read_outline(path); });
  }
  Network network = base::naming_file(path, [&] {
    if (!outline) return import_onnx_bytes(base::read_file(path, options.limit), path, options);
    Network outlined = import_model(outline->bytes, path, options);
    outlined.hash = outline->hash;
    return outlined;
  });
  network.name = base::printable(std::filesystem::path(path).stem().string());
  return network;
}

Network import_onnx(const std::string& path, const Shape& sample_shape, bool trace, const std::map<std::string, float>& scalars) {
  return import_onnx(path, ImportOptions{.sample_shape = sample_shape, .scalars = scalars, .trace = trace});
}

Network import_onnx_bytes(std::span<const char> bytes, const std::string& name, const ImportOptions& options) {
  if (bytes.empty()) throw base::UserError(name + ": the file is empty; an ONNX network is needed");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw base::UserError(name + ": the file has more than 2 GiB, which no ONNX file with its weights inside can have");
  }
  Network network = import_model({bytes.data(), bytes.size()}, name, options);
  network.hash = base::content_hash({bytes.data(), bytes.size()});
  return network;
}

}  // namespace mho::workloads
