#include "workloads/onnx/import/functions.h"

#include <fmt/format.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.h"

namespace mho::workloads {

namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Names = std::map<std::string, std::string>;

constexpr int deepest = 64;               ///< depth of nested calls
constexpr std::int64_t most = 1LL << 20;  ///< nodes of all expanded calls

std::string domain_of(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

/// Fields that the installed library does not know, by their numbers in the definition of ONNX.
enum NewerField : int { node_overload = 8, function_defaults = 11, function_overload = 13 };

std::vector<std::string> newer(const google::protobuf::Message& message, int number) {
  std::vector<std::string> found;
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      found.push_back(field.length_delimited());
    }
  }
  return found;
}

std::string overload_of(const google::protobuf::Message& message, int number) {
  const auto found = newer(message, number);
  return found.empty() ? std::string() : found.back();
}

template <class Visit>
void each_branch(onnx::NodeProto& node, const Visit& visit) {
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) visit(*attribute.mutable_g());
    for (auto& graph : *attribute.mutable_graphs()) visit(graph);
  }
}

template <class Visit>
void each_branch(const onnx::NodeProto& node, const Visit& visit) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) visit(attribute.g());
    for (const auto& graph : attribute.graphs()) visit(graph);
  }
}

/// Collects the tensors that a graph or the body of a function computes, including those in its branches.
void collect_made(const onnx::GraphProto& graph, std::set<std::string>& names);
void collect_made(const Nodes& nodes, std::set<std::string>& names) {
  for (const auto& node : nodes) {
    names.insert(node.output().begin(), node.output().end());
    each_branch(node, [&](const onnx::GraphProto& branch) { collect_made(branch, names); });
  }
}
void collect_made(const onnx::GraphProto& graph, std::set<std::string>& names) {
  for (const auto& initializer : graph.initializer()) names.insert(initializer.name());
  for (const auto& in : graph.input()) names.insert(in.name());
  collect_made(graph.node(), names);
}

class Inliner {
 public:
  Inliner(onnx::ModelProto& model, const std::string& file) : model_(model), file_(file) {
    for (const auto& function : model.functions()) {
      functions_[{domain_of(function.domain()), function.name(), overload_of(function, function_overload)}] = &function;
    }
    for (const auto& opset : model.opset_import()) {
      if (domain_of(opset.domain()).empty()) opset_ = opset.version();
    }
    collect_made(model.graph(), names_);
  }

  OpsetByOutput run() {
    expand(*model_.mutable_graph()->mutable_node(), opset_, 0);
    return std::move(opsets_);
  }

 private:
  void expand(Nodes& nodes, std::int64_t opset, int depth) {
    Nodes made;
    for (auto& node : nodes) {
      each_branch(node, [&](onnx::GraphProto& branch) { expand(*branch.mutable_node(), opset, depth); });
      const auto found = functions_.find({domain_of(node.domain()), node.op_type(), overload_of(node, node_overload)});
      if (found == functions_.end()) {
        note_opset(node, opset);
        made.Add(std::move(node));
        continue;
      }
      const onnx::FunctionProto& function = *found->second;
      if (depth == deepest) {
        throw base::UserError(fmt::format("{}: function {} of domain '{}' calls itself, or {} functions call each other; neither is supported", file_,
                                          function.name(), function.domain(), deepest));
      }
      Nodes body = called(node, function);
      std::int64_t own = opset;
      for (const auto& import : function.opset_import()) {
        if (domain_of(import.domain()).empty()) own = import.version();
      }
      expand(body, own, depth + 1);
      for (auto& inner : body) made.Add(std::move(inner));
    }
    nodes.Swap(&made);
  }

  void note_opset(const onnx::NodeProto& node, std::int64_t opset) {
    if (opset == opset_) return;
    const auto first = std::ranges::find_if(node.output(), [](const std::string& name) { return !name.empty(); });
    if (first != node.output().end()) opsets_[*first] = opset;
  }

  std::string fresh(const std::string& name) {
    std::string candidate = name;
    for (int i = 2; !names_.insert(candidate).second; ++i) candidate = fmt::format("{}_{}", name, i);
    return candidate;
  }

  /// The body of the function with the names and attributes of the call.
  Nodes called(const onnx::NodeProto& call, const onnx::FunctionProto& function) {
    const std::string prefix = !call.name().empty() ? call.name() : call.output_size() > 0 ? call.output(0) : call.op_type();
    if (call.input_size() > function.input_size() || call.output_size() > function.output_size()) {
      throw base::UserError(fmt::format("{}: node '{}' calls function {} with {} inputs and {} outputs, which has {} and {}; the file is damaged",
                                        file_, prefix, function.name(), call.input_size(), call.output_size(), function.input_size(),
                                        function.output_size()));
    }
    Names renamed;
    for (int i = 0; i < function.input_size(); ++i) renamed[function.input(i)] = i < call.input_size() ? call.input(i) : "";
    std::vector<std::pair<std::string, std::string>> passed;  // outputs that are also inputs
    for (int i = 0; i < function.output_size(); ++i) {
      const bool wanted = i < call.output_size() && !call.output(i).empty();
      if (renamed.contains(function.output(i))) {
        if (wanted) passed.emplace_back(renamed[function.output(i)], call.output(i));
      } else {
        renamed[function.output(i)] = wanted ? call.output(i) : fresh(prefix + "/" + function.output(i));
      }
    }
    std::set<std::string> inside;
    collect_made(function.node(), inside);
    for (const std::string& name : inside) {
      if (!name.empty() && !renamed.contains(name)) renamed[name] = fresh(fmt::format("{}/{}", prefix, name));
    }
    std::map<std::string, onnx::AttributeProto> given;
    for (const std::string& bytes : newer(function, function_defaults)) {
      onnx::AttributeProto attribute;
      if (attribute.ParseFromString(bytes)) given[attribute.name()] = attribute;
    }
    for (const auto& attribute : call.attribute()) given[attribute.name()] = attribute;
    Nodes body = function.node();
    made_ += body.size();
    if (made_ > most) throw base::UserError(fmt::format("{}: its functions make more than {} nodes", file_, most));
    for (auto& node : body) {
      rename_tensors(node, renamed);
      settle(node, given, prefix);
    }
    for (const auto& [from, to] : passed) {
      onnx::NodeProto& same = *body.Add();
      same.set_op_type("Identity");
      same.add_input(from);
      same.add_output(to);
    }
    return body;
  }

  /// Replaces references to attributes of the call by their values; removes references to attributes that the call omits.
  void settle(onnx::NodeProto& node, const std::map<std::string, onnx::AttributeProto>& given, const std::string& prefix) {
    if (!node.name().empty()) node.set_name(prefix + "/" + node.name());
    google::protobuf::RepeatedPtrField<onnx::AttributeProto> settled;
    for (const auto& attribute : node.attribute()) {
      if (attribute.ref_attr_name().empty()) {
        *settled.Add() = attribute;
        continue;
      }
      const auto found = given.find(attribute.ref_attr_name());
      if (found == given.end()) continue;
      onnx::AttributeProto& made = *settled.Add();
      made = found->second;
      made.set_name(attribute.name());
    }
    node.mutable_attribute()->Swap(&settled);
    each_branch(node, [&](onnx::GraphProto& branch) {
      for (auto& inner : *branch.mutable_node()) settle(inner, given, prefix);
    });
  }

  onnx::ModelProto& model_;
  const std::string& file_;
  std::map<std::tuple<std::string, std::string, std::string>, const onnx::FunctionProto*> functions_;  ///< by domain, name and overload
  std::set<std::string> names_;                                                                        ///< of tensors
  OpsetByOutput opsets_;
  std::int64_t opset_ = 0, made_ = 0;
};

void collect_captured(const onnx::GraphProto& graph, const std::set<std::string>& around, std::vector<std::string>& taken) {
  std::set<std::string> known = around;
  for (const auto& initializer : graph.initializer()) known.insert(initializer.name());
  for (const auto& in : graph.input()) known.insert(in.name());
  const auto read = [&](const std::string& name) {
    if (!name.empty() && !known.contains(name)) taken.push_back(name);
  };
  for (const auto& node : graph.node()) {
    std::ranges::for_each(node.input(), read);
    each_branch(node, [&](const onnx::GraphProto& branch) { collect_captured(branch, known, taken); });
    known.insert(node.output().begin(), node.output().end());
  }
  for (const auto& out : graph.output()) read(out.name());
}

}  // namespace

OpsetByOutput inline_functions(onnx::ModelProto& model, const std::string& file) {
  if (model.functions_size() == 0) return {};
  OpsetByOutput opsets = Inliner(model, file).run();
  model.clear_functions();
  return opsets;
}

std::vector<std::string> captured(const onnx::GraphProto& branch) {
  std::vector<std::string> names;
  collect_captured(branch, {}, names);
  return names;
}

std::vector<std::string> tensors_read(const onnx::NodeProto& node) {
  std::vector<std::string> names(node.input().begin(), node.input().end());
  each_branch(node, [&](const onnx::GraphProto& branch) {
    const std::vector<std::string> taken = captured(branch);
    names.insert(names.end(), taken.begin(), taken.end());
  });
  return names;
}

void rename_tensors(onnx::NodeProto& node, const std::map<std::string, std::string>& renamed) {
  const auto rename = [&](std::string& name) {
    if (const auto found = renamed.find(name); found != renamed.end()) name = found->second;
  };
  std::ranges::for_each(*node.mutable_input(), rename);
  std::ranges::for_each(*node.mutable_output(), rename);
  each_branch(node, [&](onnx::GraphProto& branch) {
    for (auto& initializer : *branch.mutable_initializer()) rename(*initializer.mutable_name());
    for (auto& in : *branch.mutable_input()) rename(*in.mutable_name());
    for (auto& out : *branch.mutable_output()) rename(*out.mutable_name());
    for (auto& inner : *branch.mutable_node()) rename_tensors(inner, renamed);
  });
}

}  // namespace mho::workloads
