#include "mapper/placement/copies.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mho::mapper {

namespace {

std::int64_t rounded_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

void check_demand(const LayerDemand& layer) {
  if (layer.positions < 1 || layer.tiles < 1 || !(layer.tile_time_s > 0)) throw std::logic_error("copies: a layer without positions, tiles or time");
}

/// Number of products that fit into the interval. Rounding errors do not exclude a product that fits exactly.
std::int64_t products_in(double interval_s, double time_s) {
  constexpr double rounding = 1e-9;
  const double products = std::floor(interval_s / time_s * (1 + rounding));
  return products >= 0x1p62 ? std::int64_t{1} << 62U : static_cast<std::int64_t>(products);
}

CopyPlan plan_of(std::span<const LayerDemand> layers, std::vector<std::int64_t> copies) {
  CopyPlan plan{std::move(copies), 0, 0};
  for (std::size_t l = 0; l < layers.size(); ++l) {
    plan.tiles += plan.copies[l] * layers[l].tiles;
    plan.interval_s = std::max(plan.interval_s, static_cast<double>(rounded_up(layers[l].positions, plan.copies[l])) * layers[l].tile_time_s);
  }
  return plan;
}

}  // namespace

CopyPlan single_copies(std::span<const LayerDemand> layers) {
  for (const LayerDemand& layer : layers) check_demand(layer);
  return plan_of(layers, std::vector<std::int64_t>(layers.size(), 1));
}

std::optional<CopyPlan> fewest_tiles(std::span<const LayerDemand> layers, double interval_s) {
  std::vector<std::int64_t> copies;
  for (const LayerDemand& layer : layers) {
    check_demand(layer);
    const std::int64_t products = products_in(interval_s, layer.tile_time_s);
    if (products < 1 || (layer.one_copy && products < layer.positions)) return std::nullopt;
    copies.push_back(rounded_up(layer.positions, std::min(products, layer.positions)));
  }
  return plan_of(layers, std::move(copies));
}

std::optional<CopyPlan> fastest_copies(std::span<const LayerDemand> layers, std::int64_t tiles) {
  CopyPlan best = single_copies(layers);
  if (best.tiles > tiles) return std::nullopt;
  // The interval is a whole number of products of some layer. Bisection over this number for each layer, from the best interval so far.
  for (const LayerDemand& layer : layers) {
    std::int64_t low = 0, high = products_in(best.interval_s, layer.tile_time_s);  // `low` does not fit; `high` may
    while (low + 1 < high) {
      const std::int64_t middle = low + (high - low) / 2;
      const auto plan = fewest_tiles(layers, static_cast<double>(middle) * layer.tile_time_s);
      const bool fits = plan && plan->tiles <= tiles;
      (fits ? high : low) = middle;
    }
    const auto plan = fewest_tiles(layers, static_cast<double>(high) * layer.tile_time_s);
    if (plan && plan->tiles <= tiles && plan->interval_s <= best.interval_s) best = *plan;
  }
  // Fewest tiles for that interval.
  return fewest_tiles(layers, best.interval_s).value_or(best);
}

}  // namespace mho::mapper
