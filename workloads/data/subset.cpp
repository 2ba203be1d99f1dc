#include "workloads/data/subset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "base/design_file/document.h"
#include "base/error.h"

namespace mho::workloads {

namespace {

class Subset : public Dataset {
 public:
  Subset(const Dataset& all, std::vector<std::uint32_t> samples, std::string name) : all_(all), samples_(std::move(samples)), name_(std::move(name)) {
    if (std::ranges::any_of(samples_, [&](std::uint32_t sample) { return sample >= all.size(); })) {
      throw std::logic_error("subset_of: no such sample");
    }
    const std::string_view chosen(reinterpret_cast<const char*>(samples_.data()), samples_.size() * sizeof(std::uint32_t));
    hash_ = base::content_hash(fmt::format("{} {}", all.hash(), base::content_hash(chosen)));
  }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& hash() const override { return hash_; }
  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const Shape& sample_shape() const override { return all_.sample_shape(); }
  [[nodiscard]] int classes() const override { return all_.classes(); }
  void load(std::size_t index, std::span<float> out) const override { all_.load(samples_.at(index), out); }
  [[nodiscard]] int label(std::size_t index) const override { return all_.label(samples_.at(index)); }
  [[nodiscard]] Metric metric() const override { return all_.metric(); }
  [[nodiscard]] double chance() const override { return all_.chance(); }
  [[nodiscard]] std::size_t targets() const override { return all_.targets(); }
  void load_targets(std::size_t index, std::span<float> out) const override { all_.load_targets(samples_.at(index), out); }
  [[nodiscard]] std::optional<std::int64_t> length(std::size_t index) const override { return all_.length(samples_.at(index)); }
  [[nodiscard]] std::size_t stream_length() const override { return std::min(all_.stream_length(), samples_.size()); }

 private:
  const Dataset& all_;
  std::vector<std::uint32_t> samples_;
  std::string name_, hash_;
};

}  // namespace

std::unique_ptr<Dataset> subset_of(const Dataset& all, std::vector<std::uint32_t> samples, std::string name) {
  return std::make_unique<Subset>(all, std::move(samples), std::move(name));
}

DividedSamples divide(const Dataset& all, double held_out, bool by_stream) {
  const std::size_t size = all.size();
  // The unit of division: a sample or a stream. If all samples are one stream, its last samples are held out.
  const std::size_t stream = by_stream ? std::max<std::size_t>(all.stream_length(), 1) : 1;
  const bool is_one_stream = stream >= size;
  const std::size_t each = is_one_stream ? 1 : stream, units = (size + each - 1) / each;
  if (units < 2) {
    throw base::UserError(
        fmt::format("data '{}': {} sample{} cannot be divided into some to train on and some to validate with; set validation.share to off",
                    all.name(), size, size == 1 ? "" : "s"));
  }
  const auto wanted = std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(held_out * static_cast<double>(units))), 1, units - 1);
  DividedSamples divided;
  for (std::size_t unit = 0; unit < units; ++unit) {
    // Distributes the held-out units evenly over all units.
    const bool held = is_one_stream ? unit >= units - wanted : (unit + 1) * wanted / units > unit * wanted / units;
    for (std::size_t sample = unit * each; sample < std::min(size, (unit + 1) * each); ++sample) {
      (held ? divided.held_out : divided.rest).push_back(static_cast<std::uint32_t>(sample));
    }
  }
  return divided;
}

}  // namespace mho::workloads
