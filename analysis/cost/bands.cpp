#include "analysis/cost/bands.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/elementary.h"
#include "base/random.h"

namespace mho::analysis {

namespace {

constexpr std::size_t draws = 10'000;
constexpr double lower = 0.05, upper = 0.95;

/// Factors on one kind of cost of one component, one for each draw. Different names have independent factors, because the errors of different models
/// are independent.
std::vector<double> drawn_factors(const std::string& name, std::uint32_t kind, double spread) {
  if (spread <= 0) return std::vector<double>(draws, 1.0);
  std::vector<float> normals(draws);
  const base::RandomStream stream({.seed = 1, .purpose = base::Purpose::cost, .node = base::hash_name(name), .slice = kind});
  stream.normals({}, 0, normals);
  std::vector<double> all(draws);
  std::ranges::transform(normals, all.begin(), [&](float normal) { return base::exponential(spread * static_cast<double>(normal)); });
  return all;
}

/// drawn_factors(), kept in `memory`.
const std::vector<double>& factors(CostFactors& memory, const ComponentCost& component, std::uint32_t kind, double spread) {
  const std::string name = component.note.model.empty() ? component.name : component.name + " " + component.note.model;
  CostFactors::Key key{name, kind, spread};
  const auto found = memory.held().find(key);
  if (found != memory.held().end()) return found->second;
  return memory.held().emplace(std::move(key), drawn_factors(name, kind, spread)).first->second;
}

/// Variance of x times a factor with this spread (log-normal: the standard deviation of its logarithm).
double variance(double x, double spread) {
  const double growth = base::exponential(spread * spread);
  return x * x * (growth - 1) * growth;
}

/// Sum of the components' terms in each draw.
class Sum {
 public:
  explicit Sum(double nominal) : rest_(nominal), all_(draws, 0.0) { band_.nominal = nominal; }
  void add(double x, const std::vector<double>& factor) {
    if (x == 0) return;
    rest_ -= x;
    for (std::size_t i = 0; i < draws; ++i) all_[i] += x * factor[i];
  }
  /// Adds the variance of all terms of one component.
  void add_variance(const std::string& component, double of_component) {
    variance_ += of_component;
    if (of_component <= most_) return;
    most_ = of_component;
    band_.main_component = component;
  }
  /// The sum in each draw.
  [[nodiscard]] std::vector<double> values() const {
    std::vector<double> all = all_;
    for (double& value : all) value += rest_;
    return all;
  }
  /// Quantiles of the sum over all draws. Terms that were not added keep their nominal value.
  CostBand band() {
    const auto quantile = [&](double share) {
      const auto place = all_.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(draws - 1));
      std::ranges::nth_element(all_, place);
      return *place + rest_;
    };
    band_.low = quantile(lower);
    band_.high = quantile(upper);
    if (variance_ > 0) band_.main_share = most_ / variance_;
    return band_;
  }

 private:
  double rest_;
  std::vector<double> all_;
  double variance_ = 0, most_ = 0;
  CostBand band_;
};

CostBand scaled(CostBand band, double factor) {
  band.nominal *= factor;
  band.low *= factor;
  band.high *= factor;
  return band;
}

/// Energy, leakage and area in each draw.
struct Draws {
  Sum energy, leakage, area;
};

Draws draws_of(const std::vector<ComponentCost>& components, const CostSums& sums, CostFactors& memory) {
  constexpr std::size_t most = 512;  // entries of 80 KB
  if (memory.held().size() >= most) memory.held().clear();
  Draws all{Sum(sums.energy_j), Sum(sums.leakage_w), Sum(sums.area_m2)};
  // Energy of an inference per watt of leakage: the interval, reduced by the savings of the power gates. The savings are divided over the components
  // in proportion to their leakage.
  const double seconds = sums.leakage_w > 0 ? sums.standing_j / sums.leakage_w : 0;
  for (const ComponentCost& component : components) {
    const periphery::Spread& spread = component.note.spread;
    const double standing = component.leakage_w * seconds;
    all.energy.add(component.joule, factors(memory, component, 0, spread.energy));
    const std::vector<double>& leaks = factors(memory, component, 1, spread.leakage);
    all.energy.add(standing, leaks);
    all.energy.add_variance(component.name, variance(component.joule, spread.energy) + variance(standing, spread.leakage));
    all.leakage.add(component.leakage_w, leaks);
    all.leakage.add_variance(component.name, variance(component.leakage_w, spread.leakage));
    all.area.add(component.square_metre, factors(memory, component, 2, spread.area));
    all.area.add_variance(component.name, variance(component.square_metre, spread.area));
  }
  return all;
}

/// Compares two figures of which less is better.
CostComparison compared(const std::vector<double>& first, const std::vector<double>& second, double ratio) {
  CostComparison result{.ratio = ratio};
  std::vector<double> ratios(draws);
  double better = 0;
  constexpr double equal = 1e-12, half = 0.5;
  for (std::size_t i = 0; i < draws; ++i) {
    ratios[i] = second[i] > 0 ? first[i] / second[i] : 1;
    better += std::abs(ratios[i] - 1) <= equal ? half : ratios[i] < 1 ? 1 : 0;
  }
  std::ranges::sort(ratios);
  result.low = ratios[static_cast<std::size_t>(lower * static_cast<double>(draws - 1))];
  result.high = ratios[static_cast<std::size_t>(upper * static_cast<double>(draws - 1))];
  result.better = better / static_cast<double>(draws);
  return result;
}

}  // namespace

CostBands cost_bands(const std::vector<ComponentCost>& components, const CostSums& sums, CostFactors* known) {
  CostFactors own;
  Draws all = draws_of(components, sums, known == nullptr ? own : *known);
  CostBands bands;
  bands.energy = all.energy.band();
  bands.power = scaled(bands.energy, 1 / sums.interval_s);
  bands.leakage = all.leakage.band();
  bands.area = all.area.band();
  bands.tops_per_watt = bands.energy;
  bands.tops_per_watt.nominal = sums.tops_per_watt;
  bands.tops_per_watt.low = sums.tops_per_watt * sums.energy_j / bands.energy.high;
  bands.tops_per_watt.high = sums.tops_per_watt * sums.energy_j / bands.energy.low;
  return bands;
}

CostComparisons compare_costs(const std::vector<ComponentCost>& first, const CostSums& first_sums, const std::vector<ComponentCost>& second,
                              const CostSums& second_sums) {
  CostFactors memory;
  const Draws one = draws_of(first, first_sums, memory), other = draws_of(second, second_sums, memory);
  const auto ratio = [](double a, double b) { return b > 0 ? a / b : 1; };
  CostComparisons result;
  result.energy = compared(one.energy.values(), other.energy.values(), ratio(first_sums.energy_j, second_sums.energy_j));
  result.leakage = compared(one.leakage.values(), other.leakage.values(), ratio(first_sums.leakage_w, second_sums.leakage_w));
  result.area = compared(one.area.values(), other.area.values(), ratio(first_sums.area_m2, second_sums.area_m2));
  // Joule per operation: less is better.
  const double operations = first_sums.energy_j * first_sums.tops_per_watt / (second_sums.energy_j * second_sums.tops_per_watt);
  std::vector<double> per_operation = one.energy.values();
  for (double& joule : per_operation) joule /= operations;
  const CostComparison inverse = compared(per_operation, other.energy.values(), 1);
  result.tops_per_watt = {
      .ratio = first_sums.tops_per_watt / second_sums.tops_per_watt, .low = 1 / inverse.high, .high = 1 / inverse.low, .better = inverse.better};
  return result;
}

}  // namespace mho::analysis
