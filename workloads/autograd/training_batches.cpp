#include "workloads/autograd/training_batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/progress.h"
#include "base/random.h"

namespace mho::workloads {

namespace {

base::RandomStream stream_of(std::uint64_t seed, const char* what, std::int64_t epoch) {
  return base::RandomStream(
      {.seed = seed, .purpose = base::Purpose::training, .node = base::hash_name(what), .programming = static_cast<std::uint32_t>(epoch)});
}

}  // namespace

TrainingBatches::TrainingBatches(const Dataset& data, const Recipe& recipe) : data_(data), recipe_(recipe), batch_(recipe.batch) {
  if ((recipe.crop > 0 || recipe.mirror) && data.sample_shape().size() != 3) {
    throw base::UserError(
        fmt::format("data '{}' has samples of shape {}; augmentation.crop and augmentation.mirror are for images, channels x height x "
                    "width",
                    data.name(), shape_text(data.sample_shape())));
  }
  batch_ = std::min<std::int64_t>(batch_, static_cast<std::int64_t>(data.size()));
  per_epoch_ = batch_ == 0 ? 0 : static_cast<std::int64_t>(data.size()) / batch_;
  if (per_epoch_ == 0) throw base::UserError(fmt::format("data '{}': the training split is empty", data.name()));
}

void TrainingBatches::load_one(std::size_t sample, std::size_t place, Batch& batch) const {
  const auto size = static_cast<std::size_t>(element_count(data_.sample_shape()));
  data_.load(sample, {batch.inputs.samples.data_ptr<float>() + place * size, size});
  if (batch.targets.empty()) return;
  const std::size_t targets = data_.targets();
  const auto own = std::span(batch.targets).subspan(place * targets, targets);
  data_.load_targets(sample, own);
  const auto length = data_.length(sample);
  if (length && targets > 1 && data_.metric() != Metric::mse) {
    for (std::size_t t = static_cast<std::size_t>(*length); t < targets; ++t) own[t] = ignored_target;
  }
}

TrainingBatches::Batch TrainingBatches::load(std::int64_t epoch, std::int64_t batch, int threads) {
  if (epoch != ordered_epoch_) {
    order_.resize(data_.size());
    std::iota(order_.begin(), order_.end(), 0U);
    const base::RandomStream stream = stream_of(recipe_.seed, "order", epoch);
    for (std::size_t i = order_.size(); i-- > 1;) std::swap(order_[i], order_[stream.bits({}, i) % (i + 1)]);
    ordered_epoch_ = epoch;
  }
  const auto count = static_cast<std::size_t>(batch_), first = static_cast<std::size_t>(batch * batch_);
  Batch result;
  result.inputs.samples = torch::empty({batch_, element_count(data_.sample_shape())});
  result.targets.resize(count * data_.targets());
  if (data_.length(0)) {
    result.inputs.lengths = torch::empty({batch_});
    for (std::size_t k = 0; k < count; ++k) {
      result.inputs.lengths.data_ptr<float>()[k] = static_cast<float>(data_.length(order_[first + k]).value_or(0));
    }
  }
  const auto size = static_cast<std::size_t>(element_count(data_.sample_shape()));
  constexpr std::size_t at_once = 32;
  base::parallel_for((count + at_once - 1) / at_once, count * size < (1U << 17U) ? 1 : threads, [&](std::size_t part) {
    for (std::size_t k = part * at_once; k < std::min(count, (part + 1) * at_once); ++k) {
      load_one(order_[first + k], k, result);
      augment(epoch, order_[first + k], {result.inputs.samples.data_ptr<float>() + k * size, size});
    }
  });
  return result;
}

TorchNetwork::Batch TrainingBatches::plain(std::size_t first, std::size_t count) const {
  Batch batch;
  batch.inputs.samples = torch::empty({static_cast<std::int64_t>(count), element_count(data_.sample_shape())});
  for (std::size_t k = 0; k < count; ++k) load_one(first + k, k, batch);
  if (data_.length(0)) {
    batch.inputs.lengths = torch::empty({static_cast<std::int64_t>(count)});
    for (std::size_t k = 0; k < count; ++k) batch.inputs.lengths.data_ptr<float>()[k] = static_cast<float>(data_.length(first + k).value_or(0));
  }
  return batch.inputs;
}

void TrainingBatches::augment(std::int64_t epoch, std::size_t sample, std::span<float> values) const {
  if (recipe_.crop == 0 && !recipe_.mirror) return;
  const Shape& shape = data_.sample_shape();
  const std::int64_t channels = shape[0], height = shape[1], width = shape[2], border = recipe_.crop;
  const base::RandomStream stream = stream_of(recipe_.seed, "augmentation", epoch);
  const base::EventId event{.sample = static_cast<std::uint32_t>(sample)};
  const auto choices = static_cast<std::uint32_t>(2 * border + 1);
  const std::int64_t down = static_cast<std::int64_t>(stream.bits(event, 0) % choices) - border,
                     right = static_cast<std::int64_t>(stream.bits(event, 1) % choices) - border;
  const bool mirrored = recipe_.mirror && stream.bits(event, 2) % 2 == 1;
  const std::vector<float> from(values.begin(), values.end());
  // Padding is 0 after scaling, which need not be a stored 0: the stored value of a blank corner is not known.
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t sy = y + down, sx = (mirrored ? width - 1 - x : x) + right;
        const bool inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
        values[static_cast<std::size_t>((c * height + y) * width + x)] =
            inside ? from[static_cast<std::size_t>((c * height + sy) * width + sx)] : 0.0F;
      }
    }
  }
}

}  // namespace mho::workloads
