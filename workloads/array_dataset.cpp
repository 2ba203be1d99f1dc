#include "workloads/array_dataset.h"

#include <algorithm>
#include <stdexcept>

namespace mho::workloads {
namespace {

class ArrayDataset : public Dataset {
 public:
  ArrayDataset(std::string name, std::string hash, FileArray images, std::vector<int> labels, Shape sample_shape, const SampleScaling& scaling)
      : name_(std::move(name)),
        hash_(std::move(hash)),
        images_(std::move(images)),
        labels_(std::move(labels)),
        shape_(std::move(sample_shape)),
        scaling_(scaling),
        elements_(static_cast<std::size_t>(element_count(shape_))),
        channels_(std::max(scaling.mean.size(), scaling.deviation.size())) {
    if (elements_ == 0 || channels_ == 0 || elements_ % channels_ != 0 || elements_ * labels_.size() > images_.bytes.size() + images_.floats.size()) {
      throw std::logic_error("array data set: sizes of images, labels and scaling disagree");
    }
    for (const int label : labels_) classes_ = std::max(classes_, label + 1);
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& hash() const override { return hash_; }
  [[nodiscard]] std::size_t size() const override { return labels_.size(); }
  [[nodiscard]] const Shape& sample_shape() const override { return shape_; }
  [[nodiscard]] int classes() const override { return classes_; }
  [[nodiscard]] int label(std::size_t index) const override { return labels_.at(index); }
  void load(std::size_t index, std::span<float> out) const override {
    if (index >= labels_.size() || out.size() != elements_) throw std::logic_error("array data set: no such sample, or a buffer of another size");
    const std::size_t begin = index * elements_, length = elements_ / channels_;
    for (std::size_t c = 0; c < channels_; ++c) {
      const float mean = scaling_.mean[scaling_.mean.size() == 1 ? 0 : c], deviation = scaling_.deviation[scaling_.deviation.size() == 1 ? 0 : c];
      for (std::size_t i = c * length; i < (c + 1) * length; ++i) out[i] = (images_.at(begin + i) / scaling_.divide - mean) / deviation;
    }
  }

 private:
  std::string name_;
  std::string hash_;
  FileArray images_;
  std::vector<int> labels_;
  Shape shape_;
  SampleScaling scaling_;
  std::size_t elements_;
  std::size_t channels_;
  int classes_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> array_dataset(std::string name, std::string hash, FileArray images, std::vector<int> labels, Shape sample_shape,
                                       const SampleScaling& scaling) {
  return std::make_unique<ArrayDataset>(std::move(name), std::move(hash), std::move(images), std::move(labels), std::move(sample_shape), scaling);
}

}  // namespace mho::workloads
