#include "workloads/onnx/onnx_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "base/error.h"
#include "base/json.h"

namespace mho::workloads {

namespace {

constexpr const char* ranges_key = "mho.input_ranges";

std::optional<double> number(const base::Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&json.value())) return *real;
  return std::nullopt;
}

}  // namespace

std::map<std::string, std::vector<float>> read_input_ranges(const onnx::ModelProto& model, const Network& network, const std::string& where) {
  std::map<std::string, std::vector<float>> result;
  for (const auto& entry : model.metadata_props()) {
    if (entry.key() != ranges_key) continue;
    const std::string what = fmt::format("{}: metadata '{}'", where, ranges_key);
    const base::Json json = base::Json::parse(entry.value(), what);
    const auto* matrices = std::get_if<base::Json::Object>(&json.value());
    if (matrices == nullptr) throw base::UserError(what + " must be an object of lists, one list of input ranges for each matrix");
    for (const auto& member : *matrices) {
      const std::string& name = member.first;
      const base::Json& list = member.second;
      if (std::ranges::none_of(network.matrices, [&](const Matrix& m) { return m.name == name; })) {
        std::string known;
        for (const Matrix& matrix : network.matrices) known += (known.empty() ? "" : ", ") + matrix.name;
        throw base::UserError(fmt::format("{}: the network has no matrix '{}'; it has {}", what, name, known.empty() ? "none" : known));
      }
      const auto* ranges = std::get_if<base::Json::Array>(&list.value());
      if (ranges == nullptr || ranges->empty()) throw base::UserError(fmt::format("{}: matrix '{}' has no list of ranges", what, name));
      for (const base::Json& item : *ranges) {
        const float range = static_cast<float>(number(item).value_or(-1.0));
        if (!(range > 0.0F) || !std::isfinite(range)) {
          throw base::UserError(
              fmt::format("{}: range {} of matrix '{}' is {}; a positive number is needed", what, result[name].size() + 1, name, item.dump()));
        }
        result[name].push_back(range);
      }
    }
  }
  return result;
}

void write_input_ranges(onnx::ModelProto& model, const Network& network) {
  auto& properties = *model.mutable_metadata_props();
  properties.erase(std::remove_if(properties.begin(), properties.end(), [](const auto& entry) { return entry.key() == ranges_key; }),
                   properties.end());
  if (network.input_ranges.empty()) return;
  base::Json::Object matrices;
  for (const auto& [name, ranges] : network.input_ranges) {
    base::Json::Array list;
    for (const float range : ranges) {
      if (!(range > 0.0F) || !std::isfinite(range)) {
        throw base::UserError(fmt::format("the learned input range of matrix '{}' is {}; a positive number is needed", name, range));
      }
      list.emplace_back(static_cast<double>(range));
    }
    matrices.emplace_back(name, std::move(list));
  }
  auto* entry = model.add_metadata_props();
  entry->set_key(ranges_key);
  entry->set_value(base::Json(std::move(matrices)).dump());
}

}  // namespace mho::workloads
