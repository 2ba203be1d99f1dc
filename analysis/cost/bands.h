#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/cost/inventory.h"

namespace mho::analysis {

inline constexpr double square_millimetres_per_square_metre = 1e6, tera = 1e12;

/// A figure with the interval in which 90 % of chips of such a design lie, as far as the models of costs can be trusted.
struct CostBand {
  double nominal = 0;
  double low = 0;              ///< 5 %
  double high = 0;             ///< 95 %
  std::string main_component;  ///< that makes most of the variance; empty where all costs are exact
  double main_share = 0;       ///< of the variance, from 0 to 1
};

struct CostBands {
  CostBand energy;   ///< J per inference in steady state
  CostBand power;    ///< W on average in steady state
  CostBand leakage;  ///< W, nothing gated
  CostBand area;     ///< m2
  CostBand tops_per_watt;
};

/// How one chip stands to another in a figure.
struct CostComparison {
  double ratio = 0;   ///< of the first to the second
  double low = 0;     ///< 5 %
  double high = 0;    ///< 95 %
  double better = 0;  ///< probability that the first is better, from 0 to 1; half where they are equal
};

struct CostComparisons {
  CostComparison energy, leakage, area, tops_per_watt;
};

/// The sums that components make up.
struct CostSums {
  double energy_j = 0;    ///< per inference, events and leakage
  double standing_j = 0;  ///< of these, leakage over an interval, less what gates save
  double leakage_w = 0;   ///< nothing gated
  double interval_s = 0;
  double area_m2 = 0;
  double tops_per_watt = 0;
};

/// The factors of components in every draw, kept from one chip to the next: they are the same for equal names and spreads, and drawing them takes
/// longer than the sums. For one thread.
class CostFactors {
 public:
  /// A component's name with its model, the kind of cost, and the spread.
  using Key = std::tuple<std::string, std::uint32_t, double>;
  [[nodiscard]] std::map<Key, std::vector<double>>& held() { return held_; }

 private:
  std::map<Key, std::vector<double>> held_;
};

/// Each component has three log-normal factors of median 1, on energy, area and leakage, with the spreads of its note; factors of different
/// components are independent. The variance of a sum is exact: sum of x^2 (exp(s^2) - 1) exp(s^2). The quantiles come from 10 000 draws, always the
/// same ones.
CostBands cost_bands(const std::vector<ComponentCost>& components, const CostSums& sums, CostFactors* factors = nullptr);

/// Two chips draw by draw: components of one name have the same factors on both, as a model that is wrong is so for both.
CostComparisons compare_costs(const std::vector<ComponentCost>& first, const CostSums& first_sums, const std::vector<ComponentCost>& second,
                              const CostSums& second_sums);

}  // namespace mho::analysis
