#include "workloads/onnx/onnx_export.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/output_file.h"
#include "workloads/graph/initializer_source.h"
#include "workloads/onnx/onnx_metadata.h"
#include "workloads/onnx/onnx_names.h"
#include "workloads/onnx/onnx_tensor.h"

namespace mho::workloads {

namespace {

/// ONNX messages are limited to 2 GiB; the rest of the file needs a part of it.
constexpr std::size_t largest_file = 1800ULL << 20U;

struct Tensor {
  std::string name;
  const std::vector<float>* data;
  const InitializerSource* origin;
  const std::vector<float>* scale;
};

std::vector<Tensor> tensors_of(const Network& network) {
  std::vector<Tensor> list;
  for_each_tensor(network,
                  [&](const std::string& name, const std::vector<float>& data, const InitializerSource& origin, const std::vector<float>* scale) {
                    list.push_back({name, &data, &origin, scale});
                  });
  return list;
}

/// A tensor of the file into which numbers of the network are written.
struct Target {
  onnx::TensorProto* tensor = nullptr;        ///< an initialiser, or the value of a Constant node
  onnx::AttributeProto* attribute = nullptr;  ///< value_float or value_floats of a Constant node
  std::vector<float> before, after;
  std::vector<std::int32_t> writer;  ///< for each element the index of the network's tensor that wrote it; -1: none
};

class Export {
 public:
  Export(const OnnxBytes& source, const Network& network)
      : source_(source.name), folder_(source.folder), network_(network), tensors_(tensors_of(network)) {
    if (base::content_hash(source.bytes) != network.hash) {
      throw base::UserError(source_ + ": this is not the file that the network was imported from, or it has changed since");
    }
    if (std::ranges::none_of(tensors_, [](const Tensor& t) { return t.origin->known(); })) {
      throw base::UserError(source_ + ": nothing can be written back: the network holds no numbers of the file, or was imported without trace");
    }
    if (!model_.ParseFromString(source.bytes)) throw base::UserError(source_ + ": not an ONNX network");
    make_names_printable(model_);  // as in the network
  }

  std::string bytes() {
    for (std::size_t t = 0; t < tensors_.size(); ++t) collect(static_cast<std::int32_t>(t));
    for (auto& [name, target] : targets_) replace(name, target);
    std::size_t size = model_.ByteSizeLong();
    for (auto& initialiser : *model_.mutable_graph()->mutable_initializer()) {
      if (initialiser.data_location() != onnx::TensorProto::EXTERNAL) continue;
      size += data_bytes(initialiser);
      refuse_size(size);
      take_inside(initialiser, where(initialiser.name()), folder_);
    }
    refuse_size(size);
    write_input_ranges(model_, network_);
    std::string result = model_.SerializeAsString();
    check(result);
    return result;
  }

 private:
  [[nodiscard]] std::string where(const std::string& name) const { return fmt::format("{}: tensor '{}'", source_, name); }

  void refuse_size(std::size_t size) const {
    if (size <= largest_file) return;
    throw base::UserError(
        fmt::format("{}: the network with its data inside would take more than {} MiB, which does not fit an ONNX file; export it in a "
                    "smaller element type",
                    source_, largest_file >> 20U));
  }

  Target find(const std::string& name) {
    Target target;
    for (auto& initialiser : *model_.mutable_graph()->mutable_initializer()) {
      if (initialiser.name() == name) target.tensor = &initialiser;
    }
    for (auto& node : *model_.mutable_graph()->mutable_node()) {
      if (node.op_type() != "Constant" || node.output_size() == 0 || node.output(0) != name) continue;
      for (auto& attribute : *node.mutable_attribute()) {
        if (attribute.name() == "value") target.tensor = attribute.mutable_t();
        if (attribute.name() == "value_float" || attribute.name() == "value_floats") target.attribute = &attribute;
      }
    }
    if (target.tensor != nullptr) {
      target.before = read_tensor(*target.tensor, where(name), folder_).data;
    } else if (target.attribute != nullptr && target.attribute->name() == "value_float") {
      target.before = {target.attribute->f()};
    } else if (target.attribute != nullptr) {
      target.before.assign(target.attribute->floats().begin(), target.attribute->floats().end());
    } else {
      throw base::UserError(where(name) + " does not exist, though the network has numbers of it");
    }
    target.after = target.before;
    target.writer.assign(target.before.size(), -1);
    return target;
  }

  /// The element from which `number` is computed. The element of the file is kept if it gives `number` up to rounding.
  static float element_for(float number, const Made& made, float before) {
    if (made.factor == 1.0 && made.offset == 0.0) return number;
    constexpr double rounding = 0x1p-21;
    const double product = made.factor * static_cast<double>(before);
    const double largest = std::max({std::abs(product), std::abs(made.offset), std::abs(static_cast<double>(number))});
    if (std::abs(product + made.offset - static_cast<double>(number)) <= rounding * largest) return before;
    return static_cast<float>((static_cast<double>(number) - made.offset) / made.factor);
  }

  void collect(std::int32_t index) {
    const Tensor& tensor = tensors_[static_cast<std::size_t>(index)];
    const InitializerSource& origin = *tensor.origin;
    if (!origin.known()) return;
    if (origin.element.size() != tensor.data->size()) throw std::logic_error("export_onnx: tensor " + tensor.name + " has changed its size");
    auto [found, made] = targets_.try_emplace(origin.initialiser);
    if (made) found->second = find(origin.initialiser);
    Target& target = found->second;
    for (std::size_t k = 0; k < tensor.data->size(); ++k) {
      if (origin.element[k] < 0) continue;
      const auto e = static_cast<std::size_t>(origin.element[k]);
      const float number = (*tensor.data)[k];
      const Made how = made_from(origin, k, tensor.scale);
      const float before = target.before.at(e);
      // A mask may hold infinities; finite numbers must stay finite.
      const bool stays = std::isinf(before) && static_cast<double>(number) == how.factor * static_cast<double>(before) + how.offset;
      if (!std::isfinite(number) && !stays) throw base::UserError(fmt::format("{}: number {} of '{}' is {}", source_, k, tensor.name, number));
      const float element = stays ? before : element_for(number, how, before);
      if (target.writer[e] >= 0 && std::bit_cast<std::uint32_t>(element) != std::bit_cast<std::uint32_t>(target.after[e])) {
        throw base::UserError(fmt::format(
            "{} is used by '{}' and by '{}', which want {} and {} of its element {}; tensors of the same numbers must be "
            "trained together, or not at all",
            where(origin.initialiser), tensors_[static_cast<std::size_t>(target.writer[e])].name, tensor.name, target.after[e], element, e));
      }
      target.after[e] = element;
      target.writer[e] = index;
    }
  }

  void replace(const std::string& name, Target& target) {
    const auto same = [](float a, float b) { return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b); };
    if (std::ranges::equal(target.before, target.after, same)) return;
    if (target.tensor != nullptr) {
      replace_elements(*target.tensor, target.before, target.after, where(name), folder_);
    } else if (target.attribute->name() == "value_float") {
      target.attribute->set_f(target.after[0]);
    } else {
      for (std::size_t i = 0; i < target.after.size(); ++i) target.attribute->set_floats(static_cast<int>(i), target.after[i]);
    }
  }

  /// Relative error of a number that is computed from a tensor of the file, caused by rounding to the tensor's element type.
  [[nodiscard]] double rounding_of(const InitializerSource& origin) const {
    const auto found = targets_.find(origin.initialiser);
    const int type = found == targets_.end() || found->second.tensor == nullptr ? 0 : found->second.tensor->data_type();
    return type == onnx::TensorProto::FLOAT16 ? 0x1p-10 : type == onnx::TensorProto::BFLOAT16 ? 0x1p-7 : 0x1p-20;
  }

  /// Imports the written file again and compares: every number must be equal up to rounding.
  void check(const std::string& made) const {
    const Network again = import_onnx_bytes(made, source_, {.sample_shape = network_.sample_shape, .folder = folder_});
    const auto read = tensors_of(again);
    if (read.size() != tensors_.size()) throw std::logic_error("export_onnx: " + source_ + " has other tensors when it is read again");
    for (std::size_t t = 0; t < read.size(); ++t) {
      const Tensor& tensor = tensors_[t];
      const InitializerSource& origin = *tensor.origin;
      if (read[t].data->size() != tensor.data->size()) throw std::logic_error("export_onnx: tensor " + tensor.name + " has changed its size");
      for (std::size_t k = 0; k < tensor.data->size(); ++k) {
        const float wanted = (*tensor.data)[k], found = (*read[t].data)[k];
        if (wanted == found || (std::isnan(wanted) && std::isnan(found))) continue;
        const bool from_file = origin.known() && origin.element[k] >= 0;
        if (from_file) {
          const double largest = std::max(std::abs(static_cast<double>(wanted)), std::abs(made_from(origin, k, tensor.scale).offset));
          if (std::abs(static_cast<double>(wanted) - static_cast<double>(found)) <= rounding_of(origin) * largest + smallest) continue;
        }
        throw base::UserError(
            fmt::format("{}: '{}' cannot be written: its number {} is {}, but would be read again as {}{}", source_, tensor.name, k, wanted, found,
                        from_file ? ", because another tensor made of the same numbers was changed"
                                  : "; it was changed, but is not a number of the file by itself (a zero between groups, or computed from several "
                                    "tensors)"));
      }
    }
  }
  /// Half a step of the smallest numbers of float16.
  static constexpr double smallest = 0x1p-25;

  std::string source_, folder_;
  const Network& network_;
  std::vector<Tensor> tensors_;
  onnx::ModelProto model_;
  std::map<std::string, Target> targets_;
};

}  // namespace

void export_onnx(const std::string& source, const Network& network, const std::string& path) {
  export_onnx(OnnxBytes{source, folder_of(source), base::read_file(source)}, network, path);
}

std::string folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

void export_onnx(const OnnxBytes& source, const Network& network, const std::string& path) {
  const google::protobuf::LogSilencer silence;
  const std::string bytes = Export(source, network).bytes();
  base::OutputFile file(path);
  file.write(bytes);
  file.commit();
}

std::vector<std::string> not_writable(const Network& network) {
  std::vector<std::string> names;
  for (const Tensor& tensor : tensors_of(network)) {
    if (!tensor.origin->known()) names.push_back(tensor.name);
  }
  return names;
}

}  // namespace mho::workloads
