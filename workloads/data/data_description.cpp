// Reads a DATA.yaml: the files that hold samples and labels, and the scaling of values.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "base/design_file/config.h"
#include "base/design_file/document.h"
#include "base/design_file/number_text.h"
#include "base/error.h"
#include "workloads/data/array_dataset.h"
#include "workloads/data/array_files.h"
#include "workloads/data/data_settings.h"
#include "workloads/data/description_text.h"
#include "workloads/data/npz_files.h"
#include "workloads/data/shipped_data.h"

namespace mho::workloads {
namespace {

using base::YamlNode;

FileArray read_whole_array(const std::string& format, const std::string& path, const base::InputLimit& limit, std::string& hash) {
  const std::string bytes = read_plain_or_gzip(path, limit);
  hash += base::content_hash(bytes);
  return format == "idx" ? parse_idx(bytes, path) : parse_npy(bytes, path);
}

/// Files up to this size are read into memory; larger .npy files stay on disk.
constexpr std::uintmax_t read_whole = std::uintmax_t{1} << 26U;

FileArray read_array(const std::string& format, const std::string& path, const base::InputLimit& limit, std::string& hash) {
  std::error_code error;
  if (format == "npy" && path.ends_with(".npy") && std::filesystem::file_size(path, error) > read_whole && !error) {
    std::string digest;
    limit.note(path);
    FileArray array = map_npy(path, digest);
    hash += digest;
    return array;
  }
  // An array of an archive: FILE.npz:ARRAY.
  if (const std::size_t archive = path.rfind(".npz:"); format == "npy" && archive != std::string::npos) {
    const std::string file = path.substr(0, archive + 4), name = path.substr(archive + 5);
    base::require_plain_file(file);
    return base::naming_file(file, [&] {
      const std::string bytes = read_plain_or_gzip(file, limit);
      hash += base::content_hash(bytes) + name;
      return NpzFile(bytes, file, limit).array(name);
    });
  }
  return base::naming_file(path, [&] { return read_whole_array(format, path, limit, hash); });
}

Shape default_sample_shape(const Shape& images) {
  // Grey images [n][height][width] have one channel.
  if (images.size() == 3) return {1, images[1], images[2]};
  return {images.begin() + 1, images.end()};
}

/// Reads one split step by step.
class Split {
 public:
  Split(const YamlNode& node, std::string key, const SampleScaling& scaling, const Judging& judging, const base::InputLimit& limit)
      : node_(node), key_(std::move(key)), judging_(judging), limit_(limit) {
    section_of(node, "'" + key_ + "'",
               {"images", "inputs", "labels", "lengths", "format", "shape", "layout", "samples", "steps", "stream_length", "window", "bytes"});
    samples_.scaling = scaling;
    samples_.metric = judging.metric;
    samples_.chance = judging.chance;
  }

  /// Whether all numbers of a file that stays on disk are read once to check that they are finite.
  Split& look_through(bool wanted) {
    looks_through_ = wanted;
    return *this;
  }

  std::unique_ptr<Dataset> read(const std::string& name) {
    samples_.name = name;
    read_inputs();
    choose_shape();
    choose_count();
    if (next_) {
      next_elements();
    } else {
      read_targets();
    }
    read_lengths();
    if (const YamlNode* stream = node_.find("stream_length")) {
      samples_.stream_length = static_cast<std::size_t>(positive_integer(*stream, "stream_length"));
    }
    check_scaling();
    samples_.hash = base::content_hash(
        fmt::format("{} {}{} {} {}", hash_, shape_text(samples_.sample_shape), layout_, samples_.count, scaling_text(samples_.scaling)));
    if (samples_.metric != Metric::top1 || next_ || !samples_.lengths.empty()) {
      samples_.hash = base::content_hash(fmt::format("{} {} {}", samples_.hash, metric_name(samples_.metric), samples_.targets.size()));
    }
    return array_dataset(std::move(samples_));
  }

 private:
  void read_inputs() {
    const YamlNode* format_node = node_.find("format");
    format_ = format_node != nullptr ? text_of(*format_node, "format") : "idx";
    if (format_node != nullptr && format_ != "idx" && format_ != "cifar" && format_ != "npy" && format_ != "text")
      fail_at(*format_node, fmt::format("format '{}' is not supported; idx, cifar, npy and text are", format_));
    const YamlNode* inputs = node_.find("images");
    if (const YamlNode* other = node_.find("inputs")) {
      if (inputs != nullptr) fail_at(*other, "'inputs' and 'images' both name the samples; keep one of them");
      inputs = other;
    }
    if (inputs == nullptr) fail_at(node_, fmt::format("'{}' needs the key 'images' or 'inputs': the path of its samples", key_));
    labels_ = node_.find("labels");
    const bool cifar = format_ == "cifar";
    if (cifar && labels_ != nullptr) fail_at(*labels_, "format cifar holds its labels in the same file; drop the key 'labels'");
    if (!cifar && labels_ == nullptr) {
      fail_at(node_, fmt::format("'{}' needs the key 'labels': the path of its labels, or 'next' where every element of a sequence is to be foretold",
                                 key_));
    }
    next_ = labels_ != nullptr && text_of(*labels_, "labels") == "next";
    inputs_path_ = path_of(*inputs, inputs == node_.find("inputs") ? "inputs" : "images");
    labels_path_ = cifar || next_ ? inputs_path_ : path_of(*labels_, "labels");
    if (cifar) {
      CifarArrays both = base::naming_file(inputs_path_, [&] {
        const std::string bytes = read_plain_or_gzip(inputs_path_, limit_);
        hash_ += base::content_hash(bytes);
        return parse_cifar(bytes, inputs_path_);
      });
      samples_.inputs = std::move(both.images);
      targets_ = std::move(both.labels);
    } else if (format_ == "text") {
      read_text();
    } else {
      samples_.inputs = read_array(format_, inputs_path_, limit_, hash_);
      if (!next_) targets_ = read_array(format_, labels_path_, limit_, hash_);
    }
    const Shape& shape = samples_.inputs.shape;
    if (shape.size() < 2 || shape[0] < 1 || element_count(shape) == 0) {
      throw base::UserError(
          fmt::format("{}: shape {}; samples along the first axis and at least one more axis are needed", inputs_path_, shape_text(shape)));
    }
  }

  void read_text() {
    const YamlNode* window = node_.find("window");
    if (window == nullptr)
      fail_at(node_, fmt::format("'{}' of format text needs the key 'window': the symbols of one row, one more than go in", key_));
    if (!next_) fail_at(*labels_, "format text foretells itself: write 'labels: next'");
    std::int64_t begin = 0, end = std::numeric_limits<std::int32_t>::max();
    if (const YamlNode* range = node_.find("bytes")) {
      if (range->kind != YamlNode::Kind::list || range->items.size() != 2)
        fail_at(*range, "'bytes' must be a list of the first and the last byte, counted from 1");
      begin = positive_integer(range->items[0], "bytes") - 1;
      end = positive_integer(range->items[1], "bytes");
    }
    const std::string bytes = base::naming_file(inputs_path_, [&] { return read_plain_or_gzip(inputs_path_, limit_); });
    const std::int64_t length = positive_integer(*window, "window");
    hash_ += base::content_hash(bytes) + fmt::format(" {} {} {}", length, begin, end);
    samples_.inputs =
        parse_text(bytes, inputs_path_, static_cast<std::size_t>(length), static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
  }

  void choose_shape() {
    const Shape& file = samples_.inputs.shape;
    const std::int64_t elements = element_count(file) / file[0];
    Shape& shape = samples_.sample_shape;
    shape = default_sample_shape(file);
    if (next_) {
      if (const YamlNode* layout = node_.find("layout"))
        fail_at(*layout, "'layout' turns axes of samples; sequences of 'labels: next' have one axis");
      return choose_steps();
    }
    if (const YamlNode* layout = node_.find("layout")) turn(*layout);
    if (const YamlNode* steps = node_.find("steps")) fail_at(*steps, "'steps' goes with 'labels: next'");
    if (const YamlNode* wanted = node_.find("shape")) {
      if (wanted->kind != YamlNode::Kind::list || wanted->items.empty()) fail_at(*wanted, "'shape' must be a list of lengths, such as [1, 28, 28]");
      shape.clear();
      std::int64_t product = 1;
      for (const YamlNode& item : wanted->items) {
        shape.push_back(positive_integer(item, "shape"));
        product = product > elements ? product : product * shape.back();
      }
      if (product != elements) {
        fail_at(*wanted, fmt::format("'shape' {} does not have the {} values of one sample of {} (shape {})", shape_text(shape), elements,
                                     inputs_path_, shape_text(file)));
      }
    }
  }

  /// Reorders the axes of the stored samples according to 'layout'.
  void turn(const YamlNode& layout) {
    const Shape& file = samples_.inputs.shape;
    const Shape stored(file.begin() + 1, file.end());
    if (const YamlNode* wanted = node_.find("shape"))
      fail_at(*wanted, "'shape' and 'layout' both say what the axes of a sample are; keep one of them");
    try {
      samples_.order = parse_layout(text_of(layout, "layout"), stored.size());
    } catch (const std::invalid_argument& why) {
      fail_at(layout,
              fmt::format("'layout' '{}': {}; samples of {} have shape {}. {}", layout.scalar, why.what(), inputs_path_, shape_text(stored),
                          stored.size() < 2    ? "One axis needs no 'layout'"
                          : stored.size() == 2 ? "Write the stored axes, an arrow and the wanted ones: hw -> wh. Axes of 1 come and go without it"
                                               : "Write the stored axes, an arrow and the wanted ones: hwc -> chw"));
    }
    samples_.sample_shape.clear();
    for (const std::size_t axis : samples_.order.stored) samples_.sample_shape.push_back(stored[axis]);
    // One channel, as without 'layout'.
    if (stored.size() == 2) {
      samples_.sample_shape.insert(samples_.sample_shape.begin(), 1);
      for (std::size_t& axis : samples_.order.stored) ++axis;
      samples_.order.stored.insert(samples_.order.stored.begin(), 0);
      if (layout.scalar.find('c') != std::string::npos) ++samples_.order.channel;  // the axis that the letter c names
    }
    layout_ = " " + layout.scalar;
  }

  /// Targets from the sequence itself: the first `steps` elements of a row are the input; the target of each is the next element.
  void choose_steps() {
    const Shape& file = samples_.inputs.shape;
    if (file.size() != 2 || file[1] < 2) {
      fail_at(*labels_,
              fmt::format("'next' needs sequences [n][length] of at least 2 elements, but {} has shape {}", inputs_path_, shape_text(file)));
    }
    std::int64_t steps = file[1] - 1;
    if (const YamlNode* wanted = node_.find("steps")) {
      steps = positive_integer(*wanted, "steps");
      if (steps > file[1]) fail_at(*wanted, fmt::format("'steps' {} is more than the {} elements of a row of {}", steps, file[1], inputs_path_));
    }
    samples_.sample_shape = {steps};
    samples_.row = static_cast<std::size_t>(file[1]);
  }

  void choose_count() {
    samples_.count = static_cast<std::size_t>(samples_.inputs.shape[0]);
    const YamlNode* wanted = node_.find("samples");
    if (wanted == nullptr) return;
    const std::int64_t limit = positive_integer(*wanted, "samples");
    if (static_cast<std::size_t>(limit) > samples_.count) {
      fail_at(*wanted, fmt::format("'samples' asks for {}, but {} holds {}", limit, inputs_path_, samples_.count));
    }
    samples_.count = static_cast<std::size_t>(limit);
  }

  /// A target that is a class: a whole number from 0 on, or -1 where the position does not count.
  float class_of(float label, std::size_t index, bool may_be_ignored) {
    // A file with larger numbers is more likely not a file of labels.
    constexpr float most_classes = 1 << 20;
    if (may_be_ignored && label == ignored_target) return label;
    if (!(label >= 0 && label < most_classes) || label != std::trunc(label)) {
      throw base::UserError(fmt::format("{}: label {} is {}; labels are whole numbers from 0 on{}", labels_path_, index, static_cast<double>(label),
                                        may_be_ignored ? ", or -1 where none counts" : ""));
    }
    samples_.classes = std::max(samples_.classes, static_cast<int>(label) + 1);
    return label;
  }

  void next_elements() {
    if (judging_.metric == Metric::mse) fail_at(*labels_, "'next' gives classes; the metric mse needs a file of numbers");
    const auto steps = static_cast<std::size_t>(samples_.sample_shape[0]);
    for (std::size_t s = 0; s < samples_.count; ++s) {
      for (std::size_t t = 0; t < steps; ++t) {
        const std::size_t at = s * samples_.row + t + 1;
        samples_.targets.push_back(t + 1 < samples_.row ? class_of(samples_.inputs.at(at), at, true) : ignored_target);
      }
    }
  }

  void read_targets() {
    const bool classes = judging_.metric != Metric::mse;
    const auto samples = static_cast<std::size_t>(samples_.inputs.shape[0]);
    const Shape& shape = targets_.shape;
    const bool usable = !shape.empty() && static_cast<std::size_t>(shape[0]) == samples && element_count(shape) > 0;
    if (!usable || (classes && shape.size() > 2)) {
      throw base::UserError(fmt::format("{}: shape {}, but the {} samples of {} need {} along the first axis{}", labels_path_, shape_text(shape),
                                        samples, inputs_path_, fmt::format("{} {}", samples, classes ? "labels" : "targets"),
                                        classes ? " (one each, or one a position along a second)" : ""));
    }
    const auto each = static_cast<std::size_t>(element_count(shape)) / samples;
    for (std::size_t i = 0; i < samples_.count * each; ++i) {
      const float target = targets_.at(i);
      if (!classes && !std::isfinite(target)) throw base::UserError(fmt::format("{}: target {} is {}, no number", labels_path_, i, target));
      samples_.targets.push_back(classes ? class_of(target, i, shape.size() == 2) : target);
    }
  }

  void read_lengths() {
    const YamlNode* lengths = node_.find("lengths");
    if (lengths == nullptr) return;
    const std::string path = path_of(*lengths, "lengths");
    const FileArray array = read_array(format_ == "cifar" ? "npy" : format_, path, limit_, hash_);
    if (array.shape.size() != 1 || static_cast<std::size_t>(array.shape[0]) < samples_.count) {
      fail_at(*lengths,
              fmt::format("{} has shape {}; one length for each of the {} samples is needed", path, shape_text(array.shape), samples_.count));
    }
    for (std::size_t i = 0; i < samples_.count; ++i) {
      const float length = array.at(i);
      if (!(length >= 1) || length != std::trunc(length)) {
        throw base::UserError(fmt::format("{}: length {} is {}; lengths are whole numbers of time steps from 1 on", path, i, length));
      }
      samples_.lengths.push_back(length);
    }
  }

  void check_scaling() const {
    const SampleScaling& scaling = samples_.scaling;
    const std::size_t channels = std::max(scaling.mean.size(), scaling.deviation.size());
    const Shape& shape = samples_.sample_shape;
    if (channels > 1 && static_cast<std::int64_t>(channels) != shape[samples_.order.channel]) {
      fail_at(node_, fmt::format("'scale' has {} entries per list, but the samples of '{}' have {} channels (shape {})", channels, key_,
                                 shape[samples_.order.channel], shape_text(shape)));
    }
    check_extremes();
  }

  /// The smallest and the largest number must still be finite after scaling.
  void check_extremes() const {
    const SampleScaling& scaling = samples_.scaling;
    const FileArray& inputs = samples_.inputs;
    if (inputs.mapped && !looks_through_) return;  // the check reads the whole file
    constexpr float largest_byte = 255.0F;
    float least = 0, largest = inputs.bytes.empty() ? 0 : largest_byte;
    const std::size_t count = inputs.mapped ? inputs.size() : inputs.floats.size(), row = count / static_cast<std::size_t>(inputs.shape[0]);
    for (std::size_t i = 0; i < count; ++i) {
      const float value = inputs.mapped ? inputs.at(i) : inputs.floats[i];
      if (!std::isfinite(value)) {
        throw base::UserError(
            fmt::format("{}: element {} of sample {} (counted from 0) is {}, no number that can be computed with; mend or leave out "
                        "that sample",
                        inputs_path_, i % row, i / row, value));
      }
      least = std::min(least, value);
      largest = std::max(largest, value);
    }
    for (std::size_t c = 0; c < std::max(scaling.mean.size(), scaling.deviation.size()); ++c) {
      const float mean = scaling.mean[scaling.mean.size() == 1 ? 0 : c], deviation = scaling.deviation[scaling.deviation.size() == 1 ? 0 : c];
      for (const float value : {least, largest}) {
        if (std::isfinite((value / scaling.divide - mean) / deviation)) continue;
        fail_at(node_, fmt::format("'scale' makes {} of the value {} in '{}', more than 32 bits hold; check 'divide' and 'std'",
                                   (value / scaling.divide - mean) / deviation, value, key_));
      }
    }
  }
  const YamlNode& node_;
  std::string key_;
  Judging judging_;
  const base::InputLimit& limit_;
  bool looks_through_ = false;
  const YamlNode* labels_ = nullptr;
  bool next_ = false;
  std::string format_, inputs_path_, labels_path_, hash_, layout_;
  FileArray targets_;
  ArraySamples samples_;
};

}  // namespace

DataDescription read_data(const std::string& path, const base::InputLimit& limit, DemandedSplit demanded, bool looks_through) {
  if (std::error_code error; path == built_in_data && !std::filesystem::exists(path, error)) {
    DataDescription data = default_data();
    data.training = default_training_data();
    return data;
  }
  const YamlNode root = read_description(path);
  section_of(root, "a data description", {"name", "metric", "chance", "test", "training", "validation", "calibration", "scale"});
  const YamlNode* name_node = root.find("name");
  if (name_node != nullptr && text_of(*name_node, "name").empty()) fail_at(*name_node, "'name' is empty; leave it out, or name the data");
  const std::string name = name_node != nullptr ? text_of(*name_node, "name") : std::filesystem::path(path).stem().string();
  const Judging judging = read_judging(root);
  const YamlNode *test = root.find("test"), *training = root.find("training");
  if (test == nullptr && demanded == DemandedSplit::test) fail_at(root, "the key 'test' is missing: the files of the test set");
  if (training == nullptr && demanded == DemandedSplit::training) {
    fail_at(root, "the key 'training' is missing: the files of the training set (see docs/data.md)");
  }
  const SampleScaling scaling = read_scaling(root.find("scale"));
  DataDescription result;
  if (test != nullptr) result.test = Split(*test, "test", scaling, judging, limit).read(name);
  if (training != nullptr)
    result.training = Split(*training, "training", scaling, judging, limit).look_through(looks_through).read(name + " (training)");
  if (const YamlNode* validation = root.find("validation"); validation != nullptr && demanded == DemandedSplit::training) {
    result.validation = Split(*validation, "validation", scaling, judging, limit).look_through(looks_through).read(name + " (validation)");
  }
  // Without a calibration split, ranges are calibrated on the training split. If that is demanded, result.training holds the same samples.
  if (const YamlNode* calibration = root.find("calibration")) {
    result.calibration = Split(*calibration, "calibration", scaling, judging, limit).read(name + " (calibration)");
  } else if (training != nullptr && demanded == DemandedSplit::test) {
    result.calibration = Split(*training, "training", scaling, judging, limit).read(name + " (training)");
  }
  return result;
}

}  // namespace mho::workloads
