#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/cost/bands.h"
#include "analysis/cost/inventory.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// One event of a component, or a component without events.
struct CostLine {
  std::string component;
  periphery::Per per = periphery::Per::chip;
  std::int64_t count = 0;      ///< instances on the chip
  std::string event;           ///< empty: the component has none
  double events = 0;           ///< on the chip, in one interval
  double joule_per_event = 0;  ///< mean
  double joule = 0;            ///< of all events
  double square_metre = 0;     ///< of all instances; in the first line of a component
  double leakage_w = 0;        ///< likewise
  periphery::CostNote note;
  std::string source;
};

/// What a unit takes for its part of the full load.
struct UnitDelay {
  std::string unit;
  double seconds = 0;
};

/// One part of a chip with all that lies in it: a tile with its share of the converters, a core with its tiles, the whole chip.
struct CostLevel {
  std::string name;        ///< tile, core, digital core, router, chip
  std::int64_t count = 0;  ///< on the chip
  CostBand energy;         ///< J of one in an interval, leakage included
  CostBand leakage;        ///< W of one
  CostBand area;           ///< m2 of one
};

/// What a chip takes in one interval, component by component: of a full load, or of an inference in steady state.
struct CostTable {
  std::vector<CostLine> lines;            ///< component by component
  std::vector<ComponentCost> components;  ///< the same, summed by component
  std::vector<CostLevel> levels;          ///< from tile to chip; without the kinds of parts that the chip lacks
  std::vector<UnitDelay> delays;          ///< of a full load
  double joule = 0;                       ///< of all events in an interval, without leakage
  double standing_j = 0;                  ///< leakage over an interval, less what gates save
  double square_metre = 0;
  double leakage_w = 0;             ///< nothing gated
  double multiply_accumulates = 0;  ///< in an interval
  double interval_s = 0;
  [[nodiscard]] double operations_per_s() const { return 2 * multiply_accumulates / interval_s; }  ///< 2 for each multiply-accumulate
  [[nodiscard]] double tops() const { return operations_per_s() / tera; }
  [[nodiscard]] double tops_per_mm2() const { return tops() / (square_metre * square_millimetres_per_square_metre); }
  [[nodiscard]] double power_w() const { return (joule + standing_j) / interval_s; }
  [[nodiscard]] CostSums sums() const;
  CostBand tops_per_watt;
};

/// Adds up what `components`, `multiply_accumulates` and `interval_s` of a table say: sums, levels and TOPS/W. Where `standing_j` is not 0 it stays,
/// as what gates have left. Without `levels` sums alone: levels and TOPS/W have bands, whose draws take most of the time.
void add_sums(const hw::ChipParameters& chip, CostTable& table, bool levels = true);

}  // namespace mho::analysis
