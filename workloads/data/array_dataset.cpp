#include "workloads/data/array_dataset.h"

#include <algorithm>
#include <stdexcept>

namespace mho::workloads {
namespace {

class ArrayDataset : public Dataset {
 public:
  explicit ArrayDataset(ArraySamples samples)
      : samples_(std::move(samples)),
        elements_(static_cast<std::size_t>(element_count(samples_.sample_shape))),
        row_(samples_.row == 0 ? elements_ : samples_.row),
        channels_(std::max(samples_.scaling.mean.size(), samples_.scaling.deviation.size())),
        targets_(samples_.count == 0 ? 1 : samples_.targets.size() / samples_.count) {
    if (elements_ == 0 || channels_ == 0 || elements_ % channels_ != 0 || row_ * samples_.count > samples_.inputs.size() || row_ < elements_ ||
        targets_ * samples_.count != samples_.targets.size() || (!samples_.lengths.empty() && samples_.lengths.size() != samples_.count)) {
      throw std::logic_error("array data set: sizes of samples, targets and scaling disagree");
    }
    find_stored();
    if (samples_.stream_length == 0) samples_.stream_length = samples_.count;
    double variance = 0;
    if (samples_.metric == Metric::mse) {
      double sum = 0, squares = 0;
      for (const float target : samples_.targets) {
        sum += static_cast<double>(target);
        squares += static_cast<double>(target) * static_cast<double>(target);
      }
      const auto count = static_cast<double>(std::max<std::size_t>(samples_.targets.size(), 1));
      variance = squares / count - sum / count * (sum / count);
    }
    chance_ = samples_.chance.value_or(chance_level(samples_.metric, std::max(samples_.classes, 1), variance));
  }
  [[nodiscard]] const std::string& name() const override { return samples_.name; }
  [[nodiscard]] const std::string& hash() const override { return samples_.hash; }
  [[nodiscard]] std::size_t size() const override { return samples_.count; }
  [[nodiscard]] const Shape& sample_shape() const override { return samples_.sample_shape; }
  [[nodiscard]] int classes() const override { return samples_.classes; }
  [[nodiscard]] int label(std::size_t index) const override { return static_cast<int>(samples_.targets.at(index * targets_)); }
  [[nodiscard]] Metric metric() const override { return samples_.metric; }
  [[nodiscard]] double chance() const override { return chance_; }
  [[nodiscard]] std::size_t targets() const override { return targets_; }
  void load_targets(std::size_t index, std::span<float> out) const override {
    if (index >= size() || out.size() != targets_) throw std::logic_error("array data set: no such sample, or a buffer of another size");
    std::copy_n(samples_.targets.begin() + static_cast<std::ptrdiff_t>(index * targets_), targets_, out.begin());
  }
  [[nodiscard]] std::optional<std::int64_t> length(std::size_t index) const override {
    if (samples_.lengths.empty()) return std::nullopt;
    return static_cast<std::int64_t>(samples_.lengths.at(index));
  }
  [[nodiscard]] std::size_t stream_length() const override { return samples_.stream_length; }
  void load(std::size_t index, std::span<float> out) const override {
    if (index >= size() || out.size() != elements_) throw std::logic_error("array data set: no such sample, or a buffer of another size");
    const SampleScaling& scaling = samples_.scaling;
    const std::size_t begin = index * row_, block = inner_ * channels_;
    for (std::size_t i = 0; i < elements_; ++i) {
      const std::size_t c = i % block / inner_;
      const float mean = scaling.mean[scaling.mean.size() == 1 ? 0 : c], deviation = scaling.deviation[scaling.deviation.size() == 1 ? 0 : c];
      out[i] = (samples_.inputs.at(begin + (stored_.empty() ? i : stored_[i])) / scaling.divide - mean) / deviation;
    }
  }

 private:
  /// Computes where each element of a sample is stored, and how many consecutive elements belong to one channel.
  void find_stored() {
    const AxisOrder& order = samples_.order;
    const Shape& shape = samples_.sample_shape;
    inner_ = 1;
    for (std::size_t axis = order.channel + 1; axis < shape.size(); ++axis) inner_ *= static_cast<std::size_t>(shape[axis]);
    if (order.channel == 0) inner_ = elements_ / channels_;
    if (order.stored.empty()) return;
    Shape stored_shape(shape.size());
    for (std::size_t axis = 0; axis < shape.size(); ++axis) stored_shape.at(order.stored.at(axis)) = shape[axis];
    std::vector<std::size_t> stride(shape.size(), 1);
    for (std::size_t axis = shape.size(); axis-- > 1;) stride[axis - 1] = stride[axis] * static_cast<std::size_t>(stored_shape[axis]);
    stored_.resize(elements_);
    for (std::size_t i = 0; i < elements_; ++i) {
      std::size_t rest = i;
      for (std::size_t axis = shape.size(); axis-- > 0;) {
        const auto length = static_cast<std::size_t>(shape[axis]);
        stored_[i] += rest % length * stride[order.stored[axis]];
        rest /= length;
      }
    }
  }

  ArraySamples samples_;
  std::size_t elements_;
  std::size_t row_;
  std::size_t channels_;
  std::size_t targets_;
  std::size_t inner_ = 1;            ///< consecutive elements of one channel
  std::vector<std::size_t> stored_;  ///< place of each element of a sample in the file; empty: same order
  double chance_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> array_dataset(ArraySamples samples) { return std::make_unique<ArrayDataset>(std::move(samples)); }

}  // namespace mho::workloads
