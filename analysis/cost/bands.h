#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/cost/inventory.h"

namespace mho::analysis {

inline constexpr double square_millimetres_per_square_metre = 1e6, tera = 1e12;

/// A figure with its 90 % interval over chips of such a design, from the spreads of the cost models.
struct CostBand {
  double nominal = 0;
  double low = 0;              ///< 5 % quantile
  double high = 0;             ///< 95 % quantile
  std::string main_component;  ///< component with the largest share of the variance; empty if all costs are exact
  double main_share = 0;       ///< its share of the variance, 0 to 1
};

struct CostBands {
  CostBand energy;   ///< in J per inference in steady state
  CostBand power;    ///< mean in steady state, in W
  CostBand leakage;  ///< in W, nothing gated
  CostBand area;     ///< in m2
  CostBand tops_per_watt;
};

/// Comparison of a figure between two chips.
struct CostComparison {
  double ratio = 0;   ///< first over second
  double low = 0;     ///< 5 % quantile
  double high = 0;    ///< 95 % quantile
  double better = 0;  ///< probability that the first is better, 0 to 1; equal draws count half
};

struct CostComparisons {
  CostComparison energy, leakage, area, tops_per_watt;
};

/// Sums over components.
struct CostSums {
  double energy_j = 0;    ///< per inference, events and leakage
  double standing_j = 0;  ///< part of energy_j: leakage over an interval, minus the leakage that gates cut off
  double leakage_w = 0;   ///< nothing gated
  double interval_s = 0;
  double area_m2 = 0;
  double tops_per_watt = 0;
};

/// Cache of the random factors of components, for use over several chips: factors are equal for equal keys, and drawing them takes longer than
/// summing. Not thread-safe.
class CostFactors {
 public:
  /// Name of the component with its model; kind of cost (0 energy, 1 leakage, 2 area); spread.
  using Key = std::tuple<std::string, std::uint32_t, double>;
  [[nodiscard]] std::map<Key, std::vector<double>>& held() { return held_; }

 private:
  std::map<Key, std::vector<double>> held_;
};

/// Each component has three log-normal factors of median 1, on energy, leakage and area, with the spreads of its note. Factors of different
/// components are independent. The variance of a sum is exact: sum of x^2 (exp(s^2) - 1) exp(s^2). The quantiles come from 10 000 draws, which are
/// the same in every run.
CostBands cost_bands(const std::vector<ComponentCost>& components, const CostSums& sums, CostFactors* factors = nullptr);

/// Compares two chips draw by draw. Components with the same name, model and spread have the same factors on both chips, since an error of a model
/// affects both.
CostComparisons compare_costs(const std::vector<ComponentCost>& first, const CostSums& first_sums, const std::vector<ComponentCost>& second,
                              const CostSums& second_sums);

}  // namespace mho::analysis
