#include "analysis/report/published_cloud.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "analysis/cost/full_load.h"
#include "analysis/design/published.h"
#include "analysis/design/shipped.h"
#include "analysis/plot/cloud_plot.h"

namespace mho::analysis {

namespace {

/// The figure of `mho cost` that corresponds to a figure of a paper; empty if there is none.
std::optional<double> our_figure(const CostTable& table, const PublishedFigure& figure) {
  constexpr double nano = 1e9;
  if (figure.figure == "peak_tops_per_watt") return table.tops_per_watt.nominal;
  if (figure.figure == "peak_tops_per_mm2") return table.tops_per_mm2();
  for (const CostLevel& level : table.levels) {
    if (level.name != figure.level) continue;
    if (figure.figure == "energy") return level.energy.nominal * nano;
    if (figure.figure == "area") return level.area.nominal * square_millimetres_per_square_metre;
    if (figure.figure == "leakage") return level.leakage.nominal;
  }
  return std::nullopt;
}

KindAgreement agreement_of(const std::string& kind, const std::string& quantity, std::vector<double> ratios) {
  std::ranges::sort(ratios);
  double sum = 0, squares = 0;
  for (const double ratio : ratios) {
    const double logarithm = std::log(ratio);
    sum += logarithm;
    squares += logarithm * logarithm;
  }
  const auto count = static_cast<double>(ratios.size());
  const double variance = ratios.size() > 1 ? std::max(0.0, (squares - sum * sum / count) / (count - 1)) : 0;
  const std::size_t half = ratios.size() / 2;
  const double median = ratios.size() % 2 == 1 ? ratios[half] : std::sqrt(ratios[half - 1] * ratios[half]);
  return {.kind = kind, .quantity = quantity, .figures = static_cast<int>(ratios.size()), .median = median, .factor = std::exp(std::sqrt(variance))};
}

}  // namespace

CloudPlace cloud_place(const Design& design, const CostTable& table) {
  const auto& coding = design.tile.coding;
  constexpr int ideal_bits = 8;
  const double inputs = design.tile.dac.bits.value_or(ideal_bits);
  const double weights = coding.slices > 1 ? coding.slices * coding.bits_per_slice : design.tile.programming.weight_bits;
  // The first level is the tile.
  const CostLevel& tile = table.levels.front();
  const double operations = 2 * table.multiply_accumulates / static_cast<double>(tile.count) * inputs * weights;
  return {design.name, operations / tile.energy.nominal / tera,
          operations / table.interval_s / tera / (tile.area.nominal * square_millimetres_per_square_metre)};
}

PublishedCloud published_cloud(const Design& design, const CostTable& table) {
  PublishedCloud cloud;
  cloud.own = cloud_place(design, table);
  std::map<std::pair<std::string, std::string>, std::vector<double>> ratios;
  const std::vector<PublishedFigure> figures = published_figures();
  for (const ShippedDesign& shipped : shipped_designs()) {
    if (std::ranges::find(figures, shipped.file, &PublishedFigure::file) == figures.end()) continue;
    const Design chip = design_from_text(std::string(shipped.text), std::string(shipped.file));
    const CostTable own = full_load(chip);
    bool predicted = false;
    for (const PublishedFigure& figure : figures) {
      if (figure.file != shipped.file || figure.kind != "predicted") continue;
      predicted = true;
      const auto ours = our_figure(own, figure);
      if (!ours) continue;
      const bool of_area = figure.figure == "area" || figure.figure == "peak_tops_per_mm2", inverse = figure.figure.starts_with("peak_");
      ratios[{chip.config.word("tile.adc.kind"), of_area ? "area" : "energy"}].push_back(inverse ? figure.published / *ours
                                                                                                 : *ours / figure.published);
    }
    // Only predicted figures test the models; sums of published figures do not.
    if (predicted && chip.name != design.base) cloud.chips.push_back(cloud_place(chip, own));
  }
  for (const auto& [key, list] : ratios) cloud.agreement.push_back(agreement_of(key.first, key.second, list));
  const std::vector<PublishedMacro> macros = published_macros();
  cloud.macros = static_cast<int>(macros.size());
  const auto share = [&](double PublishedMacro::*figure, double own) {
    return static_cast<double>(std::ranges::count_if(macros, [&](const PublishedMacro& macro) { return macro.*figure > own; })) /
           static_cast<double>(macros.size());
  };
  cloud.denser = share(&PublishedMacro::tops_per_mm2, cloud.own.tops_per_mm2);
  cloud.more_efficient = share(&PublishedMacro::tops_per_watt, cloud.own.tops_per_watt);
  return cloud;
}

std::string cloud_svg(const PublishedCloud& cloud) {
  const std::vector<std::string> groups{"macros, 4 to 16 nm", "macros, 22 and 28 nm", "macros, 40 to 130 nm", "published chips, by mho",
                                        "this design"};
  std::vector<CloudPoint> points;
  constexpr double small_nm = 16, middle_nm = 28;
  for (const PublishedMacro& macro : published_macros()) {
    const std::size_t group = macro.node_nm <= small_nm ? 0 : macro.node_nm <= middle_nm ? 1 : 2;
    points.push_back({macro.tops_per_mm2, macro.tops_per_watt, groups[group], ""});
  }
  for (const CloudPlace& chip : cloud.chips) points.push_back({chip.tops_per_mm2, chip.tops_per_watt, groups[3], chip.design});
  points.push_back({cloud.own.tops_per_mm2, cloud.own.tops_per_watt, groups[4], cloud.own.design});
  return cloud_svg({.headline = fmt::format("Tiles of {} among published macros", cloud.own.design),
                    .x_title = "TOPS/mm2, normalised to 1 bit x 1 bit",
                    .y_title = "TOPS/W, normalised to 1 bit x 1 bit"},
                   groups, points);
}

}  // namespace mho::analysis
