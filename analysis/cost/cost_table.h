#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/cost/bands.h"
#include "analysis/cost/inventory.h"
#include "hw/spec/parameters.h"

namespace mho::analysis {

/// One event of a component; or a component without events.
struct CostLine {
  std::string component;
  periphery::Per per = periphery::Per::chip;
  std::int64_t count = 0;      ///< instances on the chip
  std::string event;           ///< empty: a component without events
  double events = 0;           ///< number of events on the chip in one interval
  double joule_per_event = 0;  ///< mean energy of an event
  double joule = 0;            ///< energy of all events
  double square_metre = 0;     ///< area of all instances; only in the first line of a component
  double leakage_w = 0;        ///< leakage of all instances; only in the first line of a component
  periphery::CostNote note;
  std::string source;
};

/// Time of a unit for its part of the full load.
struct UnitDelay {
  std::string unit;
  double seconds = 0;
};

/// Costs of one kind of part with everything in it: a tile with its share of the converters, a core with its tiles, the whole chip.
struct CostLevel {
  std::string name;        ///< "tile", "core", "digital core", "router", "chip"
  std::int64_t count = 0;  ///< number of such parts
  CostBand energy;         ///< in J per part and interval, leakage included
  CostBand leakage;        ///< in W per part
  CostBand area;           ///< in m2 per part
};

/// Costs of a chip in one interval, by component: of a full load, or of an inference in steady state.
struct CostTable {
  std::vector<CostLine> lines;            ///< by component and event
  std::vector<ComponentCost> components;  ///< sums by component
  std::vector<CostLevel> levels;          ///< from tile to chip, for the parts that exist on the chip
  std::vector<UnitDelay> delays;          ///< for a full load
  double joule = 0;                       ///< energy of all events in an interval, without leakage
  double standing_j = 0;                  ///< leakage over an interval, minus the leakage that gates cut off
  double square_metre = 0;
  double leakage_w = 0;             ///< nothing gated
  double multiply_accumulates = 0;  ///< per interval
  double interval_s = 0;
  [[nodiscard]] double operations_per_s() const { return 2 * multiply_accumulates / interval_s; }  ///< 2 for each multiply-accumulate
  [[nodiscard]] double tops() const { return operations_per_s() / tera; }
  [[nodiscard]] double tops_per_mm2() const { return tops() / (square_metre * square_millimetres_per_square_metre); }
  [[nodiscard]] double power_w() const { return (joule + standing_j) / interval_s; }
  [[nodiscard]] CostSums sums() const;
  CostBand tops_per_watt;
};

/// Computes sums, levels and TOPS/W of a table from its `components`, `multiply_accumulates` and `interval_s`. A `standing_j` that is not 0 is kept:
/// the leakage that remains with gating. `levels` = false: only sums; the bands of levels and TOPS/W take most of the run time.
void add_sums(const hw::ChipParameters& chip, CostTable& table, bool levels = true);

}  // namespace mho::analysis
