// The operator If with a condition that is known at import: the nodes of the selected branch become part of the graph.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/onnx/import/functions.h"
#include "workloads/onnx/import/onnx_graph.h"

namespace mho::workloads {

void OnnxGraph::import_if(const OnnxNode& node, const onnx::NodeProto& proto) {
  const int condition = builder_.input(node, 0);
  if (!builder_.value(condition).constant) {
    node.fail(fmt::format("its condition (tensor '{}') depends on the network's input; If is supported where the condition is known beforehand",
                          node.input(0)));
  }
  if (builder_.value(condition).data.size() != 1) {
    node.fail(fmt::format("its condition has shape {}; a single truth value is needed", shape_text(builder_.value(condition).shape)));
  }
  const char* wanted = builder_.value(condition).data[0] != 0.0F ? "then_branch" : "else_branch";
  const auto found = std::ranges::find(proto.attribute(), wanted, [](const onnx::AttributeProto& attribute) { return attribute.name(); });
  if (found == proto.attribute().end() || !found->has_g()) node.fail(fmt::format("has no {}; the graph is damaged", wanted));
  import_branch(node, proto, found->g());
}

onnx::GraphProto OnnxGraph::with_own_names(const onnx::GraphProto& branch) {
  std::map<std::string, std::string> renamed;
  const auto own = [&](const std::string& name) {
    if (name.empty()) return;
    std::string candidate = name;
    for (int i = 2; !tensor_names_.insert(candidate).second; ++i) candidate = fmt::format("{}_{}", name, i);
    if (candidate != name) renamed[name] = candidate;
  };
  for (const auto& initializer : branch.initializer()) own(initializer.name());
  for (const auto& inner : branch.node()) std::ranges::for_each(inner.output(), own);
  onnx::NodeProto holder;
  *holder.add_attribute()->mutable_g() = branch;
  rename_tensors(holder, renamed);
  return std::move(*holder.mutable_attribute(0)->mutable_g());
}

void OnnxGraph::import_branch(const OnnxNode& node, const onnx::NodeProto& proto, const onnx::GraphProto& given) {
  if (given.output_size() != proto.output_size()) {
    node.fail(fmt::format("its branch has {} outputs where it has {}; the graph is damaged", given.output_size(), proto.output_size()));
  }
  const onnx::GraphProto branch = with_own_names(given);
  for (const auto& initializer : branch.initializer()) read_constant(initializer);
  count_branch_uses(branch, proto);
  for (const auto& inner : branch.node()) {
    const OnnxNode checked(inner, file_, inner.name());
    for (const std::string& name : tensors_read(inner)) {
      if (!name.empty() && !is_known(name)) checked.fail(fmt::format("its input tensor '{}' is not made before it; the graph is damaged", name));
    }
    import_node(inner, unique_name(inner));
  }
  for (int k = 0; k < branch.output_size(); ++k) {
    const std::string& name = branch.output(k).name();
    if (proto.output(k).empty()) continue;
    if (!is_known(name)) node.fail(fmt::format("output '{}' of its branch is not made by any node", name));
    builder_.name_output(node, builder_.find(name), k);
    builder_.note_type(proto.output(k), builder_.type_of(name));
  }
}

void OnnxGraph::count_branch_uses(const onnx::GraphProto& branch, const onnx::NodeProto& proto) {
  for (const auto& inner : branch.node()) note_alias(inner);
  std::set<std::string> made;
  for (const auto& initializer : branch.initializer()) made.insert(initializer.name());
  for (const auto& inner : branch.node()) made.insert(inner.output().begin(), inner.output().end());
  // Tensors that the branch reads from the surrounding graph were counted with that graph.
  for (const auto& inner : branch.node()) {
    if (passes_through(inner)) continue;
    for (const std::string& name : tensors_read(inner)) {
      if (made.contains(name)) builder_.note_readers(root_of(name), 1);
    }
  }
  for (int k = 0; k < branch.output_size(); ++k) builder_.note_readers(root_of(branch.output(k).name()), builder_.readers(proto.output(k)));
}

}  // namespace mho::workloads
