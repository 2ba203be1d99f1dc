// Reads a DATA.yaml: which files hold samples and labels, and how values are scaled.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <stdexcept>

#include "base/config.h"
#include "base/document.h"
#include "base/error.h"
#include "base/number_text.h"
#include "workloads/array_dataset.h"

namespace mho::workloads {
namespace {

using base::YamlNode;

[[noreturn]] void fail(const YamlNode& node, const std::string& why) { throw base::UserError(fmt::format("{}: {}", node.where(), why)); }

const char* kind_text(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::scalar:
      return "a single value";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a section";
  }
  return "";
}

/// `node` as a section with no other keys than `legal`.
const YamlNode& section(const YamlNode& node, const std::string& what, const std::vector<std::string>& legal) {
  if (node.kind != YamlNode::Kind::map) fail(node, fmt::format("{} must be a section of keys, but is {}", what, kind_text(node.kind)));
  for (const auto& entry : node.entries) {
    if (std::find(legal.begin(), legal.end(), entry.key) != legal.end()) continue;
    std::string list;
    for (const auto& key : legal) list += (list.empty() ? "" : ", ") + key;
    const std::string near = base::nearest_spelling(entry.key, legal);
    throw base::UserError(fmt::format("{}:{}:{}: unknown key '{}' in {}{}; legal keys are {}", node.file, entry.line, entry.column, entry.key, what,
                                      near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), list));
  }
  return node;
}

const std::string& text(const YamlNode& node, const std::string& key) {
  if (node.kind != YamlNode::Kind::scalar) fail(node, fmt::format("'{}' must be a single value, but is {}", key, kind_text(node.kind)));
  return node.scalar;
}

double number(const YamlNode& node, const std::string& key) {
  const auto parsed = base::split_number(text(node, key));
  if (!parsed || !parsed->unit.empty()) fail(node, fmt::format("'{}' must be a number without unit, not '{}'", key, node.scalar));
  return parsed->value;
}

std::int64_t positive_integer(const YamlNode& node, const std::string& key) {
  const auto parsed = base::split_number(text(node, key));
  if (!parsed || !parsed->unit.empty() || !parsed->integer || *parsed->integer < 1 || *parsed->integer > std::numeric_limits<std::int32_t>::max()) {
    fail(node, fmt::format("'{}' must be a whole number from 1 on, not '{}'", key, node.scalar));
  }
  return *parsed->integer;
}

/// A number, or a list of one per channel.
std::vector<float> numbers(const YamlNode& node, const std::string& key) {
  std::vector<float> result;
  if (node.kind == YamlNode::Kind::list) {
    for (const YamlNode& item : node.items) result.push_back(static_cast<float>(number(item, key)));
    if (result.empty()) fail(node, fmt::format("'{}' is an empty list; one number, or one per channel, is needed", key));
  } else {
    result.push_back(static_cast<float>(number(node, key)));
  }
  return result;
}

/// A path with ${NAME} replaced by environment variables; relative ones start at the folder of the YAML file.
std::string path_of(const YamlNode& node, const std::string& key) {
  const std::string& written = text(node, key);
  std::string path;
  for (std::size_t at = 0; at < written.size();) {
    if (written.compare(at, 2, "${") != 0) {
      path += written[at++];
      continue;
    }
    const std::size_t end = written.find('}', at);
    if (end == std::string::npos) fail(node, fmt::format("'{}' has a '${{' without '}}'", written));
    const std::string variable = written.substr(at + 2, end - at - 2);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) {
      fail(node, fmt::format("the environment variable {} is not set; export {} with the folder that holds the data, or write the path out", variable,
                             variable));
    }
    path += value;
    at = end + 1;
  }
  if (path.empty()) fail(node, fmt::format("'{}' is empty; a path is needed", key));
  const std::filesystem::path given(path);
  return given.is_absolute() ? path : (std::filesystem::path(node.file).parent_path() / given).string();
}

SampleScaling read_scaling(const YamlNode* node) {
  SampleScaling scaling;
  if (node == nullptr) return scaling;
  section(*node, "'scale'", {"divide", "mean", "std"});
  if (const YamlNode* divide = node->find("divide")) {
    scaling.divide = static_cast<float>(number(*divide, "divide"));
    if (!(scaling.divide > 0)) fail(*divide, "'divide' must be above 0");
  }
  if (const YamlNode* mean = node->find("mean")) scaling.mean = numbers(*mean, "mean");
  if (const YamlNode* deviation = node->find("std")) {
    scaling.deviation = numbers(*deviation, "std");
    for (const float s : scaling.deviation) {
      if (!(s > 0)) fail(*deviation, "'std' must be above 0");
    }
  }
  if (scaling.mean.size() != scaling.deviation.size() && scaling.mean.size() != 1 && scaling.deviation.size() != 1) {
    fail(*node, fmt::format("'mean' has {} entries and 'std' {}; one each, or one per channel", scaling.mean.size(), scaling.deviation.size()));
  }
  return scaling;
}

std::string scaling_text(const SampleScaling& scaling) {
  std::string result = fmt::format("/{}", scaling.divide);
  for (const float mean : scaling.mean) result += fmt::format(" -{}", mean);
  for (const float deviation : scaling.deviation) result += fmt::format(" /{}", deviation);
  return result;
}

FileArray read_array(const std::string& format, const std::string& path, std::string& hash) {
  const std::string bytes = read_plain_or_gzip(path);
  hash += base::content_hash(bytes);
  return format == "idx" ? parse_idx(bytes, path) : parse_npy(bytes, path);
}

Shape default_sample_shape(const Shape& images) {
  // Grey images [n][height][width] have one channel.
  if (images.size() == 3) return {1, images[1], images[2]};
  return {images.begin() + 1, images.end()};
}

std::unique_ptr<Dataset> read_split(const YamlNode& node, const std::string& key, const std::string& name, const SampleScaling& scaling) {
  section(node, "'" + key + "'", {"images", "labels", "format", "shape", "samples"});
  const YamlNode* format_node = node.find("format");
  const std::string format = format_node != nullptr ? text(*format_node, "format") : "idx";
  if (format != "idx" && format != "cifar" && format != "npy")
    fail(*format_node, fmt::format("format '{}' is not supported; idx, cifar and npy are", format));
  const YamlNode* images_node = node.find("images");
  if (images_node == nullptr) fail(node, fmt::format("'{}' needs the key 'images': the path of its samples", key));
  const YamlNode* labels_node = node.find("labels");
  const bool cifar = format == "cifar";
  if (cifar && labels_node != nullptr) fail(*labels_node, "format cifar holds its labels in the same file; drop the key 'labels'");
  if (!cifar && labels_node == nullptr) fail(node, fmt::format("'{}' needs the key 'labels': the path of its labels", key));

  const std::string images_path = path_of(*images_node, "images");
  const std::string labels_path = cifar ? images_path : path_of(*labels_node, "labels");
  std::string hash;
  FileArray images, labels;
  if (cifar) {
    const std::string bytes = read_plain_or_gzip(images_path);
    hash += base::content_hash(bytes);
    CifarArrays both = parse_cifar(bytes, images_path);
    images = std::move(both.images);
    labels = std::move(both.labels);
  } else {
    images = read_array(format, images_path, hash);
    labels = read_array(format, labels_path, hash);
  }
  if (images.shape.size() < 2 || images.shape[0] < 1 || element_count(images.shape) == 0) {
    throw base::UserError(
        fmt::format("{}: shape {}; samples along the first axis and at least one more axis are needed", images_path, shape_text(images.shape)));
  }
  if (labels.shape.size() != 1 || labels.shape[0] != images.shape[0]) {
    throw base::UserError(fmt::format("{}: shape {}, but the {} samples of {} need {} labels along one axis", labels_path, shape_text(labels.shape),
                                      images.shape[0], images_path, images.shape[0]));
  }
  auto count = static_cast<std::size_t>(images.shape[0]);
  const std::int64_t elements = element_count(images.shape) / images.shape[0];
  Shape shape = default_sample_shape(images.shape);
  if (const YamlNode* shape_node = node.find("shape")) {
    if (shape_node->kind != YamlNode::Kind::list || shape_node->items.empty())
      fail(*shape_node, "'shape' must be a list of lengths, such as [1, 28, 28]");
    shape.clear();
    std::int64_t product = 1;
    for (const YamlNode& item : shape_node->items) {
      shape.push_back(positive_integer(item, "shape"));
      product = product > elements ? product : product * shape.back();
    }
    if (product != elements) {
      fail(*shape_node, fmt::format("'shape' {} does not have the {} values of one sample of {} (shape {})", shape_text(shape), elements, images_path,
                                    shape_text(images.shape)));
    }
  }
  if (const YamlNode* samples = node.find("samples")) {
    const std::int64_t limit = positive_integer(*samples, "samples");
    if (static_cast<std::size_t>(limit) > count) fail(*samples, fmt::format("'samples' asks for {}, but {} holds {}", limit, images_path, count));
    count = static_cast<std::size_t>(limit);
  }
  const std::size_t channels = std::max(scaling.mean.size(), scaling.deviation.size());
  if (channels > 1 && static_cast<std::int64_t>(channels) != shape[0]) {
    fail(node, fmt::format("'scale' has {} entries per list, but the samples of '{}' have {} channels (shape {})", channels, key, shape[0],
                           shape_text(shape)));
  }
  // More classes than this are no classification task; a label file of another kind is likelier.
  constexpr float most_classes = 1 << 20;
  std::vector<int> classes(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float label = labels.at(i);
    if (!(label >= 0 && label < most_classes) || label != std::trunc(label)) {
      throw base::UserError(fmt::format("{}: label {} is {}; labels are whole numbers from 0 on", labels_path, i, label));
    }
    classes[i] = static_cast<int>(label);
  }
  hash = base::content_hash(fmt::format("{} {} {} {}", hash, shape_text(shape), count, scaling_text(scaling)));
  return array_dataset(name, std::move(hash), std::move(images), std::move(classes), std::move(shape), scaling);
}

}  // namespace

DataDescription read_data(const std::string& path) {
  const YamlNode root = base::read_yaml_file(path);
  section(root, "a data description", {"name", "metric", "test", "calibration", "scale"});
  const YamlNode* name_node = root.find("name");
  const std::string name = name_node != nullptr ? text(*name_node, "name") : std::filesystem::path(path).stem().string();
  if (const YamlNode* metric = root.find("metric"); metric != nullptr && text(*metric, "metric") != "top1") {
    fail(*metric, fmt::format("metric '{}' is not supported; top1 (share of samples whose largest output is their label) is", metric->scalar));
  }
  const YamlNode* test = root.find("test");
  if (test == nullptr) fail(root, "the key 'test' is missing: the files of the test set");
  const SampleScaling scaling = read_scaling(root.find("scale"));
  DataDescription result;
  result.test = read_split(*test, "test", name, scaling);
  if (const YamlNode* calibration = root.find("calibration"))
    result.calibration = read_split(*calibration, "calibration", name + " (calibration)", scaling);
  return result;
}

}  // namespace mho::workloads
